//! How it is shown: shape, camera, heights, colours, trail.

use bevy_egui::egui;

use super::dial::Dial;
use super::menu::choice;
use super::style::{keyed, refused};
use super::view::PanelView;
use crate::core::command::{Command, ViewCommand};
use crate::core::experiment::{CameraMode, Change, Labels, Setting, Shape, Theme, TrailColors};
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::heights::HeightScale;

/// Draws the panel.
pub fn look_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    shape_ui(ui, view, asked);
    camera_ui(ui, view, asked);
    let mut set = |change| asked.push(Command::Set(change));
    picture_ui(ui, view, &mut set);
    clip_ui(ui, view, &mut set);
    surface_ui(ui, view, &mut set);
    fog_ui(ui, view, &mut set);
    cube_ui(ui, view, &mut set);
}

fn shape_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let shapes = [
            (Shape::Surface, "Surface", "The slice as a surface over the floor (V)."),
            (Shape::Cube, "Cube", "The volume as a cube with the slice moving through it (V)."),
            (Shape::Both, "Both", "Surface and cube side by side, with one camera (V)."),
        ];
        for (shape, text, hover) in shapes {
            let is_possible = shape == Shape::Surface || view.slice.alpha3_range.is_some();
            let is_shown = view.experiment.view.shape == shape;
            let button = ui.add_enabled(is_possible, egui::Button::selectable(is_shown, text));
            if button.on_hover_text(hover).clicked() {
                asked.push(Command::Set(Change::Shape(shape)));
            }
        }
        let hover = "Bring everything into view (F). H hides the panels.";
        if ui.button("Frame all").on_hover_text(hover).clicked() {
            asked.push(Command::View(ViewCommand::FrameAll));
        }
    });
}

fn camera_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let modes = [
            (CameraMode::Orbit, "Orbit", "Drag to turn, right-drag to move, wheel to zoom to the pointer."),
            (CameraMode::Flight, "Fly", "W A S D and Q E to fly, drag to look, wheel for speed (C)."),
            (CameraMode::Map, "Map", "Straight down, as on a contour map (M)."),
            (CameraMode::Ride, "Ride", "Behind the marker, the way it goes (G)."),
            (CameraMode::Path, "Path", "Along the camera's keys (P). K adds the present pose to them; they stand below the timeline."),
        ];
        for (mode, text, hover) in modes {
            let is_possible = mode != CameraMode::Path || !view.camera.keys.is_empty();
            let is_chosen = view.experiment.view.camera == mode;
            let button = ui.add_enabled(is_possible, egui::Button::selectable(is_chosen, text));
            if button.on_hover_text(hover).on_disabled_hover_text(hover).clicked() {
                asked.push(Command::Set(Change::Camera(mode)));
            }
        }
    });
    let mut is_open = view.camera.is_floor_open;
    let is_flying = view.experiment.view.camera == CameraMode::Flight;
    let hover = "Whether the camera may fly through the surface and below the floor.";
    let check = ui.add_enabled(is_flying, egui::Checkbox::new(&mut is_open, "Below the floor"));
    let why =
        "Whether a camera that flies may go through the surface and below the floor; this one does not fly.";
    if check.on_hover_text(hover).on_disabled_hover_text(why).changed() {
        asked.push(Command::View(ViewCommand::BelowFloor(is_open)));
    }
}

/// Points that a menu is wide.
const WIDTH: f32 = 69.0;

fn picture_ui(ui: &mut egui::Ui, view: &PanelView, set: &mut impl FnMut(Change)) {
    let look = &view.experiment.view;
    egui::Grid::new("picture").num_columns(4).show(ui, |ui| {
        let maps = ColorMap::ALL.iter().copied().map(|map| (map.name(), map));
        let hover = Setting::Colors.row().doc;
        if let Some(map) = choice(ui, "Colours", hover, WIDTH, look.colors.name(), maps) {
            set(Change::Colors(map));
        }
        let scales = HeightScale::ALL.iter().copied().map(|scale| (scale.name(), scale));
        let hover = keyed(Setting::Scale, "X");
        if let Some(scale) = choice(ui, "Heights", &hover, WIDTH, look.scale.name(), scales) {
            set(Change::Scale(scale));
        }
        ui.end_row();
        let trails = TrailColors::ALL.iter().copied().map(|trail| (trail.name(), trail));
        let hover = Setting::Trail.row().doc;
        if let Some(trail) = choice(ui, "Trail", hover, WIDTH, look.trail.name(), trails) {
            set(Change::Trail(trail));
        }
        let mut is_light = look.theme == Theme::Light;
        ui.label("");
        if ui.checkbox(&mut is_light, "Light").on_hover_text(keyed(Setting::Theme, "Y")).changed() {
            set(Change::Theme(if is_light { Theme::Light } else { Theme::Dark }));
        }
        ui.end_row();
        let labels = Labels::ALL.iter().copied().map(|labels| (labels.name(), labels));
        let hover = Setting::Labels.row().doc;
        if let Some(labels) = choice(ui, "Labels", hover, WIDTH, look.labels.name(), labels) {
            set(Change::Labels(labels));
        }
    });
}

/// Where the clipped scale ends; on the other scales there is nothing to be cut off.
fn clip_ui(ui: &mut egui::Ui, view: &PanelView, set: &mut impl FnMut(Change)) {
    let look = &view.experiment.view;
    let [low, high] = view.slice.losses;
    let hover = Setting::Clip.row().doc;
    let is_cut = look.scale == HeightScale::Clipped;
    let draw = |ui: &mut egui::Ui| optional(ui, "Clip at", hover, look.clip, (low, high));
    if let Some(clip) = ui.add_enabled_ui(is_cut, draw).inner {
        set(Change::Clip(clip));
    }
    refused(ui, &view.news.refusal, &[Setting::Clip.row().path]);
}

fn surface_ui(ui: &mut egui::Ui, view: &PanelView, set: &mut impl FnMut(Change)) {
    let look = &view.experiment.view;
    ui.horizontal(|ui| {
        if let Some(is_solid) = check_ui(ui, "Block", Setting::Solid, look.is_solid) {
            set(Change::Solid(is_solid));
        }
        if let Some(has_lines) = check_ui(ui, "Grid", Setting::GridLines, look.has_grid_lines) {
            set(Change::GridLines(has_lines));
        }
        let mut opacity = look.opacity;
        let range = Setting::Opacity.range().unwrap_or(0.0..=1.0);
        let slider = egui::Slider::new(&mut opacity, range).show_value(false);
        let label = ui.label("Opacity");
        ui.spacing_mut().slider_width = 60.0;
        if ui.add(slider).labelled_by(label.id).on_hover_text(Setting::Opacity.row().doc).changed() {
            set(Change::Opacity(opacity));
        }
    });
}

/// How much of the surface is lit.
fn fog_ui(ui: &mut egui::Ui, view: &PanelView, set: &mut impl FnMut(Change)) {
    let hover = Setting::Fog.row().doc;
    if let Some(fog) = optional(ui, "Fog", hover, view.experiment.view.fog, FOG) {
        set(Change::Fog(fog));
    }
    refused(ui, &view.news.refusal, &[Setting::Fog.row().path]);
}

/// Radii that the dial goes through.
const FOG: (f64, f64) = (0.01, 0.3);

/// A box for what is on or off; what it was changed to.
fn check_ui(ui: &mut egui::Ui, name: &str, setting: Setting, is_on: bool) -> Option<bool> {
    let mut now = is_on;
    ui.checkbox(&mut now, name).on_hover_text(setting.row().doc).changed().then_some(now)
}

/// What stands in the cube; without a cube it waits.
fn cube_ui(ui: &mut egui::Ui, view: &PanelView, set: &mut impl FnMut(Change)) {
    let has_cube = view.experiment.view.shape != Shape::Surface && view.slice.alpha3_range.is_some();
    ui.add_enabled_ui(has_cube, |ui| levels_ui(ui, view, set));
}

fn levels_ui(ui: &mut egui::Ui, view: &PanelView, set: &mut impl FnMut(Change)) {
    let look = &view.experiment.view;
    let [low, high] = view.slice.losses;
    let hover = Setting::Isosurface.row().doc;
    if let Some(level) = optional(ui, "Isosurface", hover, look.isosurface, (low, high)) {
        set(Change::Isosurface(level));
    }
    let mut cut = |name, setting: Setting, at, range| optional(ui, name, setting.row().doc, at, range);
    let [across1, across2] = view.slice.alpha_ranges;
    if let Some(at) = cut("Cut α₁", Setting::Section1, look.section1, across1) {
        set(Change::Section1(at));
    }
    if let Some(at) = cut("Cut α₂", Setting::Section2, look.section2, across2) {
        set(Change::Section2(at));
    }
}

/// A number that may be there or not; what was changed. It comes in a third of the way along its range.
pub(super) fn optional(
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
