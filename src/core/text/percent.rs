//! A share as a person reads it.

use std::fmt;

/// A share from 0 to 1 in percent: `{}` with one decimal, `{:.0}` with none.
///
/// Only a share of 1 is written as 100 %, and only 0 as 0 %: with two of 5,000 on the wrong side nobody shall read
/// that all are right.
///
/// ```
/// use losscape::core::text::Percent;
///
/// assert_eq!(Percent(0.4781).to_string(), "47.8 %");
/// assert_eq!(format!("{} {:.0}", Percent(0.9996), Percent(0.9996)), "99.96 % 99.96 %");
/// assert_eq!(format!("{} {:.0}", Percent(1.0), Percent(0.5)), "100.0 % 50 %");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Percent(pub f64);

/// Decimals at most.
const MOST_DECIMALS: usize = 9;

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let share = self.0;
        let decimals = f.precision().unwrap_or(1);
        let text = |decimals: usize| format!("{:.decimals$}", 100.0 * share);
        let is_exact = share == 0.0 || share == 1.0;
        let is_end = |text: &String| text.parse() == Ok(100.0) || text.parse() == Ok(0.0);
        let told = (decimals..=MOST_DECIMALS).map(text).find(|text| is_exact || !is_end(text));
        write!(f, "{} %", told.unwrap_or_else(|| text(MOST_DECIMALS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_all_is_not_all_and_nearly_none_is_not_none() {
        assert_eq!(Percent(4998.0 / 5000.0).to_string(), "99.96 %");
        assert_eq!(Percent(999_999.0 / 1_000_000.0).to_string(), "99.9999 %");
        assert_eq!(Percent(1.0 / 1_000_000.0).to_string(), "0.0001 %");
        assert_eq!((Percent(0.0).to_string(), Percent(1.0).to_string()), ("0.0 %".into(), "100.0 %".into()));
        assert_eq!(format!("{:.0}", Percent(0.484)), "48 %");
    }
}
