//! What a person, a key, a tour or a test can ask for, the log of what was asked, tours, and how they are recorded.

pub mod builtin;
mod check;
pub mod command;
pub mod log;
pub mod number;
pub mod open;
pub mod player;
pub mod recorder;
pub mod reference;
pub mod restore;
pub mod tour;
mod weight;

pub use command::{
    Bookmark, Command, ExperimentCommand, RaceStart, RunCommand, SectionAxis, SliceCommand, ViewCommand,
};
pub use log::{CommandLog, LogEntry};
pub use open::Script;
pub use player::{Audience, Player};
pub use recorder::Recorder;
pub use tour::{ChapterFile, Cue, Ease, Tour, TourFile, When};
