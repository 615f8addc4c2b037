//! A tour as it is written: chapters, cues and camera keys, and what makes them sound. Each is checked as soon as it
//! is read, so that a mistake is told where it stands.

use std::path::PathBuf;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::voice::Voice;
use crate::core::command::Command;
use crate::core::command::number::number_of;
use crate::core::experiment::Setting;
use crate::core::experiment::settings::Transition;
use crate::core::geometry::path::{CameraKey, CameraPath};
use crate::core::text::Measured;

/// A tour as a person writes it, or as a flight was recorded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TourFile {
    /// One line that says what is to be seen.
    #[serde(default)]
    pub title: String,
    /// One after the other; at least one.
    #[serde(deserialize_with = "chapters")]
    pub chapters: Vec<ChapterFile>,
}

/// A part of a tour.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChapterFile {
    /// What it is called, in large letters; none if empty.
    #[serde(default)]
    pub title: String,
    /// What it tells, in a sentence or two; none if empty.
    #[serde(default)]
    pub caption: String,
    /// What the presenter may say, in paragraphs with an empty line between; neither the audience nor a film sees it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notes: String,
    /// A built-in experiment, or a `.ron` file beside the tour's. Without one the chapter goes on with
    /// what the chapter before it has left.
    #[serde(default)]
    pub experiment: Option<String>,
    /// The voice that tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<Voice>,
    /// How long it lasts in a film, above 0 and at most [`LONGEST_SECS`]; without it as long as its voice speaks.
    #[serde(default)]
    pub secs: f64,
    /// What happens in it, in the order of time.
    #[serde(default, deserialize_with = "cues")]
    pub cues: Vec<Cue>,
    /// Where the camera is when, in seconds of the chapter. Without any it stays as it is.
    #[serde(default, deserialize_with = "camera")]
    pub camera: Vec<CameraKey>,
}

impl ChapterFile {
    /// How long it lasts at least, as far as its text tells: a file may have to be read first, whatever its length.
    fn least_secs(&self) -> f64 {
        match &self.voice {
            Some(Voice::Secs(secs)) if self.secs == 0.0 => *secs,
            Some(Voice::File(_)) if self.secs == 0.0 => LONGEST_SECS,
            _ => self.secs,
        }
    }

    /// The files that its cues and its voice name.
    pub(super) fn paths_mut(&mut self) -> Vec<&mut PathBuf> {
        let voice = match &mut self.voice {
            Some(Voice::File(path)) => Some(path),
            Some(Voice::Secs(_)) | None => None,
        };
        self.cues.iter_mut().flat_map(|cue| cue.command.paths_mut()).chain(voice).collect()
    }

    /// Lets it last as long as its voice speaks, where that is not told otherwise.
    ///
    /// # Errors
    /// If it is to last shorter than that, in words.
    pub(super) fn last(&mut self, number: usize, voice_secs: f64) -> Result<(), String> {
        match self.secs {
            0.0 => self.secs = voice_secs,
            secs if secs + TOLERANCE_SECS < voice_secs => {
                let [secs, voice] = [secs, voice_secs].map(Measured);
                return Err(format!(
                    "chapter {number} lasts {secs} s and its voice {voice} s; expected no secs, or as many"
                ));
            }
            _ => {}
        }
        chapter(number - 1, self)
    }

    /// The notes, a paragraph each: an empty line ends one, and any other end of a line is a space.
    pub fn paragraphs(&self) -> Vec<String> {
        let lines: Vec<&str> = self.notes.lines().map(str::trim).collect();
        let parts = lines.split(|line| line.is_empty()).filter(|part| !part.is_empty());
        parts.map(|part| part.join(" ")).collect()
    }
}

/// A command at its time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cue {
    /// When it is due.
    pub when: When,
    /// What is then asked for.
    pub command: Command,
    /// Whether a number gets there bit by bit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ease: Option<Ease>,
}

/// When a cue is due, in seconds of its chapter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// At that time.
    At(f64),
    /// At that time in a film; before an audience the clock holds there until a key is pressed.
    Key(f64),
}

impl When {
    /// The time in seconds of the chapter.
    pub fn secs(self) -> f64 {
        match self {
            Self::At(secs) | Self::Key(secs) => secs,
        }
    }

    /// Whether an audience waits there for a key.
    pub fn waits(self) -> bool {
        matches!(self, Self::Key(_))
    }
}

/// How a number goes from where it is to where a cue wants it, and in how many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ease {
    /// Evenly.
    Linear(f64),
    /// Setting out and coming to rest gently: 3t² − 2t³.
    Smooth(f64),
}

impl Ease {
    /// How long it takes.
    pub fn secs(self) -> f64 {
        match self {
            Self::Linear(secs) | Self::Smooth(secs) => secs,
        }
    }

    /// The share of the way that is covered after `secs`, 0 to 1.
    pub fn share(self, secs: f64) -> f64 {
        let t = (secs / self.secs()).clamp(0.0, 1.0);
        match self {
            Self::Linear(_) => t,
            Self::Smooth(_) => t * t * (3.0 - 2.0 * t),
        }
    }
}

/// A chapter may last so long in a film: an hour.
pub const LONGEST_SECS: f64 = 3600.0;

/// Times closer than this are the same: a clock adds up frames.
pub(super) const TOLERANCE_SECS: f64 = 1e-6;

/// Reads a list, and checks each of its members as soon as it is read: so an error is told where it is.
fn read_each<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
    check: impl Fn(usize, &T) -> Result<(), String>,
) -> Result<Vec<T>, D::Error> {
    struct Each<T, F>(F, std::marker::PhantomData<T>);
    impl<'de, T: Deserialize<'de>, F: Fn(usize, &T) -> Result<(), String>> Visitor<'de> for Each<T, F> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = list.next_element()? {
                (self.0)(members.len(), &member).map_err(A::Error::custom)?;
                members.push(member);
            }
            Ok(members)
        }
    }
    deserializer.deserialize_seq(Each(check, std::marker::PhantomData))
}

/// Reads chapters.
pub fn chapters<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ChapterFile>, D::Error> {
    read_each(deserializer, chapter)
}

/// Reads cues.
pub fn cues<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Cue>, D::Error> {
    read_each(deserializer, cue)
}

/// Reads the keys of a camera.
pub fn camera<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<CameraKey>, D::Error> {
    let before = std::cell::Cell::new(None);
    read_each(deserializer, |i, key: &CameraKey| {
        key.check(i + 1, before.replace(Some(key.secs))).map_err(|error| error.to_string())
    })
}

/// Whether a cue does.
fn cue(i: usize, cue: &Cue) -> Result<(), String> {
    let (number, secs) = (i + 1, cue.when.secs());
    if !(secs.is_finite() && secs >= 0.0) {
        return Err(format!("cue {number} at {} s; expected a finite time from 0 on", Measured(secs)));
    }
    let Some(ease) = cue.ease else { return Ok(()) };
    if !(ease.secs().is_finite() && ease.secs() > 0.0) {
        return Err(format!(
            "cue {number} is eased for {} s; expected a finite time above 0",
            Measured(ease.secs())
        ));
    }
    if number_of(&cue.command).is_none() {
        return Err(format!(
            "cue {number} is eased, and has no number to ease; expected {} or seek",
            eased_words().join(", ")
        ));
    }
    Ok(())
}

/// The words of the settings whose number a cue may reach bit by bit.
fn eased_words() -> Vec<&'static str> {
    let rows = Setting::ALL.iter().map(|setting| setting.row());
    let mut words: Vec<_> =
        rows.filter(|row| row.transition == Transition::Eased).map(|row| row.word()).collect();
    words.dedup();
    words
}

/// Whether a chapter, the one of that number from 0, makes sense; if not, why.
pub fn chapter(i: usize, chapter: &ChapterFile) -> Result<(), String> {
    let (number, secs) = (i + 1, chapter.least_secs());
    if !(secs > 0.0 && secs <= LONGEST_SECS) {
        return Err(format!(
            "chapter {number} lasts {} s; expected above 0 and at most {LONGEST_SECS}",
            Measured(secs)
        ));
    }
    let mut before = 0.0;
    for (i, cue) in chapter.cues.iter().enumerate() {
        let (cue_number, at) = (i + 1, cue.when.secs());
        let shown = Measured(at);
        self::cue(i, cue).map_err(|why| format!("chapter {number}: {why}"))?;
        if at < before {
            return Err(format!(
                "chapter {number}: cue {cue_number} at {shown} s; expected not before the cue before it ({} s)",
                Measured(before)
            ));
        }
        if at > secs {
            return Err(format!(
                "chapter {number}: cue {cue_number} at {shown} s; expected at most {}, the chapter's end",
                Measured(secs)
            ));
        }
        before = at;
    }
    if let Some(key) = chapter.camera.last().filter(|key| key.secs > secs + TOLERANCE_SECS) {
        return Err(format!(
            "chapter {number}: the camera's last key at {} s; expected at most {}, the chapter's end",
            Measured(key.secs),
            Measured(secs)
        ));
    }
    if !chapter.camera.is_empty() {
        CameraPath::new(chapter.camera.clone()).map_err(|why| format!("chapter {number}: {why}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_told_in_paragraphs_however_their_lines_end() {
        let told =
            |notes: &str| ChapterFile { notes: notes.to_owned(), ..ChapterFile::default() }.paragraphs();
        assert_eq!(told(""), Vec::<String>::new());
        assert_eq!(told("One line."), ["One line."]);
        assert_eq!(told("\n  One,\n  and on.\n\n \t\r\n  Two.\r\n\n"), ["One, and on.", "Two."]);
    }
}
