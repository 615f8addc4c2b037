//! Datasets: points and their targets, and how they are drawn into batches.

pub mod batches;
pub mod config;
pub mod dataset;
pub mod digits;
pub mod quadrature;
pub mod scatter;
pub mod split;
pub mod standardize;
pub mod synthetic;
pub mod table;

pub use batches::{BatchOrder, BatchSize};
pub use config::{DatasetConfig, GenerateError};
pub use dataset::{Dataset, DatasetError, Target};
pub use scatter::Scatter;
pub use split::split;
pub use standardize::Scaling;
