//! The bar above the timeline: charts, undo, files, and the way to everything else.

use bevy_egui::egui;

use super::act::DeskAct;
use super::desk::Desk;
use super::layout;
use super::view::PanelView;
use crate::core::command::Command;

/// Draws the bar.
pub fn bar_ui(ui: &mut egui::Ui, view: &PanelView, desk: &mut Desk, asked: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        layout::layout_menu_ui(ui, view, asked);
        let (undo, redo) = view.edits.changes;
        let button = ui.add_enabled(undo > 0, egui::Button::new("Undo"));
        let button = button.on_hover_text("Takes the last change back (Ctrl+Z).");
        if button.on_disabled_hover_text(nothing_to_undo(view)).clicked() {
            asked.push(Command::Undo);
        }
        let button = ui.add_enabled(redo > 0, egui::Button::new("Redo"));
        if button.on_hover_text("Makes the change again (Ctrl+Y).").clicked() {
            asked.push(Command::Redo);
        }
        #[cfg(feature = "desktop")]
        {
            super::desktop::file_menu_ui(ui, desk);
            super::desktop::studio::record_button_ui(ui, view, desk);
        }
        for (text, hover, act) in [
            ("Lecture", "Large text and no panels (L).", DeskAct::Lecture),
            ("Find…", "Any command by its name (Ctrl+K).", DeskAct::Palette),
            ("Keys", "All keys (F1).", DeskAct::Help),
        ] {
            if ui.button(text).on_hover_text(hover).clicked() {
                desk.act(act);
            }
        }
    });
}

/// What there is to say where no change can be taken back.
pub fn nothing_to_undo(view: &PanelView) -> &'static str {
    match view.edits.is_past_cut {
        true => "this is as far as changes can be taken back: older ones are no longer known",
        false => "no change is left to be taken back",
    }
}
