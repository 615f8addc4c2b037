//! The tours that come with the program, from `assets/tours`.

use super::tour::Tour;
use super::words::{Language, LanguageError};
use crate::core::experiment::FileError;
use crate::core::experiment::paths::ReadError;
use crate::core::io::folder::Folder;

/// A tour that comes with the program.
struct BuiltIn {
    name: &'static str,
    text: &'static str,
    /// Each language that it is told in beside its own, and its words in that.
    words: &'static [(&'static str, &'static str)],
}

/// All of them, in the order a list shows them.
const TOURS: [BuiltIn; 2] = [
    BuiltIn {
        name: "descent",
        text: include_str!("../../../assets/tours/descent.ron"),
        words: &[
            ("de", include_str!("../../../assets/tours/descent.de.ron")),
            ("es", include_str!("../../../assets/tours/descent.es.ron")),
        ],
    },
    BuiltIn {
        name: "moving-surface",
        text: include_str!("../../../assets/tours/moving-surface.ron"),
        words: &[
            ("de", include_str!("../../../assets/tours/moving-surface.de.ron")),
            ("es", include_str!("../../../assets/tours/moving-surface.es.ron")),
        ],
    },
];

/// The names of all built-in tours.
pub fn names() -> impl Iterator<Item = &'static str> {
    TOURS.iter().map(|tour| tour.name)
}

fn named(name: &str) -> Option<&'static BuiltIn> {
    TOURS.iter().find(|tour| tour.name == name)
}

/// The languages that the built-in tour of that name is told in beside its own.
pub fn languages(name: &str) -> impl Iterator<Item = &'static str> {
    named(name).into_iter().flat_map(|tour| tour.words).map(|(language, _)| *language)
}

/// The built-in tour of that name; `None` if there is none.
///
/// # Errors
/// If its file is broken, which a test rules out.
pub fn load(name: &str) -> Option<Result<Tour, FileError>> {
    let tour = named(name)?;
    Some(Tour::parse(tour.text, &format!("{name}.ron"), &Folder::default()))
}

/// The same told in another language.
///
/// # Errors
/// If it is not told in that one: with those that there are.
pub fn load_in(name: &str, language: &Language) -> Option<Result<Tour, LanguageError>> {
    let words = named(name)?.words.iter().find(|(known, _)| *known == language.letters());
    let unknown = || LanguageError::None {
        tour: name.to_owned(),
        wanted: language.clone(),
        known: languages(name).map(str::to_owned).collect(),
        beside: None,
    };
    let told = |tour: Tour| match words {
        None => Err(unknown()),
        Some((_, text)) => {
            let told = tour.in_words(text, &format!("{name}.{language}.ron"), name);
            told.map_err(|error| ReadError::from(error).into())
        }
    };
    Some(load(name)?.map_err(|error| ReadError::from(error).into()).and_then(told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_tour_is_sound_and_titled() {
        for name in names() {
            let tour = load(name).unwrap().unwrap_or_else(|error| panic!("{error}"));
            assert!(!tour.file().title.is_empty(), "{name}");
            assert!(tour.chapters().iter().all(|chapter| !chapter.caption.is_empty()), "{name}");
        }
        assert!(load("nonsense").is_none());
        assert_eq!(load("descent").unwrap().unwrap().secs(), 12.0);
        assert_eq!(load("moving-surface").unwrap().unwrap().secs(), 10.0);
    }

    #[test]
    fn every_built_in_tour_is_told_in_german_and_spanish() {
        for name in names() {
            assert_eq!(languages(name).collect::<Vec<_>>(), ["de", "es"], "{name}");
            let own = load(name).unwrap().unwrap();
            for language in languages(name) {
                let told = load_in(name, &language.parse().unwrap()).unwrap();
                let told = told.unwrap_or_else(|error| panic!("{error}"));
                for (own, told) in own.chapters().iter().zip(told.chapters()) {
                    assert_ne!((&own.title, &own.caption), (&told.title, &told.caption), "{name} {language}");
                    let has_own_notes = own.notes.is_empty() || own.notes != told.notes;
                    assert!(has_own_notes, "{name} {language}: the notes of {:?} are not told", told.title);
                }
            }
        }
        let refused = load_in("descent", &"fr".parse().unwrap()).unwrap().unwrap_err().to_string();
        assert_eq!(refused, "descent has no language fr; expected de, es, or no --lang");
    }
}
