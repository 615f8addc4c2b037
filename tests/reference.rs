//! Against PyTorch's numbers in float64.

mod models;
mod optimizers;
mod planes;
mod slices;
