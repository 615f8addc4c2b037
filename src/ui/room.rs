//! Room that text in a corner takes: labels of the picture keep clear of it.

use bevy_egui::egui;

/// Who takes room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Taker {
    /// The caption of a tour.
    Caption,
    /// The readout of a lecture.
    Lecture,
    /// The line that tells of the flight.
    Flight,
}

/// Notes the room that one takes, as it was laid out last; `None` for none.
pub fn take(ctx: &egui::Context, taker: Taker, room: Option<egui::Rect>) {
    ctx.data_mut(|data| data.insert_temp(id(taker), room));
}

/// The room that one takes.
pub fn room_of(ctx: &egui::Context, taker: Taker) -> Option<egui::Rect> {
    ctx.data(|data| data.get_temp::<Option<egui::Rect>>(id(taker))).flatten()
}

/// All that is taken.
pub fn taken(ctx: &egui::Context) -> Vec<egui::Rect> {
    let all = [Taker::Caption, Taker::Lecture, Taker::Flight];
    all.into_iter().filter_map(|taker| room_of(ctx, taker)).collect()
}

fn id(taker: Taker) -> egui::Id {
    egui::Id::new(("room", taker))
}
