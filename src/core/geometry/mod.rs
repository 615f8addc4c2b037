//! From numbers to the picture: heights, colours, camera poses, ticks and labels, as pure functions.

pub mod camera;
pub mod colormap;
pub mod frame;
pub mod labels;
pub mod ticks;
pub mod tube;
