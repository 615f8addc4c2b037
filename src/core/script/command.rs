//! Commands: the one way to change the session.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::core::data::{BatchSize, DatasetConfig};
use crate::core::experiment::file::Resolution;
use crate::core::experiment::{CameraMode, ExperimentFile, Shape, Theme, TrailColors};
use crate::core::geometry::camera::Pose;
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::heights::HeightScale;
use crate::core::geometry::path::CameraKey;
use crate::core::loss::Loss;
use crate::core::model::{Init, ModelConfig};
use crate::core::optim::{OptimizerConfig, Schedule};
use crate::core::session::RunId;
use crate::core::subspace::PlaneConfig;

/// Something asked of the session. A slider, a key, a tour's cue, a click and a test all send these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// What is computed.
    Experiment(ExperimentCommand),
    /// How training goes on.
    Run(RunCommand),
    /// Where the slice lies.
    Slice(SliceCommand),
    /// How it is shown.
    View(ViewCommand),
    /// Take the last change back.
    Undo,
    /// Make the change again that was taken back last.
    Redo,
}

impl Command {
    /// The files that it names.
    pub fn paths_mut(&mut self) -> Vec<&mut PathBuf> {
        match self {
            Self::Experiment(ExperimentCommand::Load(file)) => file.paths_mut(),
            Self::Experiment(ExperimentCommand::Dataset(dataset)) => dataset.path_mut().into_iter().collect(),
            Self::Experiment(ExperimentCommand::Plane(plane)) => plane.files_mut(),
            _ => vec![],
        }
    }

    /// Whether it changes what is decided. The others only move about in it (in time, or with the
    /// camera), and taking back a change leaves them be.
    pub fn is_change(&self) -> bool {
        match self {
            Self::Experiment(_) => true,
            Self::Run(command) => match command {
                RunCommand::Play
                | RunCommand::Pause
                | RunCommand::Step(_)
                | RunCommand::Seek(_)
                | RunCommand::Converge { .. } => false,
                RunCommand::Restart
                | RunCommand::Speed(_)
                | RunCommand::Race { .. }
                | RunCommand::Tune { .. }
                | RunCommand::Retire(_)
                | RunCommand::Lead(_) => true,
            },
            Self::Slice(_) => true,
            Self::View(command) => {
                use ViewCommand::{FrameAll, GoTo, Panels, Visit};
                !matches!(command, FrameAll | GoTo(_) | Visit(_) | Panels(_))
            }
            Self::Undo | Self::Redo => false,
        }
    }
}

/// A change of what is computed. Values are checked when the command is applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExperimentCommand {
    /// Another experiment altogether.
    Load(Box<ExperimentFile>),
    /// Another dataset.
    Dataset(DatasetConfig),
    /// Another model.
    Model(ModelConfig),
    /// Another seed for all that is random.
    Seed(u64),
    /// Another optimizer.
    Optimizer(OptimizerConfig),
    /// Another number of examples a step.
    Batch(BatchSize),
    /// Another number of steps.
    Steps(u64),
    /// Another share of the data that training never sees.
    HeldOut(f64),
    /// Whether inputs are brought to mean 0 and deviation 1.
    Standardize(bool),
    /// Another way to draw the start.
    Init(Init),
    /// Another loss.
    Loss(Loss),
    /// Another course of the learning rate.
    Schedule(Schedule),
    /// Another way to choose the plane.
    Plane(PlaneConfig),
    /// Other ranges of the alphas; without any, those that fit the plane.
    Ranges(Option<Vec<(f64, f64)>>),
    /// Other numbers of cells of the plane.
    Grid(Resolution<2>),
    /// Other numbers of cells of the volume.
    Volume(Resolution<3>),
}

/// How training goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunCommand {
    /// Go on; from the planned end, go on past it.
    Play,
    /// Hold.
    Pause,
    /// Hold, that many steps further.
    Step(u64),
    /// Hold at that step, earlier or later.
    Seek(u64),
    /// Go on until the gradient is shorter than that, however far it is.
    Converge {
        /// Length of the gradient.
        tolerance: f64,
    },
    /// Begin again at step 0 and go on.
    Restart,
    /// Training steps a second, 1 to 100,000.
    Speed(f64),
    /// Let another run set out beside those that are there.
    Race {
        /// How it descends.
        optimizer: OptimizerConfig,
        /// From where.
        from: RaceStart,
    },
    /// Let a run of a race descend otherwise; all set out again, so that they are seen side by side.
    Tune {
        /// Which.
        run: RunId,
        /// How it descends.
        optimizer: OptimizerConfig,
    },
    /// End a run of a race; the one that chose the plane stays.
    Retire(RunId),
    /// Let that run of a race choose the plane from now on.
    Lead(RunId),
}

/// Where a run of a race sets out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RaceStart {
    /// Where the others did.
    Same,
    /// At a point of the slice, by its alphas.
    Slice(Vec<f64>),
}

/// Where the slice lies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SliceCommand {
    /// Hold the plane at that alpha3.
    Alpha3(f64),
    /// Let the plane travel back and forth through the volume, or hold it where it is.
    Sweep(bool),
    /// Turn the plane's second direction by so many degrees towards its third.
    Rotate(f64),
}

/// How it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewCommand {
    /// Surface, cube or both.
    Shape(Shape),
    /// How the camera moves.
    Camera(CameraMode),
    /// Bring everything into view.
    FrameAll,
    /// Colours of the losses.
    Colors(ColorMap),
    /// How losses become heights.
    Scale(HeightScale),
    /// Where the clipped scale cuts losses off; without it, at twice the highest loss of the trajectory.
    Clip(Option<f64>),
    /// Dark stage or light.
    Theme(Theme),
    /// On a block, or as a sheet.
    Solid(bool),
    /// Lines of even alpha on the surface.
    GridLines(bool),
    /// How opaque the surface is, 0.1 to 1.
    Opacity(f64),
    /// What the trail's colour tells.
    Trail(TrailColors),
    /// A slice across another axis of the cube, there or none.
    Section {
        /// The axis it stands across.
        axis: SectionAxis,
        /// Where.
        at: Option<f64>,
    },
    /// An isosurface in the cube, at that loss or none.
    Isosurface(Option<f64>),
    /// Choose a point of the slice, by its alphas, or none.
    Select(Option<Vec<f64>>),
    /// Keep a pose under a number.
    SetBookmark {
        /// Which.
        slot: Bookmark,
        /// The pose.
        pose: Pose,
    },
    /// Go to the pose kept under a number.
    GoTo(Bookmark),
    /// Go to a pose.
    Visit(Pose),
    /// Add a pose to the end of the camera's path.
    AddKey(Pose),
    /// Another path of the camera; without keys, none.
    Keys(Vec<CameraKey>),
    /// Whether the camera may fly through the surface and below the floor.
    BelowFloor(bool),
    /// Panels shown or hidden.
    Panels(bool),
}

/// An axis of the cube across which a section may stand; across the third one the plane does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionAxis {
    /// Across alpha1.
    Alpha1,
    /// Across alpha2.
    Alpha2,
}

/// The number of a kept pose, 1 to 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Bookmark(u8);

/// Kept poses at most.
pub const BOOKMARKS: usize = 9;

/// Why a number is none of a kept pose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("bookmark {0}; expected 1 to {BOOKMARKS}")]
pub struct BookmarkError(u8);

impl Bookmark {
    /// Its place among the kept poses, from 0.
    pub fn index(self) -> usize {
        usize::from(self.0) - 1
    }
}

impl TryFrom<u8> for Bookmark {
    type Error = BookmarkError;

    fn try_from(number: u8) -> Result<Self, BookmarkError> {
        if (1..=BOOKMARKS).contains(&usize::from(number)) {
            Ok(Self(number))
        } else {
            Err(BookmarkError(number))
        }
    }
}

impl From<Bookmark> for u8 {
    fn from(bookmark: Bookmark) -> Self {
        bookmark.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bookmarks_are_one_to_nine() {
        assert_eq!(Bookmark::try_from(0), Err(BookmarkError(0)));
        assert_eq!(Bookmark::try_from(10).unwrap_err().to_string(), "bookmark 10; expected 1 to 9");
        assert_eq!(Bookmark::try_from(9).map(Bookmark::index), Ok(8));
    }
}
