//! Files that are written where a person said.

use std::path::{Path, PathBuf};

use crate::core::text::with_causes;
use crate::disk::output::Output;

/// The folder that a file lies in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// Whoever chose the name in the dialog was asked whether an old file may go.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<PathBuf, String> {
    let output = Output::new(path, true).map_err(|error| error.to_string())?;
    let written = output.write(|file| std::io::Write::write_all(file, bytes));
    written.map_err(|error| with_causes(&error))?;
    Ok(path.to_owned())
}
