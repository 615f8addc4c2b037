//! One test binary; a module per theme.

mod derivatives;
mod determinism;
mod exact;
mod reference;
mod support;
