//! Losscape
pub mod core;
