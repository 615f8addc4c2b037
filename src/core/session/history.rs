//! Changes that can be taken back, and those that were.

use super::run::{Run, Transport};
use super::{RunId, View};
use crate::core::experiment::Experiment;

/// What a session decides, at a moment in training.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decided {
    pub experiment: Experiment,
    pub runs: Vec<Run>,
    pub plane_source: RunId,
    pub view: View,
    /// The step that the shown run was at.
    pub step: u64,
}

impl Decided {
    /// As it is to be taken up again after `now`: what only moves about stays as it is, and runs that
    /// have to be trained again are held where they were.
    pub fn after(mut self, now: &Self) -> Self {
        let keys =
            |runs: &[Run]| -> Vec<(RunId, u64)> { runs.iter().map(|run| (run.id, run.starts)).collect() };
        let (then, since) = (keys(&self.runs), keys(&now.runs));
        if then == since {
            for (run, present) in self.runs.iter_mut().zip(&now.runs) {
                run.transport = present.transport;
            }
        } else if self.step > 0 {
            self.runs.iter_mut().for_each(|run| run.transport = Transport::Held { at: self.step });
        }
        self.view.framings = now.view.framings;
        self.view.visit = now.view.visit;
        self.view.is_panels_shown = now.view.is_panels_shown;
        self
    }
}

/// The states before each change, and after each that was taken back.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct History {
    past: Vec<Decided>,
    future: Vec<Decided>,
}

impl History {
    /// Takes note of the state before a change.
    pub fn note(&mut self, before: Decided) {
        self.past.push(before);
        self.future.clear();
    }

    /// The state before the last change; `now` can then be gone back to.
    pub fn undo(&mut self, now: Decided) -> Option<Decided> {
        let before = self.past.pop()?.after(&now);
        self.future.push(now);
        Some(before)
    }

    /// The state after the change that was taken back last.
    pub fn redo(&mut self, now: Decided) -> Option<Decided> {
        let after = self.future.pop()?.after(&now);
        self.past.push(now);
        Some(after)
    }

    /// How many changes can be taken back, and how many made again.
    pub fn lengths(&self) -> (usize, usize) {
        (self.past.len(), self.future.len())
    }
}
