//! The packets of an H.264 film as they come, in a file beside it: what survives when the program does not.
//!
//! `film.mp4.part` is an Annex B byte stream, which players open as it is. It is not hidden: after a kill
//! somebody has to find it, and `losscape join film.mp4.part -o film.mp4` makes the film of it.
//!
//! ```text
//! note | delimiter unit | delimiter unit | ... | delimiter
//! ```
//!
//! The note, a message of unregistered user data, tells size and rate, which the pictures themselves do not.
//! A unit is what is decoded at once: one picture, with the parameter sets before a key frame. Units lie
//! between access unit delimiters, and one that has none behind it is not known to be whole: it was cut.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use super::{SinkError, write_error};

/// What stands before every picture: any kind of slice may follow.
const DELIMITER: [u8; 6] = [0, 0, 0, 1, 9, 0xf0];

/// Whose message it is.
const UUID: [u8; 16] = *b"losscape-film-v1";

/// The kinds of units inside a unit that matter here (H.264, table 7-1).
pub mod kind {
    /// A slice of a picture that needs others.
    pub const SLICE: u8 = 1;
    /// A slice of a picture from which decoding can begin.
    pub const KEY_SLICE: u8 = 5;
    /// A message beside the pictures.
    pub const MESSAGE: u8 = 6;
    /// Size, profile, colours.
    pub const SEQUENCE: u8 = 7;
    /// Settings of the encoder.
    pub const PICTURE: u8 = 8;
    /// The delimiter.
    pub const DELIMITER: u8 = 9;
}

/// What the pictures do not tell themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Frames a second.
    pub fps: u32,
}

impl Note {
    fn to_bytes(self) -> Vec<u8> {
        let text = format!("size={}x{} fps={}", self.size[0], self.size[1], self.fps);
        // Text and name hold no zeros, so nothing in them can be taken for a start code.
        let mut bytes = vec![0, 0, 0, 1, kind::MESSAGE, 5, (UUID.len() + text.len()) as u8];
        bytes.extend_from_slice(&UUID);
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0x80);
        bytes
    }

    /// Reads a message, given without its start code.
    fn parse(message: &[u8]) -> Option<Self> {
        let text = message.strip_prefix(&[kind::MESSAGE, 5])?.get(1..)?.strip_prefix(&UUID)?;
        let text = std::str::from_utf8(text.strip_suffix(&[0x80])?).ok()?;
        let (size, fps) = text.strip_prefix("size=")?.split_once(" fps=")?;
        let (width, height) = size.split_once('x')?;
        let size = [width.parse().ok()?, height.parse().ok()?];
        let fps = fps.parse().ok().filter(|fps| (1..=240).contains(fps))?;
        Some(Self { size, fps })
    }
}

/// The stream while it is written. Dropped, it is removed, unless it was told to stay.
pub struct StreamFile {
    path: PathBuf,
    file: File,
    stays: bool,
}

/// Where the packets of that film are kept.
pub fn path_of(film: &Path) -> PathBuf {
    let mut name = film.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

impl StreamFile {
    /// Begins the stream of that film.
    ///
    /// # Errors
    /// If there is one already (without `force`) or it cannot be written.
    pub fn create(film: &Path, force: bool, note: Note) -> Result<Self, SinkError> {
        let path = path_of(film);
        let mut options = File::options();
        options.write(true).create_new(!force).create(true).truncate(force);
        let file = match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(SinkError::Left { part: path });
            }
            opened => opened.map_err(write_error(&path))?,
        };
        let mut stream = Self { path, file, stays: false };
        stream.write(&note.to_bytes())?;
        Ok(stream)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a piece as it is.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), SinkError> {
        self.file.write_all(bytes).map_err(write_error(&self.path))
    }

    /// Writes a delimiter: before the first unit, or behind the last one that somebody else wrote.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn delimit(&mut self) -> Result<(), SinkError> {
        self.write(&DELIMITER)
    }

    /// Puts a delimiter behind a unit that is still to be written.
    pub fn end_unit(unit: &mut Vec<u8>) {
        unit.extend_from_slice(&DELIMITER);
    }

    /// The same file, for somebody else to write on where this one stands.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn share(&self) -> Result<File, SinkError> {
        self.file.try_clone().map_err(write_error(&self.path))
    }

    /// From now on nobody removes it.
    pub fn stay(mut self) {
        self.stays = true;
    }
}

impl Drop for StreamFile {
    fn drop(&mut self) {
        if !self.stays {
            // Nobody is there to hear an error, and the film does not depend on it.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// The complete units of a stream, one after another.
pub struct Units {
    input: BufReader<File>,
    note: Note,
    /// What was read beyond the last unit; begins with a delimiter once the note is behind.
    ahead: Vec<u8>,
    /// How much of `ahead` was searched for the next delimiter.
    searched: usize,
}

/// Bytes read at once.
const PIECE: usize = 1 << 18;

/// Most bytes of one unit: several times a raw picture of the largest size. More is not a stream.
const UNIT_MOST: usize = 1 << 31;

impl Units {
    /// Opens a stream. `None`: it is not one of ours.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn open(path: &Path) -> io::Result<Option<Self>> {
        let input = BufReader::new(File::open(path)?);
        let note = Note { size: [0; 2], fps: 1 };
        let mut units = Self { input, note, ahead: Vec::new(), searched: 0 };
        let mut head = Vec::new();
        if !units.next(&mut head)? {
            // Cut before the first picture was complete, if it is ours at all.
            head = std::mem::take(&mut units.ahead);
        }
        let note = inner(&head).next().and_then(Note::parse);
        Ok(note.map(|note| Self { note, ..units }))
    }

    /// What the stream says of itself.
    pub fn note(&self) -> Note {
        self.note
    }

    /// Reads the next complete unit, with its start codes and without its delimiter. `false`: there is none.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn next(&mut self, unit: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            if let Some((start, end)) = find_delimiter(&self.ahead, self.searched) {
                unit.clear();
                unit.extend_from_slice(&self.ahead[..start]);
                self.ahead.drain(..end);
                self.searched = 0;
                return Ok(true);
            }
            // A delimiter may lie across the edge.
            self.searched = self.ahead.len().saturating_sub(DELIMITER.len());
            let read = (&mut self.input).take(PIECE as u64).read_to_end(&mut self.ahead)?;
            if read == 0 || self.ahead.len() > UNIT_MOST {
                return Ok(false);
            }
        }
    }
}

/// Where the first delimiter lies and ends, looked for from `from` on.
fn find_delimiter(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let code = |window: &[u8]| window[..4] == [0, 0, 1, kind::DELIMITER];
    let found = bytes.get(from..)?.windows(5).position(code)? + from;
    // The longer start code has one zero more.
    let start = if found > 0 && bytes[found - 1] == 0 { found - 1 } else { found };
    Some((start, found + 5))
}

/// The units inside a unit, without their start codes.
pub fn inner(unit: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = next_code(unit).map_or(&[][..], |at| &unit[at + 3..]);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = next_code(rest);
        let piece = &rest[..end.unwrap_or(rest.len())];
        rest = end.map_or(&[][..], |end| &rest[end + 3..]);
        // What precedes a longer start code belongs to the code: no unit ends with a zero.
        let length = piece.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        Some(&piece[..length])
    })
    .filter(|piece| !piece.is_empty())
}

fn next_code(bytes: &[u8]) -> Option<usize> {
    bytes.windows(3).position(|window| window == [0, 0, 1])
}

/// The kind of a unit inside a unit.
pub fn kind_of(piece: &[u8]) -> u8 {
    piece.first().map_or(0, |first| first & 0x1f)
}
