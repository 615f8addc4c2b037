// Trail, marker, flags, arrows, isosurface: meshes in one colour, or painted by vertex, under the same
// soft light as the surface.

#import bevy_pbr::mesh_functions::{get_world_from_local, mesh_position_local_to_world, mesh_normal_local_to_world}
#import bevy_pbr::view_transformations::position_world_to_clip
#import bevy_pbr::mesh_view_bindings::view

struct Solid {
    color: vec4<f32>,
    // 0: unlit .. 1: lit.
    shading: f32,
    // 1: a halo that is brightest in its middle and fades to its rim.
    is_halo: f32,
    // World length by which the mesh is blown up along its normals.
    inflation: f32,
};

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> solid: Solid;

struct Vertex {
    @builtin(instance_index) instance_index: u32,
    @location(0) position: vec3<f32>,
    @location(1) normal: vec3<f32>,
#ifdef PAINTED
    @location(2) color: vec4<f32>,
#endif
};

struct Fragment {
    @builtin(position) clip: vec4<f32>,
    @location(0) normal: vec3<f32>,
    @location(1) world: vec3<f32>,
#ifdef PAINTED
    @location(2) color: vec3<f32>,
#endif
};

@vertex
fn vertex(in: Vertex) -> Fragment {
    let world_from_local = get_world_from_local(in.instance_index);
    var out: Fragment;
    out.normal = normalize(mesh_normal_local_to_world(in.normal, in.instance_index));
    out.world = mesh_position_local_to_world(world_from_local, vec4(in.position, 1.0)).xyz + solid.inflation * out.normal;
    out.clip = position_world_to_clip(out.world);
#ifdef PAINTED
    out.color = in.color.rgb;
#endif
    return out;
}

@fragment
fn fragment(in: Fragment, @builtin(front_facing) is_front: bool) -> @location(0) vec4<f32> {
    let normal = normalize(in.normal) * select(-1.0, 1.0, is_front);
    let to_eye = normalize(view.world_position - in.world);
    if solid.is_halo > 0.5 {
        return vec4(solid.color.rgb, solid.color.a * pow(max(dot(normal, to_eye), 0.0), 4.0));
    }
#ifdef PAINTED
    let base = in.color;
#else
    let base = solid.color.rgb;
#endif
    let key = max(dot(normal, normalize(vec3(-0.45, 0.75, 0.35))), 0.0);
    let light = 0.46 + 0.25 * normal.y + 0.5 * key;
    return vec4(base * mix(1.0, light, solid.shading), solid.color.a);
}
