//! The Hessian of an objective: as a matrix where there are few parameters, else by its outer
//! eigenvalues.

use nalgebra::{DMatrix, SymmetricEigen};

use super::Objective;
use crate::core::num::lanczos::{Lanczos, NotFinite, Wanted};

/// Parameters up to which the whole matrix is made and diagonalised.
pub const DENSE_PARAMETERS: usize = 200;

/// The Hessian at theta, `[dim, dim]`, column by column from exact products with the unit vectors; its
/// two halves, equal but for rounding, are averaged.
pub fn dense(objective: &dyn Objective, theta: &[f64]) -> DMatrix<f64> {
    let dim = theta.len();
    let mut matrix = DMatrix::zeros(dim, dim);
    let mut unit = vec![0.0; dim];
    for (i, mut column) in matrix.column_iter_mut().enumerate() {
        unit[i] = 1.0;
        objective.hvp(theta, &unit, column.as_mut_slice());
        unit[i] = 0.0;
    }
    (&matrix + matrix.transpose()) * 0.5
}

/// Eigenvalues and unit eigenvectors of a dense symmetric matrix, smallest first.
///
/// # Errors
/// If an entry is not finite.
pub fn eigenpairs(matrix: DMatrix<f64>) -> Result<(Vec<f64>, Vec<Vec<f64>>), NotFinite> {
    if matrix.iter().any(|v| !v.is_finite()) {
        return Err(NotFinite);
    }
    let eigen = SymmetricEigen::new(matrix);
    let mut order: Vec<usize> = (0..eigen.eigenvalues.len()).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[a].total_cmp(&eigen.eigenvalues[b]));
    let vector = |&i: &usize| eigen.eigenvectors.column(i).as_slice().to_vec();
    Ok((order.iter().map(|&i| eigen.eigenvalues[i]).collect(), order.iter().map(vector).collect()))
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
