//! Where the slice lies and how it is shown.

use bevy_egui::egui;

use super::style::{FAINT, heading, number};
use super::view::PanelView;
use crate::core::geometry::colormap::ColorMap;
use crate::core::script::command::{CameraMode, Shape};
use crate::core::script::{Command, SliceCommand, ViewCommand};
use crate::core::subspace::walks::Band;

/// Draws the panel.
pub fn slice_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    heading(ui, "Slice");
    alpha3_ui(ui, view, asked);
    explained_ui(ui, view);
    heading(ui, "View");
    view_ui(ui, view, asked);
}

fn alpha3_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let Some((low, high)) = view.alpha3_range else {
        ui.add_enabled_ui(false, |ui| ui.add(egui::Slider::new(&mut 0.0, 0.0..=1.0).text("α₃")));
        let why = match view.axes.len() {
            0 => "no slice yet",
            _ => "no third direction: the plane is the whole space",
        };
        ui.label(egui::RichText::new(why).color(FAINT));
        return;
    };
    ui.horizontal(|ui| {
        let mut alpha3 = view.alpha3;
        let label = ui.label("α₃");
        let slider = egui::Slider::new(&mut alpha3, low..=high).fixed_decimals(2).smart_aim(false);
        let hover = "Moves the plane along the third direction. While it moves the picture is blended from a volume; at rest it is exact.";
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

fn view_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let mut ask = |command| asked.push(Command::View(command));
    ui.horizontal(|ui| {
        let shapes = [
            (Shape::Surface, "Surface", "The slice as a surface over the floor (V)."),
            (Shape::Cube, "Cube", "The volume as a cube with the slice moving through it (V)."),
        ];
        for (shape, text, hover) in shapes {
            let is_possible = shape == Shape::Surface || view.alpha3_range.is_some();
            let button = ui.add_enabled(is_possible, egui::Button::selectable(view.shape == shape, text));
            if button.on_hover_text(hover).clicked() {
                ask(ViewCommand::Shape(shape));
            }
        }
        ui.separator();
        let modes = [
            (CameraMode::Orbit, "Orbit", "Drag to turn, right-drag to move, wheel to zoom (C)."),
            (CameraMode::Flight, "Fly", "W A S D and Q E to fly, drag to look, wheel for speed (C)."),
        ];
        for (mode, text, hover) in modes {
            if ui.add(egui::Button::selectable(view.camera == mode, text)).on_hover_text(hover).clicked() {
                ask(ViewCommand::Camera(mode));
            }
        }
    });
    ui.horizontal(|ui| {
        if ui
            .button("Frame all")
            .on_hover_text("Bring everything into view (F). H hides the panels.")
            .clicked()
        {
            ask(ViewCommand::FrameAll);
        }
        let label = ui.label("Colours");
        let menu = egui::ComboBox::from_id_salt("colours").selected_text(view.colors.name());
        let response = menu.show_ui(ui, |ui| {
            for map in ColorMap::ALL {
                if ui.selectable_label(map == view.colors, map.name()).clicked() {
                    ask(ViewCommand::Colors(map));
                }
            }
        });
        response.response.labelled_by(label.id).on_hover_text("Colours of the losses.");
    });
}
