//! A folder of checkpoints as a run.
//!
//! From names to a run, a file for each step: `files` finds the checkpoints, `steps` their order, `safetensors`, `torch`, `npz`
//! and `hdf5` what each holds, `blocks` which tensors of it are parameters; `tensor` reads their numbers, and `losses` those
//! that were logged. A run that is too large is held by its coordinates in the space through its checkpoints (`span`).
//! Nothing that a file says is executed. What was left out, thinned or is missing is told with the run.

mod blocks;
mod contents;
mod error;
mod files;
mod glob;
mod hdf5;
mod losses;
mod npz;
mod pickle;
mod safetensors;
mod steps;
mod tensor;
mod torch;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use error::{CheckpointsError, FileError};

use super::span::{self, LIMITS, Limits, thinned};
use super::{Import, RecordedLosses};
use crate::core::io::input::InputError;
use crate::core::io::sources::Sources;
use crate::core::num::ParamLayout;
use crate::core::train::{Checkpoint, Course, Trajectory};
use blocks::Blocks;
use contents::Contents;
use files::{File, Files, Kind};
use steps::Way;
use tensor::Tensor;

/// Whether a path names checkpoints: it ends as one does, is a pattern, or is a folder.
pub fn is_run(sources: &dyn Sources, path: &Path) -> bool {
    let is_folder = || matches!(sources.look(path), Err(InputError::NotAFile("folder")));
    files::kind(path).is_some() || is_pattern(path) || is_folder() || !sources.within(path).is_empty()
}

/// Whether a path has signs that stand for others, and so names any number of files.
pub fn is_pattern(path: &Path) -> bool {
    glob::is_pattern(&path.to_string_lossy())
}

/// Reads the checkpoints that a folder, or a pattern with `*`, names. Tensors whose names are as one of the patterns `without` says
/// are no part of theta.
///
/// # Errors
/// If there are less than two, nothing tells their order, one cannot be read or is of another model than the first, or
/// the losses beside them cannot be read.
pub fn read(
    sources: &Arc<dyn Sources>,
    asked: &Path,
    without: &[String],
) -> Result<Import, CheckpointsError> {
    read_within(sources, asked, without, &LIMITS)
}

fn read_within(
    sources: &Arc<dyn Sources>,
    asked: &Path,
    without: &[String],
    limits: &Limits,
) -> Result<Import, CheckpointsError> {
    let Files { folder, files, mut notes } = files::find(&**sources, asked)?;
    let ordered = ordered(sources, &folder, files, &mut notes)?;
    let [(_, first), _, ..] = &ordered[..] else {
        let file = ordered.into_iter().map(|(_, file)| file.path).next().unwrap_or_default();
        return Err(CheckpointsError::One { asked: asked.to_owned(), file });
    };
    let in_first = |why| CheckpointsError::File { file: first.path.clone(), why };
    let blocks = Blocks::of(contents(sources, first)?, without).map_err(in_first)?;
    notes.extend(blocks.notes.iter().cloned());
    let layout = blocks.layout();
    let (is_large, all) = (limits.is_large(ordered.len(), layout.dim()), ordered.len());
    let kept = if is_large { thinned(ordered, limits.most(layout.dim())) } else { ordered };
    if kept.len() < all {
        notes.push(format!("Thinned: {} of {all} checkpoints are kept, evenly, with the last.", kept.len()));
    }
    let run = Run::open(sources, kept, blocks)?;
    let losses = logged(sources, &folder, &run.steps, &mut notes)?;
    let (layout, thetas) = match limits.is_large(run.steps.len(), layout.dim()) {
        true => {
            let thetas = run.coordinates()?;
            let rank = thetas[0].len();
            notes.push(span::told(rank, layout.dim()));
            (ParamLayout::span(rank, layout), thetas)
        }
        false => (layout, run.thetas()?),
    };
    let point = |(step, theta): (&u64, Vec<f64>)| {
        let loss = losses.get(step).copied().unwrap_or(f64::NAN);
        Checkpoint { step: *step, theta: theta.into(), loss, grad_norm: f64::NAN }
    };
    let points = run.steps.iter().zip(thetas).map(point).collect();
    let course = Arc::new(Course::new(Arc::new(Trajectory::recorded(points)), None));
    let losses = Arc::new(RecordedLosses::told(losses));
    notes.extend(losses.thinned());
    Ok(Import { losses, words: notes, ..Import::of_run(layout, course) })
}

fn contents(sources: &Arc<dyn Sources>, file: &File) -> Result<Contents, CheckpointsError> {
    let found = match file.kind {
        Kind::Safetensors => safetensors::contents(&**sources, &file.path),
        Kind::Sharded => safetensors::sharded(&**sources, &file.path),
        Kind::Torch => torch::contents(&**sources, &file.path),
        Kind::Npz => npz::contents(&**sources, &file.path),
        Kind::Hdf5 => hdf5::contents(sources, &file.path),
    };
    found.map_err(|why| CheckpointsError::File { file: file.path.clone(), why })
}

/// The files by their steps: as their names tell, or else what they hold.
fn ordered(
    sources: &Arc<dyn Sources>,
    folder: &Path,
    files: Vec<File>,
    notes: &mut Vec<String>,
) -> Result<Vec<(u64, File)>, CheckpointsError> {
    let name = |file: &File| file.path.strip_prefix(folder).unwrap_or(&file.path).to_owned();
    let names: Vec<PathBuf> = files.iter().map(name).collect();
    let way = Way::of(names.iter().map(PathBuf::as_path));
    let mut steps: Vec<Option<u64>> = names.iter().map(|name| way.step(name)).collect();
    let mut told = way.told();
    if steps.iter().all(Option::is_none) {
        told = "the step that they hold".to_owned();
        steps = files
            .iter()
            .map(|file| Ok(contents(sources, file)?.step))
            .collect::<Result<_, CheckpointsError>>()?;
    }
    let (with, without): (Vec<_>, Vec<_>) =
        steps.into_iter().zip(files).partition(|(step, _)| step.is_some());
    if let (true, Some((_, file))) = (with.len() < 2, without.first()) {
        return Err(CheckpointsError::NoStep { file: file.path.clone() });
    }
    if !without.is_empty() {
        let names: Vec<String> = without.iter().map(|(_, file)| name(file).display().to_string()).collect();
        notes.push(format!("Left out, having no step: {}.", files::listed(&names)));
    }
    let mut ordered: Vec<(u64, File)> =
        with.into_iter().filter_map(|(step, file)| Some((step?, file))).collect();
    ordered.sort_by_key(|(step, _)| *step);
    if let Some([(step, a), (_, b)]) = ordered.array_windows().find(|[a, b]| a.0 == b.0) {
        return Err(CheckpointsError::Twice { step: *step, files: [a.path.clone(), b.path.clone()] });
    }
    notes.push(format!("{} checkpoints, ordered by {told}.", ordered.len()));
    Ok(ordered)
}

/// The losses of the steps, and a word on those that are missing.
fn logged(
    sources: &Arc<dyn Sources>,
    folder: &Path,
    steps: &[u64],
    notes: &mut Vec<String>,
) -> Result<BTreeMap<u64, f64>, CheckpointsError> {
    let file = folder.join(losses::NAME);
    if !sources.has(&file) {
        notes.push(format!(
            "No losses: there is no {} beside the checkpoints, so the path lies on the floor.",
            losses::NAME
        ));
        return Ok(BTreeMap::new());
    }
    let losses = losses::read(&**sources, &file).map_err(|why| CheckpointsError::Log { file, why })?;
    let missing = steps.iter().filter(|step| !losses.contains_key(step)).count();
    if missing > 0 {
        notes.push(format!("{missing} of {} checkpoints have no loss in {}.", steps.len(), losses::NAME));
    }
    Ok(losses)
}

/// Checkpoints of one model, whose numbers are not read yet.
struct Run {
    sources: Arc<dyn Sources>,
    steps: Vec<u64>,
    files: Vec<PathBuf>,
    /// The blocks of each, in the order of theta.
    tensors: Vec<Vec<Tensor>>,
    /// Where each block begins in theta, and the end.
    starts: Vec<usize>,
}

impl Run {
    fn open(
        sources: &Arc<dyn Sources>,
        ordered: Vec<(u64, File)>,
        blocks: Blocks,
    ) -> Result<Self, CheckpointsError> {
        let mut tensors = vec![blocks.tensors.clone()];
        for (_, file) in &ordered[1..] {
            let same = blocks.same(contents(sources, file)?);
            tensors.push(same.map_err(|(name, found, expected)| {
                let first = ordered[0].1.path.clone();
                CheckpointsError::Other { file: file.path.clone(), first, name, found, expected }
            })?);
        }
        let mut starts = vec![0];
        starts.extend(blocks.tensors.iter().scan(0, |end, tensor| {
            *end += tensor.entries();
            Some(*end)
        }));
        let (steps, files) = ordered.into_iter().map(|(step, file)| (step, file.path)).unzip();
        Ok(Self { sources: Arc::clone(sources), steps, files, tensors, starts })
    }

    fn dim(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The parameters of each checkpoint, `[n, dim]`, outputs first.
    fn thetas(&self) -> Result<Vec<Vec<f64>>, CheckpointsError> {
        let theta = |row: usize| {
            let mut theta = Vec::with_capacity(self.dim());
            self.read(row, 0..self.dim(), &mut theta)?;
            for (tensor, from) in self.tensors[row].iter().zip(&self.starts) {
                if blocks::is_turned(tensor) {
                    let block = &mut theta[*from..from + tensor.entries()];
                    let outputs = tensor.shape.last().copied().unwrap_or(1);
                    let turned: Vec<f64> = (0..block.len())
                        .map(|at| {
                            block[at % (block.len() / outputs) * outputs + at / (block.len() / outputs)]
                        })
                        .collect();
                    block.copy_from_slice(&turned);
                }
            }
            Ok(theta)
        };
        (0..self.steps.len()).map(theta).collect()
    }

    /// Coordinates of each checkpoint, `[n, r]`. The order of parameters plays no part.
    fn coordinates(&self) -> Result<Vec<Vec<f64>>, CheckpointsError> {
        let read = |row: usize, range: Range<usize>, numbers: &mut Vec<f64>| self.read(row, range, numbers);
        span::coordinates([self.steps.len(), self.dim()], read)
    }

    /// Parameters of a checkpoint as they stand in its file, block after block.
    fn read(&self, row: usize, range: Range<usize>, numbers: &mut Vec<f64>) -> Result<(), CheckpointsError> {
        let mut block = self.starts.partition_point(|start| *start <= range.start) - 1;
        let mut at = range.start;
        while at < range.end {
            let (from, end) = (self.starts[block], self.starts[block + 1].min(range.end));
            let read = self.tensors[row][block].read(&self.sources, at - from..end - from, numbers);
            read.map_err(|why| CheckpointsError::File { file: self.files[row].clone(), why })?;
            (at, block) = (end, block + 1);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
