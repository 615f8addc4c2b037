//! The nearest orthogonal matrix, about: Newton and Schulz' iteration with the quintic that Muon uses
//! (Keller Jordan et al. 2024, kellerjordan.github.io/posts/muon).
//!
//! All singular values are led towards 1 at once, without a decomposition. The coefficients are tuned for speed:
//! after five rounds values lie between about 0.7 and 1.2, and those that were far below the largest may lie below.
//! The authors round to bfloat16 on the way; here all is double.

/// x ← a·x + b·(x·xᵀ)·x + c·(x·xᵀ)²·x.
const QUINTIC: [f64; 3] = [3.4445, -4.7750, 2.0315];
const ROUNDS: usize = 5;
/// Added to the norm that is divided by.
const EPS: f64 = 1e-7;

/// Brings a matrix `[rows, columns]`, row-major, near to the orthogonal one with its singular vectors.
///
/// # Panics
/// If the entries fill no rows.
pub(super) fn orthogonalized(entries: &[f64], rows: usize) -> Vec<f64> {
    assert!(rows > 0 && entries.len().is_multiple_of(rows), "{} entries in {rows} rows", entries.len());
    let columns = entries.len() / rows;
    let norm = entries.iter().map(|x| x * x).sum::<f64>().sqrt() + EPS;
    let start: Vec<f64> = entries.iter().map(|x| x / norm).collect();
    // Of the two products with the transpose the smaller one is taken.
    if rows <= columns {
        (0..ROUNDS).fold(start, |x, _| round(&x, rows))
    } else {
        let x = (0..ROUNDS).fold(transposed(&start, rows), |x, _| round(&x, columns));
        transposed(&x, columns)
    }
}

fn round(x: &[f64], rows: usize) -> Vec<f64> {
    let [a, b, c] = QUINTIC;
    let gram = times_transposed(x, x, rows, rows);
    // Its own transpose is itself.
    let square = times_transposed(&gram, &gram, rows, rows);
    let mut mixed: Vec<f64> = gram.iter().zip(&square).map(|(g, s)| b * g + c * s).collect();
    mixed.iter_mut().step_by(rows + 1).for_each(|diagonal| *diagonal += a);
    let columns = x.len() / rows;
    times_transposed(&mixed, &transposed(x, rows), rows, columns)
}

/// A `[rows, n]` times the transpose of B `[others, n]`.
fn times_transposed(a: &[f64], b: &[f64], rows: usize, others: usize) -> Vec<f64> {
    let n = a.len() / rows;
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let entry = |at: usize| dot(&a[at / others * n..][..n], &b[at % others * n..][..n]);
    (0..rows * others).map(entry).collect()
}

fn transposed(x: &[f64], rows: usize) -> Vec<f64> {
    let columns = x.len() / rows;
    (0..x.len()).map(|at| x[at % rows * columns + at / rows]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singular_values_go_to_about_one_and_vectors_stay() {
        // Diagonal: the singular values are its entries, and each goes by the quintic alone.
        let (tall, wide) = ([0.3, 0.0, 0.0, -2.0, 0.0, 0.0], [0.3, 0.0, 0.0, 0.0, -2.0, 0.0]);
        let norm = 0.09_f64.sqrt().hypot(2.0) + EPS;
        let led = |value: f64| {
            (0..5).fold(value / norm, |x, _| 3.4445 * x - 4.775 * x.powi(3) + 2.0315 * x.powi(5))
        };
        let (small, large) = (led(0.3), led(2.0));
        for (matrix, rows) in [(tall, 3), (wide, 2)] {
            let found = orthogonalized(&matrix, rows);
            for (found, entry) in found.iter().zip(matrix) {
                let expected = if entry == 0.0 {
                    0.0
                } else if entry > 0.0 {
                    small
                } else {
                    -large
                };
                assert!((found - expected).abs() < 1e-12, "{found} {expected}");
            }
        }
        assert!((0.6..1.25).contains(&small) && (0.6..1.25).contains(&large), "{small} {large}");
        assert_eq!(orthogonalized(&[0.0; 6], 2), [0.0; 6], "nothing has no direction");
    }
}
