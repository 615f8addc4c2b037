//! That the camera flies, and the way back: who pressed the key by mistake must not be lost.

use bevy_egui::egui;

use super::room::{self, Taker};
use super::style::color32;
use super::view::PanelView;
use crate::core::experiment::CameraMode;
use crate::scene::theme::Palette;

/// Points from the upper edge, and from the edge of the ground to the text.
const MARGIN: f32 = 10.0;
const PADDING: f32 = 6.0;

/// Draws the line at the top of what no panel covers.
pub fn flight_ui(ctx: &egui::Context, view: &PanelView, free: egui::Rect) {
    let is_flying = view.experiment.view.camera == CameraMode::Flight;
    let shown = is_flying.then(|| {
        let palette = Palette::from(view.experiment.view.theme);
        let ground = egui::Frame::new().fill(color32(palette.shade)).corner_radius(6.0).inner_margin(PADDING);
        let at = free.center_top() + egui::vec2(0.0, MARGIN);
        let area = egui::Area::new("flight".into()).pivot(egui::Align2::CENTER_TOP).fixed_pos(at);
        let area = area.interactable(false).show(ctx, |ui| {
            ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
            let text = "Flying: W A S D, Q E, drag to look   ·   F: back to everything   ·   C: orbit";
            ground.show(ui, |ui| ui.label(egui::RichText::new(text).color(color32(palette.ink))));
        });
        area.response.rect
    });
    room::take(ctx, Taker::Flight, shown);
}
