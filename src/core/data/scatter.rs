//! The examples as points of a plane, however many features they have: along the two directions in
//! which the features vary most.

use super::Dataset;
use crate::core::num::principal::{mean, top_directions};
use crate::core::num::vector::{dot, sub};

/// Examples seen along the first two principal components of their features.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scatter {
    /// Where each example is, from their mean; 0 along a direction that the features leave open.
    pub places: Vec<[f64; 2]>,
    /// Share of the features' whole variance along each direction.
    pub share: [f64; 2],
}

impl Scatter {
    /// Of the first `most` examples, or of all where there are fewer.
    ///
    /// # Panics
    /// If `most` is 0.
    pub fn of(data: &Dataset, most: usize) -> Self {
        assert!(most > 0, "a cloud has at least 1 point");
        let rows: Vec<&[f64]> = data.x().chunks_exact(data.inputs()).take(most).collect();
        let middle = mean(&rows);
        let centred: Vec<Vec<f64>> = rows.iter().map(|row| sub(row, &middle)).collect();
        let found = top_directions([rows.len(), data.inputs()], |i, j| centred[i][j], 2);
        let along = |row: &[f64], i: usize| found.directions.get(i).map_or(0.0, |unit| dot(unit, row));
        let share = [0, 1].map(|i: usize| found.share.get(i).copied().unwrap_or_default());
        Self { places: centred.iter().map(|row| [0, 1].map(|i| along(row, i))).collect(), share }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_direction_comes_first_and_distances_within_the_plane_are_kept() {
        // A rectangle of 6 by 2 in the plane of the first and the third feature, away from the origin.
        let x = [[0.0, 5.0, 0.0], [6.0, 5.0, 0.0], [0.0, 5.0, 2.0], [6.0, 5.0, 2.0]].concat();
        let data = Dataset::new("d", x, vec![0.0; 4], 3, 1).unwrap();
        let scatter = Scatter::of(&data, 9);
        let expected = [[-3.0, -1.0], [3.0, -1.0], [-3.0, 1.0], [3.0, 1.0]];
        for (place, expected) in scatter.places.iter().zip(expected) {
            assert!((0..2).all(|i| (place[i] - expected[i]).abs() < 1e-12), "{place:?}, not {expected:?}");
        }
        assert!((scatter.share[0] - 0.9).abs() < 1e-12 && (scatter.share[1] - 0.1).abs() < 1e-12);
        assert_eq!(Scatter::of(&data, 2).places.len(), 2);
    }

    #[test]
    fn features_that_do_not_vary_leave_every_example_in_one_place() {
        let data = Dataset::new("d", vec![1.0; 9], vec![0.0; 3], 3, 1).unwrap();
        assert_eq!(Scatter::of(&data, 3), Scatter { places: vec![[0.0; 2]; 3], share: [0.0; 2] });
    }
}
