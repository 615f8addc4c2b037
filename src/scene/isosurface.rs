//! The surface of one loss in the cube. A job finds it; the window shows it a frame later.

use std::marker::PhantomData;
use std::sync::Arc;

use bevy::asset::RenderAssetUsages;
use bevy::camera::visibility::NoFrustumCulling;
use bevy::mesh::{Indices, PrimitiveTopology};
use bevy::prelude::*;

use super::Step;
use super::executor::{Executor, News, Task};
use super::frame::{CUBE_TOP, Placement, Stand, Stands};
use super::landscape::Landscape;
use super::session::SessionState;
use super::side::{First, On, Side};
use super::solid::Solid;
use crate::core::geometry::isosurface::{IsoMesh, Nets};
use crate::core::grid::LossGrid;
use crate::core::session::Revision;

/// What an isosurface is of: the picture of the volume, loss, and half the floor's extent.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Question {
    volume: Revision,
    level: f64,
    half_extent: [f64; 2],
}

/// The isosurface asked for.
#[derive(Resource, Default)]
pub struct Iso<S: Side = First> {
    asked: Option<Question>,
    task: Option<Task<Nets<Arc<LossGrid>>>>,
    /// Whether there is a later question, while an earlier one is still at work.
    is_waiting: bool,
    side: PhantomData<S>,
}

impl<S: Side> Iso<S> {
    /// Whether one is being found.
    pub fn is_busy(&self) -> bool {
        self.task.is_some() || self.is_waiting
    }
}

#[derive(Component)]
struct Skin;

pub(super) fn plugin<S: Side>(app: &mut App) {
    app.init_resource::<Iso<S>>().add_systems(Startup, spawn_skin::<S>).add_systems(
        Update,
        (take_answer::<S>, ask::<S>, paint::<S>).chain().in_set(Step::Isosurface.of::<S>()),
    );
}

fn spawn_skin<S: Side>(
    mut commands: Commands,
    stands: Res<Stands<S>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut solids: ResMut<Assets<Solid>>,
) {
    commands.spawn((
        Skin,
        stands.on(Stand::Cube),
        Mesh3d(meshes.add(Cuboid::default())),
        MeshMaterial3d(solids.add(Solid::body(0.9).two_sided())),
        NoFrustumCulling,
        Visibility::Hidden,
    ));
}

fn ask<S: Side>(
    landscape: Res<Landscape<S>>,
    session: Res<SessionState<S>>,
    placement: Res<Placement<S>>,
    executor: Executor,
    mut iso: ResMut<Iso<S>>,
    skin: Single<&mut Visibility, (With<Skin>, With<On<S>>)>,
) {
    let level = session.look().isosurface;
    let volume = landscape.known().and_then(|known| known.volume.as_ref());
    let wanted = level.zip(volume).zip(placement.get(Stand::Cube));
    let mut visibility = skin.into_inner();
    let Some(((level, volume), placed)) = wanted else {
        visibility.set_if_neq(Visibility::Hidden);
        return;
    };
    let half_extent = placed.frame.half_extent();
    let question = Question { volume: volume.revision, level, half_extent };
    let iso = iso.bypass_change_detection();
    iso.is_waiting = iso.asked != Some(question);
    let is_free = iso.task.is_none() || executor.pacing().waits();
    if !(iso.is_waiting && is_free) {
        return;
    }
    iso.asked = Some(question);
    iso.is_waiting = false;
    let grid = Arc::clone(volume.field.grid());
    let [hx, hz] = half_extent;
    let nets = Nets::new(grid, level, [2.0 * hx, 2.0 * hz, CUBE_TOP]);
    iso.task = Some(executor.start("isosurface", nets));
}

fn take_answer<S: Side>(
    executor: Executor,
    mut iso: ResMut<Iso<S>>,
    skin: Single<(&Mesh3d, &mut Visibility), (With<Skin>, With<On<S>>)>,
    mut meshes: ResMut<Assets<Mesh>>,
) {
    let iso = iso.bypass_change_detection();
    let Some(task) = &mut iso.task else { return };
    let news = task.take(&executor);
    let is_over = task.is_over();
    let (handle, mut visibility) = skin.into_inner();
    if let Some(News::Found(mesh)) = news.into_iter().next() {
        let wanted = if mesh.indices.is_empty() { Visibility::Hidden } else { Visibility::Inherited };
        visibility.set_if_neq(wanted);
        if wanted == Visibility::Inherited
            && let Err(error) = meshes.insert(handle.id(), mesh_of(mesh))
        {
            warn!("the isosurface could not be drawn: {error}");
        }
    }
    if is_over {
        iso.task = None;
    }
}

/// From the box's axes alpha1, alpha2, alpha3 to the stand's: alpha2 runs against z.
fn mesh_of(mesh: IsoMesh) -> Mesh {
    let turned = |[x, y, z]: [f32; 3]| [x, z, -y];
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
        .with_inserted_attribute(
            Mesh::ATTRIBUTE_POSITION,
            mesh.positions.into_iter().map(turned).collect::<Vec<_>>(),
        )
        .with_inserted_attribute(
            Mesh::ATTRIBUTE_NORMAL,
            mesh.normals.into_iter().map(turned).collect::<Vec<_>>(),
        )
        .with_inserted_indices(Indices::U32(mesh.indices))
}

/// Its colour is the colour of its loss; its corner is the cube's.
fn paint<S: Side>(
    session: Res<SessionState<S>>,
    placement: Res<Placement<S>>,
    skin: Single<(&MeshMaterial3d<Solid>, &mut Transform), (With<Skin>, With<On<S>>)>,
    mut solids: ResMut<Assets<Solid>>,
) {
    if !(session.is_changed() || placement.is_changed()) {
        return;
    }
    let (Some(level), Some(placed)) = (session.look().isosurface, placement.get(Stand::Cube)) else { return };
    let (solid, mut transform) = skin.into_inner();
    let [r, g, b] = session.look().colors.at(placed.frame.heights.fraction(level));
    if let Some(mut solid) = solids.get_mut(&solid.0) {
        *solid = Solid::body(0.9).two_sided().colored(Color::srgb_u8(r, g, b));
    }
    let [hx, hz] = placed.frame.half_extent();
    transform.set_if_neq(Transform::from_xyz(-hx as f32, 0.0, hz as f32));
}
