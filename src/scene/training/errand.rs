//! A run sent off to a step, to be back after a while.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bevy::platform::time::Instant;

use super::judgement::Judgement;
use crate::core::experiment::Experiment;
use crate::core::num::{Advance, Job};
use crate::core::objective::NoObjective;
use crate::core::train::{Descent, Trajectory};
use crate::scene::memory;

/// Where a run sets out, and within what.
pub(super) struct Departure {
    pub experiment: Box<Experiment>,
    /// A theta, `[dim]`; without one, where the experiment starts.
    pub start: Option<Vec<f64>>,
    /// Bytes that its trajectory may take.
    pub budget_bytes: usize,
    /// The same run recorded ahead of it.
    pub ahead: Option<Arc<Trajectory>>,
}

impl Departure {
    fn run(self) -> Result<Descent, NoObjective> {
        let run = match self.start {
            Some(start) => self.experiment.start_run_at(start)?,
            None => self.experiment.start_run()?,
        };
        let run = run.within(self.budget_bytes);
        Ok(Descent::Trained(Box::new(match self.ahead {
            Some(ahead) => run.beside(ahead),
            None => run,
        })))
    }
}

/// Who is sent.
pub(super) enum Traveller {
    /// A run that has yet to begin.
    Due(Departure),
    /// One that is somewhere already.
    Run(Descent),
}

/// A run on its way. Its units are steps; it has ended once the run is judged where it has come to.
pub(super) struct Errand {
    goal: u64,
    /// Length of the gradient at which it stops before that.
    tolerance: f64,
    /// How long it may take, and what it has taken.
    time: Option<Duration>,
    taken: Duration,
    phase: Phase,
    run: Option<Descent>,
    judgement: Judgement,
}

enum Phase {
    Begins(Option<Departure>),
    Walks,
    Arrived,
    Judged,
}

/// Steps between two looks at the clock.
const STEPS_AT_ONCE: u64 = 16;

impl Errand {
    pub fn new(traveller: Traveller, goal: u64, tolerance: f64, time: Option<Duration>) -> Self {
        let (departure, run) = match traveller {
            Traveller::Due(departure) => (Some(departure), None),
            Traveller::Run(run) => (None, Some(run)),
        };
        let (phase, judgement) = (Phase::Begins(departure), Judgement::default());
        Self { goal, tolerance, time, taken: Duration::ZERO, phase, run, judgement }
    }

    /// The run, and what is known of where it is; `None` where there was nothing to train.
    pub fn into_parts(mut self) -> Option<(Descent, Judgement)> {
        self.run.take().zip(Some(std::mem::take(&mut self.judgement)))
    }

    fn begin(&mut self, departure: Option<Departure>) {
        if let Some(departure) = departure {
            self.run = departure.run().ok();
        }
        if let Some(run) = &mut self.run {
            run.rewind(self.goal);
        }
        self.phase = if self.is_there() { Phase::Arrived } else { Phase::Walks };
    }

    fn walk(&mut self, steps: u64) {
        let began = Instant::now();
        if let Some(run) = &mut self.run {
            run.advance(steps.min(self.goal - run.step()));
        }
        self.taken += began.elapsed();
        let is_late = self.time.is_some_and(|time| self.taken >= time);
        if is_late || self.is_there() {
            self.phase = Phase::Arrived;
        }
    }

    fn is_there(&self) -> bool {
        self.run.as_ref().is_none_or(|run| {
            let is_level = self.tolerance > 0.0 && run.latest().grad_norm < self.tolerance;
            is_level || run.step() >= self.goal || run.end().is_some_and(|end| run.step() >= end)
        })
    }
}

impl Job for Errand {
    type Finding = Infallible;

    fn advance(&mut self, steps: u64) -> Advance<Infallible> {
        match &mut self.phase {
            Phase::Begins(departure) => {
                let departure = departure.take();
                self.begin(departure);
            }
            Phase::Walks => self.walk(steps.max(1)),
            Phase::Arrived => {
                self.judgement = self.run.as_ref().map(Judgement::of).unwrap_or_default();
                self.phase = Phase::Judged;
            }
            Phase::Judged => return Advance::Ended,
        }
        Advance::Working
    }

    fn piece(&self) -> u64 {
        // One by one where each may be the last.
        if self.tolerance > 0.0 { 1 } else { STEPS_AT_ONCE }
    }
}

/// A run that comes home to nobody.
impl Drop for Errand {
    fn drop(&mut self) {
        if self.run.take_if(|run| is_large(run)).is_some() {
            memory::give_back();
        }
    }
}

/// Whether it takes time to free a run.
pub(super) fn is_large(run: &Descent) -> bool {
    run.held_bytes() > memory::LARGE_BYTES
}
