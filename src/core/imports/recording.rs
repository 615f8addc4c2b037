//! Recordings (`.lsr`) that a training script writes while it runs: see `docs/recordings.md`.
//!
//! A recording is read as far as it goes: what is cut off is told, and a file that has grown is read on from there. Its
//! checkpoints are thinned as those of a run of our own, by the stride of their steps.

mod error;
mod large;
mod reading;

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

pub use error::RecordingError;
use large::Places;
use reading::{Next, Place, Reading};

use super::span::{self, LIMITS, Limits, thinned};
use super::{Import, Recorded, RecordedLosses};
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

/// A recording as far as it was read.
#[derive(Clone, Debug)]
pub struct SoFar {
    run: Run,
    place: Place,
}

/// Reads a recording as far as it goes, from where `before` ended if that is the same one; from its start, where it shrank or
/// is another. One that has ended and is too large is held by its coordinates, unless its parameters are shown already.
///
/// # Errors
/// If it cannot be read, is none, or has no checkpoint yet.
pub fn read(sources: &dyn Sources, path: &Path, before: Option<&Import>) -> Result<Import, RecordingError> {
    if let Some(so_far) = before.and_then(|import| import.so_far.as_ref())
        && let Some(reading) = Reading::from(&so_far.place, sources, path)?
    {
        return read_to_end(so_far.run.clone(), reading, &LIMITS);
    }
    read_within(sources, path, &LIMITS, before.is_none_or(|import| import.layout.is_span()))
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
    let run = Run::new(header, is_large.then(Places::default))?;
    read_to_end(run, reading, limits)
}

fn read_to_end(mut run: Run, mut reading: Reading, limits: &Limits) -> Result<Import, RecordingError> {
    let ending = loop {
        let at = reading.at();
        if run.has_ended {
            break Ending::Whole;
        }
        match reading.next()? {
            Next::Frame(frame) => run.take(&frame, at)?,
            Next::CutOff(bytes) => break Ending::CutOff(bytes),
            Next::Broken(at, why) => break Ending::Broken(at, why),
        }
    };
    let (place, sources, path) = reading.into_parts();
    let import = run.import(&ending, |places, run, points| {
        places.coordinates(sources, path, run, &thinned(points, limits.most(run.0)))
    })?;
    Ok(Import { so_far: Some(Arc::new(SoFar { run, place })), is_followed: true, ..import })
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
#[derive(Clone, Debug)]
struct Run {
    header: Arc<Header>,
    layout: ParamLayout,
    /// Without their parameters where these are too many.
    trajectory: Trajectory,
    /// Where the parameters stand then.
    places: Option<Places>,
    last: Option<Checkpoint>,
    checkpoints: usize,
    /// The last step that anything was told of.
    step: Option<u64>,
    /// Losses of checkpoints on the evaluation's batches, by step.
    evaluated: Vec<(u64, f64)>,
    losses: RecordedLosses,
    words: Vec<String>,
    losses_between: usize,
    has_ended: bool,
}

/// Bytes of the step and of both losses.
const FRONT: usize = 24;

/// A step, its loss and that on the evaluation's batches.
fn front(body: &[u8; FRONT]) -> (u64, [f64; 2]) {
    let eight = |at: usize| -> [u8; 8] { std::array::from_fn(|i| body[at + i]) };
    (u64::from_le_bytes(eight(0)), [8, 16].map(|at| f64::from_le_bytes(eight(at))))
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
        Ok(Self {
            trajectory: Trajectory::new(
                if places.is_some() { 0 } else { layout.dim() },
                DEFAULT_BUDGET_BYTES,
            ),
            places,
            header: Arc::new(header),
            layout,
            last: None,
            checkpoints: 0,
            step: None,
            evaluated: Vec::new(),
            losses: RecordedLosses::default(),
            words: Vec::new(),
            losses_between: 0,
            has_ended: false,
        })
    }

    /// Takes in a frame that begins at that byte.
    fn take(&mut self, frame: &Frame, at: u64) -> Result<(), RecordingError> {
        match frame.kind {
            kind::CHECKPOINT => self.take_checkpoint(&frame.body, at)?,
            kind::LOSS => self.take_loss(&frame.body)?,
            kind::WORDS => {
                let Words { step, words } = serde_json::from_slice(&frame.body)?;
                self.words.push(format!("From step {step} on: {words}"));
            }
            kind::END => self.has_ended = true,
            _ => {}
        }
        Ok(())
    }

    /// Takes what is told of a step.
    fn take_front(
        &mut self,
        body: &[u8; FRONT],
        what: &'static str,
    ) -> Result<(u64, [f64; 2]), RecordingError> {
        let (step, losses) = front(body);
        if let Some(before) = self.step.filter(|before| *before >= step) {
            return Err(RecordingError::Steps { what, step, before });
        }
        self.step = Some(step);
        self.losses.told.push(step, losses[0]);
        self.losses.evaluated.push(step, losses[1]);
        Ok((step, losses))
    }

    fn take_loss(&mut self, body: &[u8]) -> Result<(), RecordingError> {
        let front = body.try_into().map_err(|_| RecordingError::LossLength { found: body.len() })?;
        self.losses_between += 1;
        self.take_front(front, "loss").map(|_| ())
    }

    fn take_checkpoint(&mut self, body: &[u8], at: u64) -> Result<(), RecordingError> {
        let dim = self.layout.dim();
        let expected = FRONT + dim * self.header.dtype.bytes();
        let (Some((head, numbers)), true) = (body.split_first_chunk(), body.len() == expected) else {
            let (number, found) = (self.checkpoints, body.len());
            return Err(RecordingError::Length { number, found, expected, dim });
        };
        let (step, [loss, evaluated]) = self.take_front(head, "checkpoint")?;
        if !evaluated.is_nan() {
            self.evaluated.push((step, evaluated));
        }
        let theta = match &mut self.places {
            Some(places) => {
                places.put(step, at, FRONT);
                Arc::default()
            }
            None => self.header.dtype.numbers(numbers),
        };
        let point = Checkpoint { step, theta, loss, grad_norm: f64::NAN };
        self.checkpoints += 1;
        self.trajectory.record(point.clone());
        self.last = Some(point);
        Ok(())
    }

    /// The loss of a step on the evaluation's batches.
    fn evaluated_at(&self, step: u64) -> Option<f64> {
        let at = self.evaluated.binary_search_by_key(&step, |(step, _)| *step).ok()?;
        Some(self.evaluated[at].1)
    }

    /// The run with those losses.
    fn of_evaluated(&self, run: &Trajectory) -> Trajectory {
        let loss = |point: &Checkpoint| self.evaluated_at(point.step).unwrap_or(f64::NAN);
        let points = run.checkpoints().iter();
        Trajectory::recorded(points.map(|point| Checkpoint { loss: loss(point), ..point.clone() }).collect())
    }

    /// Its checkpoints with the last, unless that came without a loss: a path of losses ends before it. And what is to be
    /// said then.
    fn closed(&self) -> Result<(Trajectory, Option<String>), RecordingError> {
        let last = self.last.as_ref().ok_or(RecordingError::Empty)?;
        let mut run = self.trajectory.clone();
        let is_bare = |point: &Checkpoint| point.loss.is_nan() && self.evaluated_at(point.step).is_none();
        if is_bare(last) && run.checkpoints().iter().any(|point| !is_bare(point)) {
            run.cut_after(last.step.saturating_sub(1));
            let words =
                format!("The last weights (step {}) came without a loss and are not shown.", last.step);
            return Ok((run, Some(words)));
        }
        run.close(last.clone());
        Ok((run, None))
    }

    /// `place` finds the coordinates of points whose parameters are too many.
    fn import(
        &self,
        ending: &Ending,
        place: impl FnOnce(
            &Places,
            (usize, Dtype),
            Vec<Checkpoint>,
        ) -> Result<(usize, Trajectory), RecordingError>,
    ) -> Result<Import, RecordingError> {
        let (mut run, bare) = self.closed()?;
        let (mut layout, mut spanned) = (self.layout.clone(), None);
        if let Some(places) = &self.places {
            let (rank, placed) =
                place(places, (layout.dim(), self.header.dtype), run.checkpoints().to_vec())?;
            spanned = Some(span::told(rank, layout.dim()));
            (run, layout) = (placed, ParamLayout::span(rank, layout));
        }
        let shown = self.checkpoints - usize::from(bare.is_some());
        let told =
            vec![self.told_of_losses(shown)].into_iter().chain(self.told(run.checkpoints().len(), shown));
        let words = told.chain(bare).chain(spanned).chain(ending.told()).collect();
        // Losses of two kinds make no path.
        let run = if self.evaluated.len() >= shown { self.of_evaluated(&run) } else { run };
        let course = Arc::new(Course::new(Arc::new(run), None));
        let (recorded, losses) = (Some(Arc::new(self.recorded())), Arc::new(self.losses.clone()));
        Ok(Import { recorded, words, losses, ..Import::of_run(layout, course) })
    }

    /// What it tells beside its run.
    fn recorded(&self) -> Recorded {
        let examples = self.header.evaluation.as_ref().and_then(|evaluation| evaluation.hash.clone());
        Recorded { id: self.header.id.clone(), examples, evaluated: self.evaluated.iter().copied().collect() }
    }

    /// Which losses the path has, of so many checkpoints that are shown.
    fn told_of_losses(&self, shown: usize) -> String {
        let of = self.header.evaluation.as_ref().map_or("the script's evaluation".to_owned(), |evaluation| {
            format!("{} fixed examples in {}", evaluation.examples, evaluation.mode)
        });
        match self.evaluated.len() {
            count if count >= shown => format!("Recorded losses are those of {of}."),
            0 => AS_TOLD.to_owned(),
            count => format!(
                "{AS_TOLD} {count} of {shown} checkpoints have one of {of} besides, which the chart of the loss has."
            ),
        }
    }

    /// What there is to tell of it, where `kept` of `shown` checkpoints are left.
    fn told(&self, kept: usize, shown: usize) -> Vec<String> {
        let mut words = Vec::new();
        if kept < shown {
            words.push(format!("Thinned: {kept} of {shown} checkpoints are kept, evenly, with the last."));
        }
        if self.losses_between > 0 {
            words.push(format!(
                "{} losses between checkpoints are in the chart of the loss, as recorded.",
                self.losses_between
            ));
        }
        words.extend(self.losses.thinned());
        let left_out: Vec<&str> = self.header.left_out.iter().map(|block| &block.name[..]).collect();
        if !left_out.is_empty() {
            words.push(format!("No parameters, and left out by the recorder: {}.", left_out.join(", ")));
        }
        words.extend(self.words.iter().cloned());
        words
    }
}

impl Ending {
    /// A word where it is none.
    fn told(&self) -> Option<String> {
        match self {
            Self::Whole => None,
            Self::CutOff(0) => Some("The recording has no end yet.".to_owned()),
            Self::CutOff(bytes) => {
                Some(format!("The recording has no end yet; its last {bytes} bytes are no whole frame."))
            }
            Self::Broken(at, why) => {
                Some(format!("The recording is broken at byte {at} ({why}): what came before is shown."))
            }
        }
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
