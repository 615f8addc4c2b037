//! Where the slice lies, and what its axes are worth.

use bevy_egui::egui;

use super::style::{heading, number};
use super::view::PanelView;
use crate::core::script::{Command, SliceCommand};
use crate::core::subspace::walks::Band;

/// Draws the panel.
pub fn slice_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    heading(ui, "Slice");
    alpha3_ui(ui, view, asked);
    turn_ui(ui, view, asked);
    explained_ui(ui, view);
}

fn alpha3_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let Some((low, high)) = view.alpha3_range else {
        ui.add_enabled_ui(false, |ui| ui.add(egui::Slider::new(&mut 0.0, 0.0..=1.0).text("α₃")));
        let why = match view.axes.len() {
            0 => "no slice yet",
            _ => "no third direction: the plane is the whole space",
        };
        ui.label(egui::RichText::new(why).weak());
        return;
    };
    ui.horizontal(|ui| {
        let mut alpha3 = view.alpha3;
        let label = ui.label("α₃");
        let slider = egui::Slider::new(&mut alpha3, low..=high).fixed_decimals(2).smart_aim(false);
        let slider = slider.clamping(egui::SliderClamping::Never);
        let hover = "Moves the plane along the third direction. While it moves the picture is blended from a volume, at rest it is exact. Typed numbers may lie beyond the volume: there every picture is evaluated.";
        if ui.add(slider).labelled_by(label.id).on_hover_text(hover).changed() {
            asked.push(Command::Slice(SliceCommand::Alpha3(alpha3)));
        }
        let (text, hover) = match view.is_sweeping {
            true => ("⏸", "Hold the plane here (T)."),
            false => ("▶", "Let the plane travel back and forth (T)."),
        };
        let button = ui.button(text).on_hover_text(hover);
        button.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, "Sweep α₃"));
        if button.clicked() {
            asked.push(Command::Slice(SliceCommand::Sweep(!view.is_sweeping)));
        }
    });
}

/// The dial that turns the plane's second direction towards its third.
fn turn_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    if view.alpha3_range.is_none() {
        return;
    }
    ui.horizontal(|ui| {
        let mut degrees = view.experiment.slice.rotate;
        let label = ui.label("Turn");
        let slider = egui::Slider::new(&mut degrees, -90.0..=90.0).suffix("°").fixed_decimals(0).smart_aim(false);
        let hover = "Turns the plane's second direction towards the third. Every picture on the way is evaluated, coarse to fine.";
        if ui.add(slider).labelled_by(label.id).on_hover_text(hover).changed() {
            asked.push(Command::Slice(SliceCommand::Rotate(degrees)));
        }
    });
}

fn explained_ui(ui: &mut egui::Ui, view: &PanelView) {
    let walks = view.walks.as_ref();
    for (i, axis) in view.axes.iter().enumerate() {
        let subscript = ["₁", "₂", "₃"][i.min(2)];
        let text = match axis.is_random {
            true => "random".to_owned(),
            false => share(axis.explained, walks.and_then(|walks| walks.axes.get(i))),
        };
        let hover = format!(
            "Share of the trajectory's whole variance that lies along this direction. {}",
            walks.and_then(|walks| walks.axes.get(i)).map(band_text).unwrap_or_default()
        );
        number(ui, &format!("α{subscript}  {}", axis.name), text, &hover);
    }
    if view.axes.is_empty() {
        return;
    }
    if view.cosine.abs() > 1e-3 {
        let degrees = view.cosine.clamp(-1.0, 1.0).acos().to_degrees();
        let hover = "Angle between the first two directions in parameter space. They are drawn at right angles, so shapes are sheared.";
        number(ui, "angle α₁ α₂", format!("{degrees:.0}°, drawn as 90°"), hover);
    }
    let hover = "Share of the trajectory's variance that no direction of this slice shows.";
    number(ui, "left out", format!("{:.1} %", 100.0 * (1.0 - view.explained).max(0.0)), hover);
}

/// A share, and beside it what half of the random walks stay below.
fn share(explained: f64, walk: Option<&Band>) -> String {
    let walk = walk.map(|walk| format!("  (walk {:.0} %)", 100.0 * walk.median)).unwrap_or_default();
    format!("{:.1} %{walk}", 100.0 * explained)
}

fn band_text(walk: &Band) -> String {
    format!(
        "Random walks of as many points in as many dimensions, seen in the same way, show {:.0} %, nine in ten of them {:.0} to {:.0} %: a share within that band says nothing about the training.",
        100.0 * walk.median,
        100.0 * walk.low,
        100.0 * walk.high
    )
}
