//! Networks: dense layers, their start, and the pass of a block of examples through them.
//!
//! There is one [`Model`] type. The post's Models 1, 2 and 3 are short lists of layers, not programs
//! of their own.

pub mod activation;
pub mod config;
pub mod init;
pub mod layer;
pub mod pass;
pub mod skip;
pub mod symmetry;
pub mod tangent;

pub use activation::Activation;
pub use config::{Head, ModelConfig};
pub use init::Init;
pub use layer::{Layer, Model, ModelError};
pub use skip::{Skip, SkipError};
pub use symmetry::{Symmetry, SymmetryError};
