//! The trail: a tube through the points of training at their true losses, with drop lines to the surface.
//!
//! A point of training is not on the plane. It is drawn over its projection at the loss it really had;
//! the drop line ends on the surface shown, so that its length is what the slice leaves out.

use bevy::asset::RenderAssetUsages;
use bevy::camera::visibility::NoFrustumCulling;
use bevy::gizmos::GizmoAsset;
use bevy::gizmos::config::GizmoLineConfig;
use bevy::gizmos::retained::Gizmo;
use bevy::mesh::{Indices, PrimitiveTopology};
use bevy::prelude::*;

use super::frame::{Placed, Placement};
use super::landscape::{Known, Landscape};
use super::slice::Shown;
use super::solid::Solid;
use super::training::Live;
use super::{Stage, theme};
use crate::core::geometry::frame::TOP;
use crate::core::geometry::tube::{TubeMesh, tube};
use crate::core::session::Revision;
use crate::core::train::Checkpoint;

/// The trail as it lies in the world.
#[derive(Resource, Default)]
pub struct Trail {
    /// Points that are far enough apart to be told from one another.
    places: Vec<TrailPlace>,
    /// What they were made from.
    state: Option<TrailState>,
    /// Checkpoints looked at so far.
    seen: usize,
}

/// A point of the trail.
#[derive(Clone, Copy, Debug)]
struct TrailPlace {
    alpha: [f64; 2],
    world: [f64; 3],
}

#[derive(Clone, Debug, PartialEq)]
struct TrailState {
    revision: Revision,
    rewinds: u64,
    placement: Placement,
}

#[derive(Component)]
struct TrailTube;

#[derive(Component)]
struct DropLines;

/// World radius of the tube.
const RADIUS: f64 = 0.0075;
/// World distance of two points of the trail.
const SPACING: f64 = 0.006;
/// Drop lines at most.
const MOST_DROPS: usize = 24;
/// World length below which a drop line shows nothing.
const SHORTEST_DROP: f64 = 0.004;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Trail>()
        .add_systems(Startup, spawn_trail)
        .add_systems(Update, (extend_trail, draw_tube, draw_drop_lines).chain().in_set(Stage::Draw));
}

fn spawn_trail(
    mut commands: Commands,
    mut meshes: ResMut<Assets<Mesh>>,
    mut solids: ResMut<Assets<Solid>>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
) {
    // A mesh without a vertex cannot be uploaded; until there is a trail this one is hidden.
    let mesh = meshes.add(mesh_of(tube(&[[0.0; 3], [0.0, 1.0, 0.0]], RADIUS)));
    commands.spawn((
        TrailTube,
        Mesh3d(mesh.clone()),
        MeshMaterial3d(solids.add(Solid::body(theme::TRAIL, 0.7))),
        NoFrustumCulling,
        Visibility::Hidden,
        children![(Mesh3d(mesh), MeshMaterial3d(solids.add(Solid::ghost(theme::TRAIL))), NoFrustumCulling)],
    ));
    commands.spawn((
        DropLines,
        Gizmo {
            handle: gizmos.add(GizmoAsset::new()),
            line_config: GizmoLineConfig { width: 1.5, ..default() },
            // Seen through the surface too: a point of training may lie below it.
            depth_bias: -1.0,
        },
    ));
}

/// Takes in new checkpoints, or all of them again where the plane or the run changed.
fn extend_trail(
    live: Res<Live>,
    landscape: Res<Landscape>,
    placement: Res<Placement>,
    mut trail: ResMut<Trail>,
) {
    let (Some(known), Some(placed)) = (landscape.current(), placement.0) else {
        if trail.state.is_some() {
            *trail = Trail::default();
        }
        return;
    };
    let state = TrailState { revision: known.revision, rewinds: live.rewinds(), placement: *placement };
    if trail.state.as_ref() != Some(&state) {
        *trail = Trail { state: Some(state), ..Trail::default() };
    }
    let points = live.points();
    // The checkpoints of a thinned trajectory grow fewer: then there is nothing to add for a while.
    let new = points.get(trail.seen..).unwrap_or_default();
    if new.is_empty() {
        return;
    }
    let places: Vec<TrailPlace> = new.iter().filter_map(|point| place_of(known, &placed, point)).collect();
    trail.seen = points.len();
    for place in places {
        if trail.places.last().is_none_or(|last| distance(last.world, place.world) >= SPACING) {
            trail.places.push(place);
        }
    }
}

fn place_of(known: &Known, placed: &Placed, point: &Checkpoint) -> Option<TrailPlace> {
    let alpha = known.plan.plane.subspace.project(&point.theta).alpha;
    let world = placed.point(&alpha, point.loss)?;
    Some(TrailPlace { alpha: [alpha[0], alpha[1]], world })
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt()
}

fn draw_tube(
    trail: Res<Trail>,
    tube_entity: Single<(&Mesh3d, &mut Visibility), With<TrailTube>>,
    mut meshes: ResMut<Assets<Mesh>>,
) {
    if !trail.is_changed() {
        return;
    }
    let (mesh, mut visibility) = tube_entity.into_inner();
    let path: Vec<[f64; 3]> = trail.places.iter().map(|place| place.world).collect();
    let body = tube(&path, RADIUS);
    let wanted = if body.positions.is_empty() { Visibility::Hidden } else { Visibility::Inherited };
    visibility.set_if_neq(wanted);
    if wanted == Visibility::Inherited
        && let Err(error) = meshes.insert(mesh.id(), mesh_of(body))
    {
        warn!("the trail could not be drawn: {error}");
    }
}

fn mesh_of(body: TubeMesh) -> Mesh {
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, body.positions)
        .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, body.normals)
        .with_inserted_indices(Indices::U32(body.indices))
}

fn draw_drop_lines(
    trail: Res<Trail>,
    shown: Res<Shown>,
    landscape: Res<Landscape>,
    placement: Res<Placement>,
    lines: Single<&Gizmo, With<DropLines>>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
) {
    if !(trail.is_changed() || shown.is_changed() || landscape.is_changed() || placement.is_changed()) {
        return;
    }
    let Some(mut drops) = gizmos.get_mut(&lines.handle) else { return };
    drops.clear();
    let (Some(known), Some(placed)) = (landscape.current(), placement.0) else { return };
    if placed.cube.is_some() {
        return;
    }
    let every = trail.places.len().div_ceil(MOST_DROPS).max(1);
    for place in trail.places.iter().step_by(every) {
        let Some(foot) = surface_point(known, &shown, &placed, place.alpha) else { continue };
        if distance(foot, place.world) >= SHORTEST_DROP {
            drops.line(to_vec3(place.world), to_vec3(foot), theme::DROP);
        }
    }
}

/// The point of the surface shown over a point of the slice; `None` where there is no surface.
pub fn surface_point(known: &Known, shown: &Shown, placed: &Placed, alpha: [f64; 2]) -> Option<[f64; 3]> {
    if !placed.frame.holds(alpha[0], alpha[1]) {
        return None;
    }
    let mut point = placed.frame.world(alpha[0], alpha[1], drawn_loss(known, shown, alpha)?);
    point[1] = point[1].clamp(0.0, TOP);
    Some(point)
}

/// The loss that the surface shows at a point: of the plane at rest, or blended from the volume.
fn drawn_loss(known: &Known, shown: &Shown, [alpha1, alpha2]: [f64; 2]) -> Option<f64> {
    let plane = known.plane.as_ref().filter(|plane| plane.alpha3 == shown.alpha3 || known.volume.is_none());
    let loss = match (plane, &known.volume, shown.layer) {
        (Some(plane), _, _) => plane.picture.grid.sample(alpha1, alpha2),
        (None, Some(volume), Some(layer)) => volume.grid.sample_volume(alpha1, alpha2, layer),
        _ => return None,
    };
    loss.is_finite().then_some(loss)
}

/// A world position as Bevy has it.
pub fn to_vec3(p: [f64; 3]) -> Vec3 {
    Vec3::new(p[0] as f32, p[1] as f32, p[2] as f32)
}
