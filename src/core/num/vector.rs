//! The few operations on plain `[f64]` vectors that everything shares, summed in a fixed order.

/// The inner product of two vectors of equal length.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    debug_assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// The Euclidean length, scaled so that large entries do not overflow.
pub fn norm(a: &[f64]) -> f64 {
    let largest = a.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    if largest == 0.0 || !largest.is_finite() {
        // A NaN is lost by `max`; the sum keeps it.
        return largest + a.iter().map(|x| x * 0.0).sum::<f64>();
    }
    largest * a.iter().map(|x| (x / largest).powi(2)).sum::<f64>().sqrt()
}

/// `a - b`, entry by entry.
pub fn sub(a: &[f64], b: &[f64]) -> Vec<f64> {
    debug_assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| x - y).collect()
}

/// `y += scale * x`.
pub fn add_scaled(y: &mut [f64], scale: f64, x: &[f64]) {
    debug_assert_eq!(x.len(), y.len());
    for (y, x) in y.iter_mut().zip(x) {
        *y += scale * x;
    }
}

/// The vector times a number.
pub fn scaled(a: &[f64], scale: f64) -> Vec<f64> {
    a.iter().map(|x| x * scale).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norm_survives_large_small_and_broken_entries() {
        assert_eq!(norm(&[3.0, 4.0]), 5.0);
        assert!((norm(&[3e200, 4e200]) / 5e200 - 1.0).abs() < 1e-15);
        assert_eq!(norm(&[0.0, 0.0]), 0.0);
        assert!(norm(&[f64::NAN, 1.0]).is_nan());
        assert!(!norm(&[f64::INFINITY, 1.0]).is_finite());
    }
}
