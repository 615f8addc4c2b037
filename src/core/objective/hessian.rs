//! The Hessian of an objective: as a matrix where there are few parameters, else by its outer
//! eigenvalues.

use nalgebra::DMatrix;

use super::Objective;
use crate::core::num::eigen::{NotFinite, eigenpairs};
use crate::core::num::lanczos::{Lanczos, Wanted};

/// Parameters up to which the whole matrix is made and diagonalised.
pub const DENSE_PARAMETERS: usize = 200;

/// The Hessian at theta, `[dim, dim]`, column by column from exact products with the unit vectors; its
/// two halves, equal but for rounding, are averaged.
pub fn dense(objective: &dyn Objective, theta: &[f64]) -> DMatrix<f64> {
    let mut columns = Columns::new(theta.len());
    columns.take(usize::MAX, |v, out| objective.hvp(theta, v, out));
    columns.matrix()
}

/// The Hessian in the making, a column for each product.
pub struct Columns {
    matrix: DMatrix<f64>,
    taken: usize,
}

impl Columns {
    /// None of `dim` columns.
    pub fn new(dim: usize) -> Self {
        Self { matrix: DMatrix::zeros(dim, dim), taken: 0 }
    }

    /// Takes up to so many products more. Whether all are taken.
    pub fn take(&mut self, products: usize, mut product: impl FnMut(&[f64], &mut [f64])) -> bool {
        let (from, dim) = (self.taken, self.matrix.ncols());
        self.taken += products.min(dim - from);
        let mut unit = vec![0.0; dim];
        for i in from..self.taken {
            unit[i] = 1.0;
            product(&unit, self.matrix.column_mut(i).as_mut_slice());
            unit[i] = 0.0;
        }
        self.taken == dim
    }

    /// The whole matrix.
    pub fn matrix(&self) -> DMatrix<f64> {
        (&self.matrix + self.matrix.transpose()) * 0.5
    }
}

/// The `k` largest eigenvalues at theta with their unit eigenvectors, the largest first.
///
/// # Errors
/// If the Hessian is not finite there.
pub fn top_eigenpairs(
    objective: &dyn Objective,
    theta: &[f64],
    k: usize,
) -> Result<Vec<(f64, Vec<f64>)>, NotFinite> {
    if theta.len() <= DENSE_PARAMETERS {
        let (values, vectors) = eigenpairs(dense(objective, theta))?;
        return Ok(values.into_iter().zip(vectors).rev().take(k).collect());
    }
    let mut lanczos = Lanczos::new(theta.len());
    let product = |v: &[f64], out: &mut [f64]| objective.hvp(theta, v, out);
    lanczos.run(product, Wanted { top: k, bottom: 0 }, MOST_PRODUCTS)?;
    let pairs = lanczos.pairs();
    Ok(pairs.top(k).map(|i| (pairs.values()[i], lanczos.vector(&pairs, i))).collect())
}

/// Products after which the outer eigenvalues are taken as they are.
pub const MOST_PRODUCTS: usize = 200;
