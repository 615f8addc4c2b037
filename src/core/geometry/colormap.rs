//! Colour maps: how a number between 0 and 1 becomes a colour.

use serde::{Deserialize, Serialize};

/// A colour map by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColorMap {
    /// Perceptually even, readable without red or green: dark violet to yellow.
    #[default]
    Viridis,
}
