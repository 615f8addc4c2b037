//! `losscape plan`: what a cluster is to evaluate, as a folder.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use super::experiment::ExperimentArguments;
use super::grid::CheckedGrid;
use super::interrupt::Interrupt;
use super::number::finite;
use super::terminal::complain;
use super::{Failure, tell_notes};
use crate::core::formats::plan::plan_folder;
use crate::core::imports::plan::{DIRECTIONS, PLAN, TILES};
use crate::disk::folder::OutputFolder;

/// A plan as typed.
#[derive(Debug, Args)]
pub struct PlanArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// The folder to make (docs/networks-of-others.md).
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,
    /// Where a plane lies along the third direction.
    #[arg(long, value_name = "A", allow_hyphen_values = true, value_parser = finite)]
    alpha3: Option<f64>,
}

/// Makes the folder.
///
/// # Errors
/// If the request makes no sense, no plane fits the run, or the folder is there already or cannot be made.
pub fn plan(arguments: PlanArguments) -> Result<(), Failure> {
    let PlanArguments { experiment, output, alpha3 } = arguments;
    let checked = CheckedGrid::of(&experiment, alpha3)?;
    if checked.experiment.imported_slice().is_some() {
        return Err(Failure::request(anyhow!(
            "a slice of others has no parameters to evaluate; expected a run"
        )));
    }
    if checked.experiment.problem().layout().is_span() {
        return Err(Failure::request(anyhow!(
            "the run is so large that it is held by coordinates, in which no worker can evaluate; expected a smaller one"
        )));
    }
    let folder = OutputFolder::new(&output).map_err(Failure::request)?;
    tell_notes(&checked.experiment);
    let interrupt = Interrupt::listen()?;
    let planned = interrupt.work(move || {
        let plan = checked.plan()?;
        let (subspace, spec) = checked.within(&plan)?;
        Ok::<_, Failure>(plan_folder(&checked.experiment, &plan, &subspace, &spec))
    })??;
    let written = folder.write(|folder| {
        std::fs::write(folder.join(DIRECTIONS), &planned.directions)?;
        std::fs::write(folder.join(PLAN), &planned.plan)?;
        std::fs::create_dir(folder.join(TILES))
    });
    written.map_err(Failure::work)?;
    complain(&format!("{}: {} tiles to be evaluated", output.display(), planned.tiles));
    Ok(())
}
