//! The line at the foot: what is under way, what went wrong, what draws.

use bevy_egui::egui;

use super::desk::Desk;
use super::view::PanelView;
use crate::core::text::{Measured, visible};

/// Draws the line. What does not fit beside the device is told in full on hovering.
pub fn status_ui(ui: &mut egui::Ui, view: &PanelView, desk: &mut Desk) {
    ui.horizontal(|ui| {
        #[cfg(feature = "desktop")]
        super::desktop::studio::studio_status_ui(ui, view, desk);
        let notice = desk.notice.as_ref();
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if view.news.warning.is_none() {
                let text = format!("{:.0} ms a frame · {}", view.news.frame_ms, view.news.adapter);
                ui.label(egui::RichText::new(text).weak());
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| news_ui(ui, view, notice));
        });
    });
}

fn news_ui(ui: &mut egui::Ui, view: &PanelView, notice: Option<&Result<String, String>>) {
    let whole = |ui: &mut egui::Ui, text: egui::RichText| ui.add(egui::Label::new(text).truncate());
    let warned = |ui: &mut egui::Ui, why: &str| {
        let color = super::style::warning(ui);
        whole(ui, egui::RichText::new(format!("⚠ {}", visible(why))).color(color))
    };
    match (&view.news.warning, view.news.progress, notice) {
        (Some(warning), _, _) => warned(ui, warning),
        (None, _, _) if view.news.is_preparing => {
            ui.spinner();
            ui.label("preparing the data")
        }
        (None, Some(progress), _) => {
            ui.spinner();
            ui.label(format!("computing the landscape: {:.0} %", 100.0 * progress.fraction()))
        }
        (None, None, Some(Ok(notice))) => whole(ui, visible(notice).as_ref().into()),
        (None, None, Some(Err(why))) => warned(ui, why),
        (None, None, None) => whole(ui, picture_text(view).into()),
    };
}

/// What the picture is worth.
fn picture_text(view: &PanelView) -> String {
    match (view.slice.is_exact, view.slice.blending_error) {
        _ if view.is_imported && !view.slice.has_surface => {
            "no surface: this run came without its loss".to_owned()
        }
        _ if view.slice.is_imported => "as in its file; between the layers of a volume, blended".to_owned(),
        (true, None) => "exact plane".to_owned(),
        (true, Some(error)) => {
            format!("exact plane (blending it would have been wrong by up to {:.2})", Measured(error))
        }
        (false, _) => "blended from the volume; exact when it rests".to_owned(),
    }
}
