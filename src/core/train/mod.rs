//! Training: a run that advances step by step, and the trajectory it leaves behind.

pub mod blow_up;
pub mod course;
mod keys;
pub mod outline;
mod plan;
pub mod plateaus;
pub mod run;
mod state;
pub mod trajectory;

pub use blow_up::{BlowUp, blow_up};
pub use course::Course;
pub use outline::Outline;
pub use plan::TrainingPlan;
pub use plateaus::plateaus;
pub use run::TrainingRun;
pub use trajectory::{Checkpoint, Trajectory};
