//! The loss surface: one static grid, displaced by losses in textures, on a block or as a sheet.
//!
//! The mesh changes only with the plane's resolution, the textures only when a grid has been
//! evaluated. Moving alpha3 through the volume changes one number in a uniform.

mod fog;
mod material;
mod mesh;
mod rehearsal;

use std::marker::PhantomData;

use bevy::asset::{load_internal_asset, uuid_handle};
use bevy::camera::visibility::NoFrustumCulling;
use bevy::prelude::*;

pub use self::fog::Fog;
pub use self::material::{LOGARITHMIC, LossUniforms, Pass, SurfaceMaterial, needs_logarithms};
use self::material::{SurfaceUniforms, Variant};
use self::mesh::grid_mesh;
use self::rehearsal::rehearse;
use super::Step;
use super::frame::{FLOOR, Placed, Placement, Stand, Stands};
use super::landscape::{Known, Landscape};
use super::session::SessionState;
use super::side::{On, Side};
use super::slice::Shown;
use super::texture::Textures;
use super::theme::{Palette, Weight};
use crate::core::experiment::ViewFile;
use crate::core::geometry::frame::TOP;
use crate::core::geometry::ticks::round_step;

const SHADER: Handle<Shader> = uuid_handle!("a1f4d1f8-6a8e-4f7b-8f5a-3b52a8b0c9d2");
const LOSS_SHADER: Handle<Shader> = uuid_handle!("5b0f0a86-7d0c-4a53-8a0b-6a1f7c2d9e41");

/// The surface of a stand, in one of its passes.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sheet {
    stand: Stand,
    pass: Pass,
}

/// The mesh that all sheets share, and its points along both axes.
#[derive(Resource, Default)]
struct Grid<S: Side> {
    counts: [usize; 2],
    mesh: Handle<Mesh>,
    side: PhantomData<S>,
}

/// What both sides need.
pub(super) fn shared(app: &mut App) {
    load_internal_asset!(app, LOSS_SHADER, "../../../assets/shaders/loss.wgsl", Shader::from_wgsl);
    load_internal_asset!(app, SHADER, "../../../assets/shaders/surface.wgsl", Shader::from_wgsl);
    app.add_plugins(MaterialPlugin::<SurfaceMaterial>::default())
        .add_systems(Update, rehearse.in_set(Step::Rehearsal));
}

pub(super) fn plugin<S: Side>(app: &mut App) {
    fog::insert::<S>(app);
    let systems = (fog::lift::<S>, match_sheets::<S>, dress_sheets::<S>).chain();
    app.init_resource::<Grid<S>>().add_systems(Update, systems.in_set(Step::Surface.of::<S>()));
}

/// One sheet for each stand that is shown, two where it is seen through.
fn match_sheets<S: Side>(
    mut commands: Commands,
    landscape: Res<Landscape<S>>,
    placement: Res<Placement<S>>,
    session: Res<SessionState<S>>,
    shown: Res<Shown<S>>,
    palette: Res<Palette>,
    weight: Res<Weight>,
    stands: Res<Stands<S>>,
    (textures, fog): (Res<Textures<S>>, Res<Fog<S>>),
    mut grid: ResMut<Grid<S>>,
    sheets: Query<(Entity, &Sheet), With<On<S>>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<SurfaceMaterial>>,
) {
    let Some(known) = landscape.known().filter(|known| known.plane.is_some()) else { return };
    let [n1, n2, _] = known.plan.plane_spec.counts();
    let is_resized = grid.counts != [n1, n2];
    if is_resized {
        *grid = Grid { counts: [n1, n2], mesh: meshes.add(grid_mesh([n1, n2])), side: PhantomData };
    }
    let is_opaque = session.look().opacity >= 1.0;
    let passes = |stand| match stand {
        Stand::Surface if !is_opaque => [Some(Pass::Depth), Some(Pass::Blended)],
        _ => [Some(Pass::Opaque), None],
    };
    let wanted: Vec<Sheet> = placement
        .iter()
        .flat_map(|(stand, _)| passes(stand).into_iter().flatten().map(move |pass| Sheet { stand, pass }))
        .collect();
    for (entity, sheet) in &sheets {
        if is_resized || !wanted.contains(sheet) {
            commands.entity(entity).despawn();
        }
    }
    let look = session.look();
    for sheet in wanted {
        let Some(placed) = placement.get(sheet.stand) else { continue };
        if is_resized || sheets.iter().all(|(_, known)| *known != sheet) {
            let Textures { plane, volume, colors, .. } = textures.clone();
            let variant = Variant::new(sheet.pass, known, &shown, &placed, look);
            let uniforms = uniforms(known, &shown, &placed, look, (&palette, *weight));
            let lit = fog.lit.clone();
            let material = SurfaceMaterial { uniforms, plane, volume, colors, lit, variant };
            commands.spawn((
                sheet,
                stands.on(sheet.stand),
                Mesh3d(grid.mesh.clone()),
                MeshMaterial3d(materials.add(material)),
                NoFrustumCulling,
            ));
        }
    }
}

fn dress_sheets<S: Side>(
    landscape: Res<Landscape<S>>,
    shown: Res<Shown<S>>,
    placement: Res<Placement<S>>,
    session: Res<SessionState<S>>,
    palette: Res<Palette>,
    weight: Res<Weight>,
    (textures, fog): (Res<Textures<S>>, Res<Fog<S>>),
    sheets: Query<(&Sheet, &MeshMaterial3d<SurfaceMaterial>), With<On<S>>>,
    mut materials: ResMut<Assets<SurfaceMaterial>>,
) {
    let Some(known) = landscape.known() else { return };
    for (sheet, handle) in &sheets {
        let Some(placed) = placement.get(sheet.stand) else { continue };
        let uniforms = uniforms(known, &shown, &placed, session.look(), (&palette, *weight));
        let variant = Variant::new(sheet.pass, known, &shown, &placed, session.look());
        let is_same = materials.get(&handle.0).is_some_and(|material| {
            material.uniforms == uniforms
                && material.variant == variant
                && (&material.plane, &material.volume, &material.colors, &material.lit)
                    == (&textures.plane, &textures.volume, &textures.colors, &fog.lit)
        });
        if let (false, Some(mut material)) = (is_same, materials.get_mut(&handle.0)) {
            material.uniforms = uniforms;
            material.variant = variant;
            material.plane = textures.plane.clone();
            material.volume = textures.volume.clone();
            material.colors = textures.colors.clone();
            material.lit = fog.lit.clone();
        }
    }
}

/// Lines of even alpha along an axis at most.
const MOST_GRID_LINES: usize = 20;

fn uniforms<S: Side>(
    known: &Known,
    shown: &Shown<S>,
    placed: &Placed,
    look: &ViewFile,
    (palette, weight): (&Palette, Weight),
) -> SurfaceUniforms {
    let [half_x, half_z] = placed.frame.half_extent();
    let [n1, n2, _] = known.plan.plane_spec.counts();
    let axes = placed.frame.axes();
    let extent = axes.map(|axis| axis.high - axis.low);
    let flag = |is: bool| if is { 1.0 } else { 0.0 };
    SurfaceUniforms {
        losses: LossUniforms::new(&placed.frame.heights, look.levels, weight.line()),
        shift: crate::scene::frame::to_vec3(placed.shift),
        top: TOP as f32,
        half_extent: Vec2::new(half_x as f32, half_z as f32),
        spacing: Vec2::new(2.0 * half_x as f32 / (n1 - 1) as f32, 2.0 * half_z as f32 / (n2 - 1) as f32),
        alpha_low: Vec2::new(axes[0].low as f32, axes[1].low as f32),
        alpha_extent: Vec2::new(extent[0] as f32, extent[1] as f32),
        flat_height: placed.cube_height(shown.alpha3) as f32,
        layer: shown.blend(known).map_or(0.0, |view| view.layer() as f32),
        grid_step: match look.has_grid_lines {
            true => round_step(extent[0].max(extent[1]), MOST_GRID_LINES) as f32,
            // Not drawn then; any number will do.
            false => 1.0,
        },
        is_solid: flag(look.is_solid),
        base: FLOOR as f32,
        opacity: look.opacity as f32,
        block: palette.block.to_linear().to_vec4(),
    }
}
