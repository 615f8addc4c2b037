//! Colours of everything that does not stand for a number.

use bevy::prelude::*;

/// Behind everything.
pub const STAGE: Color = Color::srgb(0.055, 0.067, 0.094);
/// Lines of the floor.
pub const FLOOR: Color = Color::srgb(0.20, 0.23, 0.29);
/// Axes, their ticks, and the edges of the cube.
pub const AXIS: Color = Color::srgb(0.62, 0.66, 0.74);
/// The trail of training.
pub const TRAIL: Color = Color::srgb(1.0, 0.30, 0.42);
/// Drop lines from the trail to the surface.
pub const DROP: Color = Color::srgba(1.0, 0.55, 0.62, 0.5);
/// The marker: the point where training is.
pub const MARKER: Color = Color::srgb(1.0, 0.86, 0.45);
/// The flag where training starts.
pub const START: Color = Color::srgb(0.93, 0.94, 0.97);
/// The flag where training ends.
pub const END: Color = Color::srgb(0.36, 0.85, 0.95);
