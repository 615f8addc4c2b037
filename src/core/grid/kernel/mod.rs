//! The fast evaluator: `f32` in vector lanes, by the widest instruction set that the processor has.
//!
//! A theta is lifted in double length and then rounded; sums over examples end in double length. What
//! single length cannot hold (an overflow on the way to a finite loss, say) the reference evaluates
//! anew, so both agree on which cells diverge. Losses of order 1 are within 2·10⁻⁶ of the reference's.

#![allow(clippy::needless_range_loop, reason = "loops over lanes and units, several arrays at once")]

mod functions;
mod instructions;
mod lanes;
mod network;
mod portable;
mod separable;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

use std::collections::VecDeque;
use std::sync::Arc;

pub use self::instructions::InstructionSet;
use self::network::{Losses, Network};
use self::separable::{Columns, Rows, Separable};
use super::{GridBackend, GridSpec, Tile, TileLosses};
use crate::core::num::parallel;
use crate::core::objective::measure::Counted;
use crate::core::objective::{Measure, Objective};
use crate::core::subspace::Subspace;

/// Evaluates a network on a grid of a subspace.
pub struct KernelBackend {
    measure: Measure,
    subspace: Subspace,
    spec: GridSpec,
    set: InstructionSet,
    lanes: usize,
    network: Network,
    separable: Option<Separable>,
    waiting: VecDeque<Tile>,
    /// Tables of columns that tiles still wait for.
    columns: Vec<(Arc<[u32]>, Arc<Columns>)>,
}

/// Multiply-adds of a tile: a few hundredths of a second.
const TILE_PRODUCTS: usize = 100_000_000;
/// Cells of a tile at most: enough rows to make use of a table of columns.
const TILE_CELLS: usize = 2048;

/// Rows that a table of columns must serve to pay.
const TABLE_ROWS: usize = 3;

/// Cells of a tile of a line at most: enough tiles for all threads.
const LINE_TILE_CELLS: usize = 1024;
/// Vectors of columns in each piece of a line.
const LINE_VECTORS: usize = 2;

impl KernelBackend {
    /// A backend by the widest instruction set there is. `None` where the objective is no network.
    pub fn new(objective: Arc<dyn Objective>, subspace: Subspace, spec: GridSpec) -> Option<Self> {
        Self::of(objective.into(), subspace, spec)
    }

    /// The same for another quantity. `None` where it is no mean over the examples of a network.
    pub fn of(measure: Measure, subspace: Subspace, spec: GridSpec) -> Option<Self> {
        Self::measuring(measure, subspace, spec, InstructionSet::widest())
    }

    /// The same by an instruction set of one's choice, among [`InstructionSet::available`].
    pub fn with_instructions(
        objective: Arc<dyn Objective>,
        subspace: Subspace,
        spec: GridSpec,
        set: InstructionSet,
    ) -> Option<Self> {
        Self::measuring(objective.into(), subspace, spec, set)
    }

    /// The same for another quantity.
    pub fn measuring(
        measure: Measure,
        subspace: Subspace,
        spec: GridSpec,
        set: InstructionSet,
    ) -> Option<Self> {
        let lanes = set.lanes();
        let (supervised, data, counted) = measure.network()?;
        let (model, loss) = (supervised.model(), supervised.loss_function());
        let network = Network::new(model, loss, data, lanes).counting(counted);
        let separable = match counted {
            Counted::Loss => Separable::new(model, loss, data, &subspace),
            Counted::Rights => None,
        };
        let columns = Vec::new();
        Some(Self {
            measure,
            subspace,
            spec,
            set,
            lanes,
            network,
            separable,
            waiting: VecDeque::new(),
            columns,
        })
    }

    fn losses(&self, tile: &Tile) -> Vec<f64> {
        let mut losses = match (&self.separable, self.columns_of(tile)) {
            (Some(separable), Some(columns)) => self.separable_losses(separable, columns, tile),
            (Some(separable), None) => self.line_losses(separable, tile),
            (None, _) => self.network_losses(tile.iter()),
        };
        for (loss, cell) in losses.iter_mut().zip(tile.iter()) {
            if !loss.is_finite() {
                *loss = self.measure.value(&self.subspace.lift(&self.spec.alpha(cell)));
            }
        }
        losses
    }

    fn network_losses(&self, cells: impl Iterator<Item = [usize; 3]>) -> Vec<f64> {
        let dim = self.subspace.dim();
        let mut thetas = Vec::new();
        for cell in cells {
            let theta = self.subspace.lift(&self.spec.alpha(cell));
            thetas.extend(theta.iter().map(|v| *v as f32));
        }
        self.set.run(Losses { network: &self.network, thetas: &thetas, dim })
    }

    /// Columns that fill whole vectors by their table; a few that are left over, as in every grid of
    /// 2ⁿ + 1 columns, one by one.
    fn separable_losses(&self, separable: &Separable, columns: &Columns, tile: &Tile) -> Vec<f64> {
        let [i1, i2, i3] = &tile.indices;
        let mut starts: Vec<Vec<f64>> = i3
            .iter()
            .flat_map(|&k| i2.iter().map(move |&j| [0, j as usize, k as usize]))
            .map(|cell| self.spec.alpha(cell))
            .collect();
        // Columns are counted from alpha1 = 0.
        starts.iter_mut().for_each(|start| start[0] = 0.0);
        let by_table = self.by_table(i1.len());
        let rows = Rows { separable, columns, starts: &starts, width: by_table };
        let table = rows.losses(self.set);
        if by_table == i1.len() {
            return table;
        }
        let rest = tile.iter().enumerate().filter(|(at, _)| at % i1.len() >= by_table).map(|(_, cell)| cell);
        let rest = self.network_losses(rest);
        let left = i1.len() - by_table;
        table.chunks_exact(by_table).zip(rest.chunks_exact(left)).flat_map(|(a, b)| [a, b].concat()).collect()
    }

    /// A line has no rows to share a table, but it can be cut into them: columns are then counted from
    /// where each piece starts, and are the same in all.
    fn line_losses(&self, separable: &Separable, tile: &Tile) -> Vec<f64> {
        let [i1, i2, i3] = &tile.indices;
        let width = LINE_VECTORS * self.lanes;
        let pieces = i1.len() / width;
        let is_even = i1.windows(3).all(|i| i[2] - i[1] == i[1] - i[0]);
        if i2.len() * i3.len() > 1 || pieces < TABLE_ROWS || !is_even || !separable.serves(width) {
            return self.network_losses(tile.iter());
        }
        let at = |i: usize| [i1[i] as usize, i2[0] as usize, i3[0] as usize];
        let step = f64::from(i1[1] - i1[0]) * self.spec.axes()[0].step();
        let offsets: Vec<f64> = (0..width).map(|i| step * i as f64).collect();
        let columns = separable.columns(&offsets, self.lanes);
        let starts: Vec<Vec<f64>> = (0..pieces).map(|piece| self.spec.alpha(at(piece * width))).collect();
        let mut losses = Rows { separable, columns: &columns, starts: &starts, width }.losses(self.set);
        losses.extend(self.network_losses((pieces * width..i1.len()).map(at)));
        losses
    }

    /// How many of so many columns the table serves.
    fn by_table(&self, columns: usize) -> usize {
        let left = columns % self.lanes;
        if columns > left && left <= self.lanes / 4 { columns - left } else { columns }
    }

    fn columns_of(&self, tile: &Tile) -> Option<&Columns> {
        let known = self.columns.iter().find(|(indices, _)| Arc::ptr_eq(indices, &tile.indices[0]));
        known.map(|(_, columns)| &**columns)
    }

    /// Makes the tables that the tiles need, and drops those that nobody waits for.
    fn make_columns(&mut self, tiles: &[Tile]) {
        let Some(separable) = &self.separable else { return };
        self.columns.retain(|(indices, _)| Arc::strong_count(indices) > 1);
        for tile in tiles {
            let [indices, i2, i3] = &tile.indices;
            let is_worth_it = i2.len() * i3.len() >= TABLE_ROWS && separable.serves(indices.len());
            if self.columns_of(tile).is_some() || !is_worth_it {
                continue;
            }
            let axis = self.spec.axes()[0];
            let served = &indices[..self.by_table(indices.len())];
            let alpha: Vec<f64> = served.iter().map(|&i| axis.value(f64::from(i))).collect();
            let columns = separable.columns(&alpha, self.lanes);
            self.columns.push((Arc::clone(indices), Arc::new(columns)));
        }
    }
}

impl GridBackend for KernelBackend {
    fn tile_cells(&self) -> usize {
        let most = if self.spec.axes().len() == 1 { LINE_TILE_CELLS } else { TILE_CELLS };
        (TILE_PRODUCTS / self.network.products().max(1)).clamp(1, most)
    }

    fn submit(&mut self, tile: Tile) {
        self.waiting.push_back(tile);
    }

    fn poll(&mut self, cells: u64) -> Vec<TileLosses> {
        let mut taken = Vec::new();
        let mut size = 0;
        // Tiles are large: fewer than there are threads would leave some of them idle.
        while size < cells.max(1) || taken.len() < parallel::threads() {
            let Some(tile) = self.waiting.pop_front() else { break };
            size += tile.cells() as u64;
            taken.push(tile);
        }
        self.make_columns(&taken);
        parallel::map(taken, |tile| TileLosses { loss: self.losses(&tile), tile })
    }
}
