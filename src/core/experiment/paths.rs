//! The files that an experiment names, seen from its own file or from where the program runs.
//!
//! In a file paths are seen from its folder. As soon as it is read they become paths from where the
//! program runs, like those on the command line, and turn back when it is written.

use std::path::{Path, PathBuf};

use super::file::FileError;
use super::settings::{Change, ExperimentFile};
use crate::core::io::folder::{Access, Folder, OutsideError, seen_from};
use crate::core::io::input::{InputError, MOST_RON};
use crate::core::io::sources::Sources;
use crate::core::train::Leg;

/// Why a file holds no experiment or tour.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is no text, or none that is read.
    #[error("cannot read {name}: {why}")]
    Input {
        /// The file's name.
        name: String,
        /// What is wrong with it.
        why: InputError,
    },
    /// What it says makes no sense.
    #[error(transparent)]
    File(#[from] FileError),
}

impl ReadError {
    /// The files that it asks for and may not have read, where that is what is wrong.
    pub fn outside(&self) -> &[PathBuf] {
        match self {
            Self::File(error) => &error.outside,
            Self::Input { .. } => &[],
        }
    }
}

/// Whether a name is that of an experiment's or tour's file.
pub fn is_ron(name: &Path) -> bool {
    name.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ron"))
}

/// Reads the text of an experiment or a tour.
///
/// # Errors
/// If it is no text, or longer than any of them.
pub fn read_ron(sources: &dyn Sources, path: &Path) -> Result<String, ReadError> {
    sources.text(path, MOST_RON).map_err(|why| ReadError::Input { name: path.display().to_string(), why })
}

impl Change {
    /// The files that it names.
    pub fn paths_mut(&mut self) -> Vec<&mut PathBuf> {
        match self {
            Self::Dataset(dataset) => dataset.path_mut().into_iter().collect(),
            Self::From(path) | Self::Import(path) => path.iter_mut().collect(),
            Self::Plane(plane) => plane.files_mut(),
            Self::Walk(legs) => legs.iter_mut().flat_map(Leg::files_mut).collect(),
            _ => vec![],
        }
    }
}

impl ExperimentFile {
    /// Reads an experiment's file; what it names is then seen from where the program runs.
    ///
    /// # Errors
    /// If it cannot be read, is no experiment, or asks for files beyond its reach.
    pub fn read(path: &Path, access: &Access) -> Result<Self, ReadError> {
        let text = read_ron(&*access.sources, path)?;
        Ok(Self::parse_in(&text, &path.display().to_string(), &Folder::of(path, access))?)
    }

    /// Reads the text of an experiment's file in that folder. `file` is the name that errors give.
    ///
    /// # Errors
    /// As [`ExperimentFile::parse`], and if it asks for files beyond its reach.
    pub fn parse_in(text: &str, file: &str, folder: &Folder) -> Result<Self, FileError> {
        let mut experiment = Self::parse(text, file)?;
        folder.resolve(experiment.paths_mut()).map_err(|error| outside_error(text, file, error))?;
        Ok(experiment)
    }

    /// The files that it names.
    pub fn paths_mut(&mut self) -> Vec<&mut PathBuf> {
        let data = self.dataset.path_mut().into_iter();
        let walk = self.walk.iter_mut().flat_map(Leg::files_mut);
        data.chain(self.from.as_mut())
            .chain(self.import.as_mut())
            .chain(self.slice.plane.files_mut())
            .chain(walk)
            .collect()
    }

    /// The files that hold points on the way: those of the plane, then those of the walk.
    pub(in crate::core) fn point_files(&self) -> Vec<PathBuf> {
        let walk = self.walk.iter().flat_map(Leg::files).cloned();
        self.slice.plane.files().into_iter().chain(walk).collect()
    }

    /// The same as a file in `folder` says it.
    pub fn saved_in(&self, folder: &Path) -> Self {
        let mut file = self.clone();
        file.paths_mut().into_iter().for_each(|path| *path = seen_from(folder, path));
        file
    }
}

/// The error with the place where the first of the files is named.
pub fn outside_error(text: &str, file: &str, error: OutsideError) -> FileError {
    let named = error.named.first().map(|path| format!("{:?}", path.display().to_string()));
    let (line, column) = place_of(text, named.and_then(|named| text.find(&named)));
    FileError { file: file.to_owned(), line, column, message: error.to_string(), outside: error.files }
}

/// Line and column, from 1, of a byte of a text; of its beginning where there is none.
pub fn place_of(text: &str, at: Option<usize>) -> (usize, usize) {
    let before = &text[..at.unwrap_or(0)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The bytes of a RON text at which a field of that name begins, in strings and comments none.
pub fn fields<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() {
            let (rest, here) = (&text[at..], at);
            let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            at += match word {
                0 => passed_over(rest),
                word => word,
            };
            if &rest[..word] == name && rest[word..].trim_start().starts_with(':') {
                return Some(here);
            }
        }
        None
    })
}

/// The length of the string, comment or sign that a RON text begins with.
fn passed_over(text: &str) -> usize {
    let end =
        |close: &str, from: usize| text[from..].find(close).map_or(text.len(), |at| from + at + close.len());
    let sign = text.chars().next().map_or(1, char::len_utf8);
    match text {
        _ if text.starts_with("//") => end("\n", 2),
        _ if text.starts_with("/*") => end("*/", 2),
        _ if text.starts_with('"') => {
            let mut is_escaped = false;
            let close = text[1..].find(|c| {
                let closes = c == '"' && !is_escaped;
                is_escaped = c == '\\' && !is_escaped;
                closes
            });
            close.map_or(text.len(), |at| at + 2)
        }
        _ => sign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::io::folder::Reach;
    use crate::disk::access;

    const TEXT: &str = "(\n  dataset: csv(path: \"data/x.csv\"), from: \"start.npy\",
        walk: [straight(to: \"b.npz\"), curve(by: \"c.npy\", to: \"built-in:d.npy\")],
        slice: (plane: points(a: start, b: file(\"b.npy\"), c: end)))";

    #[test]
    fn every_path_is_seen_from_the_folder_of_the_file_and_written_back_so() {
        let there = Folder::of(Path::new("there/my.ron"), &access(Reach::Below));
        let mut file = ExperimentFile::parse_in(TEXT, "my.ron", &there).unwrap();
        let paths: Vec<PathBuf> = file.paths_mut().into_iter().map(|path| path.clone()).collect();
        let seen = ["data/x.csv", "start.npy", "b.npy", "b.npz", "c.npy"].map(|name| format!("there/{name}"));
        assert_eq!(paths[..5], seen.map(PathBuf::from));
        assert_eq!(paths[5..], [PathBuf::from("built-in:d.npy")]);
        assert_eq!(file.point_files(), [&paths[2], &paths[3], &paths[4], &paths[5]].map(PathBuf::clone));
        assert_eq!(file.saved_in(Path::new("there")), ExperimentFile::parse(TEXT, "my.ron").unwrap());
        let mut elsewhere = file.saved_in(Path::new("elsewhere"));
        assert_eq!(elsewhere.paths_mut().iter().filter(|path| path.is_absolute()).count(), 5);
        assert_eq!(elsewhere.saved_in(Path::new("there")), file.saved_in(Path::new("there")));
    }

    #[test]
    fn a_path_that_leads_out_is_told_with_its_place() {
        let text = TEXT.replace("data/x.csv", "/etc/passwd");
        let there = Folder::of(Path::new("there/my.ron"), &access(Reach::Below));
        let error = ExperimentFile::parse_in(&text, "there/my.ron", &there).unwrap_err();
        assert!(error.to_string().starts_with("there/my.ron:2:22: it asks for \"/etc/passwd\""), "{error}");
        assert_eq!(error.outside, [PathBuf::from("/etc/passwd")]);
        let there = Folder::of(Path::new("there/my.ron"), &access(Reach::Anywhere));
        assert!(ExperimentFile::parse_in(&text, "there/my.ron", &there).is_ok());
    }

    #[test]
    fn fields_are_found_where_they_are_none_of_a_string_or_comment() {
        let text = "(a: \"when: \\\" when:\", // when: x\n whenever: 1, /* when: */ when : 3, b: ['\u{e4}'], when: 4)";
        let found: Vec<&str> = fields(text, "when").map(|at| &text[at..at + 8]).collect();
        assert_eq!(found, ["when : 3", "when: 4)"]);
        assert_eq!(fields("\"open", "when").count(), 0);
    }
}
