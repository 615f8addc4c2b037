//! The material of trail, marker and flags: one colour under a soft light, or a halo.

use bevy::asset::{load_internal_asset, uuid_handle};
use bevy::mesh::MeshVertexBufferLayoutRef;
use bevy::pbr::{MaterialPipeline, MaterialPipelineKey};
use bevy::prelude::*;
use bevy::render::render_resource::{
    AsBindGroup, CompareFunction, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError,
};
use bevy::shader::ShaderRef;

const SHADER: Handle<Shader> = uuid_handle!("0c3f7cf4-5a0e-4f0f-9a54-2a61c1d3b3a1");

/// One colour, lit, glowing, or seen through what hides it.
#[derive(Asset, TypePath, AsBindGroup, Clone)]
#[bind_group_data(SolidKey)]
pub struct Solid {
    #[uniform(0)]
    uniforms: SolidUniforms,
    is_ghost: bool,
}

/// What of a material decides its pipeline.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SolidKey {
    is_ghost: bool,
}

impl From<&Solid> for SolidKey {
    fn from(solid: &Solid) -> Self {
        Self { is_ghost: solid.is_ghost }
    }
}

#[derive(ShaderType, Clone)]
struct SolidUniforms {
    color: Vec4,
    shading: f32,
    is_halo: f32,
}

impl Solid {
    /// A body in that colour; `shading` from 0 (unlit) to 1 (lit).
    pub fn body(color: Color, shading: f32) -> Self {
        Self {
            uniforms: SolidUniforms { color: color.to_linear().to_vec4(), shading, is_halo: 0.0 },
            is_ghost: false,
        }
    }

    /// Light that adds to what is behind it, brightest in its middle.
    pub fn halo(color: Color) -> Self {
        Self {
            uniforms: SolidUniforms { color: color.to_linear().to_vec4(), shading: 0.0, is_halo: 1.0 },
            is_ghost: false,
        }
    }

    /// A pale copy that shows through whatever stands before it, so that nothing is lost behind a ridge.
    pub fn ghost(color: Color) -> Self {
        let color = color.with_alpha(0.22);
        Self { is_ghost: true, ..Self::body(color, 0.0) }
    }
}

impl Material for Solid {
    fn vertex_shader() -> ShaderRef {
        SHADER.into()
    }

    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }

    fn alpha_mode(&self) -> AlphaMode {
        match (self.is_ghost, self.uniforms.is_halo > 0.5) {
            (true, _) => AlphaMode::Blend,
            (false, true) => AlphaMode::Add,
            (false, false) => AlphaMode::Opaque,
        }
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
        let attributes =
            [Mesh::ATTRIBUTE_POSITION.at_shader_location(0), Mesh::ATTRIBUTE_NORMAL.at_shader_location(1)];
        descriptor.vertex.buffers = vec![layout.0.get_layout(&attributes)?];
        if let Some(depth) = descriptor.depth_stencil.as_mut().filter(|_| key.bind_group_data.is_ghost) {
            depth.depth_compare = Some(CompareFunction::Always);
        }
        Ok(())
    }
}

pub(super) fn plugin(app: &mut App) {
    load_internal_asset!(app, SHADER, "../../assets/shaders/solid.wgsl", Shader::from_wgsl);
    app.add_plugins(MaterialPlugin::<Solid>::default());
}
