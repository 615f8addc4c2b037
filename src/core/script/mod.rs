//! Tours: how they are read, checked, played and recorded.

pub mod builtin;
pub mod chapters;
mod demand;
pub mod marks;
pub mod open;
pub mod player;
pub mod recorder;
pub mod reference;
pub mod restore;
pub mod tour;
pub mod voice;
pub mod words;

pub use chapters::{ChapterFile, Cue, Ease, TourFile, When};
pub use marks::{Mark, Spoken, Subtitles, marks, spoken};
pub use open::Script;
pub use player::{Audience, Player};
pub use recorder::Recorder;
pub use tour::Tour;
pub use voice::Voice;
pub use words::{Language, LanguageError};
