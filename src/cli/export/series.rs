//! Surfaces in time as a collection of files: a volume's planes one after the other, or those that training goes
//! through.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::anyhow;
use clap::ValueEnum;

use super::{ExportArguments, USUAL_LAYERS};
use crate::cli::interrupt::Interrupt;
use crate::cli::terminal::complain;
use crate::cli::{Failure, progress, tell_notes};
use crate::core::experiment::Experiment;
use crate::core::experiment::pipeline::{self, Plan};
use crate::core::formats::pvd::{Part, Series};
use crate::core::grid::{Axis, Evaluator, GridJob, LossGrid, Precision};
use crate::core::num::{Job, Progress};
use crate::core::objective::NoObjective;
use crate::disk::folder::OutputFolder;
use crate::disk::output::{Output, Stoppable};

/// What the time of a series is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TimeName {
    /// The place of the plane along the third direction.
    Alpha3,
    /// The step of training: each plane is the one that training is in then.
    Step,
}

/// The planes, and which is shown when.
struct Planned {
    alpha3: Vec<f64>,
    /// Steps, each with the number of its plane; without them time is alpha3.
    steps: Option<Vec<(u64, usize)>>,
}

/// Evaluates the planes and writes them.
pub(super) fn export(arguments: ExportArguments) -> Result<(), Failure> {
    let experiment = arguments.checked_experiment(None)?;
    let ExportArguments { output, layers, time, force, .. } = arguments;
    let folder = folder_of(&output);
    let output = Output::new(&output, force).map_err(Failure::request)?;
    let parts = OutputFolder::replacing(&folder, force, Part::is_name).map_err(Failure::request)?;
    tell_notes(&experiment);
    if experiment.second().is_some() {
        complain("what is compared is part of a .glb; this is of the first landscape alone");
    }
    let interrupt = Interrupt::listen()?;
    let series = interrupt.work(move || evaluated(&experiment, time, layers))??;
    if layers > USUAL_LAYERS {
        let (files, megabytes) = (series.parts().len(), series.bytes() as f64 / 1e6);
        complain(&format!("{}: {files} files, {megabytes:.1} MB", folder.display()));
    }
    write(&series, &output, (&parts, &folder), &interrupt)
}

/// The folder beside a collection: its name without the ending.
fn folder_of(collection: &Path) -> PathBuf {
    collection.with_extension("")
}

/// The folder is put in its place once the collection is whole, and the collection at once after it.
fn write(
    series: &Series,
    output: &Output,
    (parts, folder): (&OutputFolder, &Path),
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let token = interrupt.token();
    let told = |error| if token.is_cancelled() { Failure::Interrupted } else { Failure::work(error) };
    let mut collection = output.draft().map_err(told)?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let written = series.write_collection(&name, collection.file());
    written.map_err(|error| told(output.failed(error)))?;
    let fill = |folder: &Path| {
        series.parts().into_iter().try_for_each(|part| {
            let mut file = std::fs::File::create_new(folder.join(part.name()))?;
            series.write_part(part, Stoppable::new(&mut file, &token))
        })
    };
    parts.write(fill).map_err(told)?;
    collection.place().map_err(told)
}

fn evaluated(experiment: &Experiment, time: Option<TimeName>, layers: usize) -> Result<Series, Failure> {
    let bar = progress::bar("training");
    let prepared = pipeline::prepare(experiment, |progress| progress::show(&bar, progress));
    bar.finish_and_clear();
    let plan = prepared.map_err(Failure::work)?;
    plan.warning.iter().for_each(|warning| complain(warning));
    let planned = planned(&plan, time, layers).map_err(Failure::Request)?;
    let bar = progress::bar("slicing");
    let all = planned.alpha3.len() as u64;
    let planes = planned.alpha3.iter().zip(0..).map(|(alpha3, done)| {
        progress::show(&bar, Progress { done, total: all });
        Ok((*alpha3, plane(&plan, *alpha3)?))
    });
    let planes = planes.collect::<Result<Vec<_>, Failure>>();
    bar.finish_and_clear();
    Ok(match planned.steps {
        None => Series::in_alpha3(experiment, &plan, planes?),
        Some(steps) => Series::in_steps(experiment, &plan, planes?, steps),
    })
}

/// Cells between two looks at how far the work is.
const CELLS_AT_ONCE: u64 = 8192;

fn plane(plan: &Plan, alpha3: f64) -> Result<LossGrid, Failure> {
    let evaluator: Arc<dyn Evaluator> =
        plan.evaluator.clone().ok_or(NoObjective).map_err(Failure::request)?;
    let (subspace, spec) = (plan.plane.subspace.plane_at(alpha3), plan.plane_spec.clone());
    let mut job = GridJob::new(spec.clone(), evaluator.grid(&subspace, &spec, Precision::F64));
    while !job.is_finished() {
        job.advance(CELLS_AT_ONCE);
        if let Some(lost) = job.failure() {
            return Err(Failure::work(lost));
        }
    }
    Ok(job.finish())
}

fn planned(plan: &Plan, time: Option<TimeName>, layers: usize) -> anyhow::Result<Planned> {
    let third = plan.volume_spec.as_ref().map(|spec| spec.axes()[2]);
    let time = time.unwrap_or(if third.is_some() { TimeName::Alpha3 } else { TimeName::Step });
    match (time, third) {
        (TimeName::Alpha3, Some(axis)) => {
            let axis = Axis { count: axis.count.min(layers.max(2)), ..axis };
            Ok(Planned { alpha3: axis.values(), steps: None })
        }
        (TimeName::Alpha3, None) => {
            Err(anyhow!("--time alpha3: this slice has no third direction; expected --time step"))
        }
        (TimeName::Step, _) => in_steps(plan, third.is_some(), layers),
    }
}

/// Evenly along the training, from its beginning to its end.
fn in_steps(plan: &Plan, has_third: bool, layers: usize) -> anyhow::Result<Planned> {
    let points = plan.sound.checkpoints();
    if points.is_empty() {
        return Err(anyhow!("--time step: there is no training in it; expected --time alpha3"));
    }
    let (last, count) = (points.len() - 1, layers.min(points.len()));
    let mut planned = Planned { alpha3: Vec::new(), steps: Some(Vec::new()) };
    for at in (0..count).map(|i| i * last / count.saturating_sub(1).max(1)) {
        let projected = || plan.plane.subspace.project(&points[at].theta).alpha;
        let alpha3 = if has_third { projected().get(2).copied().unwrap_or(0.0) } else { 0.0 };
        if planned.alpha3.last() != Some(&alpha3) {
            planned.alpha3.push(alpha3);
        }
        planned.steps.get_or_insert_default().push((points[at].step, planned.alpha3.len() - 1));
    }
    Ok(planned)
}
