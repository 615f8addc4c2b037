//! The plane in which the loss bends most: the top eigenvectors of its Hessian at a point.

use std::sync::Arc;

use super::fit::{DIRECTIONS, FitError, Fitted};
use super::place::Place;
use crate::core::num::principal::with_fixed_sign;
use crate::core::objective::Objective;
use crate::core::objective::hessian::{Eigenpairs, TopEigenpairs};
use crate::core::text::Measured;

/// Parameters up to which the plane is offered: beyond, the products of its Hessian with vectors take
/// minutes.
pub const MOST_PARAMETERS: usize = 50_000;

/// What the plane about `theta` rests on.
pub(super) fn bending(objective: &Arc<dyn Objective>, theta: Vec<f64>) -> TopEigenpairs {
    TopEigenpairs::new(Arc::clone(objective), theta, DIRECTIONS)
}

/// The plane about `theta`, which lies at `place`. Directions are unit vectors, their largest entry
/// positive, in the order of their eigenvalues from the largest down.
///
/// # Errors
/// If the Hessian is not finite there.
pub(super) fn fit(theta: Vec<f64>, place: &Place, pairs: Eigenpairs) -> Result<Fitted, FitError> {
    let pairs = pairs.map_err(|_| FitError::Hessian { place: place.to_string() })?;
    let names = pairs.iter().map(|(value, _)| format!("curvature {:.4}", Measured(*value))).collect();
    let directions = pairs.into_iter().map(|(_, vector)| with_fixed_sign(vector)).collect();
    Ok(Fitted { origin: theta, directions, names, about: None, completion: 1.0, filled_up: 0 })
}
