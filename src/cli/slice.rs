//! `losscape slice`: the numbers of a slice, without a window.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::Failure;
use super::experiment::ExperimentArguments;
use crate::core::experiment::{Experiment, pipeline};
use crate::core::grid::{Axis, GridJob, GridSpec, LossGrid, ReferenceBackend};
use crate::core::io::output::Output;
use crate::core::io::{Slice, SliceFormat};
use crate::core::num::CancelToken;

/// A slice as typed.
#[derive(Debug, Args)]
pub struct SliceArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// The file to write: .npz for numpy, .csv, .vts for ParaView; planes also as .obj .ply .stl .glb .png.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Cells along each axis: N for a line, N1xN2 for a plane, N1xN2xN3 for a volume.
    #[arg(long, value_name = "N1xN2xN3")]
    grid: Option<String>,
    /// From and to along each axis, A:B,A:B,A:B; without it, what the experiment shows.
    #[arg(long, value_name = "A:B,…", allow_hyphen_values = true)]
    range: Option<String>,
    /// Where a plane lies along the third direction.
    #[arg(long, value_name = "A", allow_negative_numbers = true, default_value_t = 0.0)]
    alpha3: f64,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
}

/// Evaluates the slice and writes it.
///
/// # Errors
/// If the request makes no sense, no plane fits the run, or the file cannot be written.
pub fn slice(arguments: SliceArguments) -> Result<(), Failure> {
    let experiment = arguments.experiment.checked()?;
    let counts = arguments.counts(&experiment).map_err(Failure::Request)?;
    let ranges = arguments.ranges().map_err(Failure::Request)?;
    let format = SliceFormat::of_path(&arguments.output).map_err(Failure::request)?;
    format.accepts(&counts).map_err(Failure::request)?;
    // Any range stands for those that follow from the run; the given ones are checked before it.
    let stand_in = vec![(0.0, 1.0); counts.len()];
    spec(ranges.as_ref().unwrap_or(&stand_in), &counts).map_err(Failure::Request)?;
    let output = Output::new(&arguments.output, arguments.force).map_err(Failure::request)?;
    let cancel = CancelToken::default();
    let on_interrupt = cancel.clone();
    ctrlc::set_handler(move || on_interrupt.cancel()).map_err(Failure::work)?;

    let prepared = pipeline::prepare(&experiment, &cancel).map_err(Failure::work)?;
    let plan = prepared.ok_or(Failure::Interrupted)?;
    let ranges = ranges.unwrap_or_else(|| experiment.ranges(&plan.plane, &plan.trajectory).to_vec());
    let spec = spec(&ranges, &counts).map_err(Failure::Request)?;
    let whole = &plan.plane.subspace;
    if counts.len() > whole.k() {
        let (asked, k) = (counts.len(), whole.k());
        return Err(Failure::request(anyhow!(
            "--grid of {asked} axes: expected at most the {k} of this slice"
        )));
    }
    let subspace = if counts.len() == 2 { whole.plane_at(arguments.alpha3) } else { whole.clone() };
    let backend = ReferenceBackend::new(plan.objective.clone(), subspace.clone(), spec.clone());
    let grid = evaluate(GridJob::new(spec, Box::new(backend)), &cancel).ok_or(Failure::Interrupted)?;
    let slice = Slice { experiment: &experiment, plan: &plan, subspace: &subspace, grid: &grid };
    output.write(|file| format.write(file, &slice)).map_err(Failure::work)
}

/// Cells between two looks at whether somebody interrupts: a small part of a second's work.
const CELLS_AT_ONCE: u64 = 8192;

/// Evaluates a grid with a progress bar on a terminal; `None` if it was interrupted.
fn evaluate(mut job: GridJob, cancel: &CancelToken) -> Option<LossGrid> {
    let bar = ProgressBar::new(job.progress().total);
    let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    while !job.is_finished() {
        if cancel.is_cancelled() {
            return None;
        }
        job.advance(CELLS_AT_ONCE);
        bar.set_position(job.progress().done);
    }
    bar.finish_and_clear();
    Some(job.finish())
}

impl SliceArguments {
    fn counts(&self, experiment: &Experiment) -> anyhow::Result<Vec<usize>> {
        let Some(text) = &self.grid else { return Ok(experiment.slice.grid.0.to_vec()) };
        let counts: Option<Vec<usize>> = text.split('x').map(|count| count.parse().ok()).collect();
        let expected = || format!("--grid {text}: expected N, N1xN2 or N1xN2xN3");
        counts.filter(|counts| counts.len() <= 3).with_context(expected)
    }

    fn ranges(&self) -> anyhow::Result<Option<Vec<(f64, f64)>>> {
        let Some(text) = &self.range else { return Ok(None) };
        let range = |part: &str| {
            let (low, high) = part.split_once(':')?;
            Some((low.trim().parse().ok()?, high.trim().parse().ok()?))
        };
        let ranges: Option<Vec<(f64, f64)>> = text.split(',').map(range).collect();
        ranges
            .map(Some)
            .with_context(|| format!("--range {text}: expected A:B for each axis, with commas between"))
    }
}

fn spec(ranges: &[(f64, f64)], counts: &[usize]) -> anyhow::Result<GridSpec> {
    if ranges.len() < counts.len() {
        return Err(anyhow!("--range of {} axes: expected {}, as --grid has", ranges.len(), counts.len()));
    }
    let axes = ranges.iter().zip(counts).map(|(&(low, high), &count)| Axis { low, high, count });
    Ok(GridSpec::new(axes.collect())?)
}
