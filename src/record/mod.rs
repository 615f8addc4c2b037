//! Pictures without a window: the same scene, drawn to an image and written to a file.

pub mod device;
pub mod eye;
pub mod picture;
pub mod sink;

pub use picture::{PictureRequest, picture};
