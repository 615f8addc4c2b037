//! The floor: a grid with ticks under the surface, and the axis that stands for the loss.

use bevy::gizmos::GizmoAsset;
use bevy::gizmos::config::GizmoLineConfig;
use bevy::gizmos::retained::Gizmo;
use bevy::prelude::*;

use super::frame::{Placed, Placement};
use super::{Stage, theme};
use crate::core::geometry::frame::TOP;
use crate::core::geometry::ticks::round_ticks;

/// World height of the floor: a little below the lowest loss, so that no valley cuts it.
pub const FLOOR: f64 = -0.04;
/// World length of a tick.
pub const TICK: f64 = 0.035;
/// Ticks along an axis of the floor, and along the upright axis, at most.
pub const MOST_TICKS: [usize; 2] = [10, 6];

#[derive(Component)]
struct FloorLines;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(Startup, spawn_floor).add_systems(Update, draw_floor.in_set(Stage::Draw));
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

fn draw_floor(
    placement: Res<Placement>,
    lines: Single<&Gizmo, With<FloorLines>>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
) {
    if !placement.is_changed() {
        return;
    }
    let Some(mut floor) = gizmos.get_mut(&lines.handle) else { return };
    floor.clear();
    if let Some(placed) = placement.0 {
        for [from, to, is_axis] in floor_lines(&placed) {
            let color = if is_axis[0] > 0.0 { theme::AXIS } else { theme::FLOOR };
            floor.line(point(from), point(to), color);
        }
    }
}

fn point(p: [f64; 3]) -> Vec3 {
    super::trail::to_vec3(p)
}

/// Lines as from, to, and whether it belongs to an axis (first entry 1).
fn floor_lines(placed: &Placed) -> Vec<[[f64; 3]; 3]> {
    const GRID: [f64; 3] = [0.0; 3];
    const AXIS: [f64; 3] = [1.0, 0.0, 0.0];
    let frame = &placed.frame;
    let [hx, hz] = frame.half_extent();
    let [axis1, axis2] = *frame.axes();
    let mut lines = Vec::new();
    for (alpha1, _) in round_ticks(axis1.low, axis1.high, MOST_TICKS[0]) {
        let [x, _] = frame.floor(alpha1, 0.0);
        lines.push([[x, FLOOR, -hz], [x, FLOOR, hz], GRID]);
        lines.push([[x, FLOOR, hz], [x, FLOOR, hz + TICK], AXIS]);
    }
    for (alpha2, _) in round_ticks(axis2.low, axis2.high, MOST_TICKS[0]) {
        let [_, z] = frame.floor(0.0, alpha2);
        lines.push([[-hx, FLOOR, z], [hx, FLOOR, z], GRID]);
        lines.push([[hx, FLOOR, z], [hx + TICK, FLOOR, z], AXIS]);
    }
    for (from, to) in
        [([-hx, hz], [hx, hz]), ([hx, hz], [hx, -hz]), ([hx, -hz], [-hx, -hz]), ([-hx, -hz], [-hx, hz])]
    {
        lines.push([[from[0], FLOOR, from[1]], [to[0], FLOOR, to[1]], AXIS]);
    }
    let top = if placed.cube.is_some() { super::frame::CUBE_TOP } else { TOP };
    lines.push([[-hx, FLOOR, hz], [-hx, top, hz], AXIS]);
    for (height, _) in upright_ticks(placed) {
        lines.push([[-hx, height, hz], [-hx - TICK, height, hz], AXIS]);
    }
    lines
}

/// World heights and texts of the ticks on the upright axis: losses, or alpha3 in the cube.
pub fn upright_ticks(placed: &Placed) -> Vec<(f64, String)> {
    match placed.cube {
        Some(axis) => round_ticks(axis.low, axis.high, MOST_TICKS[1])
            .into_iter()
            .map(|(value, text)| (placed.cube_height(value), text))
            .collect(),
        None => {
            let heights = placed.frame.heights;
            round_ticks(heights.low, heights.high, MOST_TICKS[1])
                .into_iter()
                .map(|(value, text)| (heights.fraction(value) * TOP, text))
                .collect()
        }
    }
}
