//! A recording that is too large to be held: where its checkpoints stand in the file, and their coordinates.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::{Dtype, Header, RecordingError, kind};
use crate::core::imports::span::{self, Limits};
use crate::core::io::frames::{self, Frame, HEAD};
use crate::core::io::input::InputError;
use crate::core::io::sources::Sources;
use crate::core::train::{Checkpoint, Trajectory};

/// Where the parameters of each checkpoint stand in the file, by step.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(BTreeMap<u64, u64>);

/// Whether a recording has ended with more checkpoints than are held: one that goes on is thinned instead, so that its
/// parameters stay what they are.
pub(super) fn is_large(
    sources: &dyn Sources,
    path: &Path,
    header: &Header,
    limits: &Limits,
) -> Result<bool, InputError> {
    let mut end = Vec::new();
    frames::write(&Frame { kind: kind::END, body: Vec::new() }, &mut end);
    let bytes = sources.look(path)?.bytes;
    let theta = (header.dim as usize).saturating_mul(header.dtype.bytes()).max(1);
    let is_large = limits.is_large((bytes / theta as u64) as usize, header.dim as usize);
    Ok(is_large && sources.read(path, bytes.saturating_sub(end.len() as u64)..bytes)? == end)
}

impl Places {
    /// Takes note of a checkpoint whose frame begins at a byte, and whose parameters stand behind so many of its body.
    pub(super) fn put(&mut self, step: u64, frame: u64, front: usize) {
        self.0.insert(step, frame + (HEAD + front) as u64);
    }

    /// The points of a trajectory with their coordinates, read from the file, and how many these are.
    ///
    /// # Errors
    /// If it cannot be read any more.
    pub(super) fn coordinates(
        &self,
        sources: &dyn Sources,
        path: &Path,
        (dim, dtype): (usize, Dtype),
        points: &[Checkpoint],
    ) -> Result<(usize, Trajectory), RecordingError> {
        let read = |row: usize, range: Range<usize>, numbers: &mut Vec<f64>| {
            let at = self.0[&points[row].step] + (range.start * dtype.bytes()) as u64;
            let bytes = sources.read(path, at..at + (range.len() * dtype.bytes()) as u64)?;
            if bytes.len() < range.len() * dtype.bytes() {
                return Err(InputError::from(io::Error::from(io::ErrorKind::UnexpectedEof)));
            }
            numbers.extend(&*dtype.numbers(&bytes));
            Ok(())
        };
        let thetas = span::coordinates([points.len(), dim], read)?;
        let rank = thetas[0].len();
        let placed = points.iter().zip(thetas);
        let placed = placed.map(|(point, theta)| Checkpoint { theta: Arc::from(theta), ..point.clone() });
        Ok((rank, Trajectory::recorded(placed.collect())))
    }
}
