//! A tour's words in another language: a file beside the tour's, `NAME.LANG.ron`, that holds nothing else.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::chapters::{ChapterFile, TourFile};
use super::tour::Tour;
use crate::core::experiment::FileError;
use crate::core::experiment::file::parse_ron;
use crate::core::experiment::paths::{ReadError, fields, place_of};
use crate::core::text::Phrases;

/// A language by its letters, such as `de` or `pt-BR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language(String);

impl FromStr for Language {
    type Err = NoLanguage;

    fn from_str(text: &str) -> Result<Self, NoLanguage> {
        let mut parts = text.split('-');
        let is_language = |part: &str| {
            matches!(part.len(), 2 | 3) && part.bytes().all(|letter| letter.is_ascii_alphabetic())
        };
        let is_kind =
            |part: &str| matches!(part.len(), 2..=8) && part.bytes().all(|sign| sign.is_ascii_alphanumeric());
        match parts.next().is_some_and(is_language) && parts.all(is_kind) {
            true => Ok(Self(text.to_owned())),
            false => Err(NoLanguage),
        }
    }
}

impl Language {
    /// The language of a file of words, by its name `TOUR.LANG.ron`.
    fn of_file(name: &str) -> Option<Self> {
        name.strip_suffix(".ron")?.rsplit_once('.')?.1.parse().ok()
    }

    /// Its letters.
    pub fn letters(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The program's own words in the languages that it brings.
const SHIPPED: [(&str, &str); 2] = [
    ("de", include_str!("../../../assets/phrases/de.ron")),
    ("es", include_str!("../../../assets/phrases/es.ron")),
];

/// The program's own words in a language; none where it brings none.
fn shipped(language: &Language) -> BTreeMap<String, String> {
    let found = SHIPPED.iter().find(|(letters, _)| *letters == language.letters());
    // A test rules out that one is broken.
    found.and_then(|(_, text)| parse_ron(text, "").ok()).unwrap_or_default()
}

/// A text that names no language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected the letters of a language, as de or pt-BR")]
pub struct NoLanguage;

/// The words of a tour as a person writes them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsFile {
    /// The tour that they belong to: a built-in one, or the name of its file without the ending.
    pub tour: String,
    /// The tour's title.
    #[serde(default)]
    pub title: String,
    /// The words of its chapters, in their order.
    pub chapters: Vec<ChapterWords>,
    /// The program's own words that the audience sees, each beside the same in this language: those that the program
    /// does not bring, or brings otherwise.
    #[serde(default)]
    pub phrases: BTreeMap<String, String>,
}

/// The words of a chapter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChapterWords {
    /// What it is called.
    #[serde(default)]
    pub title: String,
    /// What it tells.
    #[serde(default)]
    pub caption: String,
    /// What the presenter may say; without any, the tour's own notes stay.
    #[serde(default)]
    pub notes: String,
}

/// Why a tour is not told in a language.
#[derive(Debug, thiserror::Error)]
pub enum LanguageError {
    /// Nobody has written its words.
    #[error("{tour} has no language {wanted}; expected {}", expected(known, beside))]
    None {
        /// The tour.
        tour: String,
        /// The language.
        wanted: Language,
        /// Those that there are.
        known: Vec<String>,
        /// The file that would have its words, where the tour is one.
        beside: Option<String>,
    },
    /// The words make no sense.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// What to ask for instead.
fn expected(known: &[String], beside: &Option<String>) -> String {
    let file = beside.iter().map(|file| format!("a file {file} beside it"));
    let others = if known.is_empty() { None } else { Some(known.join(", ")) };
    let all: Vec<_> = others.into_iter().chain(file).chain(["no --lang".to_owned()]).collect();
    all.join(", or ")
}

impl WordsFile {
    /// Reads the words of a file of that name.
    ///
    /// # Errors
    /// If the text is none, with line and column.
    pub fn parse(text: &str, name: &str) -> Result<Self, FileError> {
        parse_ron(text, name)
    }

    /// The field that does not fit a tour of that name, and why.
    fn misfit(&self, file: &TourFile, tour: &str) -> Option<(&'static str, String)> {
        if self.tour != tour {
            return Some((
                "tour",
                format!("these are the words of the tour {:?}; expected {tour:?}", self.tour),
            ));
        }
        let (own, others) = (self.chapters.len(), file.chapters.len());
        if own != others {
            return Some(("chapters", format!("words of {own} chapters; expected {others}, as {tour} has")));
        }
        let of_tour = odd("the tour", "title", &self.title, &file.title).map(|why| ("title", why));
        let mut pairs = self.chapters.iter().zip(&file.chapters).enumerate();
        of_tour
            .or_else(|| pairs.find_map(|(i, (words, chapter))| Some(("chapters", words.misfit(i, chapter)?))))
    }

    /// The program's words beside these, which are in a file of that name.
    fn phrases(&self, name: &str) -> Phrases {
        let mut all = Language::of_file(name).map(|language| shipped(&language)).unwrap_or_default();
        all.extend(self.phrases.clone());
        all.into()
    }

    /// Tells a tour in these words.
    fn tell(self, file: &mut TourFile) {
        file.title = self.title;
        for (words, chapter) in self.chapters.into_iter().zip(&mut file.chapters) {
            (chapter.title, chapter.caption) = (words.title, words.caption);
            if !words.notes.is_empty() {
                chapter.notes = words.notes;
            }
        }
    }
}

impl ChapterWords {
    /// Why they do not fit the chapter of that number, from 0.
    fn misfit(&self, i: usize, chapter: &ChapterFile) -> Option<String> {
        let of = format!("chapter {}", i + 1);
        odd(&of, "title", &self.title, &chapter.title)
            .or_else(|| odd(&of, "caption", &self.caption, &chapter.caption))
    }
}

/// A word that only one of the two has: something was left out, or belongs elsewhere.
fn odd(of: &str, what: &str, here: &str, there: &str) -> Option<String> {
    match (here.is_empty(), there.is_empty()) {
        (true, false) => Some(format!("{of} has no {what} here; expected one, as in the tour")),
        (false, true) => Some(format!("{of} has a {what} here; expected none, as in the tour")),
        _ => None,
    }
}

impl Tour {
    /// The same tour, which is called `tour`, in the words of a text. `name` is that text's file, for errors.
    ///
    /// # Errors
    /// If these are no words, or another tour's: with line and column.
    pub fn in_words(&self, text: &str, name: &str, tour: &str) -> Result<Self, FileError> {
        let words = WordsFile::parse(text, name)?;
        match words.misfit(self.file(), tour) {
            None => Ok(self.retold(words.phrases(name), |file| words.tell(file))),
            Some((field, message)) => Err(at_field(text, name, field, message)),
        }
    }
}

/// An error where the first field of that name stands.
pub(super) fn at_field(text: &str, name: &str, field: &str, message: String) -> FileError {
    let (line, column) = place_of(text, fields(text, field).next());
    FileError { file: name.to_owned(), line, column, message, outside: Vec::new() }
}

/// Whether a text means to be the words of a tour: it has chapters, and says of which tour.
pub fn is_words(text: &str) -> bool {
    /// All that is asked here.
    #[derive(Deserialize)]
    struct Sketch {
        #[serde(rename = "tour")]
        _tour: String,
        #[serde(rename = "chapters")]
        _chapters: serde::de::IgnoredAny,
    }
    parse_ron::<Sketch>(text, "").is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::script::tour::tests::parsed;

    const TOUR: &str = "(title: \"Two\", chapters: [
        (title: \"A\", caption: \"a\", notes: \"first\", experiment: \"xor-model3\", secs: 1),
        (caption: \"b\", notes: \"second\", secs: 2),
    ])";

    fn told(words: &str) -> Result<Tour, String> {
        parsed(TOUR).unwrap().in_words(words, "two.de.ron", "two").map_err(|error| error.to_string())
    }

    #[test]
    fn a_tour_is_told_in_other_words_and_is_the_same_otherwise() {
        let words = "(tour: \"two\", title: \"Zwei\", chapters: [
            (title: \"Ä\", caption: \"ä ö ü ß\", notes: \"zuerst\"), (caption: \"¿ñ?\")])";
        let (own, other) = (parsed(TOUR).unwrap(), told(words).unwrap());
        assert_eq!(other.file().title, "Zwei");
        let of = |i: usize| {
            let chapter = &other.chapters()[i];
            [&chapter.title, &chapter.caption, &chapter.notes].map(String::clone)
        };
        assert_eq!(of(0), ["Ä", "ä ö ü ß", "zuerst"]);
        assert_eq!(of(1), ["", "¿ñ?", "second"], "without notes the tour's own stay");
        let back = other.in_words(
            "(tour: \"two\", title: \"Two\", chapters: [(title: \"A\", caption: \"a\", notes: \"first\"), (caption: \"b\")])",
            "x",
            "two",
        );
        assert_eq!(back, Ok(own));
    }

    #[test]
    fn words_that_do_not_fit_are_told_with_their_place() {
        for (words, why) in [
            (
                "(title: \"Z\",\n tour: \"three\", chapters: [])",
                "two.de.ron:2:2: these are the words of the tour \"three\"; expected \"two\"",
            ),
            (
                "(tour: \"two\", title: \"Z\",\n  chapters: [(caption: \"a\")])",
                "two.de.ron:2:3: words of 1 chapters; expected 2, as two has",
            ),
            (
                "(tour: \"two\", chapters: [(), ()])",
                "two.de.ron:1:1: the tour has no title here; expected one, as in the tour",
            ),
            (
                "(tour: \"two\", title: \"Z\", chapters: [(title: \"A\"), (caption: \"b\")])",
                "two.de.ron:1:27: chapter 1 has no caption here; expected one, as in the tour",
            ),
            (
                "(tour: \"two\", title: \"Z\", chapters: [(title: \"A\", caption: \"a\"), (title: \"B\", caption: \"b\")])",
                "two.de.ron:1:27: chapter 2 has a title here; expected none, as in the tour",
            ),
        ] {
            assert_eq!(told(words), Err(why.to_owned()));
        }
        assert!(told("(tour: \"two\", chapters: [(secs: 1)])").unwrap_err().contains("secs"));
    }

    #[test]
    fn a_language_is_a_few_letters() {
        for text in ["de", "es", "pt-BR", "zh-Hant-TW", "gsw", "es-419"] {
            assert_eq!(text.parse::<Language>().unwrap().letters(), text);
        }
        for text in ["", "d", "de-", "-de", "../x", "german", "d/", "dé", "12", "de-x"] {
            assert_eq!(text.parse::<Language>(), Err(NoLanguage), "{text}");
        }
    }

    #[test]
    fn words_are_told_from_a_tour() {
        assert!(is_words("(tour: \"x\", chapters: [(capton: 3)])"));
        assert!(!is_words(TOUR) && !is_words("()") && !is_words("(tour: \"x\", chapters: [}"));
    }
}
