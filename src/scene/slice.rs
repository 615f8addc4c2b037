//! Where the plane stands, and the exact plane once it stands still.
//!
//! While alpha3 moves, the picture is blended from the volume and nothing is evaluated. When it has
//! rested for a moment, a worker evaluates the plane exactly there; that picture then takes over.
//! Beyond the volume there is nothing to blend: there the plane is evaluated as it moves, coarse to
//! fine, and the picture follows as fast as it can.

use bevy::prelude::*;

use super::landscape::{Known, Landscape};
use super::session::SessionState;
use super::worker::{Report, Worker, grid_threads};
use super::{Pacing, Step};
use crate::core::experiment::pipeline::Plan;
use crate::core::grid::{Field, FieldView};
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
    worker: Option<Worker<PlaneAnswer>>,
    /// Whether that worker has had something to show.
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
        self.worker.is_some()
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
    pacing: Res<Pacing>,
    mut shown: ResMut<Shown>,
) {
    let rests = match *pacing {
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
    let is_waited_for = is_beyond && shown.worker.is_some() && !shown.has_picture;
    if is_known || shown.asked == Some(question) || !is_due || is_waited_for {
        return;
    }
    let (plan, volume) = (known.plan.clone(), known.volume.as_ref().map(|volume| volume.field.clone()));
    let compared = volume.zip(shown.layer);
    let shown = shown.bypass_change_detection();
    shown.asked = Some(question);
    shown.has_picture = false;
    shown.worker = Worker::start("plane", move |report| {
        grid_threads().install(|| evaluate(question, &plan, compared, &report));
    });
}

/// Losses between two looks at whether the work is still wanted.
const LOSSES_AT_ONCE: u64 = 4096;

fn evaluate(
    (revision, alpha3): (Revision, f64),
    plan: &Plan,
    compared: Option<(Field, f64)>,
    report: &Report<PlaneAnswer>,
) {
    let Some(mut job) = plan.plane_job(alpha3) else { return };
    let mut told = 0;
    while report.is_wanted() && !job.is_finished() {
        let Some(field) = job.advance(LOSSES_AT_ONCE).and_then(|_| job.picture()) else { continue };
        // Where there is a blended picture a coarse one would be a step back.
        if compared.is_some() && field.stride() > 1 {
            continue;
        }
        let error_of = |(volume, layer): &(Field, f64)| volume.grid().blending_error(field.grid(), *layer);
        let blending_error = compared.as_ref().map(error_of);
        let cells = job.progress().done - told;
        told += cells;
        report.send(PlaneAnswer { revision, alpha3, field, cells, blending_error });
    }
}

fn take_plane(mut landscape: ResMut<Landscape>, pacing: Res<Pacing>, mut shown: ResMut<Shown>) {
    let Some(worker) = &shown.worker else { return };
    let (answers, is_over) = worker.collect(pacing.waits());
    if is_over {
        shown.bypass_change_detection().worker = None;
    }
    for PlaneAnswer { revision, alpha3, field, cells, blending_error } in answers {
        shown.has_picture = true;
        shown.blending_error = blending_error;
        shown.is_exact = shown.alpha3 == alpha3 && field.stride() == 1;
        landscape.set_plane(revision, alpha3, field, cells);
    }
}
