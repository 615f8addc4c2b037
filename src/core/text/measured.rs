//! A measured number as a person reads it.

use std::fmt;
use std::ops::RangeInclusive;

/// A measured number: beyond 10⁶ and below 10⁻⁴ it is written with an exponent, between them without.
///
/// `{}` writes every digit that it takes to read the same number back, `{:.4}` four significant ones
/// (a number without an exponent keeps its whole part).
///
/// ```
/// use losscape::core::text::Measured;
///
/// assert_eq!(Measured(0.21045).to_string(), "0.21045");
/// assert_eq!(Measured(1e300).to_string(), "1e300");
/// assert_eq!(format!("{:.4} {:.4}", Measured(123456.7), Measured(1.23456e-7)), "123457 1.235e-7");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Measured(pub f64);

/// Sizes that are written without an exponent.
const PLAIN: RangeInclusive<f64> = 1e-4..=1e6;

impl Measured {
    /// So many decimals, as a readout needs that is not to jump while it changes; so many significant digits
    /// where those would hide the number, or where it is large.
    pub fn steady(self, decimals: usize) -> String {
        let (value, size) = (self.0, self.0.abs());
        let least = 10_f64.powi(1 - decimals as i32);
        match size == 0.0 || (least..1e4).contains(&size) {
            true => format!("{:.decimals$}", if size == 0.0 { 0.0 } else { value }),
            false => format!("{self:.decimals$}"),
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (value, size) = (self.0, self.0.abs());
        let significant = f.precision().map(|digits| digits.max(1));
        match significant {
            // Neither has −0 a meaning for people, nor has infinity digits.
            _ if value == 0.0 => f.write_str("0"),
            _ if !value.is_finite() => write!(f, "{value}"),
            None if PLAIN.contains(&size) => write!(f, "{value}"),
            None => write!(f, "{value:e}"),
            Some(digits) if PLAIN.contains(&size) => {
                let decimals = (digits as i32 - 1 - size.log10().floor() as i32).max(0) as usize;
                write!(f, "{value:.decimals$}")
            }
            Some(digits) => write!(f, "{value:.*e}", digits - 1),
        }
    }
}

/// What can be told in an error: measured numbers as [`Measured`], counts and words as they are.
pub trait Shown {
    /// The value as a person reads it.
    fn shown(&self) -> String;
}

impl Shown for f64 {
    fn shown(&self) -> String {
        Measured(*self).to_string()
    }
}

macro_rules! shown_as_they_are {
    ($($kind:ty),*) => {$(
        impl Shown for $kind {
            fn shown(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

shown_as_they_are!(u8, u32, u64, usize, bool, str, String, Measured, std::path::Display<'_>);

impl<T: Shown> Shown for [T] {
    fn shown(&self) -> String {
        format!("[{}]", self.iter().map(T::shown).collect::<Vec<_>>().join(", "))
    }
}

impl<T: Shown + ?Sized> Shown for &T {
    fn shown(&self) -> String {
        (**self).shown()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponent_begins_beyond_a_million_and_below_a_ten_thousandth() {
        let all = [
            (0.0, "0"),
            (-0.0, "0"),
            (1e-4, "0.0001"),
            (9.9e-5, "9.9e-5"),
            (-0.25, "-0.25"),
            (1e6, "1000000"),
            (1_000_001.0, "1.000001e6"),
            (-1e21, "-1e21"),
            (8e301, "8e301"),
            (5e-324, "5e-324"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "NaN"),
        ];
        for (value, text) in all {
            assert_eq!(Measured(value).to_string(), text);
        }
    }

    #[test]
    fn significant_digits_are_kept_whatever_the_size() {
        let all = [
            (0.0, "0"),
            (0.20969, "0.2097"),
            (0.0001234567, "0.0001235"),
            (1.2345e-5, "1.234e-5"),
            (12.3456, "12.35"),
            (123_456.7, "123457"),
            (999_999.97, "1000000"),
            (1.5e6, "1.500e6"),
            (f64::NAN, "NaN"),
        ];
        for (value, text) in all {
            assert_eq!(format!("{:.4}", Measured(value)), text);
        }
        assert_eq!(format!("{:.0}", Measured(0.25)), "0.2", "one digit at least");
    }

    #[test]
    fn a_steady_readout_hides_nothing() {
        let losses = [
            (0.0, "0.0000"),
            (-0.0, "0.0000"),
            (0.0556, "0.0556"),
            (12.0, "12.0000"),
            (0.000_999, "0.0009990"),
            (-1.0, "-1.0000"),
            (12345.6, "12346"),
            (8e301, "8.000e301"),
            (f64::INFINITY, "inf"),
        ];
        for (value, text) in losses {
            assert_eq!(Measured(value).steady(4), text);
        }
        assert_eq!(Measured(0.034).steady(2), "0.034");
        assert_eq!(Measured(-0.5).steady(2), "-0.50");
    }

    proptest::proptest! {
        #[test]
        fn in_full_it_is_read_back_and_is_never_long(bits: u64) {
            let value = f64::from_bits(bits);
            let text = Measured(value).to_string();
            let back: f64 = text.parse().unwrap();
            proptest::prop_assert!(back == value || value.is_nan());
            proptest::prop_assert!(text.len() <= 24, "{}", text);
        }
    }

    #[test]
    fn steps_and_counts_stay_whole() {
        assert_eq!(u64::MAX.shown(), "18446744073709551615");
        assert_eq!(123_456_789_usize.shown(), "123456789");
        assert_eq!(1e9.shown(), "1e9");
        assert_eq!(["word"].shown(), "[word]");
        assert_eq!([0.5, -1e99].shown(), "[0.5, -1e99]");
    }
}
