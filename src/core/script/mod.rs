//! Tours: how they are read, checked, played and recorded.

pub mod builtin;
mod check;
pub mod open;
pub mod player;
pub mod recorder;
pub mod reference;
pub mod restore;
pub mod tour;
mod weight;

pub use open::Script;
pub use player::{Audience, Player};
pub use recorder::Recorder;
pub use tour::{ChapterFile, Cue, Ease, Tour, TourFile, When};
