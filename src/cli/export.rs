//! `losscape export`: what a film shows, for programs that draw it themselves.

#[cfg(feature = "viewer")]
mod scene;
mod series;

use std::path::{Path, PathBuf};

use clap::Args;

use self::series::TimeName;
use super::experiment::ExperimentArguments;
use super::number::whole;
use super::{Failure, file_to_write};
use crate::core::experiment::Experiment;

/// An export as typed.
#[derive(Debug, Args)]
pub struct ExportArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// The file: .glb for Blender and whatever else reads glTF; .pvd with a folder of .vts beside it for ParaView.
    #[arg(short, long, value_name = "FILE", value_parser = file_to_write())]
    output: PathBuf,
    /// Surfaces of a landscape at most, and pieces of a trail in a .glb. Beyond 64 the size is told first.
    #[arg(long, value_name = "N", default_value_t = USUAL_LAYERS, allow_hyphen_values = true,
        value_parser = whole(1..=MOST_LAYERS))]
    layers: usize,
    /// Of a .pvd: what its time is; without it, alpha3 where there is one.
    #[arg(long, value_enum, value_name = "WHAT")]
    time: Option<TimeName>,
    #[cfg(feature = "viewer")]
    #[command(flatten)]
    scene: scene::SceneArguments,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
}

/// Surfaces, unless others are asked for: as many things as people still find their way among.
const USUAL_LAYERS: usize = 64;
/// More than any film has frames that a file can hold.
const MOST_LAYERS: usize = 100_000;

/// What can be exported to, by the ending of a file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A scene with its animation.
    Glb,
    /// Surfaces in time.
    Pvd,
}

impl Kind {
    fn of(path: &Path) -> Result<Self, Failure> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("glb") => Ok(Self::Glb),
            Some("pvd") => Ok(Self::Pvd),
            _ => Err(Failure::request(anyhow::anyhow!(
                "{}: expected a name that ends in .glb or .pvd (losscape slice writes the other formats, of one plane)",
                path.display()
            ))),
        }
    }
}

impl ExportArguments {
    /// The experiment that is meant, with the grid that was typed: a volume's planes are as fine as it.
    fn checked_experiment(&self, alpha3: Option<f64>) -> Result<Experiment, Failure> {
        let experiment = self.experiment.checked_picture(alpha3, None)?;
        match self.experiment.counts().map_err(Failure::Request)?.as_deref() {
            Some(&[n1, n2, _]) => {
                experiment.with(|file| file.slice.grid.0 = [n1, n2]).map_err(Failure::request)
            }
            _ => Ok(experiment),
        }
    }

    /// Sees to it that nothing was typed that only a scene has.
    fn refuse_scenes(&self) -> Result<(), Failure> {
        if self.experiment.tour().map_err(Failure::Request)?.is_some() {
            return Err(Failure::request(anyhow::anyhow!(
                "{}: expected an experiment; a tour is exported to .glb",
                self.output.display()
            )));
        }
        #[cfg(feature = "viewer")]
        self.scene.refuse()?;
        Ok(())
    }
}

/// Makes the scene and writes it.
///
/// # Errors
/// If the request makes no sense, the tour cannot be shown, the file cannot be written, or somebody interrupts.
pub fn export(arguments: ExportArguments) -> Result<(), Failure> {
    let kind = Kind::of(&arguments.output)?;
    match kind {
        Kind::Pvd => {
            arguments.refuse_scenes()?;
            series::export(arguments)
        }
        Kind::Glb if arguments.time.is_some() => Err(Failure::request(anyhow::anyhow!(
            "--time: expected with .pvd; the time of a .glb is the film's"
        ))),
        #[cfg(feature = "viewer")]
        Kind::Glb => scene::export(arguments),
        #[cfg(not(feature = "viewer"))]
        Kind::Glb => Err(Failure::request(anyhow::anyhow!(
            "{}: this build has no camera to be exported (it was made without the feature viewer); losscape slice \
             writes a .glb of one plane",
            arguments.output.display()
        ))),
    }
}
