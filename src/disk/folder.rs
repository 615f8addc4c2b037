//! Folders written whole or not at all.
//!
//! A folder is made beside its place and renamed into it, as files are ([`super::output`]).

use std::io;
use std::path::{Path, PathBuf};

use super::output::{DRAFT, OutputError, WriteError, is_there};

/// A folder to be made.
#[derive(Clone, Debug)]
pub struct OutputFolder {
    path: PathBuf,
}

/// Why a folder cannot be made there. Found out before any work is done.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is something of that name.
    #[error("{path}: it is there already; expected a new folder")]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// There is a folder that may be replaced only if somebody says so.
    #[error("the folder {path} exists already; expected a new name, or --force to replace it")]
    Replaced {
        /// The folder.
        path: PathBuf,
    },
    /// There is a folder with something in it that did not come from here.
    #[error("the folder {path} holds {name}, which would be lost; expected a new name")]
    OthersFolder {
        /// The folder.
        path: PathBuf,
        /// What it holds.
        name: String,
    },
    /// Something else is of that name.
    #[error(transparent)]
    Place(#[from] OutputError),
}

impl OutputFolder {
    /// A folder that is not there yet.
    ///
    /// # Errors
    /// If something has that name.
    pub fn new(path: &Path) -> Result<Self, FolderError> {
        match is_there(path) {
            true => Err(FolderError::Exists { path: path.to_owned() }),
            false => Ok(Self { path: path.to_owned() }),
        }
    }

    /// A folder that takes the place of an older one, if `force` says so and nothing is lost: every name in it is one
    /// of ours.
    ///
    /// # Errors
    /// If something of that name is there and is not to be replaced, or is no such folder.
    pub fn replacing(path: &Path, force: bool, is_ours: impl Fn(&str) -> bool) -> Result<Self, FolderError> {
        let owned = || path.to_owned();
        match std::fs::symlink_metadata(path) {
            Err(_) => return Ok(Self { path: owned() }),
            Ok(there) if !there.is_dir() => return Err(OutputError::IsFile { path: owned() }.into()),
            Ok(_) if !force => return Err(FolderError::Replaced { path: owned() }),
            Ok(_) => {}
        }
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        let mut names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        match names.find(|name| !is_ours(name)) {
            Some(name) => Err(FolderError::OthersFolder { path: owned(), name }),
            None => Ok(Self { path: owned() }),
        }
    }

    /// Makes the folder: `fill` gets an empty one beside its place.
    ///
    /// # Errors
    /// If the disk is full or not writable, or `fill` failed. An older folder is untouched then.
    pub fn write(&self, fill: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), WriteError> {
        self.try_write(fill).map_err(|source| WriteError { path: self.path.clone(), source })
    }

    fn try_write(&self, fill: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let beside = || tempfile::Builder::new().prefix(DRAFT).tempdir_in(parent.unwrap_or(Path::new(".")));
        let (made, old) = (beside()?, beside()?);
        let inside = made.path().join("made");
        // A temporary folder is its maker's alone; one within it is as any other.
        std::fs::create_dir(&inside)?;
        fill(&inside)?;
        let kept = old.path().join("old");
        if is_there(&self.path) {
            std::fs::rename(&self.path, &kept)?;
        }
        std::fs::rename(&inside, &self.path).inspect_err(|_| {
            let _ = std::fs::rename(&kept, &self.path);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_is_there_whole_or_as_it_was() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("x");
        let ours = |name: &str| name.starts_with("ours");
        let fill = |name: &'static str| move |folder: &Path| std::fs::write(folder.join(name), name);
        OutputFolder::replacing(&path, false, ours).unwrap().write(fill("ours1")).unwrap();
        let refused = OutputFolder::replacing(&path, false, ours).unwrap_err().to_string();
        assert!(refused.contains("exists already") && refused.contains("--force"), "{refused}");
        assert!(OutputFolder::new(&path).is_err());
        let failed = |folder: &Path| {
            std::fs::write(folder.join("ours2"), "half")?;
            Err(io::Error::other("full"))
        };
        assert!(OutputFolder::replacing(&path, true, ours).unwrap().write(failed).is_err());
        assert_eq!(names(&path), ["ours1"]);
        OutputFolder::replacing(&path, true, ours).unwrap().write(fill("ours2")).unwrap();
        assert_eq!((names(&path), names(place.path())), (vec!["ours2".to_owned()], vec!["x".to_owned()]));
        std::fs::write(path.join("theirs"), "").unwrap();
        let refused = OutputFolder::replacing(&path, true, ours).unwrap_err().to_string();
        assert!(refused.contains("holds theirs, which would be lost"), "{refused}");
    }

    #[test]
    #[cfg(unix)]
    fn it_has_the_rights_of_any_folder() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let (path, other) = (place.path().join("x"), place.path().join("y"));
        std::fs::create_dir(&other).unwrap();
        OutputFolder::new(&path).unwrap().write(|_| Ok(())).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&path), mode(&other));
    }
}
