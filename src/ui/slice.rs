//! Where the slice lies, and what its axes are worth.

use bevy_egui::egui;

use super::dial::Dial;
use super::field::{COUNT, NARROW, blank_ui, number_ui};
use super::menu::choice_row;
use super::settings::settings_ui;
use super::style::{number, refused};
use super::view::{Cost, PanelView};
use crate::core::command::Command;
use crate::core::experiment::file::Resolution;
use crate::core::experiment::{Change, Setting};
use crate::core::objective::Quantity;
use crate::core::subspace::walks::Band;
use crate::core::subspace::{PlaneConfig, Third};
use crate::core::text::visible;

/// Draws the panel.
pub fn slice_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    quantity_ui(ui, view, asked);
    plane_ui(ui, view, asked);
    alpha3_ui(ui, view, asked);
    turn_ui(ui, view, asked);
    rescale_ui(ui, view, asked);
    explained_ui(ui, view);
    grid_ui(ui, view, asked);
    cost_ui(ui, view);
    refused(ui, &view.news.refusal, &["slice"]);
}

fn quantity_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let present = view.experiment.slice.quantity;
    let quantities = Quantity::ALL.into_iter().map(|quantity| (quantity.name(), quantity));
    let chosen = choice_row(ui, "Shows", Setting::Quantity.row().doc, present.name(), quantities);
    let set = ui.indent("quantity", |ui| settings_ui(ui, "quantity", &present, &Quantity::ALL)).inner;
    if let Some(quantity) = chosen.or(set) {
        asked.push(Command::Set(Change::Quantity(quantity)));
    }
}

fn plane_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let plane = &view.experiment.slice.plane;
    let planes = PlaneConfig::all().into_iter().map(|plane| (plane.name(), plane));
    let hover = Setting::Plane.row().doc;
    let chosen = choice_row(ui, "Plane", hover, plane.name(), planes);
    let set = ui.indent("plane", |ui| settings_ui(ui, "plane", plane, &PlaneConfig::all())).inner;
    if let Some(plane) = chosen.or(set) {
        asked.push(Command::Set(Change::Plane(plane)));
    }
    let (third, thirds) =
        (view.experiment.slice.third, Third::ALL.iter().map(|third| (third.name(), *third)));
    if let Some(third) = choice_row(ui, "Third", Setting::Third.row().doc, third.name(), thirds) {
        asked.push(Command::Set(Change::Third(third)));
    }
}

/// Ranges and numbers of cells.
fn grid_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let mut ask = |change| asked.push(Command::Set(change));
    let ranges: Vec<(f64, f64)> = match view.slice.axes.is_empty() {
        true => Vec::new(),
        false => view.slice.alpha_ranges.into_iter().chain(view.slice.alpha3_range).collect(),
    };
    egui::Grid::new("ranges").num_columns(4).show(ui, |ui| {
        for (axis, name) in ["α₁ from", "α₂ from", "α₃ from"].into_iter().enumerate() {
            if let Some(range) = range_ui(ui, axis, name, ranges.get(axis)) {
                let mut ranges = ranges.clone();
                ranges[axis] = range;
                ask(Change::Ranges(Some(ranges)));
            }
            ui.end_row();
        }
    });
    ui.horizontal(|ui| {
        let slice = &view.experiment.slice;
        if let Some(cells) = cells_ui(ui, "plane", Setting::Grid.row().doc, slice.grid.0) {
            ask(Change::Grid(Resolution(cells)));
        }
        let hover = "Ranges that hold the trajectory with room around it.";
        if ui.add_enabled(slice.range.is_some(), egui::Button::new("Fit")).on_hover_text(hover).clicked() {
            ask(Change::Ranges(None));
        }
    });
    ui.horizontal(|ui| {
        if let Some(cells) = cells_ui(ui, "volume", Setting::Volume.row().doc, view.experiment.slice.volume.0)
        {
            ask(Change::Volume(Resolution(cells)));
        }
    });
}

/// The ends of an axis, with room for them before they are known; others, once one was typed or dragged to
/// its end.
fn range_ui(ui: &mut egui::Ui, axis: usize, name: &str, range: Option<&(f64, f64)>) -> Option<(f64, f64)> {
    let hover = "The ends of this axis.";
    let label = ui.label(egui::RichText::new(name).weak()).on_hover_text(hover).id;
    let id = ui.id().with(("range", axis));
    let end = |ui: &mut egui::Ui, which: &'static str, at: Option<f64>| match at {
        Some(at) => number_ui(ui, id.with(which), label, hover, NARROW, at),
        None => {
            blank_ui(ui, NARROW);
            None
        }
    };
    let low = end(ui, "low", range.map(|range| range.0));
    ui.label(egui::RichText::new("to").weak());
    let high = end(ui, "high", range.map(|range| range.1));
    let (from, to) = range?;
    (low.is_some() || high.is_some()).then(|| (low.unwrap_or(*from), high.unwrap_or(*to)))
}

/// Numbers of cells, one for each axis; others, once one was typed or dragged to its end.
fn cells_ui<const N: usize>(
    ui: &mut egui::Ui,
    name: &str,
    hover: &str,
    present: [usize; N],
) -> Option<[usize; N]> {
    let label = ui.label(egui::RichText::new(format!("{name}, cells")).weak()).on_hover_text(hover).id;
    let mut changed = None;
    for (axis, count) in present.into_iter().enumerate() {
        if let Some(count) = number_ui(ui, ui.id().with((name, axis)), label, hover, COUNT, count) {
            let mut cells = present;
            cells[axis] = count;
            changed = Some(cells);
        }
    }
    changed
}

/// Cells along each parameter of the grid over all of them that is told of.
const WHOLE: f64 = 51.0;

/// What the pictures cost, beside the training, and beside what cannot be had.
fn cost_ui(ui: &mut egui::Ui, view: &PanelView) {
    let cost = view.cost.as_ref();
    let told = |tell: &dyn Fn(&Cost) -> String| cost.map_or("–".to_owned(), tell);
    let text = told(&|cost| format!("{} losses, {}", grouped(cost.grid_losses), secs(cost.grid_secs)));
    number(ui, "pictures", text, "Losses evaluated for this plane and its volume, and how long that took.");
    let text = told(&|cost| format!("{} gradients, {}", grouped(cost.gradients), secs(cost.training_secs)));
    number(
        ui,
        "training",
        text,
        "Gradients that the run took which chose the plane, and how long that took.",
    );
    let exponent = |cost: &Cost| cost.parameters as f64 * WHOLE.log10();
    let text = told(&|cost| format!("{WHOLE:.0}^{} = 10^{:.0} losses", cost.parameters, exponent(cost)));
    let pace = |cost: &Cost| cost.grid_secs / cost.grid_losses.max(1) as f64;
    let years = told(&|cost| format!("{:.0}", exponent(cost) + pace(cost).max(1e-12).log10() - 7.5));
    let hover = format!(
        "A grid of {WHOLE:.0} points along every parameter instead of two: at this pace 10^{years} years."
    );
    number(ui, "whole space", text, &hover);
}

fn secs(secs: f64) -> String {
    if secs < 1.0 { format!("{:.0} ms", 1e3 * secs) } else { format!("{secs:.1} s") }
}

/// A number in groups of three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Points that the button beside alpha3 is wide.
const BUTTON: f32 = 24.0;

fn alpha3_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.set_min_height(ui.spacing().interact_size.y);
        let label = ui.label("α₃");
        let Some((low, high)) = view.slice.alpha3_range else {
            let why = match view.slice.axes.len() {
                0 => "no slice yet",
                _ => "none: the plane is the whole space",
            };
            ui.weak(why);
            return;
        };
        let mut alpha3 = view.slice.alpha3;
        let way = "While it moves the picture is blended from a volume, at rest it is exact. Typed numbers may lie beyond the volume: there every picture is evaluated.";
        let hover = format!("{} {way}", Setting::Alpha3.row().doc);
        let after = BUTTON + ui.spacing().item_spacing.x;
        let dial = Dial { range: low..=high, is_open: true, is_log: false, decimals: 2, suffix: "", after };
        for part in dial.show(ui, &mut alpha3) {
            part.labelled_by(label.id).on_hover_text(&hover);
        }
        if alpha3 != view.slice.alpha3 {
            asked.push(Command::Set(Change::Alpha3(alpha3)));
        }
        let (text, hover) = match view.slice.is_sweeping {
            true => ("⏸", "Hold the plane here (T)."),
            false => ("▶", "Let the plane travel back and forth (T)."),
        };
        let size = egui::vec2(BUTTON, ui.spacing().interact_size.y);
        let button = ui.add_sized(size, egui::Button::new(text)).on_hover_text(hover);
        button.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, "Sweep α₃"));
        if button.clicked() {
            asked.push(Command::Sweep(!view.slice.is_sweeping));
        }
    });
}

/// The dial that turns the plane's second direction towards its third.
fn turn_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let row = |ui: &mut egui::Ui| {
        let mut degrees = view.experiment.slice.rotate;
        let label = ui.label("Turn");
        let way = "Every picture on the way is evaluated, coarse to fine.";
        let hover = format!("{} {way}", Setting::Rotate.row().doc);
        let dial =
            Dial {
                range: -90.0..=90.0, is_open: false, is_log: false, decimals: 0, suffix: "°", after: 0.0
            };
        for part in dial.show(ui, &mut degrees) {
            part.labelled_by(label.id).on_hover_text(&hover);
        }
        if degrees != view.experiment.slice.rotate {
            asked.push(Command::Set(Change::Rotate(degrees)));
        }
    };
    ui.add_enabled_ui(view.slice.alpha3_range.is_some(), |ui| ui.horizontal(row));
}

/// The dial that lets hidden units grow where the plane is laid.
fn rescale_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let row = |ui: &mut egui::Ui| {
        let mut factor = view.experiment.slice.rescale;
        let label = ui.label("Units ×");
        let dial =
            Dial { range: 0.1..=10.0, is_open: true, is_log: true, decimals: 2, suffix: "", after: 0.0 };
        for part in dial.show(ui, &mut factor) {
            part.labelled_by(label.id).on_hover_text(Setting::Rescale.row().doc);
        }
        if factor != view.experiment.slice.rescale {
            asked.push(Command::Set(Change::Rescale(factor)));
        }
    };
    ui.add_enabled_ui(view.slice.may_rescale, |ui| ui.horizontal(row));
}

/// What the axes explain: three rows before there are any, and for a plane that has but two.
fn explained_ui(ui: &mut egui::Ui, view: &PanelView) {
    for (i, subscript) in ["₁", "₂", "₃"].into_iter().enumerate() {
        let walk = view.slice.walks.as_ref().and_then(|walks| walks.axes.get(i));
        let axis = view.slice.axes.get(i);
        let text = match axis {
            None => "–".to_owned(),
            Some(axis) if axis.is_random => "random".to_owned(),
            Some(axis) if axis.explained.is_nan() => "not told".to_owned(),
            Some(axis) => share(axis.explained, walk),
        };
        let hover = format!(
            "Share of the trajectory's whole variance that lies along this direction. {}",
            walk.map(band_text).unwrap_or_default()
        );
        let name = axis.map(|axis| visible(&axis.name)).unwrap_or_default();
        number(ui, &format!("α{subscript}  {name}"), text, &hover);
    }
    let is_known = !view.slice.axes.is_empty();
    let degrees = match view.slice.cosine.abs() > 1e-3 {
        true => format!("{:.0}°, drawn as 90°", view.slice.cosine.clamp(-1.0, 1.0).acos().to_degrees()),
        false if is_known => "90°".to_owned(),
        false => "–".to_owned(),
    };
    let hover = "Angle between the first two directions in parameter space. They are drawn at right angles: where it is another, shapes are sheared.";
    number(ui, "angle α₁ α₂", degrees, hover);
    let hover = "Share of the trajectory's variance that no direction of this slice shows.";
    let left_out = match view.slice.explained {
        _ if !is_known => "–".to_owned(),
        explained if explained.is_nan() => "not told".to_owned(),
        explained => format!("{:.1} %", 100.0 * (1.0 - explained).max(0.0)),
    };
    number(ui, "left out", left_out, hover);
}

/// A share, and beside it what half of the random walks stay below.
fn share(explained: f64, walk: Option<&Band>) -> String {
    let walk = walk.map(|walk| format!("  (walk {:.0} %)", 100.0 * walk.median)).unwrap_or_default();
    format!("{:.1} %{walk}", 100.0 * explained)
}

/// What random walks show along an axis, and what that means.
pub(super) fn band_text(walk: &Band) -> String {
    format!(
        "Random walks of as many points in as many dimensions, seen in the same way, show {:.0} %, nine in ten of them {:.0} to {:.0} %: a share within that band says nothing about the training.",
        100.0 * walk.median,
        100.0 * walk.low,
        100.0 * walk.high
    )
}
