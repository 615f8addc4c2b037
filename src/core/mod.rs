//! The numbers, without a window: data, models, training, slices, geometry, experiments, scripts.
//!
//! Everything here is a pure function of its input and a seed. No Bevy, no egui, no wall clock, no
//! printing; the file system only in [`io`]. Floating point is `f64`, but for the fast
//! kernel of [`grid`].

pub mod command;
pub mod data;
pub mod experiment;
pub mod formats;
pub mod geometry;
pub mod grid;
pub mod imports;
pub mod io;
pub mod loss;
pub mod model;
pub mod num;
pub mod objective;
pub mod optim;
pub mod probe;
pub mod script;
pub mod session;
pub mod subspace;
pub mod text;
pub mod train;
