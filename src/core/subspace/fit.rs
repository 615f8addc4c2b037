//! What every kind of plane has in common: what it is fitted to, and what comes of it.

use super::place::PlaceError;
use super::rescale::Rescale;
use super::{Subspace, SubspaceError};
use crate::core::num::Stream;
use crate::core::num::principal;
use crate::core::num::vector::{add_scaled, dot, norm, scaled};
use crate::core::objective::NoObjective;
use crate::core::text::Measured;

/// Directions a slice has where the model has enough parameters: two to see and one to move along.
pub const DIRECTIONS: usize = 3;

/// What one axis of a slice stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisMeaning {
    /// Short name for a label.
    pub name: String,
    /// Share of the trajectory's total variance along it, 0 to 1; NaN where nobody has told it.
    pub explained: f64,
    /// Whether nothing but chance chose it, to fill up a plane that needs one more direction.
    pub is_random: bool,
}

/// A subspace fitted to a run, with the meaning of its axes.
#[derive(Clone, Debug, PartialEq)]
pub struct SlicePlane {
    /// Where it lies: up to three directions.
    pub subspace: Subspace,
    /// What each direction stands for, `[k]`.
    pub axes: Vec<AxisMeaning>,
    /// Share of the trajectory's total variance in the span of all directions, 0 to 1: less than the
    /// sum over the axes where they are not at right angles; NaN where nobody has told it.
    pub explained: f64,
}

impl SlicePlane {
    /// Length of one unit of alpha3 in theta's unit; 0 where there is no third direction.
    pub fn alpha3_length(&self) -> f64 {
        self.subspace.directions().get(2).map_or(0.0, |direction| norm(direction))
    }

    /// The same plane, which was laid in other coordinates, in the run's own. Its axes say so.
    pub(super) fn brought_back(mut self, rescale: &Rescale) -> Result<Self, SubspaceError> {
        let directions = self.subspace.directions().iter().map(|direction| rescale.back(direction)).collect();
        self.subspace = Subspace::new(rescale.back(self.subspace.origin()), directions)?;
        self.axes.iter_mut().for_each(|axis| axis.name = format!("{}, {rescale}", axis.name));
        Ok(self)
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
    /// Two points that should span a line are one.
    #[error("the points that the slice should go through are one point; expected different points")]
    OnePoint,
    /// A point that the plane should go through is not there.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The Hessian at the point is not finite.
    #[error(
        "the Hessian at {place} is not finite, so it has no eigenvectors; expected a point where the loss is"
    )]
    Hessian {
        /// Where it was asked for.
        place: String,
    },
    /// Its directions follow from a loss that is not known.
    #[error(transparent)]
    NoObjective(#[from] NoObjective),
    /// Nothing can be trained on from a second low point.
    #[error(
        "this slice has no second low point within its ranges to train on from; expected a slice with one, or \
         slice.third = own"
    )]
    NoSecondLow,
    /// The way that the third direction should follow lies in the plane.
    #[error(
        "training on from the second low point does not lead out of this slice's plane; expected a model of more \
         than two parameters, a run that moves, or slice.third = own"
    )]
    NoWayOut,
    /// There is nothing to turn the plane towards.
    #[error("slice.rotate = {degrees}: expected 0, since this slice has no third direction")]
    NoThird {
        /// The angle asked for.
        degrees: Measured,
    },
    /// The directions span no plane.
    #[error(transparent)]
    Subspace(#[from] SubspaceError),
}

/// Directions before they are filled up, turned and explained.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fitted {
    pub(super) origin: Vec<f64>,
    pub(super) directions: Vec<Vec<f64>>,
    pub(super) names: Vec<String>,
    /// The point that variance is taken about; without it the checkpoints' mean.
    pub(super) about: Option<Vec<f64>>,
    /// Length that random directions are given to fill up.
    pub(super) completion: f64,
    /// How many of the directions, the last ones, were filled up.
    pub(super) filled_up: usize,
}

impl Fitted {
    /// Fills up with random orthogonal directions as far as the space has room.
    pub(super) fn complete(&mut self, stream: &mut Stream) {
        let dim = self.origin.len();
        while self.directions.len() < DIRECTIONS.min(dim) {
            let units = principal::orthonormalised(&self.directions);
            let Some(unit) = principal::completion(&units, dim, stream) else { break };
            self.directions.push(scaled(&unit, self.completion));
            self.names.push("random".to_owned());
            self.filled_up += 1;
        }
    }

    /// Turns direction 2 towards direction 3, and that one away, each keeping its length where they
    /// are at right angles. Their span stays the same.
    fn rotate(&mut self, degrees: f64) -> Result<(), FitError> {
        if degrees == 0.0 {
            return Ok(());
        }
        let [_, second, third] = &mut self.directions[..] else {
            return Err(FitError::NoThird { degrees: Measured(degrees) });
        };
        let (sin, cos) = degrees.to_radians().sin_cos();
        let ratio = norm(second) / norm(third);
        let mut turned = scaled(second, cos);
        add_scaled(&mut turned, sin * ratio, third);
        let mut away = scaled(third, cos);
        add_scaled(&mut away, -sin / ratio, second);
        (*second, *third) = (turned, away);
        self.names[1] = format!("{} {}° to {}", self.names[1], readable(degrees), self.names[2]);
        self.names[2] = "across".to_owned();
        Ok(())
    }

    /// Has the third direction follow a way, as far as that leads out of the plane of the first two: one unit of
    /// alpha3 is all of it.
    fn follow(&mut self, way: &[f64]) -> Result<(), FitError> {
        self.directions.truncate(2);
        self.names.truncate(2);
        let out = principal::orthonormal_to(way.to_vec(), &principal::orthonormalised(&self.directions));
        let unit = out.filter(|_| self.directions.len() == 2).ok_or(FitError::NoWayOut)?;
        self.directions.push(scaled(&unit, dot(&unit, way)));
        self.names.push("training on".to_owned());
        Ok(())
    }

    /// The plane, with what its directions explain of the checkpoints.
    pub(super) fn finish(
        mut self,
        thetas: &[&[f64]],
        way_on: Option<&[f64]>,
        rotate: f64,
        stream: &mut Stream,
    ) -> Result<SlicePlane, FitError> {
        self.complete(stream);
        let chosen = self.directions.len() - self.filled_up;
        let is_random = |i: usize| i >= chosen && !(i == 2 && way_on.is_some());
        if let Some(way) = way_on {
            self.follow(way)?;
        }
        self.rotate(rotate)?;
        let subspace = Subspace::new(self.origin, self.directions)?;
        let about = self.about.unwrap_or_else(|| principal::mean(thetas));
        let shares = principal::variance_shares(thetas, &about, subspace.directions());
        let explained = principal::variance_shares(thetas, &about, subspace.basis()).iter().sum();
        let axes = self
            .names
            .into_iter()
            .zip(shares)
            .enumerate()
            .map(|(i, (name, explained))| AxisMeaning { name, explained, is_random: is_random(i) })
            .collect();
        Ok(SlicePlane { subspace, axes, explained })
    }
}

/// Degrees as a person reads them: while an angle turns they are any number.
pub(super) fn readable(degrees: f64) -> Measured {
    Measured((10.0 * degrees).round() / 10.0)
}
