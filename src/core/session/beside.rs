//! The session of the landscape beside the one that a person decides on: it follows from that, and from nothing else.

use super::history::History;
use super::run::Origin;
use super::{Alpha3, CommandLog, Run, RunId, Session, Transport, View};
use crate::core::command::Ways;
use crate::core::experiment::{Experiment, FieldError};

impl Session {
    /// The session of the second landscape, where one is shown. It has the runs of this one, each with what is
    /// compared, held at its start: see [`Session::hold`]. No command changes it.
    pub fn beside(&self) -> Option<Self> {
        let experiment = self.experiment.second()?.clone();
        let alpha3 = match self.view.alpha3 {
            Alpha3::Held(_) => Alpha3::Held(experiment.view.alpha3),
            sweeping @ Alpha3::Sweeping { .. } => sweeping,
        };
        let run = |run: &Run| {
            let origin = match &run.origin {
                Origin::Trained(_) if run.id == self.plane_source => {
                    Origin::Trained(Box::new(experiment.clone()))
                }
                Origin::Trained(own) => Origin::Trained(Box::new(own.second()?.clone())),
                Origin::Imported(course) => Origin::Imported(course.clone()),
            };
            Some(Run { origin, transport: Transport::Held { at: 0 }, ..run.clone() })
        };
        Some(Self {
            runs: self.runs.iter().filter_map(run).collect(),
            plane_source: self.plane_source,
            next_run: self.next_run,
            opened: self.opened.clone(),
            recorded: None,
            view: View { alpha3, selected: self.view.selected_beside.clone(), ..self.view.clone() },
            log: CommandLog::default(),
            history: History::default(),
            experiment,
        })
    }

    /// Holds each run at a step; one of which nothing is said stays where it is.
    pub fn hold(&mut self, step_of: impl Fn(RunId) -> Option<u64>) {
        for run in &mut self.runs {
            if let Some(at) = step_of(run.id) {
                run.transport = Transport::Held { at };
            }
        }
    }
}

/// The runs of a race, each compared as the experiment now says.
///
/// # Errors
/// If that cannot be said of one of them.
pub(super) fn compared_anew(runs: &[Run], experiment: &Experiment) -> Result<Vec<Run>, FieldError> {
    let compared = |run: &Run| {
        let Origin::Trained(own) = &run.origin else { return Ok(run.clone()) };
        let compared = experiment.with(|file| Ways::of(own.file()).put(file))?;
        Ok(Run { origin: Origin::Trained(Box::new(compared.as_before(own))), ..run.clone() })
    };
    runs.iter().map(compared).collect()
}
