//! The cube: the edges of the volume that the flat slice moves through, and the outlines of slice and
//! sections.

use bevy::gizmos::GizmoAsset;
use bevy::gizmos::config::GizmoLineConfig;
use bevy::gizmos::retained::Gizmo;
use bevy::prelude::*;

use super::Step;
use super::frame::{CUBE_TOP, Placed, Placement, Stand, Stands, to_vec3};
use super::session::SessionState;
use super::side::{On, Side};
use super::slice::Shown;
use super::theme::Palette;

#[derive(Component)]
struct CubeEdges;

pub(super) fn plugin<S: Side>(app: &mut App) {
    app.add_systems(Startup, spawn_edges::<S>)
        .add_systems(Update, draw_edges::<S>.in_set(Step::Cube.of::<S>()));
}

fn spawn_edges<S: Side>(
    mut commands: Commands,
    stands: Res<Stands<S>>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
) {
    commands.spawn((
        CubeEdges,
        stands.on(Stand::Cube),
        Gizmo {
            handle: gizmos.add(GizmoAsset::new()),
            line_config: GizmoLineConfig { width: 1.6, ..default() },
            ..default()
        },
    ));
}

/// The edges of a cube on its stand, each from one corner to another.
pub fn edges(placed: &Placed) -> Vec<[[f64; 3]; 2]> {
    let [hx, hz] = placed.frame.half_extent();
    let corners = [[-hx, -hz], [hx, -hz], [hx, hz], [-hx, hz]];
    let at = |i: usize, y: f64| [corners[i % 4][0], y, corners[i % 4][1]];
    let edges = |i: usize| {
        [[at(i, 0.0), at(i + 1, 0.0)], [at(i, CUBE_TOP), at(i + 1, CUBE_TOP)], [at(i, 0.0), at(i, CUBE_TOP)]]
    };
    (0..4).flat_map(edges).collect()
}

fn draw_edges<S: Side>(
    placement: Res<Placement<S>>,
    shown: Res<Shown<S>>,
    session: Res<SessionState<S>>,
    palette: Res<Palette>,
    wire: Single<&Gizmo, (With<CubeEdges>, With<On<S>>)>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
    mut was_shown: Local<bool>,
) {
    let cube = placement.get(Stand::Cube);
    let is_changed =
        placement.is_changed() || shown.is_changed() || session.is_changed() || palette.is_changed();
    if !is_changed || (cube.is_none() && !*was_shown) {
        return;
    }
    *was_shown = cube.is_some();
    let Some(mut lines) = gizmos.get_mut(&wire.handle) else { return };
    lines.clear();
    let Some(placed) = cube else { return };
    let [hx, hz] = placed.frame.half_extent().map(|v| v as f32);
    for [from, to] in edges(&placed) {
        lines.line(to_vec3(from), to_vec3(to), palette.axis);
    }
    let ring =
        |y: f32| [[-hx, -hz], [hx, -hz], [hx, hz], [-hx, hz], [-hx, -hz]].map(|[x, z]| Vec3::new(x, y, z));
    let top = CUBE_TOP as f32;
    lines.linestrip(ring(placed.cube_height(shown.alpha3) as f32), palette.pointer);
    let look = session.look();
    let upright = |a: Vec3, b: Vec3| [a, b, b.with_y(top), a.with_y(top), a];
    if let Some(alpha1) = look.section1 {
        let x = placed.frame.floor(alpha1, 0.0)[0] as f32;
        lines.linestrip(upright(Vec3::new(x, 0.0, -hz), Vec3::new(x, 0.0, hz)), palette.pointer);
    }
    if let Some(alpha2) = look.section2 {
        let z = placed.frame.floor(0.0, alpha2)[1] as f32;
        lines.linestrip(upright(Vec3::new(-hx, 0.0, z), Vec3::new(hx, 0.0, z)), palette.pointer);
    }
}
