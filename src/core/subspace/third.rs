//! What the third direction of a slice follows, whatever its first two do.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// What the third direction of a slice follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Third {
    /// What the kind of plane has it follow.
    #[default]
    Own,
    /// The way from the slice's second low point to where training on from it arrives, as far as that leads out of
    /// the plane: at alpha3 = 1 the slice holds the point of arrival.
    TrainedOn,
}

impl Third {
    /// Every kind, in the order a menu shows them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name that files and flags use.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
