//! Against PyTorch's numbers in float64.

mod models;
mod slices;
