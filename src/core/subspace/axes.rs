//! The plane of named parameters: coordinates are the parameters themselves.

use super::fit::{DIRECTIONS, Fitted};
use crate::core::num::ParamLayout;

/// The places in theta of parameters by name, or of the first ones where none is named. Names were
/// checked with the experiment.
pub(super) fn indices(names: &[String], layout: &ParamLayout) -> Vec<usize> {
    if names.is_empty() {
        return (0..DIRECTIONS.min(layout.dim())).collect();
    }
    names.iter().filter_map(|name| layout.entry_index(name)).collect()
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
