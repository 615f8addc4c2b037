//! Where the chapters of a tour and their voices lie in a film, and what is told there as text: subtitles in SubRip (`.srt`) or
//! WebVTT (`.vtt`, <https://www.w3.org/TR/webvtt1/>).

use std::ops::Range;
use std::path::PathBuf;

use super::chapters::ChapterFile;
use super::tour::Tour;
use super::voice::Voice;
use crate::core::text::visible_lines;

/// A chapter in a film, or what of it is filmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its frames, counted from the film's first.
    pub frames: Range<u64>,
    /// What it is called: its title, else what it tells, else its number.
    pub name: String,
    /// What it tells, title and caption, line by line; none if empty.
    pub told: String,
}

/// Times closer than this share of a frame are the same.
const TOLERANCE: f64 = 1e-6;

/// The chapters that are seen in those frames of a tour's film.
pub fn marks(tour: &Tour, fps: u32, frames: Range<u64>) -> Vec<Mark> {
    let mut secs = 0.0;
    let begins = |secs: f64| (secs * f64::from(fps) - TOLERANCE).ceil() as u64;
    let seen = (1..).zip(tour.chapters()).filter_map(|(number, chapter)| {
        let (from, to) = (begins(secs), begins(secs + chapter.secs));
        secs += chapter.secs;
        let (from, to) = (from.max(frames.start), to.min(frames.end));
        let seen = from.checked_sub(frames.start)?..to.checked_sub(frames.start)?;
        (!seen.is_empty()).then(|| Mark { frames: seen, name: name(number, chapter), told: told(chapter) })
    });
    seen.collect()
}

fn name(number: usize, chapter: &ChapterFile) -> String {
    let words = [&chapter.title, &chapter.caption];
    let lines = words.into_iter().map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "));
    let named = lines.map(|line| visible_lines(&line)).find(|line| !line.is_empty());
    named.unwrap_or_else(|| format!("Chapter {number}"))
}

fn told(chapter: &ChapterFile) -> String {
    let lines = chapter.title.lines().chain(chapter.caption.lines());
    // An empty line would end it.
    let lines: Vec<String> = lines.map(|line| visible_lines(line.trim())).filter(|l| !l.is_empty()).collect();
    lines.join("\n")
}

/// A voice in a film.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// Its sound.
    pub file: PathBuf,
    /// Seconds of the film at which it is heard first.
    pub at: f64,
    /// Seconds of the sound that lie before the film.
    pub skipped: f64,
}

/// The voices of a tour that are heard between two of its times, in seconds.
pub fn spoken(tour: &Tour, from: f64, to: f64) -> Vec<Spoken> {
    let mut begins = 0.0;
    let heard = tour.chapters().iter().filter_map(|chapter| {
        let began = begins;
        begins += chapter.secs;
        let file = chapter.voice.as_ref().and_then(Voice::file)?.to_owned();
        let (at, skipped) = ((began - from).max(0.0), (from - began).max(0.0));
        (began < to && begins > from).then_some(Spoken { file, at, skipped })
    });
    heard.collect()
}

/// A form of subtitles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subtitles {
    /// SubRip.
    Srt,
    /// WebVTT.
    Vtt,
}

impl Subtitles {
    /// How the names of its files end.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Srt => "srt",
            Self::Vtt => "vtt",
        }
    }

    /// What a film's chapters tell, at its rate.
    pub fn text(self, marks: &[Mark], fps: u32) -> String {
        let mut text = if self == Self::Vtt { "WEBVTT\n\n".to_owned() } else { String::new() };
        let telling = marks.iter().filter(|mark| !mark.told.is_empty());
        for (number, mark) in (1..).zip(telling) {
            let [from, to] = [mark.frames.start, mark.frames.end].map(|frame| self.time(frame, fps));
            text += &format!("{number}\n{from} --> {to}\n{}\n\n", self.escaped(&mark.told));
        }
        text
    }

    /// The time of a frame, to the millisecond.
    fn time(self, frame: u64, fps: u32) -> String {
        let millis = (1000 * frame + u64::from(fps) / 2) / u64::from(fps);
        let (secs, millis) = (millis / 1000, millis % 1000);
        let mark = if self == Self::Vtt { '.' } else { ',' };
        format!("{:02}:{:02}:{:02}{mark}{millis:03}", secs / 3600, secs / 60 % 60, secs % 60)
    }

    fn escaped(self, told: &str) -> String {
        match self {
            Self::Srt => told.to_owned(),
            Self::Vtt => told.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::super::tour::tests::parsed;
    use super::super::voice::tests::wav;
    use super::*;
    use crate::core::io::folder::{Access, Folder, Reach};
    use crate::core::io::sources::Shelf;

    fn tour() -> Tour {
        let text = "(chapters: [
            (title: \"Down\", caption: \"A < B & so on\\n\\nto the end.\", experiment: \"xor-model3\", secs: 1.5),
            (secs: 0.5),
            (caption: \"Ä\", secs: 3600),
        ])";
        parsed(text).unwrap()
    }

    #[test]
    fn a_chapter_begins_with_its_first_frame_and_a_part_of_a_film_has_a_part_of_it() {
        let frames = |fps, part: Range<u64>| {
            marks(&tour(), fps, part).into_iter().map(|mark| (mark.name, mark.frames)).collect::<Vec<_>>()
        };
        let all = [("Down", 0..45), ("Chapter 2", 45..60), ("Ä", 60..90)];
        let named = |marks: &[(&str, Range<u64>)]| {
            marks.iter().map(|(name, at)| ((*name).to_owned(), at.clone())).collect::<Vec<_>>()
        };
        assert_eq!(frames(30, 0..90), named(&all));
        assert_eq!(frames(30, 30..50), named(&[("Down", 0..15), ("Chapter 2", 15..20)]));
        // 1.5 s lie between two frames; the next one is the first that shows the chapter.
        assert_eq!(frames(1, 0..3), named(&[("Down", 0..2), ("Ä", 2..3)]));
    }

    #[test]
    fn subtitles_have_the_times_and_words_of_the_tour() {
        let marks = marks(&tour(), 30, 0..60 + 3600 * 30);
        let srt = "1\n00:00:00,000 --> 00:00:01,500\nDown\nA < B & so on\nto the end.\n\n\
                   2\n00:00:02,000 --> 01:00:02,000\nÄ\n\n";
        assert_eq!(Subtitles::Srt.text(&marks, 30), srt);
        let vtt = "WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.500\nDown\nA &lt; B &amp; so on\nto the end.\n\n\
                   2\n00:00:02.000 --> 01:00:02.000\nÄ\n\n";
        assert_eq!(Subtitles::Vtt.text(&marks, 30), vtt);
    }

    fn told(chapters: &str) -> Result<Tour, String> {
        let mut shelf = Shelf::default();
        shelf.put("one.wav", wav(2500, 2500));
        shelf.put("no.wav", *b"a text");
        let access = Access { sources: Arc::new(shelf), reach: Reach::Anywhere };
        let text = format!("(chapters: [\n{chapters}])");
        Tour::parse(&text, "x.ron", &Folder::of(Path::new("x.ron"), &access))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_chapter_lasts_as_long_as_its_voice_or_longer() {
        let tour = told(
            "(experiment: \"xor-model3\", voice: file(\"one.wav\"), cues: [(when: at(2.4), command: run(pause))]),
            (voice: secs(1.5)), (voice: file(\"one.wav\"), secs: 3)",
        )
        .unwrap();
        assert_eq!(tour.chapters().iter().map(|chapter| chapter.secs).collect::<Vec<_>>(), [2.5, 1.5, 3.0]);
        let one = |at, skipped| Spoken { file: "one.wav".into(), at, skipped };
        assert_eq!(spoken(&tour, 0.0, 7.0), [one(0.0, 0.0), one(4.0, 0.0)]);
        assert_eq!(spoken(&tour, 1.0, 4.0), [one(0.0, 1.0)]);
        assert_eq!(spoken(&tour, 2.5, 4.0), []);
    }

    #[test]
    fn a_voice_that_is_none_is_told_where_it_stands() {
        let refused = |chapter: &str| told(&format!("(experiment: \"xor-model3\", {chapter})")).unwrap_err();
        let none = refused("voice: file(\"no.wav\")");
        assert!(
            none.starts_with("x.ron:2:") && none.ends_with("no.wav is no sound; expected a .wav"),
            "{none}"
        );
        assert!(refused("voice: file(\"gone.wav\")").contains("cannot read gone.wav"));
        let short = refused("voice: file(\"one.wav\"), secs: 2");
        assert!(
            short.contains("chapter 1 lasts 2 s and its voice 2.5 s; expected no secs, or as many"),
            "{short}"
        );
        assert!(refused("voice: secs(-1)").contains("chapter 1 lasts -1 s"));
        let late = refused("voice: file(\"one.wav\"), cues: [(when: at(2.6), command: run(pause))]");
        assert!(late.contains("cue 1 at 2.6 s; expected at most 2.5"), "{late}");
        assert!(refused("cues: []").contains("chapter 1 lasts 0 s"));
    }
}
