//! How the overlay looks.

use bevy::color::{Color, ColorToPacked};
use bevy_egui::egui::{self, Color32, CornerRadius, Stroke};

use crate::core::experiment::{Setting, Theme};
use crate::core::text::{Measured, visible};
use crate::scene::theme::Palette;

/// Points the side panel is wide.
pub const SIDE_WIDTH: f32 = 268.0;
/// A colour as egui has it.
pub fn color32(color: Color) -> Color32 {
    let [r, g, b, a] = color.to_srgba().to_u8_array();
    Color32::from_rgba_unmultiplied(r, g, b, a)
}

/// Warnings, readable on either ground.
pub fn warning(ui: &egui::Ui) -> Color32 {
    if ui.visuals().dark_mode { Color32::from_rgb(255, 176, 92) } else { Color32::from_rgb(158, 70, 0) }
}

/// Sets fonts, spacing and colours; cheap to call again.
pub fn set_style(ctx: &egui::Context, theme: Theme) {
    let palette = Palette::from(theme);
    ctx.set_theme(match theme {
        Theme::Dark => egui::Theme::Dark,
        Theme::Light => egui::Theme::Light,
    });
    let (ground, line, chosen) = match theme {
        Theme::Dark => ((19, 22, 30), (38, 43, 55), (44, 92, 140)),
        Theme::Light => ((240, 242, 246), (206, 210, 218), (170, 208, 244)),
    };
    let rgb = |(r, g, b)| Color32::from_rgb(r, g, b);
    ctx.all_styles_mut(|style| {
        style.spacing.item_spacing = egui::vec2(7.0, 4.0);
        style.spacing.slider_width = 140.0;
        style.spacing.interact_size.y = 20.0;
        // Notes are read from the last row too.
        style.text_styles.insert(egui::TextStyle::Small, egui::FontId::proportional(11.5));
        // A scroll bar has room of its own: numbers at the edge stay whole.
        style.spacing.scroll.floating_allocated_width = 8.0;
        let visuals = &mut style.visuals;
        visuals.panel_fill = rgb(ground);
        visuals.override_text_color = Some(color32(palette.ink));
        visuals.weak_text_color = Some(color32(palette.faint));
        visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, rgb(line));
        visuals.selection.bg_fill = rgb(chosen);
        for widget in
            [&mut visuals.widgets.inactive, &mut visuals.widgets.hovered, &mut visuals.widgets.active]
        {
            widget.corner_radius = CornerRadius::same(5);
        }
    });
}

/// What a setting means, and the key that changes it.
pub fn keyed(setting: Setting, key: &str) -> String {
    format!("{} ({key}).", setting.row().doc.trim_end_matches('.'))
}

/// What a button is called where its sign says too little.
pub fn named(name: &str) -> egui::WidgetInfo {
    egui::WidgetInfo::labeled(egui::WidgetType::Button, true, name)
}

/// Why the last command was refused, where it was for one of these fields, whose row was drawn last.
pub fn refused(ui: &egui::Ui, refusal: &Option<(String, String)>, fields: &[&str]) {
    let of = |field: &str| fields.iter().any(|name| field == *name || field.starts_with(&format!("{name}.")));
    if let Some((field, why)) = refusal.as_ref().filter(|(field, _)| of(field)) {
        callout(ui, &visible(&format!("{field}: {why}")));
    }
}

/// Points that a callout is wide at most, and away from the panel.
const CALLOUT: f32 = 300.0;
const APART: f32 = 10.0;

/// A warning beside the panel, level with the row that was drawn last: within it, it would move the rows
/// below under whoever is about to click one.
pub fn callout(ui: &egui::Ui, text: &str) {
    let panel = ui.clip_rect();
    let row = ui.min_rect().bottom() - ui.spacing().interact_size.y;
    let at = egui::pos2(panel.right() + APART, row.clamp(panel.top(), panel.bottom()));
    let area = egui::Area::new(ui.id().with("callout")).fixed_pos(at).interactable(false);
    area.show(ui.ctx(), |ui| {
        egui::Frame::popup(ui.style()).show(ui, |ui| {
            ui.set_max_width(CALLOUT);
            ui.add(egui::Label::new(egui::RichText::new(text).color(warning(ui))).wrap());
        });
    });
}

/// Text that takes the room of so many lines, whatever it says.
pub fn paragraph(ui: &mut egui::Ui, lines: usize, text: impl Into<egui::RichText>) {
    let height = lines as f32 * ui.text_style_height(&egui::TextStyle::Body);
    let size = egui::vec2(ui.available_width(), height);
    ui.allocate_ui_with_layout(size, egui::Layout::top_down(egui::Align::Min), |ui| {
        ui.set_min_size(size);
        ui.add(egui::Label::new(text.into()).wrap());
    });
}

/// A heading within the side panel.
pub fn heading(ui: &mut egui::Ui, text: &str) {
    ui.add_space(3.0);
    ui.label(egui::RichText::new(text).strong().size(14.0));
    ui.separator();
}

/// A row of a name and a number.
pub fn number(ui: &mut egui::Ui, name: &str, value: impl Into<egui::RichText>, hover: &str) {
    words(ui, name, value.into().monospace(), hover);
}

/// A row of a name and a few words.
pub fn words(ui: &mut egui::Ui, name: &str, value: impl Into<egui::RichText>, hover: &str) {
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(value.into()).on_hover_text(hover);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.add(egui::Label::new(egui::RichText::new(name).weak()).truncate()).on_hover_text(hover);
            });
        });
    });
}

/// An error as a sentence of its own.
pub fn sentence(error: &dyn std::fmt::Display) -> String {
    let told = error.to_string();
    let mut letters = told.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// A loss for people: four significant digits, or the word where there is none.
pub fn loss_text(loss: f64) -> String {
    match loss {
        loss if !loss.is_finite() => "diverged".to_owned(),
        loss => Measured(loss).steady(4),
    }
}

/// A step of those planned; training may go on past them.
pub fn step_text(step: u64, planned: u64) -> String {
    match step > planned {
        true => format!("{step}, past {planned}"),
        false => format!("{step} of {planned}"),
    }
}
