// The loss surface: a static grid displaced by losses in a texture.
//
// Each texel holds a loss and its state. The plane at rest is one texture; while alpha3 moves the two
// nearest layers of the volume are blended instead (BLENDED). In the cube the slice is FLAT.

#import bevy_pbr::view_transformations::position_world_to_clip
#import bevy_pbr::mesh_view_bindings::view
#import losscape::loss::{Losses, add, volume_sum, volume_nearby, resolved, fraction, painted, line_at_whole}

struct Surface {
    losses: Losses,
    // World position of the stand.
    shift: vec3<f32>,
    // World height of the top.
    top: f32,
    // Half the floor's extent along x and z in the world.
    half_extent: vec2<f32>,
    // World distance of two grid points, for the normals.
    spacing: vec2<f32>,
    // Alpha1 and alpha2 at their low ends, and their extents.
    alpha_low: vec2<f32>,
    alpha_extent: vec2<f32>,
    // World height of the slice where it is flat, as in the cube.
    flat_height: f32,
    // Fractional layer of the volume that the picture is blended from.
    layer: f32,
    // Alpha between two lines on the surface.
    grid_step: f32,
    // 1: it stands on a block, whose sides reach down to this height.
    is_solid: f32,
    base: f32,
    opacity: f32,
    block: vec4<f32>,
};

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> surface: Surface;
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var plane: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(2) var volume: texture_2d_array<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(3) var colors: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(4) var lit: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(5) var lit_sampler: sampler;

struct Vertex {
    // x and z: place in the slice, 0..1. y: 0 on the surface, 1 at the upper and 2 at the lower rim of
    // the block's sides.
    @location(0) position: vec3<f32>,
    // Of a side; unused on the surface.
    @location(1) normal: vec3<f32>,
};

struct Fragment {
    // Drawn twice where it is seen through: both times at the very same depth.
    @invariant @builtin(position) clip: vec4<f32>,
    @location(0) normal: vec3<f32>,
    // Level and slopes of half a plane that touches the surface, and share of diverged neighbours: see
    // `level_between`.
    @location(1) touch: vec4<f32>,
    @location(2) world: vec3<f32>,
    // Share of the sky that is seen from there.
    @location(3) sky: f32,
    @location(4) side: f32,
    @location(5) at: vec2<f32>,
};

// Weighted sum of losses and weight of what is finite at a point of the slice (0..1 along each axis).
fn sum_at(at: vec2<f32>) -> vec2<f32> {
#ifdef BLENDED
    return volume_sum(volume, at, surface.layer);
#else
    return sum_nearby(at);
#endif
}

// The same to the nearest cell. The grid's points are the plane's cells, but for rounding.
fn sum_nearby(at: vec2<f32>) -> vec2<f32> {
#ifdef BLENDED
    return volume_nearby(volume, at, surface.layer);
#else
    let last = vec2<f32>(textureDimensions(plane)) - 1.0;
    let cell = vec2<i32>(round(clamp(at, vec2(0.0), vec2(1.0)) * last));
    return add(vec2(0.0), textureLoad(plane, cell, 0).rg, 1.0);
#endif
}

fn height(level: f32) -> f32 {
    return clamp(fraction(level, surface.losses), 0.0, 1.0) * surface.top;
}

fn level_at(at: vec2<f32>) -> f32 {
    return resolved(sum_at(at), surface.losses).x;
}

// The slope at a grid point from those on its two sides: their mean, but level where they disagree, and no
// more than twice the lesser (van Leer 1977). So nothing between grid points is lower or higher than both,
// and the foot of a cliff is not drawn below the ground.
fn slope(before: f32, after: f32) -> f32 {
    let least = 2.0 * min(abs(before), abs(after));
    return select(clamp(0.5 * (before + after), -least, least), 0.0, before * after <= 0.0);
}

// The level between three grid points. Taken as linear over the triangle it would be too high where the
// surface is hollow, and planes that touch the surface at the grid points, blended, would be too low by as
// much: half of each is right for every quadric. So isolines bend within a triangle, and do not break
// where they leave it.
fn level_between(touch: vec4<f32>, at: vec2<f32>) -> f32 {
    return touch.x + dot(touch.yz, at - 0.5);
}

#ifndef FLAT
// The level where the line of sight meets the surface itself and not the triangle that is drawn for it: on
// a cliff that is its height, on a plain what lies below.
fn level_seen(level: f32, normal: vec3<f32>, world: vec3<f32>) -> f32 {
    let share = (world.y - surface.shift.y) / surface.top;
    let sight = world - view.world_position;
    // Seen along the surface the two never meet.
    var way = clamp(sight.y / dot(normal, sight) - 1.0, -1.0, 1.0);
#ifdef LOGARITHMIC
    // On its way from one scale to another it is not read.
    way *= floor(surface.losses.rise);
#endif
    // Cut off, its height says nothing.
    way = select(way, 0.0, abs(share - 0.5) > 0.499);
    return level + way * (level - mix(surface.losses.after.x, surface.losses.after.y, share));
}
#endif

// How many grid points away the surface reaches its top, if that is less than half of one: there the point
// is drawn, so that the rim of what is cut off is a line and no saw.
fn to_rim(level: f32, slopes: vec2<f32>, at: vec2<f32>, step: vec2<f32>) -> vec2<f32> {
#ifdef LOGARITHMIC
    return vec2(0.0);
#else
    // The sides of the block stay where they are.
    let free = select(vec2(0.0), slopes, abs(at - 0.5) < 0.5 - 0.5 * step);
    let way = free * (surface.losses.after.y - level) / max(dot(free, free), 1e-30);
    return select(vec2(0.0), way, max(abs(way.x), abs(way.y)) < 0.5);
#endif
}

// How much of the sky a slope in one direction takes away: the sine of the horizon's angle.
fn horizon(at: vec2<f32>, here: f32, way: vec2<f32>, reach: f32) -> f32 {
    let there = resolved(sum_nearby(at + way * reach / (2.0 * surface.half_extent)), surface.losses);
    let rise = max(height(there.x) - here, 0.0);
    return rise * inverseSqrt(rise * rise + reach * reach * dot(way, way));
}

// Share of the sky seen from a point, by the horizon in eight directions: near along the axes, far
// between them, so that both a gully and a wide valley read as such.
fn sky_seen(at: vec2<f32>, here: f32) -> f32 {
    let near = 0.09;
    let far = 0.22;
    let hidden = horizon(at, here, vec2(1.0, 0.0), near) + horizon(at, here, vec2(-1.0, 0.0), near)
        + horizon(at, here, vec2(0.0, 1.0), near) + horizon(at, here, vec2(0.0, -1.0), near)
        + horizon(at, here, vec2(0.7, 0.7), far) + horizon(at, here, vec2(-0.7, 0.7), far)
        + horizon(at, here, vec2(0.7, -0.7), far) + horizon(at, here, vec2(-0.7, -0.7), far);
    return 1.0 - 0.125 * hidden;
}

@vertex
fn vertex(in: Vertex) -> Fragment {
    var at = in.position.xz;
    var out: Fragment;
    let level = resolved(sum_at(at), surface.losses);
    let step = surface.spacing / (2.0 * surface.half_extent);
    let right = level_at(at + vec2(step.x, 0.0));
    let left = level_at(at - vec2(step.x, 0.0));
    let far = level_at(at + vec2(0.0, step.y));
    let near = level_at(at - vec2(0.0, step.y));
    // Beyond the rim there is nothing: there one side is as the other.
    let back = level.x - vec2(left, near);
    let ahead = vec2(right, far) - level.x;
    let before = select(ahead, back, at > 0.5 * step);
    let after = select(back, ahead, at < 1.0 - 0.5 * step);
    let slopes = vec2(slope(before.x, after.x), slope(before.y, after.y));
    var shown = level.x;
#ifndef FLAT
    let way = to_rim(level.x, slopes, at, step);
    at += way * step;
    shown += dot(way, slopes);
#endif
    let half_slopes = 0.5 * slopes / step;
    out.touch = vec4(shown - dot(half_slopes, at - 0.5), half_slopes, level.y);
    out.at = at;
    out.side = min(in.position.y, 1.0);
    let floor_place = (at * 2.0 - 1.0) * surface.half_extent * vec2(1.0, -1.0);
    var here = surface.flat_height;
    out.normal = vec3(0.0, 1.0, 0.0);
    out.sky = 1.0;
#ifndef FLAT
    here = height(shown);
    if in.position.y < 0.5 {
        let rise = vec2(height(right) - height(left), height(far) - height(near)) / (2.0 * surface.spacing);
        out.normal = vec3(-rise.x, 1.0, rise.y);
        out.sky = sky_seen(at, here);
    } else {
        out.normal = in.normal;
        if in.position.y > 1.5 && surface.is_solid > 0.5 {
            here = surface.base;
        }
    }
#endif
    out.world = vec3(floor_place.x, here, floor_place.y) + surface.shift;
    out.clip = position_world_to_clip(out.world);
    return out;
}

#ifdef GRID_LINES
// Lines of even alpha, as coverage.
fn grid_lines(at: vec2<f32>) -> f32 {
    let number = (surface.alpha_low + at * surface.alpha_extent) / surface.grid_step;
    let per_pixel = max(fwidth(number), vec2(1e-7));
    return max(line_at_whole(number.x, per_pixel.x, 1.0), line_at_whole(number.y, per_pixel.y, 1.0));
}
#endif

@fragment
fn fragment(in: Fragment, @builtin(front_facing) is_front: bool) -> @location(0) vec4<f32> {
    let stripe = (in.world.x + in.world.z) * 18.0;
    var level = level_between(in.touch, in.at);
#ifndef FLAT
    level = level_seen(level, in.normal, in.world);
#endif
    var color = painted(level, in.touch.w, stripe, surface.losses, colors);
#ifdef GRID_LINES
    color = mix(color, vec3(1.0), 0.35 * grid_lines(in.at));
#endif
#ifndef FLAT
#ifdef FOG
    // What no run has seen is matter without a loss.
    color = mix(0.5 * surface.block.rgb, color, textureSample(lit, lit_sampler, in.at).r);
#endif
#endif
#ifdef FLAT
    return vec4(color, 1.0);
#else
    let to_key = normalize(vec3(-0.45, 0.75, 0.35));
    var normal = normalize(in.normal);
    if in.side > 0.5 {
        // The block: matter without a loss, darker toward its foot.
        let depth = saturate((in.world.y - surface.base) / (surface.top - surface.base));
        let light = 0.55 + 0.30 * max(dot(normal, to_key), 0.0) + 0.20 * depth;
        return vec4(surface.block.rgb * light, surface.opacity);
    }
    if !is_front {
        normal = -normal;
    }
    let to_eye = normalize(view.world_position - in.world);
    let key = max(dot(normal, to_key), 0.0);
    let ambient = (0.44 + 0.16 * normal.y) * in.sky * in.sky;
    let gloss = 0.05 * pow(max(dot(normal, normalize(to_key + to_eye)), 0.0), 24.0);
    let light = (ambient + 0.56 * key * (0.35 + 0.65 * in.sky)) * select(0.55, 1.0, is_front);
    return vec4(color * light + gloss, surface.opacity);
#endif
}
