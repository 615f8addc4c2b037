//! The marker: where training is, at its true loss, with a glow and a drop line.

use bevy::camera::visibility::NoFrustumCulling;
use bevy::gizmos::GizmoAsset;
use bevy::gizmos::config::GizmoLineConfig;
use bevy::gizmos::retained::Gizmo;
use bevy::prelude::*;

use super::frame::Placement;
use super::landscape::Landscape;
use super::slice::Shown;
use super::solid::Solid;
use super::trail::{surface_point, to_vec3};
use super::training::Live;
use super::{Stage, theme};

/// Marks the marker; its translation is the marker's place.
#[derive(Component)]
pub struct Marker;

#[derive(Component)]
struct MarkerDrop;

/// World radius of the ball.
const RADIUS: f32 = 0.022;
/// World radius of its glow.
const GLOW: f32 = 0.075;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(Startup, spawn_marker).add_systems(Update, move_marker.in_set(Stage::Draw));
}

fn spawn_marker(
    mut commands: Commands,
    mut meshes: ResMut<Assets<Mesh>>,
    mut solids: ResMut<Assets<Solid>>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
) {
    let ball = meshes
        .add(Sphere::new(RADIUS).mesh().ico(3).unwrap_or_else(|e| panic!("a ball of 3 subdivisions: {e:?}")));
    let glow = meshes
        .add(Sphere::new(GLOW).mesh().ico(3).unwrap_or_else(|e| panic!("a ball of 3 subdivisions: {e:?}")));
    commands.spawn((
        Marker,
        Mesh3d(ball.clone()),
        MeshMaterial3d(solids.add(Solid::body(theme::MARKER, 0.35))),
        NoFrustumCulling,
        Visibility::Hidden,
        children![
            (
                Mesh3d(glow),
                MeshMaterial3d(solids.add(Solid::halo(theme::MARKER.with_alpha(0.3)))),
                NoFrustumCulling
            ),
            (Mesh3d(ball), MeshMaterial3d(solids.add(Solid::ghost(theme::MARKER))), NoFrustumCulling),
        ],
    ));
    commands.spawn((
        MarkerDrop,
        Gizmo {
            handle: gizmos.add(GizmoAsset::new()),
            line_config: GizmoLineConfig { width: 2.5, ..default() },
            // Seen through the surface too: training may be below it.
            depth_bias: -1.0,
        },
    ));
}

fn move_marker(
    live: Res<Live>,
    landscape: Res<Landscape>,
    shown: Res<Shown>,
    placement: Res<Placement>,
    marker: Single<(&mut Transform, &mut Visibility), With<Marker>>,
    drop_line: Single<&Gizmo, With<MarkerDrop>>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
) {
    if !(live.is_changed() || landscape.is_changed() || shown.is_changed() || placement.is_changed()) {
        return;
    }
    let (mut transform, mut visibility) = marker.into_inner();
    if let Some(mut line) = gizmos.get_mut(&drop_line.handle) {
        line.clear();
        let there = place(&live, &landscape, &placement);
        visibility.set_if_neq(if there.is_some() { Visibility::Inherited } else { Visibility::Hidden });
        let Some((alpha, world)) = there else { return };
        transform.translation = to_vec3(world);
        if let (Some(known), Some(placed)) = (landscape.current(), placement.0)
            && placed.cube.is_none()
            && let Some(foot) = surface_point(known, &shown, &placed, alpha)
        {
            line.line(to_vec3(world), to_vec3(foot), theme::MARKER);
        }
    }
}

/// Where the live run is: in the slice, and in the world.
fn place(live: &Live, landscape: &Landscape, placement: &Placement) -> Option<([f64; 2], [f64; 3])> {
    let (known, placed, latest) = (landscape.current()?, placement.0?, live.latest()?);
    let alpha = known.plan.plane.subspace.project(&latest.theta).alpha;
    Some(([alpha[0], alpha[1]], placed.point(&alpha, latest.loss)?))
}
