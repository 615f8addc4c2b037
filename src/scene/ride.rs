//! Where ride and path lead the camera.

use bevy::prelude::*;

use super::frame::Placed;
use super::framing::Stands;
use super::landscape::{Known, Landscape};
use super::relief::Relief;
use super::rig::{Rig, TRANSITION_SECS};
use super::session::SessionState;
use super::slice::Shown;
use super::tour::Touring;
use super::trail::{Trail, TrailPlace, Trails};
use crate::core::experiment::CameraMode;
use crate::core::geometry::camera::Pose;
use crate::core::geometry::path::{CameraKey, CameraPath};
use crate::core::train::Checkpoint;

/// Where ride and path lead.
pub(super) fn lead(
    time: Res<Time>,
    session: Res<SessionState>,
    landscape: Res<Landscape>,
    stands: Stands,
    shown: Res<Shown>,
    trails: Res<Trails>,
    touring: Res<Touring>,
    mut rig: ResMut<Rig>,
) {
    let rig = rig.bypass_change_detection();
    match rig.mode {
        CameraMode::Ride => {
            if let (Some(known), Some(placed)) = (landscape.current(), stands.placement.first()) {
                let ride = Ride { known, placed, shown: &shown };
                rig.led = ride.pose(trails.leader(), rig.shown().yaw).unwrap_or(rig.led);
            }
        }
        CameraMode::Path => {
            rig.path_secs += f64::from(time.delta_secs());
            lead_along(rig, session.view().keys.clone(), touring.path_secs(), |pose| stands.fitted(pose));
        }
        CameraMode::Orbit | CameraMode::Flight | CameraMode::Map => {}
    }
}

/// What a ride goes over.
struct Ride<'a> {
    known: &'a Known,
    placed: Placed,
    shown: &'a Shown,
}

impl Ride<'_> {
    /// The view from behind the end of a trail; before there is one, from where training starts.
    fn pose(&self, trail: Option<&Trail>, yaw: f64) -> Option<Pose> {
        let world = |(_, at): (TrailPlace, [f64; 3])| self.placed.world(at);
        let behind: Vec<[f64; 3]> =
            trail.map(|trail| trail.path(&self.placed).into_iter().map(world).collect()).unwrap_or_default();
        let ahead = self.ahead(trail.and_then(Trail::last).map_or(0, |last| last.step));
        let at = *behind.last().or(ahead.first())?;
        let riding = Pose::riding(&behind, at, &ahead, yaw);
        // A hill between must not hide where the ride is: at the marker, or above it where the
        // marker is below the surface.
        let relief = Relief::new(self.known, self.shown, self.placed);
        let local = self.placed.local(at);
        let [alpha1, alpha2] = self.placed.frame.alpha(local[0], local[2]);
        let ground = relief.point([alpha1, alpha2]).map_or(local[1], |place| place[1]);
        let goal = self.placed.world([local[0], local[1].max(ground) + RIDE_CLEARANCE, local[2]]);
        Some(riding.raised(|eye| relief.hides(eye, goal)))
    }

    /// Where training is to come by from a step on.
    fn ahead(&self, step: u64) -> Vec<[f64; 3]> {
        let subspace = &self.known.plan.plane.subspace;
        let planned = self.known.plan.trajectory.checkpoints();
        let coming = &planned[planned.partition_point(|point| point.step < step)..];
        let place = |point: &Checkpoint| {
            let place = TrailPlace::new(subspace, point, self.known.plan.value_at(point)?);
            self.placed.point(&place.alpha, place.value).map(|at| self.placed.world(at))
        };
        coming.iter().take(AHEAD).filter_map(place).collect()
    }
}

/// Takes the camera to where its path is by now; a tour's path keeps to the tour's time.
fn lead_along(rig: &mut Rig, keys: Vec<CameraKey>, told: Option<f64>, fitted: impl Fn(Pose) -> Pose) {
    let Ok(path) = CameraPath::new(keys) else {
        // An experiment may ask for a path before there is one.
        rig.led = rig.orbit;
        return;
    };
    if let Some(secs) = told {
        rig.path_secs = secs - path.keys()[0].secs;
    } else if rig.path_secs > path.duration() + PATH_REST_SECS {
        // It begins again a moment after its end.
        (rig.path_secs, rig.lag) = (0.0, TRANSITION_SECS);
    }
    rig.led = fitted(path.at(rig.path_secs));
}

/// Points of the trail to come that a ride looks at.
const AHEAD: usize = 64;
/// World height above the ground that a ride wants to see.
const RIDE_CLEARANCE: f64 = 0.02;
/// Seconds that a path rests at its end.
const PATH_REST_SECS: f64 = 1.5;
