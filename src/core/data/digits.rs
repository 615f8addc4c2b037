//! The UCI handwritten digits, which ship with the program: 8 × 8 pixels, ten classes.
//!
//! Source and licence are stated in `assets/datasets/README.md`.

use std::io::Read;

use flate2::read::GzDecoder;

use super::dataset::{Dataset, DatasetError};

/// Rows of the whole set.
pub const ROWS: usize = 1797;

/// Digits there are.
pub const CLASSES: usize = 10;

const PIXELS: usize = 64;
/// The darkest pixel.
const INK: f64 = 16.0;

const COMPRESSED: &[u8] = include_bytes!("../../../assets/datasets/digits.csv.gz");

/// All digits in the order of the file, pixels from 0 (paper) to 1 (ink).
///
/// # Errors
/// Never; the result is checked like any other dataset.
pub fn digits() -> Result<Dataset, DatasetError> {
    let mut text = String::new();
    let read = GzDecoder::new(COMPRESSED).read_to_string(&mut text);
    read.unwrap_or_else(|error| unreachable!("the digits are part of the program: {error}"));
    let (mut x, mut y) = (Vec::with_capacity(ROWS * PIXELS), Vec::with_capacity(ROWS));
    for row in text.lines() {
        let numbers = row.split(',').map(|cell| cell.parse().unwrap_or(f64::NAN));
        for (column, number) in numbers.enumerate() {
            if column < PIXELS { x.push(number / INK) } else { y.push(number) }
        }
    }
    Dataset::with_classes("digits", x, y, PIXELS, CLASSES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::data::Target;

    #[test]
    fn the_digits_are_all_there() {
        let data = digits().unwrap();
        assert_eq!((data.rows(), data.inputs(), data.target()), (ROWS, 64, Target::Classes(10)));
        assert!(data.x().iter().all(|pixel| (0.0..=1.0).contains(pixel)));
        let count = |digit: f64| data.y().iter().filter(|&&y| y == digit).count();
        let counts: Vec<usize> = (0..10).map(|digit| count(f64::from(digit))).collect();
        // As the collection's own description gives them.
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        assert_eq!(data.x()[..8], [0.0, 0.0, 5.0, 13.0, 9.0, 1.0, 0.0, 0.0].map(|p| p / 16.0));
    }
}
