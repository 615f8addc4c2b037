//! Experiments: what is computed and how it is first shown.
//!
//! [`ExperimentFile`] is what a person wrote (a RON file, overridden by flags or by the window);
//! [`Experiment`] is the same, checked. Everything behind it can rely on sizes that fit and numbers
//! that make sense.

pub mod assign;
pub mod assignment;
mod beside;
mod between;
pub mod builtin;
pub mod chart;
pub mod checked;
mod comparison;
pub mod contrast;
pub mod difference;
pub mod field;
pub mod file;
mod heights;
pub mod import;
pub mod look;
mod notes;
mod pace;
pub mod paths;
pub mod pipeline;
pub mod problem;
mod ranges;
pub mod remedy;
pub mod replacement;
pub mod resolution;
pub mod settings;
pub mod way_on;

pub use assignment::Assignment;
pub use chart::{ChartKind, Layout, MapGround, ParameterLayer};
pub use checked::{CourseError, Experiment};
pub use difference::command_line;
pub use field::FieldError;
pub use file::FileError;
pub use import::Import;
pub use look::{CameraMode, CompareBy, Labels, Shape, Theme, TrailColors};
pub use remedy::remedy;
pub use replacement::{Resets, changed};
pub use settings::{Change, ExperimentFile, Setting, SliceFile, ViewFile};
