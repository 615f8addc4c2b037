//! One test binary; a module per theme.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the line; nobody reads its error")]
#![allow(clippy::print_stdout, reason = "measured errors, shown with --nocapture")]

#[cfg(feature = "desktop")]
mod attack;
mod batches;
#[cfg(all(feature = "viewer", feature = "desktop"))]
mod charts;
#[cfg(all(feature = "viewer", feature = "desktop"))]
mod compare;
mod conformance;
mod copies;
mod derivatives;
mod determinism;
#[cfg(all(feature = "viewer", feature = "desktop", target_os = "linux"))]
mod displays;
#[cfg(all(feature = "viewer", feature = "desktop"))]
mod drops;
mod errors;
mod exact;
mod examples;
#[cfg(feature = "desktop")]
mod executable;
#[cfg(all(feature = "viewer", feature = "desktop"))]
mod films;
#[cfg(feature = "desktop")]
mod formats;
#[cfg(all(feature = "viewer", feature = "desktop"))]
mod goldens;
mod imported;
#[cfg(all(feature = "viewer", feature = "desktop"))]
mod jobs;
#[cfg(all(feature = "viewer", feature = "desktop"))]
mod languages;
mod layers;
mod learning;
#[cfg(all(feature = "viewer", feature = "desktop"))]
mod panels;
#[cfg(all(feature = "viewer", feature = "desktop"))]
mod panics;
#[cfg(all(feature = "viewer", feature = "desktop"))]
mod places;
mod quantities;
mod reference;
mod rescaled;
#[cfg(all(feature = "viewer", feature = "desktop"))]
mod scene;
#[cfg(all(feature = "viewer", feature = "desktop"))]
mod scenes;
mod skips;
mod support;
#[cfg(feature = "desktop")]
mod tables;
#[cfg(all(feature = "viewer", feature = "desktop"))]
mod tours;
#[cfg(all(feature = "viewer", feature = "desktop", target_os = "linux"))]
mod window;
