//! The sides of a comparison: the landscape that a person decides on, and the one that is shown beside it.
//!
//! What is known and drawn of a landscape is there for each side, of a type of its own; whatever works on it is
//! written once, for either. So the second landscape is to the bit what it would be alone.

use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;

use bevy::prelude::*;

/// One of the two sides.
pub trait Side: Default + Clone + Copy + Debug + PartialEq + Eq + Hash + Send + Sync + 'static {
    /// Its number, from 0.
    const NUMBER: usize;
}

/// The landscape that a person decides on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct First;

/// The landscape beside it, where one is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Second;

impl Side for First {
    const NUMBER: usize = 0;
}

impl Side for Second {
    const NUMBER: usize = 1;
}

/// Marks what stands on a side.
#[derive(Component)]
pub struct On<S: Side>(PhantomData<S>);

impl<S: Side> Default for On<S> {
    fn default() -> Self {
        Self(PhantomData)
    }
}
