//! The plane of named parameters: coordinates are the parameters themselves.

use super::fit::{DIRECTIONS, Fitted};
use crate::core::num::ParamLayout;

/// Names that are to be looked up, or the first parameters of theta where none is given.
pub(super) fn indices(names: &[String], layout: &ParamLayout) -> Result<Vec<usize>, String> {
    if names.is_empty() {
        return Ok((0..DIRECTIONS.min(layout.dim())).collect());
    }
    names.iter().map(|name| layout.entry_index(name).ok_or_else(|| name.clone())).collect()
}

/// The plane along the parameters of those indices, through `theta` with these entries set to 0.
pub(super) fn fit(mut theta: Vec<f64>, indices: &[usize], layout: &ParamLayout) -> Fitted {
    let dim = theta.len();
    let unit = |index: usize| (0..dim).map(|i| if i == index { 1.0 } else { 0.0 }).collect();
    let directions: Vec<Vec<f64>> = indices.iter().map(|&index| unit(index)).collect();
    for &index in indices {
        theta[index] = 0.0;
    }
    let names = indices.iter().map(|&index| layout.entry_name(index).unwrap_or_default()).collect();
    Fitted { origin: theta, directions, names, about: None, completion: 1.0, filled_up: 0 }
}
