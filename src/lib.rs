//! Losscape
pub mod core;
#[cfg(feature = "viewer")]
pub mod app;
#[cfg(feature = "viewer")]
pub mod record;
#[cfg(feature = "viewer")]
pub mod scene;
#[cfg(feature = "viewer")]
pub mod ui;
