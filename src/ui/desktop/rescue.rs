//! The experiment that a crash interrupted, offered where it is in nobody's way.

use bevy_egui::egui;

use super::desk::Rescue;
use crate::core::command::Command;
use crate::ui::desk::Desk;

/// Draws the bar that offers it, until somebody has decided.
pub fn rescue_ui(ui: &mut egui::Ui, desk: &mut Desk, asked: &mut Vec<Command>) {
    let Some(Rescue::Offered(file)) = &desk.files.rescue else { return };
    let load = || Command::Load(file.clone());
    let mut decided = None;
    ui.horizontal(|ui| {
        ui.label("An experiment that was not saved when Losscape ended unexpectedly is still there.");
        if ui.button("Open it").clicked() {
            asked.push(load());
            decided = Some(Rescue::Opened);
        }
        if ui.button("Leave it").on_hover_text("It is given up, and not offered again.").clicked() {
            decided = Some(Rescue::Left);
        }
    });
    if decided.is_some() {
        desk.files.rescue = decided;
    }
}
