//! Round values along a range, for ticks and isolines. Each function has an answer for all numbers.

use crate::core::num::range::is_wide;

/// What a range must be wide by for ticks on it: against its larger end, so that their texts differ within
/// the digits that a number has, and by itself.
const LEAST_SHARE: f64 = 1e-12;
const LEAST_WIDTH: f64 = 1e-290;

/// A distance of 1, 2 or 5 times a power of ten that cuts `extent` into at most `most` parts. What is no
/// extent, or too small or large a one, has the step of the nearest that is.
pub fn round_step(extent: f64, most: usize) -> f64 {
    let extent = if extent.is_nan() { LEAST_WIDTH } else { extent.clamp(LEAST_WIDTH, 1e308) };
    let least = extent / most.max(1) as f64;
    let decade = 10_f64.powf(least.log10().floor());
    // The last factor is the next decade's 1, for a `least` that rounding put below its decade.
    [1.0, 2.0, 5.0, 10.0]
        .iter()
        .map(|f| f * decade)
        .find(|step| *step >= least * (1.0 - 1e-9))
        .unwrap_or(10.0 * decade)
}

/// Steps whose multiples are written out; others get an exponent.
const PLAIN_STEPS: std::ops::Range<f64> = 1e-5..1e5;

/// The multiples of [`round_step`] in `low..=high`, with the text that tells them apart. A range that is none,
/// or has no room for numbers that differ, has none.
pub fn round_ticks(low: f64, high: f64, most: usize) -> Vec<(f64, String)> {
    if !is_wide(low, high, LEAST_SHARE, LEAST_WIDTH) {
        return Vec::new();
    }
    let step = match high - low {
        width if width.is_finite() => round_step(width, most),
        _ => round_step(0.5 * high - 0.5 * low, most.div_ceil(2)),
    };
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|k| (k as f64 * step, multiple(k, step))).collect()
}

/// A multiple of a step, with as many digits as tell it from the next one.
fn multiple(k: i64, step: f64) -> String {
    let value = k as f64 * step;
    let text = match step {
        // Rounding may leave a trace of another value in a multiple of the step.
        _ if k == 0 => "0".to_owned(),
        step if !PLAIN_STEPS.contains(&step) => {
            let digits = (value.abs().log10().floor() - step.log10().floor()).max(1.0) as usize;
            format!("{value:.digits$e}")
        }
        _ => {
            let decimals = (-step.log10().floor()).max(0.0) as usize;
            format!("{value:.decimals$}")
        }
    };
    // The field's minus is as wide as its plus; a hyphen is not.
    text.replace('-', "−")
}

/// Round values of a logarithmic range, with their texts: powers of ten, thinned to at most `most`;
/// within less than two decades 2 and 5 times a power of ten too. A range too short for three of these
/// has even ones, as has one that has no logarithm.
pub fn decade_ticks(low: f64, high: f64, most: usize) -> Vec<(f64, String)> {
    if !(low > 0.0 && low < high && high.is_finite()) {
        return round_ticks(low, high, most);
    }
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let decades = high.log10() - low.log10();
    let every = ((decades / most.max(1) as f64).ceil() as i32).max(1);
    let digits: &[f64] = if decades < 2.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let within = low * (1.0 - 1e-9)..=(high * (1.0 + 1e-9)).min(f64::MAX);
    let ticks: Vec<(f64, String)> = (first..=last)
        .filter(|decade| decade.rem_euclid(every) == 0)
        .flat_map(|decade| digits.iter().map(move |digit| digit * 10_f64.powi(decade)))
        .filter(|value| within.contains(value))
        .map(|value| (value, plain(value)))
        .collect();
    if ticks.len() < 3 { round_ticks(low, high, most) } else { ticks }
}

/// A number in as few signs as it needs.
pub fn plain(value: f64) -> String {
    let size = value.abs();
    let text = match size {
        0.0 => "0".to_owned(),
        size if !(1e-3..1e5).contains(&size) => format!("{value:e}"),
        // Rounding may leave a trace in a multiple of a step.
        _ => {
            let decimals = (5 - size.log10().floor() as i32).max(0) as usize;
            let text = format!("{value:.decimals$}");
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                text
            }
        }
    };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logarithmic_range_has_ticks_however_short_it_is() {
        let texts = |low, high| -> Vec<String> {
            decade_ticks(low, high, 6).into_iter().map(|(_, text)| text).collect()
        };
        assert_eq!(texts(0.05, 0.52), ["0.05", "0.1", "0.2", "0.5"]);
        assert_eq!(texts(0.23, 0.6), ["0.3", "0.4", "0.5", "0.6"]);
        assert_eq!(texts(1e-6, 1e3), ["1e−6", "1e−4", "0.01", "1", "100"]);
    }

    #[test]
    fn steps_are_round_and_few_enough() {
        assert_eq!(round_step(9.0, 10), 1.0);
        assert_eq!(round_step(9.0, 5), 2.0);
        assert_eq!(round_step(0.45, 10), 0.05);
        assert_eq!(round_step(1.0, 10), 0.1);
        assert_eq!(round_step(1e-7, 1), 1e-7);
        for extent in [0.013, 0.2, 1.0, 7.3, 999.0, 1e6] {
            for most in 1..20 {
                assert!(extent / round_step(extent, most) <= most as f64 * (1.0 + 1e-6), "{extent} {most}");
            }
        }
    }

    #[test]
    fn ticks_lie_inside_and_zero_is_zero() {
        let ticks = round_ticks(-4.0, 5.0, 10);
        assert_eq!(ticks.len(), 10);
        assert_eq!(ticks[0].1, "−4");
        assert_eq!(ticks[4], (0.0, "0".into()));
        let huge: Vec<String> = round_ticks(-1e12, 1.2e12, 3).into_iter().map(|t| t.1).collect();
        assert_eq!(huge, ["−1.0e12", "0", "1.0e12"]);
        let texts: Vec<String> = round_ticks(0.04, 0.31, 6).into_iter().map(|t| t.1).collect();
        assert_eq!(texts, ["0.05", "0.10", "0.15", "0.20", "0.25", "0.30"]);
    }

    #[test]
    fn ticks_are_told_apart_however_close_they_are_to_one_another() {
        let texts = |low, high| round_ticks(low, high, 4).into_iter().map(|t| t.1).collect::<Vec<_>>();
        assert_eq!(texts(0.3, 0.3 + 1e-6), ["3.000000e−1", "3.000005e−1", "3.000010e−1"]);
        assert_eq!(texts(1e12, 1e12 + 5e5), ["1.0000000e12", "1.0000002e12", "1.0000004e12"]);
    }

    #[test]
    fn logarithmic_ticks_are_decades_or_their_halves() {
        let values = |low, high, most| {
            decade_ticks(low, high, most).into_iter().map(|tick| tick.1).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(values(2e-4, 30.0, 6), "0.001 0.01 0.1 1 10");
        assert_eq!(values(0.1, 0.6, 6), "0.1 0.2 0.5");
        assert_eq!(values(1e-8, 1.0, 4), "1e−8 1e−6 0.0001 0.01 1".replace("0.0001", "1e−4"));
        assert_eq!(plain(0.30000000000000004), "0.3");
        assert_eq!(plain(-25.0), "−25");
    }
}
