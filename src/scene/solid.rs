//! The material of trail, marker and flags: one colour under a soft light, or a halo.

use bevy::asset::{load_internal_asset, uuid_handle};
use bevy::mesh::MeshVertexBufferLayoutRef;
use bevy::pbr::{MaterialPipeline, MaterialPipelineKey};
use bevy::prelude::*;
use bevy::render::render_resource::{
    AsBindGroup, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError,
};
use bevy::shader::ShaderRef;

const SHADER: Handle<Shader> = uuid_handle!("0c3f7cf4-5a0e-4f0f-9a54-2a61c1d3b3a1");

/// One colour, lit or glowing.
#[derive(Asset, TypePath, AsBindGroup, Clone)]
pub struct Solid {
    #[uniform(0)]
    uniforms: SolidUniforms,
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
        Self { uniforms: SolidUniforms { color: color.to_linear().to_vec4(), shading, is_halo: 0.0 } }
    }

    /// Light that adds to what is behind it, brightest in its middle.
    pub fn halo(color: Color) -> Self {
        Self { uniforms: SolidUniforms { color: color.to_linear().to_vec4(), shading: 0.0, is_halo: 1.0 } }
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
        if self.uniforms.is_halo > 0.5 { AlphaMode::Add } else { AlphaMode::Opaque }
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
        let attributes =
            [Mesh::ATTRIBUTE_POSITION.at_shader_location(0), Mesh::ATTRIBUTE_NORMAL.at_shader_location(1)];
        descriptor.vertex.buffers = vec![layout.0.get_layout(&attributes)?];
        Ok(())
    }
}

pub(super) fn plugin(app: &mut App) {
    load_internal_asset!(app, SHADER, "../../assets/shaders/solid.wgsl", Shader::from_wgsl);
    app.add_plugins(MaterialPlugin::<Solid>::default());
}
