//! One test binary; a module per theme.

mod derivatives;
mod determinism;
mod exact;
mod executable;
#[cfg(feature = "viewer")]
mod panels;
mod reference;
#[cfg(feature = "viewer")]
mod scene;
mod support;
