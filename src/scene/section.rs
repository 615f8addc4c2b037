//! Upright slices through the cube, across alpha1 and alpha2: blended from the volume.

use bevy::asset::{RenderAssetUsages, load_internal_asset, uuid_handle};
use bevy::camera::visibility::NoFrustumCulling;
use bevy::mesh::{Indices, MeshVertexBufferLayoutRef, PrimitiveTopology};
use bevy::pbr::{MaterialPipeline, MaterialPipelineKey};
use bevy::prelude::*;
use bevy::render::render_resource::{
    AsBindGroup, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError,
};
use bevy::shader::ShaderRef;

use super::Step;
use super::frame::{CUBE_TOP, Placed, Placement, Stand, Stands, to_vec3};
use super::landscape::Landscape;
use super::session::SessionState;
use super::side::{On, Side};
use super::surface::{LOGARITHMIC, LossUniforms, needs_logarithms};
use super::texture::Textures;
use super::theme::Weight;

const SHADER: Handle<Shader> = uuid_handle!("e0b4b3a2-12ce-4d2f-9b7b-3f6d1c8e5a17");

/// The material of a section.
#[derive(Asset, TypePath, AsBindGroup, Clone)]
#[bind_group_data(IsLogarithmic)]
pub struct Section {
    #[uniform(0)]
    uniforms: SectionUniforms,
    #[texture(1, dimension = "2d_array", sample_type = "float", filterable = false)]
    volume: Handle<Image>,
    #[texture(2)]
    colors: Handle<Image>,
    is_logarithmic: bool,
}

/// What of a material decides its pipeline.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct IsLogarithmic(bool);

impl From<&Section> for IsLogarithmic {
    fn from(section: &Section) -> Self {
        Self(section.is_logarithmic)
    }
}

/// As `Section` in `section.wgsl`, which says what each means.
#[derive(ShaderType, Clone, Debug, Default, PartialEq)]
struct SectionUniforms {
    losses: LossUniforms,
    shift: Vec3,
    top: f32,
    half_extent: Vec2,
    place: f32,
    axis: f32,
}

impl Material for Section {
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
        key: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        descriptor.primitive.cull_mode = None;
        if let (true, Some(fragment)) = (key.bind_group_data.0, &mut descriptor.fragment) {
            fragment.shader_defs.push(LOGARITHMIC.into());
        }
        let attributes = [Mesh::ATTRIBUTE_POSITION.at_shader_location(0)];
        descriptor.vertex.buffers = vec![layout.0.get_layout(&attributes)?];
        Ok(())
    }
}

/// A section, by the axis it stands across: 0 or 1.
#[derive(Component, Clone, Copy)]
struct Across(usize);

/// What both sides need.
pub(super) fn shared(app: &mut App) {
    load_internal_asset!(app, SHADER, "../../assets/shaders/section.wgsl", Shader::from_wgsl);
    app.add_plugins(MaterialPlugin::<Section>::default());
}

pub(super) fn plugin<S: Side>(app: &mut App) {
    app.add_systems(Startup, spawn_sections::<S>)
        .add_systems(Update, place_sections::<S>.in_set(Step::Sections.of::<S>()));
}

fn spawn_sections<S: Side>(
    mut commands: Commands,
    stands: Res<Stands<S>>,
    textures: Res<Textures<S>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<Section>>,
) {
    let corners = vec![[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0_f32]];
    let sheet = Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, corners)
        .with_inserted_indices(Indices::U32(vec![0, 1, 2, 0, 2, 3]));
    let sheet = meshes.add(sheet);
    for axis in 0..2 {
        let Textures { volume, colors, .. } = textures.clone();
        let material = materials.add(Section { uniforms: default(), volume, colors, is_logarithmic: false });
        commands.spawn((
            Across(axis),
            stands.on(Stand::Cube),
            Mesh3d(sheet.clone()),
            MeshMaterial3d(material),
            NoFrustumCulling,
            Visibility::Hidden,
        ));
    }
}

fn place_sections<S: Side>(
    landscape: Res<Landscape<S>>,
    placement: Res<Placement<S>>,
    session: Res<SessionState<S>>,
    textures: Res<Textures<S>>,
    weight: Res<Weight>,
    mut sections: Query<(&Across, &MeshMaterial3d<Section>, &mut Visibility), With<On<S>>>,
    mut materials: ResMut<Assets<Section>>,
) {
    let is_changed =
        placement.is_changed() || session.is_changed() || textures.is_changed() || weight.is_changed();
    if !(is_changed || landscape.is_changed()) {
        return;
    }
    let has_volume = landscape.known().is_some_and(|known| known.volume.is_some());
    let look = session.look();
    for (Across(axis), handle, mut visibility) in &mut sections {
        let at = [look.section1, look.section2][*axis];
        let wanted = at.zip(placement.get(Stand::Cube)).filter(|_| has_volume);
        visibility.set_if_neq(if wanted.is_some() { Visibility::Inherited } else { Visibility::Hidden });
        if let (Some((at, placed)), Some(mut material)) = (wanted, materials.get_mut(&handle.0)) {
            material.uniforms = uniforms(&placed, *axis, at, look.levels, *weight);
            material.is_logarithmic = needs_logarithms(&placed.frame.heights);
            material.volume = textures.volume.clone();
            material.colors = textures.colors.clone();
        }
    }
}

fn uniforms(placed: &Placed, axis: usize, at: f64, levels: Option<f64>, weight: Weight) -> SectionUniforms {
    let [half_x, half_z] = placed.frame.half_extent();
    let along = placed.frame.axes()[axis];
    SectionUniforms {
        losses: LossUniforms::new(&placed.frame.heights, levels, weight.line()),
        shift: to_vec3(placed.shift),
        top: CUBE_TOP as f32,
        half_extent: Vec2::new(half_x as f32, half_z as f32),
        place: ((at - along.low) / (along.high - along.low)).clamp(0.0, 1.0) as f32,
        axis: axis as f32,
    }
}
