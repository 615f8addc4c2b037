//! Gradient descent, as `torch.optim.SGD` without momentum.

use super::Optimizer;
use crate::core::num::vector::add_scaled;

/// theta ← theta − lr·gradient. It has no state.
#[derive(Clone, Copy, Debug)]
pub struct Sgd;

impl Optimizer for Sgd {
    fn step(&mut self, theta: &mut [f64], grad: &[f64], lr: f64) {
        add_scaled(theta, -lr, grad);
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(*self)
    }
}
