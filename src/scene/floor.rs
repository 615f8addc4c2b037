//! The floor: a grid with ticks under the surface, and the upright axis.
//!
//! The axes stand at the edges that face the eye, and change sides as it walks around.

use bevy::gizmos::GizmoAsset;
use bevy::gizmos::config::GizmoLineConfig;
use bevy::gizmos::retained::Gizmo;
use bevy::prelude::*;

use super::camera::Rig;
use super::frame::{CUBE_TOP, Placed, Placement};
use super::trail::to_vec3;
use super::{Stage, theme};
use crate::core::geometry::camera::Pose;
use crate::core::geometry::frame::TOP;
use crate::core::geometry::ticks::round_ticks;

/// World height of the floor: a little below the lowest loss, so that no valley cuts it.
pub const FLOOR: f64 = -0.04;
/// World length of a tick.
const TICK: f64 = 0.035;
/// Ticks along an axis of the floor, and along the upright axis, at most.
const MOST_TICKS: [usize; 2] = [10, 6];

/// Which edges of the floor carry the axes: 1 or -1 for the side of x, of z, and for the corner (x, z)
/// of the upright axis.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct Facing {
    /// The side of x along which alpha2 is told.
    pub x: f64,
    /// The side of z along which alpha1 is told.
    pub z: f64,
    /// The corner where the upright axis stands.
    pub corner: [f64; 2],
}

impl Default for Facing {
    fn default() -> Self {
        Self { x: 1.0, z: 1.0, corner: [-1.0, 1.0] }
    }
}

impl Facing {
    /// The edges nearest to the eye, and of the two corners at their far ends the one on the left.
    pub fn of(pose: &Pose) -> Self {
        let side = |v: f64| if v < 0.0 { -1.0 } else { 1.0 };
        let (x, z) = (side(pose.eye[0]), side(pose.eye[2]));
        let right = pose.right();
        let along = |corner: [f64; 2]| right[0] * corner[0] + right[2] * corner[1];
        let (a, b) = ([-x, z], [x, -z]);
        Self { x, z, corner: if along(a) < along(b) { a } else { b } }
    }
}

/// A tick's place and text.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// World position of its outer end.
    pub end: [f64; 3],
    /// World position on the axis.
    pub start: [f64; 3],
    /// Its number.
    pub text: String,
}

/// The ticks of alpha1, of alpha2 and of the upright axis.
pub fn ticks(placed: &Placed, facing: &Facing) -> [Vec<Tick>; 3] {
    let frame = &placed.frame;
    let [hx, hz] = frame.half_extent();
    let [axis1, axis2] = *frame.axes();
    let (edge_x, edge_z) = (facing.x * hx, facing.z * hz);
    let along1 = round_ticks(axis1.low, axis1.high, MOST_TICKS[0]).into_iter().map(|(value, text)| {
        let [x, _] = frame.floor(value, 0.0);
        Tick { start: [x, FLOOR, edge_z], end: [x, FLOOR, edge_z + facing.z * TICK], text }
    });
    let along2 = round_ticks(axis2.low, axis2.high, MOST_TICKS[0]).into_iter().map(|(value, text)| {
        let [_, z] = frame.floor(0.0, value);
        Tick { start: [edge_x, FLOOR, z], end: [edge_x + facing.x * TICK, FLOOR, z], text }
    });
    let [x, z] = [facing.corner[0] * hx, facing.corner[1] * hz];
    let upright = upright_ticks(placed).into_iter().map(|(height, text)| {
        let end = [x + facing.corner[0] * TICK, height, z + facing.corner[1] * TICK];
        Tick { start: [x, height, z], end, text }
    });
    [along1.collect(), along2.collect(), upright.collect()]
}

/// World heights and texts of the upright axis: losses, or alpha3 in the cube.
fn upright_ticks(placed: &Placed) -> Vec<(f64, String)> {
    let (range, height): ((f64, f64), Box<dyn Fn(f64) -> f64>) = match placed.cube {
        Some(axis) => ((axis.low, axis.high), Box::new(|value| placed.cube_height(value))),
        None => {
            let heights = placed.frame.heights;
            ((heights.low, heights.high), Box::new(move |value| heights.fraction(value) * TOP))
        }
    };
    round_ticks(range.0, range.1, MOST_TICKS[1])
        .into_iter()
        .map(|(value, text)| (height(value), text))
        .collect()
}

/// World position where the name of each axis belongs: alpha1, alpha2, upright.
pub fn name_places(placed: &Placed, facing: &Facing) -> [[f64; 3]; 3] {
    let [hx, hz] = placed.frame.half_extent();
    let out = 0.24;
    [
        [0.0, FLOOR, facing.z * (hz + out)],
        [facing.x * (hx + out), FLOOR, 0.0],
        [facing.corner[0] * hx, upright_top(placed) + 0.10, facing.corner[1] * hz],
    ]
}

fn upright_top(placed: &Placed) -> f64 {
    if placed.cube.is_some() { CUBE_TOP } else { TOP }
}

#[derive(Component)]
struct FloorLines;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Facing>()
        .add_systems(Startup, spawn_floor)
        .add_systems(Update, (face_eye, draw_floor).chain().in_set(Stage::Draw));
}

fn spawn_floor(mut commands: Commands, mut gizmos: ResMut<Assets<GizmoAsset>>) {
    commands.spawn((
        FloorLines,
        Gizmo {
            handle: gizmos.add(GizmoAsset::new()),
            line_config: GizmoLineConfig { width: 1.2, ..default() },
            ..default()
        },
    ));
}

fn face_eye(rig: Res<Rig>, mut facing: ResMut<Facing>) {
    facing.set_if_neq(Facing::of(&rig.shown()));
}

fn draw_floor(
    placement: Res<Placement>,
    facing: Res<Facing>,
    lines: Single<&Gizmo, With<FloorLines>>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
) {
    if !(placement.is_changed() || facing.is_changed()) {
        return;
    }
    let Some(mut floor) = gizmos.get_mut(&lines.handle) else { return };
    floor.clear();
    let Some(placed) = placement.0 else { return };
    let mut line = |from: [f64; 3], to: [f64; 3], color| {
        floor.line(to_vec3(from), to_vec3(to), color);
    };
    let [hx, hz] = placed.frame.half_extent();
    let [ticks1, ticks2, upright] = ticks(&placed, &facing);
    for tick in &ticks1 {
        line([tick.start[0], FLOOR, -hz], [tick.start[0], FLOOR, hz], theme::FLOOR);
    }
    for tick in &ticks2 {
        line([-hx, FLOOR, tick.start[2]], [hx, FLOOR, tick.start[2]], theme::FLOOR);
    }
    for tick in ticks1.iter().chain(&ticks2).chain(&upright) {
        line(tick.start, tick.end, theme::AXIS);
    }
    let corners = [[-hx, hz], [hx, hz], [hx, -hz], [-hx, -hz], [-hx, hz]];
    for pair in corners.windows(2) {
        line([pair[0][0], FLOOR, pair[0][1]], [pair[1][0], FLOOR, pair[1][1]], theme::AXIS);
    }
    let [x, z] = [facing.corner[0] * hx, facing.corner[1] * hz];
    line([x, FLOOR, z], [x, upright_top(&placed), z], theme::AXIS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_stand_at_the_near_edges_and_the_upright_one_on_the_left() {
        let from = |eye: [f64; 3], yaw| Facing::of(&Pose { eye, yaw, pitch: -0.5 });
        // From the front right, looking to the back left.
        assert_eq!(from([2.0, 1.0, 2.0], 0.78), Facing { x: 1.0, z: 1.0, corner: [-1.0, 1.0] });
        // From behind: left and right are exchanged.
        assert_eq!(from([-2.0, 1.0, -2.0], 0.78 + std::f64::consts::PI).corner, [1.0, -1.0]);
    }
}
