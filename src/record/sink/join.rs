//! Puts the parts of an H.264 film together without encoding anything anew; a stream of packets that a
//! killed program left behind is a part as well. What it left of films of other kinds becomes a shorter one.
//!
//! Every part begins with a key frame and was encoded with the same settings, so the pictures of one may
//! follow those of another as they are. They are copied from file to file; what is kept of each is its length.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::SinkError;
use super::chapters::Chapter;
use super::container::{self, Sample, Track};
use super::part::GIF_MAGIC;
use super::stream::{self, Units, kind};
use crate::core::num::CancelToken;
use crate::disk::files;
use crate::disk::output::{Output, WriteError};

/// A part of a film that was read: what its pictures are, and where.
pub struct Part {
    path: PathBuf,
    head: Track,
    pictures: Vec<Sample>,
    source: Source,
}

enum Source {
    /// An mp4, in which they follow one another.
    Film {
        /// Where the first begins.
        first: u64,
    },
    /// A stream of packets.
    Stream,
}

/// Why parts do not make a film.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// A part cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The part.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A part is no film of ours.
    #[error("{path}: {reason}; expected what losscape record wrote, or the .part that it left")]
    NotAPart {
        /// The part.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A folder, gif or apng.
    #[error("{path} needs no join: {reason}")]
    NeedsNone {
        /// The part.
        path: PathBuf,
        /// What to do instead.
        reason: &'static str,
    },
    /// Parts of different films.
    #[error("{path} has {found}, but {first} has {expected}; parts of one film are alike")]
    Differs {
        /// The part that differs.
        path: PathBuf,
        /// What it has.
        found: String,
        /// The first part.
        first: PathBuf,
        /// What that has.
        expected: String,
    },
    /// The film cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// What would write it fails.
    #[error(transparent)]
    Sink(#[from] SinkError),
}

impl Part {
    /// Reads what a part is, by its content.
    ///
    /// # Errors
    /// If it cannot be read, or is no part of a film that can be joined.
    pub fn read(path: &Path) -> Result<Self, JoinError> {
        let needs_none = |reason| JoinError::NeedsNone { path: path.to_owned(), reason };
        if path.is_dir() {
            return Err(needs_none(
                "frames are numbered in the whole film; record the parts into one folder",
            ));
        }
        let read = |source| JoinError::Read { path: path.to_owned(), source };
        let mut start = [0; 12];
        let length = fill(&mut open(path)?.take(12), &mut start).map_err(read)?;
        match &start[..length] {
            [] => Err(not_a_part(path, "it is empty")),
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => Self::of_film(path),
            [0, 0, 0, 1, kind::MESSAGE, ..] => Self::of_stream(path),
            [b'G', b'I', b'F', b'8', ..] => {
                Err(needs_none("the parts of a gif have palettes of their own; record it in one go"))
            }
            [0x89, b'P', b'N', b'G', ..] => {
                Err(needs_none("an apng holds pictures without loss; record it in one go, or into a folder"))
            }
            [0x1a, 0x45, 0xdf, 0xa3, ..] => {
                Err(needs_none("a webm is not put together here; record the parts as .mp4"))
            }
            start if GIF_MAGIC.as_bytes().starts_with(start) => {
                Err(not_a_part(path, "what is left of a gif becomes a .gif"))
            }
            _ => Err(not_a_part(path, "not a film")),
        }
    }

    /// The same with these chapters, as far as they begin in it.
    pub fn divided(mut self, chapters: &[Chapter]) -> Self {
        let frames = self.frames();
        self.head.chapters = chapters.iter().filter(|chapter| chapter.first < frames).cloned().collect();
        self
    }

    /// How many pictures it has.
    pub fn frames(&self) -> u64 {
        self.pictures.len() as u64
    }

    fn of_stream(path: &Path) -> Result<Self, JoinError> {
        let read = |source| JoinError::Read { path: path.to_owned(), source };
        let units = Units::open(path).map_err(read)?;
        let mut units = units.ok_or_else(|| not_a_part(path, "its first bytes are not ours"))?;
        let (mut unit, mut pictures, mut decoder) = (Vec::new(), Vec::new(), None);
        while units.next(&mut unit).map_err(read)? {
            let Some(found) = measure(&unit) else { continue };
            let sets = parameter_sets(&unit);
            if decoder.is_none() && (sets.is_none() || !found.is_key) {
                return Err(not_a_part(path, "it does not begin with a key frame"));
            }
            match (&decoder, sets) {
                (Some(first), Some(found)) if *first != found => {
                    return Err(not_a_part(path, "its settings change in the middle"));
                }
                (None, found) => decoder = found,
                _ => {}
            }
            pictures.push(found);
        }
        let decoder =
            decoder.ok_or_else(|| not_a_part(path, "it was cut before its first frame was complete"))?;
        let (size, fps) = (units.note().size, units.note().fps);
        let head = Track { size, fps, decoder, chapters: Vec::new() };
        Ok(Self { path: path.to_owned(), head, pictures, source: Source::Stream })
    }

    fn of_film(path: &Path) -> Result<Self, JoinError> {
        let read = |source| JoinError::Read { path: path.to_owned(), source };
        let mut file = BufReader::new(open(path)?);
        let table = container::read_head(&mut file).map_err(read)?;
        let reason = "an mp4 of another program, or its end is missing";
        let (head, pictures, first) = table.ok_or_else(|| not_a_part(path, reason))?;
        Ok(Self { path: path.to_owned(), head, pictures, source: Source::Film { first } })
    }

    /// What makes the other part one of another film: what this has, and what that has.
    fn difference(&self, other: &Self) -> Option<(String, String)> {
        let size = |part: &Self| format!("{}x{} pixels", part.head.size[0], part.head.size[1]);
        let rate = |part: &Self| format!("{} frames a second", part.head.fps);
        let settings = |part: &Self| format!("encoder settings {:02x?}", short(&part.head.decoder));
        if self.head.size != other.head.size {
            Some((size(self), size(other)))
        } else if self.head.fps != other.head.fps {
            Some((rate(self), rate(other)))
        } else if self.head.decoder != other.head.decoder {
            Some((settings(self), settings(other)))
        } else {
            None
        }
    }

    /// It is not as it was when it was read.
    fn changed(&self) -> io::Error {
        io::Error::other(format!("{} has changed meanwhile", self.path.display()))
    }

    /// Copies the pictures, each with lengths in place of start codes.
    fn copy(&self, to: &mut impl Write) -> io::Result<()> {
        match &self.source {
            Source::Film { first } => {
                let bytes = self.pictures.iter().map(|picture| u64::from(picture.length)).sum();
                let mut file = File::open(&self.path)?;
                file.seek(SeekFrom::Start(*first))?;
                match io::copy(&mut file.take(bytes), to)? {
                    copied if copied == bytes => Ok(()),
                    _ => Err(self.changed()),
                }
            }
            Source::Stream => {
                let mut units = Units::open(&self.path)?.ok_or_else(|| self.changed())?;
                let (mut unit, mut left) = (Vec::new(), self.pictures.len());
                while left > 0 {
                    if !units.next(&mut unit)? {
                        return Err(self.changed());
                    }
                    if measure(&unit).is_some() {
                        write_lengthened(&unit, to)?;
                        left -= 1;
                    }
                }
                Ok(())
            }
        }
    }
}

/// How many frames there are in an H.264 film's part; 0 where it is none.
pub fn count(part: &Path) -> u64 {
    Part::read(part).map_or(0, |part| part.frames())
}

/// Whether the parts make one film, and how many frames it has.
///
/// # Errors
/// If a part differs from the first.
pub fn check(parts: &[Part]) -> Result<u64, JoinError> {
    if let Some(first) = parts.first() {
        for part in parts {
            if let Some((found, expected)) = part.difference(first) {
                let (path, first) = (part.path.clone(), first.path.clone());
                return Err(JoinError::Differs { path, found, first, expected });
            }
        }
    }
    Ok(parts.iter().map(Part::frames).sum())
}

/// Writes the film that the parts make, in their order.
///
/// # Errors
/// If a part differs from the first, the film cannot be written, or it was cancelled.
pub fn join(parts: &[Part], output: &Output, cancel: &CancelToken) -> Result<(), JoinError> {
    check(parts)?;
    output.write_until(cancel, |file| write(parts, file))?;
    Ok(())
}

/// Writes the film that parts make which are alike.
///
/// # Errors
/// If it cannot be written, or a part has changed.
pub(super) fn write(parts: &[Part], file: impl Write) -> io::Result<()> {
    let Some(first) = parts.first() else { return Ok(()) };
    let head = Track { chapters: chapters_of(parts), ..first.head.clone() };
    let pictures: Vec<Sample> = parts.iter().flat_map(|part| part.pictures.iter().copied()).collect();
    let mut to = BufWriter::with_capacity(1 << 18, file);
    container::write_head(&mut to, &head, &pictures)?;
    parts.iter().try_for_each(|part| part.copy(&mut to))?;
    to.flush()
}

/// The chapters of the film that the parts make. One that goes on in the next part began once.
fn chapters_of(parts: &[Part]) -> Vec<Chapter> {
    let (mut at, mut all) = (0, Vec::<Chapter>::new());
    for part in parts {
        for chapter in &part.head.chapters {
            let goes_on =
                chapter.first == 0 && all.last().is_some_and(|last| last.title() == chapter.title());
            if !goes_on {
                all.push(Chapter::new(at + chapter.first, chapter.title()));
            }
        }
        at += part.frames();
    }
    all
}

/// Opens a part: films are as long as they are, but ordinary files.
pub(super) fn open(path: &Path) -> Result<File, JoinError> {
    files::open(path)
        .map_err(|error| JoinError::Read { path: path.to_owned(), source: io::Error::other(error) })
}

pub(super) fn not_a_part(path: &Path, reason: impl Into<String>) -> JoinError {
    JoinError::NotAPart { path: path.to_owned(), reason: reason.into() }
}

/// Reads until the bytes are full or the file ends.
fn fill(from: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    loop {
        match from.read(&mut bytes[length..])? {
            0 => return Ok(length),
            read => length += read,
        }
    }
}

/// The end of the settings, where the encoder's own are.
fn short(decoder: &[u8]) -> &[u8] {
    &decoder[decoder.len().saturating_sub(12)..]
}

/// Whether a piece goes into the film: parameter sets stand in its table, delimiters and notes are of the stream.
fn goes_in(piece: &[u8]) -> bool {
    matches!(stream::kind_of(piece), kind::SLICE | kind::KEY_SLICE)
}

/// The table's entry for a unit of a stream. `None`: there is no picture in it.
fn measure(unit: &[u8]) -> Option<Sample> {
    let pieces = || stream::inner(unit).filter(|piece| goes_in(piece));
    let length: usize = pieces().map(|piece| piece.len() + 4).sum();
    let is_key = pieces().any(|piece| stream::kind_of(piece) == kind::KEY_SLICE);
    (length > 0).then_some(Sample { length: length as u32, is_key })
}

fn write_lengthened(unit: &[u8], to: &mut impl Write) -> io::Result<()> {
    stream::inner(unit).filter(|piece| goes_in(piece)).try_for_each(|piece| {
        to.write_all(&(piece.len() as u32).to_be_bytes())?;
        to.write_all(piece)
    })
}

/// What the decoder has to know, from a unit with parameter sets.
fn parameter_sets(unit: &[u8]) -> Option<Vec<u8>> {
    let first = |wanted| stream::inner(unit).find(|piece| stream::kind_of(piece) == wanted);
    let (sequence, picture) = (first(kind::SEQUENCE)?, first(kind::PICTURE)?);
    (sequence.len() >= 4).then(|| container::decoder_record(sequence, picture))
}
