//! Optimizers with PyTorch's names, semantics and defaults (sgd's learning rate is 0.1 here, since
//! PyTorch has none); Lion, Muon and SAM with their authors'; and a random walk, against which they are held.
//!
//! One file each: its settings, their defaults and checks, and its step. The table below joins them by name:
//! whoever adds one writes its file and its row here. [`schedule`] says how the learning rate changes over a run.

pub mod adagrad;
pub mod adam;
pub mod adamw;
mod config;
pub mod gradients;
pub mod lion;
pub mod momentum;
pub mod muon;
pub mod nesterov;
mod newton_schulz;
pub mod random_walk;
pub mod rmsprop;
pub mod sam;
pub mod schedule;
pub mod sgd;
pub mod stability;

pub use gradients::Gradients;
pub use schedule::Schedule;
pub use stability::Stability;

config::optimizers! {
    /// Gradient descent.
    Sgd(sgd::SgdSettings) = "sgd",
    /// Gradient descent with momentum.
    Momentum(momentum::MomentumSettings) = "momentum",
    /// Gradient descent with Nesterov's momentum.
    Nesterov(nesterov::NesterovSettings) = "nesterov",
    /// Steps divided by the root of the sum of all squared gradients.
    Adagrad(adagrad::AdagradSettings) = "adagrad",
    /// Steps divided by the root of a running mean of squared gradients.
    Rmsprop(rmsprop::RmspropSettings) = "rmsprop",
    /// Running means of gradients and squared gradients.
    Adam(adam::AdamSettings) = "adam",
    /// Adam with weight decay apart from the gradient.
    Adamw(adamw::AdamwSettings) = "adamw",
    /// The sign of a running mean of gradients.
    Lion(lion::LionSettings) = "lion",
    /// Weight matrices by orthogonalised momentum, the rest by AdamW.
    Muon(muon::MuonSettings) = "muon",
    /// Gradient descent by the gradient a little uphill: sharpness-aware minimisation.
    Sam(sam::SamSettings) = "sam",
    /// No descent: steps in random directions, whatever the gradient says.
    RandomWalk(random_walk::RandomWalkSettings) = "random_walk",
}

/// A rule that turns a gradient into a step. Its value is its whole state: a clone continues exactly.
pub trait Optimizer: Send + Sync {
    /// Moves theta, `[dim]`, by one step at learning rate `lr`, given the gradient there, and the way to
    /// more gradients on the same examples.
    fn step(&mut self, theta: &mut [f64], grad: &mut Gradients, lr: f64);

    /// How much the loss may bend, in this state and at learning rate `lr`, before steps grow; `None` where no such
    /// limit is known.
    fn stability(&self, _lr: f64) -> Option<Stability> {
        None
    }

    /// A copy with the same state, for a key checkpoint.
    fn boxed_clone(&self) -> Box<dyn Optimizer>;
}

impl Clone for Box<dyn Optimizer> {
    fn clone(&self) -> Self {
        self.boxed_clone()
    }
}
