//! A slice with all it came from: what every format is written from.

use crate::core::experiment::Experiment;
use crate::core::experiment::pipeline::Plan;
use crate::core::geometry::heights::{HeightBlend, HeightRange};
use crate::core::grid::{LossGrid, Precision};
use crate::core::objective::Quantity;
use crate::core::subspace::Subspace;

/// A slice with all it came from.
pub struct Slice<'a> {
    /// What was asked for.
    pub experiment: &'a Experiment,
    /// Trajectory, plane and objective.
    pub plan: &'a Plan,
    /// The subspace that the grid lies in.
    pub subspace: &'a Subspace,
    /// Its losses, or what else it shows.
    pub grid: &'a LossGrid,
    /// The numbers they were computed in.
    pub precision: Precision,
}

/// How a loss is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellState {
    /// At its height.
    Finite = 0,
    /// Above the picture: cut off at the top.
    Clipped = 1,
    /// NaN or infinite: it has no height.
    Diverged = 2,
}

impl CellState {
    /// The state of a loss in a picture of those heights.
    pub fn of(loss: f64, heights: impl Into<HeightBlend>) -> Self {
        match loss {
            loss if !loss.is_finite() => Self::Diverged,
            loss if heights.into().cuts_off(loss) => Self::Clipped,
            _ => Self::Finite,
        }
    }
}

/// The share of the picture's height at which a loss stands, 0 to 1: those above are cut off, and
/// those that diverged stand at the top.
pub fn shown_height(loss: f64, heights: impl Into<HeightBlend>) -> f64 {
    if loss.is_finite() { heights.into().fraction(loss).clamp(0.0, 1.0) } else { 1.0 }
}

impl Slice<'_> {
    /// The losses between floor and top of a picture of this slice, as the window chooses them.
    pub fn heights(&self) -> HeightRange {
        self.experiment.view.heights(self.plan.quantity, &self.grid.loss, &self.plan.along)
    }

    /// What its numbers are.
    pub fn quantity(&self) -> Quantity {
        self.plan.quantity
    }
}
