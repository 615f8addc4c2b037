//! Where the plane stands, and the exact plane once it stands still.
//!
//! While alpha3 moves, the picture is blended from the volume and nothing is evaluated. When it has
//! rested for a moment, a worker evaluates the plane exactly there; that picture then takes over.

use bevy::prelude::*;

use super::landscape::{Landscape, LandscapeSystems, PlaneAt};
use super::session::SessionState;
use super::worker::{Worker, grid_threads};
use super::{Pacing, Stage};
use crate::core::grid::{GridPicture, LossGrid};
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
    /// The fractional layer of the volume where the plane stands; `None` without a volume.
    pub layer: Option<f64>,
    still_secs: f32,
    /// How it was sent where it stands, and for how long.
    sent: Option<(Alpha3, f64)>,
    asked: Option<(Revision, f64)>,
    worker: Option<Worker<ExactPlane>>,
}

struct ExactPlane {
    revision: Revision,
    alpha3: f64,
    grid: LossGrid,
    blending_error: Option<f64>,
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Shown>().add_systems(
        Update,
        (move_plane, ask_exact_plane, take_exact_plane).chain().after(LandscapeSystems).in_set(Stage::Derive),
    );
}

fn move_plane(
    time: Res<Time>,
    session: Res<SessionState>,
    landscape: Res<Landscape>,
    mut shown: ResMut<Shown>,
) {
    let wanted = session.view().alpha3;
    let elapsed = match shown.sent {
        Some((sent, secs)) if sent == wanted => secs + f64::from(time.delta_secs()),
        _ => 0.0,
    };
    shown.sent = Some((wanted, elapsed));
    let axis = landscape.known().and_then(|known| known.plan.volume_spec.as_ref()).map(|spec| spec.axes()[2]);
    let alpha3 = match axis {
        Some(axis) => wanted.after(elapsed, axis.low, axis.high),
        // Without a third direction there is nowhere to stand but at its origin.
        None => 0.0,
    };
    shown.still_secs = if alpha3 == shown.alpha3 { shown.still_secs + time.delta_secs() } else { 0.0 };
    shown.alpha3 = alpha3;
    shown.layer = axis.map(|axis| axis.index(alpha3).clamp(0.0, (axis.count - 1) as f64));
    let plane = landscape.known().and_then(|known| known.plane.as_ref());
    shown.is_exact = plane.is_some_and(|plane| plane.alpha3 == alpha3 && plane.picture.stride == 1);
}

/// Seconds without movement after which a plane counts as resting.
const REST_SECS: f32 = 0.15;

fn ask_exact_plane(
    session: Res<SessionState>,
    landscape: Res<Landscape>,
    pacing: Res<Pacing>,
    mut shown: ResMut<Shown>,
) {
    let rests = matches!(session.view().alpha3, Alpha3::Held(_))
        && (shown.still_secs >= REST_SECS || *pacing == Pacing::Awaited);
    let Some(known) = landscape.current().filter(|_| rests && landscape.is_settled()) else { return };
    let question = (known.revision, shown.alpha3);
    let is_known = known.plane.as_ref().is_some_and(|plane| plane.alpha3 == shown.alpha3);
    if is_known || shown.asked == Some(question) || known.volume.is_none() {
        return;
    }
    shown.asked = Some(question);
    let (revision, alpha3) = question;
    let (plan, layer) = (known.plan.clone(), shown.layer);
    let volume = known.volume.as_ref().map(|volume| volume.grid.clone());
    shown.worker = Worker::start("plane", move |report| {
        grid_threads().install(|| {
            let mut job = plan.plane_job(alpha3);
            while report.is_wanted() && !job.is_finished() {
                job.advance(4096);
            }
            if let Some(GridPicture { grid, stride: 1 }) = job.picture() {
                let compared = volume.as_ref().zip(layer);
                let blending_error = compared.map(|(volume, layer)| volume.blending_error(&grid, layer));
                report.send(ExactPlane { revision, alpha3, grid, blending_error });
            }
        });
    });
}

fn take_exact_plane(mut landscape: ResMut<Landscape>, pacing: Res<Pacing>, mut shown: ResMut<Shown>) {
    let Some(worker) = &shown.worker else { return };
    let (answers, is_over) = worker.collect(*pacing == Pacing::Awaited);
    if is_over {
        shown.worker = None;
    }
    for ExactPlane { revision, alpha3, grid, blending_error } in answers {
        shown.blending_error = blending_error;
        shown.is_exact = shown.alpha3 == alpha3;
        let cells = grid.loss.len() as u64;
        landscape.set_plane(revision, PlaneAt { alpha3, picture: GridPicture { grid, stride: 1 } }, cells);
    }
}
