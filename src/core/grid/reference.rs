//! The plain evaluator: one value after another in `f64`, exactly as [`Measure::value`] gives them.
//!
//! Every other backend is judged by this one. Tiles run at once; each value is a sum in a fixed order, so
//! the number of threads changes no bit.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{GridBackend, GridSpec, Tile, TileLosses};
use crate::core::num::parallel;
use crate::core::objective::{Measure, Objective};
use crate::core::subspace::Subspace;

/// Evaluates a quantity on a grid of a subspace.
pub struct ReferenceBackend {
    measure: Measure,
    subspace: Subspace,
    spec: GridSpec,
    waiting: VecDeque<Tile>,
}

impl ReferenceBackend {
    /// A backend for the losses of the cells of `spec`; its axes run along the subspace's first directions.
    pub fn new(objective: Arc<dyn Objective>, subspace: Subspace, spec: GridSpec) -> Self {
        Self::of(objective.into(), subspace, spec)
    }

    /// The same for another quantity.
    pub fn of(measure: Measure, subspace: Subspace, spec: GridSpec) -> Self {
        Self { measure, subspace, spec, waiting: VecDeque::new() }
    }

    fn losses(&self, tile: &Tile) -> Vec<f64> {
        tile.iter().map(|cell| self.measure.value(&self.subspace.lift(&self.spec.alpha(cell)))).collect()
    }
}

/// Multiply-adds of a tile: some tens of milliseconds.
const TILE_PRODUCTS: usize = 10_000_000;
/// Cells of a tile at most.
const TILE_CELLS: usize = 512;

impl GridBackend for ReferenceBackend {
    fn tile_cells(&self) -> usize {
        (TILE_PRODUCTS / self.measure.cost().max(1)).clamp(1, TILE_CELLS)
    }

    fn submit(&mut self, tile: Tile) {
        self.waiting.push_back(tile);
    }

    fn poll(&mut self, cells: u64) -> Vec<TileLosses> {
        let mut taken = Vec::new();
        let mut size = 0;
        while size < cells.max(1) {
            let Some(tile) = self.waiting.pop_front() else { break };
            size += tile.cells() as u64;
            taken.push(tile);
        }
        parallel::map(taken, |tile| TileLosses { loss: self.losses(&tile), tile })
    }
}
