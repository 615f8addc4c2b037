//! Loss functions: how far predictions are from their targets, with derivatives.

use serde::{Deserialize, Serialize};

use crate::core::model::pass::LANES;

/// A loss function, averaged over a whole split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// (p − y)², averaged over examples and outputs.
    #[default]
    Mse,
}

impl Loss {
    /// The name that files and flags use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mse => "mse",
        }
    }

    /// What the sum over `rows` examples of `outputs` numbers is divided by.
    pub fn count(self, rows: usize, outputs: usize) -> f64 {
        match self {
            Self::Mse => (rows * outputs) as f64,
        }
    }

    /// The sum of the losses of a block's first `lanes` examples; predictions and targets are
    /// `[outputs, LANES]`.
    pub fn sum(self, prediction: &[f64], target: &[f64], lanes: usize) -> f64 {
        let mut total = 0.0;
        for (p, y) in prediction.chunks_exact(LANES).zip(target.chunks_exact(LANES)) {
            for (p, y) in p[..lanes].iter().zip(y) {
                total += match self {
                    Self::Mse => (p - y) * (p - y),
                };
            }
        }
        total
    }

    /// As [`Loss::sum`], and writes its derivatives by the predictions, times `scale`, to `delta`.
    pub fn sum_with_delta(
        self,
        prediction: &[f64],
        target: &[f64],
        lanes: usize,
        scale: f64,
        delta: &mut [f64],
    ) -> f64 {
        let rows = prediction.chunks_exact(LANES).zip(target.chunks_exact(LANES));
        for ((p, y), d) in rows.zip(delta.chunks_exact_mut(LANES)) {
            for ((p, y), d) in p[..lanes].iter().zip(y).zip(d) {
                *d = scale
                    * match self {
                        Self::Mse => 2.0 * (p - y),
                    };
            }
        }
        self.sum(prediction, target, lanes)
    }
}
