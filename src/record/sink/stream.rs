//! The packets of an H.264 film as they come, in the [`part`](super::part) beside it.
//!
//! It is an Annex B byte stream, which players open as it is.
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
use std::path::Path;

use super::part::{Count, Note, PartFile};
use super::{SinkError, write_error};
use crate::disk::output::Output;

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

/// A note as a message among the units.
fn message(note: Note) -> Vec<u8> {
    let text = note.to_text();
    // Text and name hold no zeros, so nothing in them can be taken for a start code.
    let mut bytes = vec![0, 0, 0, 1, kind::MESSAGE, 5, (UUID.len() + text.len()) as u8];
    bytes.extend_from_slice(&UUID);
    bytes.extend_from_slice(text.as_bytes());
    bytes.push(0x80);
    bytes
}

/// Reads a message, given without its start code.
fn note_in(message: &[u8]) -> Option<Note> {
    let text = message.strip_prefix(&[kind::MESSAGE, 5])?.get(1..)?.strip_prefix(&UUID)?;
    Note::parse(std::str::from_utf8(text.strip_suffix(&[0x80])?).ok()?)
}

/// The stream while it is written. Dropped, it is removed, unless it was told to stay.
pub struct StreamFile(PartFile);

impl StreamFile {
    /// Begins the stream of that film.
    ///
    /// # Errors
    /// As [`PartFile::create`].
    pub fn create(output: &Output, note: Note, count: Count) -> Result<Self, SinkError> {
        let mut stream = Self(PartFile::create(output, count)?);
        stream.write(&message(note))?;
        Ok(stream)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Adds a piece as it is.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), SinkError> {
        let written = self.0.file().write_all(bytes);
        written.map_err(write_error(self.0.path()))
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
        self.0.share()
    }

    /// As [`PartFile::keep`].
    pub fn keep(self, source: SinkError) -> SinkError {
        self.0.keep(source)
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

/// Most bytes of one unit: more than a raw picture of the largest size. More is not a stream.
const UNIT_MOST: usize = 1 << 28;

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
        let note = inner(&head).next().and_then(note_in);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_written_and_nothing_else_is_one() {
        for (size, fps) in [([256, 96], 30), ([3840, 2160], 240), ([16, 16], 1)] {
            let note = Note { size, fps };
            assert_eq!(inner(&message(note)).map(note_in).collect::<Vec<_>>(), [Some(note)]);
        }
        let mut other = message(Note { size: [16, 16], fps: 30 });
        other[8] ^= 1;
        assert_eq!(inner(&other).next().and_then(note_in), None);
        assert_eq!(inner(&message(Note { size: [16, 16], fps: 0 })).next().and_then(note_in), None);
    }

    #[test]
    fn units_inside_are_told_apart_by_long_and_short_codes() {
        let unit = [0, 0, 0, 1, 0x67, 9, 0, 0, 1, 0x68, 7, 0, 0, 0, 1, 0x65, 0, 0, 3, 1];
        let found: Vec<&[u8]> = inner(&unit).collect();
        assert_eq!(found, [&[0x67, 9][..], &[0x68, 7], &[0x65, 0, 0, 3, 1]]);
        assert_eq!(
            found.iter().map(|piece| kind_of(piece)).collect::<Vec<_>>(),
            [kind::SEQUENCE, kind::PICTURE, kind::KEY_SLICE]
        );
        assert_eq!(inner(&[1, 2, 3]).count() + inner(&[]).count() + inner(&[0, 0, 1]).count(), 0);
    }

    #[test]
    fn units_of_any_length_are_found_wherever_a_piece_of_the_file_ends() {
        let folder = tempfile::tempdir().unwrap();
        let output = Output::new(&folder.path().join("x.mp4"), false).unwrap();
        let mut stream = StreamFile::create(&output, Note { size: [16, 16], fps: 30 }, |_| 0).unwrap();
        stream.delimit().unwrap();
        // Delimiters fall on both sides of the edge between two pieces, and across it.
        let lengths: Vec<usize> = (0..12).flat_map(|step| [PIECE - 150 + 13 * step, 5, 1]).collect();
        for &length in &lengths {
            let mut unit = [&[0, 0, 0, 1, 0x61][..], &vec![7; length]].concat();
            StreamFile::end_unit(&mut unit);
            stream.write(&unit).unwrap();
        }
        let mut units = Units::open(stream.path()).unwrap().unwrap();
        let (mut unit, mut found) = (Vec::new(), Vec::new());
        while units.next(&mut unit).unwrap() {
            found.push(unit.len() - 5);
        }
        assert_eq!(found, lengths);
    }
}
