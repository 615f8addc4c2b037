//! Files to be read: ordinary ones alone.
//!
//! A pipe would be waited for and a device read without end, so both are refused before they are opened.

use std::fs::{File, FileType, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::stream;
use crate::core::io::input::InputError;
use crate::core::io::sources::{Sources, Stamp};

/// The files of this machine, by their paths as they are seen from where the program runs; `-` is standard input.
#[derive(Clone, Copy, Debug, Default)]
pub struct Files;

/// Opens a file.
///
/// # Errors
/// If it is not there, or no ordinary file.
pub fn open(path: &Path) -> Result<File, InputError> {
    // Asked before it is opened: to open a pipe is to wait for whoever writes on it.
    ordinary(std::fs::metadata(path)?.file_type())?;
    let file = File::open(path)?;
    ordinary(file.metadata()?.file_type())?;
    Ok(file)
}

impl Sources for Files {
    fn look(&self, name: &Path) -> Result<Stamp, InputError> {
        if stream::is_stream(name) {
            return stream::look();
        }
        let found = open(name)?.metadata()?;
        Ok(Stamp { bytes: found.len(), identity: identity(&found) })
    }

    fn read(&self, name: &Path, range: Range<u64>) -> Result<Vec<u8>, InputError> {
        if stream::is_stream(name) {
            return Ok(stream::read(range));
        }
        let mut file = open(name)?;
        if range.start > 0 {
            file.seek(SeekFrom::Start(range.start))?;
        }
        let mut bytes = Vec::new();
        file.take(range.end.saturating_sub(range.start)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn real(&self, name: &Path) -> Option<PathBuf> {
        name.canonicalize().ok()
    }

    fn beside(&self, name: &Path) -> Vec<PathBuf> {
        let folder = name.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<PathBuf> = entries.map(|entry| name.with_file_name(entry.file_name())).collect();
        names.sort();
        names
    }

    fn within(&self, folder: &Path) -> Vec<PathBuf> {
        let (mut names, mut open) = (Vec::new(), vec![folder.to_owned()]);
        while let Some(folder) = open.pop() {
            let here = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
            for entry in std::fs::read_dir(here).into_iter().flatten().flatten() {
                let name = folder.join(entry.file_name());
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => open.push(name),
                    _ if name.is_file() => names.push(name),
                    _ => {}
                }
            }
        }
        names.sort();
        names
    }
}

/// What tells a file from another one that took its name: where it lies on its device, or else when it was made.
#[cfg(unix)]
fn identity(found: &Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    found.dev().rotate_left(32) ^ found.ino()
}

#[cfg(not(unix))]
fn identity(found: &Metadata) -> u64 {
    let made = found.created().ok().and_then(|made| made.duration_since(std::time::UNIX_EPOCH).ok());
    made.map_or(0, |made| made.as_nanos() as u64)
}

fn ordinary(kind: FileType) -> Result<(), InputError> {
    match kind {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(InputError::NotAFile("folder")),
        kind => Err(InputError::NotAFile(special(kind))),
    }
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        kind if kind.is_fifo() => "pipe",
        kind if kind.is_socket() => "socket",
        _ => "device",
    }
}

#[cfg(not(unix))]
fn special(_kind: FileType) -> &'static str {
    "device"
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn refused(path: &Path, most: u64) -> String {
        (&Files as &dyn Sources).text(path, most).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, "seven ä").unwrap();
        assert_eq!((&Files as &dyn Sources).text(&path, 8).unwrap(), "seven ä");
        assert_eq!(refused(&path, 7), "it has 8 bytes; expected at most 7");
        let gone = folder.path().join("y");
        assert_eq!(refused(&gone, 7), std::fs::metadata(&gone).unwrap_err().to_string());
        std::fs::write(&path, b"ab\xffcd").unwrap();
        assert_eq!(refused(&path, 7), "its byte 2 is not UTF-8; expected a text saved as UTF-8");
    }

    #[test]
    fn what_is_no_ordinary_file_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(refused(folder.path(), 7), "it is a folder; expected an ordinary file");
        if cfg!(unix) {
            let pipe = folder.path().join("pipe");
            assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
            assert_eq!(refused(&pipe, 7), "it is a pipe; expected an ordinary file");
            assert_eq!(refused(Path::new("/dev/zero"), 7), "it is a device; expected an ordinary file");
        }
    }

    #[test]
    fn what_lies_beside_a_file_is_named_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        ["b", "a"].iter().for_each(|name| std::fs::write(at(name), "").unwrap());
        assert_eq!(Files.beside(&at("b")), [at("a"), at("b")]);
        assert!(Files.beside(Path::new("Cargo.toml")).contains(&PathBuf::from("Cargo.lock")));
        assert_eq!(Files.beside(&at("gone/x")), Vec::<PathBuf>::new());
    }

    #[test]
    fn what_lies_below_a_folder_is_found_and_links_lead_round_no_circle() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("b/c")).unwrap();
        ["z", "b/c/y", "a"].iter().for_each(|name| std::fs::write(at(name), "").unwrap());
        #[cfg(unix)]
        std::os::unix::fs::symlink("..", at("b/up")).unwrap();
        assert_eq!(Files.within(folder.path()), [at("a"), at("b/c/y"), at("z")]);
        assert_eq!(Files.within(&at("a")), Vec::<PathBuf>::new());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_of_the_system_that_tells_no_length_is_read_no_further() {
        let maps = Path::new("/proc/self/maps");
        assert_eq!(refused(maps, 7), "it has more than 7 bytes; expected at most 7");
    }

    #[test]
    fn a_file_that_grows_stays_the_same_and_one_that_is_replaced_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.lsr");
        std::fs::write(&path, "one").unwrap();
        let before = Files.look(&path).unwrap();
        write!(File::options().append(true).open(&path).unwrap(), " two").unwrap();
        let grown = Files.look(&path).unwrap();
        assert_eq!((grown.identity, grown.bytes), (before.identity, 7));
        assert_eq!(Files.read(&path, before.bytes..grown.bytes).unwrap(), b" two");
        let beside = folder.path().join("beside");
        std::fs::write(&beside, "one two three").unwrap();
        std::fs::rename(&beside, &path).unwrap();
        assert_ne!(Files.look(&path).unwrap().identity, grown.identity);
    }
}
