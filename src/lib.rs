//! Losscape trains a small neural network before your eyes and lets you fly over the loss landscape it
//! descends: a real network, a surface sliced from its parameter space, every picture honest about
//! what it leaves out.
//!
//! # The way of the numbers
//!
//! ```text
//! experiment file -> Experiment -> Objective -> TrainingRun -> Trajectory -> Subspace
//!                                                   -> GridJob -> LossGrid -> height -> picture
//! panels, keys, tours, tests  --Command-->  apply_commands  -->  Session      (the only way back)
//! ```
//!
//! [`core::experiment::pipeline::run`] takes the whole way without any window:
//!
//! ```
//! use losscape::core::experiment::{Experiment, ExperimentFile, pipeline};
//!
//! let file = ExperimentFile::parse("(
//!     dataset: diagonal(points: 50), model: model2, steps: 100,
//!     slice: (plane: chord, grid: [9, 9], volume: [5, 5, 3]),
//! )", "example.ron")?;
//! let outcome = pipeline::run(&Experiment::new(file)?)?;
//! let path = outcome.plan.trajectory.checkpoints();
//! assert!(path[100].loss < path[0].loss);
//! // The chord plane puts the start of training at (0, 0) and its end at (1, 0).
//! let end = outcome.plan.plane.subspace.project(&path[100].theta).alpha;
//! assert!((end[0] - 1.0).abs() < 1e-9 && end[1].abs() < 1e-9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Layers
//!
//! ```text
//! main -> cli -> record -> app -> ui -> scene -> disk -> core
//! ```
//!
//! Each uses only what stands to its right. [`core`] knows neither Bevy nor a clock, prints nothing and opens no
//! file: bytes are handed in by name; [`disk`] is the file system of this machine; `scene` draws and trains in Bevy and knows no egui; `ui` is panels and all text, and changes the
//! session by commands only; `record` makes pictures and films without a window; [`cli`] turns what was
//! typed into checked requests. Two features, both on by default, say what is built beside [`core`]: `viewer`
//! (`scene`, `ui`, `app`) and `desktop` ([`cli`], [`disk`] and all that writes files); `record` needs both. A test
//! holds the sources against this order, and against one of the rooms within `core` and `scene`
//! (`tests/layers.rs`).
//!
//! # Words
//!
//! | word | meaning |
//! |---|---|
//! | theta | all parameters of a model as one vector, in PyTorch's order |
//! | checkpoint | a point of training: step, theta, loss, length of the gradient |
//! | trajectory | the checkpoints of one run, thinned under a byte budget |
//! | subspace, plane | origin and directions: theta = origin + Σ alphaᵢ·directionᵢ |
//! | alpha | coordinates in a subspace; the plane shown lies at an alpha3 |
//! | residual | distance of a theta from a subspace: what a slice does not show of it |
//! | grid, volume, layer | losses at even alphas: of a plane, of a space, of one alpha3 in it |
//! | quantity | what a surface shows: the loss, or another number of each theta |
//! | diverged | a loss that is no finite number: data, and drawn as such |
//! | look-ahead | the run that finds the plane, before the live run descends on it |
//! | tour, chapter, cue | a script: parts with captions, and commands at their times |
//! | revision | the number of a question; answers to older questions are dropped |

#[cfg(feature = "viewer")]
pub mod app;
#[cfg(feature = "desktop")]
pub mod cli;
pub mod core;
#[cfg(any(test, feature = "desktop"))]
pub mod disk;
#[cfg(all(feature = "viewer", feature = "desktop"))]
pub mod record;
#[cfg(feature = "viewer")]
pub mod scene;
#[cfg(feature = "viewer")]
pub mod ui;
