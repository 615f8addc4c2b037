//! Equal-weight point sets on which the averages over the continuous square are exact.
//!
//! With them the known optima of Models 1 and 2 hold to rounding instead of to a few percent. The
//! rules are exact for polynomials of degree 2 on each piece where the label is constant, which is
//! what a squared error of a model linear in the point needs.

use super::dataset::{Dataset, DatasetError};

/// XOR: 2 × 2 Gauss–Legendre points in each quadrant, 16 points.
///
/// # Errors
/// Never; the result is checked like any other dataset.
pub fn xor() -> Result<Dataset, DatasetError> {
    let offset = 0.25 / 3_f64.sqrt();
    let nodes: Vec<f64> = [0.25, 0.75].iter().flat_map(|c| [c - offset, c + offset]).collect();
    let points: Vec<[f64; 2]> = nodes.iter().flat_map(|&x| nodes.iter().map(move |&y| [x, y])).collect();
    let labels = points.iter().map(|[x, y]| f64::from(u8::from((*x > 0.5) != (*y > 0.5)))).collect();
    Dataset::new("xor quadrature", points.concat(), labels, 2, 1)
}

/// Points of [`diagonal`].
pub const DIAGONAL_POINTS: usize = 6;

/// Diagonal: the three-point rule of degree 2 (barycentric 2/3, 1/6, 1/6) in each triangle, 6 points.
///
/// # Errors
/// Never; the result is checked like any other dataset.
pub fn diagonal() -> Result<Dataset, DatasetError> {
    let upper = [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]];
    let lower = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]];
    let mut points = Vec::new();
    for triangle in [upper, lower] {
        for near in 0..3 {
            let weight = |corner: usize| if corner == near { 2.0 / 3.0 } else { 1.0 / 6.0 };
            let coordinate = |axis: usize| (0..3).map(|c| weight(c) * triangle[c][axis]).sum::<f64>();
            points.push([coordinate(0), coordinate(1)]);
        }
    }
    let labels = vec![1.0, 1.0, 1.0, 0.0, 0.0, 0.0];
    Dataset::new("diagonal quadrature", points.concat(), labels, 2, 1)
}
