//! The plane through given points: theta = A + alpha1·(B − A) + alpha2·(C − A).

use super::fit::{FitError, Fitted};
use crate::core::num::vector::{norm, sub};

/// The subspace from `a` (the origin) towards each of `others`, which lie at coordinate 1 of their
/// axis. Directions that are missing for a slice get the length of the first.
///
/// # Errors
/// If the first of the others is `a` itself.
pub(super) fn fit(a: Vec<f64>, others: &[(&[f64], String)]) -> Result<Fitted, FitError> {
    let directions: Vec<Vec<f64>> = others.iter().map(|(other, _)| sub(other, &a)).collect();
    let length = norm(&directions[0]);
    if length == 0.0 || !length.is_finite() {
        return Err(FitError::OnePoint);
    }
    let names = others.iter().map(|(_, name)| name.clone()).collect();
    Ok(Fitted { origin: a, directions, names, about: None, completion: length, filled_up: 0 })
}
