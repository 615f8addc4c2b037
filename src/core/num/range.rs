//! Ranges of numbers: whether there is room in them, and where a number lies. Right for all finite ends, the
//! largest and the smallest included.

/// Whether a range has room: its ends are finite, and lie apart by at least `share` of the larger of them and
/// by at least `least`.
pub fn is_wide(low: f64, high: f64, share: f64, least: f64) -> bool {
    // Halves, since the width itself may be beyond the largest number.
    let width = 0.5 * high - 0.5 * low;
    let larger = low.abs().max(high.abs());
    larger.is_finite() && width >= 0.5 * share * larger && width >= 0.5 * least
}

/// How far on the way from `low` to `high` a number lies: 0 at `low`, 1 at `high`. `high` lies above `low`.
pub fn share(low: f64, high: f64, value: f64) -> f64 {
    (0.5 * value - 0.5 * low) / (0.5 * high - 0.5 * low)
}

/// The middle of a range.
pub fn middle(low: f64, high: f64) -> f64 {
    0.5 * low + 0.5 * high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_wide_against_its_ends_and_by_itself() {
        assert!(is_wide(-4.0, 5.0, 1e-9, 1e-30) && is_wide(0.0, 1e-29, 1e-9, 1e-30));
        assert!(is_wide(-f64::MAX, f64::MAX, 1e-9, 1e-30), "whose width is beyond all numbers");
        let narrow = [(0.0, 5e-324), (0.0, 1e-308), (1.0, 1.0 + f64::EPSILON), (5.0, -4.0), (2.0, 2.0)];
        for (low, high) in narrow.into_iter().chain([(-0.0, 0.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)]) {
            assert!(!is_wide(low, high, 1e-9, 1e-30), "{low}:{high}");
        }
    }

    #[test]
    fn a_share_is_as_it_is_by_hand() {
        assert_eq!([0.0, 0.3, 1.0, 2.0].map(|value| share(0.0, 2.0, value)), [0.0, 0.15, 0.5, 1.0]);
        assert_eq!([-1e308, 0.0, 1e308].map(|value| share(-1e308, 1e308, value)), [0.0, 0.5, 1.0]);
        assert_eq!((middle(-4.0, 5.0), middle(1e308, 1.5e308)), (0.5, 1.25e308));
    }
}
