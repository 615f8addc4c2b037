// What every material that draws losses shares: heights, colours, isolines, marks.

#define_import_path losscape::loss

// How losses become heights and colours, as HeightBlend, Isolines and the look have it.
//
// A loss's level is what heights, colours and isolines are even in, and what is interpolated between grid
// points: the logarithm to base 2 where the scale that is reached is logarithmic, else the loss itself.
struct Losses {
    // Floor and top of the scale that is left and of the one that is reached: the binary logarithms of
    // their losses where it is logarithmic, else the losses.
    before: vec2<f32>,
    after: vec2<f32>,
    // Losses beyond these count as these: between grid points they would drown all others.
    bounds: vec2<f32>,
    // 1: that scale is logarithmic.
    is_log: vec2<f32>,
    // How much of the way between the two is done.
    rise: f32,
    // Loss between two isolines, or 0 for lines by decades.
    isoline_step: f32,
    // Index among the isolines of the loss at the floor.
    lowest_index: f32,
    // Width of an isoline in pixels.
    line_width: f32,
};

// States of a texel, as scene/texture.rs writes them.
const DIVERGED: f32 = 2.0;

// Adds a texel to a weighted sum of (loss, finite weight); diverged texels add nothing.
fn add(sum: vec2<f32>, texel: vec2<f32>, weight: f32) -> vec2<f32> {
    let finite = select(weight, 0.0, texel.y >= DIVERGED);
    return sum + vec2(texel.x, 1.0) * finite;
}

fn add_layer(volume: texture_2d_array<f32>, sum: vec2<f32>, corner: vec2<i32>, share: vec2<f32>, layer: i32, weight: f32) -> vec2<f32> {
    var s = add(sum, textureLoad(volume, corner, layer, 0).rg, weight * (1.0 - share.x) * (1.0 - share.y));
    s = add(s, textureLoad(volume, corner + vec2(1, 0), layer, 0).rg, weight * share.x * (1.0 - share.y));
    s = add(s, textureLoad(volume, corner + vec2(0, 1), layer, 0).rg, weight * (1.0 - share.x) * share.y);
    return add(s, textureLoad(volume, corner + vec2(1, 1), layer, 0).rg, weight * share.x * share.y);
}

// Weighted sum of losses and weight of what is finite, at a point of the volume (0..1 along alpha1 and
// alpha2) at a fractional layer. Blended by hand, so that it honours the states.
fn volume_sum(volume: texture_2d_array<f32>, at: vec2<f32>, layer: f32) -> vec2<f32> {
    let uv = clamp(at, vec2(0.0), vec2(1.0));
    let last = vec2<f32>(textureDimensions(volume)) - 1.0;
    let place = uv * last;
    let corner = min(floor(place), last - 1.0);
    let top_layer = f32(textureNumLayers(volume)) - 1.0;
    let below = min(floor(layer), max(top_layer - 1.0, 0.0));
    let share = layer - below;
    var sum = add_layer(volume, vec2(0.0), vec2<i32>(corner), place - corner, i32(below), 1.0 - share);
    if share > 0.0 {
        sum = add_layer(volume, sum, vec2<i32>(corner), place - corner, i32(below) + 1, share);
    }
    return sum;
}

// The same without blending within a layer: near enough for what is far away.
fn volume_nearby(volume: texture_2d_array<f32>, at: vec2<f32>, layer: f32) -> vec2<f32> {
    let last = vec2<f32>(textureDimensions(volume)) - 1.0;
    let cell = vec2<i32>(round(clamp(at, vec2(0.0), vec2(1.0)) * last));
    let below = min(i32(layer), i32(textureNumLayers(volume)) - 2);
    let share = layer - f32(below);
    let sum = add(vec2(0.0), textureLoad(volume, cell, below, 0).rg, 1.0 - share);
    return add(sum, textureLoad(volume, cell, below + 1, 0).rg, share);
}

// Level of a loss, and share of its neighbours that diverged. Where all around has diverged the level is
// the top's: the marks tell.
fn resolved(sum: vec2<f32>, losses: Losses) -> vec2<f32> {
    let loss = clamp(sum.x / max(sum.y, 1e-6), losses.bounds.x, losses.bounds.y);
#ifdef LOGARITHMIC
    let level = select(loss, log2(loss), losses.is_log.y > 0.5);
#else
    let level = loss;
#endif
    return vec2(select(losses.after.y, level, sum.y > 1e-6), 1.0 - sum.y);
}

// The loss of a level.
fn loss_of(level: f32, losses: Losses) -> f32 {
#ifdef LOGARITHMIC
    return select(level, exp2(level), losses.is_log.y > 0.5);
#else
    return level;
#endif
}

fn share_of(range: vec2<f32>, value: f32) -> f32 {
    return (value - range.x) / (range.y - range.x);
}

// The level's share of the height, as HeightBlend::fraction. The general case is a variant of its own: a
// software renderer takes both ways of a branch, and logarithms are dear.
fn fraction(level: f32, losses: Losses) -> f32 {
    let after = share_of(losses.after, level);
#ifdef LOGARITHMIC
    let loss = loss_of(level, losses);
    let before = select(loss, log2(max(loss, 1e-30)), losses.is_log.x > 0.5);
    return mix(share_of(losses.before, before), after, losses.rise);
#else
    return after;
#endif
}

// Whole on an isoline, and a multiple of 5 on an emphasised one, as Isolines::index.
fn isoline_index(level: f32, losses: Losses) -> f32 {
#ifdef LOGARITHMIC
    // Without a branch on a uniform: Mesa's software driver compiles a shader anew for each frame that has one, and keeps all.
    let decade = floor(level / log2(10.0));
    let digit = exp2(level - decade * log2(10.0));
    let by_decades = 5.0 * decade + select(0.5 * digit, digit - 1.0, digit < 2.0);
    let even = loss_of(level, losses) / max(losses.isoline_step, 1e-30);
    return select(by_decades, even, losses.isoline_step > 0.0);
#else
    return loss_of(level, losses) / losses.isoline_step;
#endif
}

// Coverage of a line at whole numbers, from the number and its change a pixel. It is `width` pixels wide
// and fades where lines crowd.
fn line_at_whole(number: f32, per_pixel: f32, width: f32) -> f32 {
    let distance = abs(fract(number - 0.5) - 0.5) / per_pixel;
    return saturate(0.5 * width + 0.5 - distance) * saturate(1.6 - 4.0 * per_pixel);
}

// The same at whole numbers above the lowest: where a valley's ground only comes near to one, all of the
// ground would be its line.
fn line_above(lowest: f32, number: f32, per_pixel: f32, width: f32) -> f32 {
    return select(0.0, line_at_whole(number, per_pixel, width), round(number) > lowest);
}

// The colour of a level with its isolines and marks, before any light. `diverged` is the share of the
// neighbours that diverged, `stripe` a number that stripes run along.
fn painted(level: f32, diverged: f32, stripe: f32, losses: Losses, colors: texture_2d<f32>) -> vec3<f32> {
    let number = isoline_index(level, losses);
    let per_pixel = max(length(vec2(dpdx(number), dpdy(number))), 1e-7);
    // A plain has no line: where the loss does not change but for rounding, all of it would be one.
    let slope = smoothstep(1e-4, 8e-4, per_pixel);
    let lowest = losses.lowest_index;
    let thin = 0.42 * line_above(lowest, number, per_pixel, losses.line_width);
    // Every fifth is emphasised.
    let bold = 0.85 * line_above(0.2 * lowest, 0.2 * number, 0.2 * per_pixel, 1.9 * losses.line_width);
    let share = fraction(level, losses);
    let last = f32(textureDimensions(colors).x) - 1.0;
    var color = textureLoad(colors, vec2(i32(round(clamp(share, 0.0, 1.0) * last)), 0), 0).rgb;
    let is_dark_stripe = fract(stripe) < 0.5;
    if share > 1.01 {
        // Cut off at the top: striped, since its height says nothing. (As HeightRange::cuts_off.)
        color = mix(color, vec3(0.35), select(0.25, 0.6, is_dark_stripe));
    }
    if diverged > 0.5 {
        // Diverged: no loss at all.
        color = select(vec3(0.02), vec3(0.45, 0.02, 0.05), is_dark_stripe);
    }
    let luma = dot(color, vec3(0.2126, 0.7152, 0.0722));
    // On very dark colours dark lines would be lost. The ink changes gradually: along a line it must not
    // jump from one to the other.
    let ink = vec3(0.75 - 0.75 * smoothstep(0.015, 0.055, luma));
    // And what has no loss has no line of equal loss.
    let coverage = select(slope * max(thin, bold), 0.0, diverged > 0.5);
    return mix(color, ink, coverage);
}
