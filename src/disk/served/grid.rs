//! What is evaluated, as the thread that talks knows it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::core::grid::talk::{self, Vector};
use crate::core::grid::{Combinations, GridSpec, Lost, Tile};
use crate::core::io::frames::Frame;
use crate::core::subspace::Subspace;

/// A grid, or the points of a path.
pub struct Grid {
    /// Where vectors are told as combinations of checkpoints, these.
    checkpoints: Option<Arc<Combinations>>,
    /// The number of its plan; of a path that of the first of its points, each of which has its own.
    plan: u64,
    cells: Cells,
    is_wanted: AtomicBool,
    lost: OnceLock<Lost>,
}

/// Where the cells of its tiles lie.
pub enum Cells {
    /// In a plane, a line or a volume.
    Slice(Subspace, GridSpec),
    /// At points of their own, by the index along alpha1.
    Points(Vec<Arc<[f64]>>),
}

impl Grid {
    /// A grid that is wanted.
    pub fn new(plan: u64, cells: Cells, checkpoints: Option<Arc<Combinations>>) -> Self {
        Self { checkpoints, plan, cells, is_wanted: AtomicBool::new(true), lost: OnceLock::new() }
    }

    /// The number of the plan that a tile is asked within.
    pub fn plan_of(&self, tile: &Tile) -> u64 {
        match &self.cells {
            Cells::Slice(..) => self.plan,
            Cells::Points(_) => self.plan + first(tile) as u64,
        }
    }

    /// That plan.
    ///
    /// # Errors
    /// If it is to be told by checkpoints, and these do not span it.
    pub fn plan_frame(&self, tile: &Tile) -> Result<Frame, Lost> {
        let id = self.plan_of(tile);
        let (origin, axes) = match &self.cells {
            Cells::Slice(subspace, spec) => (subspace.origin(), &subspace.directions()[..spec.axes().len()]),
            Cells::Points(points) => (&*points[first(tile)], &[][..]),
        };
        let vectors = match &self.checkpoints {
            None => Some((Vector::InFull(origin), axes.iter().map(|axis| Vector::InFull(axis)).collect())),
            Some(known) => {
                let axes = axes.iter().map(|axis| known.direction(axis).map(Vector::Combination));
                known.point(origin).map(Vector::Combination).zip(axes.collect::<Option<Vec<_>>>())
            }
        };
        let (origin, axes) = vectors.ok_or_else(|| Lost(NOT_SPANNED.into()))?;
        Ok(talk::plan(id, &origin, &axes))
    }

    /// The request for `count` cells of a tile from one on.
    pub fn request(&self, id: u64, tile: &Tile, [from, count]: [usize; 2]) -> Frame {
        let cells = tile.iter().skip(from).take(count);
        let (axes, places) = match &self.cells {
            Cells::Slice(_, spec) => (spec.axes().len(), cells.map(|cell| spec.alpha(cell)).collect()),
            Cells::Points(_) => (0, cells.map(|_| Vec::new()).collect::<Vec<_>>()),
        };
        talk::request(id, self.plan_of(tile), axes, &places)
    }

    /// Whether somebody waits for it.
    pub fn is_wanted(&self) -> bool {
        self.is_wanted.load(Ordering::Relaxed) && self.lost.get().is_none()
    }

    /// Nobody waits for it any more.
    pub fn let_go(&self) {
        self.is_wanted.store(false, Ordering::Relaxed);
    }

    /// Why it is evaluated no further, if it is not.
    pub fn lost(&self) -> Option<&Lost> {
        self.lost.get()
    }

    /// The first reason is the one that counts.
    pub fn lose(&self, why: &Lost) {
        let _ = self.lost.set(why.clone());
    }
}

const NOT_SPANNED: &str =
    "can be asked for what lies in the space through the run's checkpoints only, since the run is so large";

fn first(tile: &Tile) -> usize {
    tile.indices[0][0] as usize
}
