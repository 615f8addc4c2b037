//! An H.264 film whose packets are kept in a [`stream`](super::stream) beside it, whoever encodes them, and
//! are put into an mp4 at the end.

use super::join::{self, JoinError, Part};
use super::stream::StreamFile;
use super::{FilmSpec, Partial, SinkError, write_error};
use crate::core::io::output::Output;

/// Seconds between key frames, so that players can jump.
pub const KEY_SECONDS: u32 = 2;

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
    pub fn new(output: Output, force: bool, spec: FilmSpec) -> Result<Self, SinkError> {
        let stream = StreamFile::create(output.path(), force, spec.note())?;
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

    /// Makes the film of the stream, which must end with a delimiter; tells how many frames it has.
    ///
    /// # Errors
    /// If it cannot be written. With `keeps_partial` the stream stays then.
    pub fn finish(self) -> Result<u64, SinkError> {
        match self.put_in_place() {
            Ok(frames) => Ok(frames),
            Err(error) if self.spec.keeps_partial => Err(self.stream.keep(error, self.frames)),
            Err(error) => Err(error),
        }
    }

    fn put_in_place(&self) -> Result<u64, SinkError> {
        let part = match Part::read(self.stream.path()) {
            Ok(part) => part,
            Err(JoinError::Read { path, source }) => return Err(write_error(&path)(source)),
            Err(error) => return Err(self.failed(error.to_string())),
        };
        let frames = part.frames();
        match join::join(&[part], &self.output) {
            Ok(()) => Ok(frames),
            Err(JoinError::Write(error)) => Err(error.into()),
            Err(error) => Err(self.failed(error.to_string())),
        }
    }

    /// Keeps what there is, if that was asked for.
    ///
    /// # Errors
    /// If the shorter film cannot be written.
    pub fn abandon(self) -> Result<Option<Partial>, SinkError> {
        if !self.spec.keeps_partial || self.frames == 0 {
            return Ok(None);
        }
        let path = self.output.path().to_owned();
        self.finish().map(|frames| Some(Partial { path, frames }))
    }
}
