//! How high the numbers of a picture stand, as an experiment asks for it.

use super::settings::ViewFile;
use crate::core::geometry::heights::{HeightRange, HeightScale};
use crate::core::objective::Quantity;

impl ViewFile {
    /// The heights of a picture of that quantity, and of a run in it.
    pub fn heights(&self, quantity: Quantity, values: &[f64], trail: &[f64]) -> HeightRange {
        let range = HeightRange::fit(self.scale, values, trail, quantity.cut(self.clip));
        match quantity.floor().filter(|_| self.scale == HeightScale::Clipped) {
            Some(floor) => range.from_floor(floor),
            None => range,
        }
    }
}
