//! Pictures without a window: the same scene, drawn to an image and written to a file.

pub mod device;
pub mod picture;

pub use picture::{PictureRequest, picture};
