//! At which losses isolines run: round values, every fifth of them emphasised.

use super::heights::{HeightRange, HeightScale};
use super::ticks::round_step;

/// The losses of isolines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Isolines {
    /// At every multiple of a step.
    Even {
        /// The step: 1, 2 or 5 times a power of ten.
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
    /// The isolines that suit a range of heights.
    pub fn of(range: &HeightRange) -> Self {
        match range.scale {
            HeightScale::Log if range.high / range.low >= DECADES_FROM => Self::Decades,
            _ => Self::Even { step: round_step(range.high - range.low, MOST) },
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn range(scale: HeightScale, low: f64, high: f64) -> HeightRange {
        HeightRange { scale, low, high, is_clipped: false, is_floored: false }
    }

    #[test]
    fn every_fifth_line_is_emphasised() {
        let range = range(HeightScale::Linear, 0.04, 0.57);
        let lines = Isolines::of(&range);
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
        let lines = Isolines::of(&range);
        assert_eq!(lines.emphasised(&range), [1e-3, 1e-2, 0.1, 1.0, 10.0]);
        for (k, loss) in [1.0, 2.0, 4.0, 6.0, 8.0, 10.0].into_iter().enumerate() {
            assert!((lines.index(loss) - k as f64).abs() < 1e-9, "{loss}");
        }
        assert_eq!(lines.index(0.0), f64::NEG_INFINITY);
        let narrow = self::range(HeightScale::Log, 0.1, 0.5);
        assert!(matches!(Isolines::of(&narrow), Isolines::Even { .. }));
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
