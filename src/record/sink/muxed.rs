//! Films that the program `ffmpeg` encodes and puts into their files: `.webm` by libvpx-vp9, `.mov` by ProRes 4444.
//!
//! They go into the [`part`](super::part) beside the film piece by piece as they come from its standard output, and get
//! their length and index at the end.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use image::RgbaImage;

use super::chapters::{self, Chapter};
use super::ffmpeg::{Pipe, alone, bytes_of, command, last_lines, look_for, named};
use super::join::{JoinError, not_a_part};
use super::part::{Count, PartFile};
use super::sound::{self, Sound};
use super::{FilmSpec, Partial, Sink, SinkError, Stopper};
use crate::core::num::CancelToken;
use crate::disk::output::Output;
use crate::record::deep::DeepImage;

/// What holds pictures and sounds.
pub(super) struct Container {
    /// What reads it. Whatever a file holds, it is taken for that: a format that is guessed may name other files.
    reader: &'static str,
    /// What writes it in one go.
    whole: &'static [&'static str],
    /// What encodes its sound.
    sound: &'static str,
}

/// An mp4, whose pictures are encoded elsewhere.
pub(super) static MP4: Container =
    Container { reader: "mov", whole: &["-f", "mp4", "-movflags", "faststart"], sound: "aac" };

/// A kind of file that ffmpeg makes from the pictures on.
pub struct Kind {
    encoder: &'static str,
    container: Container,
    /// What writes it in pieces that are whole each.
    pieces: &'static [&'static str],
    count: Count,
    encode: fn(&FilmSpec) -> Command,
    check: fn(&FilmSpec) -> Result<(), SinkError>,
}

/// VP9 in a webm. Its alpha is a second film in grey beside the first.
pub static WEBM: Kind = Kind {
    encoder: "libvpx-vp9",
    container: Container { reader: "matroska", whole: &["-f", "webm"], sound: "libopus" },
    pieces: &["-f", "webm"],
    count: |part| WEBM.count(part),
    encode: vp9,
    check: FilmSpec::check_even,
};

/// ProRes 4444 in a mov.
pub static MOV: Kind = Kind {
    encoder: "prores_ks",
    container: Container {
        reader: "mov",
        whole: &["-f", "mov", "-movflags", "faststart"],
        // As editors like it: without loss.
        sound: "pcm_s16le",
    },
    pieces: &["-f", "mov", "-movflags", "frag_keyframe+empty_moov+default_base_moof"],
    count: |part| MOV.count(part),
    encode: prores,
    check: |_| Ok(()),
};

fn vp9(spec: &FilmSpec) -> Command {
    // VP9's scale goes to 63 where H.264's goes to 51.
    let quality = (u32::from(spec.quality.quantiser()) * 63 / 51).to_string();
    let pixels = match (spec.has_alpha, spec.is_deep) {
        (true, _) => "yuva420p",
        (false, true) => "yuv420p10le",
        (false, false) => "yuv420p",
    };
    let mut command = command(spec, pixels);
    command.args(["-c:v", "libvpx-vp9", "-b:v", "0", "-crf", &quality, "-row-mt", "1", "-cpu-used", "4"]);
    command.args(["-g", &spec.key_frames().to_string()]);
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
    // The finest there is: at the next step edges that are seen through are off by up to 4 of 255, here by 3.
    command.args(["-c:v", "prores_ks", "-profile:v", "4444", "-qscale:v", "1", "-vendor", "apl0"]);
    if spec.has_alpha {
        command.args(["-alpha_bits", "16"]);
    }
    command
}

/// What a film's file has beside its pictures.
#[derive(Default)]
pub(super) struct Beside<'a> {
    chapters: &'a [Chapter],
    sounds: &'a [Sound],
    fps: u32,
    frames: u64,
}

impl<'a> Beside<'a> {
    /// What was asked of a film that has so many frames.
    pub(super) fn of(spec: &'a FilmSpec, frames: u64) -> Self {
        Self { chapters: &spec.chapters, sounds: &spec.sounds, fps: spec.fps, frames }
    }
}

impl Kind {
    /// Makes the film of what was left, without encoding anything anew; tells how many frames it has.
    ///
    /// # Errors
    /// If the part holds no frame, there is no ffmpeg, or the film cannot be written.
    pub fn recover(&self, part: &Path, output: &Output) -> Result<u64, JoinError> {
        self.container.complete(part, output, &Beside::default())
    }

    /// How many frames there are in a part; 0 where it is none.
    fn count(&self, part: &Path) -> u64 {
        let null = ["-f", "null"];
        self.container.copy(part, &Beside::default(), &null, "-".as_ref()).unwrap_or(0)
    }
}

impl Container {
    /// Sees to it that there is an ffmpeg that can encode the film's sounds, if it has any.
    pub(super) fn require_sound(&self, spec: &FilmSpec) -> Result<(), SinkError> {
        let hint = "; a film without the sound of voices may need none";
        if spec.sounds.is_empty() { Ok(()) } else { look_for("ffmpeg", self.sound, hint) }
    }

    /// Puts a film together from pictures in such a file; tells how many frames it has.
    fn complete(&self, part: &Path, output: &Output, beside: &Beside) -> Result<u64, JoinError> {
        let draft = output.draft()?;
        let frames = self.copy(part, beside, &[self.whole, &["-y"]].concat(), &named(draft.path()))?;
        if frames == 0 {
            return Err(not_a_part(part, "it was cut before its first frame was complete"));
        }
        draft.place()?;
        Ok(frames)
    }

    /// Copies the pictures as they are; tells how many there are.
    fn copy(&self, part: &Path, beside: &Beside, format: &[&str], to: &OsStr) -> Result<u64, JoinError> {
        let Beside { chapters, sounds, fps, frames } = *beside;
        let mut command = Command::new("ffmpeg");
        command.args(["-hide_banner", "-loglevel", "error", "-nostats", "-progress", "pipe:1"]);
        command.args(["-f", self.reader, "-i"]).arg(named(part));
        let metadata = chapters::to_metadata(chapters, fps.max(1), frames);
        command.args(["-f", "ffmetadata", "-i", "pipe:0"]);
        sound::add_inputs(&mut command, sounds);
        command.args(["-map", "0:v", "-map_chapters", "1", "-c", "copy"]);
        if !sounds.is_empty() {
            let filter = sound::filter(sounds, 2, frames as f64 / f64::from(fps));
            command.args(["-filter_complex", &filter, "-map", "[sound]", "-c:a", self.sound]);
        }
        command.args(format).arg(to);
        alone(&mut command);
        let ran = told(command, &metadata).map_err(|_| SinkError::NoFfmpeg { hint: "" })?;
        if !ran.status.success() {
            return Err(not_a_part(part, format!("ffmpeg says: {}", last_lines(&ran.stderr[..]))));
        }
        let told = String::from_utf8_lossy(&ran.stdout);
        let frames = told.lines().rev().find_map(|line| line.strip_prefix("frame=")?.trim().parse().ok());
        Ok(frames.unwrap_or(0))
    }

    /// Puts the film of a part in its place, with all that was asked of it; tells how many frames it has.
    pub(super) fn place(&self, part: &Path, output: &Output, beside: &Beside) -> Result<u64, SinkError> {
        self.complete(part, output, beside).map_err(|error| match error {
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
        kind.container.require_sound(&spec)?;
        let part = PartFile::create(&output, kind.count)?;
        let mut command = (kind.encode)(&spec);
        command.args(kind.pieces).arg("pipe:1").stdout(part.share()?);
        let pipe = Pipe::start(command, output.path().to_owned())?;
        Ok(Self { kind, output, spec, pipe, part, frames: 0 })
    }
}

impl Sink for Muxed {
    fn take(&mut self, frame: &RgbaImage) -> Result<(), SinkError> {
        self.pipe.write(frame.as_raw())?;
        self.frames += 1;
        Ok(())
    }

    fn take_deep(&mut self, frame: &DeepImage) -> Result<(), SinkError> {
        self.pipe.write(&bytes_of(frame))?;
        self.frames += 1;
        Ok(())
    }

    fn finish(self: Box<Self>, _cancel: &CancelToken) -> Result<(), SinkError> {
        let Self { kind, output, spec, mut pipe, part, frames } = *self;
        let whole = pipe.end().and_then(|()| part.require(frames));
        match whole.and_then(|()| kind.container.place(part.path(), &output, &Beside::of(&spec, frames))) {
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
        match pipe.end().and_then(|()| kind.container.place(part.path(), &output, &Beside::of(&spec, frames)))
        {
            Err(why) => Err(part.keep(why)),
            Ok(frames) => Ok(Some(Partial { path: output.path().to_owned(), frames })),
        }
    }

    fn stopper(&self) -> Option<Stopper> {
        Some(self.pipe.stopper())
    }
}
