//! Pictures and films without a window: the same scene, drawn to an image and written to a file.

pub mod background;
pub mod deep;
pub mod exposure;
pub mod eye;
pub mod film;
#[cfg(test)]
mod labels;
#[cfg(test)]
mod opening;
pub mod page;
pub mod picture;
pub mod readback;
pub mod scenery;
pub mod shrink;
pub mod sink;

pub use background::Background;
pub use film::{Film, FilmRequest};
pub use page::Page;
pub use picture::{Picture, PictureRequest, picture};
pub use scenery::{Gathering, Scenery, SceneryRequest};
