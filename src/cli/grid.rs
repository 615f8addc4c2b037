//! The grid that is asked for, of a slice or a plan: checked as far as it can be before any work.

use std::sync::Arc;

use anyhow::{anyhow, bail};

use super::Failure;
use super::experiment::{ExperimentArguments, Ranges};
use super::progress;
use super::terminal::complain;
use crate::core::experiment::Experiment;
use crate::core::experiment::pipeline::{self, Plan};
use crate::core::grid::{Axis, Evaluator, GridSpec};
use crate::core::subspace::Subspace;

/// An experiment, and the grid that is asked of its slice.
pub struct CheckedGrid {
    /// The experiment.
    pub experiment: Experiment,
    /// Cells along each axis.
    pub counts: Vec<usize>,
    /// From–to along each; without them, those that follow from the run.
    ranges: Option<Ranges>,
    alpha3: f64,
}

impl CheckedGrid {
    /// What was typed; `alpha3` is where a plane lies along the third direction.
    ///
    /// # Errors
    /// If the experiment, the grid or the ranges make no sense.
    pub fn of(arguments: &ExperimentArguments, alpha3: Option<f64>) -> Result<Self, Failure> {
        let experiment =
            arguments.checked_with(|file| file.view.alpha3 = alpha3.unwrap_or(file.view.alpha3))?;
        let counts = arguments.counts().map_err(Failure::Request)?;
        let ranges = arguments.ranges().map_err(Failure::Request)?;
        let counts = match experiment.imported_slice() {
            Some(slice) => {
                let axes = slice.table.losses().spec.axes();
                let own: Vec<usize> = axes.iter().map(|axis| axis.count).collect();
                let counts = counts.unwrap_or_else(|| own.clone());
                refuse_another_grid(&own, &counts, ranges.is_some()).map_err(Failure::Request)?;
                counts
            }
            None => counts.unwrap_or_else(|| experiment.slice.grid.0.to_vec()),
        };
        let alpha3 = alpha3.unwrap_or(experiment.view.alpha3);
        // Any range stands for those that follow from the run; the given ones are checked before it.
        let stand_in = vec![(0.0, 1.0); counts.len()];
        spec(ranges.as_ref().unwrap_or(&stand_in), &counts).map_err(Failure::Request)?;
        Ok(Self { experiment, counts, ranges, alpha3 })
    }

    /// The run's plane: trains, where that has to be done first.
    ///
    /// # Errors
    /// If no plane fits the run.
    pub fn plan(&self) -> Result<Plan, Failure> {
        self.plan_for(pipeline::in_process(&self.experiment))
    }

    /// The same for whoever evaluates its slices, and the losses along the run.
    ///
    /// # Errors
    /// If no plane fits the run, or whoever evaluates is lost.
    pub fn plan_for(&self, evaluator: Option<Arc<dyn Evaluator>>) -> Result<Plan, Failure> {
        let bar = progress::bar("training");
        let show = |progress| progress::show(&bar, progress);
        let prepared = pipeline::prepare_for(&self.experiment, evaluator, show);
        bar.finish_and_clear();
        let bar = progress::bar("the path");
        let show = |progress| progress::show(&bar, progress);
        let along = pipeline::evaluate_along(&self.experiment, prepared.map_err(Failure::work)?, show);
        bar.finish_and_clear();
        let plan = along.map_err(Failure::work)?;
        plan.warning.iter().for_each(|warning| complain(warning));
        Ok(plan)
    }

    /// The grid, and the subspace along whose first directions its axes run.
    ///
    /// # Errors
    /// If the slice has fewer directions than the grid has axes, or the ranges that follow from the run make no grid.
    pub fn within(&self, plan: &Plan) -> Result<(Subspace, GridSpec), Failure> {
        let following = || self.experiment.ranges(&plan.plane, &plan.sound).to_vec();
        let ranges = self.ranges.clone().unwrap_or_else(following);
        let spec = spec(&ranges, &self.counts).map_err(Failure::Request)?;
        Ok((self.subspace(plan)?, spec))
    }

    /// A plane lies at the alpha3 asked for; lines and volumes in the whole.
    fn subspace(&self, plan: &Plan) -> Result<Subspace, Failure> {
        let (axes, whole) = (self.counts.len(), &plan.plane.subspace);
        match axes {
            _ if axes > whole.k() => {
                let k = whole.k();
                Err(Failure::request(anyhow!(
                    "--grid of {axes} axes: expected at most the {k} of this slice"
                )))
            }
            2 => Ok(whole.plane_at(self.alpha3)),
            _ => Ok(whole.clone()),
        }
    }
}

/// A slice that was evaluated elsewhere has the cells of its file: those of a volume, or of one of its planes.
fn refuse_another_grid(own: &[usize], counts: &[usize], has_ranges: bool) -> anyhow::Result<()> {
    let text = |counts: &[usize]| counts.iter().map(usize::to_string).collect::<Vec<_>>().join("x");
    if has_ranges {
        bail!(
            "--range: expected none, since the slice was evaluated elsewhere and has the ranges of its file"
        );
    }
    if counts.len() < 2 || !own.starts_with(counts) {
        bail!("--grid {}: expected {}, since the slice was evaluated elsewhere", text(counts), text(own));
    }
    Ok(())
}

fn spec(ranges: &[(f64, f64)], counts: &[usize]) -> anyhow::Result<GridSpec> {
    if ranges.len() < counts.len() {
        return Err(anyhow!("--range of {} axes: expected {}, as --grid has", ranges.len(), counts.len()));
    }
    let axes = ranges.iter().zip(counts).map(|(&(low, high), &count)| Axis { low, high, count });
    Ok(GridSpec::new(axes.collect())?)
}
