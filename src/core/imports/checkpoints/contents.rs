//! What a checkpoint's file holds, whatever its format.

use super::tensor::Tensor;

/// What a file holds.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// Its tensors, in the order in which they stand there.
    pub tensors: Vec<Tensor>,
    /// The step it says it is of.
    pub step: Option<u64>,
    /// What else there is, and is no part of a model: the state of an optimizer, for one.
    pub beside: Vec<String>,
}
