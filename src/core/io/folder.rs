//! The folder of a file, from which the paths in that file are seen, and how far they may lead.
//!
//! A file of somebody else may have the files beside it and below read. Whatever lies elsewhere needs a
//! word from the person: a file must not look around in somebody's home, though it only be to tell in an
//! error what it has found there.

use std::path::{Component, Path, PathBuf, absolute};
use std::sync::Arc;

use super::shipped::is_shipped;
use super::sources::{Shelf, Sources};

/// Which files a file may have read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Those beside it and below.
    #[default]
    Below,
    /// These too, wherever links lead to them: somebody has been asked.
    And(Vec<PathBuf>),
    /// All that the person may read.
    Anywhere,
}

impl Reach {
    /// The same and these.
    pub fn and(self, more: &[PathBuf]) -> Self {
        match self {
            Self::Below => Self::And(more.to_vec()),
            Self::And(known) => Self::And([&known[..], more].concat()),
            Self::Anywhere => Self::Anywhere,
        }
    }
}

/// What a file may have read, and from where.
#[derive(Clone, Debug)]
pub struct Access {
    /// Where it comes from.
    pub sources: Arc<dyn Sources>,
    /// How far it may reach.
    pub reach: Reach,
}

/// To nothing.
impl Default for Access {
    fn default() -> Self {
        Self { sources: Arc::new(Shelf::default()), reach: Reach::default() }
    }
}

/// The folder of a file.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    path: PathBuf,
    access: Access,
}

/// A file that names others outside its folder. The text goes on where it has been named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it asks for {}, which is not beside it or below; expected --allow-files, if it may read other files",
    named.iter().map(|file| format!("{file:?}")).collect::<Vec<_>>().join(", ")
)]
pub struct OutsideError {
    /// The files, as it names them.
    pub named: Vec<PathBuf>,
    /// The same, as they are seen from where the program runs, links followed.
    pub files: Vec<PathBuf>,
}

impl Folder {
    /// The folder of that file.
    pub fn of(file: &Path, access: &Access) -> Self {
        Self { path: file.parent().unwrap_or(Path::new("")).to_owned(), access: access.clone() }
    }

    /// Where what it names comes from, and how far that may lead.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Makes paths as the file names them paths as they are seen from where the program runs.
    ///
    /// # Errors
    /// If some lead where they may not.
    pub fn resolve(&self, paths: Vec<&mut PathBuf>) -> Result<(), OutsideError> {
        let named: Vec<PathBuf> =
            paths.iter().filter(|path| !self.may_read(path)).map(|path| path.to_path_buf()).collect();
        if !named.is_empty() {
            let files = named.iter().map(|path| self.real(path)).collect();
            return Err(OutsideError { named, files });
        }
        let own = paths.into_iter().filter(|path| !is_shipped(path));
        own.for_each(|path| *path = self.seen(path));
        Ok(())
    }

    /// A path that the file names, as it is seen from where the program runs. Standard input is named by the person alone.
    fn seen(&self, path: &Path) -> PathBuf {
        let seen = self.path.join(path);
        if seen == Path::new("-") { Path::new(".").join(seen) } else { seen }
    }

    /// Where a path leads, links followed as far as there is something.
    fn real(&self, path: &Path) -> PathBuf {
        let path = self.path.join(path);
        self.access.sources.real(&path).unwrap_or(path)
    }

    fn may_read(&self, path: &Path) -> bool {
        match &self.access.reach {
            Reach::Anywhere => true,
            _ if is_shipped(path) => true,
            Reach::And(known) if known.contains(&self.real(path)) => true,
            Reach::Below | Reach::And(_) => self.is_below(path),
        }
    }

    /// Whether a path leads to something in the folder or below, links followed. What is not there leads where
    /// its text says.
    fn is_below(&self, path: &Path) -> bool {
        let folder = if self.path.as_os_str().is_empty() { Path::new(".") } else { &self.path };
        let real = |path: &Path| self.access.sources.real(path);
        match (real(folder), real(&folder.join(path))) {
            (Some(folder), Some(found)) => found.starts_with(folder),
            _ => path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)),
        }
    }
}

/// How a file in `folder` names a path that is seen from where the program runs: what lies beside it or
/// below by the way there, so that both can be moved together; anything else in full. What comes with the program
/// has the same name everywhere.
pub fn seen_from(folder: &Path, path: &Path) -> PathBuf {
    if is_shipped(path) {
        return path.to_owned();
    }
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    match (absolute(folder), absolute(path)) {
        (Ok(folder), Ok(path)) => path.strip_prefix(&folder).map_or(path.clone(), Path::to_owned),
        // Where there is no folder to run in, no path is better than another.
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::access;

    fn resolved(folder: &Folder, path: &str) -> Result<PathBuf, OutsideError> {
        let mut path = PathBuf::from(path);
        folder.resolve(vec![&mut path]).map(|()| path)
    }

    #[test]
    fn paths_are_seen_from_the_folder_of_the_file() {
        let of = |file: &str| Folder::of(Path::new(file), &access(Reach::Below));
        assert_eq!(resolved(&of("there/my.ron"), "data/x.csv"), Ok("there/data/x.csv".into()));
        assert_eq!(resolved(&of("my.ron"), "data/x.csv"), Ok("data/x.csv".into()));
        assert_eq!(
            resolved(&of("my.ron"), "-").unwrap().as_os_str(),
            "./-",
            "a file of that name, not standard input"
        );
    }

    #[test]
    fn nothing_outside_is_read_without_a_word() {
        let whole = tempfile::tempdir().unwrap();
        let inner = whole.path().join("inner");
        std::fs::create_dir_all(inner.join("below")).unwrap();
        for file in ["outside.csv", "inner/beside.csv", "inner/below/x.csv"] {
            std::fs::write(whole.path().join(file), "1").unwrap();
        }
        let file = inner.join("my.ron");
        let outside = whole.path().join("outside.csv").display().to_string();
        let inside = inner.join("beside.csv").display().to_string();
        let below = Folder::of(&file, &access(Reach::Below));
        for path in ["beside.csv", "below/x.csv", "below/../beside.csv", "./gone.csv", &inside] {
            assert_eq!(resolved(&below, path), Ok(inner.join(path)), "{path}");
        }
        for path in ["../outside.csv", "../gone.csv", "/gone.csv", "below/../../outside.csv", &outside, "/"] {
            let error = resolved(&below, path).unwrap_err();
            assert_eq!(error.named, [PathBuf::from(path)]);
            assert!(error.to_string().contains("--allow-files"), "{error}");
            assert_eq!(resolved(&Folder::of(&file, &access(Reach::Anywhere)), path), Ok(inner.join(path)));
            let asked = Folder::of(&file, &access(Reach::Below.and(&error.files)));
            assert_eq!(resolved(&asked, path), Ok(inner.join(path)));
            assert!(resolved(&asked, "../other.csv").is_err());
            // The same words elsewhere mean another file.
            let elsewhere = Folder::of(&inner.join("below/my.ron"), &access(Reach::Below.and(&error.files)));
            assert!(Path::new(path).has_root() || resolved(&elsewhere, "../../gone.csv").is_err(), "{path}");
        }
    }

    #[test]
    fn what_comes_with_the_program_is_named_alike_everywhere() {
        let name = "built-in:copy-1.npy";
        let there = Folder::of(Path::new("there/my.ron"), &access(Reach::Below));
        assert_eq!(resolved(&there, name), Ok(name.into()));
        assert_eq!(seen_from(Path::new("elsewhere"), Path::new(name)), Path::new(name));
        // Elsewhere in a path it is a name like any other.
        assert_eq!(resolved(&there, "x/built-in:y"), Ok("there/x/built-in:y".into()));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_where_it_leads() {
        let whole = tempfile::tempdir().unwrap();
        let inner = whole.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        std::fs::write(whole.path().join("outside.csv"), "1").unwrap();
        std::fs::write(inner.join("beside.csv"), "1").unwrap();
        std::os::unix::fs::symlink("../outside.csv", inner.join("out.csv")).unwrap();
        std::os::unix::fs::symlink("beside.csv", inner.join("in.csv")).unwrap();
        let below = Folder::of(&inner.join("my.ron"), &access(Reach::Below));
        assert!(resolved(&below, "out.csv").is_err());
        assert_eq!(resolved(&below, "in.csv"), Ok(inner.join("in.csv")));
    }

    #[test]
    fn a_file_names_what_is_below_by_the_way_there_and_the_rest_in_full() {
        let here = absolute(".").unwrap();
        let seen = |folder: &str, path: &str| seen_from(Path::new(folder), Path::new(path));
        assert_eq!(seen("", "data/x.csv"), Path::new("data/x.csv"));
        assert_eq!(seen("there", "there/data/x.csv"), Path::new("data/x.csv"));
        assert_eq!(seen("there", "data/x.csv"), here.join("data/x.csv"));
        assert_eq!(seen("/there", "/there/x.csv"), Path::new("x.csv"));
        // In full: with its drive, where there are such.
        assert_eq!(seen("/there", "/elsewhere/x.csv"), absolute("/elsewhere/x.csv").unwrap());
    }
}
