//! Files to be read: ordinary ones, and no longer than is stated.
//!
//! Whatever a person, a file or a tour names is opened here. A pipe would be waited for and a device read
//! without end; a file that is longer than anything sensible is refused before it fills the memory.

use std::fs::{File, FileType};
use std::io::{self, Read};
use std::path::Path;

/// Bytes that a text in RON may have: an hour's recording has some hundred thousand.
pub const MOST_RON: u64 = 4 << 20;

/// Why a file is not read. The texts go on where the file has been named.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// What the system said.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// It is a folder, a pipe, a device or a socket, or a link to one.
    #[error("it is a {0}; expected an ordinary file")]
    NotAFile(&'static str),
    /// It is longer than such a file may be.
    #[error("it has {} bytes; expected at most {most}", length(*bytes, *most))]
    TooLong {
        /// Its length; `None` where the system did not tell it beforehand.
        bytes: Option<u64>,
        /// What it may have.
        most: u64,
    },
    /// It is no text.
    #[error("its byte {at} is not UTF-8; expected a text saved as UTF-8")]
    NotText {
        /// The first byte that is none, from 0.
        at: usize,
    },
}

/// A file that is open to be read.
#[derive(Debug)]
pub struct Input {
    file: File,
    bytes: u64,
    most: u64,
}

impl Input {
    /// Opens a file of at most that many bytes.
    ///
    /// # Errors
    /// If it is not there, is no ordinary file, or is longer.
    pub fn open(path: &Path, most: u64) -> Result<Self, InputError> {
        // Asked before it is opened: to open a pipe is to wait for whoever writes on it.
        ordinary(std::fs::metadata(path)?.file_type())?;
        let file = File::open(path)?;
        let found = file.metadata()?;
        ordinary(found.file_type())?;
        let bytes = found.len();
        if bytes > most {
            return Err(InputError::TooLong { bytes: Some(bytes), most });
        }
        Ok(Self { file, bytes, most })
    }

    /// Its length as the system tells it.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The file, for whoever reads it piece by piece.
    pub fn file(self) -> File {
        self.file
    }

    /// All of it.
    ///
    /// # Errors
    /// If it cannot be read, or turns out to be longer than it may be.
    pub fn read(self) -> Result<Vec<u8>, InputError> {
        let most = self.most;
        let mut all = Vec::new();
        // Some files of the system tell no length. One byte more than allowed gives them away.
        self.file.take(most.saturating_add(1)).read_to_end(&mut all)?;
        match all.len() as u64 > most {
            true => Err(InputError::TooLong { bytes: None, most }),
            false => Ok(all),
        }
    }

    /// All of it as a text.
    ///
    /// # Errors
    /// As [`Input::read`], and if it is no UTF-8.
    pub fn text(self) -> Result<String, InputError> {
        let text = String::from_utf8(self.read()?);
        text.map_err(|error| InputError::NotText { at: error.utf8_error().valid_up_to() })
    }
}

fn length(bytes: Option<u64>, most: u64) -> String {
    bytes.map_or_else(|| format!("more than {most}"), |bytes| bytes.to_string())
}

fn ordinary(kind: FileType) -> Result<(), InputError> {
    match kind {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(InputError::NotAFile("folder")),
        kind => Err(InputError::NotAFile(special(kind))),
    }
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        kind if kind.is_fifo() => "pipe",
        kind if kind.is_socket() => "socket",
        _ => "device",
    }
}

#[cfg(not(unix))]
fn special(_kind: FileType) -> &'static str {
    "device"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(path: &Path, most: u64) -> String {
        Input::open(path, most).and_then(Input::text).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, "seven ä").unwrap();
        assert_eq!(Input::open(&path, 8).unwrap().text().unwrap(), "seven ä");
        assert_eq!(refused(&path, 7), "it has 8 bytes; expected at most 7");
        let gone = folder.path().join("y");
        assert_eq!(refused(&gone, 7), std::fs::metadata(&gone).unwrap_err().to_string());
        std::fs::write(&path, b"ab\xffcd").unwrap();
        assert_eq!(refused(&path, 7), "its byte 2 is not UTF-8; expected a text saved as UTF-8");
    }

    #[test]
    fn what_is_no_ordinary_file_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(refused(folder.path(), 7), "it is a folder; expected an ordinary file");
        if cfg!(unix) {
            let pipe = folder.path().join("pipe");
            assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            assert_eq!(refused(&pipe, 7), "it is a pipe; expected an ordinary file");
            assert_eq!(refused(Path::new("/dev/zero"), 7), "it is a device; expected an ordinary file");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_of_the_system_that_tells_no_length_is_read_no_further() {
        let maps = Path::new("/proc/self/maps");
        assert_eq!(refused(maps, 7), "it has more than 7 bytes; expected at most 7");
    }
}
