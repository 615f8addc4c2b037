//! From numbers to the picture: heights, colours, camera poses, ticks and labels, as pure functions.

pub mod camera;
pub mod colormap;
pub mod contour;
pub mod flown;
pub mod frame;
pub mod glide;
pub mod heights;
pub mod isolines;
pub mod isosurface;
pub mod labels;
pub mod path;
pub mod picking;
pub mod ticks;
pub mod tube;
