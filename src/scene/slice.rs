//! Where the plane stands, and the exact plane once it stands still.
//!
//! While alpha3 moves, the picture is blended from the volume and nothing is evaluated. When it has
//! rested for a moment, a job evaluates the plane exactly there; that picture then takes over.
//! Beyond the volume there is nothing to blend: there the plane is evaluated as it moves, coarse to
//! fine, and the picture follows as fast as it can.

use std::marker::PhantomData;
use std::sync::Arc;

use bevy::prelude::*;

use super::executor::{Executor, News, Task};
use super::landscape::{Known, Landscape, PlaneAt};
use super::session::SessionState;
use super::side::{First, Second, Side};
use super::{Pacing, Step};
use crate::core::experiment::pipeline::Plan;
use crate::core::grid::{Field, FieldView, GridJob, Lost};
use crate::core::num::{Advance, Job};
use crate::core::session::{Alpha3, Revision};

/// What is shown of the volume at this moment.
#[derive(Resource, Default)]
pub struct Shown<S: Side = First> {
    /// Where the plane stands along the third direction.
    pub alpha3: f64,
    /// How far the landscape is on the way to the one beside it.
    pub between: f64,
    /// Whether every cell of the picture was evaluated exactly there; otherwise it is blended.
    pub is_exact: bool,
    /// Largest difference between the blended picture and the exact one where the plane last rested.
    pub blending_error: Option<f64>,
    /// The fractional layer of the volume where the plane stands; `None` without a volume, and beyond
    /// its ends.
    pub layer: Option<f64>,
    still_secs: f32,
    /// How it was sent where it stands, and for how long.
    sent: Option<(Alpha3, f64)>,
    asked: Option<(Revision, f64, f64)>,
    task: Option<Task<PlaneJob>>,
    /// Whether that has had something to show.
    has_picture: bool,
    side: PhantomData<S>,
}

struct PlaneAnswer {
    revision: Revision,
    at: (f64, f64),
    field: Field,
    /// Cells evaluated for it.
    cells: u64,
    blending_error: Option<f64>,
}

impl<S: Side> Shown<S> {
    /// The volume at the layer that the picture is blended from; `None` where the plane itself is shown.
    pub fn blend<'a>(&self, known: &'a Known) -> Option<FieldView<'a>> {
        let is_here = known.plane.as_ref().is_some_and(|plane| self.is_at(plane));
        let layer = self.layer.filter(|_| !is_here)?;
        known.volume.as_ref().map(|volume| volume.field.view_at(layer))
    }

    /// What the picture shows: the volume where it is blended from that, else the plane.
    pub fn view<'a>(&self, known: &'a Known) -> Option<FieldView<'a>> {
        let plane = || known.plane.as_ref().map(|plane| plane.picture.field.view());
        self.blend(known).or_else(plane)
    }

    /// Whether a picture is of the place where the plane stands.
    fn is_at(&self, plane: &PlaneAt) -> bool {
        (plane.alpha3, plane.between) == (self.alpha3, self.between)
    }

    /// Whether the plane is being evaluated.
    pub fn is_busy(&self) -> bool {
        self.task.is_some()
    }
}

pub(super) fn plugin<S: Side>(app: &mut App) {
    app.init_resource::<Shown<S>>().add_systems(
        Update,
        (move_plane::<S>, ask_plane::<S>, take_plane::<S>).chain().in_set(Step::Slice.of::<S>()),
    );
}

fn move_plane<S: Side>(
    time: Res<Time>,
    session: Res<SessionState<S>>,
    mut landscape: ResMut<Landscape<S>>,
    mut shown: ResMut<Shown<S>>,
) {
    let wanted = session.view().alpha3;
    let elapsed = match shown.sent {
        Some((sent, secs)) if sent == wanted => secs + f64::from(time.delta_secs()),
        _ => 0.0,
    };
    let axis = landscape.known().and_then(|known| known.plan.volume_spec.as_ref()).map(|spec| spec.axes()[2]);
    let alpha3 = match axis {
        Some(axis) => wanted.after(elapsed, axis.low, axis.high),
        // Without a third direction there is nowhere to stand but at its origin.
        None => 0.0,
    };
    let between = session.look().between.unwrap_or(0.0);
    let still_secs = if (alpha3, between) == (shown.alpha3, shown.between) {
        shown.still_secs + time.delta_secs()
    } else {
        0.0
    };
    let inside = axis.filter(|axis| (axis.low..=axis.high).contains(&alpha3));
    // On the way to another landscape there is no volume.
    let layer = inside.filter(|_| between == 0.0).map(|axis| axis.index(alpha3));
    let plane = landscape.known().and_then(|known| known.plane.as_ref());
    let is_here = |plane: &PlaneAt| (plane.alpha3, plane.between) == (alpha3, between);
    let is_exact = plane.is_some_and(|plane| is_here(plane) && plane.picture.field.stride() == 1);
    // Time alone is no change of the picture.
    let is_same =
        (shown.alpha3, shown.between, shown.layer, shown.is_exact) == (alpha3, between, layer, is_exact);
    let shown = if is_same { shown.bypass_change_detection() } else { &mut *shown };
    landscape.bypass_change_detection().stand_at(alpha3);
    shown.sent = Some((wanted, elapsed));
    (shown.alpha3, shown.between) = (alpha3, between);
    (shown.layer, shown.is_exact, shown.still_secs) = (layer, is_exact, still_secs);
}

/// Seconds without movement after which a plane counts as resting.
const REST_SECS: f32 = 0.15;

fn ask_plane<S: Side>(
    session: Res<SessionState<S>>,
    landscape: Res<Landscape<S>>,
    beside: Res<Landscape<Second>>,
    executor: Executor,
    mut shown: ResMut<Shown<S>>,
) {
    let rests = match executor.pacing() {
        Pacing::Live => matches!(session.view().alpha3, Alpha3::Held(_)) && shown.still_secs >= REST_SECS,
        // They have the time to show every plane as it is.
        Pacing::Awaited | Pacing::Filmed => true,
    };
    let is_between = shown.between > 0.0;
    let moves = |known: &&Known| {
        known.volume.is_some() || is_between || known.plane.as_ref().is_some_and(|plane| plane.between > 0.0)
    };
    let Some(known) = landscape.current().filter(moves) else { return };
    let is_beyond = shown.layer.is_none();
    let question = (known.revision, shown.alpha3, shown.between);
    let is_known = known.plane.as_ref().is_some_and(|plane| shown.is_at(plane));
    let is_due = is_beyond || (rests && landscape.is_settled());
    // One that has shown nothing yet is not given up for the next place of a drag.
    let is_waited_for = is_beyond && shown.task.is_some() && !shown.has_picture;
    if is_known || shown.asked == Some(question) || !is_due || is_waited_for {
        return;
    }
    let own = || Some(known.plan.clone());
    let between = || {
        let second = &beside.current()?.plan;
        session.experiment().plan_between(&known.plan, second, shown.between).map(Arc::new)
    };
    let Some(plan) = (if is_between { between() } else { own() }) else { return };
    let volume = known.volume.as_ref().map(|volume| volume.field.clone());
    let compared = volume.zip(shown.layer);
    let shown = shown.bypass_change_detection();
    shown.asked = Some(question);
    shown.has_picture = false;
    let at = (shown.alpha3, shown.between);
    let job = PlaneJob { revision: known.revision, at, plan, compared, told: 0, is_told: false, job: None };
    shown.task = Some(executor.start("evaluation of the plane", job));
}

/// A plane at some alpha3. Its units are losses.
struct PlaneJob {
    revision: Revision,
    /// Where the plane stands, and how far on the way to the landscape beside it.
    at: (f64, f64),
    plan: Arc<Plan>,
    /// The volume, and the layer of it, that the picture was blended from so far.
    compared: Option<(Field, f64)>,
    /// Cells that were told of.
    told: u64,
    /// Whether it was told that nobody evaluates it any more.
    is_told: bool,
    /// The evaluation, once it has begun.
    job: Option<GridJob>,
}

/// Losses between two looks at whether the work is still wanted.
const LOSSES_AT_ONCE: u64 = 4096;

impl Job for PlaneJob {
    type Finding = Result<PlaneAnswer, Lost>;

    fn advance(&mut self, losses: u64) -> Advance<Self::Finding> {
        if self.job.is_none() {
            self.job = self.plan.plane_job(self.at.0);
        }
        let Some(job) = &mut self.job else { return Advance::Ended };
        match job.advance(losses) {
            Advance::Ended => {
                return match job.failure().filter(|_| !self.is_told) {
                    Some(lost) => {
                        self.is_told = true;
                        Advance::Found(Err(lost))
                    }
                    None => Advance::Ended,
                };
            }
            Advance::Working => return Advance::Working,
            // Where there is a blended picture a coarse one would be a step back.
            Advance::Found(stride) if self.compared.is_some() && stride > 1 => return Advance::Working,
            Advance::Found(_) => {}
        }
        let Some(field) = job.picture() else { return Advance::Working };
        let error_of = |(volume, layer): &(Field, f64)| volume.grid().blending_error(field.grid(), *layer);
        let blending_error = self.compared.as_ref().map(error_of);
        let cells = job.progress().done - self.told;
        self.told += cells;
        let (revision, at) = (self.revision, self.at);
        Advance::Found(Ok(PlaneAnswer { revision, at, field, cells, blending_error }))
    }

    fn piece(&self) -> u64 {
        LOSSES_AT_ONCE
    }
}

fn take_plane<S: Side>(mut landscape: ResMut<Landscape<S>>, executor: Executor, mut shown: ResMut<Shown<S>>) {
    let Some(mut task) = shown.bypass_change_detection().task.take() else { return };
    for news in task.take(&executor) {
        let News::Found(answer) = news else { break };
        let PlaneAnswer { revision, at, field, cells, blending_error } = match answer {
            Ok(answer) => answer,
            Err(lost) => {
                landscape.failure = Some(lost.to_string());
                break;
            }
        };
        shown.has_picture = true;
        shown.blending_error = blending_error;
        shown.is_exact = (shown.alpha3, shown.between) == at && field.stride() == 1;
        landscape.set_plane(revision, at, field, cells);
    }
    if !task.is_over() {
        shown.bypass_change_detection().task = Some(task);
    }
}
