//! Where ride and path lead the camera.

use bevy::prelude::*;

use super::frame::Placement;
use super::landscape::Landscape;
use super::relief::Relief;
use super::rig::{Rig, TRANSITION_SECS};
use super::session::SessionState;
use super::slice::Shown;
use super::tour::Touring;
use super::trail::{Trail, TrailPlace, Trails};
use crate::core::experiment::CameraMode;
use crate::core::geometry::camera::Pose;
use crate::core::geometry::path::CameraPath;

/// Where ride and path lead.
pub(super) fn lead(
    time: Res<Time>,
    session: Res<SessionState>,
    landscape: Res<Landscape>,
    placement: Res<Placement>,
    shown: Res<Shown>,
    trails: Res<Trails>,
    touring: Res<Touring>,
    mut rig: ResMut<Rig>,
) {
    let rig = rig.bypass_change_detection();
    match rig.mode {
        CameraMode::Ride => {
            let (Some(known), Some(placed)) = (landscape.current(), placement.first()) else { return };
            let world = |path: Vec<(TrailPlace, [f64; 3])>| -> Vec<[f64; 3]> {
                path.into_iter().map(|(_, at)| placed.world(at)).collect()
            };
            let trail = trails.leader().map(|trail| world(trail.path(&placed))).unwrap_or_default();
            let subspace = &known.plan.plane.subspace;
            let planned = known.plan.trajectory.checkpoints();
            let step = trails.leader().and_then(Trail::last).map_or(0, |last| last.step);
            let ahead: Vec<[f64; 3]> = planned[planned.partition_point(|point| point.step < step)..]
                .iter()
                .take(AHEAD)
                .filter_map(|point| {
                    let place = TrailPlace::new(subspace, point);
                    placed.point(&place.alpha, place.loss).map(|at| placed.world(at))
                })
                .collect();
            if let Some(at) = trail.last().or(ahead.first()) {
                let riding = Pose::riding(&trail, *at, &ahead, rig.shown().yaw);
                // A hill between must not hide where the ride is: at the marker, or above it where the
                // marker is below the surface.
                let relief = Relief::new(known, &shown, placed);
                let local = placed.local(*at);
                let [alpha1, alpha2] = placed.frame.alpha(local[0], local[2]);
                let ground = relief.point([alpha1, alpha2]).map_or(local[1], |place| place[1]);
                let goal = placed.world([local[0], local[1].max(ground) + RIDE_CLEARANCE, local[2]]);
                rig.led = riding.raised(|eye| relief.hides(eye, goal));
            }
        }
        CameraMode::Path => {
            rig.path_secs += f64::from(time.delta_secs());
            match CameraPath::new(session.view().keys.clone()) {
                Ok(path) => {
                    if let Some(secs) = touring.path_secs() {
                        // A tour's path keeps to the tour's time.
                        rig.path_secs = secs - path.keys()[0].secs;
                    } else if rig.path_secs > path.duration() + PATH_REST_SECS {
                        // It begins again a moment after its end.
                        (rig.path_secs, rig.lag) = (0.0, TRANSITION_SECS);
                    }
                    rig.led = path.at(rig.path_secs);
                }
                // An experiment may ask for a path before there is one.
                Err(_) => rig.led = rig.orbit,
            }
        }
        CameraMode::Orbit | CameraMode::Flight | CameraMode::Map => {}
    }
}

/// Points of the trail to come that a ride looks at.
const AHEAD: usize = 64;
/// World height above the ground that a ride wants to see.
const RIDE_CLEARANCE: f64 = 0.02;
/// Seconds that a path rests at its end.
const PATH_REST_SECS: f64 = 1.5;
