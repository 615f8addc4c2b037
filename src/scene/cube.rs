//! The cube: the edges of the volume that the flat slice moves through, and the slice's outline.

use bevy::gizmos::GizmoAsset;
use bevy::gizmos::config::GizmoLineConfig;
use bevy::gizmos::retained::Gizmo;
use bevy::prelude::*;

use super::frame::{CUBE_TOP, Placement};
use super::slice::Shown;
use super::{Stage, theme};

#[derive(Component)]
struct CubeEdges;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(Startup, spawn_edges).add_systems(Update, draw_edges.in_set(Stage::Draw));
}

fn spawn_edges(mut commands: Commands, mut gizmos: ResMut<Assets<GizmoAsset>>) {
    commands.spawn((
        CubeEdges,
        Gizmo {
            handle: gizmos.add(GizmoAsset::new()),
            line_config: GizmoLineConfig { width: 1.6, ..default() },
            ..default()
        },
    ));
}

fn draw_edges(
    placement: Res<Placement>,
    shown: Res<Shown>,
    edges: Single<&Gizmo, With<CubeEdges>>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
    mut was_shown: Local<bool>,
) {
    let cube = placement.0.filter(|placed| placed.cube.is_some());
    if !(placement.is_changed() || shown.is_changed()) || (cube.is_none() && !*was_shown) {
        return;
    }
    *was_shown = cube.is_some();
    let Some(mut lines) = gizmos.get_mut(&edges.handle) else { return };
    lines.clear();
    let Some(placed) = cube else { return };
    let [hx, hz] = placed.frame.half_extent().map(|v| v as f32);
    let ring =
        |y: f32| [[-hx, -hz], [hx, -hz], [hx, hz], [-hx, hz], [-hx, -hz]].map(|[x, z]| Vec3::new(x, y, z));
    let top = CUBE_TOP as f32;
    lines.linestrip(ring(0.0), theme::AXIS);
    lines.linestrip(ring(top), theme::AXIS);
    for corner in &ring(0.0)[..4] {
        lines.line(*corner, corner.with_y(top), theme::AXIS);
    }
    lines.linestrip(ring(placed.cube_height(shown.alpha3) as f32), theme::MARKER);
}
