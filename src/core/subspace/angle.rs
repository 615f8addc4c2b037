//! The chord plane seen awry: direction 2 stands at a given angle to direction 1.
//!
//! Drawn on axes at right angles, two directions that are nearly parallel give mirror-like bands that
//! are not in the landscape (the post's figure 9). At 90° it is the chord plane itself.

use super::chord;
use super::fit::{FitError, Fitted, readable};
use crate::core::num::Stream;
use crate::core::num::vector::{add_scaled, scaled};

/// Fits the plane to checkpoints, oldest first. `degrees` lies between the directions, above 0 to 90.
///
/// # Errors
/// If the run ended where it started.
pub(super) fn fit(thetas: &[&[f64]], degrees: f64, stream: &mut Stream) -> Result<Fitted, FitError> {
    let mut fitted = chord::fit(thetas)?;
    // A straight path leaves to chance what is to be turned.
    fitted.complete(stream);
    let (sin, cos) = degrees.to_radians().sin_cos();
    if let [first, second, ..] = &mut fitted.directions[..] {
        let mut turned = scaled(first, cos);
        add_scaled(&mut turned, sin, second);
        *second = turned;
        fitted.names[1] = format!("{}° from it", readable(degrees));
    }
    Ok(fitted)
}
