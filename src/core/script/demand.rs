//! How much a tour may ask for: it is rehearsed whole before anybody sees it, and may come from anywhere.

use std::sync::Arc;

use crate::core::experiment::Experiment;
use crate::core::objective::Problem;

/// Chapters a tour may have.
const MOST_CHAPTERS: usize = 1000;
/// Cues of all its chapters.
const MOST_CUES: usize = 20_000;
/// Numbers in all the data that its chapters and cues load, one after the other: as many as a file may have.
const MOST_NUMBERS: usize = 20_000_000;

/// What a tour has asked for so far.
#[derive(Default)]
pub(super) struct Demand {
    numbers: usize,
    /// The problem that was counted last.
    last: Option<Arc<Problem>>,
}

/// Sees to it that a tour has no more chapters and cues than it may have.
pub(super) fn check_counts(chapters: usize, cues: usize) -> Result<(), String> {
    match () {
        () if chapters > MOST_CHAPTERS => {
            Err(format!("{chapters} chapters; expected at most {MOST_CHAPTERS}"))
        }
        () if cues > MOST_CUES => Err(format!("{cues} cues; expected at most {MOST_CUES}")),
        () => Ok(()),
    }
}

impl Demand {
    /// Counts the data of an experiment, unless it goes on with those of the one before.
    ///
    /// # Errors
    /// If all together are more than may be, in words.
    pub(super) fn add(&mut self, experiment: &Experiment) -> Result<(), String> {
        let problem = experiment.problem();
        if self.last.as_ref().is_some_and(|last| Arc::ptr_eq(last, problem)) {
            return Ok(());
        }
        self.last = Some(Arc::clone(problem));
        self.numbers +=
            problem.data().into_iter().flatten().map(|data| data.x().len() + data.y().len()).sum::<usize>();
        match self.numbers <= MOST_NUMBERS {
            true => Ok(()),
            false => Err(format!(
                "it loads data of more than {MOST_NUMBERS} numbers in all; expected fewer or smaller sets"
            )),
        }
    }
}
