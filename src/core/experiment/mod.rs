//! Experiments: what is computed and how it is first shown.
//!
//! [`ExperimentFile`] is what a person wrote (a RON file, overridden by flags or by the window);
//! [`Experiment`] is the same, checked. Everything behind it can rely on sizes that fit and numbers
//! that make sense.

pub mod builtin;
pub mod checked;
pub mod difference;
pub mod file;
pub mod look;
mod notes;
pub mod paths;
pub mod pipeline;
pub mod prepared;
mod ranges;
pub mod remedy;
pub mod replacement;

pub use checked::{CourseError, Experiment, FieldError};
pub use difference::command_line;
pub use file::{ExperimentFile, FileError, SliceFile};
pub use look::{CameraMode, Shape, Theme, TrailColors, ViewFile};
pub use remedy::remedy;
pub use replacement::{Part, Resets, replaced};
