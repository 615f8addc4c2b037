//! `losscape list`: the built-in experiments and tours.

use super::Failure;
use super::terminal::say;
use crate::core::experiment::builtin;
use crate::core::script::builtin as tours;
use crate::core::text::Measured;

/// Prints names and titles.
///
/// # Errors
/// If a built-in experiment or tour is broken.
pub fn list() -> Result<(), Failure> {
    let width = builtin::names().chain(tours::names()).map(str::len).max().unwrap_or_default();
    for name in builtin::names() {
        let Some(file) = builtin::load(name) else { continue };
        say(&format!("{name:<width$} {}", file.map_err(Failure::work)?.title))?;
    }
    for name in tours::names() {
        let Some(tour) = tours::load(name) else { continue };
        let tour = tour.map_err(Failure::work)?;
        let (title, secs) = (&tour.file().title, Measured(tour.secs()));
        let languages = tours::languages(name).collect::<Vec<_>>().join(", ");
        let told = if languages.is_empty() { languages } else { format!(", --lang {languages}") };
        say(&format!("{name:<width$} {title} (a tour of {secs} s{told})"))?;
    }
    Ok(())
}
