//! The eigenvalues of the Hessian: in the plane, and in the whole space.

use nalgebra::DMatrix;
use serde::Serialize;

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
    if grad.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let spectrum = match theta.len() <= DENSE_PARAMETERS {
        true => dense(objective, theta, grad),
        false => by_lanczos(objective, theta, grad),
    };
    let Spectrum { eigenvalues, extent, weights } = spectrum.ok()?;
    let in_plane =
        plane.map(|plane| restricted(objective, plane, theta)).transpose().ok()?.unwrap_or_default();
    let largest = eigenvalues.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    let tolerance = FLAT_SHARE * largest;
    let negative = |values: &[f64]| values.iter().filter(|&&value| value < -tolerance).count();
    let decrease =
        |&(value, square): &(f64, f64)| if square == 0.0 { 0.0 } else { square / value.abs().max(tolerance) };
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

fn dense(objective: &dyn Objective, theta: &[f64], grad: &[f64]) -> Result<Spectrum, NotFinite> {
    let (eigenvalues, vectors) = eigenpairs(hessian::dense(objective, theta))?;
    let squares = vectors.iter().map(|vector| dot(vector, grad).powi(2));
    let weights = eigenvalues.iter().copied().zip(squares).collect();
    Ok(Spectrum { eigenvalues, extent: Extent::Dense, weights })
}

/// Products spent on the gradient's own space.
const GRADIENT_PRODUCTS: usize = 60;

fn by_lanczos(objective: &dyn Objective, theta: &[f64], grad: &[f64]) -> Result<Spectrum, NotFinite> {
    let product = |v: &[f64], out: &mut [f64]| objective.hvp(theta, v, out);
    let mut whole = Lanczos::new(theta.len());
    whole.run(product, Wanted { top: 1, bottom: 1 }, MOST_PRODUCTS)?;
    let mut own = Lanczos::from_start(grad);
    own.run(product, Wanted::default(), GRADIENT_PRODUCTS)?;
    let (pairs, square) = (own.pairs(), dot(grad, grad));
    let weights =
        pairs.values().iter().enumerate().map(|(i, &value)| (value, square * pairs.first(i).powi(2)));
    Ok(Spectrum {
        weights: weights.collect(),
        eigenvalues: whole.pairs().values().to_vec(),
        extent: Extent::Lanczos { steps: whole.steps() },
    })
}

/// Eigenvalues of QᵀHQ for the plane's orthonormal basis Q.
fn restricted(objective: &dyn Objective, plane: &Subspace, theta: &[f64]) -> Result<Vec<f64>, NotFinite> {
    let k = plane.k();
    let mut matrix = DMatrix::zeros(k, k);
    let mut product = vec![0.0; theta.len()];
    for (j, q) in plane.basis().iter().enumerate() {
        objective.hvp(theta, q, &mut product);
        for (i, p) in plane.basis().iter().enumerate() {
            matrix[(i, j)] = dot(p, &product);
        }
    }
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
        let (whole, outer) =
            (dense(&**objective, &theta, &grad).unwrap(), by_lanczos(&**objective, &theta, &grad).unwrap());
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
        let weights = dense(&**experiment.objective().unwrap(), &theta, &grad).unwrap().weights;
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
