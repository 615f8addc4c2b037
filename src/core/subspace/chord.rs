//! The plane through start and end of training, as in the post "What is a loss landscape?".
//!
//! Origin = start, direction 1 = end − start, so that Start is (0, 0) and End (1, 0). Directions 2 and
//! 3 are the top right-singular vectors of the mean-centred checkpoints after their component along
//! the chord is removed, scaled to ‖end − start‖. (Equal length is our choice; in the post's figure
//! 10 the second axis has about 0.28 of the length of the first.)

use super::config::{AxisMeaning, DIRECTIONS, FitError, SlicePlane, complete};
use super::principal;
use crate::core::num::Stream;
use crate::core::num::vector::{add_scaled, dot, norm, scaled, sub};

/// Fits the plane to checkpoints, oldest first.
///
/// # Errors
/// If the run ended where it started.
pub fn fit(thetas: &[&[f64]], stream: &mut Stream) -> Result<SlicePlane, FitError> {
    let start = thetas[0];
    let chord = sub(thetas[thetas.len() - 1], start);
    let length = norm(&chord);
    if length == 0.0 || !length.is_finite() {
        return Err(FitError::NotMoved { checkpoints: thetas.len() });
    }
    let unit = scaled(&chord, 1.0 / length);
    let mean = principal::mean(thetas);
    let rows: Vec<Vec<f64>> = thetas
        .iter()
        .map(|theta| {
            let mut row = sub(theta, &mean);
            let along = dot(&unit, &row);
            add_scaled(&mut row, -along, &unit);
            row
        })
        .collect();
    // What is left of a straight path is rounding, which must not choose a direction.
    let left = rows.iter().map(|row| norm(row)).fold(0.0, f64::max);
    let mut directions = vec![unit];
    if left > 1e-12 * length {
        for direction in principal::top_directions(&rows, DIRECTIONS - 1).directions {
            // Rounding leaves a trace of the chord in them.
            directions.extend(principal::orthonormal_to(direction, &directions));
        }
    }
    let shares = principal::variance_shares(thetas, &directions);
    let axes = shares
        .iter()
        .enumerate()
        .map(|(i, &explained)| {
            let name = match i {
                0 => "start to end".to_owned(),
                1 => "main bend".to_owned(),
                _ => "second bend".to_owned(),
            };
            AxisMeaning { name, explained, is_random: false }
        })
        .collect();
    let directions = directions.iter().map(|d| scaled(d, length)).collect();
    let (mut directions, axes) = complete(directions, axes, length, stream);
    directions[0] = chord;
    SlicePlane::new(start.to_vec(), directions, axes)
}
