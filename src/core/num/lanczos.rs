//! The outer eigenvalues of a symmetric operator that is known only by its products with vectors.
//!
//! Lanczos (1950) with full reorthogonalisation: m products give an orthonormal basis in which the
//! operator is a tridiagonal matrix; its eigenvalues (the Ritz values) approach those of the operator
//! from within its range, the outer ones first. Each comes with a bound on its error (Paige 1971):
//! some eigenvalue lies within |βₘ·sₘᵢ| of Ritz value i. What the start vector does not reach is not
//! found: of an eigenvalue of multiplicity two, one copy only. So the method proves that an eigenvalue
//! is there, never that none is.

use std::ops::Range;

use nalgebra::{DMatrix, SymmetricEigen};

use super::Stream;
use super::eigen::NotFinite;
use super::vector::{add_scaled, dot, norm, scaled};

/// A basis that grows by one product at a time.
pub struct Lanczos {
    dim: usize,
    basis: Vec<Vec<f64>>,
    diagonal: Vec<f64>,
    /// `beside[i]` couples basis vectors i and i + 1; the last one is the length of the rest.
    beside: Vec<f64>,
    /// The next basis vector; `None` once nothing is left to reach.
    next: Option<Vec<f64>>,
    /// Steps after which it is looked next whether what is wanted is sure.
    next_look: usize,
}

/// Steps before the first look at whether what is wanted is sure.
const FIRST_LOOK: usize = 8;

/// How many of the outer eigenvalues should be sure before the work ends; with none, no step is spared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of the largest.
    pub top: usize,
    /// Of the smallest.
    pub bottom: usize,
}

/// The eigenvalues known after some steps, smallest first.
pub struct RitzPairs {
    values: Vec<f64>,
    bounds: Vec<f64>,
    /// Column i holds Ritz vector i in the basis.
    within: DMatrix<f64>,
}

/// A Ritz value is sure when its error is bounded by this share of the largest magnitude of all.
const SURE: f64 = 1e-11;

/// A rest below this share of the operator's scale is rounding.
const NOTHING_LEFT: f64 = 1e-13;

impl Lanczos {
    /// For an operator on vectors of `dim` entries, from a random start.
    pub fn new(dim: usize) -> Self {
        let mut stream = Stream::new(0, "lanczos");
        let start: Vec<f64> = (0..dim).map(|_| stream.normal()).collect();
        Self::from_start(&start)
    }

    /// From a start of one's own, which must not be 0: then Σᵢ first(i)²·f(valueᵢ) approaches
    /// startᵀ·f(operator)·start / ‖start‖², where first(i) is [`RitzPairs::first`].
    pub fn from_start(start: &[f64]) -> Self {
        let length = norm(start);
        let next = (length > 0.0 && length.is_finite()).then(|| scaled(start, 1.0 / length));
        let (basis, diagonal, beside) = (Vec::new(), Vec::new(), Vec::new());
        Self { dim: start.len(), basis, diagonal, beside, next, next_look: FIRST_LOOK }
    }

    /// Products taken so far.
    pub fn steps(&self) -> usize {
        self.basis.len()
    }

    /// Takes products until what is wanted is sure, nothing is left to reach, or `most` are taken.
    ///
    /// # Errors
    /// If a product is not finite.
    pub fn run(
        &mut self,
        product: impl FnMut(&[f64], &mut [f64]),
        wanted: Wanted,
        most: usize,
    ) -> Result<(), NotFinite> {
        self.take(usize::MAX, product, wanted, most).map(drop)
    }

    /// As [`Lanczos::run`], but no more than `products` of them now. Whether the work has ended.
    ///
    /// # Errors
    /// If a product is not finite.
    pub fn take(
        &mut self,
        products: usize,
        mut product: impl FnMut(&[f64], &mut [f64]),
        wanted: Wanted,
        most: usize,
    ) -> Result<bool, NotFinite> {
        for _ in 0..products {
            if self.steps() >= most.min(self.dim) || self.next.is_none() {
                return Ok(true);
            }
            self.step(&mut product)?;
            if self.steps() >= self.next_look {
                if self.pairs().are_sure(wanted) {
                    return Ok(true);
                }
                // A look costs the cube of the steps, so looks grow rarer.
                self.next_look += (self.steps() / 4).max(4);
            }
        }
        Ok(false)
    }

    fn step(&mut self, product: &mut impl FnMut(&[f64], &mut [f64])) -> Result<(), NotFinite> {
        let Some(vector) = self.next.take() else { return Ok(()) };
        let mut rest = vec![0.0; self.dim];
        product(&vector, &mut rest);
        let along = dot(&vector, &rest);
        if !along.is_finite() || rest.iter().any(|v| !v.is_finite()) {
            return Err(NotFinite);
        }
        let scale = norm(&rest);
        self.basis.push(vector);
        self.diagonal.push(along);
        // Twice, since one pass of Gram and Schmidt leaves rounding behind.
        for _ in 0..2 {
            for basis in &self.basis {
                let part = dot(basis, &rest);
                add_scaled(&mut rest, -part, basis);
            }
        }
        let left = norm(&rest);
        if left > NOTHING_LEFT * scale && self.steps() < self.dim {
            self.next = Some(scaled(&rest, 1.0 / left));
            self.beside.push(left);
        } else {
            self.beside.push(0.0);
        }
        Ok(())
    }

    /// What is known so far.
    pub fn pairs(&self) -> RitzPairs {
        let m = self.steps();
        if m == 0 {
            return RitzPairs { values: Vec::new(), bounds: Vec::new(), within: DMatrix::zeros(0, 0) };
        }
        let mut matrix = DMatrix::from_diagonal(&self.diagonal.clone().into());
        for (i, &beside) in self.beside[..m - 1].iter().enumerate() {
            matrix[(i, i + 1)] = beside;
            matrix[(i + 1, i)] = beside;
        }
        let eigen = SymmetricEigen::new(matrix);
        let mut order: Vec<usize> = (0..m).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[a].total_cmp(&eigen.eigenvalues[b]));
        let within = eigen.eigenvectors.select_columns(&order);
        RitzPairs {
            values: order.iter().map(|&i| eigen.eigenvalues[i]).collect(),
            bounds: (0..m).map(|i| (self.beside[m - 1] * within[(m - 1, i)]).abs()).collect(),
            within,
        }
    }

    /// The unit vector that belongs to Ritz value `i`, `[dim]`.
    pub fn vector(&self, pairs: &RitzPairs, i: usize) -> Vec<f64> {
        let mut vector = vec![0.0; self.dim];
        for (basis, &share) in self.basis.iter().zip(pairs.within.column(i).iter()) {
            add_scaled(&mut vector, share, basis);
        }
        vector
    }
}

impl RitzPairs {
    /// The Ritz values, smallest first.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// How far Ritz value `i` may lie from an eigenvalue.
    pub fn bound(&self, i: usize) -> f64 {
        self.bounds[i]
    }

    /// The part of the start vector along Ritz vector `i`, of a start of length 1.
    pub fn first(&self, i: usize) -> f64 {
        self.within[(0, i)]
    }

    /// The places of the `count` largest values, the largest first.
    pub fn top(&self, count: usize) -> std::iter::Rev<Range<usize>> {
        let m = self.values.len();
        (m - count.min(m)..m).rev()
    }

    fn are_sure(&self, wanted: Wanted) -> bool {
        let m = self.values.len();
        let scale = self.values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        let count = wanted.top + wanted.bottom;
        let enough = count > 0 && m >= count;
        let outer = (0..wanted.bottom.min(m)).chain(self.top(wanted.top));
        enough && outer.into_iter().all(|i| self.bounds[i] <= SURE * scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A symmetric matrix with eigenvalues between −1 and 1 and a few outside.
    fn matrix(dim: usize) -> DMatrix<f64> {
        let mut stream = Stream::new(9, "matrix");
        let q = DMatrix::from_fn(dim, dim, |_, _| stream.normal()).qr().q();
        let values = (0..dim).map(|i| match i {
            0 => 9.0,
            1 => -4.0,
            2 => 5.0,
            3 => 4.9,
            _ => stream.uniform_in(-1.0, 1.0),
        });
        let diagonal = DMatrix::from_diagonal(&nalgebra::DVector::from_iterator(dim, values));
        &q * diagonal * q.transpose()
    }

    fn times(matrix: &DMatrix<f64>) -> impl FnMut(&[f64], &mut [f64]) + '_ {
        move |v, out| out.copy_from_slice((matrix * nalgebra::DVector::from_column_slice(v)).as_slice())
    }

    #[test]
    fn outer_eigenpairs_are_found_long_before_the_end() {
        let matrix = matrix(300);
        let mut lanczos = Lanczos::new(300);
        lanczos.run(times(&matrix), Wanted { top: 3, bottom: 1 }, 300).unwrap();
        assert!(lanczos.steps() < 120, "{}", lanczos.steps());
        let pairs = lanczos.pairs();
        assert!((pairs.values()[0] + 4.0).abs() < 1e-9);
        for (i, expected) in pairs.top(3).zip([9.0, 5.0, 4.9]) {
            assert!((pairs.values()[i] - expected).abs() < 1e-9, "{}", pairs.values()[i]);
            let vector = lanczos.vector(&pairs, i);
            let mut product = vec![0.0; 300];
            times(&matrix)(&vector, &mut product);
            add_scaled(&mut product, -expected, &vector);
            assert!(norm(&product) < 1e-8, "{}", norm(&product));
            assert!(pairs.bound(i) < 1e-9);
        }
    }

    #[test]
    fn all_steps_give_all_eigenvalues() {
        let matrix = matrix(30);
        let mut lanczos = Lanczos::new(30);
        lanczos.run(times(&matrix), Wanted { top: 30, bottom: 0 }, 99).unwrap();
        let mut expected = SymmetricEigen::new(matrix).eigenvalues.as_slice().to_vec();
        expected.sort_by(f64::total_cmp);
        for (found, expected) in lanczos.pairs().values().iter().zip(expected) {
            assert!((found - expected).abs() < 1e-11);
        }
    }

    #[test]
    fn a_start_of_ones_own_gives_the_moments_of_its_own() {
        let matrix = matrix(40);
        let start: Vec<f64> = (0..40).map(|i| f64::from(i) - 7.5).collect();
        let mut lanczos = Lanczos::from_start(&start);
        lanczos.run(times(&matrix), Wanted::default(), 12).unwrap();
        let mut product = vec![0.0; 40];
        times(&matrix)(&start, &mut product);
        let pairs = lanczos.pairs();
        let moment: f64 = (0..12).map(|i| pairs.first(i).powi(2) * pairs.values()[i]).sum();
        let expected = dot(&start, &product) / dot(&start, &start);
        assert!((moment - expected).abs() < 1e-12, "{moment} {expected}");
    }

    #[test]
    fn zero_and_broken_operators_end_at_once() {
        let mut lanczos = Lanczos::new(5);
        lanczos.run(|_, out| out.fill(0.0), Wanted { top: 1, bottom: 1 }, 99).unwrap();
        assert_eq!(lanczos.pairs().values(), [0.0]);
        assert_eq!(Lanczos::new(5).run(|_, out| out.fill(f64::NAN), Wanted::default(), 9), Err(NotFinite));
        let mut nowhere = Lanczos::from_start(&[0.0; 4]);
        nowhere.run(|_, out| out.fill(1.0), Wanted::default(), 9).unwrap();
        assert!(nowhere.pairs().values().is_empty());
    }
}
