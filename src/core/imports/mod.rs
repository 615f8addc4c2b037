//! What was computed elsewhere, read into what is shown here: slices of others, recordings, and folders of checkpoints.
//!
//! Nothing here is trained, and no network is known: a run that came this way has a trail, a slice its numbers. What is
//! not in a file is not made up; what was read, left out or taken from elsewhere is said in words.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::io::input::InputError;
use super::io::sources::{Sources, Stamp};
use super::num::ParamLayout;
use super::train::Course;

pub mod checkpoints;
pub mod losses;
pub mod plan;
pub mod recorded;
pub mod recording;
pub mod slice;
mod span;

pub use losses::RecordedLosses;
pub use recorded::Recorded;
pub use slice::ImportedSlice;

/// What was computed elsewhere.
#[derive(Clone, Debug)]
pub struct Import {
    /// The layout of its thetas.
    pub layout: ParamLayout,
    /// Its checkpoints; their losses are as they were recorded.
    pub course: Arc<Course>,
    /// The numbers of its slice, where it is one.
    pub slice: Option<Arc<ImportedSlice>>,
    /// What a recording tells beside its run.
    pub recorded: Option<Arc<Recorded>>,
    /// What there is to tell of it, in sentences.
    pub words: Vec<String>,
    /// The losses that were recorded, at its checkpoints or not.
    pub losses: Arc<RecordedLosses>,
    /// Whether it may change while it is shown: it is a recording, or a plan that is worked on.
    pub is_followed: bool,
    /// How far it was read, where it can be read on from there.
    pub so_far: Option<Arc<recording::SoFar>>,
}

impl Import {
    /// A run of which nothing else is told.
    pub fn of_run(layout: ParamLayout, course: Arc<Course>) -> Self {
        let (slice, recorded, so_far) = (None, None, None);
        let (words, losses) = (Vec::new(), Arc::default());
        Self { layout, course, slice, recorded, words, losses, is_followed: false, so_far }
    }

    /// Whether it is a run of whole checkpoints, whose tensors have names.
    pub fn is_of_checkpoints(&self) -> bool {
        self.slice.is_none() && !self.is_followed
    }
}

/// Why a file or folder is none that can be shown.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {kind}")]
pub struct ImportError {
    /// What was named.
    pub path: PathBuf,
    /// What is wrong with it.
    pub kind: Box<ImportErrorKind>,
}

/// What is wrong with something that was computed elsewhere.
#[derive(Debug, thiserror::Error)]
pub enum ImportErrorKind {
    /// It cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// It is no slice.
    #[error(transparent)]
    Slice(#[from] slice::SliceError),
    /// It is no run.
    #[error(transparent)]
    Checkpoints(#[from] checkpoints::CheckpointsError),
    /// It is no plan.
    #[error(transparent)]
    Plan(#[from] plan::PlanError),
    /// It is no recording.
    #[error(transparent)]
    Recording(#[from] recording::RecordingError),
    /// Its numbers have no names.
    #[error("it has no tensors that could be left out of theta (without); expected a folder of checkpoints")]
    NoTensors,
    /// Its name tells of none of what is known.
    #[error("expected a slice of others (.npz, .h5), a recording (.lsr) or a folder of checkpoints")]
    Unknown,
}

/// Whether a name is that of something that was computed elsewhere, as far as it can tell with what there is.
pub fn is_import(sources: &dyn Sources, name: &Path) -> bool {
    is_slice(name) || is_recording(name) || plan::is_plan(sources, name) || checkpoints::is_run(sources, name)
}

/// Whether a name is that of one slice; a pattern names several files.
fn is_slice(name: &Path) -> bool {
    let is_npz = name.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("npz"));
    (is_npz || slice::is_hdf5(name)) && !checkpoints::is_pattern(name)
}

/// Whether a name is that of a recording, or of standard input, on which one comes.
fn is_recording(name: &Path) -> bool {
    name == Path::new("-") || name.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("lsr"))
}

/// What is known now of something that is followed: another stamp where there is more of it.
///
/// # Errors
/// If it is not there any more.
pub fn look(sources: &dyn Sources, path: &Path) -> Result<Stamp, InputError> {
    if plan::is_plan(sources, path) { plan::look(sources, path) } else { sources.look(path) }
}

/// Reads what was computed elsewhere. Tensors of checkpoints whose names are as one of the patterns `without` says are no
/// parameters. What is followed and is shown already is `before`: a recording is read on from where that ended.
///
/// # Errors
/// If there is nothing of that name, or it is nothing that can be shown.
pub fn read(
    sources: &Arc<dyn Sources>,
    path: &Path,
    without: &[String],
    before: Option<&Import>,
) -> Result<Import, ImportError> {
    let found = match path {
        path if !without.is_empty()
            && (is_slice(path) || is_recording(path) || plan::is_plan(&**sources, path)) =>
        {
            Err(ImportErrorKind::NoTensors)
        }
        path if is_slice(path) => slice::read(&**sources, path).map_err(ImportErrorKind::from),
        path if is_recording(path) => {
            recording::read(&**sources, path, before).map_err(ImportErrorKind::from)
        }
        path if plan::is_plan(&**sources, path) => {
            plan::read(&**sources, path).map_err(ImportErrorKind::from)
        }
        path if checkpoints::is_run(&**sources, path) => {
            checkpoints::read(sources, path, without).map_err(ImportErrorKind::from)
        }
        _ => Err(ImportErrorKind::Unknown),
    };
    found.map_err(|kind| ImportError { path: path.to_owned(), kind: Box::new(kind) })
}
