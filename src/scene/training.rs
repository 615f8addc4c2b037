//! Training as a scheduled system: each frame says how far the run should be, and a thread takes it there.
//!
//! The run begins once the look-ahead run has fixed the plane, so that it descends on a surface that
//! holds still. It lives on its thread while it works and comes back before the next frame; the main
//! thread only reads it. Wall time decides how far it has got, never what a step is.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use bevy::prelude::*;

use super::landscape::{Landscape, LandscapeSystems};
use super::session::SessionState;
use super::{Pacing, Stage};
use crate::core::session::{RunId, Transport};
use crate::core::train::{Checkpoint, TrainingRun};

/// The live run, as far as it has got.
#[derive(Resource, Default)]
pub struct Live {
    /// Which run, and which start of it.
    key: Option<(RunId, u64)>,
    thread: Option<Thread>,
    home: Option<Box<TrainingRun>>,
    /// Where the clock says that the run should be, in steps; fractions wait for the next frame.
    due: f64,
    /// Copies of the run's checkpoints, oldest first.
    points: Vec<Checkpoint>,
    latest: Option<Checkpoint>,
    diverged_at: Option<u64>,
    accuracy: Option<f64>,
    /// Whether the accuracy is known, or known not to exist.
    is_judged: bool,
    /// Counts the times that points were taken back, by a restart or a step into the past.
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

    /// The checkpoints so far, oldest first.
    pub fn points(&self) -> &[Checkpoint] {
        &self.points
    }

    /// Where the run stopped being finite, if it did.
    pub fn diverged_at(&self) -> Option<u64> {
        self.diverged_at
    }

    /// Share of training examples predicted right at the latest point.
    pub fn accuracy(&self) -> Option<f64> {
        self.accuracy
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
    run: Box<TrainingRun>,
    accuracy: Option<f64>,
}

/// A run sent off to a step, to be back after a while.
struct Errand {
    run: Box<TrainingRun>,
    goal: u64,
    time: Option<Duration>,
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Live>()
        .add_systems(Update, advance_training.in_set(Stage::Derive).after(LandscapeSystems));
}

fn advance_training(
    time: Res<Time>,
    session: Res<SessionState>,
    landscape: Res<Landscape>,
    pacing: Res<Pacing>,
    mut live: ResMut<Live>,
) {
    let live = &mut *live;
    let dt = f64::from(time.delta_secs());
    let before = live.step();
    live.welcome_home(false);
    live.speed = smoothed(live.speed, live.step().saturating_sub(before) as f64, dt);
    let run = session.plane_source();
    let key = Some((run.id, run.starts));
    if live.key != key {
        live.forget();
        live.key = key;
    }
    if landscape.current().is_none() && landscape.failure.is_none() {
        return;
    }
    if live.home.is_none() && live.latest.is_none() && !live.is_away() {
        live.home = Some(Box::new(session.experiment().start_run()));
        live.look();
    }
    let goal = live.goal(run.transport, session.experiment().view.steps_per_second, dt);
    let away_time = (*pacing == Pacing::Live).then(|| time.delta().mul_f64(0.7).max(SHORTEST_ERRAND));
    live.send_to(goal, away_time);
    if *pacing == Pacing::Awaited {
        live.welcome_home(true);
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
        *self = Self { rewinds: self.rewinds + 1, ..Self::default() };
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
            Transport::Playing { until } => {
                let wanted = self.due.max(self.step() as f64) + dt * steps_per_second;
                // A run that cannot keep up must not owe ever more.
                let most = self.step() as f64 + steps_per_second;
                self.due = wanted.min(most).min(until.map_or(f64::INFINITY, |until| until as f64));
                (self.due as u64).max(self.step())
            }
        }
    }

    fn send_to(&mut self, goal: u64, time: Option<Duration>) {
        let is_there = self.diverged_at.is_some_and(|at| goal >= at) || goal == self.step();
        // A run at its start goes off once all the same: its thread finds out how good the start is.
        let is_done = is_there && self.is_judged;
        let Some(run) = self.home.take_if(|_| !is_done) else { return };
        let thread = self.thread.get_or_insert_with(start_thread);
        if let Err(error) = thread.errands.send(Errand { run, goal, time }) {
            self.home = Some(error.0.run);
        }
    }

    fn welcome_home(&mut self, wait: bool) {
        if !self.is_away() {
            return;
        }
        let Some(thread) = &self.thread else { return };
        let returns = thread.returns.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let back = if wait { returns.recv().ok() } else { returns.try_recv().ok() };
        drop(returns);
        if let Some(Return { run, accuracy }) = back {
            self.home = Some(run);
            self.accuracy = accuracy;
            self.is_judged = true;
            self.look();
        }
    }

    /// Copies what is to be seen of the run.
    fn look(&mut self) {
        let Some(run) = &self.home else { return };
        let recorded = run.trajectory().checkpoints();
        let is_continued = recorded.len() >= self.points.len()
            && self.points.last().is_none_or(|last| recorded[self.points.len() - 1].step == last.step);
        if !is_continued {
            self.points.clear();
            self.rewinds += 1;
        }
        self.points.extend_from_slice(&recorded[self.points.len()..]);
        let latest = run.latest();
        self.diverged_at = run.diverged_at();
        self.latest = Some(latest);
    }
}

fn start_thread() -> Thread {
    let (errands, inbox) = channel::<Errand>();
    let (outbox, returns) = channel();
    let work = move || {
        for Errand { mut run, goal, time } in inbox {
            go(&mut run, goal, time);
            let accuracy = run.objective().accuracy(&run.latest().theta);
            if outbox.send(Return { run, accuracy }).is_err() {
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

fn go(run: &mut TrainingRun, goal: u64, time: Option<Duration>) {
    if goal < run.step() {
        run.seek(goal);
    }
    let began = Instant::now();
    while run.step() < goal && run.diverged_at().is_none() {
        run.advance((goal - run.step()).min(STEPS_AT_ONCE));
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
