//! The long part of a command: another problem is posed, its examples are drawn or read.

use std::sync::Arc;

use crate::core::experiment::{Change, Experiment, ExperimentFile, FieldError, Resets};
use crate::core::io::sources::Sources;
use crate::core::num::{Advance, Job};

/// What was prepared: the experiment that the command leads to, and what it reset.
pub type Prepared = Result<(Experiment, Resets), FieldError>;

/// The long part of a command, to be done before it is applied. Its one unit is the whole.
pub struct Preparation(Option<Question>);

/// An experiment that has to be made.
pub(super) enum Question {
    /// Of one by a change.
    Changed(Box<Experiment>, Change),
    /// Of what was computed elsewhere and has grown since.
    Followed(Box<Experiment>),
    /// Of a file, from such sources.
    Read(Arc<dyn Sources>, Box<ExperimentFile>),
    /// Of a file, beside a recorded run: what that carries is not read anew.
    Loaded(Box<Experiment>, Box<ExperimentFile>),
}

impl Preparation {
    pub(super) fn of(question: Question) -> Self {
        Self(Some(question))
    }
}

impl Question {
    pub(super) fn answer(self) -> Prepared {
        match self {
            Self::Changed(experiment, change) => experiment.changed(change),
            Self::Followed(experiment) => experiment.followed().map(|made| (made, Resets::default())),
            Self::Read(sources, file) => {
                Experiment::reading(*file, &sources).map(|made| (made, Resets::default()))
            }
            Self::Loaded(recorded, file) => {
                recorded.with(|known| *known = *file).map(|made| (made, Resets::default()))
            }
        }
    }
}

impl Job for Preparation {
    type Finding = Prepared;

    fn advance(&mut self, _units: u64) -> Advance<Prepared> {
        self.0.take().map_or(Advance::Ended, |question| Advance::Found(question.answer()))
    }
}
