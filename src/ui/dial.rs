//! A slider with the number it stands at, which can be typed.
//!
//! egui's own has both too, but its number goes without a name, sends each digit that is typed on the
//! way, and rounds what was there before anybody touched it.

use std::ops::RangeInclusive;

use bevy_egui::egui;

use crate::core::text::Measured;

/// How such a slider is.
pub struct Dial<'a> {
    /// What the slider goes through.
    pub range: RangeInclusive<f64>,
    /// Whether numbers beyond it may be typed.
    pub is_open: bool,
    /// Whether equal ways along it are equal factors.
    pub is_log: bool,
    /// Digits after the point.
    pub decimals: usize,
    /// The unit, behind the number.
    pub suffix: &'a str,
}

impl Dial<'_> {
    /// Draws the slider and the number, in this order, for the caller to name.
    pub fn show(&self, ui: &mut egui::Ui, value: &mut f64) -> [egui::Response; 2] {
        let clamping = if self.is_open { egui::SliderClamping::Never } else { egui::SliderClamping::Edits };
        let slider = egui::Slider::new(value, self.range.clone()).logarithmic(self.is_log);
        let slider = slider.max_decimals(self.decimals).smart_aim(false).clamping(clamping);
        let slider = ui.add(slider.show_value(false));
        [slider, self.number_ui(ui, value)]
    }

    fn number_ui(&self, ui: &mut egui::Ui, value: &mut f64) -> egui::Response {
        let mut draft = *value;
        let range = if self.is_open { f64::NEG_INFINITY..=f64::INFINITY } else { self.range.clone() };
        let field = egui::DragValue::new(&mut draft)
            .custom_formatter(|value, _| self.text(value))
            .suffix(self.suffix);
        let field = field.range(range).clamp_existing_to_range(false).update_while_editing(false);
        let response = ui.add(field.speed(self.speed(*value)));
        // Whoever only passes through leaves the digits that are shown, which may be fewer than there are.
        if draft.is_finite() && self.text(draft) != self.text(*value) {
            *value = draft;
        }
        response
    }

    fn text(&self, value: f64) -> String {
        Measured(value).steady(self.decimals).replace('-', "−")
    }

    /// What a point of dragging is worth: as much as on the slider, or a hundredth.
    fn speed(&self, value: f64) -> f64 {
        if self.is_log { 0.01 * value.abs() } else { (self.range.end() - self.range.start()) / WIDTH }
    }
}

/// Points that a slider is wide, about.
const WIDTH: f64 = 140.0;
