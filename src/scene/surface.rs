//! The loss surface: one static grid, displaced by losses in textures, on a block or as a sheet.
//!
//! The mesh changes only with the plane's resolution, the textures only when a grid has been
//! evaluated. Moving alpha3 through the volume changes one number in a uniform.

use bevy::asset::{RenderAssetUsages, load_internal_asset, uuid_handle};
use bevy::camera::visibility::NoFrustumCulling;
use bevy::mesh::{Indices, MeshVertexBufferLayoutRef, PrimitiveTopology};
use bevy::pbr::{MaterialPipeline, MaterialPipelineKey};
use bevy::platform::collections::HashSet;
use bevy::prelude::*;
use bevy::render::render_resource::{
    AsBindGroup, ColorWrites, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError,
};
use bevy::shader::{ShaderDefVal, ShaderRef};

use super::frame::{FLOOR, Placed, Placement, Stand, Stands};
use super::landscape::{Known, Landscape};
use super::session::SessionState;
use super::slice::Shown;
use super::texture::{HIGHEST, TextureSystems, Textures};
use super::theme::{Palette, Weight};
use super::{Pacing, Stage};
use crate::core::experiment::ViewFile;
use crate::core::geometry::frame::TOP;
use crate::core::geometry::heights::{HeightBlend, HeightRange, HeightScale};
use crate::core::geometry::isolines::Isolines;
use crate::core::geometry::ticks::round_step;

const SHADER: Handle<Shader> = uuid_handle!("a1f4d1f8-6a8e-4f7b-8f5a-3b52a8b0c9d2");
const LOSS_SHADER: Handle<Shader> = uuid_handle!("5b0f0a86-7d0c-4a53-8a0b-6a1f7c2d9e41");

/// The surface's material: losses in textures, and how they become height and colour.
#[derive(Asset, TypePath, AsBindGroup, Clone)]
#[bind_group_data(Variant)]
pub struct Surface {
    #[uniform(0)]
    uniforms: SurfaceUniforms,
    #[texture(1, sample_type = "float", filterable = false)]
    plane: Handle<Image>,
    #[texture(2, dimension = "2d_array", sample_type = "float", filterable = false)]
    volume: Handle<Image>,
    #[texture(3)]
    colors: Handle<Image>,
    variant: Variant,
}

/// How it is drawn. A surface that is seen through is drawn twice: first its depth alone, so that of
/// the surface only the nearest sheet is blended over what lies behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pass {
    /// Opaque.
    Opaque,
    /// Its depth, without colour.
    Depth,
    /// Blended where it is the nearest.
    Blended,
}

/// What of a material decides its pipeline: everything that would be a branch in the shader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Variant {
    pass: Pass,
    is_flat: bool,
    is_blended: bool,
    is_logarithmic: bool,
    has_grid_lines: bool,
}

impl From<&Surface> for Variant {
    fn from(surface: &Surface) -> Self {
        surface.variant
    }
}

impl Variant {
    fn new(pass: Pass, known: &Known, shown: &Shown, placed: &Placed, look: &ViewFile) -> Self {
        Self {
            pass,
            is_flat: placed.cube.is_some(),
            is_blended: shown.blend(known).is_some(),
            is_logarithmic: needs_logarithms(&placed.frame.heights),
            has_grid_lines: look.has_grid_lines,
        }
    }

    /// The variants that one touch of a control leads to.
    fn neighbours(self) -> Vec<Self> {
        let passes = match (self.is_flat, self.pass) {
            (true, _) => vec![],
            (false, Pass::Opaque) => vec![Pass::Depth, Pass::Blended],
            (false, Pass::Depth | Pass::Blended) => vec![Pass::Opaque],
        };
        let mut all = vec![
            Self { is_blended: !self.is_blended, ..self },
            Self { is_logarithmic: !self.is_logarithmic, ..self },
            Self { is_flat: !self.is_flat, pass: Pass::Opaque, ..self },
            Self { has_grid_lines: !self.has_grid_lines, ..self },
        ];
        all.extend(passes.into_iter().map(|pass| Self { pass, ..self }));
        all
    }

    fn shader_defs(self) -> Vec<ShaderDefVal> {
        let all = [
            (self.is_flat, "FLAT"),
            (self.is_blended, "BLENDED"),
            (self.is_logarithmic, LOGARITHMIC),
            (self.has_grid_lines, "GRID_LINES"),
        ];
        all.into_iter().filter(|(is, _)| *is).map(|(_, name)| name.into()).collect()
    }
}

/// Defined where the scale of heights is logarithmic, or on its way from another.
pub const LOGARITHMIC: &str = "LOGARITHMIC";

/// Whether heights are anything but in proportion.
pub fn needs_logarithms(heights: &HeightBlend) -> bool {
    heights.share < 1.0 || heights.to.scale == HeightScale::Log
}

/// As `Losses` in `loss.wgsl`, which says what each means.
#[derive(ShaderType, Clone, Copy, Debug, Default, PartialEq)]
pub struct LossUniforms {
    before: Vec2,
    after: Vec2,
    bounds: Vec2,
    is_log: Vec2,
    rise: f32,
    isoline_step: f32,
    lowest_index: f32,
    line_width: f32,
}

impl LossUniforms {
    /// Of these heights, with isolines so many times as wide as usual.
    pub fn new(heights: &HeightBlend, width: f32) -> Self {
        let HeightBlend { from, to, share } = heights;
        let ends = |range: &HeightRange| match range.scale {
            HeightScale::Log => Vec2::new(range.low.log2() as f32, range.high.log2() as f32),
            HeightScale::Clipped | HeightScale::Linear => Vec2::new(range.low as f32, range.high as f32),
        };
        let lines = Isolines::of(to);
        let is_log = |scale| if scale == HeightScale::Log { 1.0 } else { 0.0 };
        Self {
            before: ends(from),
            after: ends(to),
            bounds: bounds(heights),
            is_log: Vec2::new(is_log(from.scale), is_log(to.scale)),
            rise: *share as f32,
            isoline_step: match lines {
                Isolines::Even { step } => step as f32,
                Isolines::Decades => 0.0,
            },
            lowest_index: lines.index(to.low) as f32,
            line_width: width,
        }
    }
}

/// Losses farther beyond the picture than so many of its heights are all alike.
const REACH: f64 = 100.0;

/// Losses beyond which all are alike. On a logarithmic scale none lies below the floor.
fn bounds(heights: &HeightBlend) -> Vec2 {
    let reach = |range: &HeightRange| REACH * (range.high - range.low);
    let ends = |range: &HeightRange| [range.low - reach(range), range.high + reach(range)];
    let ([low, high], [to_low, to_high]) = (ends(&heights.from), ends(&heights.to));
    let low = match heights.to.scale {
        HeightScale::Log => heights.to.low.max(f64::from(f32::MIN_POSITIVE)),
        HeightScale::Clipped | HeightScale::Linear => low.min(to_low),
    };
    let drawn = |loss: f64| loss.clamp(-HIGHEST, HIGHEST) as f32;
    Vec2::new(drawn(low), drawn(high.max(to_high).max(low)))
}

/// As `Surface` in `surface.wgsl`, which says what each means.
#[derive(ShaderType, Clone, Debug, Default, PartialEq)]
struct SurfaceUniforms {
    losses: LossUniforms,
    shift: Vec3,
    top: f32,
    half_extent: Vec2,
    spacing: Vec2,
    alpha_low: Vec2,
    alpha_extent: Vec2,
    flat_height: f32,
    layer: f32,
    grid_step: f32,
    is_solid: f32,
    base: f32,
    opacity: f32,
    block: Vec4,
}

impl Material for Surface {
    fn vertex_shader() -> ShaderRef {
        SHADER.into()
    }

    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }

    fn alpha_mode(&self) -> AlphaMode {
        if self.variant.pass == Pass::Opaque { AlphaMode::Opaque } else { AlphaMode::Blend }
    }

    fn depth_bias(&self) -> f32 {
        // Only for the order of drawing: the depth alone comes before all else that is blended.
        if self.variant.pass == Pass::Depth { -FIRST } else { 0.0 }
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
        key: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        // A height field is looked at from below too.
        descriptor.primitive.cull_mode = None;
        let attributes =
            [Mesh::ATTRIBUTE_POSITION.at_shader_location(0), Mesh::ATTRIBUTE_NORMAL.at_shader_location(1)];
        descriptor.vertex.buffers = vec![layout.0.get_layout(&attributes)?];
        let variant = key.bind_group_data;
        descriptor.vertex.shader_defs.extend(variant.shader_defs());
        if let Some(depth) = &mut descriptor.depth_stencil {
            depth.bias = default();
            depth.depth_write_enabled = Some(variant.pass != Pass::Blended);
        }
        let Some(fragment) = &mut descriptor.fragment else { return Ok(()) };
        fragment.shader_defs.extend(variant.shader_defs());
        if variant.pass == Pass::Depth {
            for target in fragment.targets.iter_mut().flatten() {
                target.write_mask = ColorWrites::empty();
            }
        }
        Ok(())
    }
}

/// More than any distance in the scene, the eye's of a map included.
const FIRST: f32 = 1e6;

/// The surface of a stand, in one of its passes.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sheet {
    stand: Stand,
    pass: Pass,
}

/// The mesh that all sheets share, and its points along both axes.
#[derive(Resource, Default)]
struct Grid {
    counts: [usize; 2],
    mesh: Handle<Mesh>,
}

pub(super) fn plugin(app: &mut App) {
    load_internal_asset!(app, LOSS_SHADER, "../../assets/shaders/loss.wgsl", Shader::from_wgsl);
    load_internal_asset!(app, SHADER, "../../assets/shaders/surface.wgsl", Shader::from_wgsl);
    app.add_plugins(MaterialPlugin::<Surface>::default()).init_resource::<Grid>().add_systems(
        Update,
        (match_sheets, dress_sheets, rehearse).chain().after(TextureSystems).in_set(Stage::Draw),
    );
}

/// One sheet for each stand that is shown, two where it is seen through.
fn match_sheets(
    mut commands: Commands,
    landscape: Res<Landscape>,
    placement: Res<Placement>,
    session: Res<SessionState>,
    shown: Res<Shown>,
    palette: Res<Palette>,
    weight: Res<Weight>,
    stands: Res<Stands>,
    textures: Res<Textures>,
    mut grid: ResMut<Grid>,
    sheets: Query<(Entity, &Sheet)>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<Surface>>,
) {
    let Some(known) = landscape.known().filter(|known| known.plane.is_some()) else { return };
    let [n1, n2, _] = known.plan.plane_spec.counts();
    let is_resized = grid.counts != [n1, n2];
    if is_resized {
        *grid = Grid { counts: [n1, n2], mesh: meshes.add(grid_mesh([n1, n2])) };
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
            let material = Surface { uniforms, plane, volume, colors, variant };
            commands.spawn((
                sheet,
                ChildOf(stands.root(sheet.stand)),
                Mesh3d(grid.mesh.clone()),
                MeshMaterial3d(materials.add(material)),
                NoFrustumCulling,
            ));
        }
    }
}

fn dress_sheets(
    landscape: Res<Landscape>,
    shown: Res<Shown>,
    placement: Res<Placement>,
    session: Res<SessionState>,
    palette: Res<Palette>,
    weight: Res<Weight>,
    textures: Res<Textures>,
    sheets: Query<(&Sheet, &MeshMaterial3d<Surface>)>,
    mut materials: ResMut<Assets<Surface>>,
) {
    let Some(known) = landscape.known() else { return };
    for (sheet, handle) in &sheets {
        let Some(placed) = placement.get(sheet.stand) else { continue };
        let uniforms = uniforms(known, &shown, &placed, session.look(), (&palette, *weight));
        let variant = Variant::new(sheet.pass, known, &shown, &placed, session.look());
        let is_same = materials.get(&handle.0).is_some_and(|material| {
            material.uniforms == uniforms
                && material.variant == variant
                && (&material.plane, &material.volume, &material.colors)
                    == (&textures.plane, &textures.volume, &textures.colors)
        });
        if let (false, Some(mut material)) = (is_same, materials.get_mut(&handle.0)) {
            material.uniforms = uniforms;
            material.variant = variant;
            material.plane = textures.plane.clone();
            material.volume = textures.volume.clone();
            material.colors = textures.colors.clone();
        }
    }
}

/// A sheet without extent, there so that its pipeline is made before anything waits for it; with the
/// frames that it has left.
#[derive(Component)]
struct Rehearsal(u32);

/// Frames in which a rehearsal is certain to have been seen by the renderer.
const REHEARSAL_FRAMES: u32 = 3;

/// Has the pipelines made that the next touch of a control may ask for, one in a frame: made only when
/// it is asked for, a pipeline is a frame that hitches, or one without a surface.
fn rehearse(
    mut commands: Commands,
    pacing: Res<Pacing>,
    landscape: Res<Landscape>,
    sheets: Query<&MeshMaterial3d<Surface>, With<Sheet>>,
    mut rehearsals: Query<(Entity, &mut Rehearsal)>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<Surface>>,
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
    let known: Vec<Surface> = sheets.iter().filter_map(|sheet| materials.get(&sheet.0)).cloned().collect();
    rehearsed.extend(known.iter().map(|surface| surface.variant));
    let next = known.into_iter().find_map(|surface| {
        let variant = surface.variant.neighbours().into_iter().find(|next| !rehearsed.contains(next))?;
        Some(Surface { variant, ..surface })
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

/// A mesh laid out like a grid's, of which nothing is drawn.
fn nothing() -> Mesh {
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, vec![[0.0_f32; 3]; 3])
        .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, vec![[0.0, 1.0, 0.0_f32]; 3])
        .with_inserted_indices(Indices::U32(vec![0, 1, 2]))
}

/// Lines of even alpha along an axis at most.
const MOST_GRID_LINES: usize = 20;

fn uniforms(
    known: &Known,
    shown: &Shown,
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
        losses: LossUniforms::new(&placed.frame.heights, weight.line()),
        shift: super::frame::to_vec3(placed.shift),
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

/// A flat grid over 0..1 in x (alpha1) and z (alpha2), and the sides of the block below it; y as in
/// `surface.wgsl`.
fn grid_mesh([n1, n2]: [usize; 2]) -> Mesh {
    let share = |i: usize, n: usize| i as f32 / (n - 1) as f32;
    let mut positions: Vec<[f32; 3]> =
        (0..n2).flat_map(|j| (0..n1).map(move |i| [share(i, n1), 0.0, share(j, n2)])).collect();
    let mut normals = vec![[0.0, 1.0, 0.0]; positions.len()];
    let mut indices = Vec::with_capacity(6 * (n1 - 1) * (n2 - 1));
    for j in 0..n2 - 1 {
        for i in 0..n1 - 1 {
            let [a, b, c, d] = [(j * n1 + i), (j * n1 + i + 1), ((j + 1) * n1 + i), ((j + 1) * n1 + i + 1)];
            // Seen from above, with alpha2 running away from the eye, these turn counter-clockwise.
            indices.extend([a, b, c, c, b, d].map(|index| index as u32));
        }
    }
    // Along each side its points, and the way it looks; z of the world runs against alpha2.
    let along1 = |z: f32| (0..n1).map(|i| [share(i, n1), z]).collect::<Vec<_>>();
    let along2 = |x: f32| (0..n2).map(|j| [x, share(j, n2)]).collect::<Vec<_>>();
    let sides = [
        (along1(0.0), [0.0, 0.0, 1.0]),
        (along1(1.0), [0.0, 0.0, -1.0]),
        (along2(0.0), [-1.0, 0.0, 0.0]),
        (along2(1.0), [1.0, 0.0, 0.0]),
    ];
    for (points, normal) in sides {
        let first = positions.len() as u32;
        positions.extend(points.iter().flat_map(|[x, z]| [[*x, 1.0, *z], [*x, 2.0, *z]]));
        normals.resize(positions.len(), normal);
        for pair in 0..points.len() as u32 - 1 {
            let [a, b, c, d] = [0, 1, 2, 3].map(|i| first + 2 * pair + i);
            indices.extend([a, b, c, c, b, d]);
        }
    }
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, positions)
        .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, normals)
        .with_inserted_indices(Indices::U32(indices))
}
