//! Pipelines that are made before anything waits for them.

use bevy::camera::visibility::NoFrustumCulling;
use bevy::platform::collections::HashSet;
use bevy::prelude::*;

use super::Sheet;
use super::material::{SurfaceMaterial, Variant};
use super::mesh::nothing;
use crate::scene::Pacing;
use crate::scene::landscape::Landscape;

/// A sheet without extent, there so that its pipeline is made before anything waits for it; with the
/// frames that it has left.
#[derive(Component)]
pub(super) struct Rehearsal(u32);

/// Frames in which a rehearsal is certain to have been seen by the renderer.
const REHEARSAL_FRAMES: u32 = 3;

/// Has the pipelines made that the next touch of a control may ask for, one in a frame: made only when
/// it is asked for, a pipeline is a frame that hitches, or one without a surface.
pub(super) fn rehearse(
    mut commands: Commands,
    pacing: Res<Pacing>,
    landscape: Res<Landscape>,
    sheets: Query<&MeshMaterial3d<SurfaceMaterial>, With<Sheet>>,
    mut rehearsals: Query<(Entity, &mut Rehearsal)>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<SurfaceMaterial>>,
    mut rehearsed: Local<HashSet<Variant>>,
) {
    for (entity, mut rehearsal) in &mut rehearsals {
        rehearsal.0 -= 1;
        if rehearsal.0 == 0 {
            commands.entity(entity).despawn();
        }
    }
    // The first picture is not to wait for those that may follow.
    if pacing.waits() || !landscape.is_settled() {
        return;
    }
    let known: Vec<SurfaceMaterial> =
        sheets.iter().filter_map(|sheet| materials.get(&sheet.0)).cloned().collect();
    rehearsed.extend(known.iter().map(|surface| surface.variant));
    let next = known.into_iter().find_map(|surface| {
        let variant = surface.variant.neighbours().into_iter().find(|next| !rehearsed.contains(next))?;
        Some(SurfaceMaterial { variant, ..surface })
    });
    if let Some(surface) = next {
        rehearsed.insert(surface.variant);
        commands.spawn((
            Rehearsal(REHEARSAL_FRAMES),
            Mesh3d(meshes.add(nothing())),
            MeshMaterial3d(materials.add(surface)),
            NoFrustumCulling,
        ));
    }
}
