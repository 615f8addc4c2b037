//! Who turns the points of a slice into losses.

use std::sync::Arc;

use super::{GridBackend, GridSpec, KernelBackend, PathEvaluator, Precision, ReferenceBackend};
use crate::core::objective::{Measure, Objective};
use crate::core::subspace::Subspace;

/// The seam between whoever wants a grid and whoever knows the loss, or another quantity: this process, or
/// another one.
pub trait Evaluator: Send + Sync {
    /// Takes on the cells of `spec` in a subspace; the grid's axes run along its first directions.
    fn grid(&self, subspace: &Subspace, spec: &GridSpec, precision: Precision) -> Box<dyn GridBackend>;

    /// Who evaluates a run's points, where the losses that it was recorded with are not those of the slices.
    fn points(&self) -> Option<&dyn PathEvaluator> {
        None
    }
}

/// Evaluates in this process: the reference, or for losses and accuracies of a network the kernel where single length will do.
pub struct InProcess {
    measure: Measure,
}

impl InProcess {
    /// An evaluator of that objective's loss.
    pub fn new(objective: Arc<dyn Objective>) -> Self {
        Self::of(objective.into())
    }

    /// An evaluator of a quantity.
    pub fn of(measure: Measure) -> Self {
        Self { measure }
    }
}

impl Evaluator for InProcess {
    fn grid(&self, subspace: &Subspace, spec: &GridSpec, precision: Precision) -> Box<dyn GridBackend> {
        let (subspace, spec) = (subspace.clone(), spec.clone());
        if precision == Precision::F32
            && let Some(kernel) = KernelBackend::of(self.measure.clone(), subspace.clone(), spec.clone())
        {
            return Box::new(kernel);
        }
        Box::new(ReferenceBackend::of(self.measure.clone(), subspace, spec))
    }
}
