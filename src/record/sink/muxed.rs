//! Films that the program `ffmpeg` encodes and puts into their files: `.webm` by libvpx-vp9, `.mov` by ProRes 4444.
//!
//! They go into the [`part`](super::part) beside the film piece by piece as they come from its standard output, and get
//! their length and index at the end.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use image::RgbaImage;

use super::chapters;
use super::ffmpeg::{Pipe, alone, command, last_lines, look_for, named};
use super::h264::KEY_SECONDS;
use super::join::{JoinError, not_a_part};
use super::part::{Count, PartFile};
use super::{FilmSpec, Partial, Sink, SinkError, Stopper};
use crate::core::num::CancelToken;
use crate::disk::output::Output;

/// A kind of file.
pub struct Kind {
    encoder: &'static str,
    /// What reads it. Whatever a part holds, it is taken for that: a format that is guessed may name other files.
    reader: &'static str,
    /// What writes it, in pieces that are whole each and in one go.
    pieces: &'static [&'static str],
    whole: &'static [&'static str],
    count: Count,
    encode: fn(&FilmSpec) -> Command,
    check: fn(&FilmSpec) -> Result<(), SinkError>,
}

/// VP9 in a webm. Its alpha is a second film in grey beside the first.
pub static WEBM: Kind = Kind {
    encoder: "libvpx-vp9",
    reader: "matroska",
    pieces: &["-f", "webm"],
    whole: &["-f", "webm"],
    count: |part| WEBM.count(part),
    encode: vp9,
    check: FilmSpec::check_even,
};

/// ProRes 4444 in a mov.
pub static MOV: Kind = Kind {
    encoder: "prores_ks",
    reader: "mov",
    pieces: &["-f", "mov", "-movflags", "frag_keyframe+empty_moov+default_base_moof"],
    whole: &["-f", "mov", "-movflags", "faststart"],
    count: |part| MOV.count(part),
    encode: prores,
    check: |_| Ok(()),
};

fn vp9(spec: &FilmSpec) -> Command {
    // VP9's scale goes to 63 where H.264's goes to 51.
    let quality = (u32::from(spec.quality.quantiser()) * 63 / 51).to_string();
    let mut command = command(spec, if spec.has_alpha { "yuva420p" } else { "yuv420p" });
    command.args(["-c:v", "libvpx-vp9", "-b:v", "0", "-crf", &quality, "-row-mt", "1", "-cpu-used", "4"]);
    command.args(["-g", &(spec.fps * KEY_SECONDS).to_string()]);
    if spec.has_alpha {
        // It has no frames that are not shown: the two films would not go together.
        command.args(["-auto-alt-ref", "0"]);
    }
    command
}

fn prores(spec: &FilmSpec) -> Command {
    // Its frames tell their colours themselves, by numbers among which there is none for sRGB's transfer.
    let told = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709";
    let pixels = if spec.has_alpha { "yuva444p10le" } else { "yuv444p10le" };
    let mut command = command(spec, &format!("{pixels},{told}"));
    // The finest there is: at the next step edges that are seen through are off by more than 2 of 255.
    command.args(["-c:v", "prores_ks", "-profile:v", "4444", "-qscale:v", "1", "-vendor", "apl0"]);
    if spec.has_alpha {
        command.args(["-alpha_bits", "16"]);
    }
    command
}

impl Kind {
    /// Makes the film of what was left, without encoding anything anew; tells how many frames it has.
    ///
    /// # Errors
    /// If the part holds no frame, there is no ffmpeg, or the film cannot be written.
    pub fn recover(&self, part: &Path, output: &Output) -> Result<u64, JoinError> {
        self.complete(part, output, "")
    }

    /// The same with what else is to be said of the film, as ffmpeg reads it.
    fn complete(&self, part: &Path, output: &Output, metadata: &str) -> Result<u64, JoinError> {
        let draft = output.draft()?;
        let frames = self.copy(part, metadata, &[self.whole, &["-y"]].concat(), &named(draft.path()))?;
        if frames == 0 {
            return Err(not_a_part(part, "it was cut before its first frame was complete"));
        }
        draft.place()?;
        Ok(frames)
    }

    /// How many frames there are in a part; 0 where it is none.
    fn count(&self, part: &Path) -> u64 {
        self.copy(part, "", &["-f", "null"], "-".as_ref()).unwrap_or(0)
    }

    /// Copies the pictures as they are; tells how many there are.
    fn copy(&self, part: &Path, metadata: &str, format: &[&str], to: &OsStr) -> Result<u64, JoinError> {
        let mut command = Command::new("ffmpeg");
        command.args(["-hide_banner", "-loglevel", "error", "-nostats", "-progress", "pipe:1"]);
        command.args(["-f", self.reader, "-i"]).arg(named(part));
        if !metadata.is_empty() {
            command.args(["-f", "ffmetadata", "-i", "pipe:0", "-map", "0", "-map_chapters", "1"]);
        }
        command.args(["-c", "copy"]).args(format).arg(to);
        alone(&mut command);
        let ran = told(command, metadata).map_err(|_| SinkError::NoFfmpeg { hint: "" })?;
        if !ran.status.success() {
            return Err(not_a_part(part, format!("ffmpeg says: {}", last_lines(&ran.stderr[..]))));
        }
        let told = String::from_utf8_lossy(&ran.stdout);
        let frames = told.lines().rev().find_map(|line| line.strip_prefix("frame=")?.trim().parse().ok());
        Ok(frames.unwrap_or(0))
    }

    /// Puts the film of a part in its place; tells how many frames it has.
    fn with_index(
        &self,
        part: &Path,
        output: &Output,
        spec: &FilmSpec,
        frames: u64,
    ) -> Result<u64, SinkError> {
        let metadata = match &spec.chapters[..] {
            [] => String::new(),
            all => chapters::to_metadata(all, spec.fps, frames),
        };
        self.complete(part, output, &metadata).map_err(|error| match error {
            JoinError::Write(error) => error.into(),
            JoinError::Sink(error) => error,
            other => {
                let (path, status) = (output.path().to_owned(), "an incomplete film".to_owned());
                SinkError::Ffmpeg { path, status, said: other.to_string() }
            }
        })
    }
}

/// What a program says that is told something and left alone then.
fn told(mut command: Command, what: &str) -> io::Result<std::process::Output> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // It may have ended before it listened; how it ended tells why.
        let _ = stdin.write_all(what.as_bytes());
    }
    child.wait_with_output()
}

/// A film of such a kind.
pub struct Muxed {
    kind: &'static Kind,
    output: Output,
    spec: FilmSpec,
    pipe: Pipe,
    part: PartFile,
    frames: u64,
}

impl Muxed {
    /// Starts ffmpeg.
    ///
    /// # Errors
    /// If there is none, it cannot encode such a film, or the place cannot be written.
    pub fn new(kind: &'static Kind, output: Output, spec: FilmSpec) -> Result<Self, SinkError> {
        (kind.check)(&spec)?;
        look_for("ffmpeg", kind.encoder, "; an .mp4 needs none")?;
        let part = PartFile::create(&output, kind.count)?;
        let mut command = (kind.encode)(&spec);
        command.args(kind.pieces).arg("pipe:1").stdout(part.share()?);
        let pipe = Pipe::start(command, output.path().to_owned())?;
        Ok(Self { kind, output, spec, pipe, part, frames: 0 })
    }
}

impl Sink for Muxed {
    fn take(&mut self, frame: &RgbaImage) -> Result<(), SinkError> {
        self.pipe.write(frame)?;
        self.frames += 1;
        Ok(())
    }

    fn finish(self: Box<Self>, _cancel: &CancelToken) -> Result<(), SinkError> {
        let Self { kind, output, spec, mut pipe, part, frames } = *self;
        let whole = pipe.end().and_then(|()| part.require(frames));
        match whole.and_then(|()| kind.with_index(part.path(), &output, &spec, frames)) {
            Err(why) if spec.keeps_partial => Err(part.keep(why)),
            ended => ended.map(drop),
        }
    }

    fn abandon(self: Box<Self>) -> Result<Option<Partial>, SinkError> {
        let Self { kind, output, spec, mut pipe, part, frames } = *self;
        if !spec.keeps_partial || frames == 0 {
            drop(pipe);
            return Ok(None);
        }
        // Whatever ended it, what it wrote until then is whole piece by piece.
        match pipe.end().and_then(|()| kind.with_index(part.path(), &output, &spec, frames)) {
            Err(why) => Err(part.keep(why)),
            Ok(frames) => Ok(Some(Partial { path: output.path().to_owned(), frames })),
        }
    }

    fn stopper(&self) -> Option<Stopper> {
        Some(self.pipe.stopper())
    }
}
