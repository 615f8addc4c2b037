//! Who turns the points of a slice into losses.

use std::sync::Arc;

use super::{GridBackend, GridSpec, KernelBackend, Precision, ReferenceBackend};
use crate::core::objective::Objective;
use crate::core::subspace::Subspace;

/// The seam between whoever wants a grid and whoever knows the loss: this process, or another one.
pub trait Evaluator: Send + Sync {
    /// Takes on the cells of `spec` in a subspace; the grid's axes run along its first directions.
    fn grid(&self, subspace: &Subspace, spec: &GridSpec, precision: Precision) -> Box<dyn GridBackend>;
}

/// Evaluates an objective in this process: the reference, or the kernel where single length will do.
pub struct InProcess {
    objective: Arc<dyn Objective>,
}

impl InProcess {
    /// An evaluator of that objective.
    pub fn new(objective: Arc<dyn Objective>) -> Self {
        Self { objective }
    }
}

impl Evaluator for InProcess {
    fn grid(&self, subspace: &Subspace, spec: &GridSpec, precision: Precision) -> Box<dyn GridBackend> {
        let (objective, subspace, spec) = (Arc::clone(&self.objective), subspace.clone(), spec.clone());
        if precision == Precision::F32
            && let Some(kernel) = KernelBackend::new(Arc::clone(&objective), subspace.clone(), spec.clone())
        {
            return Box::new(kernel);
        }
        Box::new(ReferenceBackend::new(objective, subspace, spec))
    }
}
