//! The Hessian of an objective: as a matrix where there are few parameters, else by its outer
//! eigenvalues.

use std::sync::Arc;

use nalgebra::DMatrix;

use super::Objective;
use crate::core::num::eigen::{NotFinite, eigenpairs};
use crate::core::num::lanczos::{Lanczos, Wanted};
use crate::core::num::{Advance, Job};

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

/// The largest eigenvalues with their unit eigenvectors, the largest first; none where the Hessian is not finite.
pub type Eigenpairs = Result<Vec<(f64, Vec<f64>)>, NotFinite>;

/// The `k` largest eigenvalues at a point in the making. Its units are products with the Hessian.
pub struct TopEigenpairs {
    objective: Arc<dyn Objective>,
    theta: Vec<f64>,
    k: usize,
    phase: Phase,
}

enum Phase {
    Dense(Columns),
    Lanczos(Box<Lanczos>),
    Over,
}

impl TopEigenpairs {
    /// Those at `theta`, `[dim]`.
    pub fn new(objective: Arc<dyn Objective>, theta: Vec<f64>, k: usize) -> Self {
        let phase = match theta.len() <= DENSE_PARAMETERS {
            true => Phase::Dense(Columns::new(theta.len())),
            false => Phase::Lanczos(Box::new(Lanczos::new(theta.len()))),
        };
        Self { objective, theta, k, phase }
    }

    /// Up to so many products more; what was found, once all are taken.
    fn take(&mut self, products: usize) -> Result<Option<Vec<(f64, Vec<f64>)>>, NotFinite> {
        let k = self.k;
        let product = |v: &[f64], out: &mut [f64]| self.objective.hvp(&self.theta, v, out);
        match &mut self.phase {
            Phase::Dense(columns) => {
                if columns.take(products, product) {
                    let (values, vectors) = eigenpairs(columns.matrix())?;
                    return Ok(Some(values.into_iter().zip(vectors).rev().take(k).collect()));
                }
            }
            Phase::Lanczos(lanczos) => {
                if lanczos.take(products, product, Wanted { top: k, bottom: 0 }, MOST_PRODUCTS)? {
                    let pairs = lanczos.pairs();
                    let pair = |i: usize| (pairs.values()[i], lanczos.vector(&pairs, i));
                    return Ok(Some(pairs.top(k).map(pair).collect()));
                }
            }
            Phase::Over => {}
        }
        Ok(None)
    }
}

impl Job for TopEigenpairs {
    type Finding = Eigenpairs;

    fn advance(&mut self, products: u64) -> Advance<Eigenpairs> {
        if matches!(self.phase, Phase::Over) {
            return Advance::Ended;
        }
        let found = self.take(usize::try_from(products.max(1)).unwrap_or(usize::MAX)).transpose();
        if found.is_some() {
            self.phase = Phase::Over;
        }
        found.map_or(Advance::Working, Advance::Found)
    }
}

/// Products after which the outer eigenvalues are taken as they are.
pub const MOST_PRODUCTS: usize = 200;
