//! From red, green and blue to what an H.264 encoder takes: brightness for every pixel and two colour
//! differences for every four, in limited range, after BT.709.
//!
//! Written here since it rounds: the conversion that comes with the encoder cuts off, which makes every
//! film darker and greener by a level or two. All numbers fit 16 bits, so many pixels are done at once.

use openh264::formats::YUVSlices;

use crate::core::num::parallel;
use crate::core::num::wide::widened;

/// Brightness of red, green and blue, in 256ths: 219/255 of 0.2126, 0.7152 and 0.0722.
const BRIGHTNESS: [u16; 3] = [47, 157, 16];
/// Blue's difference from brightness: 112/255 at most, either way.
const BLUENESS: [i16; 3] = [-26, -86, 112];
/// Red's difference from brightness.
const REDNESS: [i16; 3] = [112, -102, -10];

/// Pairs of rows that a thread does at least: less is not worth waking one.
const LEAST_PAIRS: usize = 64;

/// A picture as the encoder takes it; its memory serves for every frame.
pub struct Planes {
    width: usize,
    height: usize,
    brightness: Vec<u8>,
    blueness: Vec<u8>,
    redness: Vec<u8>,
}

impl Planes {
    /// For pictures of that many pixels; both sides are even.
    pub fn new(width: usize, height: usize) -> Self {
        let quarter = width * height / 4;
        let (brightness, blueness, redness) = (vec![0; 4 * quarter], vec![0; quarter], vec![0; quarter]);
        Self { width, height, brightness, blueness, redness }
    }

    /// Converts a picture of that size, its pixels red, green, blue and alpha.
    pub fn fill(&mut self, pixels: &[[u8; 4]]) {
        let (width, half) = (self.width, self.width / 2);
        let brightness = self.brightness.chunks_exact_mut(2 * width);
        let differences = self.blueness.chunks_exact_mut(half).zip(self.redness.chunks_exact_mut(half));
        let pairs = pixels.chunks_exact(2 * width).zip(brightness).zip(differences).collect();
        parallel::each(pairs, LEAST_PAIRS, |((rows, brightness), (blueness, redness))| {
            let (upper, lower) = rows.split_at(width);
            convert(rows, upper, lower, brightness, blueness, redness);
        });
    }

    /// The picture.
    pub fn slices(&self) -> YUVSlices<'_> {
        let (width, half) = (self.width, self.width / 2);
        let planes = (&self.brightness[..], &self.blueness[..], &self.redness[..]);
        YUVSlices::new(planes, (width, self.height), (width, half, half))
    }
}

widened! {
    /// Two rows, given together and one by one.
    fn convert(
        rows: &[[u8; 4]],
        upper: &[[u8; 4]],
        lower: &[[u8; 4]],
        brightness: &mut [u8],
        blueness: &mut [u8],
        redness: &mut [u8],
    ) = convert_rows
}

/// Whole numbers only: there is nothing to be fused.
#[inline(always)]
fn convert_rows<const FUSED: bool>(
    rows: &[[u8; 4]],
    upper: &[[u8; 4]],
    lower: &[[u8; 4]],
    brightness: &mut [u8],
    blueness: &mut [u8],
    redness: &mut [u8],
) {
    for (pixel, brightness) in rows.iter().zip(brightness) {
        *brightness = brightness_of(*pixel);
    }
    let squares = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
    for ((&[a, b], &[c, d]), (blueness, redness)) in squares.zip(blueness.iter_mut().zip(redness)) {
        let mean = [0, 1, 2].map(|channel| {
            let sum = [a, b, c, d].iter().map(|pixel| i16::from(pixel[channel])).sum::<i16>();
            (sum + 2) >> 2
        });
        *blueness = difference(BLUENESS, mean);
        *redness = difference(REDNESS, mean);
    }
}

#[inline(always)]
fn brightness_of([red, green, blue, _]: [u8; 4]) -> u8 {
    let [r, g, b] = BRIGHTNESS;
    let sum = u16::from(red) * r + u16::from(green) * g + u16::from(blue) * b;
    (((sum + 128) >> 8) + 16) as u8
}

#[inline(always)]
fn difference([r, g, b]: [i16; 3], [red, green, blue]: [i16; 3]) -> u8 {
    (((red * r + green * g + blue * b + 128) >> 8) + 128) as u8
}

#[cfg(test)]
mod tests {
    use openh264::formats::YUVSource;

    use super::*;

    /// The definition (ITU-R BT.709-6, items 3.2 to 3.5), in 8 bits.
    fn exact(colour: [u8; 3]) -> [f64; 3] {
        let [r, g, b] = colour.map(|channel| f64::from(channel) / 255.0);
        let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        [16.0 + 219.0 * y, 128.0 + 224.0 * (b - y) / 1.8556, 128.0 + 224.0 * (r - y) / 1.5748]
    }

    #[test]
    fn every_colour_is_close_to_the_definition_and_not_off_to_one_side() {
        let mut planes = Planes::new(2, 2);
        let (mut sums, mut count) = ([0.0; 3], 0.0);
        for index in 0..16_u32.pow(3) {
            let colour = [index % 16, index / 16 % 16, index / 256].map(|level| level as u8 * 17);
            let pixel = [colour[0], colour[1], colour[2], 9];
            planes.fill(&[pixel; 4]);
            let slices = planes.slices();
            let found = [slices.y()[3], slices.u()[0], slices.v()[0]].map(f64::from);
            for ((found, exact), sum) in found.into_iter().zip(exact(colour)).zip(&mut sums) {
                assert!((found - exact).abs() <= 1.25, "{colour:?}: {found} for {exact}");
                *sum += found - exact;
            }
            count += 1.0;
        }
        assert!(sums.iter().all(|sum| (sum / count).abs() < 0.1), "{:?}", sums.map(|sum| sum / count));
        planes.fill(&[[255; 4]; 4]);
        assert_eq!(planes.slices().y(), [235; 4]);
    }

    #[test]
    fn every_pixel_and_every_square_goes_to_its_place() {
        let mut planes = Planes::new(4, 4);
        // Two grey squares above, a blue and a red one below.
        let square = |x: usize, y: usize| match (x / 2, y / 2) {
            (0, 0) => [0, 0, 0, 0],
            (1, 0) => [255, 255, 255, 0],
            (0, 1) => [0, 0, 255, 0],
            _ => [255, 0, 0, 0],
        };
        let pixels: Vec<[u8; 4]> = (0..16).map(|place| square(place % 4, place / 4)).collect();
        planes.fill(&pixels);
        let slices = planes.slices();
        assert_eq!(
            slices.y(),
            [[16, 16, 235, 235]; 2]
                .concat()
                .into_iter()
                .chain([[32, 32, 63, 63]; 2].concat())
                .collect::<Vec<_>>()
        );
        assert_eq!((slices.u(), slices.v()), (&[128, 128, 240, 102][..], &[128, 128, 118, 240][..]));
    }
}
