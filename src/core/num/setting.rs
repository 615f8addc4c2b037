//! A setting whose value makes no sense, and the checks that settings share.

use crate::core::text::Shown;

/// Why a value is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{name} = {value}: expected {expected}")]
pub struct SettingError {
    /// The setting's name, within what it belongs to.
    pub name: &'static str,
    /// What it was set to.
    pub value: String,
    /// What would do.
    pub expected: String,
}

impl SettingError {
    /// A refusal of `value`.
    pub fn new(name: &'static str, value: impl Shown, expected: impl Into<String>) -> Self {
        Self { name, value: value.shown(), expected: expected.into() }
    }
}

/// Refuses a value that fails its test.
///
/// # Errors
/// If `holds` is false.
pub fn ensure(
    holds: bool,
    name: &'static str,
    value: impl Shown,
    expected: &str,
) -> Result<(), SettingError> {
    if holds { Ok(()) } else { Err(SettingError::new(name, value, expected)) }
}

/// Refuses what is not a finite number of at least 0.
///
/// # Errors
/// If the value is negative, infinite or NaN.
pub fn not_negative(name: &'static str, value: f64) -> Result<(), SettingError> {
    ensure(value.is_finite() && value >= 0.0, name, value, "a finite number of at least 0")
}

/// Refuses what is not a finite number above 0.
///
/// # Errors
/// If the value is 0, negative, infinite or NaN.
pub fn positive(name: &'static str, value: f64) -> Result<(), SettingError> {
    ensure(value.is_finite() && value > 0.0, name, value, "a finite number above 0")
}

/// Refuses what is not a number from 0 up to, but not including, 1.
///
/// # Errors
/// If the value lies outside, or is NaN.
pub fn below_one(name: &'static str, value: f64) -> Result<(), SettingError> {
    ensure((0.0..1.0).contains(&value), name, value, "a number of at least 0 and below 1")
}
