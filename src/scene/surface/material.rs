//! The surface's material: losses in textures, and how they become height and colour.

use bevy::mesh::MeshVertexBufferLayoutRef;
use bevy::pbr::{MaterialPipeline, MaterialPipelineKey};
use bevy::prelude::*;
use bevy::render::render_resource::{
    AsBindGroup, ColorWrites, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError,
};
use bevy::shader::{ShaderDefVal, ShaderRef};

use super::SHADER;
use crate::core::experiment::ViewFile;
use crate::core::geometry::heights::{HeightBlend, HeightRange, HeightScale};
use crate::core::geometry::isolines::Isolines;
use crate::scene::frame::Placed;
use crate::scene::landscape::Known;
use crate::scene::side::Side;
use crate::scene::slice::Shown;
use crate::scene::texture::HIGHEST;

/// The surface's material: losses in textures, and how they become height and colour.
#[derive(Asset, TypePath, AsBindGroup, Clone)]
#[bind_group_data(Variant)]
pub struct SurfaceMaterial {
    #[uniform(0)]
    pub(super) uniforms: SurfaceUniforms,
    #[texture(1, sample_type = "float", filterable = false)]
    pub(super) plane: Handle<Image>,
    #[texture(2, dimension = "2d_array", sample_type = "float", filterable = false)]
    pub(super) volume: Handle<Image>,
    #[texture(3)]
    pub(super) colors: Handle<Image>,
    #[texture(4)]
    #[sampler(5)]
    pub(super) lit: Handle<Image>,
    pub(super) variant: Variant,
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
    is_foggy: bool,
}

impl From<&SurfaceMaterial> for Variant {
    fn from(surface: &SurfaceMaterial) -> Self {
        surface.variant
    }
}

impl Variant {
    pub(super) fn new<S: Side>(
        pass: Pass,
        known: &Known,
        shown: &Shown<S>,
        placed: &Placed,
        look: &ViewFile,
    ) -> Self {
        Self {
            pass,
            is_flat: placed.cube.is_some(),
            is_blended: shown.blend(known).is_some(),
            is_logarithmic: needs_logarithms(&placed.frame.heights),
            has_grid_lines: look.has_grid_lines,
            is_foggy: look.fog.is_some(),
        }
    }

    /// The variants that one touch of a control leads to.
    pub(super) fn neighbours(self) -> Vec<Self> {
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
            Self { is_foggy: !self.is_foggy, ..self },
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
            (self.is_foggy, "FOG"),
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
    /// Of these heights, with isolines so far apart, and so many times as wide as usual.
    pub fn new(heights: &HeightBlend, levels: Option<f64>, width: f32) -> Self {
        let HeightBlend { from, to, share } = heights;
        let ends = |range: &HeightRange| match range.scale {
            HeightScale::Log => Vec2::new(range.low.log2() as f32, range.high.log2() as f32),
            HeightScale::Clipped | HeightScale::Linear => Vec2::new(range.low as f32, range.high as f32),
        };
        let lines = Isolines::of(to, levels);
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
pub(super) struct SurfaceUniforms {
    pub(super) losses: LossUniforms,
    pub(super) shift: Vec3,
    pub(super) top: f32,
    pub(super) half_extent: Vec2,
    pub(super) spacing: Vec2,
    pub(super) alpha_low: Vec2,
    pub(super) alpha_extent: Vec2,
    pub(super) flat_height: f32,
    pub(super) layer: f32,
    pub(super) grid_step: f32,
    pub(super) is_solid: f32,
    pub(super) base: f32,
    pub(super) opacity: f32,
    pub(super) block: Vec4,
}

impl Material for SurfaceMaterial {
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
