//! The material of trail, marker, flags, arrows and isosurface: colours under a soft light, a glow, a
//! casing around a body, or a ghost that shows through what hides it.

use bevy::asset::{load_internal_asset, uuid_handle};
use bevy::mesh::MeshVertexBufferLayoutRef;
use bevy::pbr::{MaterialPipeline, MaterialPipelineKey};
use bevy::prelude::*;
use bevy::render::render_resource::{
    AsBindGroup, CompareFunction, Face, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError,
};
use bevy::shader::ShaderRef;

use super::Step;
use super::theme::Palette;

const SHADER: Handle<Shader> = uuid_handle!("0c3f7cf4-5a0e-4f0f-9a54-2a61c1d3b3a1");

/// A body, or something around one.
#[derive(Asset, TypePath, AsBindGroup, Clone)]
#[bind_group_data(SolidKey)]
pub struct Solid {
    #[uniform(0)]
    uniforms: SolidUniforms,
    kind: Kind,
    is_painted: bool,
    is_two_sided: bool,
    /// Whether it lies over the other ghosts and halos.
    is_above: bool,
    /// The number of the run that it is of: of things at one place the later run's is drawn over the earlier's.
    rank: usize,
}

/// What a solid is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Body,
    Halo,
    Casing,
    Ghost,
}

/// What of a material decides its pipeline.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SolidKey {
    kind: Kind,
    is_painted: bool,
    is_two_sided: bool,
}

impl From<&Solid> for SolidKey {
    fn from(solid: &Solid) -> Self {
        Self { kind: solid.kind, is_painted: solid.is_painted, is_two_sided: solid.is_two_sided }
    }
}

#[derive(ShaderType, Clone)]
struct SolidUniforms {
    color: Vec4,
    shading: f32,
    is_halo: f32,
    inflation: f32,
}

/// World length beyond any difference of two distances from the eye, that of a map included.
const LAYER: f32 = 1e4;
/// The same between things of two runs at one place: the least that a number beyond a layer's tells.
const RANK: f32 = 0.01;

/// How much of its colour a ghost keeps.
const GHOST: f32 = 0.30;

impl Solid {
    fn new(kind: Kind, shading: f32, inflation: f32) -> Self {
        let is_halo = if kind == Kind::Halo { 1.0 } else { 0.0 };
        let uniforms = SolidUniforms { color: Vec4::ONE, shading, is_halo, inflation };
        Self { uniforms, kind, is_painted: false, is_two_sided: false, is_above: false, rank: 0 }
    }

    /// A body; `shading` from 0 (unlit) to 1 (lit).
    pub fn body(shading: f32) -> Self {
        Self::new(Kind::Body, shading, 0.0)
    }

    /// Light around something, brightest in its middle.
    pub fn halo() -> Self {
        Self::new(Kind::Halo, 0.0, 0.0)
    }

    /// The rim of a body, so much wider than it in world units, seen around its outline.
    pub fn casing(width: f32) -> Self {
        Self::new(Kind::Casing, 0.0, width)
    }

    /// A pale copy that shows through whatever stands before it, so that nothing is lost behind a ridge.
    pub fn ghost() -> Self {
        Self::new(Kind::Ghost, 0.0, 0.0)
    }

    /// The same in that colour.
    pub fn colored(mut self, color: Color) -> Self {
        self.dye(color);
        self
    }

    /// The same in the colours of the mesh's vertices.
    pub fn painted(mut self) -> Self {
        self.is_painted = true;
        self
    }

    /// The same, over other ghosts and halos.
    pub fn above(mut self) -> Self {
        self.is_above = true;
        self
    }

    /// The same of the run with that number.
    pub fn ranked(mut self, number: usize) -> Self {
        self.rank = number;
        self
    }

    /// The same, seen from inside too.
    pub fn two_sided(mut self) -> Self {
        self.is_two_sided = true;
        self
    }

    fn dye(&mut self, color: Color) {
        let alpha = match self.kind {
            Kind::Body | Kind::Casing => 1.0,
            Kind::Halo => 0.34,
            Kind::Ghost => GHOST,
        };
        self.uniforms.color = color.with_alpha(alpha).to_linear().to_vec4();
    }
}

/// Which colour of the theme a solid has.
#[derive(Component, Clone, Copy)]
pub struct Dyed(pub fn(&Palette) -> Color);

impl Material for Solid {
    fn vertex_shader() -> ShaderRef {
        SHADER.into()
    }

    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }

    fn alpha_mode(&self) -> AlphaMode {
        match self.kind {
            Kind::Body | Kind::Casing => AlphaMode::Opaque,
            Kind::Halo | Kind::Ghost => AlphaMode::Blend,
        }
    }

    /// What is seen through is drawn in this order, over the surface. By its distance alone it could
    /// change places from one frame to the next, and from one recording of a film to another.
    fn depth_bias(&self) -> f32 {
        let layer = match (self.kind, self.is_above) {
            (Kind::Body | Kind::Casing, _) => 0.0,
            (Kind::Ghost, false) => LAYER,
            (Kind::Halo, _) => 2.0 * LAYER,
            (Kind::Ghost, true) => 3.0 * LAYER,
        };
        layer + RANK * self.rank as f32
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
        let SolidKey { kind, is_painted, is_two_sided } = key.bind_group_data;
        let mut attributes = vec![
            Mesh::ATTRIBUTE_POSITION.at_shader_location(0),
            Mesh::ATTRIBUTE_NORMAL.at_shader_location(1),
        ];
        if is_painted {
            attributes.push(Mesh::ATTRIBUTE_COLOR.at_shader_location(2));
            descriptor.vertex.shader_defs.push("PAINTED".into());
            if let Some(fragment) = &mut descriptor.fragment {
                fragment.shader_defs.push("PAINTED".into());
            }
        }
        descriptor.vertex.buffers = vec![layout.0.get_layout(&attributes)?];
        descriptor.primitive.cull_mode = match kind {
            // Only its far side is seen, and that only where the body does not hide it.
            Kind::Casing => Some(Face::Front),
            Kind::Body | Kind::Halo | Kind::Ghost => (!is_two_sided).then_some(Face::Back),
        };
        if let Some(depth) = descriptor.depth_stencil.as_mut().filter(|_| kind == Kind::Ghost) {
            depth.depth_compare = Some(CompareFunction::Always);
        }
        Ok(())
    }
}

pub(super) fn plugin(app: &mut App) {
    load_internal_asset!(app, SHADER, "../../assets/shaders/solid.wgsl", Shader::from_wgsl);
    app.add_plugins(MaterialPlugin::<Solid>::default()).add_systems(Update, dye.in_set(Step::Dyes));
}

fn dye(
    palette: Res<Palette>,
    solids: Query<(Ref<Dyed>, &MeshMaterial3d<Solid>)>,
    mut materials: ResMut<Assets<Solid>>,
) {
    for (dyed, solid) in &solids {
        if (palette.is_changed() || dyed.is_changed())
            && let Some(mut solid) = materials.get_mut(&solid.0)
        {
            solid.dye((dyed.0)(&palette));
        }
    }
}
