//! One test binary; a module per theme.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the line; nobody reads its error")]
#![allow(clippy::print_stdout, reason = "measured errors, shown with --nocapture")]

mod attack;
#[cfg(feature = "viewer")]
mod charts;
mod conformance;
mod derivatives;
mod determinism;
#[cfg(all(feature = "viewer", target_os = "linux"))]
mod displays;
#[cfg(feature = "viewer")]
mod drops;
mod errors;
mod exact;
mod examples;
mod executable;
#[cfg(feature = "viewer")]
mod films;
mod formats;
#[cfg(feature = "viewer")]
mod goldens;
mod layers;
mod learning;
#[cfg(feature = "viewer")]
mod panels;
#[cfg(feature = "viewer")]
mod panics;
#[cfg(feature = "viewer")]
mod places;
mod reference;
#[cfg(feature = "viewer")]
mod scene;
mod support;
mod tables;
#[cfg(all(feature = "viewer", target_os = "linux"))]
mod window;
