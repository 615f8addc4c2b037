//! Whether anything moves: a window in which nothing does need not be drawn again.

use std::time::Duration;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use super::commands::Waiting;
use super::frame::Placement;
use super::isosurface::Iso;
use super::landscape::Landscape;
use super::pointer::Rest;
use super::recording::Recording;
use super::rig::Rig;
use super::session::SessionState;
use super::side::{First, Second, Side};
use super::slice::Shown;
use super::theme::Weight;
use super::tour::Touring;
use super::training::Training;
use super::{Pacing, Step};
use crate::core::session::{Alpha3, Transport};

/// Whether the next frame will differ from this one though nobody touches anything.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Motion(pub bool);

/// Seconds from one frame to the next while anything moves, smoothed.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct FrameTime(pub f64);

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Motion>()
        .init_resource::<FrameTime>()
        .add_systems(Update, (measure, look, keep_time).chain().in_set(Step::Motion));
}

/// A rest is no slow frame: only frames that follow upon one another count.
fn measure(time: Res<Time<Real>>, motion: Res<Motion>, mut frame: ResMut<FrameTime>) {
    let secs = time.delta_secs_f64();
    if motion.0 && !motion.is_changed() && secs > 0.0 {
        frame.0 += if frame.0 > 0.0 { 0.1 * (secs - frame.0) } else { secs };
    }
}

/// What the first frame after a rest takes of the time before it.
const FIRST_FRAME: Duration = Duration::from_millis(16);

/// While anything moves, time is what the clock says, however slow the frames: a quarter of a second is
/// the most that Bevy would count. The time of a rest is nobody's: what begins after it begins then.
fn keep_time(motion: Res<Motion>, pacing: Res<Pacing>, mut time: ResMut<Time<Virtual>>) {
    if motion.is_changed() && !pacing.waits() {
        time.set_max_delta(if motion.0 { Duration::MAX } else { FIRST_FRAME });
    }
}

/// Frames that a rest must last: what a frame has drawn others may still have to lay out.
const REST_FRAMES: u32 = 8;

/// What moves by itself of a side.
#[derive(SystemParam)]
struct Moving<'w, S: Side> {
    session: Option<Res<'w, SessionState<S>>>,
    training: Res<'w, Training<S>>,
    landscape: Res<'w, Landscape<S>>,
    shown: Res<'w, Shown<S>>,
    iso: Res<'w, Iso<S>>,
    placement: Res<'w, Placement<S>>,
}

impl<S: Side> Moving<'_, S> {
    fn is_moving(&self) -> bool {
        let Some(session) = &self.session else { return self.placement.is_changed() };
        is_training(session, &self.training)
            || matches!(session.view().alpha3, Alpha3::Sweeping { .. })
            || !self.landscape.is_settled()
            || self.shown.is_busy()
            || !self.shown.is_exact
            || self.iso.is_busy()
            || self.placement.is_changed()
            || session.is_changed()
    }
}

fn look(
    (first, second): (Moving<First>, Moving<Second>),
    rig: Res<Rig>,
    touring: Res<Touring>,
    recording: Res<Recording>,
    weight: Res<Weight>,
    pointer: Res<Rest>,
    waiting: Res<Waiting>,
    mut motion: ResMut<Motion>,
    mut rested: Local<u32>,
) {
    let is_moving = first.is_moving()
        || second.is_moving()
        || waiting.is_busy()
        || touring.is_moving()
        // Its clock goes on, and is seen to.
        || recording.secs().is_some()
        || rig.is_moving()
        || pointer.is_pointing()
        || weight.is_changed();
    *rested = if is_moving { 0 } else { (*rested + 1).min(REST_FRAMES) };
    motion.set_if_neq(Motion(*rested < REST_FRAMES));
}

fn is_training<S: Side>(session: &SessionState<S>, training: &Training<S>) -> bool {
    training.is_busy()
        || session.runs().iter().any(|run| {
            let live = training.runs().iter().find(|live| live.id() == Some(run.id));
            live.is_none_or(|live| match run.transport {
                _ if live.is_stuck() => false,
                Transport::Held { at } => live.step() != at,
                Transport::Playing { until } => live.step() < until.unwrap_or(u64::MAX),
                Transport::Converging { .. } => !live.is_below(run.transport),
            })
        })
}
