//! Where the slice lies and how it is shown.

use bevy_egui::egui;

use super::style::{FAINT, heading, number};
use super::view::PanelView;
use crate::core::geometry::colormap::ColorMap;
use crate::core::script::command::{CameraMode, Shape};
use crate::core::script::{Command, SliceCommand, ViewCommand};

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
            _ => "two parameters: the plane is the whole space",
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
    for (i, axis) in view.axes.iter().enumerate() {
        let subscript = ["₁", "₂", "₃"][i.min(2)];
        let text = match axis.is_random {
            true => "random".to_owned(),
            false => format!("{:.1} %", 100.0 * axis.explained),
        };
        let hover = "Share of the trajectory's whole variance that lies along this direction.";
        number(ui, &format!("α{subscript}  {}", axis.name), text, hover);
    }
    if !view.axes.is_empty() {
        let left = 1.0 - view.axes.iter().map(|axis| axis.explained).sum::<f64>();
        let hover = "Share of the trajectory's variance that no direction of this slice shows.";
        number(ui, "left out", format!("{:.1} %", 100.0 * left.max(0.0)), hover);
    }
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
