//! Recordings (`.lsr`) that a training script writes while it runs: see `docs/recordings.md`.
//!
//! A recording is read as far as it goes: what is cut off is told, and a file that grows is read again. Its checkpoints are
//! thinned as those of a run of our own, by the stride of their steps.

mod error;
mod large;
mod reading;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

pub use error::RecordingError;
use large::Places;
use reading::{Next, Reading};

use super::span::{self, LIMITS, Limits, thinned};
use super::{Import, Recorded};
use crate::core::io::frames::{Frame, FrameError};
use crate::core::io::sources::Sources;
use crate::core::num::ParamLayout;
use crate::core::num::params::BlockKind;
use crate::core::train::trajectory::DEFAULT_BUDGET_BYTES;
use crate::core::train::{Checkpoint, Course, Trajectory};

/// The format of recordings that is known.
const FORMAT: u64 = 1;

mod kind {
    pub const HEADER: u8 = 1;
    pub const CHECKPOINT: u8 = 2;
    pub const LOSS: u8 = 3;
    pub const WORDS: u8 = 4;
    pub const END: u8 = 5;
}

#[derive(Debug, Deserialize)]
struct Header {
    format: u64,
    #[serde(default)]
    id: String,
    dim: u64,
    dtype: Dtype,
    blocks: Vec<Block>,
    #[serde(default)]
    left_out: Vec<LeftOut>,
    #[serde(default)]
    evaluation: Option<Evaluation>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Dtype {
    F32,
    F64,
}

#[derive(Debug, Deserialize)]
struct Block {
    name: String,
    kind: BlockKind,
    shape: Vec<usize>,
}

#[derive(Debug, Deserialize)]
struct LeftOut {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Evaluation {
    #[serde(default)]
    hash: Option<String>,
    examples: u64,
    mode: String,
}

#[derive(Debug, Deserialize)]
struct Words {
    step: u64,
    words: String,
}

/// Reads a recording as far as it goes. One that has ended and is too large is held by its coordinates, unless it is one whose
/// parameters are shown already: `before` is their layout.
///
/// # Errors
/// If it cannot be read, is none, or has no checkpoint yet.
pub fn read(
    sources: &dyn Sources,
    path: &Path,
    before: Option<&ParamLayout>,
) -> Result<Import, RecordingError> {
    read_within(sources, path, &LIMITS, before.is_none_or(ParamLayout::is_span))
}

fn read_within(
    sources: &dyn Sources,
    path: &Path,
    limits: &Limits,
    may_be_spanned: bool,
) -> Result<Import, RecordingError> {
    let mut reading = Reading::new(sources, path)?;
    let header = reading.header()?;
    let is_large = may_be_spanned && large::is_large(sources, path, &header, limits)?;
    let mut run = Run::new(header, is_large.then(Places::default))?;
    let ending = loop {
        let at = reading.place();
        match reading.next()? {
            Next::Frame(frame) if frame.kind == kind::END => break Ending::Whole,
            Next::Frame(frame) => run.take(&frame, at)?,
            Next::CutOff(bytes) => break Ending::CutOff(bytes),
            Next::Broken(at, why) => break Ending::Broken(at, why),
        }
    };
    drop(reading);
    run.import(ending, |places, run, points| {
        places.coordinates(sources, path, run, &thinned(points, limits.most(run.0)))
    })
}

/// How far a recording goes.
enum Ending {
    /// To the end of the run.
    Whole,
    /// To a last whole frame, with so many bytes left over: the run may go on.
    CutOff(u64),
    /// To a frame at that byte that is broken.
    Broken(u64, FrameError),
}

const AS_TOLD: &str =
    "Recorded losses are as the training script told them, usually of a mini-batch in training mode.";

/// What is known of a run.
struct Run {
    header: Header,
    layout: ParamLayout,
    /// Without their parameters where these are too many.
    trajectory: Trajectory,
    /// Where the parameters stand then.
    places: Option<Places>,
    last: Option<Checkpoint>,
    checkpoints: usize,
    /// Losses on the evaluation's batches, by step.
    evaluated: BTreeMap<u64, f64>,
    words: Vec<String>,
    losses_between: usize,
}

impl Run {
    fn new(header: Header, places: Option<Places>) -> Result<Self, RecordingError> {
        let size = |block: &Block| block.shape.iter().try_fold(1_u64, |size, n| size.checked_mul(*n as u64));
        let blocks = header.blocks.iter().try_fold(0_u64, |sum, block| sum.checked_add(size(block)?));
        let blocks = blocks.unwrap_or(u64::MAX);
        // A frame holds no longer checkpoint.
        if blocks != header.dim || header.dim > u64::from(u32::MAX) {
            return Err(RecordingError::Dim { blocks, dim: header.dim });
        }
        let named = header.blocks.iter();
        let layout =
            ParamLayout::new(named.map(|block| (block.name.clone(), block.kind, block.shape.clone())));
        let trajectory =
            Trajectory::new(if places.is_some() { 0 } else { layout.dim() }, DEFAULT_BUDGET_BYTES);
        let (last, words, evaluated) = (None, Vec::new(), BTreeMap::new());
        let (checkpoints, losses_between) = (0, 0);
        Ok(Self { header, layout, trajectory, places, last, checkpoints, evaluated, words, losses_between })
    }

    /// Takes in a frame that begins at that byte.
    fn take(&mut self, frame: &Frame, at: u64) -> Result<(), RecordingError> {
        match frame.kind {
            kind::CHECKPOINT => self.take_checkpoint(&frame.body, at),
            kind::LOSS => {
                self.losses_between += 1;
                Ok(())
            }
            kind::WORDS => {
                let Words { step, words } = serde_json::from_slice(&frame.body)?;
                self.words.push(format!("From step {step} on: {words}"));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn take_checkpoint(&mut self, body: &[u8], at: u64) -> Result<(), RecordingError> {
        /// Bytes of the step and of both losses.
        const FRONT: usize = 24;
        let dim = self.layout.dim();
        let expected = FRONT + dim * self.header.dtype.bytes();
        if body.len() != expected {
            let (number, found) = (self.checkpoints, body.len());
            return Err(RecordingError::Length { number, found, expected, dim });
        }
        let eight = |at: usize| -> [u8; 8] { std::array::from_fn(|i| body[at + i]) };
        let step = u64::from_le_bytes(eight(0));
        if let Some(before) = self.last.as_ref().map(|last| last.step).filter(|before| *before >= step) {
            return Err(RecordingError::Steps { step, before });
        }
        let [loss, evaluated] = [8, 16].map(|at| f64::from_le_bytes(eight(at)));
        if !evaluated.is_nan() {
            self.evaluated.insert(step, evaluated);
        }
        let theta = match &mut self.places {
            Some(places) => {
                places.put(step, at, FRONT);
                Arc::default()
            }
            None => self.header.dtype.numbers(&body[FRONT..]),
        };
        let point = Checkpoint { step, theta, loss, grad_norm: f64::NAN };
        self.checkpoints += 1;
        self.trajectory.record(point.clone());
        self.last = Some(point);
        Ok(())
    }

    /// Whether each checkpoint has a loss on the evaluation's batches: losses of two kinds make no path.
    fn is_evaluated(&self) -> bool {
        self.evaluated.len() >= self.checkpoints
    }

    /// The run with those losses.
    fn trajectory_of_evaluated(&self) -> Trajectory {
        let points = self.trajectory.checkpoints().iter();
        let evaluated = |step| self.evaluated.get(&step).copied().unwrap_or(f64::NAN);
        Trajectory::recorded(
            points.map(|point| Checkpoint { loss: evaluated(point.step), ..point.clone() }).collect(),
        )
    }

    /// `place` finds the coordinates of points whose parameters are too many.
    fn import(
        mut self,
        ending: Ending,
        place: impl FnOnce(
            &Places,
            (usize, Dtype),
            Vec<Checkpoint>,
        ) -> Result<(usize, Trajectory), RecordingError>,
    ) -> Result<Import, RecordingError> {
        let last = self.last.take().ok_or(RecordingError::Empty)?;
        let is_bare = |point: &Checkpoint| point.loss.is_nan() && !self.evaluated.contains_key(&point.step);
        // The weights after the last step come without a loss: a path of losses ends before them.
        if is_bare(&last) && self.trajectory.checkpoints().iter().any(|point| !is_bare(point)) {
            self.words.push(format!(
                "The last weights (step {}) came without a loss and are not shown.",
                last.step
            ));
            self.trajectory.cut_after(last.step.saturating_sub(1));
            self.checkpoints -= 1;
        } else {
            self.trajectory.close(last);
        }
        if let Some(places) = &self.places {
            let points = self.trajectory.checkpoints().to_vec();
            let (rank, placed) = place(places, (self.layout.dim(), self.header.dtype), points)?;
            self.words.push(span::told(rank, self.layout.dim()));
            (self.trajectory, self.layout) = (placed, ParamLayout::span(rank, self.layout));
        }
        let words = self.told(&ending);
        let trajectory = match self.is_evaluated() {
            true => self.trajectory_of_evaluated(),
            false => self.trajectory,
        };
        let course = Arc::new(Course::new(Arc::new(trajectory), None));
        let examples = self.header.evaluation.and_then(|evaluation| evaluation.hash);
        let recorded = Recorded { id: self.header.id, examples, evaluated: self.evaluated };
        let recorded = Some(Arc::new(recorded));
        Ok(Import { layout: self.layout, course, slice: None, recorded, words, is_followed: true })
    }

    /// Which losses are shown.
    fn told_of_losses(&self) -> String {
        let of = self.header.evaluation.as_ref().map_or("the script's evaluation".to_owned(), |evaluation| {
            format!("{} fixed examples in {}", evaluation.examples, evaluation.mode)
        });
        match self.evaluated.len() {
            _ if self.is_evaluated() => format!("Recorded losses are those of {of}."),
            0 => AS_TOLD.to_owned(),
            count => format!(
                "{AS_TOLD} {count} of {} checkpoints have one of {of} besides, which is not shown.",
                self.checkpoints
            ),
        }
    }

    /// What there is to tell of it.
    fn told(&self, ending: &Ending) -> Vec<String> {
        let mut words = vec![self.told_of_losses()];
        let kept = self.trajectory.checkpoints().len();
        if kept < self.checkpoints {
            words.push(format!(
                "Thinned: {kept} of {} checkpoints are kept, evenly, with the last.",
                self.checkpoints
            ));
        }
        if self.losses_between > 0 {
            words.push(format!(
                "{} losses between checkpoints are in the recording and not shown.",
                self.losses_between
            ));
        }
        let left_out: Vec<&str> = self.header.left_out.iter().map(|block| &block.name[..]).collect();
        if !left_out.is_empty() {
            words.push(format!("No parameters, and left out by the recorder: {}.", left_out.join(", ")));
        }
        words.extend(self.words.iter().cloned());
        match ending {
            Ending::Whole => {}
            Ending::CutOff(0) => words.push("The recording has no end yet.".to_owned()),
            Ending::CutOff(bytes) => words
                .push(format!("The recording has no end yet; its last {bytes} bytes are no whole frame.")),
            Ending::Broken(at, why) => words
                .push(format!("The recording is broken at byte {at} ({why}): what came before is shown.")),
        }
        words
    }
}

impl Dtype {
    fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    fn numbers(self, bytes: &[u8]) -> Arc<[f64]> {
        match self {
            Self::F32 => {
                bytes.as_chunks().0.iter().map(|four| f64::from(f32::from_le_bytes(*four))).collect()
            }
            Self::F64 => bytes.as_chunks().0.iter().map(|eight| f64::from_le_bytes(*eight)).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
