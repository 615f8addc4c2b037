//! The weight on a skip connection: h + activation(W·h + b), with h weighed.
//!
//! 0 is a plain layer, 1 a residual one (He et al. 2016); what lies between leads from the landscape of the one to that
//! of the other. Files write false for 0 and true for 1.

use serde::{Deserialize, Serialize};

use crate::core::text::Measured;

/// The weight on a skip connection, 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Skip(f64);

/// A weight that is none.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}: expected false, true or a weight from 0 to 1")]
pub struct SkipError(Measured);

/// As files have it.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected false, true or a weight from 0 to 1")]
enum Written {
    Whole(bool),
    Weight(f64),
}

impl Skip {
    /// No skip connection.
    pub const NONE: Self = Self(0.0);
    /// The input is added as it is.
    pub const FULL: Self = Self(1.0);

    /// A skip connection with that weight.
    ///
    /// # Errors
    /// If it does not lie between 0 and 1.
    pub fn new(weight: f64) -> Result<Self, SkipError> {
        // Adding 0 takes the sign from −0.
        (0.0..=1.0).contains(&weight).then_some(Self(weight + 0.0)).ok_or(SkipError(Measured(weight)))
    }

    /// What the layer's input is multiplied by before it is added to the output.
    pub fn weight(self) -> f64 {
        self.0
    }

    /// Whether nothing is added.
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }
}

/// A weight is a number, so it equals itself.
impl Eq for Skip {}

impl From<bool> for Skip {
    fn from(is_full: bool) -> Self {
        if is_full { Self::FULL } else { Self::NONE }
    }
}

impl TryFrom<Written> for Skip {
    type Error = SkipError;

    fn try_from(written: Written) -> Result<Self, SkipError> {
        match written {
            Written::Whole(is_full) => Ok(is_full.into()),
            Written::Weight(weight) => Self::new(weight),
        }
    }
}

impl From<Skip> for Written {
    fn from(skip: Skip) -> Self {
        match skip {
            Skip::NONE => Self::Whole(false),
            Skip::FULL => Self::Whole(true),
            Skip(weight) => Self::Weight(weight),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_a_word_or_a_weight_and_read_back() {
        for (text, weight, written) in [
            ("false", 0.0, "false"),
            ("true", 1.0, "true"),
            ("0", 0.0, "false"),
            ("1.0", 1.0, "true"),
            ("-0.0", 0.0, "false"),
            ("0.25", 0.25, "0.25"),
        ] {
            let json: Skip = serde_json::from_str(text).unwrap();
            let skip: Skip = ron::from_str(text).unwrap();
            assert_eq!((json, skip.weight().to_bits()), (skip, f64::to_bits(weight)), "{text}");
            assert_eq!(serde_json::to_string(&skip).unwrap(), written);
        }
    }

    #[test]
    fn what_is_no_weight_is_refused() {
        for text in ["1.5", "-0.1", "NaN", "inf", "\"half\"", "[1]"] {
            let why = ron::from_str::<Skip>(text).unwrap_err().to_string();
            assert!(why.contains("expected false, true or a weight from 0 to 1"), "{text}: {why}");
        }
    }
}
