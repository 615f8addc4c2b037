// A slice across alpha1 or alpha2 of the cube: the volume's losses, blended, on an upright sheet.

#import bevy_pbr::view_transformations::position_world_to_clip
#import losscape::loss::{Losses, volume_sum, resolved, painted}

struct Section {
    losses: Losses,
    // World position of the cube's stand.
    shift: vec3<f32>,
    // World height of the cube.
    top: f32,
    // Half the floor's extent along x and z in the world.
    half_extent: vec2<f32>,
    // Where it stands along its axis, 0..1, and which axis that is: 0 or 1.
    place: f32,
    axis: f32,
};

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> section: Section;
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var volume: texture_2d_array<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(2) var colors: texture_2d<f32>;

struct Fragment {
    @builtin(position) clip: vec4<f32>,
    // Place in the volume, 0..1 along each axis.
    @location(0) at: vec3<f32>,
};

@vertex
fn vertex(@location(0) position: vec3<f32>) -> Fragment {
    var out: Fragment;
    out.at = select(vec3(section.place, position.x, position.y), vec3(position.x, section.place, position.y), section.axis > 0.5);
    let floor_place = (out.at.xy * 2.0 - 1.0) * section.half_extent * vec2(1.0, -1.0);
    out.clip = position_world_to_clip(vec3(floor_place.x, out.at.z * section.top, floor_place.y) + section.shift);
    return out;
}

@fragment
fn fragment(in: Fragment) -> @location(0) vec4<f32> {
    let layer = in.at.z * (f32(textureNumLayers(volume)) - 1.0);
    let level = resolved(volume_sum(volume, in.at.xy, layer), section.losses);
    let stripe = (in.at.x + in.at.y + in.at.z) * 36.0;
    return vec4(painted(level.x, level.y, stripe, section.losses, colors), 1.0);
}
