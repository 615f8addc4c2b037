//! What was asked, and when in training: enough to do it all again exactly, at any frame rate.

use serde::{Deserialize, Serialize};

use super::command::{Command, SliceCommand};
use crate::core::session::RunId;

/// A command with the place in training at which it was applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// The run that was shown.
    pub run: RunId,
    /// The step it was at.
    pub step: u64,
    /// What was asked.
    pub command: Command,
}

/// Commands in the order they were applied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CommandLog(Vec<LogEntry>);

impl CommandLog {
    /// Keeps a command. While a slider is dragged only its last place at a step is kept.
    pub fn push(&mut self, entry: LogEntry) {
        let is_drag = |entry: &LogEntry| matches!(entry.command, Command::Slice(SliceCommand::Alpha3(_)));
        match self.0.last_mut() {
            Some(last)
                if is_drag(last) && is_drag(&entry) && last.step == entry.step && last.run == entry.run =>
            {
                *last = entry;
            }
            _ => self.0.push(entry),
        }
    }

    /// The commands, oldest first.
    pub fn entries(&self) -> &[LogEntry] {
        &self.0
    }
}
