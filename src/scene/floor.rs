//! The floor: a grid with ticks under the surface, and the upright axis.
//!
//! The axes stand at the edges that face the eye, and change sides as it walks around.

use std::marker::PhantomData;

use bevy::gizmos::GizmoAsset;
use bevy::gizmos::config::GizmoLineConfig;
use bevy::gizmos::retained::Gizmo;
use bevy::prelude::*;

use super::frame::{FLOOR, Placed, Placement, Stand, Stands, to_vec3};
use super::rig::Rig;
use super::side::{First, On, Side};
use super::theme::Palette;
use super::tour::Touring;
use super::{Pacing, Step};
use crate::core::geometry::camera::Pose;
use crate::core::geometry::frame::TOP;
use crate::core::geometry::heights::{HeightRange, HeightScale};
use crate::core::geometry::ticks::{decade_ticks, round_ticks};

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
    /// Whether the upright axis can be seen at all: not from straight above.
    pub is_upright_seen: bool,
}

impl Default for Facing {
    fn default() -> Self {
        Self { x: 1.0, z: 1.0, corner: [-1.0, 1.0], is_upright_seen: true }
    }
}

impl Facing {
    /// The edges of a stand nearest to the eye, and of the two corners at their far ends the one on the
    /// left; from above the edges at the left and the lower rim of the picture. They stay what they were
    /// `before` until the eye has clearly passed: what is told there must not go to and fro.
    pub fn of(pose: &Pose, shift: [f64; 3], before: Option<&Self>) -> Self {
        let right = pose.right();
        let to_eye = [pose.eye()[0] - shift[0], pose.eye()[2] - shift[2]];
        let kept = |value: fn(&Self) -> f64| before.map_or(0.0, value);
        let steep = if before.is_some_and(|before| !before.is_upright_seen) { STEEP - PASSED } else { STEEP };
        let is_upright_seen = pose.pitch > -steep;
        let [to_x, to_z] = match is_upright_seen {
            true => to_eye.map(|v| v / to_eye[0].hypot(to_eye[1]).max(f64::MIN_POSITIVE)),
            // Down the screen is to the right of right.
            false => [-right[2] - right[0], right[0] - right[2]],
        };
        let (x, z) = (side(to_x, kept(|facing| facing.x)), side(to_z, kept(|facing| facing.z)));
        // Of (-x, z) and (x, -z) the one that is farther to the left.
        let before = before.filter(|before| before.corner[0] * x == -before.corner[1] * z);
        let left = side(right[0] * x - right[2] * z, before.map_or(0.0, |before| -before.corner[0] * x));
        Self { x, z, corner: [-left * x, left * z], is_upright_seen }
    }
}

/// How far beyond the middle the eye has clearly passed it, as a sine or an angle.
const PASSED: f64 = 0.1;

/// The sign of a sine; near 0 the one that it had, if it had one.
fn side(sine: f64, before: f64) -> f64 {
    match sine {
        _ if sine.abs() < PASSED && before != 0.0 => before,
        _ if sine < 0.0 => -1.0,
        _ => 1.0,
    }
}

/// Pitch from which the picture counts as one from above.
const STEEP: f64 = 1.3;

/// A tick's place on its stand, and its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Position of its outer end.
    pub end: [f64; 3],
    /// Position on the axis.
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
    let heights = if facing.is_upright_seen { upright_ticks(placed) } else { Vec::new() };
    let upright = heights.into_iter().map(|(height, text)| {
        let end = [x + facing.corner[0] * TICK, height, z + facing.corner[1] * TICK];
        Tick { start: [x, height, z], end, text }
    });
    [along1.collect(), along2.collect(), upright.collect()]
}

/// World heights and texts of the upright axis: losses, or alpha3 in the cube.
fn upright_ticks(placed: &Placed) -> Vec<(f64, String)> {
    if let Some(axis) = placed.cube {
        let ticks = round_ticks(axis.low, axis.high, MOST_TICKS[1]);
        return ticks.into_iter().map(|(value, text)| (placed.cube_height(value), text)).collect();
    }
    let heights = &placed.frame.heights;
    let height = |(loss, text)| (heights.fraction(loss) * TOP, text);
    loss_ticks(&heights.to).into_iter().map(height).collect()
}

/// Round losses between floor and top, with their texts.
pub fn loss_ticks(range: &HeightRange) -> Vec<(f64, String)> {
    match range.scale {
        HeightScale::Log => decade_ticks(range.low, range.high, MOST_TICKS[1]),
        HeightScale::Clipped | HeightScale::Linear => round_ticks(range.low, range.high, MOST_TICKS[1]),
    }
}

/// Positions on a stand where the name of each axis may stand, the best first: of alpha1, alpha2, and
/// the upright axis.
pub fn name_places(placed: &Placed, facing: &Facing) -> [Vec<[f64; 3]>; 3] {
    let [hx, hz] = placed.frame.half_extent();
    let out = 0.24;
    let along = [0.0, 0.5, -0.5, 0.85, -0.85];
    [
        along.iter().map(|share| [share * hx, FLOOR, facing.z * (hz + out)]).collect(),
        along.iter().map(|share| [facing.x * (hx + out), FLOOR, share * hz]).collect(),
        vec![[facing.corner[0] * hx, placed.top() + 0.10, facing.corner[1] * hz]],
    ]
}

#[derive(Component)]
struct FloorLines;

/// How each stand's axes face the eye.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct Facings<S: Side = First>([Facing; 2], PhantomData<S>);

impl<S: Side> Facings<S> {
    /// How the axes of a stand face the eye.
    pub fn get(&self, stand: Stand) -> Facing {
        self.0[stand as usize]
    }
}

pub(super) fn plugin<S: Side>(app: &mut App) {
    app.init_resource::<Facings<S>>()
        .add_systems(Startup, spawn_floors::<S>)
        .add_systems(Update, (face_eye::<S>, draw_floors::<S>).chain().in_set(Step::Floor.of::<S>()));
}

fn spawn_floors<S: Side>(
    mut commands: Commands,
    stands: Res<Stands<S>>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
) {
    for stand in Stand::ALL {
        commands.spawn((
            FloorLines,
            stand,
            stands.on(stand),
            Gizmo {
                handle: gizmos.add(GizmoAsset::new()),
                line_config: GizmoLineConfig { width: 1.2, ..default() },
                ..default()
            },
        ));
    }
}

fn face_eye<S: Side>(
    rig: Res<Rig>,
    placement: Res<Placement<S>>,
    pacing: Res<Pacing>,
    touring: Res<Touring>,
    mut facings: ResMut<Facings<S>>,
) {
    let before = (!pacing.rests() && !touring.is_cut()).then_some(*facings);
    let facing = |stand| {
        let before = before.map(|before| before.get(stand));
        placement.get(stand).map(|placed| Facing::of(rig.shown(), placed.shift, before.as_ref()))
    };
    facings.set_if_neq(Facings(Stand::ALL.map(|stand| facing(stand).unwrap_or_default()), PhantomData));
}

fn draw_floors<S: Side>(
    placement: Res<Placement<S>>,
    facings: Res<Facings<S>>,
    palette: Res<Palette>,
    floors: Query<(&Stand, &Gizmo), (With<FloorLines>, With<On<S>>)>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
) {
    if !(placement.is_changed() || facings.is_changed() || palette.is_changed()) {
        return;
    }
    for (stand, gizmo) in &floors {
        let Some(mut floor) = gizmos.get_mut(&gizmo.handle) else { continue };
        floor.clear();
        if let Some(placed) = placement.get(*stand) {
            draw_floor(&mut floor, &placed, &facings.get(*stand), &palette);
        }
    }
}

fn draw_floor(floor: &mut GizmoAsset, placed: &Placed, facing: &Facing, palette: &Palette) {
    let mut line = |from: [f64; 3], to: [f64; 3], color| {
        floor.line(to_vec3(from), to_vec3(to), color);
    };
    let [hx, hz] = placed.frame.half_extent();
    let [ticks1, ticks2, upright] = ticks(placed, facing);
    for tick in &ticks1 {
        line([tick.start[0], FLOOR, -hz], [tick.start[0], FLOOR, hz], palette.floor);
    }
    for tick in &ticks2 {
        line([-hx, FLOOR, tick.start[2]], [hx, FLOOR, tick.start[2]], palette.floor);
    }
    for tick in ticks1.iter().chain(&ticks2).chain(&upright) {
        line(tick.start, tick.end, palette.axis);
    }
    let corners = [[-hx, hz], [hx, hz], [hx, -hz], [-hx, -hz], [-hx, hz]];
    for pair in corners.windows(2) {
        line([pair[0][0], FLOOR, pair[0][1]], [pair[1][0], FLOOR, pair[1][1]], palette.axis);
    }
    if facing.is_upright_seen {
        let [x, z] = [facing.corner[0] * hx, facing.corner[1] * hz];
        line([x, FLOOR, z], [x, placed.top(), z], palette.axis);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_stand_at_the_near_edges_and_the_upright_one_on_the_left() {
        let from = |yaw, pitch| {
            let pose = Pose { target: [0.0; 3], yaw, pitch, distance: 3.0, fov: 0.7 };
            let Facing { x, z, corner, .. } = Facing::of(&pose, [0.0; 3], None);
            (x, z, corner)
        };
        // From the front right, looking to the back left.
        assert_eq!(from(0.78, -0.5), (1.0, 1.0, [-1.0, 1.0]));
        // From behind: left and right are exchanged.
        assert_eq!(from(0.78 + std::f64::consts::PI, -0.5).2, [1.0, -1.0]);
        // On a map alpha1 is told below and alpha2 at the left.
        let (x, z, _) = from(0.0, -std::f64::consts::FRAC_PI_2);
        assert_eq!((x, z), (-1.0, 1.0));
    }

    #[test]
    fn an_axis_stays_at_its_side_until_the_eye_has_clearly_passed() {
        let pose = |yaw, pitch| Pose { target: [0.0; 3], yaw, pitch, distance: 3.0, fov: 0.7 };
        let mut facing = Facing::of(&pose(0.3, -0.5), [0.0; 3], None);
        let mut go = |yaw, pitch| {
            facing = Facing::of(&pose(yaw, pitch), [0.0; 3], Some(&facing));
            (facing.x, facing.corner, facing.is_upright_seen)
        };
        // A hand that trembles about the middle of a side.
        let right = (1.0, [-1.0, 1.0], true);
        for yaw in [0.05, -0.05, 0.01, -0.09] {
            assert_eq!(go(yaw, -0.5), right, "{yaw}");
        }
        let left = (-1.0, [-1.0, -1.0], true);
        for yaw in [-0.2, 0.05, -0.01, 0.09] {
            assert_eq!(go(yaw, -0.5), left, "{yaw}");
        }
        assert_eq!(go(0.2, -0.5), right, "and comes back");
        // The same for the way down the screen, and between the two.
        assert!(go(0.3, -1.29).2 && !go(0.3, -1.31).2 && !go(0.3, -1.25).2 && go(0.3, -1.19).2);
        let quarter = std::f64::consts::FRAC_PI_4;
        let from_above = go(quarter - 0.2, -1.5);
        assert_eq!(go(quarter + 0.05, -1.5), from_above);
        assert_ne!(go(quarter + 0.2, -1.5), from_above);
    }
}
