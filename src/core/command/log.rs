//! What was asked, and when in training: enough to do it all again exactly, at any frame rate.

use serde::{Deserialize, Serialize};

use super::{Command, RunId};

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
    /// Keeps a command; whether it goes on with the drag of a slider. Of that only the last place at a
    /// step is kept.
    pub fn push(&mut self, entry: LogEntry) -> bool {
        match self.0.last_mut().filter(|last| last.run == entry.run && is_one_drag(last, &entry)) {
            Some(last) if last.step == entry.step => {
                *last = entry;
                true
            }
            last => {
                let is_same_drag = last.is_some();
                self.0.push(entry);
                is_same_drag
            }
        }
    }

    /// The commands, oldest first.
    pub fn entries(&self) -> &[LogEntry] {
        &self.0
    }
}

/// Whether both are places of the same slider, and it was there before.
fn is_one_drag(a: &LogEntry, b: &LogEntry) -> bool {
    match (&a.command, &b.command) {
        (Command::Set(a), Command::Set(b)) => a.number().is_some() && a.setting() == b.setting(),
        _ => false,
    }
}
