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
const TOURS: [BuiltIn; 6] = [
    BuiltIn {
        name: "what-is-a-loss-landscape",
        text: include_str!("../../../assets/tours/what-is-a-loss-landscape.ron"),
        words: &[
            ("de", include_str!("../../../assets/tours/what-is-a-loss-landscape.de.ron")),
            ("es", include_str!("../../../assets/tours/what-is-a-loss-landscape.es.ron")),
        ],
    },
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
    BuiltIn {
        name: "copies",
        text: include_str!("../../../assets/tours/copies.ron"),
        words: &[
            ("de", include_str!("../../../assets/tours/copies.de.ron")),
            ("es", include_str!("../../../assets/tours/copies.es.ron")),
        ],
    },
    BuiltIn {
        name: "skip-connections",
        text: include_str!("../../../assets/tours/skip-connections.ron"),
        words: &[
            ("de", include_str!("../../../assets/tours/skip-connections.de.ron")),
            ("es", include_str!("../../../assets/tours/skip-connections.es.ron")),
        ],
    },
    BuiltIn {
        name: "batch-size",
        text: include_str!("../../../assets/tours/batch-size.ron"),
        words: &[
            ("de", include_str!("../../../assets/tours/batch-size.de.ron")),
            ("es", include_str!("../../../assets/tours/batch-size.es.ron")),
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
    use crate::core::command::{Command, ViewCommand};
    use crate::core::experiment::file::Resolution;
    use crate::core::experiment::{self, Experiment, pipeline};
    use crate::core::probe;

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

    fn lecture() -> Tour {
        load("what-is-a-loss-landscape").unwrap().unwrap()
    }

    #[test]
    fn the_lecture_is_short_in_words_and_has_notes_for_every_chapter() {
        let lecture = lecture();
        assert!((240.0..=360.0).contains(&lecture.secs()), "{}", lecture.secs());
        for chapter in lecture.chapters() {
            let words = chapter.caption.split_whitespace().count();
            assert!((1..=25).contains(&words), "{words} words: {}", chapter.caption);
            assert!(!chapter.title.is_empty() && !chapter.notes.is_empty(), "{}", chapter.title);
        }
    }

    /// Each chapter's title, and when it begins in the film.
    fn beginnings(tour: &Tour) -> Vec<(String, String)> {
        let mut secs = 0.0;
        let begins = tour.chapters().iter().map(|chapter| {
            let at = secs as u64;
            secs += chapter.secs;
            (chapter.title.clone(), format!("{}:{:02}", at / 60, at % 60))
        });
        begins.collect()
    }

    #[test]
    fn every_figure_of_the_post_is_in_the_lecture_where_its_page_says() {
        let page = include_str!("../../../docs/lecture.md");
        let beginnings = beginnings(&lecture());
        let rows: Vec<Vec<&str>> =
            page.lines().map(|line| line.split('|').map(str::trim).collect()).collect();
        let mut last = 0;
        for figure in 1..=14 {
            let row = rows.iter().find(|row| row.get(1) == Some(&&*figure.to_string()));
            let row = row.unwrap_or_else(|| panic!("no figure {figure}"));
            let place = beginnings.iter().position(|(title, at)| (&title[..], &at[..]) == (row[2], row[3]));
            let place = place.unwrap_or_else(|| panic!("figure {figure}: {row:?} of {beginnings:?}"));
            assert!(place >= last, "figure {figure} comes before the one before it");
            assert!(row[4].len() > 10 && row[5].len() > 10, "figure {figure}: {row:?}");
            last = place;
        }
        let claims = rows.iter().skip_while(|row| row.get(1) != Some(&"claim")).skip(2);
        for row in claims.filter(|row| row.len() == 4) {
            let is_known = |title: &str| beginnings.iter().any(|(known, _)| known == title);
            assert!(row[2].split("; ").all(is_known), "{row:?}");
        }
    }

    /// What the captions say of the second low: 0.127, no slope within the slice, one out of it, and 0.041 beyond.
    #[test]
    fn the_point_that_the_lecture_chooses_slopes_out_of_its_slice() {
        let lecture = lecture();
        let cues = lecture.chapters().iter().flat_map(|chapter| &chapter.cues);
        let chosen = cues.filter_map(|cue| match &cue.command {
            Command::View(ViewCommand::Select(Some(alpha))) => Some(alpha.clone()),
            _ => None,
        });
        let chosen: Vec<Vec<f64>> = chosen.collect();
        assert!(chosen.windows(2).all(|pair| pair[0] == pair[1]) && !chosen.is_empty(), "{chosen:?}");
        let mut file = experiment::builtin::load("xor-model3").unwrap().unwrap();
        (file.slice.grid, file.slice.volume) = (Resolution([2, 2]), Resolution([2, 2, 2]));
        let experiment = Experiment::new(file).unwrap();
        let outcome = pipeline::run(&experiment).unwrap();
        let subspace = &outcome.plan.plane.subspace;
        let theta = subspace.lift(&chosen[0]);
        let objective = outcome.plan.problem.objective().unwrap();
        let found = probe::probe(&**objective, &subspace.plane_at(0.0), &theta, 0);
        assert!((found.loss - 0.127).abs() < 5e-4, "{}", found.loss);
        assert!(found.gradient.out_of_plane > 10.0 * found.gradient.in_plane, "{:?}", found.gradient);
        let on = probe::train_on::train_on(&experiment, &theta, experiment.steps).unwrap();
        assert!((on.lowest_loss - 0.041).abs() < 5e-4, "{}", on.lowest_loss);
    }
}
