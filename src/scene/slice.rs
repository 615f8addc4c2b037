//! Where the plane stands, and the exact plane once it stands still.
//!
//! While alpha3 moves, the picture is blended from the volume and nothing is evaluated. When it has
//! rested for a moment, a job evaluates the plane exactly there; that picture then takes over.
//! Beyond the volume there is nothing to blend: there the plane is evaluated as it moves, coarse to
//! fine, and the picture follows as fast as it can.

use std::sync::Arc;

use bevy::prelude::*;

use super::executor::{Executor, News, Task};
use super::landscape::{Known, Landscape};
use super::session::SessionState;
use super::{Pacing, Step};
use crate::core::experiment::pipeline::Plan;
use crate::core::grid::{Field, FieldView, GridJob};
use crate::core::num::{Advance, Job};
use crate::core::session::{Alpha3, Revision};

/// What is shown of the volume at this moment.
#[derive(Resource, Default)]
pub struct Shown {
    /// Where the plane stands along the third direction.
    pub alpha3: f64,
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
    asked: Option<(Revision, f64)>,
    task: Option<Task<PlaneJob>>,
    /// Whether that has had something to show.
    has_picture: bool,
}

struct PlaneAnswer {
    revision: Revision,
    alpha3: f64,
    field: Field,
    /// Cells evaluated for it.
    cells: u64,
    blending_error: Option<f64>,
}

impl Shown {
    /// The volume at the layer that the picture is blended from; `None` where the plane itself is shown.
    pub fn blend<'a>(&self, known: &'a Known) -> Option<FieldView<'a>> {
        let is_here = known.plane.as_ref().is_some_and(|plane| plane.alpha3 == self.alpha3);
        let layer = self.layer.filter(|_| !is_here)?;
        known.volume.as_ref().map(|volume| volume.field.view_at(layer))
    }

    /// What the picture shows: the volume where it is blended from that, else the plane.
    pub fn view<'a>(&self, known: &'a Known) -> Option<FieldView<'a>> {
        let plane = || known.plane.as_ref().map(|plane| plane.picture.field.view());
        self.blend(known).or_else(plane)
    }

    /// Whether the plane is being evaluated.
    pub fn is_busy(&self) -> bool {
        self.task.is_some()
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Shown>()
        .add_systems(Update, (move_plane, ask_plane, take_plane).chain().in_set(Step::Slice));
}

fn move_plane(
    time: Res<Time>,
    session: Res<SessionState>,
    mut landscape: ResMut<Landscape>,
    mut shown: ResMut<Shown>,
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
    let still_secs = if alpha3 == shown.alpha3 { shown.still_secs + time.delta_secs() } else { 0.0 };
    let inside = axis.filter(|axis| (axis.low..=axis.high).contains(&alpha3));
    let layer = inside.map(|axis| axis.index(alpha3));
    let plane = landscape.known().and_then(|known| known.plane.as_ref());
    let is_exact = plane.is_some_and(|plane| plane.alpha3 == alpha3 && plane.picture.field.stride() == 1);
    // Time alone is no change of the picture.
    let is_same = (shown.alpha3, shown.layer, shown.is_exact) == (alpha3, layer, is_exact);
    let shown = if is_same { shown.bypass_change_detection() } else { &mut *shown };
    landscape.bypass_change_detection().stand_at(alpha3);
    shown.sent = Some((wanted, elapsed));
    (shown.alpha3, shown.layer, shown.is_exact, shown.still_secs) = (alpha3, layer, is_exact, still_secs);
}

/// Seconds without movement after which a plane counts as resting.
const REST_SECS: f32 = 0.15;

fn ask_plane(
    session: Res<SessionState>,
    landscape: Res<Landscape>,
    executor: Executor,
    mut shown: ResMut<Shown>,
) {
    let rests = match executor.pacing() {
        Pacing::Live => matches!(session.view().alpha3, Alpha3::Held(_)) && shown.still_secs >= REST_SECS,
        // They have the time to show every plane as it is.
        Pacing::Awaited | Pacing::Filmed => true,
    };
    let Some(known) = landscape.current().filter(|known| known.volume.is_some()) else { return };
    let is_beyond = shown.layer.is_none();
    let question = (known.revision, shown.alpha3);
    let is_known = known.plane.as_ref().is_some_and(|plane| plane.alpha3 == shown.alpha3);
    let is_due = is_beyond || (rests && landscape.is_settled());
    // One that has shown nothing yet is not given up for the next place of a drag.
    let is_waited_for = is_beyond && shown.task.is_some() && !shown.has_picture;
    if is_known || shown.asked == Some(question) || !is_due || is_waited_for {
        return;
    }
    let (plan, volume) = (known.plan.clone(), known.volume.as_ref().map(|volume| volume.field.clone()));
    let compared = volume.zip(shown.layer);
    let shown = shown.bypass_change_detection();
    shown.asked = Some(question);
    shown.has_picture = false;
    let job = PlaneJob { revision: known.revision, alpha3: shown.alpha3, plan, compared, told: 0, job: None };
    shown.task = Some(executor.start("evaluation of the plane", job));
}

/// A plane at some alpha3. Its units are losses.
struct PlaneJob {
    revision: Revision,
    alpha3: f64,
    plan: Arc<Plan>,
    /// The volume, and the layer of it, that the picture was blended from so far.
    compared: Option<(Field, f64)>,
    /// Cells that were told of.
    told: u64,
    /// The evaluation, once it has begun.
    job: Option<GridJob>,
}

/// Losses between two looks at whether the work is still wanted.
const LOSSES_AT_ONCE: u64 = 4096;

impl Job for PlaneJob {
    type Finding = PlaneAnswer;

    fn advance(&mut self, losses: u64) -> Advance<PlaneAnswer> {
        if self.job.is_none() {
            self.job = self.plan.plane_job(self.alpha3);
        }
        let Some(job) = &mut self.job else { return Advance::Ended };
        match job.advance(losses) {
            Advance::Ended => return Advance::Ended,
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
        let (revision, alpha3) = (self.revision, self.alpha3);
        Advance::Found(PlaneAnswer { revision, alpha3, field, cells, blending_error })
    }

    fn piece(&self) -> u64 {
        LOSSES_AT_ONCE
    }
}

fn take_plane(mut landscape: ResMut<Landscape>, executor: Executor, mut shown: ResMut<Shown>) {
    let Some(mut task) = shown.bypass_change_detection().task.take() else { return };
    for news in task.take(&executor) {
        let News::Found(PlaneAnswer { revision, alpha3, field, cells, blending_error }) = news else { break };
        shown.has_picture = true;
        shown.blending_error = blending_error;
        shown.is_exact = shown.alpha3 == alpha3 && field.stride() == 1;
        landscape.set_plane(revision, alpha3, field, cells);
    }
    if !task.is_over() {
        shown.bypass_change_detection().task = Some(task);
    }
}
