//! What values of settings make sense.

use std::fmt::Display;
use std::ops::RangeInclusive;

use crate::core::experiment::resolution::Resolution;
use crate::core::num::SettingError;
use crate::core::text::{Measured, Shown};
use crate::core::train::Leg;

/// Steps an experiment may plan.
pub const MAX_STEPS: u64 = 10_000_000;
/// Cells along a side of a picture: what a texture holds everywhere.
pub const MAX_SIDE: usize = 8192;
/// Cells of the plane that is shown: each is a corner of the surface.
pub const MAX_PLANE_CELLS: usize = 1 << 24;
/// Layers of a volume: what a texture array holds everywhere.
pub const MAX_LAYERS: usize = 256;

/// The refusal of a setting's whole value.
fn refused(value: impl Shown, expected: impl Into<String>) -> Result<(), SettingError> {
    Err(SettingError::new("", value, expected))
}

/// Whether it lies between two ends.
pub(super) fn within<T: PartialOrd + Copy + Shown + Display>(
    value: &T,
    range: &RangeInclusive<T>,
    unit: &str,
) -> Result<(), SettingError> {
    if range.contains(value) {
        return Ok(());
    }
    refused(*value, format!("{} to {}{unit}", range.start(), range.end()))
}

pub(super) fn finite(value: &f64) -> Result<(), SettingError> {
    if value.is_finite() { Ok(()) } else { refused(*value, "a finite number") }
}

pub(super) fn some_finite(value: &Option<f64>) -> Result<(), SettingError> {
    value.as_ref().map_or(Ok(()), finite)
}

pub(super) fn share(value: &f64) -> Result<(), SettingError> {
    if (0.0..1.0).contains(value) { Ok(()) } else { refused(*value, "a share of at least 0 and below 1") }
}

pub(super) fn some_share(value: &Option<f64>) -> Result<(), SettingError> {
    value.as_ref().map_or(Ok(()), |share| within(share, &(0.0..=1.0), ""))
}

pub(super) fn clip(value: &Option<f64>) -> Result<(), SettingError> {
    match value {
        Some(loss) if !(loss.is_finite() && *loss > 0.0) => refused(*loss, "a finite loss above 0"),
        _ => Ok(()),
    }
}

/// Farthest that the dot may be from the start of training, in lengths of the way to its end.
const FARTHEST_DOT: f64 = 10.0;

pub(super) fn dot(value: &Option<f64>) -> Result<(), SettingError> {
    let range = -FARTHEST_DOT..=FARTHEST_DOT;
    value.as_ref().map_or(Ok(()), |at| within(at, &range, ""))
}

/// A list of names that has none of them twice.
pub(super) fn each_once<T: Copy + PartialEq + Into<&'static str>>(names: &[T]) -> Result<(), SettingError> {
    let is_there_before = |i: &usize| names[..*i].contains(&names[*i]);
    match (0..names.len()).find(is_there_before) {
        Some(i) => refused(format!("{} twice", names[i].into()), "each name once"),
        None => Ok(()),
    }
}

/// Legs that a walk may have: each has points that are read.
const MOST_LEGS: usize = 100;

pub(super) fn legs(legs: &[Leg]) -> Result<(), SettingError> {
    match legs.len() > MOST_LEGS {
        true => refused(format!("{} legs", legs.len()), format!("at most {MOST_LEGS} legs")),
        false => Ok(()),
    }
}

pub(super) fn fog(value: &Option<f64>) -> Result<(), SettingError> {
    value.as_ref().map_or(Ok(()), |radius| within(radius, &(0.01..=1.0), ""))
}

pub(super) fn eye(&(turn, below): &(f64, f64)) -> Result<(), SettingError> {
    if turn.abs() <= 360.0 && below.abs() <= 88.0 {
        return Ok(());
    }
    let value = format!("({}, {})", Measured(turn), Measured(below));
    refused(value, "a turn of at most 360 and an angle of at most 88 degrees")
}

pub(super) fn ranges(value: &Option<Vec<(f64, f64)>>) -> Result<(), SettingError> {
    match value {
        Some(ranges) if !(2..=3).contains(&ranges.len()) => {
            refused(format!("{} ranges", ranges.len()), "2 or 3 ranges, one for each axis")
        }
        _ => Ok(()),
    }
}

pub(super) fn plane_cells(&Resolution([n1, n2]): &Resolution<2>) -> Result<(), SettingError> {
    if n1.max(n2) <= MAX_SIDE && n1.saturating_mul(n2) <= MAX_PLANE_CELLS {
        return Ok(());
    }
    refused(format!("{n1}x{n2}"), format!("at most {MAX_SIDE} cells a side and {MAX_PLANE_CELLS} in all"))
}

pub(super) fn volume_cells(&Resolution([n1, n2, layers]): &Resolution<3>) -> Result<(), SettingError> {
    if n1.max(n2) > MAX_SIDE {
        return refused(n1.max(n2), format!("at most {MAX_SIDE} cells a side"));
    }
    if layers > MAX_LAYERS {
        return refused(layers, format!("at most {MAX_LAYERS} layers along alpha3"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::core::experiment::{ChartKind, ExperimentFile};

    #[test]
    fn numbers_without_sense_are_refused_by_name() {
        let refused = |change: fn(&mut ExperimentFile)| {
            let mut file = ExperimentFile::default();
            change(&mut file);
            file.check().unwrap_err().to_string()
        };
        assert!(refused(|file| file.view.opacity = 0.0).starts_with("view.opacity = 0: expected 0.1 to 1"));
        assert!(refused(|file| file.view.isosurface = Some(f64::NAN)).starts_with("view.isosurface = NaN"));
        assert!(refused(|file| file.view.section2 = Some(f64::INFINITY)).starts_with("view.section2 = inf"));
        let twice = refused(|file| file.view.charts = vec![ChartKind::Map, ChartKind::Loss, ChartKind::Map]);
        assert_eq!(twice, "view.charts = map twice: expected each name once");
        assert!(refused(|file| file.view.dot = Some(11.0)).starts_with("view.dot = 11: expected -10 to 10"));
        assert!(refused(|file| file.view.levels = Some(0.0)).starts_with("view.levels = 0"));
        assert!(refused(|file| file.view.eye = (0.0, 90.0)).starts_with("view.eye = (0, 90)"));
        let rotate = refused(|file| file.slice.rotate = 361.0);
        assert_eq!(rotate, "slice.rotate = 361: expected -360 to 360 degrees");
        assert_eq!(refused(|file| file.steps = 0), "steps = 0: expected 1 to 10000000");
        let speed = refused(|file| file.view.steps_per_second = 2e5);
        assert!(speed.ends_with(": expected 1 to 100000"), "{speed}");
        assert_eq!(ExperimentFile::default().check(), Ok(()));
    }
}
