//! A live run: where it is, where it should be by now, and what is to be seen of it.

use std::sync::Arc;

use bevy::prelude::*;

use super::errand::{Departure, Errand, Traveller, is_large};
use super::judgement::Judgement;
use super::measured::{Measured, Points};
use crate::core::command::RaceStart;
use crate::core::experiment::Experiment;
use crate::core::experiment::pipeline::Plan;
use crate::core::probe::Brief;
use crate::core::session::{Run, RunId, Transport, run::Origin};
use crate::core::train::{BlowUp, Checkpoint, Descent, Outline, Replay, blow_up};
use crate::scene::Pacing;
use crate::scene::executor::{Executor, News, Task};
use crate::scene::landscape::Landscape;
use crate::scene::memory;
use crate::scene::prober::{ProbePoint, Prober};
use crate::scene::side::Side;

/// A live run, as far as it has got.
#[derive(Default)]
pub struct Live {
    /// Which run, and which start of it.
    pub(super) key: Option<(RunId, u64)>,
    /// Its place among the runs that set out: its colour.
    pub(super) number: usize,
    home: Option<Descent>,
    /// Its way, while it is not at home.
    errand: Option<Task<Errand>>,
    /// Whether it went lost on its way by a mistake in the program.
    is_lost: bool,
    /// Where it sets out, once that is known.
    start: Option<Vec<f64>>,
    /// Bytes that its trajectory may take when it sets out.
    pub(super) budget_bytes: usize,
    /// Where the clock says that the run should be, in steps; fractions wait for the next frame.
    due: f64,
    outline: Outline,
    /// Checkpoints that it may keep in all.
    capacity: usize,
    /// The checkpoint recorded last before the latest point.
    before: Option<Checkpoint>,
    latest: Option<Checkpoint>,
    diverged_at: Option<u64>,
    blow_up: Option<BlowUp>,
    judgement: Judgement,
    /// Whether the judgement is that of the latest point.
    is_judged: bool,
    /// What the surface shows, at its points.
    measured: Measured,
    /// Looks at the point where the run rests, if there was no time for that on its way.
    prober: Prober,
    /// Counts the times that points were taken back, by a restart, a step into the past, or for want of
    /// room.
    rewinds: u64,
    /// Steps a second, smoothed.
    speed: f64,
}

impl Live {
    /// The step the run is at.
    pub fn step(&self) -> u64 {
        self.latest.as_ref().map_or(0, |latest| latest.step)
    }

    /// The point the run is at; `None` before it has begun.
    pub fn latest(&self) -> Option<&Checkpoint> {
        self.latest.as_ref()
    }

    /// The outline of its checkpoints so far, oldest first.
    pub fn points(&self) -> &[Checkpoint] {
        self.outline.points()
    }

    /// Checkpoints that it may keep in all.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The checkpoint recorded last before the latest point.
    pub fn before(&self) -> Option<&Checkpoint> {
        self.before.as_ref()
    }

    /// What the surface of a plan shows, at a point of the run; `None` where that is not known yet.
    pub fn value(&self, plan: &Plan, point: &Checkpoint) -> Option<f64> {
        plan.value_at(point).or_else(|| self.measured.at(plan.quantity, point.step))
    }

    /// The latest point at which that is known, and the number there.
    pub fn measured(&self, plan: &Plan) -> Option<(&Checkpoint, f64)> {
        let known = |point| Some((point, self.value(plan, point)?));
        let latest = self.latest.as_ref().and_then(known);
        latest.or_else(|| self.points().iter().rev().find_map(known))
    }

    /// Where the run stopped being finite, if it did.
    pub fn diverged_at(&self) -> Option<u64> {
        self.diverged_at
    }

    /// Where the run got out of hand, if it has.
    pub fn blow_up(&self) -> Option<BlowUp> {
        self.blow_up
    }

    /// Share of training examples predicted right at the latest point.
    pub fn accuracy(&self) -> Option<f64> {
        self.judgement.accuracy
    }

    /// The gradient over all training examples at the latest point, `[dim]`.
    pub fn gradient(&self) -> Option<&[f64]> {
        self.judgement.gradient.as_deref()
    }

    /// What the latest point is. A large model takes a while to be looked at, and only where it rests.
    pub fn verdict(&self) -> Option<Brief> {
        self.judgement.verdict.or_else(|| self.prober.found().map(|found| found.verdict.brief()))
    }

    /// Whether it is still being found out what the latest point is.
    pub fn is_probing(&self) -> bool {
        self.prober.is_busy()
    }

    /// Which run it is.
    pub fn id(&self) -> Option<RunId> {
        self.key.map(|(id, _)| id)
    }

    /// Its number in the order the runs set out, from 0.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Counts the times that points were taken back.
    pub fn rewinds(&self) -> u64 {
        self.rewinds
    }

    /// Steps a second that were reached of late.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Whether it goes nowhere any more: it diverged, or went lost by a mistake in the program.
    pub fn is_stuck(&self) -> bool {
        self.is_lost || self.diverged_at.is_some()
    }

    /// Whether it is at work, or there is more to be found out about it.
    pub fn is_busy(&self) -> bool {
        self.errand.is_some() || !self.is_judged || self.prober.is_busy() || self.measured.is_busy()
    }
}

impl Live {
    /// Welcomes the run home and sends it on. Whether there is anything new to be seen of it.
    pub(super) fn advance<S: Side>(
        &mut self,
        run: &Run,
        landscape: &Landscape<S>,
        speed: f64,
        time: &Time,
        executor: &Executor,
    ) -> bool {
        let dt = f64::from(time.delta_secs());
        self.follow(run);
        let before = self.step();
        let mut has_news = self.welcome_home(executor);
        let reached = smoothed(self.speed, self.step().saturating_sub(before) as f64, dt);
        self.speed = if reached < 0.5 { 0.0 } else { reached };
        let is_ready = landscape.current().is_some() || landscape.failure.is_some();
        if !is_ready || self.is_lost {
            return has_news;
        }
        let goal = self.goal(run.transport, speed, dt);
        if let Some(traveller) = self.leaving(run, landscape, goal) {
            let tolerance = match run.transport {
                Transport::Converging { tolerance } => tolerance,
                Transport::Playing { .. } | Transport::Held { .. } => 0.0,
            };
            let errand = Errand::new(traveller, goal, tolerance, executor.errand_time(time.delta()));
            self.errand = Some(executor.start("training", errand));
        }
        has_news |= self.look_closer(executor);
        has_news |= executor.pacing().waits() && self.welcome_home(executor);
        let plan = landscape.current().map(|known| &known.plan);
        has_news | plan.is_some_and(|plan| self.measure(plan, executor))
    }

    /// Takes over what has been recorded since, of a run that is recorded elsewhere while it is shown.
    fn follow(&mut self, run: &Run) {
        if let (Origin::Imported(course), Some(Descent::Imported(replay))) = (&run.origin, &mut self.home)
            && !Arc::ptr_eq(course, replay.course())
        {
            replay.follow(Arc::clone(course));
        }
    }

    /// Finds out what the surface shows at its points. Whether that brought news.
    fn measure(&mut self, plan: &Plan, executor: &Executor) -> bool {
        let heads = [self.before.as_ref(), self.latest.as_ref()];
        let points = Points { outline: self.outline.points(), rewinds: self.rewinds, heads };
        self.measured.follow(plan, &points, executor)
    }

    /// Who is to be sent to a step: the run that is at home, or the one that has yet to begin.
    fn leaving<S: Side>(&mut self, run: &Run, landscape: &Landscape<S>, goal: u64) -> Option<Traveller> {
        let is_unborn = self.home.is_none() && self.latest.is_none() && self.errand.is_none();
        if is_unborn {
            return match &run.origin {
                Origin::Trained(experiment) => self.departure(experiment, &run.from, landscape),
                Origin::Imported(course) => {
                    Some(Traveller::Run(Descent::Imported(Replay::new(Arc::clone(course)))))
                }
            };
        }
        let is_at_end = |run: &Descent| run.end().is_some_and(|end| goal >= end && run.step() == end);
        let is_there = goal == self.step() || self.home.as_ref().is_some_and(is_at_end);
        self.home.take_if(|_| !is_there).map(Traveller::Run)
    }

    /// Finds out what the point is where the run rests, if there was no time for that on its way; no recording
    /// waits for it. Whether that brought news.
    fn look_closer(&mut self, executor: &Executor) -> bool {
        let is_due = executor.pacing() == Pacing::Live && self.is_judged && self.judgement.verdict.is_none();
        match (&self.home, &self.latest) {
            (Some(run), Some(latest)) if is_due && let Some(objective) = run.objective() => {
                let point = ProbePoint { objective, plane: None, theta: &latest.theta };
                self.prober.follow(&point, executor)
            }
            _ => {
                self.prober.forget();
                false
            }
        }
    }

    /// How the run sets out. A point of the slice is one of the plane that is known when it first sets out, and
    /// stays the same point whatever plane is shown later.
    fn departure<S: Side>(
        &mut self,
        experiment: &Experiment,
        from: &RaceStart,
        landscape: &Landscape<S>,
    ) -> Option<Traveller> {
        let ahead = match from {
            RaceStart::Same => landscape.trajectory_of(&experiment.training_question()).map(Arc::clone),
            RaceStart::Slice(alpha) => {
                if self.start.is_none() {
                    self.start = Some(landscape.current()?.plan.plane.subspace.lift(alpha));
                }
                None
            }
        };
        let (experiment, start) = (Box::new(experiment.clone()), self.start.clone());
        Some(Traveller::Due(Departure { experiment, start, budget_bytes: self.budget_bytes, ahead }))
    }
}

/// Seconds over which the speed shown is smoothed.
const SPEED_SECS: f64 = 0.5;

impl Live {
    /// Drops the run and all that came of it; a run that is away will be sent home to nobody.
    pub(super) fn forget(&mut self, executor: &Executor) {
        let start = self.start.take();
        if let Some(run) = self.home.take_if(|run| is_large(run)) {
            memory::let_go(executor, (run, std::mem::take(&mut self.outline)));
        }
        *self = Self { rewinds: self.rewinds + 1, start, ..Self::default() };
    }

    /// The step the run should be at by now.
    fn goal(&mut self, transport: Transport, steps_per_second: f64, dt: f64) -> u64 {
        match transport {
            Transport::Held { at } => {
                self.due = at as f64;
                at
            }
            Transport::Converging { .. } | Transport::Playing { .. } => {
                let until = match transport {
                    Transport::Playing { until } => until,
                    _ => self.is_below(transport).then(|| self.step()),
                };
                let wanted = self.due.max(self.step() as f64) + dt * steps_per_second;
                // A run that cannot keep up must not owe ever more.
                let most = self.step() as f64 + steps_per_second;
                self.due = wanted.min(most).min(until.map_or(f64::INFINITY, |until| until as f64));
                (self.due as u64).max(self.step())
            }
        }
    }

    /// Whether the run has converged as far as it was asked to.
    pub fn is_below(&self, transport: Transport) -> bool {
        match transport {
            Transport::Converging { tolerance } => {
                self.latest.as_ref().is_some_and(|latest| latest.grad_norm < tolerance)
            }
            Transport::Playing { .. } | Transport::Held { .. } => false,
        }
    }

    /// Takes the run back if it has returned; whether it has.
    fn welcome_home(&mut self, executor: &Executor) -> bool {
        let Some(errand) = &mut self.errand else { return false };
        let last = errand.take(executor).pop();
        if errand.is_over() {
            self.errand = None;
        }
        match last {
            Some(News::Ended(errand)) => {
                match errand.into_parts() {
                    Some((run, judgement)) => (self.home, self.judgement) = (Some(run), judgement),
                    None => self.is_lost = true,
                }
                self.is_judged = true;
                self.look();
                true
            }
            Some(News::Failed(_)) => {
                (self.is_lost, self.is_judged) = (true, true);
                true
            }
            Some(News::Found(_)) | None => false,
        }
    }

    /// Copies what is to be seen of the run.
    fn look(&mut self) {
        let Some(run) = &self.home else { return };
        let (kept, latest) = (run.kept(), run.latest());
        let is_rewound = self.outline.follow(&kept);
        self.rewinds += u64::from(is_rewound);
        self.capacity = kept.capacity;
        let recorded = kept.checkpoints;
        self.before = recorded.iter().rev().find(|point| point.step < latest.step).cloned();
        self.diverged_at = run.diverged_at();
        // Where it began is looked for once, while it lasts.
        let known = self.blow_up.filter(|found| !is_rewound && found.lasts(latest.loss));
        // Nobody knows what a loss means that is missing in a run of others.
        let is_own = matches!(run, Descent::Trained(_));
        self.blow_up = known.or_else(|| is_own.then(|| blow_up(recorded)).flatten());
        self.latest = Some(latest);
    }
}

/// Smooths the speed reached; called with the steps taken in a frame of `dt` seconds.
fn smoothed(speed: f64, steps: f64, dt: f64) -> f64 {
    let share = 1.0 - (-dt / SPEED_SECS).exp();
    if dt > 0.0 { speed + share * (steps / dt - speed) } else { speed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_speed_is_shown_as_it_is() {
        let mut speed = 0.0;
        for _ in 0..300 {
            speed = smoothed(speed, 4.0, 0.02);
        }
        assert!((speed - 200.0).abs() < 0.1, "{speed}");
    }
}
