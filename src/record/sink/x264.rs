//! An mp4 by ffmpeg's libx264.
//!
//! Its packets come from ffmpeg's standard output straight into the [`stream`](super::stream) beside the film, so that a
//! film is recovered and joined as one of the built-in encoder is; there are no frames out of order (`-bf 0`).

use image::RgbaImage;

use super::ffmpeg::{Pipe, bytes_of, command, look_for};
use super::h264::H264Film;
use super::{FilmSpec, Partial, Sink, SinkError, Stopper};
use crate::core::num::CancelToken;
use crate::disk::output::Output;
use crate::record::deep::DeepImage;

/// An mp4 that libx264 encodes.
pub struct Mp4 {
    film: H264Film,
    pipe: Pipe,
}

impl Mp4 {
    /// Starts ffmpeg.
    ///
    /// # Errors
    /// If there is none, the size is odd, or the place cannot be written.
    pub fn new(output: Output, spec: FilmSpec) -> Result<Self, SinkError> {
        spec.check_even()?;
        look_for("ffmpeg", "libx264", "; without --encoder ffmpeg none is needed")?;
        let mut command = command(&spec, if spec.is_deep { "yuv420p10le" } else { "yuv420p" });
        let quality = spec.quality.quantiser().to_string();
        command.args(["-g", &spec.key_frames().to_string()]);
        command.args(["-c:v", "libx264", "-preset", "medium", "-bf", "0", "-crf", &quality]);
        // A delimiter before every unit, as in every stream of ours.
        command.args(["-aud", "1", "-f", "h264", "pipe:1"]);
        let path = output.path().to_owned();
        let film = H264Film::new(output, spec)?;
        command.stdout(film.stream.share()?);
        Ok(Self { film, pipe: Pipe::start(command, path)? })
    }
}

impl Sink for Mp4 {
    fn take(&mut self, frame: &RgbaImage) -> Result<(), SinkError> {
        self.pipe.write(frame.as_raw())?;
        self.film.frames += 1;
        Ok(())
    }

    fn take_deep(&mut self, frame: &DeepImage) -> Result<(), SinkError> {
        self.pipe.write(&bytes_of(frame))?;
        self.film.frames += 1;
        Ok(())
    }

    fn finish(self: Box<Self>, _cancel: &CancelToken) -> Result<(), SinkError> {
        let Self { mut film, mut pipe } = *self;
        if let Err(source) = pipe.end() {
            return Err(match film.abandon() {
                Ok(Some(Partial { path: kept, frames })) => {
                    SinkError::Interrupted { source: Box::new(source), kept, frames }
                }
                // What ffmpeg said is the cause.
                _ => source,
            });
        }
        film.stream.delimit()?;
        film.finish()
    }

    fn abandon(self: Box<Self>) -> Result<Option<Partial>, SinkError> {
        let Self { mut film, mut pipe } = *self;
        if film.spec.keeps_partial {
            // Whatever ended it, what it wrote until then is whole up to the last delimiter.
            if pipe.end().is_ok() {
                film.stream.delimit()?;
            }
        } else {
            drop(pipe);
        }
        film.abandon()
    }

    fn stopper(&self) -> Option<Stopper> {
        Some(self.pipe.stopper())
    }
}
