//! The eigenvalues of a symmetric matrix that is small enough to be diagonalised as a whole.

use nalgebra::{DMatrix, SymmetricEigen};

/// The operator or a product with it was not finite, so there are no eigenvalues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operator is not finite")]
pub struct NotFinite;

/// Eigenvalues, smallest first, and the unit eigenvector of each.
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

/// The eigenvalues alone, smallest first.
///
/// # Errors
/// As [`eigenpairs`].
pub fn eigenvalues(matrix: DMatrix<f64>) -> Result<Vec<f64>, NotFinite> {
    if matrix.iter().any(|v| !v.is_finite()) {
        return Err(NotFinite);
    }
    let mut values: Vec<f64> = matrix.symmetric_eigenvalues().iter().copied().collect();
    values.sort_by(f64::total_cmp);
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_that_is_known() {
        let (values, vectors) = eigenpairs(DMatrix::from_row_slice(2, 2, &[2.0, 1.0, 1.0, 2.0])).unwrap();
        assert!((values[0] - 1.0).abs() < 1e-14 && (values[1] - 3.0).abs() < 1e-14);
        assert!(
            (vectors[0][0] + vectors[0][1]).abs() < 1e-14 && (vectors[1][0] - vectors[1][1]).abs() < 1e-14
        );
        assert_eq!(eigenpairs(DMatrix::from_element(1, 1, f64::NAN)), Err(NotFinite));
    }
}
