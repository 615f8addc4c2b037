//! What was asked of late, and when in training: enough to do it again exactly, at any frame rate.
//!
//! A slider that is dragged while training goes on asks for something in every frame: at 60 a second and 104
//! bytes each that is 22 MB an hour. So the log has an end: of more than [`MOST_ENTRIES`] the older half goes.
//! What can be taken back is kept elsewhere, a recording keeps what it needs, and what is rescued is a file.

use serde::{Deserialize, Serialize};

use super::{Command, RunId};
use crate::core::experiment::{Assignment, Change};

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

/// Commands that are known at most: 2 MB of them, and at worst as many experiments that were opened.
pub const MOST_ENTRIES: usize = 1 << 14;

/// The last commands in the order they were applied.
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
                if self.0.len() == MOST_ENTRIES {
                    self.0.drain(..MOST_ENTRIES / 2);
                }
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
        (Command::Set(Change::Compare(a)), Command::Set(Change::Compare(b))) => is_one_number(a, b),
        (Command::Set(a), Command::Set(b)) => a.number().is_some() && a.setting() == b.setting(),
        _ => false,
    }
}

/// Whether two lists of what is compared differ in one number.
fn is_one_number(a: &[Assignment], b: &[Assignment]) -> bool {
    let is_number = |one: &Assignment| one.text.parse::<f64>().is_ok();
    let mut differing = a.iter().zip(b).filter(|(a, b)| a != b);
    a.len() == b.len()
        && differing.next().is_some_and(|(a, b)| a.path == b.path && is_number(a) && is_number(b))
        && differing.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::Change;

    #[test]
    fn a_day_of_dragging_while_training_goes_on_takes_a_bounded_room() {
        assert_eq!(size_of::<LogEntry>(), 104, "the number in the text above");
        let mut log = CommandLog::default();
        let entry = |step: u64| {
            let command = Command::Set(Change::Alpha3(step as f64));
            LogEntry { run: RunId(0), step, command }
        };
        for step in 0..200_000 {
            assert_eq!(log.push(entry(step)), step > 0, "it stays one drag");
            assert!(log.entries().len() <= MOST_ENTRIES);
        }
        let known = log.entries();
        assert!(known.len() >= MOST_ENTRIES / 2);
        assert_eq!(known.last(), Some(&entry(199_999)));
        assert!(known.windows(2).all(|pair| pair[1].step == pair[0].step + 1), "no gap");
        assert!(log.0.capacity() <= MOST_ENTRIES);
    }
}
