//! A recording's file, read frame by frame.

use std::path::Path;
use std::sync::Arc;

use super::{FORMAT, Header, RecordingError, kind};
use crate::core::io::frames::{self, Frame, FrameError};
use crate::core::io::sources::{Sources, Stamp};

/// Bytes that are asked for at once: a checkpoint of very many parameters is held, and not much more.
const PIECE: u64 = 1 << 20;

/// What comes next.
pub(super) enum Next {
    /// A whole frame.
    Frame(Frame),
    /// The end, with so many bytes left over.
    CutOff(u64),
    /// No frame, at that byte.
    Broken(u64, FrameError),
}

/// Bytes at the beginning of a file that tell it from another: its header has an id.
const BEGINNING: usize = 4096;

/// How far a file was read.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The byte after the last whole frame.
    at: u64,
    /// What was known of it then.
    stamp: Stamp,
    beginning: Arc<[u8]>,
}

/// A file that is read frame by frame.
pub(super) struct Reading<'a> {
    sources: &'a dyn Sources,
    path: &'a Path,
    /// What was known of it when reading began.
    stamp: Stamp,
    beginning: Arc<[u8]>,
    /// Bytes that were read and not taken yet, from the place `at`.
    bytes: Vec<u8>,
    taken: usize,
    at: u64,
}

impl<'a> Reading<'a> {
    pub(super) fn new(sources: &'a dyn Sources, path: &'a Path) -> Result<Self, RecordingError> {
        let (stamp, beginning) = (sources.look(path)?, Arc::default());
        let mut reading = Self { sources, path, stamp, beginning, bytes: Vec::new(), taken: 0, at: 0 };
        reading.fill()?;
        reading.beginning = reading.bytes[..reading.bytes.len().min(BEGINNING)].into();
        let bytes = reading.bytes.len() as u64;
        let opening =
            frames::opening(&reading.bytes, &frames::RECORDING).map_err(|_| RecordingError::Magic)?;
        reading.taken = opening.ok_or(RecordingError::NoHeader { bytes })?;
        Ok(reading)
    }

    /// Goes on where a file was read to; `None` where it shrank or is another one by now.
    pub(super) fn from(
        place: &Place,
        sources: &'a dyn Sources,
        path: &'a Path,
    ) -> Result<Option<Self>, RecordingError> {
        let stamp = sources.look(path)?;
        let is_same = stamp.identity == place.stamp.identity
            && stamp.bytes >= place.stamp.bytes
            && sources.read(path, 0..place.beginning.len() as u64)? == place.beginning[..];
        let (at, beginning) = (place.at, Arc::clone(&place.beginning));
        Ok(is_same.then(|| Self { sources, path, stamp, beginning, bytes: Vec::new(), taken: 0, at }))
    }

    /// How far it is read, and what is read.
    pub(super) fn into_parts(self) -> (Place, &'a dyn Sources, &'a Path) {
        let at = self.at();
        (Place { at, stamp: self.stamp, beginning: self.beginning }, self.sources, self.path)
    }

    /// Whether the frame that comes next is not whole in the file yet; the rest of it is not read then.
    fn is_cut_off(&self) -> bool {
        frames::length(&self.bytes[self.taken..]).is_some_and(|length| self.at() + length > self.stamp.bytes)
    }

    /// Reads on; whether there was more.
    fn fill(&mut self) -> Result<bool, RecordingError> {
        self.bytes.drain(..self.taken);
        self.at += self.taken as u64;
        self.taken = 0;
        let from = self.at + self.bytes.len() as u64;
        let more = self.sources.read(self.path, from..from + PIECE)?;
        self.bytes.extend_from_slice(&more);
        Ok(!more.is_empty())
    }

    /// The byte at which the next frame begins.
    pub(super) fn at(&self) -> u64 {
        self.at + self.taken as u64
    }

    pub(super) fn next(&mut self) -> Result<Next, RecordingError> {
        loop {
            match frames::next(&self.bytes[self.taken..]) {
                Ok(Some((frame, length))) => {
                    self.taken += length;
                    return Ok(Next::Frame(frame));
                }
                Ok(None) => {}
                Err(why) => return Ok(Next::Broken(self.at(), why)),
            }
            if self.is_cut_off() || !self.fill()? {
                let end = self.stamp.bytes.max(self.at + self.bytes.len() as u64);
                return Ok(Next::CutOff(end - self.at()));
            }
        }
    }

    pub(super) fn header(&mut self) -> Result<Header, RecordingError> {
        match self.next()? {
            Next::Frame(frame) if frame.kind == kind::HEADER => {
                let header: Header = serde_json::from_slice(&frame.body)?;
                if header.format > FORMAT { Err(RecordingError::Format(header.format)) } else { Ok(header) }
            }
            Next::Frame(frame) => Err(RecordingError::First(frame.kind)),
            Next::CutOff(_) | Next::Broken(..) => {
                Err(RecordingError::NoHeader { bytes: self.at + self.bytes.len() as u64 })
            }
        }
    }
}
