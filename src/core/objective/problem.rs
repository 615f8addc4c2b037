//! What is looked at: a space of parameters, where a run sets out in it, and what is minimised there.
//!
//! The last may be unknown. A run that was recorded elsewhere has a trail, planes and distances without it;
//! whatever would evaluate a loss is absent then and says so, by [`NoObjective`].

use std::fmt;
use std::sync::Arc;

use super::{Objective, Supervised};
use crate::core::data::Dataset;
use crate::core::num::ParamLayout;

/// A space of parameters with a start, and an objective where it is known.
pub struct Problem {
    layout: ParamLayout,
    start: Vec<f64>,
    objective: Option<Arc<dyn Objective>>,
}

/// Nothing can be evaluated: training, slices and probes are not to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this run was recorded elsewhere and came without its loss, so nothing can be trained, sliced or probed"
)]
pub struct NoObjective;

impl Problem {
    /// An objective, and the theta at which a run sets out, `[dim]`.
    ///
    /// # Panics
    /// If the start is no theta of the objective.
    pub fn new(objective: Arc<dyn Objective>, start: Vec<f64>) -> Self {
        assert_eq!(start.len(), objective.dim(), "the start must be a theta of the objective");
        Self { layout: objective.layout().clone(), start, objective: Some(objective) }
    }

    /// A space of which no more is known than a run in it, which set out at `start`, `[dim]`.
    ///
    /// # Panics
    /// If the start is no theta of the layout.
    pub fn without_objective(layout: ParamLayout, start: Vec<f64>) -> Self {
        assert_eq!(start.len(), layout.dim(), "the start must be a theta of the layout");
        Self { layout, start, objective: None }
    }

    /// Which parameters lie where in theta.
    pub fn layout(&self) -> &ParamLayout {
        &self.layout
    }

    /// Length of theta.
    pub fn dim(&self) -> usize {
        self.layout.dim()
    }

    /// Where a run sets out, `[dim]`.
    pub fn start(&self) -> &[f64] {
        &self.start
    }

    /// What is minimised, where that is known.
    pub fn objective(&self) -> Option<&Arc<dyn Objective>> {
        self.objective.as_ref()
    }

    /// What belongs to learning from examples, where it does.
    pub fn supervised(&self) -> Option<&Supervised> {
        self.objective.as_ref()?.supervised()
    }

    /// Number of training examples; 0 where there are none.
    pub fn examples(&self) -> usize {
        self.objective.as_ref().map_or(0, |objective| objective.examples())
    }

    /// The training examples and those held out, as far as there are any.
    pub fn data(&self) -> [Option<&Dataset>; 2] {
        let supervised = self.supervised();
        [supervised.map(Supervised::train), supervised.and_then(Supervised::held_out)]
    }

    /// Bytes of examples and start. Examples are kept twice: as they are, and cut into blocks.
    pub fn bytes(&self) -> usize {
        let numbers: usize =
            self.data().into_iter().flatten().map(|data| 2 * (data.x().len() + data.y().len())).sum();
        (numbers + self.start.len()) * size_of::<f64>()
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let has_objective = self.objective.is_some();
        f.debug_struct("Problem")
            .field("dim", &self.dim())
            .field("has_objective", &has_objective)
            .finish_non_exhaustive()
    }
}

/// Equal for two that were made by one file: then only examples read from elsewhere can differ. What has no
/// objective is told apart by nothing but being the same.
impl PartialEq for Problem {
    fn eq(&self, other: &Self) -> bool {
        let is_known = self.objective.is_some() && other.objective.is_some();
        std::ptr::eq(self, other) || (is_known && self.start == other.start && self.data() == other.data())
    }
}
