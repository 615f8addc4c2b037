//! Fields for numbers and for text: each as wide as it is, whatever is in it.
//!
//! A number is shown in as many digits as its field has room for, and whole on hovering. So no number
//! moves what stands beside it.

use bevy_egui::egui;

use super::style::callout;
use crate::core::text::Measured;

/// Points that a field for a number is wide, and one of two in a row with their names.
pub const FIELD: f32 = 78.0;
/// The same of a field beside others.
pub const NARROW: f32 = 58.0;
/// The same of a count of cells.
pub const COUNT: f32 = 44.0;
/// Points around the text of a field.
const PADDING: f32 = 8.0;
/// Significant digits that a number is shown in at most: a drag means no more.
const DIGITS: usize = 7;

/// A number that may be typed or dragged.
pub trait Quantity: egui::emath::Numeric + Default + Send + Sync + ToString {}
impl<N: egui::emath::Numeric + Default + Send + Sync + ToString> Quantity for N {}

/// Draws a field for a number in just that room. While it is typed the text may be longer: it is then shown
/// over what stands beside it.
pub fn sized(ui: &mut egui::Ui, width: f32, field: egui::DragValue) -> egui::Response {
    let size = egui::vec2(width, ui.spacing().interact_size.y);
    let typing = ui.next_auto_id().with("typing");
    let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
    let was_typing = ui.data(|data| data.get_temp(typing)).unwrap_or(false);
    let layer = match was_typing {
        true => egui::LayerId::new(egui::Order::Foreground, typing),
        false => ui.layer_id(),
    };
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let mut room = ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(layout).layer_id(layer));
    room.spacing_mut().interact_size.x = width;
    // egui takes what was typed a pass after Esc, as if Enter had been pressed: then nothing typed is a number.
    let given_up = typing.with("given up");
    let is_given_up = ui.data_mut(|data| data.remove_temp::<bool>(given_up)).is_some();
    let response = room.add(if is_given_up { field.custom_parser(|_| None) } else { field });
    let is_typing = response.has_focus();
    ui.data_mut(|data| data.insert_temp(typing, is_typing));
    if was_typing && !is_typing && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        ui.data_mut(|data| data.insert_temp(given_up, true));
    }
    response
}

/// The room of a field that has nothing to show.
pub fn blank_ui(ui: &mut egui::Ui, width: f32) {
    let size = egui::vec2(width, ui.spacing().interact_size.y);
    let button = egui::Button::new("–").min_size(size);
    ui.add_enabled(false, button);
}

/// A number that is sent once it has been typed or dragged to its end.
pub fn number_ui<N: Quantity>(
    ui: &mut egui::Ui,
    id: egui::Id,
    label: egui::Id,
    hint: &str,
    width: f32,
    present: N,
) -> Option<N> {
    let mut draft = ui.data(|data| data.get_temp::<N>(id)).unwrap_or(present);
    let speed = if N::INTEGRAL { 0.2 } else { (0.01 * present.to_f64().abs()).max(1e-4) };
    let whole = if N::INTEGRAL { present.to_string() } else { exact(present.to_f64()) };
    let width = if N::INTEGRAL { width.max(wide(ui, &whole)) } else { width };
    let (signs, digits) = (signs(ui, width), whole.clone());
    let text = move |value: f64| match N::INTEGRAL {
        // More of them than egui's own numbers have.
        true if value == present.to_f64() => digits.clone(),
        true => format!("{value:.0}"),
        false => fitted(value, signs),
    };
    let shown = text(present.to_f64());
    let hint = if shown == whole { hint.to_owned() } else { format!("{hint}\n{whole}") };
    let field = egui::DragValue::new(&mut draft).speed(speed).update_while_editing(false);
    let field = field.custom_formatter(move |value, _| text(value));
    let response = sized(ui, width, field).labelled_by(label).on_hover_text(hint);
    if response.has_focus() || response.dragged() {
        ui.data_mut(|data| data.insert_temp(id, draft));
        return None;
    }
    ui.data_mut(|data| data.remove_temp::<N>(id));
    // Whoever only passes through leaves the digits that are shown, which may be fewer than there are.
    let is_passed = draft.to_f64() == present.to_f64() || shown.parse::<f64>() == Ok(draft.to_f64());
    (!is_passed).then_some(draft)
}

/// Points that a text takes in a field.
fn wide(ui: &egui::Ui, text: &str) -> f32 {
    text.chars().count() as f32 * digit(ui) + PADDING + 1.0
}

/// Signs that fit a field of that many points.
pub fn signs(ui: &egui::Ui, width: f32) -> usize {
    ((width - PADDING) / digit(ui)).max(1.0) as usize
}

fn digit(ui: &egui::Ui) -> f32 {
    let font = ui.style().drag_value_text_style.resolve(ui.style());
    ui.fonts_mut(|fonts| fonts.glyph_width(&font, '0')).max(1.0)
}

/// A number in as many digits as it needs and so many signs have room for, as it could be typed.
pub fn fitted(value: f64, signs: usize) -> String {
    let fits = |text: &String| text.chars().count() <= signs;
    let mut tries = (1..=DIGITS).rev().map(|digits| short(value, digits));
    let shortest = tries.clone().next_back();
    tries.find(fits).or(shortest).unwrap_or_default()
}

/// A number in so many significant digits at most.
fn short(value: f64, digits: usize) -> String {
    let rounded: f64 = format!("{value:.*e}", digits - 1).parse().unwrap_or(value);
    Measured(rounded).to_string()
}

/// A number in the digits that it needs.
pub fn plain(value: f64) -> String {
    short(value, DIGITS)
}

/// A number in all its digits.
fn exact(value: f64) -> String {
    short(value, 17)
}

/// A text that is sent once it is left and can be read; why it cannot is told beside it.
pub fn text_ui<T>(
    ui: &mut egui::Ui,
    id: egui::Id,
    label: egui::Id,
    hint: &str,
    present: &str,
    read: &dyn Fn(&str) -> Result<T, String>,
) -> Option<T> {
    let draft = ui.data(|data| data.get_temp::<String>(id));
    let mut text = draft.unwrap_or_else(|| present.to_owned());
    // As high as any other field: one more point would move the rows below.
    let height = egui::vec2(0.0, ui.spacing().interact_size.y);
    let field = egui::TextEdit::singleline(&mut text).desired_width(110.0).hint_text("none");
    let field = field.margin(egui::Margin::symmetric(4, 1)).min_size(height);
    let response = ui.add(field).labelled_by(label).on_hover_text(hint);
    if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, text));
        return None;
    }
    let is_given_up = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Escape));
    let has_changed = text != present && !is_given_up;
    match has_changed.then(|| read(&text)) {
        Some(Err(why)) => {
            ui.data_mut(|data| data.insert_temp(id, text));
            callout(ui, &why);
            None
        }
        sent => {
            ui.data_mut(|data| data.remove_temp::<String>(id));
            sent.and_then(Result::ok)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_takes_no_more_signs_than_there_is_room_for() {
        assert_eq!(fitted(0.1, 8), "0.1");
        assert_eq!(fitted(-1.234_567_891_234_567, 8), "-1.23457");
        assert_eq!(fitted(1.234_567_891_234_567_8e-5, 8), "1.235e-5");
        assert_eq!(fitted(1_234_567_891_234_567.0, 8), "1.235e15");
        assert_eq!(fitted(-8.012_345e301, 8), "-8e301");
        assert_eq!(fitted(-1.234_567e-300, 6), "-1e-300", "the fewest that say it");
        for value in [0.0, 5e-324, f64::MAX, -0.007_654_321, 12_345.678_9, 9_999_999.9] {
            assert!(fitted(value, 8).chars().count() <= 8, "{}", fitted(value, 8));
        }
    }
}
