//! `losscape list`: the built-in experiments.

use super::{Failure, say};
use crate::core::experiment::builtin;

/// Prints names and titles.
///
/// # Errors
/// If a built-in experiment is broken.
pub fn list() -> Result<(), Failure> {
    for name in builtin::names() {
        let Some(file) = builtin::load(name) else { continue };
        say(&format!("{name:<18} {}\n", file.map_err(Failure::work)?.title))?;
    }
    Ok(())
}
