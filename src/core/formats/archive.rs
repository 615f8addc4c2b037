//! Numpy archives, and the arrays that every one of ours holds.
//!
//! | array | shape | holds |
//! |---|---|---|
//! | `trajectory`, `trajectory_step`, `trajectory_loss` | `[t, dim]`, `[t]`, `[t]` | the checkpoints |
//! | `trajectory_grad_norm` | `[t]` | length of the loss's gradient at them |
//! | `x`, `y` | `[n, d_in]`, `[n, d_out]` | the training examples (class indices as one column) |
//! | `x_held_out`, `y_held_out` | likewise | the examples held out, where there are any |
//! | `x_mean`, `x_scale` | `[d_in]` | where inputs are standardized: raw = x · scale + mean |
//! | `labels` | `[bytes]` | where classes have labels: that of each class by its index, as JSON |
//! | `diverged_at` | `[1]` or `[0]` | the step at which it diverged, if it did |
//! | `dataset` | `[bytes]` | name and kind of targets of the examples, as JSON |
//! | `plane_points` | `[n, dim]` | the points that the plane names by file, in its order, then those of the walk |
//! | `layout` | `[bytes]` | which parameters lie where in theta, as JSON: `[["fc1.weight", [3, 2]], …]` |
//! | `experiment` | `[bytes]` | the checked experiment as JSON, in UTF-8; paths in it are seen from the archive's folder |

use std::io::{self, Cursor, Write};

use npyz::npz::file_name_from_array_name;
use npyz::{DType, WriteOptions, WriterBuilder};
use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::core::data::{Dataset, Scaling, Target};
use crate::core::experiment::Experiment;
use crate::core::train::{Course, Trajectory};

/// What the numbers of examples do not tell.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DatasetNote {
    pub(super) name: String,
    pub(super) target: Target,
}

/// An archive in memory: one that met a full disk would complain on standard error when dropped.
pub(super) struct Archive(ZipWriter<Cursor<Vec<u8>>>);

impl Archive {
    pub(super) fn new() -> Self {
        Self(ZipWriter::new(Cursor::default()))
    }

    fn start(&mut self, name: &str) -> io::Result<()> {
        // As numpy's savez does: losses of double length hardly shrink, and shrinking them takes longer
        // than evaluating them.
        let stored =
            SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
        Ok(self.0.start_file(file_name_from_array_name(name), stored)?)
    }

    pub(super) fn array<T: npyz::AutoSerialize>(
        &mut self,
        name: &str,
        shape: &[usize],
        values: impl IntoIterator<Item = T>,
    ) -> io::Result<()> {
        let shape: Vec<u64> = shape.iter().map(|&n| n as u64).collect();
        self.start(name)?;
        let mut writer = WriteOptions::new().default_dtype().shape(&shape).writer(&mut self.0).begin_nd()?;
        writer.extend(values)?;
        writer.finish()
    }

    /// Texts, as numpy writes them.
    pub(super) fn texts(&mut self, name: &str, texts: &[&str]) -> io::Result<()> {
        let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
        let kind = DType::Plain(format!("<U{longest}").parse().map_err(io::Error::other)?);
        self.start(name)?;
        let options = WriteOptions::new().dtype(kind).shape(&[texts.len() as u64]);
        let mut writer = options.writer(&mut self.0).begin_nd()?;
        texts.iter().try_for_each(|text| writer.push(*text))?;
        writer.finish()
    }

    /// UTF-8 as an array of bytes.
    pub(super) fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.array(name, &[text.len()], text.bytes())
    }

    /// The arrays of a run.
    pub(super) fn run(&mut self, experiment: &Experiment, course: &Course) -> io::Result<()> {
        let (problem, points) = (experiment.problem(), course.trajectory().checkpoints());
        let t = points.len();
        let thetas = points.iter().flat_map(|point| point.theta.iter().copied());
        self.array("trajectory", &[t, problem.dim()], thetas)?;
        self.path(course.trajectory())?;
        self.array("trajectory_grad_norm", &[t], points.iter().map(|point| point.grad_norm))?;
        let [train, held_out] = problem.data();
        for (data, x, y) in [(train, "x", "y"), (held_out, "x_held_out", "y_held_out")] {
            if let Some(data) = data {
                self.examples(data, x, y)?;
            }
        }
        self.array("diverged_at", &[usize::from(course.diverged_at().is_some())], course.diverged_at())?;
        if let Some(data) = train {
            let note = DatasetNote { name: data.name.clone(), target: data.target() };
            self.text("dataset", &serde_json::to_string(&note).map_err(io::Error::other)?)?;
        }
        let named = experiment.named_points();
        if !named.is_empty() {
            let numbers = named.iter().flat_map(|theta| theta.iter().copied());
            self.array("plane_points", &[named.len(), problem.dim()], numbers)?;
        }
        if let Some(train) = train {
            self.origin(train)?;
        }
        let blocks: Vec<(&str, &[usize])> =
            problem.layout().blocks().iter().map(|block| (&block.name[..], &block.shape[..])).collect();
        self.text("layout", &serde_json::to_string(&blocks).map_err(io::Error::other)?)?;
        self.text("experiment", &serde_json::to_string(experiment).map_err(io::Error::other)?)
    }

    /// Steps and losses of a run.
    pub(super) fn path(&mut self, trajectory: &Trajectory) -> io::Result<()> {
        let points = trajectory.checkpoints();
        self.array("trajectory_step", &[points.len()], points.iter().map(|point| point.step))?;
        self.array("trajectory_loss", &[points.len()], points.iter().map(|point| point.loss))
    }

    fn examples(&mut self, data: &Dataset, x: &str, y: &str) -> io::Result<()> {
        self.array(x, &[data.rows(), data.inputs()], data.x().iter().copied())?;
        self.array(y, &[data.rows(), data.outputs()], data.y().iter().copied())
    }

    /// How the examples came to be the numbers that the network sees.
    fn origin(&mut self, train: &Dataset) -> io::Result<()> {
        if let Some(Scaling { mean, scale }) = train.scaling() {
            self.array("x_mean", &[mean.len()], mean.iter().copied())?;
            self.array("x_scale", &[scale.len()], scale.iter().copied())?;
        }
        if train.labels().is_empty() {
            return Ok(());
        }
        self.text("labels", &serde_json::to_string(train.labels()).map_err(io::Error::other)?)
    }

    pub(super) fn finish(self, mut file: impl Write) -> io::Result<()> {
        file.write_all(self.0.finish()?.get_ref())
    }
}

/// Writes a run on its own. The paths of the experiment are written as they are.
///
/// # Errors
/// If the file cannot be written.
pub fn write_run(file: impl Write, experiment: &Experiment, course: &Course) -> io::Result<()> {
    let mut archive = Archive::new();
    archive.run(experiment, course)?;
    archive.finish(file)
}
