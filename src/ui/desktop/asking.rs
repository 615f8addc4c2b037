//! The question whether a file that was opened may have others read, elsewhere than beside it or below.

use bevy_egui::egui;

use crate::ui::desk::Desk;

/// Lines of files that are named; of more their number is told.
const MOST_LINES: usize = 8;

/// Asks, where a file asks for others.
pub fn asking_ui(ctx: &egui::Context, desk: &mut Desk) {
    let Some(asking) = desk.files.asking.as_mut().filter(|asking| !asking.is_allowed) else { return };
    let mut is_refused = false;
    let window = egui::Window::new("Files elsewhere").collapsible(false).resizable(false);
    window.anchor(egui::Align2::CENTER_CENTER, [0.0, 0.0]).show(ctx, |ui| {
        let name = asking.path.file_name().unwrap_or(asking.path.as_os_str()).to_string_lossy();
        ui.label(format!("{name:?} asks to read files that are neither beside it nor below:"));
        for file in asking.files.iter().take(MOST_LINES) {
            ui.monospace(format!("{:?}", file.to_string_lossy()));
        }
        if let Some(more) = asking.files.len().checked_sub(MOST_LINES + 1) {
            ui.label(format!("and {} more", more + 1));
        }
        ui.horizontal(|ui| {
            asking.is_allowed = ui.button("Read them").clicked();
            is_refused = ui.button("Leave it").clicked();
        });
    });
    if is_refused {
        desk.files.asking = None;
    }
}
