//! What is asked of a film beyond what is asked of a picture, as typed.

use std::ops::Range;
use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use clap::{Args, ValueEnum};

use super::presets::Preset;
use crate::cli::Failure;
use crate::cli::number::whole;
use crate::cli::progress::ProgressManner;
use crate::core::script::Subtitles;
use crate::core::text::Measured;
use crate::record::Background;
use crate::record::picture::SAMPLES;
use crate::record::sink::{Encoder, Format};

/// Frames a second, unless others are asked for.
const USUAL_FPS: u32 = 30;
/// Where a film begins, unless told otherwise.
const USUAL_FROM: &str = "0";

/// What is asked of a film beyond what is asked of a picture.
#[derive(Debug, Args)]
pub struct FilmArguments {
    /// Frames a second, 1 to 240; without it, 30.
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = whole(1..=240_u32))]
    fps: Option<u32>,
    /// Where to begin: 2 or 2s are seconds, 2f frames. A picture of a tour is taken there.
    #[arg(long, value_name = "TIME", default_value = USUAL_FROM, allow_hyphen_values = true)]
    from: String,
    /// Where to end; what is shown then is no part of it any more.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    to: Option<String>,
    /// Pixels drawn for each that is shown, along both sides: smooth edges on any device. Without it 1, and 2
    /// where --background is not the stage.
    #[arg(long, value_name = "1..4", allow_hyphen_values = true, value_parser = whole(1..=4_u32))]
    supersample: Option<u32>,
    /// Of .mp4 and .webm: 0 (small files) to 100 (hardly any loss); without it, 75.
    #[arg(long, value_name = "0..100", allow_hyphen_values = true, value_parser = whole(0..=100_u8))]
    pub(super) quality: Option<u8>,
    /// Bits of a colour: 8, or 10 in .mp4, .webm and .mov by ffmpeg, for dark grounds on large screens.
    #[arg(long, value_name = "8|10", allow_hyphen_values = true, value_parser = bits)]
    bits: Option<u8>,
    /// Leave out the chapters' titles and captions.
    #[arg(long, overrides_with = "caption")]
    pub(super) no_caption: bool,
    /// Show the chapters' titles and captions, as is usual.
    #[arg(long, overrides_with = "no_caption")]
    caption: bool,
    /// What the chapters tell, as text with their times in files beside the film: srt, vtt or both (srt,vtt).
    #[arg(long, value_enum, value_name = "FORM", value_delimiter = ',')]
    captions: Vec<SubtitlesName>,
    /// Show the panels.
    #[arg(long)]
    pub(super) panels: bool,
    /// A run that losscape train wrote: it is followed instead of training anew, so that the film is the
    /// same on every machine.
    #[arg(long, value_name = "RUN.npz")]
    pub(super) run: Option<PathBuf>,
    /// What encodes: the program itself, or ffmpeg.
    #[arg(long, value_enum, value_name = "WHO")]
    encoder: Option<EncoderName>,
    /// Keep what there is of the film when it is interrupted.
    #[arg(long)]
    pub(super) keep_partial: bool,
    /// How progress is told: a bar on a terminal, or a line DONE/ALL for each frame. With lines, the end of
    /// standard input interrupts.
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    pub(super) progress: ProgressManner,
}

/// A form of subtitles as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SubtitlesName {
    /// SubRip.
    Srt,
    /// WebVTT.
    Vtt,
}

/// Who encodes.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum EncoderName {
    /// The program itself.
    Builtin,
    /// The ffmpeg that is found on PATH.
    Ffmpeg,
}

impl FilmArguments {
    /// Sees to it that nothing was asked for that only films and tours have.
    pub(super) fn refuse_all(&self) -> Result<(), Failure> {
        let asked = [
            ("--fps", self.fps.is_some()),
            ("--from", self.from != USUAL_FROM),
            ("--to", self.to.is_some()),
            ("--supersample", self.supersample.is_some()),
            ("--quality", self.quality.is_some()),
            ("--caption", self.caption),
            ("--no-caption", self.no_caption),
            ("--bits", self.bits.is_some()),
            ("--captions", !self.captions.is_empty()),
            ("--panels", self.panels),
            ("--encoder", self.encoder.is_some()),
            ("--keep-partial", self.keep_partial),
        ];
        match asked.into_iter().find(|(_, is_asked)| *is_asked) {
            Some((flag, _)) => Err(Failure::request(anyhow!(
                "{flag}: expected for films and for pictures of a tour, not for the picture of an experiment"
            ))),
            None => Ok(()),
        }
    }

    /// A picture has no time to tell anything at, and 8 bits.
    pub(super) fn refuse_of_pictures(&self) -> Result<(), Failure> {
        let asked = [("--captions", !self.captions.is_empty()), ("--bits", self.bits.is_some())];
        match asked.into_iter().find(|(_, is_asked)| *is_asked) {
            Some((flag, _)) => {
                Err(Failure::request(anyhow!("{flag}: expected for films, not for a picture")))
            }
            None => Ok(()),
        }
    }

    /// The forms of subtitles that are wanted, each once.
    pub(super) fn subtitles(&self) -> Vec<Subtitles> {
        let forms = [(SubtitlesName::Srt, Subtitles::Srt), (SubtitlesName::Vtt, Subtitles::Vtt)];
        forms.into_iter().filter(|(name, _)| self.captions.contains(name)).map(|(_, form)| form).collect()
    }

    /// Frames a second: as typed, else as suits the place.
    pub(super) fn fps_for(&self, preset: Option<&Preset>) -> u32 {
        self.fps.or(preset.map(|preset| preset.fps)).unwrap_or(USUAL_FPS)
    }

    /// Pixels drawn for each on that background, along both sides. Only on the stage does a device smooth edges
    /// by itself.
    pub(super) fn supersample_on(&self, background: Background) -> u32 {
        let usual = if background == Background::Stage { 1 } else { SAMPLES };
        self.supersample.unwrap_or(usual)
    }

    /// Whether a film of that kind on that background has more than 8 bits a channel.
    pub(super) fn is_deep(&self, format: Format, background: Background) -> anyhow::Result<bool> {
        match (self.bits, format) {
            (None | Some(8), _) => Ok(false),
            (_, Format::Gif | Format::Apng | Format::Frames) => {
                bail!("--bits 10: expected .mp4, .webm or .mov; the other kinds have 8")
            }
            _ if matches!(self.encoder, Some(EncoderName::Builtin)) => {
                bail!("--bits 10: expected ffmpeg as the encoder; the program's own has 8")
            }
            _ if background != Background::Stage => {
                bail!("--bits 10: expected the stage as the background; others have 8")
            }
            _ => Ok(true),
        }
    }

    /// Who encodes that kind of film.
    pub(super) fn encoder_for(&self, format: Format) -> anyhow::Result<Encoder> {
        match (self.encoder, format) {
            (None, Format::Mp4) if self.bits == Some(10) => Ok(Encoder::Ffmpeg),
            (Some(EncoderName::Builtin), Format::Webm | Format::Mov) => {
                bail!(
                    "--encoder builtin: expected ffmpeg for .webm and .mov; the program itself encodes .mp4, .gif and .apng"
                )
            }
            (Some(EncoderName::Ffmpeg), Format::Gif | Format::Apng | Format::Frames) => {
                bail!(
                    "--encoder ffmpeg: expected for .mp4, .webm and .mov; the other kinds are encoded by the program itself"
                )
            }
            (Some(EncoderName::Ffmpeg), _) | (None, Format::Webm | Format::Mov) => Ok(Encoder::Ffmpeg),
            (Some(EncoderName::Builtin) | None, _) => Ok(Encoder::InProcess),
        }
    }
}

fn bits(text: &str) -> Result<u8, &'static str> {
    text.parse().ok().filter(|bits| matches!(bits, 8 | 10)).ok_or("expected 8 or 10")
}

/// The frames between two times, of a film of so many.
pub(super) fn frames(film: &FilmArguments, fps: u32, all: u64) -> anyhow::Result<Range<u64>> {
    let from = frame_at("--from", &film.from, fps)?;
    let to = film.to.as_ref().map(|to| frame_at("--to", to, fps)).transpose()?;
    let to = to.unwrap_or(all);
    let secs = Measured(all as f64 / f64::from(fps));
    if from >= all {
        bail!("--from {}: expected less than the film's {secs} s ({all}f)", film.from);
    }
    if to > all {
        bail!(
            "--to {}: expected at most the film's {secs} s ({all}f)",
            film.to.as_deref().unwrap_or_default()
        );
    }
    if to <= from {
        bail!("--to {}: expected after --from {}", film.to.as_deref().unwrap_or_default(), film.from);
    }
    Ok(from..to)
}

/// The number of the first frame at or after a time.
fn frame_at(flag: &str, text: &str, fps: u32) -> anyhow::Result<u64> {
    let expected = || format!("{flag} {text}: expected seconds (2 or 2.5s) or frames (60f)");
    if let Some(frames) = text.strip_suffix('f') {
        return frames.parse().ok().with_context(expected);
    }
    let secs: f64 = text.strip_suffix('s').unwrap_or(text).parse().ok().with_context(expected)?;
    if !(secs.is_finite() && secs >= 0.0) {
        bail!(expected());
    }
    // A time that was meant to be a frame's is that frame's, whatever the last bit says.
    Ok((secs * f64::from(fps) - 1e-6).ceil().max(0.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_or_frames() {
        let at = |text| frame_at("--from", text, 30).unwrap();
        assert_eq!((at("2"), at("2s"), at("2f"), at("0.1"), at("2.34"), at("0")), (60, 60, 2, 3, 71, 0));
        for text in ["", "s", "-1", "nan", "2x", "1.5f", "inf"] {
            let refused = frame_at("--from", text, 30).unwrap_err().to_string();
            assert!(refused.starts_with(&format!("--from {text}: expected seconds")), "{refused}");
        }
    }
}
