//! Which plane an experiment asks for, and the plane that a trajectory gives.

use serde::{Deserialize, Serialize};

use super::pca::About;
use super::{Subspace, SubspaceError, chord, pca, principal};
use crate::core::num::Stream;
use crate::core::num::vector::{norm, scaled};

/// Directions a slice has where the model has enough parameters: two to see and one to move along.
pub const DIRECTIONS: usize = 3;

/// A way to choose the plane, with its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PlaneConfig {
    /// Through start and end of training.
    Chord,
    /// The principal components of the trajectory.
    Pca {
        /// The point they are taken about.
        #[serde(default)]
        about: About,
    },
}

impl Default for PlaneConfig {
    fn default() -> Self {
        Self::Pca { about: About::default() }
    }
}

impl PlaneConfig {
    /// Every kind with its default settings, in the order a menu shows them.
    pub fn all() -> Vec<Self> {
        vec![Self::Chord, Self::Pca { about: About::default() }]
    }

    /// The name that files and flags use.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Chord => "chord",
            Self::Pca { .. } => "pca",
        }
    }

    /// The kind of that name, with its default settings.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|config| config.name() == name)
    }

    /// Fits the plane to the finite checkpoints of a run, oldest first. Directions that the run leaves
    /// open come out of the stream `plane` of the seed.
    ///
    /// # Errors
    /// If the run did not move.
    pub fn fit(&self, thetas: &[&[f64]], seed: u64) -> Result<SlicePlane, FitError> {
        if thetas.is_empty() {
            return Err(FitError::NotMoved { checkpoints: 0 });
        }
        let mut stream = Stream::new(seed, "plane");
        match self {
            Self::Chord => chord::fit(thetas, &mut stream),
            Self::Pca { about } => pca::fit(thetas, *about, &mut stream),
        }
    }
}

/// What one axis of a slice stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisMeaning {
    /// Short name for a label.
    pub name: String,
    /// Share of the trajectory's total variance along it, 0 to 1.
    pub explained: f64,
    /// Whether the trajectory left it open and chance chose it.
    pub is_random: bool,
}

/// A subspace fitted to a run, with the meaning of its axes.
#[derive(Clone, Debug, PartialEq)]
pub struct SlicePlane {
    /// Where it lies: up to three directions.
    pub subspace: Subspace,
    /// What each direction stands for, `[k]`.
    pub axes: Vec<AxisMeaning>,
}

impl SlicePlane {
    /// Checks the directions.
    ///
    /// # Errors
    /// If they span no subspace.
    pub fn new(
        origin: Vec<f64>,
        directions: Vec<Vec<f64>>,
        axes: Vec<AxisMeaning>,
    ) -> Result<Self, FitError> {
        Ok(Self { subspace: Subspace::new(origin, directions)?, axes })
    }

    /// Length of one unit of alpha3 in theta's unit; 0 where there is no third direction.
    pub fn alpha3_length(&self) -> f64 {
        self.subspace.directions().get(2).map_or(0.0, |direction| norm(direction))
    }
}

/// Why no plane fits a run.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// All points are one.
    #[error(
        "the run did not move ({checkpoints} finite checkpoints, all at one point), so no plane follows from it; \
         expected a run that moves: try another learning rate or more steps"
    )]
    NotMoved {
        /// Finite checkpoints there were.
        checkpoints: usize,
    },
    /// The directions span no plane.
    #[error(transparent)]
    Subspace(#[from] SubspaceError),
}

/// Fills up with random orthogonal directions of that length, as far as the space has room.
pub(super) fn complete(
    mut directions: Vec<Vec<f64>>,
    mut axes: Vec<AxisMeaning>,
    length: f64,
    stream: &mut Stream,
) -> (Vec<Vec<f64>>, Vec<AxisMeaning>) {
    let dim = directions[0].len();
    while directions.len() < DIRECTIONS.min(dim) {
        let units: Vec<Vec<f64>> = directions.iter().map(|d| scaled(d, 1.0 / norm(d))).collect();
        let Some(unit) = principal::completion(&units, dim, stream) else { break };
        directions.push(scaled(&unit, length));
        axes.push(AxisMeaning { name: "random".to_owned(), explained: 0.0, is_random: true });
    }
    (directions, axes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::num::vector::{dot, sub};

    /// A bent path in five dimensions.
    fn path() -> Vec<Vec<f64>> {
        (0..40)
            .map(|t| {
                let t = f64::from(t) / 10.0;
                vec![t, 0.4 * t * t, (2.0 * t).sin() * 0.3, 0.05 * t, 1.0]
            })
            .collect()
    }

    fn rows(path: &[Vec<f64>]) -> Vec<&[f64]> {
        path.iter().map(|row| &row[..]).collect()
    }

    #[test]
    fn a_chord_has_start_and_end_at_their_places_and_equal_right_angles() {
        let path = path();
        let plane = PlaneConfig::Chord.fit(&rows(&path), 0).unwrap();
        let at = |theta: &[f64]| plane.subspace.project(theta);
        let (start, end) = (at(&path[0]), at(&path[39]));
        for (found, expected) in start.alpha.iter().chain(&end.alpha).zip([0.0, 0.0, 0.0, 1.0, 0.0, 0.0]) {
            assert!((found - expected).abs() < 1e-12);
        }
        let d = plane.subspace.directions();
        let length = dot(&d[0], &d[0]).sqrt();
        for i in 0..3 {
            for j in 0..3 {
                let expected = if i == j { length * length } else { 0.0 };
                assert!((dot(&d[i], &d[j]) - expected).abs() < 1e-10 * length * length, "{i} {j}");
            }
        }
    }

    #[test]
    fn a_straight_path_is_completed_and_says_so() {
        let path: Vec<Vec<f64>> = (0..5).map(|t| vec![f64::from(t), 2.0, 3.0 * f64::from(t), 0.0]).collect();
        for config in PlaneConfig::all() {
            let plane = config.fit(&rows(&path), 3).unwrap();
            assert_eq!(plane.subspace.k(), 3, "{config:?}");
            assert_eq!(plane.axes.iter().map(|a| a.is_random).collect::<Vec<_>>(), [false, true, true]);
            assert_eq!(config.fit(&rows(&path), 3).unwrap(), plane, "the same seed completes alike");
            assert_ne!(config.fit(&rows(&path), 4).unwrap(), plane);
        }
    }

    #[test]
    fn two_parameters_have_two_directions() {
        let path = [vec![0.0, 0.0], vec![1.0, 0.2], vec![2.0, 1.0]];
        for config in PlaneConfig::all() {
            assert_eq!(config.fit(&rows(&path), 0).unwrap().subspace.k(), 2);
        }
    }

    #[test]
    fn a_run_that_did_not_move_is_refused() {
        let still = [vec![1.0, 2.0], vec![1.0, 2.0]];
        for config in PlaneConfig::all() {
            assert_eq!(config.fit(&rows(&still), 0), Err(FitError::NotMoved { checkpoints: 2 }));
            assert_eq!(config.fit(&[], 0), Err(FitError::NotMoved { checkpoints: 0 }));
        }
    }

    #[test]
    fn pca_about_the_end_has_its_origin_there() {
        let path = path();
        let plane = PlaneConfig::Pca { about: About::End }.fit(&rows(&path), 0).unwrap();
        assert_eq!(plane.subspace.origin(), &path[39][..]);
        assert!(sub(plane.subspace.origin(), &path[0]).iter().any(|v| *v != 0.0));
    }
}
