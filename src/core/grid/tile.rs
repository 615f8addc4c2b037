//! In which order the cells of a grid are evaluated: coarse to fine, no cell twice.
//!
//! A level is a lattice of every s-th index along each axis, with the last index always in it, so
//! that a coarse picture reaches to the border. Lattices are nested: each level holds only the cells
//! that the coarser ones left out, as products of index sets.

use std::sync::Arc;

use super::spec::GridSpec;

/// A product of index sets along alpha1, alpha2, alpha3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// The indices along each axis, increasing.
    pub indices: [Arc<[u32]>; 3],
}

impl Tile {
    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.indices.iter().map(|i| i.len()).product()
    }

    /// The cells in the order of a tile's losses: alpha1 fastest.
    pub fn iter(&self) -> impl Iterator<Item = [usize; 3]> + '_ {
        let [i1, i2, i3] = &self.indices;
        i3.iter().flat_map(move |&k| {
            i2.iter().flat_map(move |&j| i1.iter().map(move |&i| [i as usize, j as usize, k as usize]))
        })
    }
}

/// The tiles that take a picture to one resolution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Indices between two cells known at the end of the level; 1 is the finest.
    pub stride: usize,
    /// The cells to evaluate.
    pub tiles: Vec<Tile>,
}

/// Steps along the longest axis that the coarsest level has at least.
const COARSEST_STEPS: usize = 8;

/// All cells of a grid in levels, coarse to fine, in tiles of at most about `tile_cells`.
pub fn levels(spec: &GridSpec, tile_cells: usize) -> Vec<Level> {
    let counts = spec.counts();
    let longest = counts.into_iter().max().unwrap_or(1) - 1;
    let mut stride = 1;
    while longest / (2 * stride) >= COARSEST_STEPS {
        stride *= 2;
    }
    let mut levels = Vec::new();
    let mut known: Option<[Vec<u32>; 3]> = None;
    loop {
        let all = counts.map(|count| lattice(count, stride));
        let mut tiles = Vec::new();
        match &known {
            None => split([&all[0], &all[1], &all[2]], tile_cells, &mut tiles),
            Some(old) => {
                let new: [Vec<u32>; 3] = std::array::from_fn(|axis| without(&all[axis], &old[axis]));
                split([&all[0], &all[1], &new[2]], tile_cells, &mut tiles);
                split([&all[0], &new[1], &old[2]], tile_cells, &mut tiles);
                split([&new[0], &old[1], &old[2]], tile_cells, &mut tiles);
            }
        }
        levels.push(Level { stride, tiles });
        if stride == 1 {
            return levels;
        }
        known = Some(all);
        stride /= 2;
    }
}

/// 0, s, 2s, … and the last index.
pub fn lattice(count: usize, stride: usize) -> Vec<u32> {
    let last = count - 1;
    let mut indices: Vec<u32> = (0..last).step_by(stride).map(|i| i as u32).collect();
    indices.push(last as u32);
    indices
}

fn without(all: &[u32], old: &[u32]) -> Vec<u32> {
    all.iter().copied().filter(|index| old.binary_search(index).is_err()).collect()
}

/// Cuts a product of index sets into tiles of whole rows along alpha1, as long as a row fits.
fn split([i1, i2, i3]: [&[u32]; 3], tile_cells: usize, tiles: &mut Vec<Tile>) {
    let rows_each = (tile_cells / i1.len().max(1)).max(1);
    let columns: Vec<Arc<[u32]>> = i1.chunks(tile_cells.max(1)).map(Arc::from).collect();
    for &k in i3 {
        let k: Arc<[u32]> = Arc::from([k]);
        for rows in i2.chunks(rows_each) {
            let rows: Arc<[u32]> = Arc::from(rows);
            for columns in &columns {
                let indices = [Arc::clone(columns), Arc::clone(&rows), Arc::clone(&k)];
                tiles.push(Tile { indices });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::grid::Axis;

    #[test]
    fn every_cell_comes_once_and_coarse_levels_reach_the_border() {
        for counts in [vec![27], vec![2, 2], vec![129, 129], vec![9, 6], vec![100, 17], vec![33, 20, 5]] {
            let axes = counts.iter().map(|&count| Axis { low: -1.0, high: 2.0, count }).collect();
            let spec = GridSpec::new(axes).unwrap();
            let mut seen = vec![0; spec.cells()];
            for level in levels(&spec, 50) {
                for tile in &level.tiles {
                    assert!(tile.cells() <= 50 && tile.cells() > 0);
                    for cell in tile.iter() {
                        seen[spec.offset(cell)] += 1;
                    }
                }
                for corner in [0, spec.cells() - 1] {
                    assert_eq!(seen[corner], 1, "corners are known from the first level on");
                }
            }
            assert!(seen.iter().all(|&times| times == 1), "{counts:?}");
        }
    }

    #[test]
    fn levels_halve_the_stride() {
        let axis = Axis { low: 0.0, high: 1.0, count: 129 };
        let spec = GridSpec::new(vec![axis, axis]).unwrap();
        let levels = levels(&spec, 1000);
        assert_eq!(levels.iter().map(|l| l.stride).collect::<Vec<_>>(), [16, 8, 4, 2, 1]);
        let cells = |level: &Level| level.tiles.iter().map(Tile::cells).sum::<usize>();
        assert_eq!(cells(&levels[0]), 81);
        assert_eq!(cells(&levels[1]), 17 * 17 - 81);
    }
}
