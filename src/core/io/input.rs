//! Why bytes that somebody names are not read. What is longer than anything sensible is refused before it fills the
//! memory.

use std::io;

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

fn length(bytes: Option<u64>, most: u64) -> String {
    bytes.map_or_else(|| format!("more than {most}"), |bytes| bytes.to_string())
}
