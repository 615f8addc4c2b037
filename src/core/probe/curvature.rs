//! The eigenvalues of the Hessian: in the plane, and in the whole space.

use std::cell::Cell;

use nalgebra::DMatrix;
use serde::Serialize;

use crate::core::num::Progress;
use crate::core::num::eigen::{NotFinite, eigenpairs};
use crate::core::num::lanczos::{Lanczos, Wanted};
use crate::core::num::vector::dot;
use crate::core::objective::Objective;
use crate::core::objective::hessian::{self, DENSE_PARAMETERS, MOST_PRODUCTS};
use crate::core::subspace::Subspace;

/// Curvature below this share of the largest one counts as none.
pub const FLAT_SHARE: f64 = 1e-3;

/// About how many multiply-adds it takes to look at a point, by the whole matrix where that is done.
pub fn cost(objective: &dyn Objective) -> usize {
    // A product with the Hessian costs about six losses.
    6 * objective.dim() * objective.dim().min(MOST_PRODUCTS) * objective.examples().max(1)
}

/// How the loss bends at a point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curvature {
    /// Eigenvalues of the Hessian, smallest first: all of them, or those that [`Extent::Lanczos`]
    /// came to, of which only the outer ones are near true eigenvalues.
    pub eigenvalues: Vec<f64>,
    /// How much of the space was looked at.
    pub extent: Extent,
    /// The largest magnitude among them.
    pub largest: f64,
    /// Eigenvalues within ± this count as 0: [`FLAT_SHARE`] of the largest magnitude.
    pub tolerance: f64,
    /// Eigenvalues below −tolerance: all there are, or with Lanczos at least so many.
    pub negative: usize,
    /// Eigenvalues of the Hessian restricted to the plane, smallest first, `[k]`: curvatures along unit
    /// directions. None where no plane was given.
    pub in_plane: Vec<f64>,
    /// Of those, how many are below −tolerance.
    pub negative_in_plane: usize,
    /// How much lower a step to the bottom of the parabola would get: ½·Σ gᵢ²/max(|λᵢ|, tolerance) over
    /// the gradient's parts gᵢ along the eigenvectors.
    pub predicted_decrease: f64,
    /// The fewest eigenvectors along which [`MOST_SHARE`] of that decrease lies; `None` with Lanczos, whose
    /// vectors are no directions of their own.
    pub downhill: Option<usize>,
}

/// The share of a predicted decrease that counts as most of it.
pub const MOST_SHARE: f64 = 0.9;

/// How much of the space was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// The whole matrix.
    Dense,
    /// The outer part of the spectrum, by products with vectors.
    Lanczos {
        /// How many products.
        steps: usize,
    },
}

/// Measures the curvature at `theta`, whose gradient is `grad`, and in a plane, if there is one. `None`
/// if the Hessian is not finite.
pub fn measure(
    objective: &dyn Objective,
    plane: Option<&Subspace>,
    theta: &[f64],
    grad: &[f64],
) -> Option<Curvature> {
    let mut bending = Bending::begin(plane, theta, grad);
    loop {
        if let Some(found) = bending.take(usize::MAX, objective) {
            return found;
        }
    }
}

/// The curvature at a point in the making, product by product.
pub(super) struct Bending {
    theta: Vec<f64>,
    grad: Vec<f64>,
    plane: Option<Subspace>,
    phase: Phase,
    /// Products so far.
    taken: Cell<u64>,
}

enum Phase {
    Dense(hessian::Columns),
    /// The outer part of the spectrum.
    Outer(Lanczos),
    /// The gradient's own space, after that.
    Own {
        outer: Lanczos,
        own: Lanczos,
    },
    /// The products with the plane's basis, after all else.
    InPlane {
        spectrum: Spectrum,
        products: Vec<Vec<f64>>,
    },
    /// There is no curvature to be told.
    NotFinite,
}

impl Bending {
    pub(super) fn begin(plane: Option<&Subspace>, theta: &[f64], grad: &[f64]) -> Self {
        let phase = if grad.iter().any(|v| !v.is_finite()) {
            Phase::NotFinite
        } else if theta.len() <= DENSE_PARAMETERS {
            Phase::Dense(hessian::Columns::new(theta.len()))
        } else {
            Phase::Outer(Lanczos::new(theta.len()))
        };
        Self { theta: theta.to_vec(), grad: grad.to_vec(), plane: plane.cloned(), phase, taken: Cell::new(0) }
    }

    /// Takes up to so many products more: within one phase, of which there are a few. What was found, once
    /// nothing is left to be done.
    pub(super) fn take(&mut self, products: usize, objective: &dyn Objective) -> Option<Option<Curvature>> {
        let phase = std::mem::replace(&mut self.phase, Phase::NotFinite);
        let next = match phase {
            Phase::InPlane { spectrum, products: taken } if taken.len() == self.basis().len() => {
                return Some(self.summed_up(spectrum, &taken));
            }
            Phase::NotFinite => return Some(None),
            phase => self.further(phase, products, objective),
        };
        self.phase = next.unwrap_or(Phase::NotFinite);
        None
    }

    /// Products taken so far, of at most so many.
    pub(super) fn progress(&self) -> Progress {
        let dim = self.theta.len();
        let most = if dim <= DENSE_PARAMETERS { dim } else { MOST_PRODUCTS.min(dim) + GRADIENT_PRODUCTS };
        Progress { done: self.taken.get(), total: (most + self.basis().len()) as u64 }
    }

    fn basis(&self) -> &[Vec<f64>] {
        self.plane.as_ref().map_or(&[][..], Subspace::basis)
    }

    fn further(&self, phase: Phase, products: usize, objective: &dyn Objective) -> Result<Phase, NotFinite> {
        let product = |v: &[f64], out: &mut [f64]| {
            objective.hvp(&self.theta, v, out);
            self.taken.set(self.taken.get() + 1);
        };
        let in_plane = |spectrum| Phase::InPlane { spectrum, products: Vec::new() };
        Ok(match phase {
            Phase::Dense(mut columns) => match columns.take(products, product) {
                true => in_plane(Spectrum::dense(&columns, &self.grad)?),
                false => Phase::Dense(columns),
            },
            Phase::Outer(mut outer) => {
                match outer.take(products, product, Wanted { top: 1, bottom: 1 }, MOST_PRODUCTS)? {
                    true => Phase::Own { outer, own: Lanczos::from_start(&self.grad) },
                    false => Phase::Outer(outer),
                }
            }
            Phase::Own { outer, mut own } => {
                match own.take(products, product, Wanted::default(), GRADIENT_PRODUCTS)? {
                    true => in_plane(Spectrum::by_lanczos(&outer, &own, &self.grad)),
                    false => Phase::Own { outer, own },
                }
            }
            Phase::InPlane { spectrum, products: mut taken } => {
                for q in self.basis().iter().skip(taken.len()).take(products) {
                    let mut along = vec![0.0; self.theta.len()];
                    product(q, &mut along);
                    taken.push(along);
                }
                Phase::InPlane { spectrum, products: taken }
            }
            Phase::NotFinite => Phase::NotFinite,
        })
    }

    fn summed_up(&self, spectrum: Spectrum, products: &[Vec<f64>]) -> Option<Curvature> {
        let Spectrum { eigenvalues, extent, weights } = spectrum;
        let in_plane = restricted(self.basis(), products).ok()?;
        let largest = eigenvalues.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        let tolerance = FLAT_SHARE * largest;
        let negative = |values: &[f64]| values.iter().filter(|&&value| value < -tolerance).count();
        let decrease = |&(value, square): &(f64, f64)| {
            if square == 0.0 { 0.0 } else { square / value.abs().max(tolerance) }
        };
        let decreases: Vec<f64> = weights.iter().map(decrease).collect();
        Some(Curvature {
            negative: negative(&eigenvalues),
            negative_in_plane: negative(&in_plane),
            predicted_decrease: 0.5 * decreases.iter().sum::<f64>(),
            downhill: (extent == Extent::Dense).then(|| fewest(decreases, MOST_SHARE)),
            eigenvalues,
            extent,
            largest,
            tolerance,
            in_plane,
        })
    }
}

/// The fewest of these parts, none of which is negative, that make up a share of their sum.
fn fewest(mut parts: Vec<f64>, share: f64) -> usize {
    let wanted = share * parts.iter().sum::<f64>();
    parts.sort_by(|a, b| b.total_cmp(a));
    let mut sum = 0.0;
    let is_short = |part: &&f64| {
        let is_short = sum < wanted;
        sum += **part;
        is_short
    };
    parts.iter().take_while(is_short).count()
}

struct Spectrum {
    eigenvalues: Vec<f64>,
    extent: Extent,
    /// Eigenvalues with the square of the gradient's part along each. With Lanczos they are those of
    /// the gradient's own Krylov space, whose sums over the squares are the true ones (Gauss
    /// quadrature: Golub and Meurant 1994).
    weights: Vec<(f64, f64)>,
}

/// Products spent on the gradient's own space.
const GRADIENT_PRODUCTS: usize = 60;

impl Spectrum {
    fn dense(columns: &hessian::Columns, grad: &[f64]) -> Result<Self, NotFinite> {
        let (eigenvalues, vectors) = eigenpairs(columns.matrix())?;
        let squares = vectors.iter().map(|vector| dot(vector, grad).powi(2));
        let weights = eigenvalues.iter().copied().zip(squares).collect();
        Ok(Self { eigenvalues, extent: Extent::Dense, weights })
    }

    fn by_lanczos(outer: &Lanczos, own: &Lanczos, grad: &[f64]) -> Self {
        let (pairs, square) = (own.pairs(), dot(grad, grad));
        let weights =
            pairs.values().iter().enumerate().map(|(i, &value)| (value, square * pairs.first(i).powi(2)));
        Self {
            weights: weights.collect(),
            eigenvalues: outer.pairs().values().to_vec(),
            extent: Extent::Lanczos { steps: outer.steps() },
        }
    }
}

/// Eigenvalues of QᵀHQ for the plane's orthonormal basis Q, from the products HQ.
fn restricted(basis: &[Vec<f64>], products: &[Vec<f64>]) -> Result<Vec<f64>, NotFinite> {
    let k = basis.len();
    if k == 0 {
        return Ok(Vec::new());
    }
    let matrix = DMatrix::from_fn(k, k, |i, j| dot(&basis[i], &products[j]));
    eigenpairs((&matrix + matrix.transpose()) * 0.5).map(|(values, _)| values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::{Experiment, ExperimentFile};

    fn experiment(text: &str) -> Experiment {
        Experiment::new(ExperimentFile::parse(text, "x.ron").unwrap()).unwrap()
    }

    #[test]
    fn lanczos_agrees_with_the_whole_matrix() {
        let experiment = experiment("(model: mlp(widths: [9, 9]), dataset: circles(points: 60))");
        let objective = experiment.objective().unwrap();
        let theta = experiment.start_run().unwrap().latest().theta.to_vec();
        assert_eq!(theta.len(), 127);
        let mut grad = vec![0.0; theta.len()];
        objective.loss_grad(&theta, &mut grad);
        let mut columns = hessian::Columns::new(theta.len());
        columns.take(usize::MAX, |v, out| objective.hvp(&theta, v, out));
        let whole = Spectrum::dense(&columns, &grad).unwrap();
        let product = |v: &[f64], out: &mut [f64]| objective.hvp(&theta, v, out);
        let (mut outer, mut own) = (Lanczos::new(theta.len()), Lanczos::from_start(&grad));
        outer.run(product, Wanted { top: 1, bottom: 1 }, MOST_PRODUCTS).unwrap();
        own.run(product, Wanted::default(), GRADIENT_PRODUCTS).unwrap();
        let outer = Spectrum::by_lanczos(&outer, &own, &grad);
        let ends = |values: &[f64]| (values[0], values[values.len() - 1]);
        let ((low, high), (found_low, found_high)) = (ends(&whole.eigenvalues), ends(&outer.eigenvalues));
        assert!((low - found_low).abs() < 1e-9 * high, "{low} {found_low}");
        assert!((high - found_high).abs() < 1e-9 * high, "{high} {found_high}");
        let tolerance = FLAT_SHARE * high.max(-low);
        let decrease = |weights: &[(f64, f64)]| -> f64 {
            weights.iter().map(|(value, square)| square / value.abs().max(tolerance)).sum()
        };
        let (expected, found) = (decrease(&whole.weights), decrease(&outer.weights));
        assert!((found / expected - 1.0).abs() < 1e-3, "{found} {expected}");
        let squares: f64 = whole.weights.iter().map(|weight| weight.1).sum();
        assert!((squares / dot(&grad, &grad) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_slope_is_counted_in_the_directions_that_make_up_most_of_it() {
        assert_eq!(fewest(vec![1.0, 5.0, 1.0, 3.0], 0.9), 3);
        assert_eq!(fewest(vec![1.0, 0.0, 0.0], 0.9), 1);
        assert_eq!(fewest(vec![0.0, 0.0], 0.9), 0);
        let experiment = experiment("(seed: 4)");
        let theta = experiment.start_run().unwrap().latest().theta;
        let mut grad = vec![0.0; 13];
        experiment.objective().unwrap().loss_grad(&theta, &mut grad);
        let found = measure(&**experiment.objective().unwrap(), None, &theta, &grad).unwrap();
        let mut columns = hessian::Columns::new(theta.len());
        columns.take(usize::MAX, |v, out| experiment.objective().unwrap().hvp(&theta, v, out));
        let weights = Spectrum::dense(&columns, &grad).unwrap().weights;
        let mut parts: Vec<f64> =
            weights.iter().map(|(value, square)| 0.5 * square / value.abs().max(found.tolerance)).collect();
        parts.sort_by(|a, b| b.total_cmp(a));
        let count = found.downhill.unwrap();
        let first = |count: usize| parts[..count].iter().sum::<f64>();
        assert!(first(count) >= 0.9 * found.predicted_decrease, "{parts:?}");
        assert!(first(count - 1) < 0.9 * found.predicted_decrease, "{parts:?}");
    }

    #[test]
    fn curvature_in_the_plane_lies_within_that_of_the_space() {
        let experiment = experiment("(seed: 4)");
        let objective = experiment.objective().unwrap();
        let theta = experiment.start_run().unwrap().latest().theta.to_vec();
        let mut grad = vec![0.0; 13];
        objective.loss_grad(&theta, &mut grad);
        let unit = |i: usize| (0..13).map(|j| if i == j { 3.0 } else { 0.0 }).collect::<Vec<f64>>();
        let plane = Subspace::new(theta.clone(), vec![unit(2), unit(9)]).unwrap();
        let found = measure(&**objective, Some(&plane), &theta, &grad).unwrap();
        assert_eq!((found.eigenvalues.len(), found.extent, found.in_plane.len()), (13, Extent::Dense, 2));
        let hessian = hessian::dense(&**objective, &theta);
        let (a, b, c) = (hessian[(2, 2)], hessian[(2, 9)], hessian[(9, 9)]);
        assert!((found.in_plane.iter().sum::<f64>() - (a + c)).abs() < 1e-12, "the trace");
        assert!((found.in_plane[0] * found.in_plane[1] - (a * c - b * b)).abs() < 1e-12, "the determinant");
        assert!(found.in_plane[0] >= found.eigenvalues[0] && found.in_plane[1] <= found.eigenvalues[12]);
    }
}
