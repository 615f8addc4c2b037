//! At which losses isolines run: round values, every fifth of them emphasised.

use super::heights::{HeightRange, HeightScale};
use super::ticks::round_step;

/// The losses of isolines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Isolines {
    /// At every multiple of a step.
    Even {
        /// The step: what was asked for, or 1, 2 or 5 times a power of ten.
        step: f64,
    },
    /// At 1, 2, 4, 6 and 8 times every power of ten, so that every fifth is a power of ten.
    Decades,
}

/// Isolines between floor and top at most, where they are evenly spaced.
const MOST: usize = 24;
/// Factor between floor and top from which a logarithmic scale has lines by decades.
const DECADES_FROM: f64 = 30.0;

impl Isolines {
    /// The isolines of a range of heights: so far apart, or without that as suits them. What would be more lines
    /// than can be told apart is as suits them too: see [`is_too_fine`].
    pub fn of(range: &HeightRange, step: Option<f64>) -> Self {
        match (step.filter(|step| !is_too_fine(range, *step)), range.scale) {
            (Some(step), _) => Self::Even { step },
            (None, HeightScale::Log) if range.high / range.low >= DECADES_FROM => Self::Decades,
            _ => Self::Even { step: round_step(range.high - range.low, MOST) },
        }
    }

    /// The losses of all isolines within a range, lowest first.
    pub fn all(&self, range: &HeightRange) -> Vec<f64> {
        let (first, last) = (self.index(range.low) - 1e-9, self.index(range.high) + 1e-9);
        let loss = |k: i64| match self {
            Self::Even { step } => k as f64 * step,
            Self::Decades => {
                let digit = [1.0, 2.0, 4.0, 6.0, 8.0][k.rem_euclid(5) as usize];
                digit * 10_f64.powi(k.div_euclid(5) as i32)
            }
        };
        (first.ceil() as i64..=last.floor() as i64).map(loss).collect()
    }

    /// A number that grows with the loss and is whole on an isoline, and a multiple of 5 on an
    /// emphasised one. `surface.wgsl` has the same function.
    pub fn index(&self, loss: f64) -> f64 {
        match self {
            Self::Even { step } => loss / step,
            Self::Decades if loss < f64::MIN_POSITIVE => f64::NEG_INFINITY,
            Self::Decades => {
                let decade = loss.log10().floor();
                let digit = loss / 10_f64.powf(decade);
                5.0 * decade + if digit < 2.0 { digit - 1.0 } else { 0.5 * digit }
            }
        }
    }

    /// The losses of the emphasised isolines within a range, lowest first.
    pub fn emphasised(&self, range: &HeightRange) -> Vec<f64> {
        let first = (self.index(range.low) / 5.0 - 1e-9).ceil() as i64;
        let last = (self.index(range.high) / 5.0 + 1e-9).floor() as i64;
        let loss = |k: i64| match self {
            Self::Even { step } => 5.0 * k as f64 * step,
            Self::Decades => 10_f64.powi(k as i32),
        };
        (first..=last).map(loss).collect()
    }
}

/// Isolines that were asked for at most.
const MOST_ASKED: f64 = 200.0;

/// Whether isolines so far apart would be too many to be told apart.
pub fn is_too_fine(range: &HeightRange, step: f64) -> bool {
    (range.high - range.low) / step > MOST_ASKED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_run_where_they_were_asked_for_unless_none_could_be_told_from_the_next() {
        let range = range(HeightScale::Clipped, 0.04, 0.62);
        let lines = Isolines::of(&range, Some(0.1));
        let expected = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
        assert_eq!(lines.all(&range).len(), expected.len());
        assert!(lines.all(&range).iter().zip(expected).all(|(found, loss)| (found - loss).abs() < 1e-12));
        assert_eq!(Isolines::of(&range, Some(1e-9)), Isolines::of(&range, None));
        assert!(is_too_fine(&range, 1e-9) && !is_too_fine(&range, 0.05));
        let log = self::range(HeightScale::Log, 0.15, 50.0);
        let decades = [0.2, 0.4, 0.6, 0.8, 1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 20.0, 40.0];
        let found = Isolines::of(&log, None).all(&log);
        assert!(
            found.len() == 12 && found.iter().zip(decades).all(|(a, b)| (a - b).abs() < 1e-9),
            "{found:?}"
        );
    }

    fn range(scale: HeightScale, low: f64, high: f64) -> HeightRange {
        HeightRange { scale, low, high, is_clipped: false, is_floored: false }
    }

    #[test]
    fn every_fifth_line_is_emphasised() {
        let range = range(HeightScale::Linear, 0.04, 0.57);
        let lines = Isolines::of(&range, None);
        assert_eq!(lines, Isolines::Even { step: 0.05 });
        let emphasised = lines.emphasised(&range);
        assert_eq!(emphasised.len(), 2);
        for (found, expected) in emphasised.iter().zip([0.25, 0.5]) {
            assert!((found - expected).abs() < 1e-12);
            assert!((lines.index(*found) / 5.0).fract().abs() < 1e-9);
        }
    }

    #[test]
    fn a_logarithmic_scale_emphasises_powers_of_ten() {
        let range = range(HeightScale::Log, 2e-4, 30.0);
        let lines = Isolines::of(&range, None);
        assert_eq!(lines.emphasised(&range), [1e-3, 1e-2, 0.1, 1.0, 10.0]);
        for (k, loss) in [1.0, 2.0, 4.0, 6.0, 8.0, 10.0].into_iter().enumerate() {
            assert!((lines.index(loss) - k as f64).abs() < 1e-9, "{loss}");
        }
        assert_eq!(lines.index(0.0), f64::NEG_INFINITY);
        let narrow = self::range(HeightScale::Log, 0.1, 0.5);
        assert!(matches!(Isolines::of(&narrow, None), Isolines::Even { .. }));
    }

    proptest::proptest! {
        #[test]
        fn the_index_grows_with_the_loss(a in 1e-9..1e9_f64, factor in 1.0001..3.0_f64) {
            for lines in [Isolines::Decades, Isolines::Even { step: 0.2 }] {
                proptest::prop_assert!(lines.index(a * factor) > lines.index(a));
            }
        }
    }
}
