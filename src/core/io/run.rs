//! Runs read back from the numpy archives that [`super::archive`] writes.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use npyz::npz::NpzArchive;

use crate::core::experiment::{Experiment, ExperimentFile, FieldError};
use crate::core::train::{Checkpoint, Trajectory};

/// A run as it was written.
#[derive(Clone, Debug)]
pub struct RecordedRun {
    /// What was trained.
    pub experiment: Experiment,
    /// Its checkpoints.
    pub trajectory: Trajectory,
}

/// Why a file holds no run.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {kind}")]
pub struct RunError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub kind: RunErrorKind,
}

/// What is wrong with a file that should hold a run.
#[derive(Debug, thiserror::Error)]
pub enum RunErrorKind {
    /// It cannot be read, or is no numpy archive.
    #[error("it cannot be read as a numpy archive ({0}); expected what losscape train writes")]
    Read(#[from] io::Error),
    /// An array is not there.
    #[error("it has no array {0:?}; expected what losscape train writes")]
    Missing(&'static str),
    /// Arrays that belong together have other lengths.
    #[error("its arrays do not fit together: {0}")]
    Shape(String),
    /// The experiment in it cannot be read.
    #[error("its experiment cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// The experiment in it makes no sense here.
    #[error("its experiment makes no sense here: {0}")]
    Experiment(#[from] FieldError),
}

/// Reads a run.
///
/// # Errors
/// If the file is none that `losscape train` or `losscape slice` wrote, or its experiment reads a file
/// that is not there.
pub fn read_run(path: &Path) -> Result<RecordedRun, RunError> {
    read(path).map_err(|kind| RunError { path: path.to_owned(), kind })
}

fn read(path: &Path) -> Result<RecordedRun, RunErrorKind> {
    let mut archive = NpzArchive::new(BufReader::new(File::open(path)?))?;
    let text: Vec<u8> = array(&mut archive, "experiment")?;
    let file: ExperimentFile = serde_json::from_slice(&text)?;
    let experiment = Experiment::new(file)?;
    let dim = experiment.objective().dim();
    let thetas: Vec<f64> = array(&mut archive, "trajectory")?;
    let steps: Vec<u64> = array(&mut archive, "trajectory_step")?;
    let losses: Vec<f64> = array(&mut archive, "trajectory_loss")?;
    let norms: Vec<f64> = array(&mut archive, "trajectory_grad_norm")?;
    let t = steps.len();
    if thetas.len() != t * dim || losses.len() != t || norms.len() != t {
        let lengths = format!("{} numbers of theta, {t} steps, {} losses", thetas.len(), losses.len());
        return Err(RunErrorKind::Shape(format!("{lengths}; expected {dim} parameters at each step")));
    }
    if steps.first() != Some(&0) || steps.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(RunErrorKind::Shape("steps that do not rise from 0".to_owned()));
    }
    let points = steps.iter().zip(thetas.chunks(dim)).zip(losses.iter().zip(&norms));
    let checkpoints = points.map(|((step, theta), (loss, grad_norm))| Checkpoint {
        step: *step,
        theta: theta.into(),
        loss: *loss,
        grad_norm: *grad_norm,
    });
    let trajectory = Trajectory::recorded(checkpoints.collect());
    Ok(RecordedRun { experiment, trajectory })
}

fn array<T: npyz::Deserialize>(
    archive: &mut NpzArchive<BufReader<File>>,
    name: &'static str,
) -> Result<Vec<T>, RunErrorKind> {
    let array = archive.by_name(name)?.ok_or(RunErrorKind::Missing(name))?;
    Ok(array.into_vec()?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::core::experiment::{CourseError, pipeline};
    use crate::core::io::archive::write_run;

    fn experiment(text: &str) -> Experiment {
        Experiment::new(ExperimentFile::parse(text, "x.ron").unwrap()).unwrap()
    }

    #[test]
    fn a_run_that_is_read_back_is_passed_to_the_bit() {
        let own = experiment("(dataset: moons(points: 40), steps: 60, batch: size(8), optimizer: adam())");
        let run = pipeline::train(&own, |_| {});
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.npz");
        write_run(File::create(&path).unwrap(), &own, &run.closed_trajectory()).unwrap();
        let RecordedRun { experiment: read, trajectory } = read_run(&path).unwrap();
        assert_eq!(trajectory.checkpoints(), run.trajectory().checkpoints());
        let along = own.clone().along(&read, Arc::new(trajectory.clone())).unwrap();
        let mut again = along.start_run();
        again.advance(60);
        assert_eq!(again.trajectory().checkpoints(), run.trajectory().checkpoints());
        again.seek(17);
        assert_eq!(Some(again.latest()), run.checkpoint_at(17));
        // Another look keeps the run, another training does not.
        let looked = along.with(|file| file.view.alpha3 = 0.5).unwrap();
        assert!(looked.start_run().plan().course.is_some());
        let other = along.with(|file| file.optimizer.set_lr(0.5)).unwrap();
        assert!(other.start_run().plan().course.is_none());
        let refused = other.along(&read, Arc::new(trajectory.clone())).unwrap_err();
        assert!(refused.to_string().contains("optimizer"), "{refused}");
        let longer = own.with(|file| file.steps = 61).unwrap().along(&read, Arc::new(trajectory));
        assert_eq!(longer.unwrap_err(), CourseError::Short { end: 60, steps: 61 });
    }

    #[test]
    fn what_is_no_run_is_told_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.npz");
        let refused = || read_run(&path).unwrap_err().to_string();
        assert!(refused().contains("x.npz"), "{}", refused());
        std::fs::write(&path, "no archive").unwrap();
        assert!(refused().contains("losscape train"), "{}", refused());
    }
}
