//! Paints what egui tessellates on an image: for pictures that no window shows, and without a graphics device.
//!
//! Colours are blended as egui means them: premultiplied, in sRGB as it is.

use std::collections::HashMap;

use bevy_egui::egui::epaint::{ClippedPrimitive, Primitive, Vertex};
use bevy_egui::egui::{
    Color32, ColorImage, ImageData, Mesh, Pos2, Rect, TextureFilter, TextureId, TexturesDelta,
};
use image::{Rgb, RgbImage};

/// The textures that shapes are painted with.
#[derive(Default)]
pub struct Textures(HashMap<TextureId, (ColorImage, TextureFilter)>);

impl Textures {
    /// Takes in what is new of them.
    pub fn take(&mut self, mut delta: TexturesDelta) {
        for (id, deltas) in delta.set.drain() {
            for delta in deltas {
                let ImageData::Color(image) = delta.image;
                match (delta.pos, self.0.get_mut(&id)) {
                    (Some(at), Some((whole, _))) => patch(whole, &image, at),
                    _ => {
                        self.0.insert(id, ((*image).clone(), delta.options.magnification));
                    }
                }
            }
        }
        // A texture that is freed is drawn no more.
        delta.clear();
    }
}

fn patch(whole: &mut ColorImage, part: &ColorImage, [left, top]: [usize; 2]) {
    for (row, pixels) in part.pixels.chunks_exact(part.width().max(1)).enumerate() {
        let from = (top + row) * whole.width() + left;
        whole.pixels[from..from + pixels.len()].copy_from_slice(pixels);
    }
}

/// Paints shapes on a ground; `scale` is pixels of a point.
pub fn paint(
    shapes: &[ClippedPrimitive],
    textures: &Textures,
    [width, height]: [u32; 2],
    scale: f32,
    ground: Color32,
) -> RgbImage {
    let mut picture = RgbImage::from_pixel(width, height, Rgb([ground.r(), ground.g(), ground.b()]));
    for ClippedPrimitive { clip_rect, primitive } in shapes {
        // A callback draws with a device, which there is none of; no chart has any.
        let Primitive::Mesh(mesh) = primitive else { continue };
        if let Some(texture) = textures.0.get(&mesh.texture_id) {
            paint_mesh(&mut picture, mesh, texture, *clip_rect * scale, scale);
        }
    }
    picture
}

fn paint_mesh(
    picture: &mut RgbImage,
    mesh: &Mesh,
    texture: &(ColorImage, TextureFilter),
    clip: Rect,
    scale: f32,
) {
    for corners in mesh.indices.chunks_exact(3) {
        let corner = |i: usize| mesh.vertices[corners[i] as usize];
        let triangle = Triangle::new([corner(0), corner(1), corner(2)], scale);
        let [columns, rows] = triangle.reach(clip, picture.dimensions());
        for y in rows {
            for x in columns.clone() {
                let at = Pos2::new(x as f32 + 0.5, y as f32 + 0.5);
                if let Some((color, uv)) = triangle.at(at) {
                    blend(picture.get_pixel_mut(x, y), multiplied(color, sampled(texture, uv)));
                }
            }
        }
    }
}

/// A triangle in pixels, its corners in an order that makes its area positive.
struct Triangle([Vertex; 3]);

impl Triangle {
    fn new(mut corners: [Vertex; 3], scale: f32) -> Self {
        corners.iter_mut().for_each(|corner| corner.pos = (scale * corner.pos.to_vec2()).to_pos2());
        if edge(corners[0].pos, corners[1].pos, corners[2].pos) < 0.0 {
            corners.swap(1, 2);
        }
        Self(corners)
    }

    /// Columns and rows that it may touch.
    fn reach(&self, clip: Rect, (width, height): (u32, u32)) -> [std::ops::Range<u32>; 2] {
        let whole = Rect::from_min_max(Pos2::ZERO, Pos2::new(width as f32, height as f32));
        let clip = Rect::from_min_max(clip.min.round(), clip.max.round()).intersect(whole);
        let rect = Rect::from_points(&self.0.map(|corner| corner.pos)).intersect(clip);
        let range = |low: f32, high: f32| low.floor() as u32..high.ceil() as u32;
        [range(rect.min.x, rect.max.x), range(rect.min.y, rect.max.y)]
    }

    /// Colour and place in the texture at a point; `None` outside. Of two triangles with an edge in common
    /// only one has a point on it.
    fn at(&self, at: Pos2) -> Option<([f32; 4], Pos2)> {
        let [a, b, c] = self.0.map(|corner| corner.pos);
        let area = edge(a, b, c);
        let weights = [(b, c), (c, a), (a, b)].map(|(from, to)| {
            let weight = edge(from, to, at);
            let is_owned = weight > 0.0 || (weight == 0.0 && is_upper_left(from, to));
            is_owned.then_some((weight / area) as f32)
        });
        let [Some(wa), Some(wb), Some(wc)] = weights else { return None };
        let mix =
            |of: &dyn Fn(&Vertex) -> f32| wa * of(&self.0[0]) + wb * of(&self.0[1]) + wc * of(&self.0[2]);
        let color = std::array::from_fn(|i| mix(&|corner| f32::from(corner.color.to_array()[i])));
        (area > 0.0).then(|| (color, Pos2::new(mix(&|corner| corner.uv.x), mix(&|corner| corner.uv.y))))
    }
}

/// Twice the area of a triangle, above 0 if it turns to the right where y runs down.
fn edge(a: Pos2, b: Pos2, c: Pos2) -> f64 {
    let [ab, ac] = [b - a, c - a].map(|way| [f64::from(way.x), f64::from(way.y)]);
    ab[0] * ac[1] - ab[1] * ac[0]
}

fn is_upper_left(from: Pos2, to: Pos2) -> bool {
    to.y < from.y || (to.y == from.y && to.x > from.x)
}

/// The texture's colour at a place, 0 to 1 along each side.
fn sampled((image, filter): &(ColorImage, TextureFilter), uv: Pos2) -> [f32; 4] {
    let size = [image.width(), image.height()];
    let texel = |x: f32, y: f32| {
        let at = |v: f32, n: usize| v.clamp(0.0, (n - 1) as f32) as usize;
        image.pixels[at(y, size[1]) * size[0] + at(x, size[0])].to_array().map(f32::from)
    };
    let [x, y] = [uv.x * size[0] as f32, uv.y * size[1] as f32];
    if *filter == TextureFilter::Nearest {
        return texel(x.floor(), y.floor());
    }
    let [x, y] = [x - 0.5, y - 0.5];
    let [left, top] = [x.floor(), y.floor()];
    let mix = |a: [f32; 4], b: [f32; 4], share: f32| -> [f32; 4] {
        std::array::from_fn(|i| a[i] + share * (b[i] - a[i]))
    };
    let row = |y: f32| mix(texel(left, y), texel(left + 1.0, y), x - left);
    mix(row(top), row(top + 1.0), y - top)
}

fn multiplied(a: [f32; 4], b: [f32; 4]) -> [f32; 4] {
    std::array::from_fn(|i| a[i] * b[i] / 255.0)
}

fn blend(pixel: &mut Rgb<u8>, [r, g, b, alpha]: [f32; 4]) {
    for (below, above) in pixel.0.iter_mut().zip([r, g, b]) {
        *below = (above + f32::from(*below) * (1.0 - alpha / 255.0)).round().clamp(0.0, 255.0) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn textures() -> Textures {
        let white = ColorImage::filled([1, 1], Color32::WHITE);
        Textures([(TextureId::default(), (white, TextureFilter::Linear))].into())
    }

    fn painted(color: Color32, clip: Rect) -> RgbImage {
        let mut mesh = Mesh::default();
        mesh.add_colored_rect(Rect::from_min_max(Pos2::new(1.0, 1.0), Pos2::new(4.0, 3.0)), color);
        let shapes = [ClippedPrimitive { clip_rect: clip, primitive: Primitive::Mesh(mesh) }];
        paint(&shapes, &textures(), [10, 8], 2.0, Color32::BLACK)
    }

    /// Where the two triangles of a rectangle meet nothing is painted twice, and nothing is left out.
    #[test]
    fn a_rectangle_is_painted_once_within_its_edges() {
        let half = Color32::from_rgba_premultiplied(100, 0, 0, 128);
        let picture = painted(half, Rect::EVERYTHING);
        for (x, y, pixel) in picture.enumerate_pixels() {
            let is_within = (2..8).contains(&x) && (2..6).contains(&y);
            assert_eq!(pixel.0, if is_within { [100, 0, 0] } else { [0; 3] }, "({x}, {y})");
        }
        let clipped = painted(half, Rect::from_min_max(Pos2::ZERO, Pos2::new(2.0, 9.0)));
        assert_eq!(clipped.pixels().filter(|pixel| pixel.0 != [0; 3]).count(), 2 * 4);
    }

    #[test]
    fn a_texture_is_smooth_or_in_cells() {
        let image = ColorImage::new([2, 1], vec![Color32::BLACK, Color32::WHITE]);
        let at = |filter, x| sampled(&(image.clone(), filter), Pos2::new(x, 0.5))[0];
        assert_eq!(at(TextureFilter::Nearest, 0.49), 0.0);
        assert_eq!(at(TextureFilter::Nearest, 0.51), 255.0);
        assert_eq!(at(TextureFilter::Linear, 0.5), 127.5);
        assert_eq!(at(TextureFilter::Linear, 0.1), 0.0);
    }
}
