//! How the overlay looks.

use bevy_egui::egui::{self, Color32, CornerRadius, Stroke};

/// Points the side panel is wide.
pub const SIDE_WIDTH: f32 = 268.0;
/// Text of labels over the picture.
pub const INK: Color32 = Color32::from_rgb(224, 228, 236);
/// Text of less weight.
pub const FAINT: Color32 = Color32::from_rgb(150, 158, 174);
/// Behind labels, so that they can be read over anything.
pub const SHADE: Color32 = Color32::from_rgba_premultiplied(9, 11, 16, 150);
/// Warnings.
pub const WARNING: Color32 = Color32::from_rgb(255, 176, 92);
/// The colour of the marker, for numbers about it.
pub const MARKER: Color32 = Color32::from_rgb(255, 219, 115);

/// Sets fonts, spacing and colours; cheap to call again.
pub fn set_style(ctx: &egui::Context) {
    ctx.set_theme(egui::Theme::Dark);
    ctx.all_styles_mut(|style| {
        style.spacing.item_spacing = egui::vec2(8.0, 6.0);
        style.spacing.slider_width = 148.0;
        style.spacing.interact_size.y = 22.0;
        let visuals = &mut style.visuals;
        visuals.panel_fill = Color32::from_rgb(19, 22, 30);
        visuals.override_text_color = Some(INK);
        visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, Color32::from_rgb(38, 43, 55));
        visuals.selection.bg_fill = Color32::from_rgb(44, 92, 140);
        for widget in
            [&mut visuals.widgets.inactive, &mut visuals.widgets.hovered, &mut visuals.widgets.active]
        {
            widget.corner_radius = CornerRadius::same(5);
        }
    });
}

/// A heading within the side panel.
pub fn heading(ui: &mut egui::Ui, text: &str) {
    ui.add_space(8.0);
    ui.label(egui::RichText::new(text).strong().size(15.0));
    ui.separator();
}

/// A row of a name and a number.
pub fn number(ui: &mut egui::Ui, name: &str, value: impl Into<egui::RichText>, hover: &str) {
    ui.horizontal(|ui| {
        ui.label(egui::RichText::new(name).color(FAINT)).on_hover_text(hover);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(value.into().monospace()).on_hover_text(hover);
        });
    });
}

/// A loss for people: four significant digits, or the word where there is none.
pub fn loss_text(loss: f64) -> String {
    match loss {
        loss if !loss.is_finite() => "diverged".to_owned(),
        loss if loss != 0.0 && !(1e-3..1e4).contains(&loss.abs()) => format!("{loss:.3e}"),
        loss => format!("{loss:.4}"),
    }
}
