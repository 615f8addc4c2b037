//! The loss surface: one static grid, displaced by losses in textures.
//!
//! The mesh changes only with the plane's resolution, the textures only when a grid has been
//! evaluated. Moving alpha3 through the volume changes one number in a uniform.

use bevy::asset::{RenderAssetUsages, load_internal_asset, uuid_handle};
use bevy::camera::visibility::NoFrustumCulling;
use bevy::mesh::{Indices, MeshVertexBufferLayoutRef, PrimitiveTopology};
use bevy::pbr::{MaterialPipeline, MaterialPipelineKey};
use bevy::prelude::*;
use bevy::render::render_resource::{
    AsBindGroup, Extent3d, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError,
    TextureDimension, TextureFormat,
};
use bevy::shader::ShaderRef;

use super::Stage;
use super::frame::{Placed, Placement};
use super::landscape::{Known, Landscape};
use super::session::SessionState;
use super::slice::Shown;
use crate::core::geometry::colormap::{ColorMap, ENTRIES};
use crate::core::geometry::frame::TOP;
use crate::core::geometry::ticks::round_step;
use crate::core::grid::LossGrid;
use crate::core::session::Revision;

const SHADER: Handle<Shader> = uuid_handle!("a1f4d1f8-6a8e-4f7b-8f5a-3b52a8b0c9d2");

/// The surface's material: losses in textures, and how they become height and colour.
#[derive(Asset, TypePath, AsBindGroup, Clone)]
pub struct Surface {
    #[uniform(0)]
    uniforms: SurfaceUniforms,
    #[texture(1, sample_type = "float", filterable = false)]
    plane: Handle<Image>,
    #[texture(2, dimension = "2d_array", sample_type = "float", filterable = false)]
    volume: Handle<Image>,
    #[texture(3)]
    colors: Handle<Image>,
}

/// As `Surface` in `surface.wgsl`, which says what each means.
#[derive(ShaderType, Clone, Debug, Default, PartialEq)]
struct SurfaceUniforms {
    half_extent: Vec2,
    losses: Vec2,
    top: f32,
    flat_height: f32,
    is_flat: f32,
    layer: f32,
    isoline_step: f32,
    spacing: Vec2,
    line_width: f32,
}

impl Material for Surface {
    fn vertex_shader() -> ShaderRef {
        SHADER.into()
    }

    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }

    fn specialize(
        _pipeline: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        layout: &MeshVertexBufferLayoutRef,
        _key: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        // A height field is looked at from below too.
        descriptor.primitive.cull_mode = None;
        let attributes = [Mesh::ATTRIBUTE_POSITION.at_shader_location(0)];
        descriptor.vertex.buffers = vec![layout.0.get_layout(&attributes)?];
        Ok(())
    }
}

/// What the surface on screen was made from.
#[derive(Resource, Default)]
struct Drawn {
    entity: Option<Entity>,
    mesh_counts: [usize; 2],
    pictures: Option<(Revision, u64)>,
    colors: Option<ColorMap>,
}

/// Marks the surface.
#[derive(Component)]
pub struct SurfaceTag;

pub(super) fn plugin(app: &mut App) {
    load_internal_asset!(app, SHADER, "../../assets/shaders/surface.wgsl", Shader::from_wgsl);
    app.add_plugins(MaterialPlugin::<Surface>::default())
        .init_resource::<Drawn>()
        .add_systems(Update, (spawn_surface, upload_pictures, set_uniforms).chain().in_set(Stage::Draw));
}

fn spawn_surface(
    mut commands: Commands,
    landscape: Res<Landscape>,
    mut drawn: ResMut<Drawn>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<Surface>>,
    mut images: ResMut<Assets<Image>>,
) {
    let Some(known) = landscape.known().filter(|known| known.plane.is_some()) else { return };
    let [n1, n2, _] = known.plan.plane_spec.counts();
    if drawn.entity.is_some() && drawn.mesh_counts == [n1, n2] {
        return;
    }
    if let Some(old) = drawn.entity.take() {
        commands.entity(old).despawn();
    }
    let material = Surface {
        uniforms: SurfaceUniforms::default(),
        plane: images.add(texture(&[[0.0; 2]; 4], [2, 2, 1])),
        volume: images.add(no_volume()),
        colors: images.add(color_table(ColorMap::default())),
    };
    let surface = (
        SurfaceTag,
        Mesh3d(meshes.add(grid_mesh([n1, n2]))),
        MeshMaterial3d(materials.add(material)),
        NoFrustumCulling,
    );
    *drawn = Drawn { entity: Some(commands.spawn(surface).id()), mesh_counts: [n1, n2], ..Drawn::default() };
}

fn upload_pictures(
    landscape: Res<Landscape>,
    session: Res<SessionState>,
    mut drawn: ResMut<Drawn>,
    surface: Option<Single<&MeshMaterial3d<Surface>, With<SurfaceTag>>>,
    mut materials: ResMut<Assets<Surface>>,
    mut images: ResMut<Assets<Image>>,
) {
    let (Some(known), Some(surface)) = (landscape.known(), surface) else { return };
    let state = (known.revision, known.pictures);
    let colors = session.view().colors;
    if drawn.pictures == Some(state) && drawn.colors == Some(colors) {
        return;
    }
    let Some(mut material) = materials.get_mut(&surface.0) else { return };
    if drawn.pictures != Some(state) {
        if let Some(plane) = &known.plane {
            material.plane = images.add(texture_of(&plane.picture.grid));
        }
        material.volume = images.add(known.volume.as_ref().map_or_else(no_volume, |v| texture_of(&v.grid)));
        drawn.pictures = Some(state);
    }
    if drawn.colors != Some(colors) {
        material.colors = images.add(color_table(colors));
        drawn.colors = Some(colors);
    }
}

fn set_uniforms(
    landscape: Res<Landscape>,
    shown: Res<Shown>,
    placement: Res<Placement>,
    surface: Option<Single<&MeshMaterial3d<Surface>, With<SurfaceTag>>>,
    mut materials: ResMut<Assets<Surface>>,
) {
    let (Some(known), Some(placed), Some(surface)) = (landscape.known(), placement.0, surface) else {
        return;
    };
    let uniforms = uniforms(known, &shown, &placed);
    if materials.get(&surface.0).is_some_and(|material| material.uniforms != uniforms)
        && let Some(mut material) = materials.get_mut(&surface.0)
    {
        material.uniforms = uniforms;
    }
}

/// Isolines between floor and top at most.
const MOST_ISOLINES: usize = 24;

fn uniforms(known: &Known, shown: &Shown, placed: &Placed) -> SurfaceUniforms {
    let [half_x, half_z] = placed.frame.half_extent();
    let heights = placed.frame.heights;
    let [n1, n2, _] = known.plan.plane_spec.counts();
    let is_plane_here = known.plane.as_ref().is_some_and(|plane| plane.alpha3 == shown.alpha3);
    let layer = shown.layer.filter(|_| !is_plane_here && known.volume.is_some());
    SurfaceUniforms {
        half_extent: Vec2::new(half_x as f32, half_z as f32),
        losses: Vec2::new(heights.low as f32, heights.high as f32),
        top: TOP as f32,
        flat_height: placed.cube_height(shown.alpha3) as f32,
        is_flat: if placed.cube.is_some() { 1.0 } else { 0.0 },
        layer: layer.map_or(-1.0, |layer| layer as f32),
        isoline_step: round_step(heights.high - heights.low, MOST_ISOLINES) as f32,
        spacing: Vec2::new(2.0 * half_x as f32 / (n1 - 1) as f32, 2.0 * half_z as f32 / (n2 - 1) as f32),
        line_width: 1.1,
    }
}

/// A flat grid over 0..1 in x (alpha1) and z (alpha2).
fn grid_mesh([n1, n2]: [usize; 2]) -> Mesh {
    let share = |i: usize, n: usize| i as f32 / (n - 1) as f32;
    let positions: Vec<[f32; 3]> =
        (0..n2).flat_map(|j| (0..n1).map(move |i| [share(i, n1), 0.0, share(j, n2)])).collect();
    let mut indices = Vec::with_capacity(6 * (n1 - 1) * (n2 - 1));
    for j in 0..n2 - 1 {
        for i in 0..n1 - 1 {
            let [a, b, c, d] = [(j * n1 + i), (j * n1 + i + 1), ((j + 1) * n1 + i), ((j + 1) * n1 + i + 1)];
            // Seen from above, with alpha2 running away from the eye, these turn counter-clockwise.
            indices.extend([a, b, c, c, b, d].map(|index| index as u32));
        }
    }
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, positions)
        .with_inserted_indices(Indices::U32(indices))
}

/// States of a texel, as `surface.wgsl` reads them.
mod state {
    pub const FINITE: f32 = 0.0;
    pub const CLIPPED: f32 = 1.0;
    pub const DIVERGED: f32 = 2.0;
}

/// Losses above this are drawn as this much: it keeps sums in the shader finite.
const HIGHEST: f64 = 1e30;

/// Losses as texels of value and state. Nothing that is not finite reaches the shader.
fn texels(losses: &[f64]) -> Vec<[f32; 2]> {
    let texel = |&loss: &f64| match loss {
        loss if !loss.is_finite() => [0.0, state::DIVERGED],
        loss if loss.abs() > HIGHEST => [HIGHEST.copysign(loss) as f32, state::CLIPPED],
        loss => [loss as f32, state::FINITE],
    };
    losses.iter().map(texel).collect()
}

fn texture_of(grid: &LossGrid) -> Image {
    texture(&texels(&grid.loss), grid.spec.counts())
}

/// In place of a volume where there is none: two layers, so that it is an array all the same.
fn no_volume() -> Image {
    texture(&[[0.0; 2]; 8], [2, 2, 2])
}

fn texture(texels: &[[f32; 2]], [width, height, layers]: [usize; 3]) -> Image {
    let size = Extent3d { width: width as u32, height: height as u32, depth_or_array_layers: layers as u32 };
    let bytes = texels.as_flattened().iter().flat_map(|v| v.to_le_bytes()).collect();
    Image::new(size, TextureDimension::D2, bytes, TextureFormat::Rg32Float, RenderAssetUsages::RENDER_WORLD)
}

fn color_table(map: ColorMap) -> Image {
    let size = Extent3d { width: ENTRIES as u32, height: 1, depth_or_array_layers: 1 };
    let bytes = map.table().into_iter().flat_map(|[r, g, b]| [r, g, b, 255]).collect();
    Image::new(
        size,
        TextureDimension::D2,
        bytes,
        TextureFormat::Rgba8UnormSrgb,
        RenderAssetUsages::RENDER_WORLD,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_not_finite_reaches_the_shader() {
        let losses = [0.25, f64::NAN, f64::INFINITY, 1e300, -1e300];
        let texels = texels(&losses);
        assert!(texels.iter().flatten().all(|v| v.is_finite()));
        assert_eq!(texels[0], [0.25, state::FINITE]);
        assert_eq!(texels[1], [0.0, state::DIVERGED]);
        assert_eq!(texels[2][1], state::DIVERGED);
        assert_eq!(texels[3], [1e30, state::CLIPPED]);
        assert_eq!(texels[4], [-1e30, state::CLIPPED]);
    }
}
