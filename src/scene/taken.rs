//! What the interface over the scene has taken for itself: pointer and keyboard, and room at the edges.
//!
//! It says so by messages, which are heard at the beginning of a frame.

use bevy::prelude::*;

use super::Stage;

/// What the interface has taken for itself.
#[derive(Resource, Message, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The pointer is over a panel, or held by one.
    pub pointer: bool,
    /// Somebody types into a field.
    pub keyboard: bool,
}

/// Room that panels take at the edges of the window, in physical pixels.
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
}

impl Insets {
    /// What is left of a window of that size, in physical pixels.
    pub(super) fn free(&self, size: Vec2) -> Vec2 {
        (size - Vec2::new(self.left + self.right, self.top + self.bottom)).max(Vec2::splat(64.0))
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Taken>()
        .init_resource::<Insets>()
        .add_message::<Taken>()
        .add_message::<Insets>()
        .add_systems(Update, (hear::<Taken>, hear::<Insets>).chain().in_set(Stage::Hear));
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
