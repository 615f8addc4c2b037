//! How many cells a grid has.

use serde::{Deserialize, Serialize};

/// Cells along each axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolution<const N: usize>(pub [usize; N]);

impl Default for Resolution<2> {
    fn default() -> Self {
        Self([129, 129])
    }
}

impl Default for Resolution<3> {
    fn default() -> Self {
        Self([65, 65, 33])
    }
}

// Written as a list, `[65, 65, 33]`: a RON tuple of fixed length would want round brackets here and
// square ones on the command line.
impl<const N: usize> Serialize for Resolution<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Resolution<N> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let counts = Vec::<usize>::deserialize(deserializer)?;
        let found = counts.len();
        counts.try_into().map(Self).map_err(|_| {
            serde::de::Error::custom(format!("a list of {found} counts; expected {N}, one for each axis"))
        })
    }
}
