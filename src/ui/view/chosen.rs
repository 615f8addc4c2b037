//! The chosen point, as the panels tell of it.

use crate::core::probe::Brief;

/// The chosen point, as the panels tell of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chosen {
    /// Its place in the slice, by its alphas.
    pub alpha: Vec<f64>,
    /// The loss there, where it takes no time to find out.
    pub loss: Option<f64>,
    /// What the point is; `None` while that is being found out.
    pub verdict: Option<Brief>,
    /// The step of the shown run that comes nearest to it.
    pub nearest: Option<Nearest>,
}

/// A step near a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// The step.
    pub step: u64,
    /// Its distance from the point in the unit of theta.
    pub distance: f64,
    /// Whether that is so little that the point lies on the trail.
    pub is_on_trail: bool,
}
