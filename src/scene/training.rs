//! Training as a scheduled system: each frame says how far the run should be, and a job takes it there.
//!
//! The run begins once the look-ahead run has fixed the plane, so that it descends on a surface that
//! holds still. It lives in its job while it works and comes back before the next frame; the main
//! thread only reads it. Wall time decides how far it has got, never what a step is.

mod errand;
mod judgement;
mod live;
mod measured;

use std::marker::PhantomData;

use bevy::prelude::*;

pub use self::live::Live;
use super::Step;
use super::executor::Executor;
use super::landscape::Landscape;
use super::session::SessionState;
use super::side::{First, Side};
use crate::core::session::Run;
use crate::core::train::trajectory::BUDGET_BYTES;

/// The live runs, in the order the session has them.
#[derive(Resource, Default)]
pub struct Training<S: Side = First> {
    runs: Vec<Live>,
    /// Counts the frames that brought news.
    news: u64,
    side: PhantomData<S>,
}

impl<S: Side> Training<S> {
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
        self.runs.iter().any(Live::is_busy)
    }
}

pub(super) fn plugin<S: Side>(app: &mut App) {
    app.init_resource::<Training<S>>()
        .add_systems(Update, advance_training::<S>.in_set(Step::Training.of::<S>()));
}

pub(super) fn advance_training<S: Side>(
    time: Res<Time>,
    session: Res<SessionState<S>>,
    landscape: Res<Landscape<S>>,
    executor: Executor,
    mut training: ResMut<Training<S>>,
) {
    let before = training.news;
    // Time alone is no news.
    let now = training.bypass_change_detection();
    now.news += u64::from(now.match_runs(session.runs(), session.plane_source(), &executor));
    let speed = session.look().steps_per_second;
    // What the look-ahead run leaves of what all may keep, the runs of a race share: two thirds for their
    // checkpoints, a third for those that only their outlines keep.
    let left = BUDGET_BYTES.saturating_sub(landscape.trajectory_bytes());
    let budget_bytes = left / 3 * 2 / now.runs.len().max(1);
    for (live, run) in now.runs.iter_mut().zip(ordered(session.runs(), session.plane_source())) {
        live.budget_bytes = budget_bytes;
        let has_news = live.advance(run, &landscape, speed, &time, &executor);
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

impl<S: Side> Training<S> {
    /// One live run for each of the session's, whatever became of the others. Whether that changed
    /// anything.
    fn match_runs(&mut self, runs: &[Run], leader: &Run, executor: &Executor) -> bool {
        let keys: Vec<_> = ordered(runs, leader).map(|run| Some((run.id, run.starts))).collect();
        if self.runs.iter().map(|live| live.key).eq(keys.iter().copied()) {
            return false;
        }
        let mut old = std::mem::take(&mut self.runs);
        for key in keys {
            let known = old.iter().position(|live| live.id() == key.map(|(id, _)| id));
            let mut live = known.map(|at| old.swap_remove(at)).unwrap_or_default();
            if live.key != key {
                live.forget(executor);
                live.key = key;
            }
            live.number = runs.iter().position(|run| Some(run.id) == live.id()).unwrap_or_default();
            self.runs.push(live);
        }
        old.iter_mut().for_each(|live| live.forget(executor));
        true
    }
}
