//! What the numerics stand on: parameter vectors, named random streams, resumable work.

pub mod corners;
pub mod eigen;
pub mod lanczos;
pub mod parallel;
pub mod params;
pub mod principal;
pub mod range;
pub mod setting;
pub mod streams;
pub mod vector;
pub mod wide;
pub mod work;

pub use params::{BlockKind, ParamBlock, ParamLayout};
pub use setting::SettingError;
pub use streams::Stream;
pub use work::{Advance, CancelToken, Job, Progress};
