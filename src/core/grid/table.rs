//! Numbers that were computed elsewhere, as an evaluator: it knows those of one grid, and nothing else.
//!
//! Its parameter space is that of the grid's own coordinates: the first entries of a theta are alphas. At the
//! grid's cells it answers what stands there, to the bit; between them what is blended linearly.

use std::collections::VecDeque;
use std::sync::Arc;

use super::losses::blend;
use super::{Evaluator, GridBackend, GridSpec, LossGrid, Precision, Tile, TileLosses};
use crate::core::subspace::Subspace;

/// The numbers of one grid.
#[derive(Clone, Debug)]
pub struct Table {
    grid: Arc<LossGrid>,
}

impl Table {
    /// A table of that grid.
    pub fn new(grid: Arc<LossGrid>) -> Self {
        Self { grid }
    }

    /// The grid with its numbers.
    pub fn losses(&self) -> &Arc<LossGrid> {
        &self.grid
    }

    /// The number at a place whose first coordinates are alphas, one for each axis: a cell's own at a cell, blended
    /// linearly between cells, NaN beyond the grid.
    pub fn value(&self, place: &[f64]) -> f64 {
        let spec = &self.grid.spec;
        let mut corner = [(0, 0.0); 3];
        for ((axis, alpha), corner) in spec.axes().iter().zip(place).zip(&mut corner) {
            let Some(found) = index(axis.index(*alpha), axis.count) else { return f64::NAN };
            *corner = found;
        }
        self.blended(corner, spec.axes().len())
    }

    /// The number within a cell, blended along the first `axes` axes.
    fn blended(&self, corner: [(usize, f64); 3], axes: usize) -> f64 {
        let Some(axis) = axes.checked_sub(1) else { return self.grid.at(corner.map(|(at, _)| at)) };
        let (at, share) = corner[axis];
        let along = |at: usize| {
            let mut moved = corner;
            moved[axis] = (at, 0.0);
            self.blended(moved, axis)
        };
        // A cell's number is its own, whatever its neighbour's.
        if share == 0.0 { along(at) } else { blend(along(at), along(at + 1), share) }
    }
}

/// Coordinates this near to a cell, in cells, are the cell's: they were rounded on the way.
const NEAR: f64 = 1e-6;

/// The cell below a fractional index, and the share of the way to the next; `None` beyond the grid.
fn index(at: f64, count: usize) -> Option<(usize, f64)> {
    let last = (count - 1) as f64;
    if !(-NEAR..=last + NEAR).contains(&at) {
        return None;
    }
    let nearest = at.round();
    if (at - nearest).abs() <= NEAR {
        return Some((nearest as usize, 0.0));
    }
    Some((at.floor() as usize, at - at.floor()))
}

impl Evaluator for Table {
    fn grid(&self, subspace: &Subspace, spec: &GridSpec, _: Precision) -> Box<dyn GridBackend> {
        let (table, subspace, spec) = (self.clone(), subspace.clone(), spec.clone());
        Box::new(TableBackend { table, subspace, spec, waiting: VecDeque::new() })
    }
}

struct TableBackend {
    table: Table,
    subspace: Subspace,
    spec: GridSpec,
    waiting: VecDeque<Tile>,
}

/// Cells of a tile.
const TILE_CELLS: usize = 4096;

impl GridBackend for TableBackend {
    fn tile_cells(&self) -> usize {
        TILE_CELLS
    }

    fn submit(&mut self, tile: Tile) {
        self.waiting.push_back(tile);
    }

    fn poll(&mut self, cells: u64) -> Vec<TileLosses> {
        let tiles = cells.div_ceil(TILE_CELLS as u64).max(1).min(self.waiting.len() as u64) as usize;
        let taken = self.waiting.drain(..tiles);
        let value = |cell| self.table.value(&self.subspace.lift(&self.spec.alpha(cell)));
        taken.map(|tile| TileLosses { loss: tile.iter().map(value).collect(), tile }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::grid::{Axis, GridJob};

    fn table(counts: &[usize]) -> Table {
        let axes = counts.iter().map(|&count| Axis { low: -0.3, high: 0.7, count }).collect();
        let spec = GridSpec::new(axes).unwrap();
        let loss = (0..spec.cells()).map(|cell| if cell == 4 { f64::NAN } else { cell as f64 }).collect();
        Table::new(Arc::new(LossGrid { spec, loss }))
    }

    /// The subspace in which the grid lies: its own coordinates, and one more.
    fn own_space(k: usize) -> Subspace {
        let unit = |i: usize| (0..=k).map(|j| f64::from(u8::from(i == j))).collect();
        Subspace::new(vec![0.0; k + 1], (0..k).map(unit).collect()).unwrap()
    }

    #[test]
    fn a_grid_of_its_own_axes_gives_every_cell_back_to_the_bit() {
        for counts in [&[3, 5][..], &[4, 3, 2]] {
            let table = table(counts);
            let spec = &table.grid.spec;
            let backend = table.grid(&own_space(counts.len()), spec, Precision::F64);
            let found = GridJob::new(spec.clone(), backend).finish();
            let bits = |grid: &LossGrid| grid.loss.iter().map(|loss| loss.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&found), bits(&table.grid));
        }
    }

    #[test]
    fn between_cells_it_is_blended_and_beyond_them_it_knows_nothing() {
        let table = table(&[3, 5]);
        // Half-way between the cells (1, 2) and (2, 3): 7, 8, 10, 11.
        assert!((table.value(&[0.45, 0.325]) - 9.0).abs() < 1e-9);
        assert!(table.value(&[0.71, 0.0]).is_nan() && table.value(&[f64::NAN, 0.0]).is_nan());
        assert!(table.value(&[0.2, -0.05]).is_nan(), "the cell itself is broken");
    }

    #[test]
    fn a_plane_between_two_layers_is_blended_of_both() {
        let table = table(&[4, 3, 2]);
        let spec = table.grid.spec.plane();
        let plane = own_space(3).plane_at(0.2);
        let found = GridJob::new(spec.clone(), table.grid(&plane, &spec, Precision::F64)).finish();
        let expected = table.grid.blended_plane(0.5);
        assert!(found.loss.iter().zip(&expected.loss).all(|(a, b)| (a - b).abs() < 1e-12));
    }
}
