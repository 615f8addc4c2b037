//! Pictures of more than 8 bits: a device draws light as half floats (IEEE 754-2008, binary16), and they become sRGB numbers
//! of 16 bits.

use image::{ImageBuffer, Rgba};

use super::shrink::encoded;
use crate::core::num::parallel;

/// A picture of 16 bits a channel, as sRGB numbers.
pub type DeepImage = ImageBuffer<Rgba<u16>, Vec<u16>>;

/// A picture of a film.
#[derive(Clone, Debug)]
pub enum Frame {
    /// Of 8 bits a channel.
    Shallow(image::RgbaImage),
    /// Of 16.
    Deep(DeepImage),
}

impl Default for Frame {
    fn default() -> Self {
        Self::Shallow(image::RgbaImage::default())
    }
}

impl From<image::RgbaImage> for Frame {
    fn from(picture: image::RgbaImage) -> Self {
        Self::Shallow(picture)
    }
}

impl From<DeepImage> for Frame {
    fn from(picture: DeepImage) -> Self {
        Self::Deep(picture)
    }
}

/// Bytes of a pixel of half floats.
const PIXEL: usize = 8;
/// The half float of 1: light beyond it is as bright as can be shown.
const ONE: u16 = 0x3c00;

/// The way from half floats to light and numbers.
pub struct Deepen {
    /// The light of each half float up to 1, and 1 beyond; 0 of what is negative or no number.
    light: Vec<f32>,
    /// The number of each half float.
    number: Vec<u16>,
}

impl Default for Deepen {
    fn default() -> Self {
        let light: Vec<f32> = (0..=u16::MAX).map(light_of).collect();
        let number = light.iter().map(|light| number_of(*light)).collect();
        Self { light, number }
    }
}

fn light_of(half: u16) -> f32 {
    match half {
        // From infinity on there are no numbers, and then the negative ones begin.
        0x7c01.. => 0.0,
        ONE.. => 1.0,
        _ => {
            let (exponent, fraction) = (i32::from(half >> 10), f32::from(half & 0x3ff) / 1024.0);
            if exponent == 0 {
                fraction * 2.0_f32.powi(-14)
            } else {
                (1.0 + fraction) * 2.0_f32.powi(exponent - 15)
            }
        }
    }
}

fn number_of(light: f32) -> u16 {
    (65535.0 * encoded(f64::from(light))).round() as u16
}

impl Deepen {
    /// Develops a picture of such rows of half floats, red, green, blue and opacity, shrunk by a whole factor.
    pub fn develop(&self, halves: &[u8], [width, height]: [u32; 2], factor: u32, picture: &mut DeepImage) {
        let size = [width / factor, height / factor];
        if picture.dimensions() != (size[0], size[1]) {
            *picture = DeepImage::new(size[0], size[1]);
        }
        let (factor, row) = (factor as usize, width as usize * PIXEL);
        let lines = picture.chunks_exact_mut(size[0] as usize * 4).zip(halves.chunks_exact(row * factor));
        parallel::each(lines.collect(), 1, |(line, rows)| {
            for (x, pixel) in line.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                *pixel = self.pixel(rows, row, x, factor);
            }
        });
    }

    /// The mean of the light of a square of pixels.
    fn pixel(&self, rows: &[u8], row: usize, x: usize, factor: usize) -> [u16; 4] {
        let half = |at: usize| usize::from(u16::from_le_bytes([rows[at], rows[at + 1]]));
        let channel = |channel: usize| {
            let places =
                (0..factor).flat_map(|y| (0..factor).map(move |i| y * row + (x * factor + i) * PIXEL));
            let mut places = places.map(|at| half(at + 2 * channel));
            match factor {
                1 => places.next().map_or(0, |half| self.number[half]),
                _ => number_of(places.map(|half| self.light[half]).sum::<f32>() / (factor * factor) as f32),
            }
        };
        [channel(0), channel(1), channel(2), u16::MAX]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_light_and_no_more_than_can_be_shown() {
        assert_eq!(light_of(0x3800), 0.5);
        assert_eq!(light_of(0x0001), 2.0_f32.powi(-24));
        assert_eq!(light_of(0x0400), 2.0_f32.powi(-14));
        assert_eq!([0x3c00, 0x4000, 0x7c00].map(light_of), [1.0; 3]);
        assert_eq!([0x7e00, 0x8000, 0xbc00, 0xffff].map(light_of), [0.0; 4]);
        let rises = (0..ONE).all(|half| light_of(half) < light_of(half + 1));
        assert!(rises);
    }

    #[test]
    fn a_picture_has_its_numbers_and_a_square_the_mean_of_their_light() {
        let halves: Vec<u8> = [[0x3c00_u16, 0x3800, 0, 0x3c00], [0; 4]]
            .concat()
            .into_iter()
            .flat_map(u16::to_le_bytes)
            .collect();
        let mut picture = DeepImage::default();
        Deepen::default().develop(&halves, [2, 1], 1, &mut picture);
        assert_eq!(picture.get_pixel(0, 0).0, [65535, number_of(0.5), 0, 65535]);
        // Half the light of white is 188 of 255.
        assert_eq!((number_of(0.5) + 128) / 257, 188);
        let square = [&halves[..], &halves].concat();
        Deepen::default().develop(&square, [2, 2], 2, &mut picture);
        assert_eq!(picture.dimensions(), (1, 1));
        assert_eq!(picture.get_pixel(0, 0).0, [number_of(0.5), number_of(0.25), 0, 65535]);
    }
}
