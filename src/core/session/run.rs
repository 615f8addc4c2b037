//! Runs as the session knows them: which there are, and how each is to go on.

use std::sync::Arc;

use super::Now;
pub use crate::core::command::RunId;
use crate::core::command::{RaceStart, RunCommand};
use crate::core::experiment::Experiment;
use crate::core::train::Course;

/// A run: trained here, or brought along from elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its name.
    pub id: RunId,
    /// Where its points come from.
    pub origin: Origin,
    /// Where it sets out.
    pub from: RaceStart,
    /// How it is to go on.
    pub transport: Transport,
    /// How often it was sent back to its start.
    pub starts: u64,
}

/// Where a run's points come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// Trained here.
    Trained(Box<Experiment>),
    /// Recorded elsewhere: it has a trail and planes; there is nothing to train or to probe.
    Imported(Arc<Course>),
}

/// How a run is to go on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Transport {
    /// On, until a step; without one, until it is held.
    Playing {
        /// The step to stop at.
        until: Option<u64>,
    },
    /// On, until the gradient is shorter than that.
    Converging {
        /// Length of the gradient.
        tolerance: f64,
    },
    /// At that step.
    Held {
        /// The step.
        at: u64,
    },
}

impl Run {
    /// A run of an experiment that plays from its start to its planned end.
    pub fn of(id: RunId, experiment: &Experiment) -> Self {
        Self {
            id,
            from: RaceStart::Same,
            // Of a run that is being recorded the newest is of interest.
            transport: match experiment.import().is_some_and(|import| import.is_followed) {
                true => Transport::Held { at: experiment.steps },
                false => Transport::Playing { until: Some(experiment.steps) },
            },
            origin: match experiment.imported() {
                Some(course) => Origin::Imported(Arc::clone(course)),
                None => Origin::Trained(Box::new(experiment.clone())),
            },
            starts: 0,
        }
    }

    /// What people call it: its optimizer's name, or that of the first leg of its walk. From a point of the slice it
    /// is trained.
    pub fn name(&self) -> &'static str {
        match &self.origin {
            Origin::Trained(experiment) => match (&self.from, experiment.walk.first()) {
                (RaceStart::Same, Some(leg)) => leg.name(),
                _ => experiment.optimizer.name(),
            },
            Origin::Imported(_) => "imported",
        }
    }

    /// The same, told apart from a run that set out where the experiment starts, and from one that is trained as
    /// the experiment says: `sgd · batch 8 from a point`.
    pub(super) fn title(&self, experiment: &Experiment) -> String {
        let mut title = self.name().to_owned();
        if let Origin::Trained(own) = &self.origin {
            let schedule = (own.schedule != experiment.schedule).then(|| own.schedule.name().to_owned());
            let batch = (own.batch != experiment.batch).then(|| own.batch.to_string());
            schedule.into_iter().chain(batch).for_each(|part| title += &format!(" · {part}"));
        }
        match self.from {
            RaceStart::Same => title,
            RaceStart::Slice(_) => title + " from a point",
        }
    }

    /// Does what concerns how it goes on; `now` is where the shown run is, `planned` its planned end.
    pub(super) fn follow(&mut self, command: &RunCommand, now: Now, planned: u64) {
        self.transport = match *command {
            RunCommand::Play if now.step >= planned => Transport::Playing { until: None },
            RunCommand::Play => Transport::Playing { until: Some(planned) },
            RunCommand::Pause => Transport::Held { at: now.step },
            RunCommand::Step(steps) => Transport::Held { at: now.step.saturating_add(steps) },
            RunCommand::Seek(step) => Transport::Held { at: step },
            RunCommand::Restart => {
                self.starts += 1;
                Transport::Playing { until: Some(planned) }
            }
            RunCommand::Converge { tolerance } => Transport::Converging { tolerance },
            RunCommand::Race(_) | RunCommand::Tune(_) | RunCommand::Retire(_) | RunCommand::Lead(_) => {
                self.transport
            }
        };
    }
}
