//! Plan folders and the tiles that are done in them, as a slice: see `docs/recordings.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::Import;
use super::slice::{PathParts, SliceError, SliceParts};
use crate::core::grid::spec::MAX_CELLS;
use crate::core::grid::{Axis, GridSpec, Tile};
use crate::core::io::arrays::{ArrayError, Arrays};
use crate::core::io::hash::sha256;
use crate::core::io::input::InputError;
use crate::core::io::sources::{Sources, Stamp};

/// The file that makes a folder a plan.
pub const PLAN: &str = "plan.json";
/// The file of its directions.
pub const DIRECTIONS: &str = "directions.safetensors";
/// The folder of its tiles.
pub const TILES: &str = "tiles";

/// Bytes that a plan may have: a volume of two million cells in small tiles.
const MOST_BYTES: u64 = 256 << 20;

/// Missing tiles that are named.
const NAMED: usize = 10;

/// Why a folder is no plan. The texts go on where the folder has been named.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// It cannot be read.
    #[error("its plan.json cannot be read ({0})")]
    Input(#[from] InputError),
    /// It is no plan.
    #[error("its plan.json is none ({0})")]
    Json(#[from] serde_json::Error),
    /// It is of a later format.
    #[error("its plan.json is of format {0}; expected 1: a later program reads it")]
    Format(u64),
    /// A tile's cells are not those of the grid.
    #[error("its plan.json makes no sense: tile {tile} has cells beyond the grid")]
    Tile {
        /// The tile.
        tile: u64,
    },
    /// Its grid or path makes no slice.
    #[error(transparent)]
    Slice(#[from] SliceError),
}

#[derive(Deserialize)]
struct PlanText {
    format: u64,
    axes: Vec<AxisText>,
    tiles: Vec<TileText>,
    #[serde(default)]
    plane: PlaneText,
}

#[derive(Deserialize)]
struct AxisText {
    #[serde(default)]
    name: String,
    low: f64,
    high: f64,
    count: u64,
}

#[derive(Deserialize)]
struct TileText {
    id: u64,
    indices: Vec<Vec<u32>>,
}

#[derive(Default, Deserialize)]
struct PlaneText {
    explained: Option<Vec<Option<f64>>>,
    path: Option<PathText>,
}

#[derive(Deserialize)]
struct PathText {
    alpha: Vec<Vec<f64>>,
    residual: Vec<f64>,
    loss: Vec<Option<f64>>,
    step: Vec<u64>,
}

/// Whether a folder is a plan.
pub fn is_plan(sources: &dyn Sources, folder: &Path) -> bool {
    sources.has(&folder.join(PLAN))
}

/// What is known of a plan's tiles now: another number of bytes stands for another number of tiles.
///
/// # Errors
/// If it has no plan any more.
pub fn look(sources: &dyn Sources, folder: &Path) -> Result<Stamp, InputError> {
    let identity = sources.look(&folder.join(PLAN))?.identity;
    Ok(Stamp { bytes: tiles_there(sources, folder).len() as u64, identity })
}

/// Reads a plan and the tiles that are there.
///
/// # Errors
/// If its plan cannot be read or makes no sense. A tile that does not fit counts as missing, and is told.
pub fn read(sources: &dyn Sources, folder: &Path) -> Result<Import, PlanError> {
    let text = sources.whole(&folder.join(PLAN), MOST_BYTES)?;
    let plan: PlanText = serde_json::from_slice(&text)?;
    if plan.format != 1 {
        return Err(PlanError::Format(plan.format));
    }
    let mut parts = plan.parts();
    let spec = parts.spec()?;
    parts.losses = vec![f64::NAN; spec.cells()];
    let (hash, there) = (sha256(&text), tiles_there(sources, folder));
    let (mut missing, mut spoilt) = (Vec::new(), Vec::new());
    for tile in &plan.tiles {
        let cells = tile.cells(&spec).ok_or(PlanError::Tile { tile: tile.id })?;
        match there.get(&tile.id) {
            None => missing.push(tile.id),
            Some(path) => match losses(sources, path, &hash, &cells) {
                Ok(losses) => cells.iter().zip(losses).for_each(|(cell, loss)| parts.losses[*cell] = loss),
                Err(why) => spoilt.push((tile.id, why)),
            },
        }
    }
    parts.words = told(&plan, &missing, &spoilt);
    Ok(Import { is_followed: true, ..parts.import_unfinished()? })
}

/// What there is to tell of tiles that are not there.
fn told(plan: &PlanText, missing: &[u64], spoilt: &[(u64, String)]) -> Vec<String> {
    let mut words = Vec::new();
    if !missing.is_empty() {
        let named: Vec<String> = missing.iter().take(NAMED).map(u64::to_string).collect();
        let more = if missing.len() > NAMED { " …" } else { "" };
        let (count, all) = (missing.len(), plan.tiles.len());
        words.push(format!("{count} of {all} tiles are not there yet: {}{more}.", named.join(", ")));
    }
    let spoilt = spoilt.iter().map(|(id, why)| format!("Tile {id} counts as missing: {why}."));
    words.into_iter().chain(spoilt).collect()
}

impl PlanText {
    fn parts(&self) -> SliceParts {
        let path = self.plane.path.as_ref().filter(|path| path.is_whole(self.axes.len()));
        let numbers = |values: &[Option<f64>]| values.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        SliceParts {
            coordinates: self.axes.iter().map(AxisText::values).collect(),
            names: self.axes.iter().map(|axis| axis.name.clone()).collect(),
            explained: self.plane.explained.as_deref().map(numbers),
            path: path.map(|path| PathParts {
                alphas: path.alpha.clone(),
                steps: Some(path.step.clone()),
                losses: Some(numbers(&path.loss)),
                residuals: Some(path.residual.clone()),
            }),
            ..SliceParts::default()
        }
    }
}

impl PathText {
    /// Whether it tells of each place all there is.
    fn is_whole(&self, k: usize) -> bool {
        let t = self.alpha.len();
        let lengths = [self.residual.len(), self.loss.len(), self.step.len()];
        t > 0
            && lengths == [t; 3]
            && self.alpha.iter().all(|alpha| alpha.len() == k && alpha.iter().all(|v| v.is_finite()))
            && self.step.is_sorted_by(|a, b| a < b)
    }
}

impl AxisText {
    fn values(&self) -> Vec<f64> {
        // No grid has more cells; one that asks for them is refused by their number.
        let count = u64::min(self.count, MAX_CELLS + 1) as usize;
        let axis = Axis { low: self.low, high: self.high, count };
        if count < 2 { vec![self.low; count] } else { axis.values() }
    }
}

impl TileText {
    /// The numbers of its cells, alpha1 fastest; `None` where they are not of the grid.
    fn cells(&self, spec: &GridSpec) -> Option<Vec<usize>> {
        let axes = spec.axes();
        let is_within =
            |(indices, axis): (&Vec<u32>, &Axis)| indices.iter().all(|i| (*i as usize) < axis.count);
        if self.indices.len() != axes.len() || !self.indices.iter().zip(axes).all(is_within) {
            return None;
        }
        let size = self.indices.iter().try_fold(1_usize, |n, indices| n.checked_mul(indices.len()))?;
        if size > spec.cells() {
            return None;
        }
        let of = |axis: usize| Arc::from(self.indices.get(axis).map_or(&[0][..], Vec::as_slice));
        let tile = Tile { indices: [of(0), of(1), of(2)] };
        Some(tile.iter().map(|cell| spec.offset(cell)).collect())
    }
}

/// The tiles that are there, by their ids. Those that are being written begin with a dot.
fn tiles_there(sources: &dyn Sources, folder: &Path) -> BTreeMap<u64, PathBuf> {
    let id = |path: &PathBuf| -> Option<u64> {
        let is_tile = path.extension().is_some_and(|ending| ending == "npz");
        path.file_stem().filter(|_| is_tile)?.to_str()?.parse().ok()
    };
    let names = sources.within(&folder.join(TILES)).into_iter();
    names.filter_map(|path| Some((id(&path)?, path))).collect()
}

/// The losses of a tile, if it is of that plan and of those cells; else why not.
fn losses(sources: &dyn Sources, path: &Path, hash: &str, cells: &[usize]) -> Result<Vec<f64>, String> {
    let in_words = |error: ArrayError| error.to_string();
    let mut arrays = Arrays::open(sources, path).map_err(in_words)?;
    let mut array = |name: &str| match arrays.numbers(name) {
        Ok(Some(array)) => Ok(array.values),
        Ok(None) => Err(format!("it has no array {name}")),
        Err(error) => Err(in_words(error)),
    };
    let of: String = array("plan")?.iter().map(|byte| *byte as u8 as char).collect();
    if of != hash {
        return Err("it is of another plan".to_owned());
    }
    let indices = array("indices")?;
    if !indices.iter().copied().eq(cells.iter().map(|cell| *cell as f64)) {
        return Err("it has other cells".to_owned());
    }
    let losses = array("loss")?;
    match losses.len() == cells.len() {
        true => Ok(losses),
        false => Err(format!("it has {} losses for {} cells", losses.len(), cells.len())),
    }
}
