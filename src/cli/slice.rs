//! `losscape slice`: the numbers of a slice, without a window.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::anyhow;
use clap::Args;

use super::evaluator::EvaluatorArguments;
use super::experiment::ExperimentArguments;
use super::grid::CheckedGrid;
use super::interrupt::Interrupt;
use super::number::finite;
use super::progress;
use super::{Failure, file_to_write, tell_notes};
use crate::core::experiment::pipeline::{self, Plan};
use crate::core::formats::{Slice, SliceFormat};
use crate::core::grid::{Evaluator, GridJob, LossGrid, Precision};
use crate::core::num::Job;
use crate::core::objective::NoObjective;
use crate::core::subspace::Subspace;
use crate::disk::output::Output;
use crate::disk::served::Served;

/// A slice as typed.
#[derive(Debug, Args)]
pub struct SliceArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    #[command(flatten)]
    evaluator: EvaluatorArguments,
    /// The file to write: .npz for numpy, .csv, .vts for ParaView; planes also as .obj .ply .stl .glb .png.
    #[arg(short, long, value_name = "FILE", value_parser = file_to_write())]
    output: PathBuf,
    /// Where a plane lies along the third direction.
    #[arg(long, value_name = "A", allow_hyphen_values = true, value_parser = finite)]
    alpha3: Option<f64>,
    /// f64, or f32 for the fast kernel, which is within 2e-6 of it; the file says which.
    #[arg(long, value_name = "f64|f32", default_value_t)]
    precision: Precision,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
}

/// Evaluates the slice and writes it.
///
/// # Errors
/// If the request makes no sense, no plane fits the run, or the file cannot be written.
pub fn slice(arguments: SliceArguments) -> Result<(), Failure> {
    let (request, format, output) = arguments.checked()?;
    tell_notes(&request.grid.experiment);
    let interrupt = Interrupt::listen()?;
    let (request, evaluated) = interrupt.work(move || {
        let evaluated = request.evaluate();
        (request, evaluated)
    })?;
    let Evaluated { plan, subspace, grid } = evaluated?;
    let slice = Slice {
        experiment: &request.grid.experiment.saved_in(output.folder()),
        plan: &plan,
        subspace: &subspace,
        grid: &grid,
        precision: request.precision,
    };
    interrupt.write(&output, |file| format.write(file, &slice))
}

/// What is to be evaluated.
struct Request {
    grid: CheckedGrid,
    precision: Precision,
    /// Who evaluates, where it is somebody else.
    served: Option<Arc<Served>>,
}

struct Evaluated {
    plan: Plan,
    subspace: Subspace,
    grid: LossGrid,
}

impl SliceArguments {
    fn checked(self) -> Result<(Request, SliceFormat, Output), Failure> {
        let grid = CheckedGrid::of(&self.experiment, self.alpha3)?;
        let experiment = &grid.experiment;
        let format = SliceFormat::of_path(&self.output).map_err(Failure::request)?;
        format.accepts(&grid.counts).map_err(Failure::request)?;
        let output = Output::new(&self.output, self.force).map_err(Failure::request)?;
        if self.evaluator.is_given() && self.precision == Precision::F32 {
            return Err(Failure::request(anyhow!(
                "--precision f32: expected f64, in which an evaluator answers"
            )));
        }
        if self.evaluator.is_given() && !experiment.slice.quantity.is_loss() {
            return Err(Failure::request(anyhow!(
                "slice.quantity: expected loss, which is what an evaluator knows"
            )));
        }
        let served = self.evaluator.connect(experiment)?;
        Ok((Request { grid, precision: self.precision, served }, format, output))
    }
}

/// Cells between two movements of the progress bar.
const CELLS_AT_ONCE: u64 = 8192;

impl Request {
    fn evaluate(&self) -> Result<Evaluated, Failure> {
        let served = self.served.clone().map(|served| served as Arc<dyn Evaluator>);
        let plan = self.grid.plan_for(served.or_else(|| pipeline::in_process(&self.grid.experiment)))?;
        let (subspace, spec) = self.grid.within(&plan)?;
        let evaluator = plan.evaluator.clone().ok_or(NoObjective).map_err(Failure::request)?;
        let mut job = GridJob::new(spec.clone(), evaluator.grid(&subspace, &spec, self.precision));
        let bar = progress::bar("slicing");
        while !job.is_finished() {
            job.advance(CELLS_AT_ONCE);
            if let Some(lost) = job.failure() {
                bar.finish_and_clear();
                return Err(Failure::work(lost));
            }
            progress::show(&bar, job.progress());
        }
        bar.finish_and_clear();
        Ok(Evaluated { plan, subspace, grid: job.finish() })
    }
}
