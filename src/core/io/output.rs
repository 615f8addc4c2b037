//! Files written whole or not at all.
//!
//! A file is written beside its place and renamed into it: whoever reads it finds the old one or the
//! new one, and an interrupted run leaves the old one as it was.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file to be written.
#[derive(Clone, Debug)]
pub struct Output {
    path: PathBuf,
    folder: PathBuf,
}

/// Why a file cannot be written there. Found out before any work is done.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// There is a file already.
    #[error("{path} exists already; expected a new name, or --force to replace it")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The name stands for a folder.
    #[error("{path} is a folder; expected the name of a file")]
    IsFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The name stands for a file.
    #[error("{path} is a file; expected the name of a folder")]
    IsFile {
        /// The file.
        path: PathBuf,
    },
    /// The folder is not there.
    #[error("cannot write {path}: there is no folder {folder}")]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// Its folder.
        folder: PathBuf,
    },
}

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}")]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

impl Output {
    /// A file that may be written: its folder is there, and no file is lost unless `force` says so.
    ///
    /// # Errors
    /// If the folder is missing, the name is a folder's, or the file exists and `force` is not set.
    pub fn new(path: &Path, force: bool) -> Result<Self, OutputError> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let path = path.to_owned();
        if !folder.is_dir() {
            return Err(OutputError::NoFolder { path, folder });
        }
        if path.is_dir() {
            return Err(OutputError::IsFolder { path });
        }
        if path.exists() && !force {
            return Err(OutputError::Exists { path });
        }
        Ok(Self { path, folder })
    }

    /// Where the file will be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the file: `fill` gets an empty one beside its place.
    ///
    /// # Errors
    /// If the folder is not writable, the disk is full, or `fill` failed. The old file is untouched.
    pub fn write(&self, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), WriteError> {
        let mut draft = self.draft()?;
        fill(draft.file()).map_err(|source| self.failed(source))?;
        draft.place()
    }

    /// An empty file beside the place, for what is written over a long time.
    ///
    /// # Errors
    /// If the folder is not writable.
    pub fn draft(&self) -> Result<Draft, WriteError> {
        let mut builder = tempfile::Builder::new();
        // Temporary files are private; this one becomes an ordinary file.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let file = builder.prefix(".losscape-").tempfile_in(&self.folder);
        file.map(|file| Draft { file, output: self.clone() }).map_err(|source| self.failed(source))
    }

    /// What the system said about this file.
    pub fn failed(&self, source: io::Error) -> WriteError {
        WriteError { path: self.path.clone(), source }
    }
}

/// A file beside its place. Dropped, it is removed.
#[derive(Debug)]
pub struct Draft {
    file: NamedTempFile,
    output: Output,
}

impl Draft {
    /// The file as it is so far.
    pub fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Where it is meanwhile.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Renames it into its place.
    ///
    /// # Errors
    /// If the disk is full. The old file is untouched.
    pub fn place(self) -> Result<(), WriteError> {
        let output = self.output;
        self.file.as_file().sync_all().map_err(|source| output.failed(source))?;
        self.file.persist(&output.path).map(drop).map_err(|error| output.failed(error.error))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.txt");
        std::fs::write(&path, "old").unwrap();
        assert!(matches!(Output::new(&path, false), Err(OutputError::Exists { .. })));
        let output = Output::new(&path, true).unwrap();
        let failed = output.write(|file| {
            file.write_all(b"half")?;
            Err(io::Error::other("no space left"))
        });
        assert_eq!(failed.unwrap_err().to_string(), format!("cannot write {}", path.display()));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        output.write(|file| file.write_all(b"new")).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
    }

    #[test]
    fn a_place_that_is_none_is_refused_before_any_work() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("nowhere/x.txt");
        assert!(matches!(Output::new(&missing, false), Err(OutputError::NoFolder { .. })));
        assert!(matches!(Output::new(folder.path(), true), Err(OutputError::IsFolder { .. })));
        assert!(Output::new(Path::new("x-that-does-not-exist.txt"), false).is_ok());
    }
}
