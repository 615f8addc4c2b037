//! The plane through start and end of training, as in the post "What is a loss landscape?".
//!
//! Origin = start, direction 1 = end − start, so that Start is (0, 0) and End (1, 0). Directions 2 and
//! 3 are the top right-singular vectors of the mean-centred checkpoints after their component along
//! the chord is removed, scaled to ‖end − start‖. (Equal length is our choice; in the post's figure
//! 10 the second axis has about 0.28 of the length of the first.)

use super::fit::{DIRECTIONS, FitError, Fitted};
use crate::core::num::principal;
use crate::core::num::vector::{dot, norm, scaled, sub};

/// Fits the plane to checkpoints, oldest first.
///
/// # Errors
/// If the run ended where it started.
pub(super) fn fit(thetas: &[&[f64]]) -> Result<Fitted, FitError> {
    let start = thetas[0];
    let chord = sub(thetas[thetas.len() - 1], start);
    let length = norm(&chord);
    if length == 0.0 || !length.is_finite() {
        return Err(FitError::NotMoved { checkpoints: thetas.len() });
    }
    let unit = scaled(&chord, 1.0 / length);
    let mean = principal::mean(thetas);
    let along: Vec<f64> = thetas.iter().map(|theta| dot(&unit, &sub(theta, &mean))).collect();
    let across = |i: usize, j: usize| (thetas[i][j] - mean[j]) + -along[i] * unit[j];
    let row = |i: usize| (0..unit.len()).map(|j| across(i, j)).collect::<Vec<f64>>();
    // What is left of a straight path is rounding, which must not choose a direction.
    let left = (0..thetas.len()).map(|i| norm(&row(i))).fold(0.0, f64::max);
    let mut units = vec![unit.clone()];
    if left > 1e-12 * length {
        let size = [thetas.len(), unit.len()];
        for direction in principal::top_directions(size, across, DIRECTIONS - 1).directions {
            // Rounding leaves a trace of the chord in them.
            units.extend(principal::orthonormal_to(direction, &units));
        }
    }
    let mut directions: Vec<Vec<f64>> = units.iter().map(|unit| scaled(unit, length)).collect();
    directions[0] = chord;
    let names = ["start to end", "main bend", "second bend"];
    Ok(Fitted {
        origin: start.to_vec(),
        names: names[..directions.len()].iter().map(|&name| name.to_owned()).collect(),
        directions,
        about: None,
        completion: length,
        filled_up: 0,
    })
}
