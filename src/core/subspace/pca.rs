//! The plane of a trajectory's principal components.
//!
//! Unit right-singular vectors of the checkpoints `[n_checkpoints, dim]` taken about an origin: their
//! mean, or the end of training (Li et al. 2018, section 7). Shares are of the total variance about
//! that origin, so they sum to less than 1 unless the path lies in the plane.

use serde::{Deserialize, Serialize};

use super::fit::{DIRECTIONS, FitError, Fitted};
use crate::core::num::principal;

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
pub(super) fn fit(thetas: &[&[f64]], about: About) -> Result<Fitted, FitError> {
    let origin = match about {
        About::Mean => principal::mean(thetas),
        About::End => thetas[thetas.len() - 1].to_vec(),
    };
    let centred = |i: usize, j: usize| thetas[i][j] - origin[j];
    let directions = principal::top_directions([thetas.len(), origin.len()], centred, DIRECTIONS).directions;
    if directions.is_empty() {
        return Err(FitError::NotMoved { checkpoints: thetas.len() });
    }
    Ok(Fitted {
        about: Some(origin.clone()),
        origin,
        names: (1..=directions.len()).map(|i| format!("PC {i}")).collect(),
        directions,
        completion: 1.0,
        filled_up: 0,
    })
}
