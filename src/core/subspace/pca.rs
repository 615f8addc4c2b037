//! The plane of a trajectory's principal components.
//!
//! Unit right-singular vectors of the checkpoints `[n_checkpoints, dim]` taken about an origin: their
//! mean, or the end of training (Li et al. 2018, section 7). Shares are of the total variance about
//! that origin, so they sum to less than 1 unless the path lies in the plane.

use serde::{Deserialize, Serialize};

use super::config::{AxisMeaning, DIRECTIONS, FitError, SlicePlane, complete};
use super::principal;
use crate::core::num::Stream;
use crate::core::num::vector::sub;

/// The point that a principal component analysis is taken about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The mean of the checkpoints.
    #[default]
    Mean,
    /// The last checkpoint.
    End,
}

/// Fits the plane to checkpoints, oldest first.
///
/// # Errors
/// If the run did not move.
pub fn fit(thetas: &[&[f64]], about: About, stream: &mut Stream) -> Result<SlicePlane, FitError> {
    let origin = match about {
        About::Mean => principal::mean(thetas),
        About::End => thetas[thetas.len() - 1].to_vec(),
    };
    let rows: Vec<Vec<f64>> = thetas.iter().map(|theta| sub(theta, &origin)).collect();
    let principal = principal::top_directions(&rows, DIRECTIONS);
    if principal.directions.is_empty() {
        return Err(FitError::NotMoved { checkpoints: thetas.len() });
    }
    let axes = principal
        .share
        .iter()
        .enumerate()
        .map(|(i, &share)| AxisMeaning { name: format!("PC {}", i + 1), explained: share, is_random: false })
        .collect();
    let (directions, axes) = complete(principal.directions, axes, 1.0, stream);
    SlicePlane::new(origin, directions, axes)
}
