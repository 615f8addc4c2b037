//! The camera's path, below the timeline: its keys at their times, each to be visited, moved or taken away.

use bevy_egui::egui;

use super::field::{NARROW, number_ui, plain};
use super::style::{color32, named};
use super::view::PanelView;
use crate::core::command::{Command, ViewCommand};
use crate::core::experiment::{CameraMode, Change};
use crate::core::geometry::path::{CameraKey, retimed};
use crate::core::geometry::ticks::round_ticks;
use crate::scene::theme::Palette;

/// Height of the row in points.
pub(super) const HEIGHT: f32 = 22.0;
/// Points that a mark is wide, for a hand to take hold of.
const GRIP: f32 = 14.0;
/// Seconds after the last key to which it may be dragged at once.
const ROOM_SECS: f64 = 3.0;
/// Seconds to which a dragged time is rounded.
const GRAIN_SECS: f64 = 0.05;

/// Draws the row: it is there before there are keys, so that the first one moves nothing.
pub fn path_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let keys = &view.camera.keys;
    let is_laid = !keys.is_empty();
    let id = egui::Id::new("chosen camera key");
    let mut chosen =
        ui.data(|data| data.get_temp::<Option<usize>>(id)).flatten().filter(|at| *at < keys.len());
    ui.horizontal(|ui| {
        ui.set_min_height(HEIGHT);
        ui.add_enabled_ui(is_laid, |ui| {
            play_ui(ui, view, asked);
            let hover = "Takes all keys away: the camera has no path then.";
            if ui.small_button("Clear path").on_hover_text(hover).clicked() {
                asked.push(Command::View(ViewCommand::Keys(vec![])));
            }
        });
        if !is_laid {
            ui.weak("K adds what you see now to the camera's path.");
            return;
        }
        // Always there, so that the marks keep their place when one is chosen.
        let is_taken = ui
            .add_enabled_ui(chosen.is_some(), |ui| chosen_ui(ui, keys, chosen.unwrap_or_default(), asked))
            .inner;
        if is_taken {
            chosen = None;
        }
        marks_ui(ui, view, &mut chosen, asked);
    });
    ui.data_mut(|data| data.insert_temp(id, chosen));
}

fn play_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let (text, hover, mode) = match view.experiment.view.camera {
        CameraMode::Path => ("⏹ Path", "Leaves the path (P).", CameraMode::Orbit),
        _ => ("▶ Path", "Flies along the keys (P).", CameraMode::Path),
    };
    let button = ui.small_button(text).on_hover_text(hover);
    button.widget_info(|| named(if mode == CameraMode::Path { "Play the path" } else { "Leave the path" }));
    if button.clicked() {
        asked.push(Command::Set(Change::Camera(mode)));
    }
}

/// What can be done with the chosen key; whether it was taken away.
fn chosen_ui(ui: &mut egui::Ui, keys: &[CameraKey], at: usize, asked: &mut Vec<Command>) -> bool {
    let label = ui.label(format!("key {} at", at + 1));
    let id = ui.id().with("time of the chosen key");
    let hint = "Seconds at which the camera passes the chosen key.";
    if let Some(secs) =
        number_ui(ui, id, label.id, hint, NARROW, keys[at].secs).filter(|secs| secs.is_finite())
    {
        asked.push(Command::View(ViewCommand::Keys(retimed(keys, at, secs))));
    }
    ui.label("s");
    let button = ui.small_button("×").on_hover_text("Takes the chosen key away (Delete).");
    button.widget_info(|| named("Delete the chosen key"));
    let is_taken = button.clicked() || (ui.is_enabled() && is_delete_pressed(ui));
    if is_taken {
        asked.push(Command::View(ViewCommand::Keys(without(keys, at))));
    }
    is_taken
}

/// Somebody who types into a field deletes what stands there.
fn is_delete_pressed(ui: &egui::Ui) -> bool {
    let is_typing = ui.ctx().text_edit_focused();
    !is_typing && ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Delete))
}

fn without(keys: &[CameraKey], at: usize) -> Vec<CameraKey> {
    keys.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, key)| *key).collect()
}

fn marks_ui(ui: &mut egui::Ui, view: &PanelView, chosen: &mut Option<usize>, asked: &mut Vec<Command>) {
    let keys = &view.camera.keys;
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), HEIGHT), egui::Sense::hover());
    let scale =
        Scale { rect: rect.shrink2(egui::vec2(GRIP, 0.0)), span: keys[keys.len() - 1].secs + ROOM_SECS };
    let palette = Palette::from(view.experiment.view.theme);
    scale.paint(ui, &palette);
    for (at, key) in keys.iter().enumerate() {
        let grip = egui::Rect::from_center_size(scale.place(key.secs), egui::vec2(GRIP, HEIGHT));
        let mark = ui.interact(grip, ui.id().with(("camera key", at)), egui::Sense::click_and_drag());
        mark.widget_info(|| named(&format!("Camera key {} at {} s", at + 1, plain(key.secs))));
        let hand = mark.interact_pointer_pos().or(ui.ctx().pointer_latest_pos());
        let pulled = hand
            .filter(|_| mark.dragged() || mark.drag_stopped())
            .map(|hand| retimed(keys, at, (scale.secs(hand.x) / GRAIN_SECS).round() * GRAIN_SECS));
        let secs = pulled.as_ref().map_or(key.secs, |pulled| pulled[at].secs);
        if mark.clicked() {
            asked.push(Command::View(ViewCommand::Visit(key.pose)));
        }
        if mark.clicked() || mark.drag_started() || mark.gained_focus() {
            *chosen = Some(at);
        }
        // What is on its way is nobody's command yet: one drag is one change.
        if let Some(pulled) = pulled.filter(|pulled| mark.drag_stopped() && *pulled != *keys) {
            asked.push(Command::View(ViewCommand::Keys(pulled)));
        }
        let color = if *chosen == Some(at) { palette.run(0) } else { palette.ink };
        diamond(ui, scale.place(secs), color32(color), mark.hovered() || mark.has_focus());
        let number = format!("camera key {} of {} at {} s", at + 1, keys.len(), plain(secs));
        mark.on_hover_text(format!("{number}. Drag to retime, click to go there, Delete takes it away."));
    }
}

/// Where seconds are in the row.
struct Scale {
    rect: egui::Rect,
    span: f64,
}

impl Scale {
    fn place(&self, secs: f64) -> egui::Pos2 {
        egui::pos2(self.rect.min.x + self.rect.width() * (secs / self.span) as f32, self.rect.center().y)
    }

    fn secs(&self, x: f32) -> f64 {
        (f64::from((x - self.rect.min.x) / self.rect.width()) * self.span).clamp(0.0, self.span)
    }

    fn paint(&self, ui: &egui::Ui, palette: &Palette) {
        let painter = ui.painter();
        let faint = color32(palette.faint);
        let middle = egui::Stroke::new(1.0, faint.gamma_multiply(0.5));
        painter.hline(self.rect.x_range(), self.rect.center().y, middle);
        for (secs, text) in round_ticks(0.0, self.span, (self.rect.width() / 70.0).max(2.0) as usize) {
            let foot = egui::pos2(self.place(secs).x, self.rect.max.y);
            painter.vline(foot.x, foot.y - 4.0..=foot.y, egui::Stroke::new(1.0, faint));
            let (font, left) = (egui::FontId::proportional(9.0), egui::Align2::LEFT_BOTTOM);
            painter.text(foot + egui::vec2(2.0, 1.0), left, format!("{text} s"), font, faint);
        }
    }
}

fn diamond(ui: &egui::Ui, at: egui::Pos2, color: egui::Color32, is_large: bool) {
    let r = if is_large { 6.5 } else { 5.0 };
    let points = [(0.0, -r), (r, 0.0), (0.0, r), (-r, 0.0)].map(|(x, y)| at + egui::vec2(x, y));
    ui.painter().add(egui::Shape::convex_polygon(points.to_vec(), color, egui::Stroke::NONE));
}
