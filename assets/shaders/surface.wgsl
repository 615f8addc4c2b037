// The loss surface: a static grid displaced by losses in a texture.
//
// Each texel holds a loss and its state. The plane at rest is one texture; while alpha3 moves the two
// nearest layers of the volume are blended instead. Blending is done by hand with textureLoad, so that
// it honours the states and needs no filterable float texture.

#import bevy_pbr::view_transformations::position_world_to_clip

struct Surface {
    // Half the floor's extent along x and z in the world.
    half_extent: vec2<f32>,
    // Losses at the floor and at the top.
    losses: vec2<f32>,
    // World height of the top; world height of the slice where it is flat.
    top: f32,
    flat_height: f32,
    // 1: the slice is flat, as in the cube.
    is_flat: f32,
    // Fractional layer of the volume, or -1 for the plane at rest.
    layer: f32,
    // Loss between two isolines.
    isoline_step: f32,
    // World distance of two grid points, for the normals.
    spacing: vec2<f32>,
    // Width of an isoline in pixels.
    line_width: f32,
};

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> surface: Surface;
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var plane: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(2) var volume: texture_2d_array<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(3) var colors: texture_2d<f32>;

// States of a texel, as scene/surface.rs writes them.
const DIVERGED: f32 = 2.0;

struct Vertex {
    @location(0) position: vec3<f32>,
};

struct Fragment {
    @builtin(position) clip: vec4<f32>,
    @location(0) normal: vec3<f32>,
    // Loss, and share of diverged neighbours.
    @location(1) loss: vec2<f32>,
    @location(2) world: vec3<f32>,
    // How far the point lies below its surroundings, in world units.
    @location(3) cavity: f32,
};

// Adds a texel to a weighted sum of (loss, finite weight); diverged texels add nothing.
fn add(sum: vec2<f32>, texel: vec2<f32>, weight: f32) -> vec2<f32> {
    let finite = select(weight, 0.0, texel.y >= DIVERGED);
    return sum + vec2(texel.x, 1.0) * finite;
}

fn add_layer(sum: vec2<f32>, corner: vec2<i32>, share: vec2<f32>, layer: i32, weight: f32) -> vec2<f32> {
    var s = add(sum, textureLoad(volume, corner, layer, 0).rg, weight * (1.0 - share.x) * (1.0 - share.y));
    s = add(s, textureLoad(volume, corner + vec2(1, 0), layer, 0).rg, weight * share.x * (1.0 - share.y));
    s = add(s, textureLoad(volume, corner + vec2(0, 1), layer, 0).rg, weight * (1.0 - share.x) * share.y);
    return add(s, textureLoad(volume, corner + vec2(1, 1), layer, 0).rg, weight * share.x * share.y);
}

// Loss at a point of the slice (0..1 along each axis), and the share of its neighbours that diverged.
fn loss_at(at: vec2<f32>) -> vec2<f32> {
    let uv = clamp(at, vec2(0.0), vec2(1.0));
    var sum = vec2(0.0);
    if surface.layer < 0.0 {
        let last = vec2<f32>(textureDimensions(plane)) - 1.0;
        // The grid's points are the plane's cells, but for rounding.
        sum = add(sum, textureLoad(plane, vec2<i32>(round(uv * last)), 0).rg, 1.0);
    } else {
        let last = vec2<f32>(textureDimensions(volume)) - 1.0;
        let place = uv * last;
        let corner = min(floor(place), last - 1.0);
        let top_layer = f32(textureNumLayers(volume)) - 1.0;
        let below = min(floor(surface.layer), max(top_layer - 1.0, 0.0));
        let share = surface.layer - below;
        sum = add_layer(sum, vec2<i32>(corner), place - corner, i32(below), 1.0 - share);
        if share > 0.0 {
            sum = add_layer(sum, vec2<i32>(corner), place - corner, i32(below) + 1, share);
        }
    }
    // Where all around has diverged the surface stands at its top, marked by the fragment shader.
    let loss = select(surface.losses.y, sum.x / max(sum.y, 1e-6), sum.y > 1e-6);
    return vec2(loss, 1.0 - sum.y);
}

fn height(loss: f32) -> f32 {
    let share = (loss - surface.losses.x) / (surface.losses.y - surface.losses.x);
    return clamp(share, 0.0, 1.0) * surface.top;
}

@vertex
fn vertex(in: Vertex) -> Fragment {
    let at = in.position.xz;
    var out: Fragment;
    out.loss = loss_at(at);
    let floor_place = (at * 2.0 - 1.0) * surface.half_extent * vec2(1.0, -1.0);
    if surface.is_flat > 0.5 {
        out.world = vec3(floor_place.x, surface.flat_height, floor_place.y);
        out.normal = vec3(0.0, 1.0, 0.0);
        out.cavity = 0.0;
    } else {
        let here = height(out.loss.x);
        let step = surface.spacing / (2.0 * surface.half_extent);
        let right = height(loss_at(at + vec2(step.x, 0.0)).x);
        let left = height(loss_at(at - vec2(step.x, 0.0)).x);
        let far = height(loss_at(at + vec2(0.0, step.y)).x);
        let near = height(loss_at(at - vec2(0.0, step.y)).x);
        out.world = vec3(floor_place.x, here, floor_place.y);
        out.normal = vec3((left - right) / (2.0 * surface.spacing.x), 1.0, (far - near) / (2.0 * surface.spacing.y));
        out.cavity = 0.25 * (right + left + far + near) - here;
    }
    out.clip = position_world_to_clip(out.world);
    return out;
}

fn color_of(loss: f32) -> vec3<f32> {
    let share = clamp((loss - surface.losses.x) / (surface.losses.y - surface.losses.x), 0.0, 1.0);
    let last = f32(textureDimensions(colors).x) - 1.0;
    return textureLoad(colors, vec2(i32(round(share * last)), 0), 0).rgb;
}

// Coverage of an isoline at multiples of a step, from the loss in steps and its change a pixel. It is
// `width` pixels wide and fades where lines crowd.
fn isoline(steps: f32, per_pixel: f32, width: f32) -> f32 {
    let distance = abs(fract(steps - 0.5) - 0.5) / per_pixel;
    return saturate(0.5 * width + 0.5 - distance) * saturate(1.6 - 4.0 * per_pixel);
}

@fragment
fn fragment(in: Fragment, @builtin(front_facing) is_front: bool) -> @location(0) vec4<f32> {
    let loss = in.loss.x;
    let steps = loss / surface.isoline_step;
    let per_pixel = max(fwidth(steps), 1e-7);
    let line = 0.5 * isoline(steps, per_pixel, surface.line_width);
    // Every fifth is emphasised.
    let bold = 0.8 * isoline(0.2 * steps, 0.2 * per_pixel, 1.7 * surface.line_width);
    let stripes = fract((in.world.x + in.world.z) * 18.0);
    var color = color_of(loss);
    if loss > surface.losses.y + 0.01 * (surface.losses.y - surface.losses.x) {
        // Cut off at the top: striped, since its height says nothing. (As HeightRange::cuts_off.)
        color = mix(color, vec3(0.35), select(0.25, 0.6, stripes < 0.5));
    }
    if in.loss.y > 0.5 {
        // Diverged: no loss at all.
        color = select(vec3(0.02), vec3(0.45, 0.02, 0.05), stripes < 0.5);
    }
    let ink = mix(vec3(0.0), vec3(1.0), select(0.0, 1.0, dot(color, vec3(0.3, 0.6, 0.1)) < 0.03));
    color = mix(color, ink, max(line, bold));
    if surface.is_flat > 0.5 {
        return vec4(color, 1.0);
    }
    var normal = normalize(in.normal);
    if !is_front {
        normal = -normal;
    }
    let key = max(dot(normal, normalize(vec3(-0.45, 0.75, 0.35))), 0.0);
    let sky = 0.5 + 0.5 * normal.y;
    let cavity = clamp(1.0 - 14.0 * in.cavity, 0.72, 1.18);
    let light = (0.30 + 0.34 * sky + 0.62 * key) * cavity * select(0.55, 1.0, is_front);
    return vec4(color * light, 1.0);
}
