//! `losscape plan`: what a cluster is to evaluate, as a folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;

use super::experiment::ExperimentArguments;
use super::grid::CheckedGrid;
use super::interrupt::Interrupt;
use super::number::finite;
use super::terminal::complain;
use super::{Failure, tell_notes};
use crate::core::formats::plan::{PlanFolder, plan_folder};
use crate::core::imports::plan::{DIRECTIONS, PLAN, TILES};

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
    if output.exists() {
        return Err(Failure::request(anyhow!(
            "{}: it is there already; expected a new folder",
            output.display()
        )));
    }
    tell_notes(&checked.experiment);
    let interrupt = Interrupt::listen()?;
    let planned = interrupt.work(move || {
        let plan = checked.plan()?;
        let (subspace, spec) = checked.within(&plan)?;
        Ok::<_, Failure>(plan_folder(&checked.experiment, &plan, &subspace, &spec))
    })??;
    write(&output, &planned).map_err(Failure::Work)?;
    complain(&format!("{}: {} tiles to be evaluated", output.display(), planned.tiles));
    Ok(())
}

/// Makes the folder beside its place, and puts it there once it is whole.
fn write(output: &Path, planned: &PlanFolder) -> anyhow::Result<()> {
    let parent = output.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let cannot = || format!("cannot write {}", output.display());
    let made = tempfile::Builder::new().prefix(".plan").tempdir_in(parent).with_context(cannot)?;
    std::fs::write(made.path().join(DIRECTIONS), &planned.directions).with_context(cannot)?;
    std::fs::write(made.path().join(PLAN), &planned.plan).with_context(cannot)?;
    std::fs::create_dir(made.path().join(TILES)).with_context(cannot)?;
    allow_others(made.path()).with_context(cannot)?;
    // From here on it is no temporary one.
    let made = made.keep();
    std::fs::rename(&made, output).with_context(cannot).inspect_err(|_| {
        let _ = std::fs::remove_dir_all(&made);
    })
}

/// A temporary folder is its maker's alone; workers may be others.
#[cfg(unix)]
fn allow_others(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let as_usual = std::fs::metadata(folder.join(TILES))?.permissions().mode();
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(as_usual))
}

#[cfg(not(unix))]
fn allow_others(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}
