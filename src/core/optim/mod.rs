//! Optimizers with PyTorch's names, semantics and defaults (sgd's learning rate is 0.1 here, since
//! PyTorch has none).
//!
//! One file each: its settings, their defaults and checks, and its step. [`config`] joins them by name;
//! [`schedule`] says how the learning rate changes over a run.

pub mod adagrad;
pub mod adam;
pub mod adamw;
pub mod config;
pub mod gradients;
pub mod momentum;
pub mod nesterov;
pub mod rmsprop;
pub mod schedule;
pub mod sgd;

pub use config::OptimizerConfig;
pub use gradients::Gradients;
pub use schedule::Schedule;

/// A rule that turns a gradient into a step. Its value is its whole state: a clone continues exactly.
pub trait Optimizer: Send + Sync {
    /// Moves theta, `[dim]`, by one step at learning rate `lr`, given the gradient there, and the way to
    /// more gradients on the same examples.
    fn step(&mut self, theta: &mut [f64], grad: &mut Gradients, lr: f64);

    /// A copy with the same state, for a key checkpoint.
    fn boxed_clone(&self) -> Box<dyn Optimizer>;
}

impl Clone for Box<dyn Optimizer> {
    fn clone(&self) -> Self {
        self.boxed_clone()
    }
}
