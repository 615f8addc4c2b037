//! Training as a scheduled system: each frame says how far the run should be, and a thread takes it there.
//!
//! The run begins once the look-ahead run has fixed the plane, so that it descends on a surface that
//! holds still. It lives on its thread while it works and comes back before the next frame; the main
//! thread only reads it. Wall time decides how far it has got, never what a step is.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bevy::prelude::*;

use super::landscape::Landscape;
use super::memory;
use super::prober::{self, Point, Prober};
use super::session::SessionState;
use super::{Pacing, Step};
use crate::core::command::RaceStart;
use crate::core::probe::{Brief, curvature, verdict};
use crate::core::session::{Run, RunId, Transport, run::Origin};
use crate::core::train::trajectory::BUDGET_BYTES;
use crate::core::train::{BlowUp, Checkpoint, Descent, Outline, Replay, blow_up};

/// The live runs, in the order the session has them.
#[derive(Resource, Default)]
pub struct Training {
    runs: Vec<Live>,
    /// Counts the frames that brought news.
    news: u64,
}

impl Training {
    /// The runs, the one that chose the plane first unless it is gone.
    pub fn runs(&self) -> &[Live] {
        &self.runs
    }

    /// The run that the panels tell of; nothing before the first frame.
    pub fn leader(&self) -> Option<&Live> {
        self.runs.first()
    }

    /// The step the leader is at.
    pub fn step(&self) -> u64 {
        self.leader().map_or(0, Live::step)
    }

    /// Counts the frames that brought anything new.
    pub fn news(&self) -> u64 {
        self.news
    }

    /// Whether a run is at work or has yet to set out.
    pub fn is_busy(&self) -> bool {
        self.runs.iter().any(|run| run.is_away() || !run.is_judged || run.prober.is_busy())
    }
}

/// A live run, as far as it has got.
#[derive(Default)]
pub struct Live {
    /// Which run, and which start of it.
    key: Option<(RunId, u64)>,
    /// Its place among the runs that set out: its colour.
    number: usize,
    thread: Option<Thread>,
    home: Option<Descent>,
    /// Where it sets out, once that is known.
    start: Option<Vec<f64>>,
    /// Bytes that its trajectory may take when it sets out.
    budget_bytes: usize,
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
    /// Looks at the point where the run rests, if its thread had no time for that.
    prober: Prober,
    /// Counts the times that points were taken back, by a restart, a step into the past, or for want of
    /// room.
    rewinds: u64,
    /// Steps a second, smoothed.
    speed: f64,
}

/// What is known of a point beyond its loss: too much for the main thread to find out.
#[derive(Clone, Debug, Default, PartialEq)]
struct Judgement {
    accuracy: Option<f64>,
    /// The gradient over all training examples, `[dim]`.
    gradient: Option<Vec<f64>>,
    /// What the point is, where that takes no time to find out.
    verdict: Option<Brief>,
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
}

/// The thread that trains, and the way to it.
struct Thread {
    errands: Sender<Errand>,
    // A receiver may be read from one thread at a time, which Bevy's resources do not promise.
    returns: Mutex<Receiver<Return>>,
}

/// A run that is back, with what would take the main thread too long to find out.
struct Return {
    run: Descent,
    judgement: Judgement,
}

/// A run sent off to a step, to be back after a while.
struct Errand {
    run: Descent,
    goal: u64,
    /// Length of the gradient at which it stops before that.
    tolerance: f64,
    time: Option<Duration>,
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Training>().add_systems(Update, advance_training.in_set(Step::Training));
}

pub(super) fn advance_training(
    time: Res<Time>,
    session: Res<SessionState>,
    landscape: Res<Landscape>,
    pacing: Res<Pacing>,
    mut training: ResMut<Training>,
) {
    let before = training.news;
    // Time alone is no news.
    let now = training.bypass_change_detection();
    now.news += u64::from(now.match_runs(session.runs(), session.plane_source()));
    let is_ready = landscape.current().is_some() || landscape.failure.is_some();
    let speed = session.look().steps_per_second;
    // What the look-ahead run leaves of what all may keep, the runs of a race share: two thirds for their
    // checkpoints, a third for those that only their outlines keep.
    let left = BUDGET_BYTES.saturating_sub(landscape.trajectory_bytes());
    let budget_bytes = left / 3 * 2 / now.runs.len().max(1);
    for (live, run) in now.runs.iter_mut().zip(ordered(session.runs(), session.plane_source())) {
        live.budget_bytes = budget_bytes;
        let has_news = live.advance(run, &landscape, is_ready, speed, &time, *pacing);
        now.news += u64::from(has_news);
    }
    if now.news != before {
        training.set_changed();
    }
}

/// The runs with the one that chose the plane first.
fn ordered<'a>(runs: &'a [Run], leader: &'a Run) -> impl Iterator<Item = &'a Run> {
    std::iter::once(leader).chain(runs.iter().filter(|run| run.id != leader.id))
}

impl Training {
    /// One live run for each of the session's, whatever became of the others. Whether that changed
    /// anything.
    fn match_runs(&mut self, runs: &[Run], leader: &Run) -> bool {
        let keys: Vec<_> = ordered(runs, leader).map(|run| Some((run.id, run.starts))).collect();
        if self.runs.iter().map(|live| live.key).eq(keys.iter().copied()) {
            return false;
        }
        let mut old = std::mem::take(&mut self.runs);
        for key in keys {
            let known = old.iter().position(|live| live.id() == key.map(|(id, _)| id));
            let mut live = known.map(|at| old.swap_remove(at)).unwrap_or_default();
            if live.key != key {
                live.forget();
                live.key = key;
            }
            live.number = runs.iter().position(|run| Some(run.id) == live.id()).unwrap_or_default();
            self.runs.push(live);
        }
        old.iter_mut().for_each(Live::forget);
        true
    }
}

impl Live {
    /// Welcomes the run home and sends it on. Whether there is anything new to be seen of it.
    fn advance(
        &mut self,
        run: &Run,
        landscape: &Landscape,
        is_ready: bool,
        speed: f64,
        time: &Time,
        pacing: Pacing,
    ) -> bool {
        let dt = f64::from(time.delta_secs());
        let before = self.step();
        let mut has_news = self.welcome_home(false);
        let reached = smoothed(self.speed, self.step().saturating_sub(before) as f64, dt);
        self.speed = if reached < 0.5 { 0.0 } else { reached };
        if !is_ready {
            return has_news;
        }
        if self.home.is_none() && self.latest.is_none() && !self.is_away() {
            let Some(start) = self.set_out(run, landscape) else { return has_news };
            self.home = Some(start);
            self.look();
            has_news = true;
        }
        let goal = self.goal(run.transport, speed, dt);
        let tolerance = match run.transport {
            Transport::Converging { tolerance } => tolerance,
            Transport::Playing { .. } | Transport::Held { .. } => 0.0,
        };
        let away_time = (!pacing.waits()).then(|| time.delta().mul_f64(0.7).max(SHORTEST_ERRAND));
        self.send_to(goal, tolerance, away_time);
        has_news |= self.look_closer(pacing);
        has_news | (pacing.waits() && self.welcome_home(true))
    }

    /// Finds out what the point is where the run rests, if its thread had no time for that; no recording
    /// waits for it. Whether that brought news.
    fn look_closer(&mut self, pacing: Pacing) -> bool {
        let is_due = pacing == Pacing::Live && self.is_judged && self.judgement.verdict.is_none();
        match (&self.home, &self.latest) {
            (Some(run), Some(latest)) if is_due && let Some(objective) = run.objective() => {
                let point = Point { objective, plane: None, theta: &latest.theta };
                self.prober.follow(&point, false)
            }
            _ => {
                self.prober.forget();
                false
            }
        }
    }

    /// The run at its start. A point of the slice is one of the plane that is known when it first sets
    /// out, and stays the same point whatever plane is shown later.
    fn set_out(&mut self, run: &Run, landscape: &Landscape) -> Option<Descent> {
        let experiment = match &run.origin {
            Origin::Trained(experiment) => experiment,
            Origin::Imported(course) => return Some(Descent::Imported(Replay::new(Arc::clone(course)))),
        };
        let trained = |run| Some(Descent::Trained(Box::new(run)));
        let RaceStart::Slice(alpha) = &run.from else {
            let start = experiment.start_run().ok()?.within(self.budget_bytes);
            return trained(match landscape.trajectory_of(&experiment.training_question()) {
                Some(ahead) => start.beside(Arc::clone(ahead)),
                None => start,
            });
        };
        if self.start.is_none() {
            self.start = Some(landscape.current()?.plan.plane.subspace.lift(alpha));
        }
        trained(experiment.start_run_at(self.start.clone()?).ok()?.within(self.budget_bytes))
    }
}

/// A run is away for at least so long, however quick the frames are.
const SHORTEST_ERRAND: Duration = Duration::from_millis(4);
/// Steps between two looks at the clock.
const STEPS_AT_ONCE: u64 = 16;
/// Seconds over which the speed shown is smoothed.
const SPEED_SECS: f64 = 0.5;

impl Live {
    /// Drops the run and all that came of it; a run that is away will be sent home to nobody.
    fn forget(&mut self) {
        let start = self.start.take();
        if let Some(run) = self.home.take_if(|run| is_large(run)) {
            memory::let_go((run, std::mem::take(&mut self.outline)));
        }
        *self = Self { rewinds: self.rewinds + 1, start, ..Self::default() };
    }

    fn is_away(&self) -> bool {
        self.thread.is_some() && self.home.is_none()
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

    fn send_to(&mut self, goal: u64, tolerance: f64, time: Option<Duration>) {
        let is_at_end = |run: &Descent| run.end().is_some_and(|end| goal >= end && run.step() == end);
        let is_there = goal == self.step() || self.home.as_ref().is_some_and(is_at_end);
        // A run at its start goes off once all the same: its thread finds out how good the start is.
        let is_done = is_there && self.is_judged;
        let Some(run) = self.home.take_if(|_| !is_done) else { return };
        let thread = self.thread.get_or_insert_with(start_thread);
        if let Err(error) = thread.errands.send(Errand { run, goal, tolerance, time }) {
            self.home = Some(error.0.run);
        }
    }

    /// Takes the run back if it has returned; whether it has.
    fn welcome_home(&mut self, wait: bool) -> bool {
        if !self.is_away() {
            return false;
        }
        let Some(thread) = &self.thread else { return false };
        let returns = thread.returns.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let back = if wait { returns.recv().ok() } else { returns.try_recv().ok() };
        drop(returns);
        let Some(Return { run, judgement }) = back else { return false };
        self.home = Some(run);
        self.judgement = judgement;
        self.is_judged = true;
        self.look();
        true
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
        self.blow_up = known.or_else(|| blow_up(recorded));
        self.latest = Some(latest);
    }
}

fn start_thread() -> Thread {
    let (errands, inbox) = channel::<Errand>();
    let (outbox, returns) = channel();
    let work = move || {
        for Errand { mut run, goal, tolerance, time } in inbox {
            go(&mut run, goal, tolerance, time);
            let judgement = judge(&run);
            if let Err(back) = outbox.send(Return { run, judgement }) {
                let is_large = is_large(&back.0.run);
                drop(back);
                if is_large {
                    memory::give_back();
                }
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("training".to_owned())
        .spawn(work)
        .unwrap_or_else(|error| panic!("no thread could be started to train on: {error}"));
    Thread { errands, returns: Mutex::new(returns) }
}

fn is_large(run: &Descent) -> bool {
    run.held_bytes() > memory::LARGE_BYTES
}

fn judge(run: &Descent) -> Judgement {
    let Some(objective) = run.objective() else { return Judgement::default() };
    let theta = &run.latest().theta;
    let mut gradient = vec![0.0; theta.len()];
    let loss = objective.loss_grad(theta, &mut gradient);
    let verdict = prober::is_affordable(&**objective).then(|| {
        let curvature = curvature::measure(&**objective, None, theta, &gradient);
        verdict::judge(loss, curvature.as_ref()).brief()
    });
    let gradient = loss.is_finite().then_some(gradient);
    let accuracy = objective.supervised().and_then(|learned| learned.accuracy(theta));
    Judgement { accuracy, gradient, verdict }
}

fn go(run: &mut Descent, goal: u64, tolerance: f64, time: Option<Duration>) {
    run.rewind(goal);
    let began = Instant::now();
    while run.step() < goal && run.end().is_none_or(|end| run.step() < end) {
        // One by one where each may be the last.
        run.advance((goal - run.step()).min(if tolerance > 0.0 { 1 } else { STEPS_AT_ONCE }));
        if run.latest().grad_norm < tolerance {
            return;
        }
        if time.is_some_and(|time| began.elapsed() >= time) {
            return;
        }
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
