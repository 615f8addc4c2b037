//! In which numbers a grid is evaluated.

use std::fmt;
use std::str::FromStr;

/// The length of the numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Double: the reference.
    #[default]
    F64,
    /// Single: some ten times as fast, within 2·10⁻⁶ for losses of order 1; an example at the very
    /// boundary may count as right or not. Serves losses and accuracies of networks only; all else is evaluated in
    /// double.
    F32,
}

/// A name that stands for no precision.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("expected f64 or f32")]
pub struct UnknownPrecision;

impl FromStr for Precision {
    type Err = UnknownPrecision;

    fn from_str(name: &str) -> Result<Self, UnknownPrecision> {
        [Self::F64, Self::F32]
            .into_iter()
            .find(|precision| precision.to_string() == name)
            .ok_or(UnknownPrecision)
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::F64 => "f64",
            Self::F32 => "f32",
        })
    }
}
