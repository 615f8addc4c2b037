//! What the numerics stand on: parameter vectors, named random streams, resumable work.

pub mod params;
pub mod streams;
pub mod vector;
pub mod work;

pub use params::{ParamBlock, ParamLayout};
pub use streams::Stream;
pub use work::{CancelToken, Progress};
