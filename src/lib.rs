//! Losscape
pub mod core;
#[cfg(feature = "viewer")]
pub mod scene;
