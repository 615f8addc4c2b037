//! The sets a teacher draws on a board: points uniform on the unit square with a label by rule.

use super::dataset::{Dataset, DatasetError};
use crate::core::num::Stream;

/// `count` points uniform on [0, 1)², labelled 1 where y > x.
///
/// # Errors
/// If `count` is 0.
pub fn diagonal(count: usize, stream: &mut Stream) -> Result<Dataset, DatasetError> {
    labelled_square("diagonal", count, stream, |x, y| y > x)
}

/// `count` points uniform on [0, 1)², labelled 1 where exactly one of x, y exceeds 0.5.
///
/// # Errors
/// If `count` is 0.
pub fn xor(count: usize, stream: &mut Stream) -> Result<Dataset, DatasetError> {
    labelled_square("xor", count, stream, |x, y| (x > 0.5) != (y > 0.5))
}

fn labelled_square(
    name: &str,
    count: usize,
    stream: &mut Stream,
    is_one: impl Fn(f64, f64) -> bool,
) -> Result<Dataset, DatasetError> {
    let x: Vec<f64> = (0..2 * count).map(|_| stream.uniform()).collect();
    let y = x.chunks_exact(2).map(|p| f64::from(u8::from(is_one(p[0], p[1])))).collect();
    Dataset::new(name, x, y, 2, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_follow_their_rule_and_points_fill_the_square() {
        let xor = xor(500, &mut Stream::new(1, "data")).unwrap();
        assert_eq!(xor.rows(), 500);
        for (point, &label) in xor.x().chunks_exact(2).zip(xor.y()) {
            assert!(point.iter().all(|v| (0.0..1.0).contains(v)));
            assert_eq!(label == 1.0, (point[0] > 0.5) ^ (point[1] > 0.5));
        }
        let share = xor.y().iter().sum::<f64>() / 500.0;
        assert!((0.4..0.6).contains(&share), "{share}");
        let diagonal = diagonal(3, &mut Stream::new(1, "data")).unwrap();
        assert_eq!(diagonal.x(), &xor.x()[..6], "the same stream draws the same points");
    }
}
