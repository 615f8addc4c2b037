//! A recording's file, read frame by frame.

use std::path::Path;

use super::{FORMAT, Header, RecordingError, kind};
use crate::core::io::frames::{self, Frame, FrameError};
use crate::core::io::sources::Sources;

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

/// A file that is read frame by frame.
pub(super) struct Reading<'a> {
    sources: &'a dyn Sources,
    path: &'a Path,
    /// Bytes that were read and not taken yet, from the place `at`.
    bytes: Vec<u8>,
    taken: usize,
    at: u64,
}

impl<'a> Reading<'a> {
    pub(super) fn new(sources: &'a dyn Sources, path: &'a Path) -> Result<Self, RecordingError> {
        sources.look(path)?;
        let mut reading = Self { sources, path, bytes: Vec::new(), taken: 0, at: 0 };
        reading.fill()?;
        let bytes = reading.bytes.len() as u64;
        let opening =
            frames::opening(&reading.bytes, &frames::RECORDING).map_err(|_| RecordingError::Magic)?;
        reading.taken = opening.ok_or(RecordingError::NoHeader { bytes })?;
        Ok(reading)
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
    pub(super) fn place(&self) -> u64 {
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
                Err(why) => return Ok(Next::Broken(self.place(), why)),
            }
            if !self.fill()? {
                return Ok(Next::CutOff(self.bytes.len() as u64));
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
