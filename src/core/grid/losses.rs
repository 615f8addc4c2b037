//! The losses of a grid's cells.

use super::spec::GridSpec;

/// Losses with the place of their cells. A loss may be NaN or infinite: the function diverges there.
#[derive(Clone, Debug, PartialEq)]
pub struct LossGrid {
    /// Where the cells lie.
    pub spec: GridSpec,
    /// `[n3, n2, n1]`, the last index along alpha1.
    pub loss: Vec<f64>,
}

impl LossGrid {
    /// The loss of a cell.
    pub fn at(&self, index: [usize; 3]) -> f64 {
        self.loss[self.spec.offset(index)]
    }

    /// The losses of one alpha3 layer, `[n2, n1]`.
    pub fn layer(&self, i3: usize) -> &[f64] {
        let [n1, n2, _] = self.spec.counts();
        &self.loss[i3 * n1 * n2..][..n1 * n2]
    }

    /// The plane that lies at fractional layer `layer` of a volume, blended linearly between the two
    /// layers beside it. Where only one of them is finite its loss is taken.
    pub fn blended_plane(&self, layer: f64) -> Self {
        let last = self.spec.counts()[2] - 1;
        let layer = layer.clamp(0.0, last as f64);
        let below = layer.floor() as usize;
        let share = layer - below as f64;
        let (below, above) = (self.layer(below), self.layer((below + 1).min(last)));
        let loss = below.iter().zip(above).map(|(a, b)| blend(*a, *b, share)).collect();
        Self { spec: self.spec.plane(), loss }
    }

    /// The loss of a plane at a point between its cells, blended linearly from the four around it;
    /// outside the grid the border's.
    pub fn sample(&self, alpha1: f64, alpha2: f64) -> f64 {
        self.sample_layer(alpha1, alpha2, 0)
    }

    /// The loss of a volume at a point of fractional layer `layer`, blended linearly along all axes.
    pub fn sample_volume(&self, alpha1: f64, alpha2: f64, layer: f64) -> f64 {
        let last = self.spec.counts()[2] - 1;
        let layer = layer.clamp(0.0, last as f64);
        let below = layer.floor() as usize;
        let at = |i3: usize| self.sample_layer(alpha1, alpha2, i3);
        blend(at(below), at((below + 1).min(last)), layer - below as f64)
    }

    fn sample_layer(&self, alpha1: f64, alpha2: f64, i3: usize) -> f64 {
        let counts = self.spec.counts();
        let place = |axis: usize, alpha: f64| {
            let last = (counts[axis] - 1) as f64;
            let index = self.spec.axes()[axis].index(alpha).clamp(0.0, last);
            let corner = index.floor().min(last - 1.0).max(0.0);
            (corner as usize, index - corner)
        };
        let ((i1, share1), (i2, share2)) = (place(0, alpha1), place(1, alpha2));
        let row = |i2: usize| blend(self.at([i1, i2, i3]), self.at([i1 + 1, i2, i3]), share1);
        blend(row(i2), row(i2 + 1), share2)
    }

    /// The largest difference between the cells of a plane and this volume blended at fractional
    /// `layer`, over the cells where both are finite: how far a blended picture is from the truth.
    pub fn blending_error(&self, plane: &Self, layer: f64) -> f64 {
        let blended = self.blended_plane(layer);
        let [n1, _, _] = plane.spec.counts();
        let difference = |(at, exact): (usize, &f64)| {
            let alpha = plane.spec.alpha([at % n1, at / n1, 0]);
            (blended.sample(alpha[0], alpha[1]) - exact).abs()
        };
        plane.loss.iter().enumerate().map(difference).filter(|d| d.is_finite()).fold(0.0, f64::max)
    }

    /// The lowest and highest finite loss; `None` if there is none.
    pub fn finite_range(&self) -> Option<(f64, f64)> {
        finite_range(&self.loss)
    }

    /// The cell of lowest finite loss, the first of equals.
    pub fn lowest(&self) -> Option<([usize; 3], f64)> {
        let finite = self.loss.iter().enumerate().filter(|(_, loss)| loss.is_finite());
        let (at, loss) = finite.min_by(|a, b| a.1.total_cmp(b.1))?;
        let [n1, n2, _] = self.spec.counts();
        Some(([at % n1, at / n1 % n2, at / (n1 * n2)], *loss))
    }

    /// The local minima of a plane: cells lower than all their (up to eight) neighbours, lowest first.
    /// The border does not count, since a slope that leaves the picture ends there.
    pub fn local_minima(&self) -> Vec<([usize; 3], f64)> {
        let [n1, n2, _] = self.spec.counts();
        let mut minima = Vec::new();
        for i2 in 1..n2.saturating_sub(1) {
            for i1 in 1..n1.saturating_sub(1) {
                let here = self.at([i1, i2, 0]);
                let around = (i2 - 1..=i2 + 1).flat_map(|j| (i1 - 1..=i1 + 1).map(move |i| (i, j)));
                let is_lowest = around.filter(|&at| at != (i1, i2)).all(|(i, j)| here < self.at([i, j, 0]));
                if is_lowest {
                    minima.push(([i1, i2, 0], here));
                }
            }
        }
        minima.sort_by(|a, b| a.1.total_cmp(&b.1));
        minima
    }

    /// The lowest local minimum of a plane that lies apart from its lowest cell, by more than [`APART`] of its sides.
    pub fn second_minimum(&self) -> Option<([usize; 3], f64)> {
        let ([first1, first2, _], _) = self.lowest()?;
        let [n1, n2, _] = self.spec.counts();
        let share = |a: usize, b: usize, count: usize| a.abs_diff(b) as f64 / (count - 1) as f64;
        let is_apart = |&([i1, i2, _], _): &([usize; 3], f64)| {
            share(i1, first1, n1).hypot(share(i2, first2, n2)) > APART
        };
        self.local_minima().into_iter().find(is_apart)
    }
}

/// Share of a plane's sides by which low points are apart.
pub const APART: f64 = 0.08;

/// The lowest and highest finite number; `None` if there is none.
pub fn finite_range(values: &[f64]) -> Option<(f64, f64)> {
    values.iter().filter(|v| v.is_finite()).fold(None, |range, &v| {
        Some(range.map_or((v, v), |(low, high): (f64, f64)| (low.min(v), high.max(v))))
    })
}

/// a + share·(b − a); where only one of the two is finite, that one; where none is, the nearer.
pub fn blend(a: f64, b: f64, share: f64) -> f64 {
    match (a.is_finite(), b.is_finite()) {
        (true, true) => a + share * (b - a),
        (true, false) => a,
        (false, true) => b,
        (false, false) if share < 0.5 => a,
        (false, false) => b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::grid::Axis;

    fn grid(counts: [usize; 3], loss: impl Fn([usize; 3]) -> f64) -> LossGrid {
        let axes = counts.map(|count| Axis { low: 0.0, high: 1.0, count });
        let spec = GridSpec::new(axes.to_vec()).unwrap();
        let mut losses = vec![0.0; spec.cells()];
        for i3 in 0..counts[2] {
            for i2 in 0..counts[1] {
                for i1 in 0..counts[0] {
                    losses[spec.offset([i1, i2, i3])] = loss([i1, i2, i3]);
                }
            }
        }
        LossGrid { spec, loss: losses }
    }

    #[test]
    fn the_last_index_runs_along_alpha1() {
        let grid = grid([4, 3, 2], |[i1, i2, i3]| (i1 + 10 * i2 + 100 * i3) as f64);
        assert_eq!(&grid.loss[..5], &[0.0, 1.0, 2.0, 3.0, 10.0]);
        assert_eq!(grid.at([3, 2, 1]), 123.0);
        assert_eq!(grid.layer(1)[0], 100.0);
        assert_eq!(grid.blended_plane(0.25).loss[5], 11.0 + 25.0);
        assert_eq!(grid.blended_plane(1.0).loss, grid.layer(1));
    }

    #[test]
    fn a_bilinear_plane_is_sampled_exactly() {
        let volume = grid([4, 3, 2], |[i1, i2, i3]| 1.0 + (i1 * i2) as f64 + i3 as f64);
        let plane = volume.blended_plane(0.5);
        assert!((plane.sample(0.5, 0.25) - (1.5 + 1.5 * 0.5)).abs() < 1e-12);
        assert_eq!(plane.sample(9.0, 9.0), plane.at([3, 2, 0]));
        assert!((volume.sample_volume(0.5, 0.25, 0.5) - plane.sample(0.5, 0.25)).abs() < 1e-12);
        assert!(volume.blending_error(&plane, 0.5) < 1e-12);
        assert!((volume.blending_error(&plane, 1.0) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn broken_cells_are_skipped_and_never_averaged() {
        let mut grid = grid([3, 3, 2], |[i1, i2, i3]| (i1 + i2 + i3) as f64);
        grid.loss[4] = f64::NAN;
        grid.loss[0] = f64::INFINITY;
        assert_eq!(grid.finite_range(), Some((1.0, 5.0)));
        assert_eq!(grid.lowest(), Some(([1, 0, 0], 1.0)));
        assert_eq!(grid.blended_plane(0.5).loss[4], 3.0);
        assert_eq!(finite_range(&[f64::NAN]), None);
    }

    #[test]
    fn two_bowls_are_two_minima() {
        let grid = grid([9, 7, 2], |[i1, i2, _]| {
            let bowl = |x: f64, y: f64| (i1 as f64 - x).powi(2) + (i2 as f64 - y).powi(2);
            bowl(2.0, 2.0).min(bowl(6.0, 5.0) + 0.5)
        });
        assert_eq!(grid.local_minima(), vec![([2, 2, 0], 0.0), ([6, 5, 0], 0.5)]);
        assert_eq!(grid.second_minimum(), Some(([6, 5, 0], 0.5)));
    }
}
