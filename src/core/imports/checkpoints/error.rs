//! Why checkpoints make no run.

use std::path::PathBuf;

use zip::result::ZipError;

use crate::core::io::input::InputError;

/// Why a file is no checkpoint. The texts go on where the file has been named.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be read.
    #[error("cannot be read ({0})")]
    Input(#[from] InputError),
    /// What the system said, or the reader of the format.
    #[error("cannot be read ({0})")]
    Read(#[from] std::io::Error),
    /// It is an archive that cannot be read.
    #[error("cannot be read as an archive ({0})")]
    Archive(#[from] ZipError),
    /// It is not of the format that its name says.
    #[error("is no {format}: {why}")]
    Malformed {
        /// The format, as people call it.
        format: &'static str,
        /// What is wrong.
        why: String,
    },
    /// It is read by executing what it says, and is not.
    #[error(
        "asks for {asked} to be called; expected tensors alone, which nothing is executed for: save \
         model.state_dict() rather than the model"
    )]
    Executes {
        /// The function or class.
        asked: String,
    },
    /// A tensor lies beyond its end.
    #[error("ends before its tensor {tensor} {shape:?} does; expected a whole file")]
    Beyond {
        /// The tensor.
        tensor: String,
        /// Its shape.
        shape: Vec<usize>,
    },
    /// It ended before a tensor did.
    #[error("ended before its tensor {tensor} did; expected a file that is not changed while it is read")]
    Short {
        /// The tensor.
        tensor: String,
    },
    /// A file that it is made of cannot be read.
    #[error("needs {part:?}, which {why}")]
    Part {
        /// The file beside it.
        part: String,
        /// Why.
        why: Box<FileError>,
    },
    /// No tensor of it belongs to theta.
    #[error("holds no parameters; expected tensors of float64, float32, float16 or bfloat16")]
    NoParameters,
    /// A pattern leaves out nothing.
    #[error(
        "has no tensor as {pattern:?}, to be left out of theta; expected a pattern of one that it has ({names})"
    )]
    NoSuch {
        /// The pattern.
        pattern: String,
        /// Names of its tensors.
        names: String,
    },
    /// Patterns leave out everything.
    #[error(
        "holds no parameters besides those that are to be left out of theta (without); expected some to be left"
    )]
    NothingLeft,
    /// It is written in a way that is not read.
    #[error("{0}")]
    Unread(&'static str),
}

impl FileError {
    /// The same of a file that the named one is made of.
    pub(super) fn of_part(self, part: &str) -> Self {
        Self::Part { part: part.to_owned(), why: Box::new(self) }
    }
}

/// Why a folder or a pattern names no run.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointsError {
    /// There is no checkpoint.
    #[error("{asked:?} names no checkpoint ({found}); expected files ending in {endings}")]
    None {
        /// The folder or pattern.
        asked: PathBuf,
        /// What was there instead.
        found: String,
        /// Endings that are read.
        endings: String,
    },
    /// They are shards of a parallel trainer.
    #[error(
        "{asked:?} holds shards of a parallel trainer (.distcp), which are not read; expected whole checkpoints: \
         torch.distributed.checkpoint.format_utils.dcp_to_torch_save makes them"
    )]
    Shards {
        /// The folder or pattern.
        asked: PathBuf,
    },
    /// There is one only.
    #[error("{asked:?} names one checkpoint only, {file:?}; expected two at least: a run is a way")]
    One {
        /// The folder or pattern.
        asked: PathBuf,
        /// The checkpoint.
        file: PathBuf,
    },
    /// Nothing tells their order.
    #[error(
        "nothing tells which step {file:?} is of; expected a number in its name or its folder's, as in step-500"
    )]
    NoStep {
        /// One of them.
        file: PathBuf,
    },
    /// Two are of one step.
    #[error("{:?} and {:?} are both of step {step}; expected each step once: choose by a pattern", files[0], files[1])]
    Twice {
        /// The step.
        step: u64,
        /// The two.
        files: [PathBuf; 2],
    },
    /// A file is no checkpoint.
    #[error("{file:?} {why}")]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        why: FileError,
    },
    /// A checkpoint is not of the model that the first is of.
    #[error("{file:?} {}; expected {} as in {first:?}", shown(name, found.as_deref()), shown(name, expected.as_deref()))]
    Other {
        /// The checkpoint.
        file: PathBuf,
        /// The first one.
        first: PathBuf,
        /// The block in which they differ.
        name: String,
        /// Its shape there; `None` where it is missing.
        found: Option<Vec<usize>>,
        /// Its shape in the first.
        expected: Option<Vec<usize>>,
    },
    /// The losses beside them cannot be read.
    #[error("{file:?}: {why}")]
    Log {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        why: String,
    },
}

fn shown(name: &str, shape: Option<&[usize]>) -> String {
    shape.map_or_else(|| format!("has no {name}"), |shape| format!("has {name} {shape:?}"))
}
