//! What a lecture shows instead of the panels: step and loss, or what else the surface shows, for the last row.

use bevy_egui::egui;

use super::room::{self, Taker};
use super::style::{color32, loss_text};
use super::view::PanelView;
use crate::core::text::{Percent, Phrases, phrases};
use crate::scene::theme::Palette;

/// Points that the screen of a lecture is high, at least; on a larger one the readout is larger.
const USUAL_HEIGHT: f32 = 450.0;

/// Draws the readout, while there is a lecture.
pub fn lecture_ui(ctx: &egui::Context, view: &PanelView, is_lecture: bool) {
    if !is_lecture {
        return room::take(ctx, Taker::Lecture, None);
    }
    let phrases = view.tour.as_ref().map_or(&phrases::NONE, |tour| &*tour.phrases);
    let palette = Palette::from(view.experiment.view.theme);
    let scale = (ctx.viewport_rect().height() / USUAL_HEIGHT).max(1.0);
    let area =
        egui::Area::new("lecture".into()).anchor(egui::Align2::LEFT_TOP, [18.0, 14.0]).interactable(false);
    // Over a bright slope the numbers need a ground of their own.
    let ground = egui::Frame::new().fill(color32(palette.shade)).corner_radius(6.0).inner_margin(8.0);
    let shown = area.show(ctx, |ui| {
        ground.show(ui, |ui| lines_ui(ui, view, phrases, scale, color32(palette.ink)));
    });
    room::take(ctx, Taker::Lecture, Some(shown.response.rect));
}

fn lines_ui(ui: &mut egui::Ui, view: &PanelView, phrases: &Phrases, scale: f32, ink: egui::Color32) {
    // An area keeps the width that it had with shorter numbers.
    ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
    let mut line = |text: String, size: f32| {
        ui.label(egui::RichText::new(phrases.tell(&text)).size(scale * size).color(ink));
    };
    line(format!("step {}", view.run.step), 24.0);
    let quantity = view.experiment.slice.quantity;
    let value = if quantity.is_loss() { view.run.true_loss() } else { view.run.value };
    line(format!("{} {}", quantity.title(), value.map_or("–".to_owned(), loss_text)), 24.0);
    if let Some(share) = view.run.accuracy {
        line(format!("{:.0} right", Percent(share)), 16.0);
    }
    if let Some(state) = rest_text(view) {
        line(state, 14.0);
    }
}

/// Why training rests, if it does.
fn rest_text(view: &PanelView) -> Option<String> {
    match view.run.diverged_at {
        Some(step) => Some(format!("blew up at step {step}")),
        None if view.run.is_playing => None,
        None if view.run.step >= view.experiment.steps => Some("finished".to_owned()),
        None => Some("held".to_owned()),
    }
}
