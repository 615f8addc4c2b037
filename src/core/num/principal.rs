//! The directions in which a cloud of rows varies most: its top right-singular vectors.
//!
//! They are found from the smaller of the two symmetric matrices XᵀX `[dim, dim]` and XXᵀ `[n, n]`
//! (the Gram matrix), so that a few rows in very many dimensions stay cheap. The rows are scaled
//! first, so that a run that ran away to 1e200 does not overflow. They are asked for entry by entry and a
//! block at a time: the checkpoints of a run are large, and shared.

use std::ops::Range;

use nalgebra::{DMatrix, DVectorView};

use crate::core::num::Stream;
use crate::core::num::eigen::eigenpairs;
use crate::core::num::lanczos::{Lanczos, Wanted};
use crate::core::num::vector::{add_scaled, dot, norm, scaled};

/// Unit directions in the order of the variance along them.
#[derive(Clone, Debug, PartialEq)]
pub struct Principal {
    /// Orthonormal, `[k, dim]`, each with its largest entry positive.
    pub directions: Vec<Vec<f64>>,
    /// Share of the *total* sum of squares along each, `[k]`.
    pub share: Vec<f64>,
}

/// A direction whose share of the sum of squares is below this is rounding, not signal.
const RANK_SHARE: f64 = 1e-14;

/// The top `k` right-singular vectors of the rows, `[n, dim]`, whose entries are told by row and column, as
/// they stand (centre them first); fewer where the rows have a lower rank.
pub fn top_directions([n, dim]: [usize; 2], entry: impl Fn(usize, usize) -> f64, k: usize) -> Principal {
    let mut found = Principal { directions: Vec::new(), share: Vec::new() };
    let all = (0..n).flat_map(|i| (0..dim).map(move |j| (i, j)));
    let largest = all.fold(0.0_f64, |m, (i, j)| m.max(entry(i, j).abs()));
    if largest == 0.0 || !largest.is_finite() {
        return found;
    }
    let rows = Rows { n, dim, entry: |i, j| entry(i, j) / largest };
    let square = rows.square();
    let total = square.trace();
    for (value, vector) in top_eigenpairs(square, k) {
        let share = value / total;
        if share <= RANK_SHARE {
            break;
        }
        let raw = if rows.gram_is_smaller() { rows.combined(&vector) } else { vector };
        let Some(unit) = orthonormal_to(raw, &found.directions) else { break };
        found.directions.push(with_fixed_sign(unit));
        found.share.push(share);
    }
    found
}

/// Entries of a matrix, `[n, dim]`, that is never there as a whole.
struct Rows<F> {
    n: usize,
    dim: usize,
    entry: F,
}

/// Entries that are copied at a time.
const BLOCK: usize = 1 << 21;

impl<F: Fn(usize, usize) -> f64> Rows<F> {
    fn gram_is_smaller(&self) -> bool {
        self.n < self.dim
    }

    /// The smaller of XᵀX and XXᵀ.
    fn square(&self) -> DMatrix<f64> {
        let part = |part: Range<usize>| match self.gram_is_smaller() {
            true => {
                let x = self.block(0..self.n, part);
                &x * x.transpose()
            }
            false => {
                let x = self.block(part, 0..self.dim);
                x.transpose() * &x
            }
        };
        let (all, across) = if self.gram_is_smaller() { (self.dim, self.n) } else { (self.n, self.dim) };
        parts(all, across).map(part).reduce(|sum, part| sum + part).unwrap_or_else(|| DMatrix::zeros(0, 0))
    }

    /// The sum of the rows, each so many times, `[dim]`.
    fn combined(&self, times: &[f64]) -> Vec<f64> {
        let part = |columns| self.block(0..self.n, columns).tr_mul(&DVectorView::from_slice(times, self.n));
        parts(self.dim, self.n).flat_map(|columns| part(columns).as_slice().to_vec()).collect()
    }

    fn block(&self, rows: Range<usize>, columns: Range<usize>) -> DMatrix<f64> {
        DMatrix::from_fn(rows.len(), columns.len(), |i, j| (self.entry)(rows.start + i, columns.start + j))
    }
}

/// A matrix cut into blocks, along the side of `all`.
fn parts(all: usize, across: usize) -> impl Iterator<Item = Range<usize>> {
    let each = (BLOCK / across.max(1)).max(1);
    (0..all).step_by(each).map(move |from| from..(from + each).min(all))
}

/// Matrices larger than this are not diagonalised as a whole: three of a thousand eigenvectors are
/// found a hundred times faster by themselves.
const DENSE: usize = 200;

/// The `k` largest eigenvalues of a finite symmetric matrix with their eigenvectors, largest first.
fn top_eigenpairs(square: DMatrix<f64>, k: usize) -> Vec<(f64, Vec<f64>)> {
    if square.nrows() > DENSE {
        let mut lanczos = Lanczos::new(square.nrows());
        let product = |v: &[f64], out: &mut [f64]| {
            out.copy_from_slice((&square * DVectorView::from_slice(v, v.len())).as_slice());
        };
        if lanczos.run(product, Wanted { top: k, bottom: 0 }, square.nrows()).is_err() {
            return Vec::new();
        }
        let pairs = lanczos.pairs();
        let pair = |i: usize| (pairs.values()[i], lanczos.vector(&pairs, i));
        return pairs.top(k).map(pair).collect();
    }
    let Ok((values, vectors)) = eigenpairs(square) else { return Vec::new() };
    values.into_iter().zip(vectors).rev().take(k).collect()
}

/// A random unit direction orthogonal to those given, for planes that a trajectory of low rank leaves
/// open. `None` where the space has no room for one more.
pub fn completion(basis: &[Vec<f64>], dim: usize, stream: &mut Stream) -> Option<Vec<f64>> {
    if basis.len() >= dim {
        return None;
    }
    let raw = (0..dim).map(|_| stream.normal()).collect();
    orthonormal_to(raw, basis).map(with_fixed_sign)
}

/// The part of `raw` orthogonal to the orthonormal `basis`, at unit length; `None` if nothing is left.
pub fn orthonormal_to(raw: Vec<f64>, basis: &[Vec<f64>]) -> Option<Vec<f64>> {
    let length = norm(&raw);
    let mut rest = raw;
    for _ in 0..2 {
        for b in basis {
            let part = dot(b, &rest);
            add_scaled(&mut rest, -part, b);
        }
    }
    let left = norm(&rest);
    (left.is_finite() && left > 1e-10 * length).then(|| scaled(&rest, 1.0 / left))
}

/// Turns the vector so that its entry of largest magnitude is positive.
pub(crate) fn with_fixed_sign(v: Vec<f64>) -> Vec<f64> {
    let largest = v.iter().copied().fold(0.0_f64, |m, x| if x.abs() > m.abs() { x } else { m });
    if largest < 0.0 { scaled(&v, -1.0) } else { v }
}

/// The mean of the rows, `[dim]`.
///
/// # Panics
/// If there is no row.
pub fn mean(rows: &[&[f64]]) -> Vec<f64> {
    let mut mean = vec![0.0; rows[0].len()];
    for row in rows {
        add_scaled(&mut mean, 1.0 / rows.len() as f64, row);
    }
    mean
}

/// Share of the rows' total variance about a point that lies along each direction, `[k]`, whatever the
/// direction's length.
pub fn variance_shares(rows: &[&[f64]], about: &[f64], directions: &[Vec<f64>]) -> Vec<f64> {
    // Scaled, so that a run that ran away to 1e200 does not overflow.
    let largest = rows.iter().flat_map(|r| r.iter()).fold(f64::MIN_POSITIVE, |m, v| m.max(v.abs()));
    let mut total = 0.0;
    let mut along = vec![0.0; directions.len()];
    let units = units(directions);
    for row in rows {
        let centred: Vec<f64> = row.iter().zip(about).map(|(r, m)| (r - m) / largest).collect();
        total += dot(&centred, &centred);
        for (along, unit) in along.iter_mut().zip(&units) {
            *along += dot(unit, &centred).powi(2);
        }
    }
    along.iter().map(|a| if total > 0.0 { a / total } else { 0.0 }).collect()
}

/// The vectors at length 1.
pub fn units(vectors: &[Vec<f64>]) -> Vec<Vec<f64>> {
    vectors.iter().map(|v| scaled(v, 1.0 / norm(v))).collect()
}

/// An orthonormal basis of the vectors' span; vectors that add nothing to it are left out.
pub fn orthonormalised(vectors: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(vectors.len());
    for vector in vectors {
        basis.extend(orthonormal_to(vector.clone(), &basis));
    }
    basis
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[Vec<f64>]) -> Principal {
        top_directions([rows.len(), rows[0].len()], |i, j| rows[i][j], 3)
    }

    #[test]
    fn blocks_together_are_the_whole() {
        let across = BLOCK / 5;
        let entry = |i: usize, j: usize| ((7 * i + 3 * j) % 11) as f64 - 5.0;
        for [n, dim] in [[12, across], [across, 12]] {
            let rows = Rows { n, dim, entry };
            assert_eq!(parts(across, 12).count(), 3);
            let x = rows.block(0..n, 0..dim);
            let whole = if n < dim { &x * x.transpose() } else { x.transpose() * &x };
            assert_eq!(rows.square(), whole, "sums of small whole numbers are exact");
        }
        let rows = Rows { n: 12, dim: across, entry };
        let times: Vec<f64> = (0..12).map(f64::from).collect();
        let combined = rows.combined(&times);
        let expected = |j: usize| (0..12).map(|i| times[i] * entry(i, j)).sum::<f64>();
        assert!((0..across).all(|j| combined[j] == expected(j)));
    }

    #[test]
    fn both_matrices_give_the_same_directions() {
        // Four rows in three and, padded with zeros, in nine dimensions.
        let rows =
            vec![vec![3.0, 0.1, 0.0], vec![-2.0, 0.3, 0.1], vec![0.5, -1.0, 0.2], vec![-1.0, 0.6, -0.4]];
        let wide: Vec<Vec<f64>> = rows.iter().map(|r| [r.clone(), vec![0.0; 6]].concat()).collect();
        let (narrow, wide) = (of(&rows), of(&wide));
        for i in 0..3 {
            assert!((narrow.share[i] - wide.share[i]).abs() < 1e-14);
            for j in 0..3 {
                assert!((narrow.directions[i][j] - wide.directions[i][j]).abs() < 1e-12);
            }
        }
        assert!((narrow.share.iter().sum::<f64>() - 1.0).abs() < 1e-14);
    }

    #[test]
    fn a_flat_cloud_gives_fewer_directions_and_huge_numbers_do_no_harm() {
        let line: Vec<Vec<f64>> = (0..5).map(|t| vec![t as f64 * 1e200, t as f64 * -2e200, 0.0]).collect();
        let found = of(&line);
        assert_eq!(found.directions.len(), 1);
        assert!((found.directions[0][1] - 2.0 / 5_f64.sqrt()).abs() < 1e-12, "largest entry positive");
        assert!(of(&[vec![0.0; 3], vec![0.0; 3]]).directions.is_empty());
    }
}
