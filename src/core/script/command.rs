//! Commands: the one way to change the session.

use serde::{Deserialize, Serialize};

use crate::core::data::{BatchSize, DatasetConfig};
use crate::core::experiment::ExperimentFile;
use crate::core::geometry::colormap::ColorMap;
use crate::core::model::ModelConfig;
use crate::core::optim::OptimizerConfig;
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
    /// Another way to choose the plane.
    Plane(PlaneConfig),
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
    /// Begin again at step 0 and go on.
    Restart,
    /// Training steps a second, 1 to 100,000.
    Speed(f64),
}

/// Where the slice lies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SliceCommand {
    /// Hold the plane at that alpha3.
    Alpha3(f64),
    /// Let the plane travel back and forth through the volume, or hold it where it is.
    Sweep(bool),
}

/// How it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewCommand {
    /// Surface or cube.
    Shape(Shape),
    /// Orbit or flight.
    Camera(CameraMode),
    /// Bring everything into view.
    FrameAll,
    /// Colours of the losses.
    Colors(ColorMap),
    /// Panels shown or hidden.
    Panels(bool),
}

/// A way to look at the volume.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The plane at alpha3 as a surface over the floor.
    #[default]
    Surface,
    /// The volume as a cube, with the plane at alpha3 as a coloured slice through it.
    Cube,
}

/// A way to move the camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraMode {
    /// Around a target.
    #[default]
    Orbit,
    /// Freely.
    Flight,
}
