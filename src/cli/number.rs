//! Numbers as typed.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Reads whole numbers of a range.
pub fn whole<T>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
where
    T: FromStr + PartialOrd + Display + Clone + Send + Sync + 'static,
{
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("expected a whole number from {} to {}", range.start(), range.end()))
    }
}

/// Reads a finite number.
///
/// # Errors
/// If it is none.
pub fn finite(text: &str) -> Result<f64, &'static str> {
    text.parse().ok().filter(|number: &f64| number.is_finite()).ok_or("expected a finite number, such as 0.5")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_whole_and_in_range() {
        let fps = whole(1..=240_u32);
        assert_eq!(fps("240"), Ok(240));
        for text in ["0", "241", "-1", "2.5", "", " 3", "1e2", "99999999999999999999", "nan", "\u{663}"] {
            assert_eq!(fps(text).unwrap_err(), "expected a whole number from 1 to 240", "{text:?}");
        }
        assert_eq!(whole(0..=u64::MAX)("18446744073709551615"), Ok(u64::MAX));
    }

    #[test]
    fn finite_numbers_are_finite() {
        assert_eq!(finite("-1e-3"), Ok(-0.001));
        for text in ["", "0,5", "inf", "-inf", "NaN", "1e999", "1.5.2"] {
            assert!(finite(text).is_err(), "{text:?}");
        }
    }
}
