//! What a plane is fitted to.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::rescale::Rescale;
use crate::core::objective::Problem;
use crate::core::objective::hessian::Eigenpairs;
use crate::core::train::Trajectory;

/// Points of parameter space that were read from files, by the path that names them.
pub type ThetaFiles = BTreeMap<PathBuf, Vec<f64>>;

/// Points of a run between the checkpoints that it kept, by their steps.
pub type ThetaSteps = BTreeMap<u64, Vec<f64>>;

/// What a plane is fitted to.
pub struct FitInput<'a> {
    /// The run.
    pub trajectory: &'a Trajectory,
    /// What it is about. A plane of curvature needs its objective.
    pub problem: &'a Problem,
    /// The points that the plane's places name by file.
    pub files: &'a ThetaFiles,
    /// Those that they name by step, where the run kept no checkpoint.
    pub steps: &'a ThetaSteps,
    /// How the loss bends at the point of a plane of curvature, where that was found out beforehand.
    pub bending: Option<&'a Eigenpairs>,
    /// A way that the third direction follows instead of the plane's own, `[dim]`.
    pub way_on: Option<&'a [f64]>,
    /// Seed of the stream `plane`, for directions that chance chooses.
    pub seed: u64,
    /// Degrees by which direction 2 is turned towards direction 3.
    pub rotate: f64,
    /// The coordinates in which the plane is laid, where these are not the run's own.
    pub rescale: Option<Rescale>,
}
