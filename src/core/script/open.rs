//! What a `.ron` file holds: an experiment, a tour, or a tour's words in another language, which stand for the tour
//! told in them.

use std::path::{Path, PathBuf};

use super::builtin;
use super::tour::{Tour, is_tour};
use super::words::{Language, LanguageError, WordsFile, at_field, is_words};
use crate::core::experiment::ExperimentFile;
use crate::core::experiment::paths::{ReadError, outside_error, read_ron};
use crate::core::io::folder::{Access, Folder};
use crate::core::io::sources::Sources;

/// What was in a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Script {
    /// An experiment, not checked yet.
    Experiment(Box<ExperimentFile>),
    /// A tour.
    Tour(Box<Tour>),
}

impl Script {
    /// Reads a file; what it names is then seen from where the program runs.
    ///
    /// # Errors
    /// If it cannot be read, is neither, or asks for files beyond its reach.
    pub fn read(path: &Path, access: &Access) -> Result<Self, ReadError> {
        let (text, name) = (read_ron(&*access.sources, path)?, path.display().to_string());
        let folder = Folder::of(path, access);
        Ok(match () {
            () if is_words(&text) => Self::Tour(Box::new(tour_of(&text, &name, &folder)?)),
            () if is_tour(&text) => Self::Tour(Box::new(Tour::parse(&text, &name, &folder)?)),
            () => Self::Experiment(Box::new(ExperimentFile::parse_in(&text, &name, &folder)?)),
        })
    }
}

/// The tour that these words belong to, told in them: one beside them, or else a built-in one.
fn tour_of(text: &str, name: &str, folder: &Folder) -> Result<Tour, ReadError> {
    let tour = WordsFile::parse(text, name)?.tour;
    let mut path = PathBuf::from(format!("{tour}.ron"));
    folder.resolve(vec![&mut path]).map_err(|error| outside_error(text, name, error))?;
    let sources = &*folder.access().sources;
    let own = match builtin::load(&tour) {
        _ if sources.has(&path) => {
            Tour::parse(&read_ron(sources, &path)?, &path.display().to_string(), folder)?
        }
        Some(built_in) => built_in?,
        None => {
            let why = format!("there is no tour {tour:?}; expected a built-in one, or {}", path.display());
            return Err(at_field(text, name, "tour", why).into());
        }
    };
    Ok(own.in_words(text, name, &tour)?)
}

/// The tour of a file in another language, by the file of its words beside it.
///
/// # Errors
/// If there is none, or it makes no sense: with those that there are.
pub fn in_language(
    tour: &Tour,
    path: &Path,
    language: &Language,
    sources: &dyn Sources,
) -> Result<Tour, LanguageError> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!("{stem}.{language}.ron"));
    if !sources.has(&beside) {
        return Err(LanguageError::None {
            tour: path.display().to_string(),
            wanted: language.clone(),
            known: languages_beside(path, &stem, sources),
            beside: beside.file_name().map(|name| name.to_string_lossy().into_owned()),
        });
    }
    let text = read_ron(sources, &beside)?;
    let told = tour.in_words(&text, &beside.display().to_string(), &stem);
    Ok(told.map_err(ReadError::from)?)
}

/// The languages of the tour in a file of that stem.
fn languages_beside(path: &Path, stem: &str, sources: &dyn Sources) -> Vec<String> {
    let is_of_it = |path: &Path| {
        let words = read_ron(sources, path).ok().and_then(|text| WordsFile::parse(&text, "").ok());
        words.is_some_and(|words| words.tour == stem)
    };
    let of = |name: PathBuf| {
        let file = name.file_name()?.to_str()?;
        let language = file.strip_prefix(stem)?.strip_prefix('.')?.strip_suffix(".ron")?;
        let language = language.parse::<Language>().ok()?;
        is_of_it(&name).then(|| language.letters().to_owned())
    };
    sources.beside(path).into_iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::core::io::folder::Reach;
    use crate::core::io::sources::Shelf;

    const TOUR: &str = "(chapters: [(caption: \"a\", experiment: \"xor-model3\", secs: 1)])";

    fn words(of: &str, caption: &str) -> Vec<u8> {
        format!("(tour: \"{of}\", chapters: [(caption: \"{caption}\")])").into_bytes()
    }

    fn access() -> Access {
        let mut shelf = Shelf::default();
        shelf.put("there/my.ron", TOUR.as_bytes());
        shelf.put("there/my.de.ron", words("my", "ä"));
        shelf.put("there/my.es.ron", words("my", "ñ"));
        shelf.put("there/my.new.ron", *b"(seed: 3)");
        shelf.put("there/my.fr.ron", words("other", "é"));
        shelf.put("elsewhere/my.it.ron", words("my", "è"));
        shelf.put(
            "there/descent.fr.ron",
            *b"(tour: \"descent\", title: \"D\", chapters: [
            (title: \"1\", caption: \"a\"), (title: \"2\", caption: \"b\")])",
        );
        Access { sources: Arc::new(shelf), reach: Reach::Below }
    }

    fn opened(path: &str) -> Result<Tour, String> {
        match Script::read(Path::new(path), &access()) {
            Ok(Script::Tour(tour)) => Ok(*tour),
            Ok(Script::Experiment(_)) => Err("an experiment".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn spoken(language: &str) -> Result<String, String> {
        let (path, access) = (Path::new("there/my.ron"), access());
        let told =
            in_language(&opened("there/my.ron").unwrap(), path, &language.parse().unwrap(), &*access.sources);
        told.map(|tour| tour.chapters()[0].caption.clone()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_tour_is_told_in_a_language_by_the_file_beside_it() {
        assert_eq!(spoken("de"), Ok("ä".to_owned()));
        assert_eq!(spoken("es"), Ok("ñ".to_owned()));
    }

    #[test]
    fn a_language_that_nobody_wrote_is_refused_with_those_that_there_are() {
        let told =
            "there/my.ron has no language it; expected de, es, or a file my.it.ron beside it, or no --lang";
        assert_eq!(spoken("it"), Err(told.to_owned()));
        let other = spoken("fr").unwrap_err();
        assert!(
            other.starts_with("there/my.fr.ron:1:2: these are the words of the tour \"other\""),
            "{other}"
        );
    }

    #[test]
    fn words_that_are_opened_are_their_tour_told_in_them() {
        assert_eq!(opened("there/my.de.ron").unwrap().chapters()[0].caption, "ä");
        assert_eq!(opened("there/descent.fr.ron").unwrap().file().title, "D", "a built-in one");
        let lost = opened("elsewhere/my.it.ron").unwrap_err();
        assert!(lost.starts_with("elsewhere/my.it.ron:1:2: there is no tour \"my\"; expected"), "{lost}");
    }
}
