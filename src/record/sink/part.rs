//! What there is of a film while it is made: a file beside it, which survives when the program does not.
//!
//! `film.mp4.part` belongs to `film.mp4`. It is not hidden: after a kill somebody has to find it, and
//! `losscape join film.mp4.part -o film.mp4` makes the film of it. What it holds is the format's own affair.
//!
//! Whoever makes a film holds its part by a lock for as long as that takes, so that two recordings into one
//! name do not write over each other.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::{SinkError, write_error};
use crate::core::io::hold::take_hold;
use crate::core::io::output::{Output, WriteError};

/// The file while it is written. Dropped, it is removed, unless it was told to stay.
pub struct PartFile {
    path: PathBuf,
    file: File,
    stays: bool,
}

/// Where there is kept what there is of that film.
pub fn path_of(film: &Path) -> PathBuf {
    let mut name = film.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

impl PartFile {
    /// Begins it, empty.
    ///
    /// # Errors
    /// If somebody else makes the same film, one is left of an earlier film (without `force`), or it cannot
    /// be written.
    pub fn create(film: &Path, force: bool) -> Result<Self, SinkError> {
        let path = path_of(film);
        let busy = || SinkError::Busy { film: film.to_owned() };
        if let Ok(left) = File::options().read(true).write(true).open(&path) {
            if is_held(&left) {
                return Err(busy());
            }
            if !force {
                return Err(SinkError::Left { film: film.to_owned(), part: path });
            }
            std::fs::remove_file(&path).map_err(write_error(&path))?;
        }
        let file = match File::options().read(true).write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(busy()),
            opened => opened.map_err(write_error(&path))?,
        };
        if is_held(&file) {
            return Err(busy());
        }
        Ok(Self { path, file, stays: false })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file as it is so far.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// The same file, for somebody else to write on where this one stands.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn share(&self) -> Result<File, SinkError> {
        self.file.try_clone().map_err(write_error(&self.path))
    }

    /// From now on nobody removes it.
    pub fn stay(mut self) {
        self.stays = true;
    }

    /// The film cannot be had; what there is of it stays. Tells why, and where it is.
    pub fn keep(self, source: SinkError, frames: u64) -> SinkError {
        let kept = self.path.clone();
        self.stay();
        SinkError::Interrupted { source: Box::new(source), kept, frames }
    }

    /// It is the film: renames it into its place.
    ///
    /// # Errors
    /// If the disk is full. The old film is untouched.
    pub fn place(mut self, output: &Output) -> Result<(), WriteError> {
        let placed = self.file.sync_all().and_then(|()| std::fs::rename(&self.path, output.path()));
        placed.map_err(|error| output.failed(error))?;
        self.stays = true;
        Ok(())
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        if !self.stays {
            // Nobody is there to hear an error, and the film does not depend on it.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Whether somebody else makes the film of it; if not, whoever asks does as long as the file is open. Only
/// on Unix: elsewhere a lock would keep ffmpeg from the file too.
fn is_held(part: &File) -> bool {
    cfg!(unix) && !take_hold(part)
}

/// What a part's pictures do not tell themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Frames a second.
    pub fps: u32,
}

impl Note {
    /// As `size=1280x720 fps=30`.
    pub fn to_text(self) -> String {
        format!("size={}x{} fps={}", self.size[0], self.size[1], self.fps)
    }

    /// Reads it.
    pub fn parse(text: &str) -> Option<Self> {
        let (size, fps) = text.strip_prefix("size=")?.split_once(" fps=")?;
        let (width, height) = size.split_once('x')?;
        let size = [width.parse().ok()?, height.parse().ok()?];
        let fps = fps.parse().ok().filter(|fps| (1..=240).contains(fps))?;
        Some(Self { size, fps })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn one_name_has_one_writer_at_a_time_however_it_is_spelled() {
        let folder = tempfile::tempdir().unwrap();
        let film = folder.path().join("x.mp4");
        let also = folder.path().join(".").join("x.mp4");
        let part = PartFile::create(&film, false).unwrap();
        for force in [false, true] {
            assert!(matches!(PartFile::create(&also, force), Err(SinkError::Busy { .. })));
        }
        assert!(PartFile::create(&folder.path().join("y.mp4"), false).is_ok());
        part.stay();
        assert!(matches!(PartFile::create(&also, false), Err(SinkError::Left { .. })));
        drop(PartFile::create(&also, true).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_note_is_read_as_it_was_written() {
        for (size, fps) in [([256, 96], 30), ([3840, 2160], 240), ([16, 16], 1)] {
            let note = Note { size, fps };
            assert_eq!(Note::parse(&note.to_text()), Some(note));
        }
        for text in ["", "size=1x1", "size=1x1 fps=0", "size=1x1 fps=241", "size=-1x1 fps=30"] {
            assert_eq!(Note::parse(text), None, "{text}");
        }
    }
}
