//! A run of very many parameters, exactly, in few coordinates.
//!
//! n points lie in an affine space of n − 1 dimensions at most, whatever the space around it. What follows from the
//! points alone (their principal components, planes through them, distances and residuals) is the same in any
//! orthonormal basis of it. So it is enough to know the inner products of their differences from one of them, a matrix
//! `[n, n]`, which is summed over blocks of parameters: no point need be in memory as a whole. Its Cholesky
//! factor L with D·Dᵀ = L·Lᵀ holds the coordinates, a row for each point; pivots are taken largest first, and what is left below the
//! rounding of the largest square distance is none.

use std::ops::Range;

use nalgebra::DMatrix;

use crate::core::num::parallel;
use crate::core::train::trajectory::BUDGET_BYTES;

/// Parameters are summed in so many parts, whatever the number of threads, so that these change no bit.
const PARTS: usize = 16;

/// Bytes of a block of differences at most, and which part of a point they are then: of a few points in blocks no more is held
/// than a point or two.
const BLOCK_BYTES: usize = 8 << 20;
const PART_OF_POINT: usize = 8;

/// Coordinates there are at least: a plane and a way out of it. Where the points need fewer, the others are 0.
const LEAST: usize = 3;

/// What is held of a run at most.
pub(super) struct Limits {
    /// Bytes of its parameters; above it is held by its coordinates.
    pub bytes: usize,
    /// Checkpoints of a run that is held by coordinates.
    pub checkpoints: usize,
    /// Products that are summed for them: a minute's work or two.
    pub products: f64,
}

/// Those of any run.
pub(super) const LIMITS: Limits = Limits { bytes: BUDGET_BYTES, checkpoints: 1000, products: 1e12 };

impl Limits {
    /// Whether that many checkpoints of `dim` parameters are held by coordinates.
    pub fn is_large(&self, count: usize, dim: usize) -> bool {
        count.saturating_mul(dim).saturating_mul(size_of::<f64>()) > self.bytes
    }

    /// Checkpoints of a run of `dim` parameters that is held by coordinates.
    pub fn most(&self, dim: usize) -> usize {
        let by_work = (self.products / dim as f64).sqrt() as usize;
        self.checkpoints.min(by_work).max(2)
    }
}

/// As many as may be at most, evenly, with the last.
pub(super) fn thinned<T>(all: Vec<T>, most: usize) -> Vec<T> {
    let last = all.len().saturating_sub(1);
    let stride = last.div_ceil(most - 1).max(1);
    all.into_iter()
        .enumerate()
        .filter(|(at, _)| at % stride == 0 || *at == last)
        .map(|(_, one)| one)
        .collect()
}

/// What there is to tell of a run that is held by so many coordinates.
pub(super) fn told(rank: usize, parameters: usize) -> String {
    format!(
        "{parameters} parameters are seen by {rank} coordinates in the space through the checkpoints: planes of the run and \
         distances are exact, those along parameters or by filters are not to be had, and what chance adds lies there too."
    )
}

/// Coordinates of `n` points in an orthonormal basis of the space through them, `[n, r]`; not a number for points that are not
/// finite. `read` puts a range of the parameters of a point, of `dim`, behind those that are there.
///
/// # Errors
/// Those of `read`.
pub fn coordinates<E: Send>(
    [n, dim]: [usize; 2],
    read: impl Fn(usize, Range<usize>, &mut Vec<f64>) -> Result<(), E> + Sync,
) -> Result<Vec<Vec<f64>>, E> {
    let part = |part: usize| part * dim / PARTS..(part + 1) * dim / PARTS;
    let sums = parallel::map((0..PARTS).map(part).collect(), |part| Products::of(n, part, &read));
    let mut whole = Products { gram: DMatrix::zeros(n, n), is_finite: vec![true; n] };
    for sum in sums {
        let sum = sum?;
        whole.gram += sum.gram;
        whole.is_finite.iter_mut().zip(sum.is_finite).for_each(|(all, part)| *all &= part);
    }
    Ok(whole.coordinates())
}

/// Inner products of the points' differences from the first of them, over some parameters.
struct Products {
    gram: DMatrix<f64>,
    is_finite: Vec<bool>,
}

impl Products {
    fn of<E>(
        n: usize,
        part: Range<usize>,
        read: &impl Fn(usize, Range<usize>, &mut Vec<f64>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut sum = Self { gram: DMatrix::zeros(n, n), is_finite: vec![true; n] };
        let numbers = (BLOCK_BYTES / size_of::<f64>()).min(part.len() * PARTS / PART_OF_POINT);
        let width = (numbers / n).max(1);
        let (mut first, mut point) = (Vec::new(), Vec::new());
        for from in part.clone().step_by(width) {
            let columns = from..(from + width).min(part.end);
            let mut differences = DMatrix::zeros(n, columns.len());
            for row in 0..n {
                point.clear();
                read(row, columns.clone(), &mut point)?;
                sum.is_finite[row] &= point.iter().all(|v| v.is_finite());
                // Any point will do to take differences from; one that is not finite is left out in the end.
                if row == 0 {
                    first = point.iter().map(|v| if v.is_finite() { *v } else { 0.0 }).collect();
                }
                if sum.is_finite[row] {
                    let pairs = point.iter().zip(&first).enumerate();
                    pairs.for_each(|(column, (v, first))| differences[(row, column)] = v - first);
                }
            }
            sum.gram.gemm(1.0, &differences, &differences.transpose(), 1.0);
        }
        Ok(sum)
    }

    /// The Cholesky factor, and NaN for what is not finite.
    fn coordinates(mut self) -> Vec<Vec<f64>> {
        let n = self.is_finite.len();
        // Squares may be past counting though the numbers are not.
        let counts: Vec<bool> = (0..n).map(|i| self.is_finite[i] && self.gram[(i, i)].is_finite()).collect();
        for i in (0..n).filter(|i| !counts[*i]) {
            self.gram.row_mut(i).fill(0.0);
            self.gram.column_mut(i).fill(0.0);
        }
        let mut left: Vec<f64> = self.gram.diagonal().iter().copied().collect();
        let none = n as f64 * f64::EPSILON * left.iter().copied().fold(0.0, f64::max);
        let mut found: Vec<Vec<f64>> = vec![Vec::new(); n];
        loop {
            let pivot =
                (0..n).max_by(|a, b| left[*a].total_cmp(&left[*b])).filter(|pivot| left[*pivot] > none);
            let Some(pivot) = pivot else { break };
            let (length, known) = (left[pivot].sqrt(), found[pivot].clone());
            for (i, row) in found.iter_mut().enumerate() {
                let part: f64 = row.iter().zip(&known).map(|(a, b)| a * b).sum();
                let entry = if i == pivot { length } else { (self.gram[(i, pivot)] - part) / length };
                row.push(if left[i] > 0.0 { entry } else { 0.0 });
                left[i] = if i == pivot { 0.0 } else { (left[i] - entry * entry).max(0.0) };
            }
        }
        let rank = found.first().map_or(0, Vec::len).max(LEAST);
        let padded = found.into_iter().zip(counts).map(|(mut row, counts)| {
            row.resize(rank, 0.0);
            if counts { row } else { vec![f64::NAN; rank] }
        });
        padded.collect()
    }
}
