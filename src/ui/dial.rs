//! A slider with the number it stands at, which can be typed.
//!
//! egui's own has both too, but its number goes without a name, sends each digit that is typed on the
//! way, rounds what was there before anybody touched it, and takes more room for more digits.

use std::ops::RangeInclusive;

use bevy_egui::egui;

use super::field::{FIELD, fitted, signs, sized};
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
    /// Points of the row that are left for what follows.
    pub after: f32,
}

impl Dial<'_> {
    /// Draws the slider and the number, in this order, for the caller to name.
    pub fn show(&self, ui: &mut egui::Ui, value: &mut f64) -> [egui::Response; 2] {
        let clamping = if self.is_open { egui::SliderClamping::Never } else { egui::SliderClamping::Edits };
        let slider = egui::Slider::new(value, self.range.clone()).logarithmic(self.is_log);
        let slider = slider.max_decimals(self.decimals).smart_aim(false).clamping(clamping);
        let room = ui.available_width() - FIELD - 2.0 * ui.spacing().item_spacing.x - self.after;
        ui.spacing_mut().slider_width = room.clamp(SHORTEST, LONGEST);
        let slider = ui.add(slider.show_value(false));
        [slider, self.number_ui(ui, value)]
    }

    fn number_ui(&self, ui: &mut egui::Ui, value: &mut f64) -> egui::Response {
        let mut draft = *value;
        let range = if self.is_open { f64::NEG_INFINITY..=f64::INFINITY } else { self.range.clone() };
        let (decimals, signs) = (self.decimals, signs(ui, FIELD) - self.suffix.chars().count());
        let field = egui::DragValue::new(&mut draft).suffix(self.suffix);
        let field = field.custom_formatter(move |value, _| shown(value, decimals, signs));
        let field = field.range(range).clamp_existing_to_range(false).update_while_editing(false);
        let response = sized(ui, FIELD, field.speed(self.speed(*value)));
        // Whoever only passes through leaves the digits that are shown, which may be fewer than there are.
        let text = |value: f64| shown(value, decimals, signs);
        if draft.is_finite() && text(draft) != text(*value) {
            *value = draft;
        }
        response
    }

    /// What a point of dragging is worth: as much as on the slider, or a hundredth.
    fn speed(&self, value: f64) -> f64 {
        if self.is_log {
            0.01 * value.abs()
        } else {
            (self.range.end() - self.range.start()) / LONGEST as f64
        }
    }
}

/// Points that a slider is wide, at least and at most.
const SHORTEST: f32 = 40.0;
const LONGEST: f32 = 140.0;

/// A number with so many decimals, or where so many signs have no room for that, in as many digits as fit.
fn shown(value: f64, decimals: usize, signs: usize) -> String {
    let steady = Measured(value).steady(decimals);
    let text = if steady.chars().count() <= signs { steady } else { fitted(value, signs) };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stays_in_its_room_however_large_it_is() {
        assert_eq!(shown(0.123_456, 2, 8), "0.12");
        assert_eq!(shown(-1_234.567_8, 2, 8), "−1234.57");
        assert_eq!(shown(-1_234.567_8, 3, 8), "−1234.57", "as many as fit");
        assert_eq!(shown(8e301, 3, 8), "8.00e301");
        assert_eq!(shown(1_234_567_891_234_567.0, 2, 8), "1.2e15");
    }
}
