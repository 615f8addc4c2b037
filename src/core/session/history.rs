//! Changes that can be taken back, and those that were: the last [`MOST_CHANGES`], and of them as many as
//! have [`MOST_BYTES`] of data and parameters between them.

use std::collections::{BTreeMap, VecDeque};

use super::run::{Run, Transport};
use super::{Opened, RunId, View};
use crate::core::experiment::Experiment;

/// What a session decides, at a moment in training.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decided {
    pub experiment: Experiment,
    pub runs: Vec<Run>,
    pub plane_source: RunId,
    pub view: View,
    pub opened: Opened,
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
    past: VecDeque<Decided>,
    future: Vec<Decided>,
    /// Whether older changes are no longer known.
    is_cut: bool,
}

/// Changes that can be taken back.
pub const MOST_CHANGES: usize = 1000;
/// Bytes of data and parameters in the states that can be gone back to. The last change can always be
/// taken back.
pub const MOST_BYTES: usize = 256 << 20;

impl History {
    /// Takes note of the state before a change.
    pub fn note(&mut self, before: Decided) {
        self.past.push_back(before);
        self.future.clear();
        while self.past.len() > MOST_CHANGES || (self.past.len() > 1 && self.bytes() > MOST_BYTES) {
            self.past.pop_front();
            self.is_cut = true;
        }
    }

    /// Bytes of data and parameters in the past, as far as its states do not share them.
    fn bytes(&self) -> usize {
        let held: BTreeMap<usize, usize> =
            self.past.iter().flat_map(|state| state.experiment.held()).collect();
        held.values().sum()
    }

    /// Whether older changes are no longer known.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The state before the last change; `now` can then be gone back to.
    pub fn undo(&mut self, now: Decided) -> Option<Decided> {
        let before = self.past.pop_back()?.after(&now);
        self.future.push(now);
        Some(before)
    }

    /// The state after the change that was taken back last.
    pub fn redo(&mut self, now: Decided) -> Option<Decided> {
        let after = self.future.pop()?.after(&now);
        self.past.push_back(now);
        Some(after)
    }

    /// How many changes can be taken back, and how many made again.
    pub fn lengths(&self) -> (usize, usize) {
        (self.past.len(), self.future.len())
    }
}
