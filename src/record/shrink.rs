//! Pictures drawn larger than they are shown: each pixel becomes the mean of a square of them.
//!
//! The mean is that of light, not of the numbers that stand for it (sRGB, IEC 61966-2-1): so a line that
//! covers half of a pixel is half as bright, and an even ground keeps its very numbers.

use image::RgbaImage;

use crate::core::num::parallel;

/// Steps into which light is divided: fine enough that every number of 8 bits comes back as itself.
const STEPS: usize = 1 << 14;

/// The way from numbers to light and back.
pub struct Shrink {
    light: [u16; 256],
    number: Vec<u8>,
}

impl Default for Shrink {
    fn default() -> Self {
        let top = (STEPS - 1) as f64;
        let light = std::array::from_fn(|number| (linear(number as f64 / 255.0) * top).round() as u16);
        let number = (0..STEPS).map(|step| (255.0 * encoded(step as f64 / top)).round() as u8).collect();
        Self { light, number }
    }
}

impl Shrink {
    /// Shrinks a picture by a whole factor into another, which takes its size from it.
    pub fn shrink(&self, large: &RgbaImage, factor: u32, small: &mut RgbaImage) {
        let (width, height) = (large.width() / factor, large.height() / factor);
        if small.dimensions() != (width, height) {
            *small = RgbaImage::new(width, height);
        }
        let factor = factor as usize;
        let (row, pixels) = (large.width() as usize * 4, (factor * factor) as u32);
        let lines = small.chunks_exact_mut(width as usize * 4).zip(large.chunks_exact(row * factor));
        parallel::each(lines.collect(), 1, |(line, rows)| {
            for (x, pixel) in line.chunks_exact_mut(4).enumerate() {
                let mut sum = [0_u32; 3];
                for from in
                    rows.chunks_exact(row).flat_map(|row| row[x * factor * 4..][..factor * 4].chunks_exact(4))
                {
                    for (sum, number) in sum.iter_mut().zip(from) {
                        *sum += u32::from(self.light[usize::from(*number)]);
                    }
                }
                let [r, g, b] = sum.map(|sum| self.number[((sum + pixels / 2) / pixels) as usize]);
                pixel.copy_from_slice(&[r, g, b, 255]);
            }
        });
    }
}

/// The light of a number, both 0 to 1.
pub(super) fn linear(v: f64) -> f64 {
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

/// The number of a light, both 0 to 1.
pub(super) fn encoded(v: f64) -> f64 {
    if v <= 0.0031308 { 12.92 * v } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_ground_keeps_its_numbers() {
        let shrink = Shrink::default();
        for factor in 1..=4 {
            let mut small = RgbaImage::default();
            for number in 0..=255 {
                let pixel = image::Rgba([number, 255 - number, number / 2, 255]);
                shrink.shrink(&RgbaImage::from_pixel(4 * factor, 2 * factor, pixel), factor, &mut small);
                assert_eq!(small.dimensions(), (4, 2));
                assert!(small.pixels().all(|small| *small == pixel), "{factor}: {pixel:?} became {small:?}");
            }
        }
    }

    #[test]
    fn half_of_the_light_is_seen_as_half() {
        let mut large = RgbaImage::from_pixel(2, 2, image::Rgba([255; 4]));
        large.put_pixel(0, 0, image::Rgba([0, 0, 0, 255]));
        large.put_pixel(1, 1, image::Rgba([0, 0, 0, 255]));
        let mut small = RgbaImage::default();
        Shrink::default().shrink(&large, 2, &mut small);
        // sRGB of half the light of white.
        assert_eq!(small.get_pixel(0, 0), &image::Rgba([188, 188, 188, 255]));
    }
}
