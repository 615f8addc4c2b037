//! A grid evaluated piece by piece, with a picture to show at every resolution on the way.

use std::collections::VecDeque;
use std::sync::Arc;

use super::losses::blend;
use super::tile::{Level, lattice, levels};
use super::{Field, GridBackend, GridSpec, LossGrid, Lost};
use crate::core::num::{Advance, Job, Progress, parallel};

/// A resumable evaluation of a grid. Dropping it cancels it.
pub struct GridJob {
    backend: Box<dyn GridBackend>,
    levels: VecDeque<Level>,
    under_way: Option<UnderWay>,
    resolved: Option<usize>,
    /// Shared with the last picture, of which no cell changes any more.
    grid: Arc<LossGrid>,
    done: u64,
}

struct UnderWay {
    stride: usize,
    tiles_left: usize,
}

impl GridJob {
    /// An evaluation that has not begun.
    pub fn new(spec: GridSpec, backend: Box<dyn GridBackend>) -> Self {
        let levels = levels(&spec, backend.tile_cells()).into();
        let loss = vec![f64::NAN; spec.cells()];
        let grid = Arc::new(LossGrid { spec, loss });
        Self { backend, levels, under_way: None, resolved: None, grid, done: 0 }
    }

    /// Indices between two cells of the finest resolution completed so far; `None` before the first.
    pub fn stride(&self) -> Option<usize> {
        self.resolved
    }

    /// Whether every cell has been evaluated.
    pub fn is_finished(&self) -> bool {
        self.progress().is_finished()
    }

    /// The picture at the finest resolution completed so far; `None` before the first.
    pub fn picture(&self) -> Option<Field> {
        let stride = self.resolved?;
        let grid = match stride {
            1 => Arc::clone(&self.grid),
            _ => Arc::new(blended(LossGrid::clone(&self.grid), stride)),
        };
        Some(Field::new(grid, stride))
    }

    /// Why it ended before every cell was evaluated, if it did.
    pub fn failure(&self) -> Option<Lost> {
        self.backend.failure().filter(|_| !self.is_finished())
    }

    /// Runs to the end; cells that nobody evaluates any more stay NaN.
    pub fn finish(mut self) -> LossGrid {
        while self.advance(u64::MAX) != Advance::Ended {}
        Arc::unwrap_or_clone(self.grid)
    }

    /// Hands the tiles of the next resolution in.
    fn begin(&mut self, level: Level) -> UnderWay {
        let tiles_left = level.tiles.len();
        for tile in level.tiles {
            self.backend.submit(tile);
        }
        UnderWay { stride: level.stride, tiles_left }
    }
}

/// Cells between two looks at whether they are still wanted, for each thread.
const CELLS_AT_ONCE: u64 = 1024;

/// Its units are cells; what it finds is the stride of a resolution that is complete.
impl Job for GridJob {
    type Finding = usize;

    fn advance(&mut self, cells: u64) -> Advance<usize> {
        let mut under_way = match self.under_way.take() {
            Some(under_way) => under_way,
            None => match self.levels.pop_front() {
                Some(level) => self.begin(level),
                None => return Advance::Ended,
            },
        };
        let finished = self.backend.poll(cells);
        under_way.tiles_left -= finished.len();
        let LossGrid { spec, loss: known } = Arc::make_mut(&mut self.grid);
        for tile in &finished {
            for (cell, loss) in tile.tile.iter().zip(&tile.loss) {
                known[spec.offset(cell)] = *loss;
            }
            self.done += tile.loss.len() as u64;
        }
        if under_way.tiles_left > 0 && self.backend.failure().is_some() {
            self.levels.clear();
            return Advance::Ended;
        }
        if under_way.tiles_left > 0 {
            self.under_way = Some(under_way);
            return Advance::Working;
        }
        self.resolved = Some(under_way.stride);
        Advance::Found(under_way.stride)
    }

    fn piece(&self) -> u64 {
        CELLS_AT_ONCE * parallel::threads() as u64
    }

    fn progress(&self) -> Progress {
        Progress { done: self.done, total: self.grid.spec.cells() as u64 }
    }
}

/// Fills the cells between the lattice of that stride, axis by axis.
fn blended(mut grid: LossGrid, stride: usize) -> LossGrid {
    let counts = grid.spec.counts();
    let lattices = counts.map(|count| lattice(count, stride));
    let every = |axis: usize| -> Vec<u32> { (0..counts[axis] as u32).collect() };
    for axis in 0..3 {
        // Axes before this one are full by now, axes after it known on their lattice only.
        let others: [Vec<u32>; 3] = std::array::from_fn(|other| match other.cmp(&axis) {
            std::cmp::Ordering::Less => every(other),
            std::cmp::Ordering::Equal => vec![0],
            std::cmp::Ordering::Greater => lattices[other].clone(),
        });
        for &i3 in &others[2] {
            for &i2 in &others[1] {
                for &i1 in &others[0] {
                    let at = |i: u32| {
                        let mut cell = [i1 as usize, i2 as usize, i3 as usize];
                        cell[axis] = i as usize;
                        grid.spec.offset(cell)
                    };
                    for pair in lattices[axis].windows(2) {
                        let (low, high) = (grid.loss[at(pair[0])], grid.loss[at(pair[1])]);
                        for between in pair[0] + 1..pair[1] {
                            let share = f64::from(between - pair[0]) / f64::from(pair[1] - pair[0]);
                            grid.loss[at(between)] = blend(low, high, share);
                        }
                    }
                }
            }
        }
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::grid::{Axis, Tile, TileLosses};

    /// Loss = a linear function of the cell, which blending reproduces exactly.
    struct Linear(Vec<Tile>);

    fn linear([i1, i2, i3]: [usize; 3]) -> f64 {
        (2 * i1 + 3 * i2) as f64 - 5.0 * i3 as f64
    }

    impl GridBackend for Linear {
        fn tile_cells(&self) -> usize {
            512
        }

        fn submit(&mut self, tile: Tile) {
            self.0.push(tile);
        }

        fn poll(&mut self, _cells: u64) -> Vec<TileLosses> {
            // One tile at a time and last come, first served, as a device may answer.
            self.0
                .pop()
                .map(|tile| TileLosses { loss: tile.iter().map(linear).collect(), tile })
                .into_iter()
                .collect()
        }
    }

    #[test]
    fn every_picture_on_the_way_covers_the_whole_grid() {
        let axes = [(20, 0.0), (33, -1.0), (6, 0.0)].map(|(count, low)| Axis { low, high: 1.0, count });
        let spec = GridSpec::new(axes.to_vec()).unwrap();
        let mut job = GridJob::new(spec.clone(), Box::new(Linear(vec![])));
        assert_eq!(job.picture(), None);
        let mut strides = Vec::new();
        while !job.is_finished() {
            if let Advance::Found(stride) = job.advance(1) {
                strides.push(stride);
                let picture = job.picture().unwrap();
                assert_eq!(picture.stride(), stride);
                for i in 0..spec.cells() {
                    let cell = [i % 20, i / 20 % 33, i / 660];
                    let found = picture.grid().at(cell);
                    assert!((found - linear(cell)).abs() < 1e-12, "{cell:?} at stride {stride}: {found}");
                }
            }
        }
        assert_eq!(strides, [4, 2, 1]);
        assert_eq!(job.advance(1), Advance::Ended, "a finished job has nothing to do");
        let shared = [job.picture().unwrap(), job.picture().unwrap()];
        assert!(Arc::ptr_eq(shared[0].grid(), shared[1].grid()), "the whole picture is the job's own losses");
        assert_eq!(job.progress(), Progress { done: 20 * 33 * 6, total: 20 * 33 * 6 });
    }
}
