//! Training: a run that advances step by step, and the trajectory it leaves behind.

pub mod blow_up;
pub mod course;
pub mod descent;
mod keys;
pub mod outline;
mod plan;
pub mod plateaus;
pub mod replay;
pub mod run;
mod state;
pub mod trajectory;
pub mod walk;

pub use blow_up::{BlowUp, blow_up};
pub use course::Course;
pub use descent::Descent;
pub use outline::{Kept, Outline};
pub use plan::TrainingPlan;
pub use plateaus::plateaus;
pub use replay::Replay;
pub use run::TrainingRun;
pub use trajectory::{Checkpoint, Trajectory};
pub use walk::{Leg, Walk};
