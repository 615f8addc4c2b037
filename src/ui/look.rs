//! How it is shown: shape, camera, heights, colours, trail.

use bevy_egui::egui;

use super::dial::Dial;
use super::menu::choice;
use super::style::refused;
use super::view::PanelView;
use crate::core::experiment::{CameraMode, Shape, Theme, TrailColors};
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::heights::HeightScale;
use crate::core::script::{Command, SectionAxis, ViewCommand};

/// Draws the panel.
pub fn look_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let mut ask = |command| asked.push(Command::View(command));
    shape_ui(ui, view, &mut ask);
    camera_ui(ui, view, &mut ask);
    picture_ui(ui, view, &mut ask);
    clip_ui(ui, view, &mut ask);
    surface_ui(ui, view, &mut ask);
    cube_ui(ui, view, &mut ask);
}

fn shape_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ViewCommand)) {
    ui.horizontal(|ui| {
        let shapes = [
            (Shape::Surface, "Surface", "The slice as a surface over the floor (V)."),
            (Shape::Cube, "Cube", "The volume as a cube with the slice moving through it (V)."),
            (Shape::Both, "Both", "Surface and cube side by side, with one camera (V)."),
        ];
        for (shape, text, hover) in shapes {
            let is_possible = shape == Shape::Surface || view.alpha3_range.is_some();
            let is_shown = view.experiment.view.shape == shape;
            let button = ui.add_enabled(is_possible, egui::Button::selectable(is_shown, text));
            if button.on_hover_text(hover).clicked() {
                ask(ViewCommand::Shape(shape));
            }
        }
        let hover = "Bring everything into view (F). H hides the panels.";
        if ui.button("Frame all").on_hover_text(hover).clicked() {
            ask(ViewCommand::FrameAll);
        }
    });
}

fn camera_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ViewCommand)) {
    ui.horizontal(|ui| {
        let modes = [
            (CameraMode::Orbit, "Orbit", "Drag to turn, right-drag to move, wheel to zoom to the pointer."),
            (CameraMode::Flight, "Fly", "W A S D and Q E to fly, drag to look, wheel for speed (C)."),
            (CameraMode::Map, "Map", "Straight down, as on a contour map (M)."),
            (CameraMode::Ride, "Ride", "Behind the marker, the way it goes (G)."),
            (CameraMode::Path, "Path", "Along the camera's keys (P). K adds the present pose to them; they stand below the timeline."),
        ];
        for (mode, text, hover) in modes {
            let is_possible = mode != CameraMode::Path || !view.camera_keys.is_empty();
            let is_chosen = view.experiment.view.camera == mode;
            let button = ui.add_enabled(is_possible, egui::Button::selectable(is_chosen, text));
            if button.on_hover_text(hover).on_disabled_hover_text(hover).clicked() {
                ask(ViewCommand::Camera(mode));
            }
        }
    });
    let mut is_open = view.is_floor_open;
    let is_flying = view.experiment.view.camera == CameraMode::Flight;
    let hover = "Whether the camera may fly through the surface and below the floor.";
    let check = ui.add_enabled(is_flying, egui::Checkbox::new(&mut is_open, "Below the floor"));
    let why =
        "Whether a camera that flies may go through the surface and below the floor; this one does not fly.";
    if check.on_hover_text(hover).on_disabled_hover_text(why).changed() {
        ask(ViewCommand::BelowFloor(is_open));
    }
}

/// Points that a menu is wide.
const WIDTH: f32 = 69.0;

fn picture_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ViewCommand)) {
    let look = &view.experiment.view;
    egui::Grid::new("picture").num_columns(4).show(ui, |ui| {
        let maps = ColorMap::ALL.map(|map| (map.name(), map));
        let hover = "Colours of the losses.";
        if let Some(map) = choice(ui, "Colours", hover, WIDTH, look.colors.name(), maps) {
            ask(ViewCommand::Colors(map));
        }
        let scales = HeightScale::ALL.map(|scale| (scale.name(), scale));
        let hover = "How losses become heights and colours (X).";
        if let Some(scale) = choice(ui, "Heights", hover, WIDTH, look.scale.name(), scales) {
            ask(ViewCommand::Scale(scale));
        }
        ui.end_row();
        let trails = TrailColors::ALL.map(|trail| (trail.name(), trail));
        let hover = "What the colour of the trail tells.";
        if let Some(trail) = choice(ui, "Trail", hover, WIDTH, look.trail.name(), trails) {
            ask(ViewCommand::Trail(trail));
        }
        let mut is_light = look.theme == Theme::Light;
        ui.label("");
        if ui
            .checkbox(&mut is_light, "Light")
            .on_hover_text("A light ground, for a bright projector (Y).")
            .changed()
        {
            ask(ViewCommand::Theme(if is_light { Theme::Light } else { Theme::Dark }));
        }
    });
}

/// Where the clipped scale ends; on the other scales there is nothing to be cut off.
fn clip_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ViewCommand)) {
    let look = &view.experiment.view;
    let [low, high] = view.losses;
    let hover = "Losses above this are cut off; without it, those above twice the highest loss of training. On the other scales nothing is cut off.";
    let is_cut = look.scale == HeightScale::Clipped;
    let draw = |ui: &mut egui::Ui| optional(ui, "Clip at", hover, look.clip, (low, high));
    if let Some(clip) = ui.add_enabled_ui(is_cut, draw).inner {
        ask(ViewCommand::Clip(clip));
    }
    refused(ui, view, &["view.clip"]);
}

fn surface_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ViewCommand)) {
    let look = &view.experiment.view;
    ui.horizontal(|ui| {
        let mut is_solid = look.is_solid;
        if ui
            .checkbox(&mut is_solid, "Block")
            .on_hover_text("The surface as the top of a solid block.")
            .changed()
        {
            ask(ViewCommand::Solid(is_solid));
        }
        let mut has_lines = look.has_grid_lines;
        if ui.checkbox(&mut has_lines, "Grid").on_hover_text("Lines of even alpha on the surface.").changed()
        {
            ask(ViewCommand::GridLines(has_lines));
        }
        let mut opacity = look.opacity;
        let slider = egui::Slider::new(&mut opacity, 0.1..=1.0).show_value(false);
        let label = ui.label("Opacity");
        ui.spacing_mut().slider_width = 60.0;
        if ui.add(slider).labelled_by(label.id).on_hover_text("How opaque the surface is.").changed() {
            ask(ViewCommand::Opacity(opacity));
        }
    });
}

/// What stands in the cube; without a cube it waits.
fn cube_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ViewCommand)) {
    let has_cube = view.experiment.view.shape != Shape::Surface && view.alpha3_range.is_some();
    ui.add_enabled_ui(has_cube, |ui| levels_ui(ui, view, ask));
}

fn levels_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ViewCommand)) {
    let look = &view.experiment.view;
    let [low, high] = view.losses;
    let hover = "The surface of one loss in the volume.";
    if let Some(level) = optional(ui, "Isosurface", hover, look.isosurface, (low, high)) {
        ask(ViewCommand::Isosurface(level));
    }
    let sections = [
        (SectionAxis::Alpha1, "Cut α₁", look.section1, view.alpha_ranges[0]),
        (SectionAxis::Alpha2, "Cut α₂", look.section2, view.alpha_ranges[1]),
    ];
    for (axis, name, at, range) in sections {
        let hover = "Another slice through the cube, blended from the volume.";
        if let Some(at) = optional(ui, name, hover, at, range) {
            ask(ViewCommand::Section { axis, at });
        }
    }
}

/// A number that may be there or not; what was changed. It comes in a third of the way along its range.
fn optional(
    ui: &mut egui::Ui,
    name: &str,
    hover: &str,
    present: Option<f64>,
    (low, high): (f64, f64),
) -> Option<Option<f64>> {
    let mut changed = None;
    ui.horizontal(|ui| {
        let mut is_on = present.is_some();
        if ui.checkbox(&mut is_on, name).on_hover_text(hover).changed() {
            changed = Some(is_on.then_some(low + (high - low) / 3.0));
        }
        if let Some(mut value) = present {
            let dial =
                Dial { range: low..=high, is_open: true, is_log: false, decimals: 3, suffix: "", after: 0.0 };
            for part in dial.show(ui, &mut value) {
                let part = part.on_hover_text(hover);
                let level = format!("{name} level");
                ui.ctx().accesskit_node_builder(part.id, |node| node.set_label(level));
            }
            if present != Some(value) {
                changed = Some(Some(value));
            }
        }
    });
    changed
}
