//! An H.264 film whose packets are kept in a [`stream`](super::stream) beside it, whoever encodes them, and
//! are put into an mp4 at the end.

use super::join::{self, JoinError, Part};
use super::muxed::{self, Beside};
use super::stream::StreamFile;
use super::{FilmSpec, Partial, SinkError, write_error};
use crate::core::num::CancelToken;
use crate::disk::output::Output;

/// A film on its way.
pub struct H264Film {
    output: Output,
    /// What was asked for.
    pub spec: FilmSpec,
    /// Where the packets go.
    pub stream: StreamFile,
    /// How many frames were given.
    pub frames: u64,
}

impl H264Film {
    /// Begins the stream.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(output: Output, spec: FilmSpec) -> Result<Self, SinkError> {
        let stream = StreamFile::create(&output, spec.note(), join::count)?;
        Ok(Self { output, spec, stream, frames: 0 })
    }

    /// The encoder refused the next frame.
    pub fn failed(&self, reason: String) -> SinkError {
        let frame = self.spec.first + self.frames;
        SinkError::Encoder { path: self.output.path().to_owned(), frame, reason }
    }

    /// Adds a unit and its end in one write, so that it is there whole or known not to be.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add(&mut self, packet: &mut Vec<u8>) -> Result<(), SinkError> {
        if self.frames == 0 {
            self.stream.delimit()?;
        }
        StreamFile::end_unit(packet);
        self.stream.write(packet)?;
        self.frames += 1;
        Ok(())
    }

    /// Makes the film of the stream, which must end with a delimiter.
    ///
    /// # Errors
    /// If it cannot be written, or not all frames are in the stream. With `keeps_partial` it stays then.
    pub fn finish(self) -> Result<(), SinkError> {
        let placed = self.put_in_place(Some(self.frames));
        self.kept_unless(placed).map(drop)
    }

    /// Where there is no film its stream stays, if that was asked for.
    fn kept_unless(self, placed: Result<u64, SinkError>) -> Result<u64, SinkError> {
        match placed {
            Err(error) if self.spec.keeps_partial => Err(self.stream.keep(error)),
            placed => placed,
        }
    }

    /// Tells how many frames the film has, which are those that are expected.
    fn put_in_place(&self, expected: Option<u64>) -> Result<u64, SinkError> {
        let part = match Part::read(self.stream.path()) {
            Ok(part) => part.divided(&self.spec.chapters),
            Err(JoinError::Read { path, source }) => return Err(write_error(&path)(source)),
            Err(error) => return Err(self.failed(error.to_string())),
        };
        let found = part.frames();
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            return Err(SinkError::Changed { part: self.stream.path().to_owned(), found, expected });
        }
        match self.joined(part) {
            Ok(()) => Ok(found),
            Err(JoinError::Write(error)) => Err(error.into()),
            Err(JoinError::Sink(error)) => Err(error),
            Err(error) => Err(self.failed(error.to_string())),
        }
    }

    fn joined(&self, part: Part) -> Result<(), JoinError> {
        let (frames, cancel) = (part.frames(), CancelToken::default());
        if self.spec.sounds.is_empty() {
            return join::join(&[part], &self.output, &cancel);
        }
        let mut silent = self.output.draft()?;
        join::write(&[part], silent.file()).map_err(|error| self.output.failed(error))?;
        muxed::MP4.place(silent.path(), &self.output, &Beside::of(&self.spec, frames))?;
        Ok(())
    }

    /// Makes a film of what there is, if that was asked for.
    ///
    /// # Errors
    /// If the shorter film cannot be written.
    pub fn abandon(self) -> Result<Option<Partial>, SinkError> {
        if !self.spec.keeps_partial || self.frames == 0 {
            return Ok(None);
        }
        let path = self.output.path().to_owned();
        let placed = self.put_in_place(None);
        self.kept_unless(placed).map(|frames| Some(Partial { path, frames }))
    }
}
