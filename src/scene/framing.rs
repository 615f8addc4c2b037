//! Brings what there is into view, and goes to bookmarks.

use bevy::ecs::system::SystemParam;
use bevy::math::DVec2;
use bevy::prelude::*;

use super::camera::SceneCamera;
use super::frame::{Placed, Placement, Stand};
use super::rig::{Framed, Rig, TRANSITION_SECS};
use super::session::SessionState;
use super::side::Second;
use super::taken::Insets;
use crate::core::experiment::{CameraMode, Labels};
use crate::core::geometry::camera::{FOV, Pose};
use crate::core::geometry::glide::Glide;

/// Width over height of what is free on a picture: poses that a tour or a bookmark gives were written for one of 16:9.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct Sheet(pub f64);

/// Width over height that poses are written for.
const WRITTEN_FOR: f64 = 16.0 / 9.0;

/// All that stands on the stage.
#[derive(SystemParam)]
pub(super) struct Stands<'w> {
    /// What stands alone or first.
    pub(super) placement: Res<'w, Placement>,
    beside: Res<'w, Placement<Second>>,
    sheet: Option<Res<'w, Sheet>>,
    session: Res<'w, SessionState>,
}

impl Stands<'_> {
    /// Around everything, with so much room for labels.
    fn points(&self, room: f64) -> Vec<[f64; 3]> {
        let placed = self.placement.iter().chain(self.beside.iter());
        placed.flat_map(|(_, placed)| corners(&placed, room)).collect()
    }

    /// Width over height of what legends leave of a view so many pixels high. Beside one landscape stands a legend's bar,
    /// beside two also what it tells; above the landscape in a tall view it is a row, and takes no width.
    fn beside_legends(&self, aspect: f64, height: f64) -> f64 {
        if aspect < 1.0 || self.session.look().labels == Labels::None {
            return aspect;
        }
        let points = if self.beside.first().is_some() { LEGEND_OF_TWO } else { LEGEND };
        // Text has a least size.
        let width = points * (1.0 / WRITTEN_HEIGHT).max(LEAST_UNIT / height);
        (aspect - 2.0 * width).max(LEAST_FREE * aspect)
    }

    /// A pose that was written for another sheet: on a narrower one it is so much farther away as everything
    /// would have to be. What is led so moves as smoothly as before.
    pub(super) fn fitted(&self, pose: Pose) -> Pose {
        let Some(sheet) = self.sheet.as_ref().filter(|sheet| sheet.0 < WRITTEN_FOR) else { return pose };
        let points = self.points(LABEL_ROOM);
        if points.is_empty() {
            return pose;
        }
        let far = |aspect| pose.framing(&points, self.beside_legends(aspect, WRITTEN_HEIGHT)).distance;
        Pose { distance: pose.distance * (far(sheet.0) / far(WRITTEN_FOR)).max(1.0), ..pose }
    }
}

/// Brings everything into view: at first, when asked to, when the stands change, and when an experiment
/// comes with a place to be looked at from.
pub(super) fn frame_all(
    session: Res<SessionState>,
    stands: Stands,
    camera: Option<Single<&Camera, With<SceneCamera>>>,
    insets: Res<Insets>,
    mut rig: ResMut<Rig>,
) {
    let rig = rig.bypass_change_detection();
    rig.switch(session.look().camera);
    let Some(camera) = camera.filter(|_| stands.placement.first().is_some()) else { return };
    let eye = session.look().eye;
    let shift = |placed: Option<Placed>| placed.map(|placed| placed.shift);
    let placed =
        Stand::ALL.map(|stand| [shift(stands.placement.get(stand)), shift(stands.beside.get(stand))]);
    let wanted = Framed { framings: session.view().framings, stands: placed, eye };
    let Some(size) = camera.physical_viewport_size() else { return };
    let free = insets.free(size.as_vec2());
    let aspect = stands.beside_legends(f64::from(free.x / free.y), f64::from(free.y));
    let points = |room| stands.points(room);
    if rig.framed == Some(wanted) {
        rig.keep_in_view(&points(LABEL_ROOM), aspect);
        return;
    }
    let before = rig.framed.replace(wanted);
    if before.is_none_or(|before| before.eye != eye) {
        rig.orbit = Pose { yaw: eye.0.to_radians(), pitch: -eye.1.to_radians(), ..rig.orbit };
    }
    rig.aspect = aspect;
    rig.orbit = Pose { fov: FOV, ..rig.orbit }.framing(&points(LABEL_ROOM), aspect);
    rig.map = Pose::map(&points(MAP_LABEL_ROOM), 0.0, aspect);
    if rig.mode == CameraMode::Flight {
        rig.flight = rig.orbit;
    }
    rig.lag = TRANSITION_SECS;
    if before.is_none() {
        rig.glide = Glide::at(*rig.wanted());
    }
}

/// The floor of a stand with the room that its labels take, and the box above it.
fn corners(placed: &Placed, room: f64) -> Vec<[f64; 3]> {
    let [hx, hz] = placed.frame.half_extent();
    let (out_x, out_z) = (hx + room, hz + room);
    let mut points = Vec::new();
    for (x, z) in [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)] {
        points.push(placed.world([x * out_x, 0.0, z * out_z]));
        points.push(placed.world([x * hx, placed.top() + 0.5 * room, z * hz]));
    }
    points
}

/// Points that a legend takes at either side of one landscape and of two, on a picture so many high.
const LEGEND: f64 = 92.0;
const LEGEND_OF_TWO: f64 = 151.0;
const WRITTEN_HEIGHT: f64 = 720.0;
/// Text is at least so large beside its usual size.
const LEAST_UNIT: f64 = 0.7;
/// Share of the width that legends leave free at least.
const LEAST_FREE: f64 = 0.5;

/// World length that ticks and names take beside the floor, and on a map, where nothing is foreshortened.
const LABEL_ROOM: f64 = 0.2;
const MAP_LABEL_ROOM: f64 = 0.44;

/// Goes to the bookmark asked for.
pub(super) fn visit(session: Res<SessionState>, stands: Stands, mut rig: ResMut<Rig>) {
    let Some(visit) = session.view().visit.filter(|visit| visit.number != rig.visited) else { return };
    let rig = rig.bypass_change_detection();
    rig.visited = visit.number;
    match rig.mode {
        CameraMode::Flight => rig.flight = visit.pose.with_fov(FOV),
        _ => rig.orbit = stands.fitted(visit.pose),
    }
    (rig.lag, rig.spin) = (TRANSITION_SECS, DVec2::ZERO);
}
