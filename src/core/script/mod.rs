//! What a person, a key, a tour or a test can ask for, and the log of what was asked.

pub mod command;
pub mod log;

pub use command::{
    Bookmark, Command, ExperimentCommand, RaceStart, RunCommand, SectionAxis, SliceCommand, ViewCommand,
};
pub use log::{CommandLog, LogEntry};
