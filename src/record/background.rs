//! What stands behind a picture: the theme's stage, nothing, or a colour.
//!
//! Without the stage a picture is put together as editors, browsers and slides do it: by the sRGB numbers as they
//! are, `upper + (1 - opacity of upper) * lower`, with one opacity a pixel and the mean of several samples taken of the
//! same numbers. So what was drawn on nothing and is laid over a ground elsewhere is what is drawn on that
//! ground here. The renderer blends light instead: red that covers half of a white pixel leaves 26 % of
//! white's number in red and 74 % in green, and no file holds an opacity for each. Therefore the scene and the text
//! over it come as two layers, without a sample in which several things were blended with the ground.

use std::str::FromStr;

use image::{DynamicImage, RgbaImage};

use super::shrink::{encoded, linear};
use crate::core::num::parallel;

/// What stands behind a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// The theme's stage.
    #[default]
    Stage,
    /// Nothing: pictures have straight alpha.
    None,
    /// Red, green and blue, as sRGB numbers.
    Color([u8; 3]),
}

impl Background {
    /// A picture that was drawn on it, with alpha only where it tells something.
    pub fn flattened(self, picture: RgbaImage) -> DynamicImage {
        let picture = DynamicImage::from(picture);
        if self == Self::None { picture } else { picture.into_rgb8().into() }
    }
}

/// What is no background.
#[derive(Debug, thiserror::Error)]
#[error("expected stage, none or a colour such as #ffffff")]
pub struct BackgroundError;

impl FromStr for Background {
    type Err = BackgroundError;

    fn from_str(text: &str) -> Result<Self, BackgroundError> {
        let number = |at: usize| {
            let digits = text.get(at..at + 2).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
            digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).ok_or(BackgroundError)
        };
        match text {
            "stage" => Ok(Self::Stage),
            "none" => Ok(Self::None),
            color if color.len() == 7 && color.starts_with('#') => {
                Ok(Self::Color([number(1)?, number(3)?, number(5)?]))
            }
            _ => Err(BackgroundError),
        }
    }
}

/// A colour and how much it covers, 0 to 1; the colour is multiplied by that.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Covering {
    color: [f32; 3],
    opacity: f32,
}

impl Covering {
    /// A sample of the scene: its light is multiplied by its opacity.
    fn of_light([r, g, b, a]: [u8; 4]) -> Self {
        let opacity = f32::from(a) / 255.0;
        let color = match a {
            0 => [0.0; 3],
            255 => [r, g, b].map(|number| f32::from(number) / 255.0),
            _ => [r, g, b].map(|number| {
                let light = linear(f64::from(number) / 255.0) / f64::from(opacity);
                opacity * encoded(light.min(1.0)) as f32
            }),
        };
        Self { color, opacity }
    }

    /// A sample of the overlay: its numbers are multiplied by its opacity.
    fn of_numbers([r, g, b, a]: [u8; 4]) -> Self {
        let opacity = f32::from(a) / 255.0;
        Self { color: [r, g, b].map(|number| (f32::from(number) / 255.0).min(opacity)), opacity }
    }

    fn over(self, lower: Self) -> Self {
        let (left, mut color) = (1.0 - self.opacity, self.color);
        color.iter_mut().zip(lower.color).for_each(|(color, lower)| *color += left * lower);
        Self { color, opacity: self.opacity + left * lower.opacity }
    }

    /// As a picture holds it: straight, the colour fitted to the opacity as that is rounded.
    fn straight(self) -> [u8; 4] {
        let alpha = number(self.opacity);
        if alpha == 0 {
            return [0; 4];
        }
        let [r, g, b] = self.color.map(|color| number(color * 255.0 / f32::from(alpha)));
        [r, g, b, alpha]
    }
}

fn number(share: f32) -> u8 {
    // Beyond 1 it is rounded to 255.
    (255.0 * share).round() as u8
}

/// The scene and the overlay as a device has drawn them, both of one size.
pub struct Layers<'a> {
    /// Light multiplied by opacity, as sRGB numbers.
    pub scene: &'a RgbaImage,
    /// sRGB numbers multiplied by opacity.
    pub overlay: &'a RgbaImage,
}

impl Layers<'_> {
    /// Puts them together, shrunk by a whole factor, onto a colour or onto nothing. The picture takes its size
    /// from them.
    pub fn compose(&self, factor: u32, ground: Option<[u8; 3]>, picture: &mut RgbaImage) {
        let (width, height) = (self.scene.width() / factor, self.scene.height() / factor);
        if picture.dimensions() != (width, height) {
            *picture = RgbaImage::new(width, height);
        }
        let ground = ground.map(|[r, g, b]| Covering::of_numbers([r, g, b, 255]));
        let factor = factor as usize;
        let row = self.scene.width() as usize * 4 * factor;
        let layers = self.scene.chunks_exact(row).zip(self.overlay.chunks_exact(row));
        let lines = picture.chunks_exact_mut(width as usize * 4).zip(layers);
        parallel::each(lines.collect(), 1, |(line, (scene, overlay))| {
            for (x, pixel) in line.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                let covering = mean(x, factor, scene, overlay);
                *pixel = ground.map_or(covering, |ground| covering.over(ground)).straight();
            }
        });
    }
}

/// The mean of a square of samples, of which `factor` rows are given.
fn mean(x: usize, factor: usize, scene: &[u8], overlay: &[u8]) -> Covering {
    let width = scene.len() / (4 * factor);
    let (scene, overlay) = (scene.as_chunks::<4>().0, overlay.as_chunks::<4>().0);
    let mut sum = Covering { color: [0.0; 3], opacity: 0.0 };
    for at in (0..factor).flat_map(|row| (0..factor).map(move |i| row * width + x * factor + i)) {
        let sample = Covering::of_numbers(overlay[at]).over(Covering::of_light(scene[at]));
        sum.color.iter_mut().zip(sample.color).for_each(|(sum, color)| *sum += color);
        sum.opacity += sample.opacity;
    }
    let samples = (factor * factor) as f32;
    Covering { color: sum.color.map(|color| color / samples), opacity: sum.opacity / samples }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_background_is_a_word_or_a_colour() {
        assert_eq!("none".parse::<Background>().unwrap(), Background::None);
        assert_eq!("stage".parse::<Background>().unwrap(), Background::Stage);
        assert_eq!("#0a80FF".parse::<Background>().unwrap(), Background::Color([10, 128, 255]));
        for text in ["", "white", "#fff", "#0a80fg", "#+1+1+1", "#ffffff0", "None", "#ä0000"] {
            assert!(text.parse::<Background>().is_err(), "{text}");
        }
    }

    /// Two layers of every opacity, four samples a pixel.
    fn layers() -> (RgbaImage, RgbaImage) {
        let scene = RgbaImage::from_fn(64, 64, |x, y| {
            let opacity = (17 * y + 31 * x) as u8;
            let light =
                |share: f64| (255.0 * encoded(linear(share) * f64::from(opacity) / 255.0)).round() as u8;
            image::Rgba([light(1.0), light(f64::from(x) / 63.0), light(f64::from(y) / 63.0), opacity])
        });
        let overlay = RgbaImage::from_fn(64, 64, |x, y| match (x / 8 + y / 8) % 2 {
            0 => image::Rgba([0; 4]),
            _ => image::Rgba([(4 * x) as u8 / 2, (4 * x) as u8 / 3, 0, (4 * x) as u8]),
        });
        (scene, overlay)
    }

    /// A pixel of a file as an editor lays it over a ground.
    fn laid([r, g, b, a]: [u8; 4], ground: [u8; 3]) -> [f64; 3] {
        let opacity = f64::from(a) / 255.0;
        let over = |upper: u8, lower: u8| opacity * f64::from(upper) + (1.0 - opacity) * f64::from(lower);
        [over(r, ground[0]), over(g, ground[1]), over(b, ground[2])]
    }

    #[test]
    fn what_is_drawn_on_nothing_and_laid_over_a_ground_is_what_is_drawn_on_it() {
        let (scene, overlay) = layers();
        let layers = Layers { scene: &scene, overlay: &overlay };
        for factor in [1, 2, 4] {
            let (mut free, mut grounded) = (RgbaImage::default(), RgbaImage::default());
            layers.compose(factor, None, &mut free);
            for ground in [[0; 3], [255; 3], [30, 90, 200]] {
                layers.compose(factor, Some(ground), &mut grounded);
                assert_eq!(grounded.dimensions(), (64 / factor, 64 / factor));
                for (free, own) in free.pixels().zip(grounded.pixels()) {
                    let laid = laid(free.0, ground);
                    assert!(own.0[3] == 255 && (0..3).all(|i| (laid[i] - f64::from(own.0[i])).abs() <= 1.6));
                }
            }
        }
    }

    #[test]
    fn light_that_is_seen_through_keeps_its_colour_and_what_is_solid_its_numbers() {
        let through = |number: u8, opacity: u8| {
            let light = linear(f64::from(number) / 255.0) * f64::from(opacity) / 255.0;
            let stored = (255.0 * encoded(light)).round() as u8;
            Covering::of_light([stored, 0, 0, opacity]).straight()
        };
        for (number, opacity) in [(255, 87), (128, 128), (64, 200), (200, 30)] {
            let [red, _, _, alpha] = through(number, opacity);
            assert!(red.abs_diff(number) <= 1 && alpha == opacity, "{number} of {opacity}: {red}");
        }
        assert!((0..=255).all(|number| through(number, 255) == [number, 0, 0, 255]));
        assert_eq!(Covering::of_light([9, 9, 9, 0]).straight(), [0; 4]);
    }
}
