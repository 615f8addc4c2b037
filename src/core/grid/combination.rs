//! Vectors in the space through a run's checkpoints as combinations of these.
//!
//! A run that is held by coordinates ([`ParamLayout::span`](crate::core::num::ParamLayout::span)) has the first checkpoint at
//! 0, and those of the others are the rows of a triangular factor in the order of its pivots: what a vector is made of
//! follows one coordinate after another, the last first.

use std::sync::Arc;

use crate::core::num::vector::norm;
use crate::core::train::Course;

/// The checkpoints of a run that is held by coordinates.
#[derive(Debug)]
pub struct Combinations {
    steps: Vec<u64>,
    /// Their coordinates, `[n, r]`.
    places: Vec<Arc<[f64]>>,
    /// By coordinate, the checkpoint that brings it in: all that come after it are 0 there.
    pivots: Vec<Option<usize>>,
}

/// What may be left of a vector that is made of checkpoints, as a share of its length.
const NOTHING: f64 = 1e-9;

impl Combinations {
    /// The checkpoints of a course; `None` where the first is not at 0, since it was not finite.
    pub fn of(course: &Course) -> Option<Self> {
        let points = course.trajectory().checkpoints();
        let places: Vec<Arc<[f64]>> = points.iter().map(|point| Arc::clone(&point.theta)).collect();
        let first = places.first().filter(|first| first.iter().all(|v| *v == 0.0))?;
        let mut pivots: Vec<Option<usize>> = vec![None; first.len()];
        for (row, place) in places.iter().enumerate() {
            let last = place.iter().rposition(|v| *v != 0.0).filter(|_| place.iter().all(|v| v.is_finite()));
            let Some(column) = last else { continue };
            if pivots[column].is_none_or(|pivot| places[pivot][column].abs() < place[column].abs()) {
                pivots[column] = Some(row);
            }
        }
        Some(Self { steps: points.iter().map(|point| point.step).collect(), places, pivots })
    }

    /// A point of the space, `[r]`: the steps of checkpoints and their shares, which sum to 1; the first checkpoint is the
    /// first of them, unless the point is a checkpoint itself. `None` where no checkpoints span it.
    pub fn point(&self, place: &[f64]) -> Option<Vec<(u64, f64)>> {
        match self.places.iter().position(|known| **known == *place) {
            Some(at) => Some(vec![(self.steps[at], 1.0)]),
            None => self.parts(place, 1.0),
        }
    }

    /// A direction in it, `[r]`, likewise; the shares sum to 0.
    pub fn direction(&self, direction: &[f64]) -> Option<Vec<(u64, f64)>> {
        self.parts(direction, 0.0)
    }

    fn parts(&self, vector: &[f64], sum: f64) -> Option<Vec<(u64, f64)>> {
        let (mut rest, nothing) = (vector.to_vec(), NOTHING * norm(vector));
        let mut parts = vec![(self.steps[0], sum)];
        for column in (0..rest.len()).rev() {
            let Some(row) = self.pivots[column] else {
                if rest[column].abs() > nothing {
                    return None;
                }
                continue;
            };
            let share = rest[column] / self.places[row][column];
            rest.iter_mut().zip(&*self.places[row]).for_each(|(rest, place)| *rest -= share * place);
            parts[0].1 -= share;
            parts.push((self.steps[row], share));
        }
        Some(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::train::{Checkpoint, Trajectory};

    fn course(places: &[[f64; 4]]) -> Course {
        let point = |(at, place): (usize, &[f64; 4])| Checkpoint {
            step: 10 * at as u64,
            theta: Arc::from(&place[..]),
            loss: f64::NAN,
            grad_norm: f64::NAN,
        };
        let points = places.iter().enumerate().map(point).collect();
        Course::new(Arc::new(Trajectory::recorded(points)), None)
    }

    fn sum(known: &Course, parts: &[(u64, f64)]) -> Vec<f64> {
        let place = |step| &known.at(step).unwrap().theta;
        (0..4).map(|i| parts.iter().map(|(step, share)| share * place(*step)[i]).sum()).collect()
    }

    #[test]
    fn a_vector_of_the_run_is_found_again_as_a_combination_of_its_checkpoints() {
        // As a factor has them: the pivots are the checkpoints 3, 1 and 2; the fourth coordinate is nobody's.
        let known = course(&[
            [0.0; 4],
            [1.0, 2.0, 0.0, 0.0],
            [-1.0, 0.5, 1.5, 0.0],
            [4.0, 0.0, 0.0, 0.0],
            [2.0, 1.0, 0.25, 0.0],
        ]);
        let combinations = Combinations::of(&known).unwrap();
        let vector = [0.3, -0.7, 2.0, 0.0];
        for (parts, shares) in
            [(combinations.point(&vector).unwrap(), 1.0), (combinations.direction(&vector).unwrap(), 0.0)]
        {
            assert_eq!(parts[0].0, 0, "theta_0 is the first of them");
            assert!((parts.iter().map(|part| part.1).sum::<f64>() - shares).abs() < 1e-12);
            let found = sum(&known, &parts);
            assert!(found.iter().zip(vector).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
        }
        assert_eq!(
            combinations.point(&[2.0, 1.0, 0.25, 0.0]),
            Some(vec![(40, 1.0)]),
            "a checkpoint is itself"
        );
        assert_eq!(combinations.direction(&[0.0, 0.0, 0.0, 1.0]), None, "no checkpoint goes there");
        assert!(Combinations::of(&course(&[[f64::NAN; 4], [1.0; 4]])).is_none());
    }
}
