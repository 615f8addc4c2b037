//! `losscape slice`: the numbers of a slice, without a window.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{anyhow, bail};
use clap::Args;

use super::evaluator::EvaluatorArguments;
use super::experiment::ExperimentArguments;
use super::interrupt::Interrupt;
use super::number::finite;
use super::progress;
use super::terminal::complain;
use super::{Failure, file_to_write, tell_notes};
use crate::core::experiment::Experiment;
use crate::core::experiment::pipeline::{self, Plan};
use crate::core::formats::{Slice, SliceFormat};
use crate::core::grid::{Axis, Evaluator, GridJob, GridSpec, LossGrid, Precision};
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
    tell_notes(&request.experiment);
    let interrupt = Interrupt::listen()?;
    let (request, evaluated) = interrupt.work(move || {
        let evaluated = request.evaluate();
        (request, evaluated)
    })?;
    let Evaluated { plan, subspace, grid } = evaluated?;
    let slice = Slice {
        experiment: &request.experiment.saved_in(output.folder()),
        plan: &plan,
        subspace: &subspace,
        grid: &grid,
        precision: request.precision,
    };
    interrupt.write(&output, |file| format.write(file, &slice))
}

/// What is to be evaluated.
struct Request {
    experiment: Experiment,
    counts: Vec<usize>,
    /// Without them, those that follow from the run.
    ranges: Option<Vec<(f64, f64)>>,
    alpha3: f64,
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
        let experiment = self
            .experiment
            .checked_with(|file| file.view.alpha3 = self.alpha3.unwrap_or(file.view.alpha3))?;
        let counts = self.experiment.counts().map_err(Failure::Request)?;
        let counts = counts.unwrap_or_else(|| experiment.slice.grid.0.to_vec());
        let ranges = self.experiment.ranges().map_err(Failure::Request)?;
        if let Some(slice) = experiment.imported_slice() {
            let axes = slice.table.losses().spec.axes();
            let own: Vec<usize> = axes.iter().map(|axis| axis.count).collect();
            refuse_another_grid(&own, &counts, ranges.is_some()).map_err(Failure::Request)?;
        }
        let format = SliceFormat::of_path(&self.output).map_err(Failure::request)?;
        format.accepts(&counts).map_err(Failure::request)?;
        let alpha3 = self.alpha3.unwrap_or(experiment.view.alpha3);
        // Any range stands for those that follow from the run; the given ones are checked before it.
        let stand_in = vec![(0.0, 1.0); counts.len()];
        spec(ranges.as_ref().unwrap_or(&stand_in), &counts).map_err(Failure::Request)?;
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
        let served = self.evaluator.connect(&experiment)?;
        let precision = self.precision;
        Ok((Request { experiment, counts, ranges, alpha3, precision, served }, format, output))
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

/// Cells between two movements of the progress bar.
const CELLS_AT_ONCE: u64 = 8192;

impl Request {
    fn evaluate(&self) -> Result<Evaluated, Failure> {
        let bar = progress::bar("training");
        let prepared = pipeline::prepare(&self.experiment, |progress| progress::show(&bar, progress));
        bar.finish_and_clear();
        let plan = prepared.map_err(Failure::work)?;
        plan.warning.iter().for_each(|warning| complain(warning));
        let subspace = self.subspace(&plan)?;
        let following = || self.experiment.ranges(&plan.plane, &plan.sound).to_vec();
        let ranges = self.ranges.clone().unwrap_or_else(following);
        let spec = spec(&ranges, &self.counts).map_err(Failure::Request)?;
        let served = self.served.clone().map(|served| served as Arc<dyn Evaluator>);
        let evaluator =
            served.or_else(|| plan.evaluator.clone()).ok_or(NoObjective).map_err(Failure::request)?;
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

fn spec(ranges: &[(f64, f64)], counts: &[usize]) -> anyhow::Result<GridSpec> {
    if ranges.len() < counts.len() {
        return Err(anyhow!("--range of {} axes: expected {}, as --grid has", ranges.len(), counts.len()));
    }
    let axes = ranges.iter().zip(counts).map(|(&(low, high), &count)| Axis { low, high, count });
    Ok(GridSpec::new(axes.collect())?)
}
