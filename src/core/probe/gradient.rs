//! The gradient at a point, split into what a plane shows of it and what it hides.

use serde::Serialize;

use crate::core::num::vector::{add_scaled, dot, norm};
use crate::core::subspace::Subspace;

/// A gradient beside a plane. `in_plane² + out_of_plane² = norm²`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gradient {
    /// Its length.
    pub norm: f64,
    /// Length of its part within the span of the plane's directions.
    pub in_plane: f64,
    /// Length of its part at right angles to all of them.
    pub out_of_plane: f64,
    /// Change of the loss for one unit of each coordinate, ∂loss/∂alphaᵢ, `[k]`.
    pub along_axes: Vec<f64>,
}

/// Splits a gradient, `[dim]`.
pub fn split(grad: &[f64], plane: &Subspace) -> Gradient {
    let parts: Vec<f64> = plane.basis().iter().map(|q| dot(q, grad)).collect();
    let mut rest = grad.to_vec();
    for (q, part) in plane.basis().iter().zip(&parts) {
        add_scaled(&mut rest, -part, q);
    }
    Gradient {
        norm: norm(grad),
        in_plane: norm(&parts),
        out_of_plane: norm(&rest),
        along_axes: plane.directions().iter().map(|direction| dot(direction, grad)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_stand_at_right_angles() {
        let plane = Subspace::new(vec![0.0; 3], vec![vec![2.0, 0.0, 0.0], vec![1.0, 1.0, 0.0]]).unwrap();
        let found = split(&[3.0, 4.0, -12.0], &plane);
        assert_eq!((found.norm, found.out_of_plane), (13.0, 12.0));
        assert!((found.in_plane - 5.0).abs() < 1e-12);
        assert_eq!(found.along_axes, [6.0, 7.0]);
    }
}
