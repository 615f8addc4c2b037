//! Files written whole or not at all.
//!
//! A file is written beside its place and renamed into it: whoever reads it finds the old one or the
//! new one, and an interrupted run leaves the old one as it was.
//!
//! | what is there | becomes |
//! |---|---|
//! | nothing | a file with the rights that the umask leaves |
//! | a file | with `--force` the new one, of the same rights and owner |
//! | a link | its target does that; the link stays |
//! | a FIFO, a device, a socket | is never replaced |
//! | a file that appears meanwhile | stays without `--force`; the new one goes beside it, and that is told |

use std::fs::{File, FileType, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::core::num::CancelToken;

/// A file to be written.
#[derive(Clone, Debug)]
pub struct Output {
    path: PathBuf,
    /// Where links lead from there.
    target: PathBuf,
    replaces: bool,
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
    /// The name stands for something that a file must not take the place of.
    #[error("{path} is {kind}, which is never replaced; expected the name of a file")]
    IsSpecial {
        /// What is there.
        path: PathBuf,
        /// What it is.
        kind: &'static str,
    },
    /// The folder is not there.
    #[error("cannot write {path}: there is no folder {folder}")]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// Its folder.
        folder: PathBuf,
    },
    /// No file can have that name.
    #[error("cannot write {path}: {reason}")]
    Name {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
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
    /// If the folder is missing, the name is a folder's or none, something is there that is no file, or the
    /// file exists and `force` is not set.
    pub fn new(path: &Path, force: bool) -> Result<Self, OutputError> {
        let target = followed(path);
        let folder = folder_of(&target).to_owned();
        let path = path.to_owned();
        if path.to_string_lossy().ends_with(std::path::is_separator) {
            return Err(OutputError::IsFolder { path });
        }
        if !folder.is_dir() {
            return Err(OutputError::NoFolder { path, folder });
        }
        match std::fs::symlink_metadata(&target).map(|there| there.file_type()) {
            Ok(kind) if kind.is_dir() => return Err(OutputError::IsFolder { path }),
            Ok(kind) if !kind.is_file() => return Err(OutputError::IsSpecial { path, kind: named(kind) }),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(OutputError::Name { path, reason: error.to_string() });
            }
            _ => {}
        }
        if is_there(&path) && !force {
            return Err(OutputError::Exists { path });
        }
        Ok(Self { path, target, replaces: force })
    }

    /// Where the file will be, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where links lead from there: the file that is written.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Whether a file that is there is replaced.
    pub fn replaces(&self) -> bool {
        self.replaces
    }

    /// The folder that it will be in.
    pub fn folder(&self) -> &Path {
        folder_of(&self.path)
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

    /// The same until somebody cancels: then what is written next fails.
    ///
    /// # Errors
    /// As [`Output::write`], and if it was cancelled.
    pub fn write_until(
        &self,
        cancel: &CancelToken,
        fill: impl FnOnce(Stoppable) -> io::Result<()>,
    ) -> Result<(), WriteError> {
        self.write(|file| fill(Stoppable::new(file, cancel)))
    }

    /// An empty file beside the place, for what is written over a long time.
    ///
    /// # Errors
    /// If the folder is not writable.
    pub fn draft(&self) -> Result<Draft, WriteError> {
        let mut builder = tempfile::Builder::new();
        // Temporary files are private; this one becomes an ordinary file.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.prefix(DRAFT).tempfile_in(folder_of(&self.target));
        file.map(|file| Draft { file, output: self.clone() }).map_err(|source| self.failed(source))
    }

    /// Puts a complete file that lies in the same folder into the place. One that fails to get there stays
    /// where it is.
    ///
    /// # Errors
    /// If the disk is full, the file is gone, or another one has appeared in the place, which then stays.
    pub fn adopt(&self, file: &File, name: &Path) -> Result<(), WriteError> {
        let adopted = self.inherit(file).and_then(|()| file.sync_all()).and_then(|()| match self.replaces {
            true => std::fs::rename(name, &self.target),
            false => rename_new(name, &self.target).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => self.set_beside(name),
                _ => error,
            }),
        });
        adopted.map_err(|source| self.failed(source))
    }

    /// Gives the file what belongs to the one that it replaces: rights and owner.
    fn inherit(&self, file: &File) -> io::Result<()> {
        match std::fs::symlink_metadata(&self.target) {
            Ok(old) if self.replaces && old.is_file() => hand_over(&old, file),
            _ => Ok(()),
        }
    }

    /// A file has appeared in the place: what was to be there goes beside it, under the first free name.
    fn set_beside(&self, name: &Path) -> io::Error {
        let numbered = |number: u32| {
            let mut other = self.target.file_stem().unwrap_or_default().to_owned();
            other.push(format!("-{number}"));
            if let Some(ending) = self.target.extension() {
                other.push(".");
                other.push(ending);
            }
            self.target.with_file_name(other)
        };
        let beside = (2..100).map(numbered).find(|beside| rename_new(name, beside).is_ok());
        let appeared = "a file of that name has appeared meanwhile";
        io::Error::other(match beside {
            Some(beside) => format!("{appeared}; what was to be there is in {}", beside.display()),
            None => appeared.to_owned(),
        })
    }

    /// What the system said about this file.
    pub fn failed(&self, source: io::Error) -> WriteError {
        WriteError { path: self.path.clone(), source }
    }
}

/// How the names of files begin that are on their way to their places.
pub const DRAFT: &str = ".losscape-";

/// Whether something has that name, be it a link that leads nowhere.
pub fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

/// Links that are followed at most, as by the system itself.
const MOST_LINKS: usize = 40;

/// Where links lead from a name; a circle of them leads somewhere on it.
fn followed(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(next) = std::fs::read_link(&path) else { break };
        path = folder_of(&path).join(next);
    }
    path
}

/// The folder in which the file of that name lies.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// What is neither file nor folder, in words.
fn named(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a FIFO";
        } else if kind.is_socket() {
            return "a socket";
        } else if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    if kind.is_symlink() { "a link in a circle" } else { "no ordinary file" }
}

/// Renames a file, unless there is one of the new name.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match TempPath::try_from_path(from)?.persist_noclobber(to) {
        Ok(()) => Ok(()),
        Err(refused) => {
            let (error, mut path) = (refused.error, refused.path);
            // Whoever asked still has it.
            path.disable_cleanup(true);
            match error.kind() {
                io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound => Err(error),
                // A disk that can neither rename so nor give a file two names.
                _ if !is_there(to) => std::fs::rename(from, to),
                _ => Err(error),
            }
        }
    }
}

#[cfg(unix)]
fn hand_over(old: &Metadata, file: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let new = file.metadata()?;
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        // Only root gives files away: one that another user may replace becomes that user's.
        let _ = fchown(file, Some(old.uid()), Some(old.gid()));
    }
    file.set_permissions(old.permissions())
}

#[cfg(not(unix))]
fn hand_over(old: &Metadata, file: &File) -> io::Result<()> {
    file.set_permissions(old.permissions())
}

/// A file that takes nothing more once somebody cancels.
pub struct Stoppable<'a> {
    file: &'a mut File,
    cancel: &'a CancelToken,
}

/// Most bytes that are handed to the system at once: a small part of a second's work.
const PIECE: usize = 1 << 20;

impl<'a> Stoppable<'a> {
    /// That file, until `cancel` is.
    pub fn new(file: &'a mut File, cancel: &'a CancelToken) -> Self {
        Self { file, cancel }
    }
}

impl Write for Stoppable<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.cancel.is_cancelled() {
            return Err(io::Error::other("interrupted"));
        }
        self.file.write(&bytes[..bytes.len().min(PIECE)])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
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
    /// As [`Output::adopt`].
    pub fn place(mut self) -> Result<(), WriteError> {
        self.output.adopt(self.file.as_file(), self.file.path())?;
        self.file.disable_cleanup(true);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
