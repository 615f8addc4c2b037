//! The line at the foot: what is under way, what went wrong, what draws.

use bevy_egui::egui;

use super::desk::Desk;
use super::studio::studio_status_ui;
use super::view::PanelView;

/// Draws the line.
pub fn status_ui(ui: &mut egui::Ui, view: &PanelView, desk: &mut Desk) {
    ui.horizontal(|ui| {
        studio_status_ui(ui, view, desk);
        if let Some(warning) = &view.warning {
            ui.colored_label(super::style::warning(ui), format!("⚠ {warning}"));
            return;
        }
        match view.progress {
            Some(progress) => {
                ui.spinner();
                ui.label(format!("computing the landscape: {:.0} %", 100.0 * progress.fraction()));
            }
            None => match &desk.notice {
                Some(Ok(notice)) => {
                    ui.label(notice);
                }
                Some(Err(why)) => {
                    ui.colored_label(super::style::warning(ui), format!("⚠ {why}"));
                }
                None => {
                    ui.label(picture_text(view));
                }
            },
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let text = format!("{:.0} ms a frame · {}", view.frame_ms, view.adapter);
            ui.label(egui::RichText::new(text).weak());
        });
    });
}

/// What the picture is worth.
fn picture_text(view: &PanelView) -> String {
    match (view.is_exact, view.blending_error) {
        (true, None) => "exact plane".to_owned(),
        (true, Some(error)) => {
            format!("exact plane (blending it would have been wrong by up to {error:.1e})")
        }
        (false, _) => "blended from the volume; exact when it rests".to_owned(),
    }
}
