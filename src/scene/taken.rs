//! What the interface over the scene has taken for itself: pointer and keyboard, and room at the edges.
//!
//! It says so by messages, which are heard at the beginning of a frame. What charts beside the landscape take is
//! decided in the session, and known in the same frame.

use bevy::prelude::*;

use super::session::SessionState;
use super::{Stage, Step};

/// What the interface has taken for itself.
#[derive(Resource, Message, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The pointer is over a panel, or held by one.
    pub pointer: bool,
    /// Somebody types into a field.
    pub keyboard: bool,
}

/// Room that panels take at the edges of the window, in physical pixels, and charts beside the landscape.
#[derive(Resource, Message, Clone, Copy, Debug, Default, PartialEq)]
pub struct Insets {
    /// At the left edge.
    pub left: f32,
    /// At the right edge.
    pub right: f32,
    /// At the top edge.
    pub top: f32,
    /// At the bottom edge.
    pub bottom: f32,
    /// Share of the width that is left, at its right, which charts take.
    pub charts: f32,
}

impl Insets {
    /// All that is taken at the right edge of a window of that width, in physical pixels.
    pub fn right_of(&self, width: f32) -> f32 {
        self.right + self.charts * (width - self.left - self.right).max(0.0)
    }

    /// What is left of a window of that size, in physical pixels.
    pub(super) fn free(&self, size: Vec2) -> Vec2 {
        (size - Vec2::new(self.left + self.right_of(size.x), self.top + self.bottom)).max(Vec2::splat(64.0))
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Taken>()
        .init_resource::<Insets>()
        .add_message::<Taken>()
        .add_message::<Insets>()
        .add_systems(Update, (hear::<Taken>, hear_insets).chain().in_set(Stage::Hear))
        .add_systems(Update, leave_room_for_charts.in_set(Step::Charts));
}

/// Takes in what was said last.
fn hear<T>(mut said: MessageReader<T>, mut known: ResMut<T>)
where
    T: Message + Resource<Mutability = bevy::ecs::component::Mutable> + Copy + PartialEq,
{
    if let Some(last) = said.read().last() {
        known.set_if_neq(*last);
    }
}

/// The same of the room that panels take.
fn hear_insets(mut said: MessageReader<Insets>, mut known: ResMut<Insets>) {
    if let Some(last) = said.read().last() {
        let charts = known.charts;
        known.set_if_neq(Insets { charts, ..*last });
    }
}

fn leave_room_for_charts(session: Res<SessionState>, mut known: ResMut<Insets>) {
    let charts = session.look().room_for_charts() as f32;
    let now = Insets { charts, ..*known };
    known.set_if_neq(now);
}
