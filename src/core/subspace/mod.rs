//! Slices of parameter space: how a point of the plane becomes a theta, and a theta a point.

pub mod align;
pub mod angle;
pub mod axes;
pub mod chord;
pub mod config;
pub mod fit;
pub mod hessian;
pub mod input;
pub mod pca;
pub mod place;
pub mod points;
pub mod random;
pub mod rescale;
pub mod text;
pub mod third;
pub mod walks;

pub use align::align;
pub use config::PlaneConfig;
pub use fit::{AxisMeaning, FitError, SlicePlane};
pub use input::{FitInput, ThetaFiles, ThetaSteps};
pub use place::{Place, PlaceError};
pub use rescale::Rescale;
pub use third::Third;
pub use walks::RandomWalks;

use crate::core::num::vector::{add_scaled, dot, norm, scaled, sub};

/// An affine subspace: theta = origin + Σ alphaᵢ·directionᵢ with linearly independent directions.
///
/// The directions carry the unit of the coordinates: they need be neither unit vectors nor
/// orthogonal. Projection is by least squares through a QR factorisation kept beside them.
#[derive(Clone, Debug, PartialEq)]
pub struct Subspace {
    origin: Vec<f64>,
    directions: Vec<Vec<f64>>,
    /// Orthonormal basis of the directions' span, `[k, dim]`.
    q: Vec<Vec<f64>>,
    /// Upper triangle with directionⱼ = Σᵢ r[i][j]·qᵢ, `[k, k]`.
    r: Vec<Vec<f64>>,
}

/// Where a theta lies as seen from a subspace.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// Coordinates of the nearest point of the subspace, `[k]`.
    pub alpha: Vec<f64>,
    /// Distance from it, in the unit of theta.
    pub residual: f64,
}

/// Why vectors span no subspace.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SubspaceError {
    /// A direction is as good as a combination of those before it.
    #[error(
        "direction {number} depends on those before it (or is 0); expected linearly independent directions"
    )]
    Dependent {
        /// The direction's number, from 1.
        number: usize,
    },
    /// A vector has another length than the origin.
    #[error("direction {number} has {found} entries; expected {expected}")]
    Length {
        /// The direction's number, from 1.
        number: usize,
        /// Entries found.
        found: usize,
        /// Entries of the origin.
        expected: usize,
    },
}

/// A direction whose part outside the span of those before it is below this share of its length
/// counts as dependent.
const INDEPENDENCE: f64 = 1e-10;

impl Subspace {
    /// Checks the directions and factorises them.
    ///
    /// # Errors
    /// If a direction has the wrong length or depends on those before it.
    pub fn new(origin: Vec<f64>, directions: Vec<Vec<f64>>) -> Result<Self, SubspaceError> {
        let k = directions.len();
        let mut q: Vec<Vec<f64>> = Vec::with_capacity(k);
        let mut r = vec![vec![0.0; k]; k];
        for (j, direction) in directions.iter().enumerate() {
            let number = j + 1;
            if direction.len() != origin.len() {
                return Err(SubspaceError::Length { number, found: direction.len(), expected: origin.len() });
            }
            let length = norm(direction);
            let mut rest = direction.clone();
            // Twice, since one pass of Gram and Schmidt leaves rounding behind.
            for _ in 0..2 {
                for (i, q) in q.iter().enumerate() {
                    let part = dot(q, &rest);
                    r[i][j] += part;
                    add_scaled(&mut rest, -part, q);
                }
            }
            let left = norm(&rest);
            if !left.is_finite() || left <= INDEPENDENCE * length {
                return Err(SubspaceError::Dependent { number });
            }
            r[j][j] = left;
            q.push(scaled(&rest, 1.0 / left));
        }
        Ok(Self { origin, directions, q, r })
    }

    /// The subspace a share of the way to another: origin and directions lie so far on the straight way.
    ///
    /// # Errors
    /// If the other one is of another space, or two directions become one on the way. What one of them has more
    /// directions than the other is left out.
    pub fn between(&self, other: &Self, share: f64) -> Result<Self, SubspaceError> {
        let mix = |a: &[f64], b: &[f64]| -> Vec<f64> {
            a.iter().zip(b).map(|(a, b)| a + share * (b - a)).collect()
        };
        let directions = self.directions.iter().zip(&other.directions).map(|(a, b)| mix(a, b)).collect();
        match self.dim() == other.dim() {
            true => Self::new(mix(&self.origin, &other.origin), directions),
            false => Err(SubspaceError::Length { number: 1, found: other.dim(), expected: self.dim() }),
        }
    }

    /// Number of directions.
    pub fn k(&self) -> usize {
        self.directions.len()
    }

    /// Length of theta.
    pub fn dim(&self) -> usize {
        self.origin.len()
    }

    /// The theta at alpha = 0, `[dim]`.
    pub fn origin(&self) -> &[f64] {
        &self.origin
    }

    /// The directions, `[k, dim]`.
    pub fn directions(&self) -> &[Vec<f64>] {
        &self.directions
    }

    /// An orthonormal basis of the directions' span, `[k, dim]`.
    pub fn basis(&self) -> &[Vec<f64>] {
        &self.q
    }

    /// The cosine of the angle between two directions, by their numbers from 0.
    pub fn cosine(&self, i: usize, j: usize) -> f64 {
        let (a, b) = (&self.directions[i], &self.directions[j]);
        dot(a, b) / (norm(a) * norm(b))
    }

    /// origin + Σ alphaᵢ·directionᵢ; missing coordinates count as 0.
    pub fn lift(&self, alpha: &[f64]) -> Vec<f64> {
        let mut theta = self.origin.clone();
        for (alpha, direction) in alpha.iter().zip(&self.directions) {
            add_scaled(&mut theta, *alpha, direction);
        }
        theta
    }

    /// How far one unit of the third coordinate leads away from the plane of the first two, in the
    /// unit of theta; 0 without a third direction.
    pub fn rise(&self) -> f64 {
        self.r.get(2).map_or(0.0, |row| row[2])
    }

    /// The nearest point of the subspace and the distance from it.
    pub fn project(&self, theta: &[f64]) -> Projection {
        let offset = sub(theta, &self.origin);
        let mut rest = offset.clone();
        let mut alpha = vec![0.0; self.k()];
        for (alpha, q) in alpha.iter_mut().zip(&self.q) {
            *alpha = dot(q, &offset);
            add_scaled(&mut rest, -*alpha, q);
        }
        for i in (0..self.k()).rev() {
            let known: f64 = (i + 1..self.k()).map(|j| self.r[i][j] * alpha[j]).sum();
            alpha[i] = (alpha[i] - known) / self.r[i][i];
        }
        Projection { alpha, residual: norm(&rest) }
    }

    /// The plane of the first two directions through the point at `alpha3` of the third; a subspace
    /// of fewer directions is returned as it is.
    pub fn plane_at(&self, alpha3: f64) -> Self {
        if self.k() < 3 {
            return self.clone();
        }
        let keep = |rows: &[Vec<f64>]| rows[..2].to_vec();
        Self {
            origin: self.lift(&[0.0, 0.0, alpha3]),
            directions: keep(&self.directions),
            q: keep(&self.q),
            r: self.r[..2].iter().map(|row| row[..2].to_vec()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lift_and_project_are_inverse_even_for_slanted_directions() {
        let origin = vec![1.0, -2.0, 0.5, 3.0];
        let directions = vec![vec![1.0, 0.0, 0.2, 0.0], vec![0.9, 0.1, 0.2, 0.0], vec![0.0, 3.0, 0.0, -1.0]];
        let subspace = Subspace::new(origin, directions).unwrap();
        let alpha = [0.3, -4.0, 2.5];
        let projection = subspace.project(&subspace.lift(&alpha));
        for (found, expected) in projection.alpha.iter().zip(alpha) {
            assert!((found - expected).abs() < 1e-11, "{found} {expected}");
        }
        assert!(projection.residual < 1e-12);
    }

    #[test]
    fn the_residual_is_the_distance_and_the_foot_is_nearest() {
        let subspace = Subspace::new(vec![0.0; 3], vec![vec![2.0, 0.0, 0.0], vec![1.0, 1.0, 0.0]]).unwrap();
        let projection = subspace.project(&[3.0, 1.0, -5.0]);
        assert!((projection.residual - 5.0).abs() < 1e-14);
        assert!((projection.alpha[0] - 1.0).abs() < 1e-14 && (projection.alpha[1] - 1.0).abs() < 1e-14);
    }

    #[test]
    fn a_plane_at_alpha3_holds_the_same_points_as_the_volume() {
        let directions = vec![vec![1.0, 0.0, 0.5], vec![0.0, 1.0, 0.0], vec![0.3, 0.3, 1.0]];
        let volume = Subspace::new(vec![1.0; 3], directions).unwrap();
        let plane = volume.plane_at(0.0);
        assert_eq!(plane.origin(), volume.origin(), "an alpha3 of 0 is a plane like any other");
        let moved = volume.plane_at(-1.5);
        let theta = [2.0, -1.0, 4.0];
        let alpha3 = volume.project(&theta).alpha[2];
        let distance = moved.project(&theta).residual;
        assert!((distance - (alpha3 + 1.5).abs() * volume.rise()).abs() < 1e-12, "a space of three");
        for (a, b) in moved.lift(&[0.2, 0.7]).iter().zip(volume.lift(&[0.2, 0.7, -1.5])) {
            assert!((a - b).abs() < 1e-15);
        }
    }

    #[test]
    fn dependent_directions_are_refused() {
        let twice = vec![vec![1.0, 2.0], vec![2.0, 4.0]];
        assert_eq!(Subspace::new(vec![0.0; 2], twice), Err(SubspaceError::Dependent { number: 2 }));
        let none = vec![vec![0.0, 0.0]];
        assert_eq!(Subspace::new(vec![0.0; 2], none), Err(SubspaceError::Dependent { number: 1 }));
    }
}
