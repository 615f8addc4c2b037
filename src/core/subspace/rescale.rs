//! Other coordinates of the same function, in which a plane may be laid.
//!
//! Rectified units may grow by a factor that the next layer takes back (Dinh, Pascanu, S. Bengio, Y. Bengio 2017): each entry
//! of theta is multiplied by a number of its own, and no loss changes. Directions as long as theta's own rows grow along, and
//! show the same picture; those with a length of their own show a narrower or wider one.

use std::fmt;

use crate::core::text::Measured;

/// What theta is multiplied by, entry by entry, where a plane is laid.
#[derive(Clone, Debug, PartialEq)]
pub struct Rescale {
    factor: f64,
    scales: Vec<f64>,
}

impl Rescale {
    /// By `scales`, `[dim]`, which is what a factor of the hidden units comes to.
    pub fn new(factor: f64, scales: Vec<f64>) -> Self {
        Self { factor, scales }
    }

    /// A point, or a way, of the run as it is in those coordinates.
    pub(super) fn there(&self, theta: &[f64]) -> Vec<f64> {
        theta.iter().zip(&self.scales).map(|(entry, scale)| entry * scale).collect()
    }

    /// One of those coordinates as it is in the run's own.
    pub(super) fn back(&self, theta: &[f64]) -> Vec<f64> {
        theta.iter().zip(&self.scales).map(|(entry, scale)| entry / scale).collect()
    }
}

/// In words.
impl fmt::Display for Rescale {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "units × {}", Measured((100.0 * self.factor).round() / 100.0))
    }
}
