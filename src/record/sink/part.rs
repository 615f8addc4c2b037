//! What there is of a film while it is made: a file beside it, which survives when the program does not.
//!
//! `film.mp4.part` belongs to `film.mp4`. It is not hidden: after a kill somebody has to find it, and
//! `losscape join film.mp4.part -o film.mp4` makes the film of it. What it holds is the format's own affair.
//!
//! Whoever makes a film holds its part by a lock for as long as that takes, so that two recordings into one
//! name do not write over each other.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::{SinkError, write_error};
use crate::disk::hold::take_hold;
use crate::disk::output::{Output, OutputError, WriteError, is_there};

/// What the part of a gif begins with.
pub(super) const GIF_MAGIC: &str = "losscape-gif-v1 ";

/// How many frames `losscape join` finds in a part; 0 where it is none.
pub type Count = fn(&Path) -> u64;

/// The file while it is written. Dropped, it is removed, unless it was told to stay.
pub struct PartFile {
    path: PathBuf,
    file: File,
    count: Count,
    stays: bool,
}

/// What the name of a part ends with.
const ENDING: &str = ".part";

/// Bytes of a name that every disk takes.
const NAME_MOST: usize = 255;

/// Where there is kept what there is of that film. A name that would get too long is cut, and told from
/// others that begin alike by a sum over the whole of it.
pub fn path_of(film: &Path) -> PathBuf {
    let mut name = film.file_name().unwrap_or_default().to_owned();
    if name.len() + ENDING.len() > NAME_MOST {
        name = shortened(&name.to_string_lossy());
    }
    name.push(ENDING);
    film.with_file_name(name)
}

fn shortened(name: &str) -> OsString {
    let mut sum = flate2::Crc::new();
    sum.update(name.as_bytes());
    let sum = format!("-{:08x}", sum.sum());
    let most = NAME_MOST - ENDING.len() - sum.len();
    let kept = name.char_indices().map(|(at, letter)| at + letter.len_utf8()).take_while(|end| *end <= most);
    format!("{}{sum}", &name[..kept.last().unwrap_or(0)]).into()
}

impl PartFile {
    /// Begins it, empty.
    ///
    /// # Errors
    /// If somebody else makes the same film, frames are left of an earlier one that may not be replaced,
    /// or it cannot be written.
    pub fn create(output: &Output, count: Count) -> Result<Self, SinkError> {
        let film = || output.path().to_owned();
        let path = path_of(output.target());
        if is_there(&path) {
            clear(&path, output, count)?;
        }
        // Whoever cuts it leaves no hole in it that looks like frames: what comes next follows what is left.
        let file = match File::options().read(true).append(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(SinkError::Busy { film: film() });
            }
            opened => opened.map_err(write_error(&path))?,
        };
        if is_held(&file) {
            return Err(SinkError::Busy { film: film() });
        }
        Ok(Self { path, file, count, stays: false })
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

    /// It again, to write anywhere in it.
    ///
    /// # Errors
    /// If it is gone.
    pub fn patch(&self) -> io::Result<File> {
        File::options().write(true).open(&self.path)
    }

    /// From now on nobody removes it.
    pub fn stay(mut self) {
        self.stays = true;
    }

    /// Sees to it that all the frames that it was given are in it: others may have cut or replaced it.
    ///
    /// # Errors
    /// If there are fewer.
    pub fn require(&self, expected: u64) -> Result<(), SinkError> {
        let found = (self.count)(&self.path);
        match found == expected {
            true => Ok(()),
            false => Err(SinkError::Changed { part: self.path.clone(), found, expected }),
        }
    }

    /// The film cannot be had; the frames that there are of it stay. Tells why, and where they are.
    pub fn keep(self, source: SinkError) -> SinkError {
        match (self.count)(&self.path) {
            0 => source,
            frames => {
                let kept = self.path.clone();
                self.stay();
                SinkError::Interrupted { source: Box::new(source), kept, frames }
            }
        }
    }

    /// It is the film: renames it into its place.
    ///
    /// # Errors
    /// If the disk is full. The old film is untouched.
    pub fn place(&mut self, output: &Output) -> Result<(), WriteError> {
        output.adopt(&self.file, &self.path)?;
        self.stays = true;
        Ok(())
    }
}

/// What a film's part may hold before its first frame, in bytes.
const MOST_HEADER: u64 = 4096;

/// Takes away what is left of an earlier film, if nobody makes it and there is no frame in it or it may be
/// replaced. A larger file without a frame of ours may be somebody else's: browsers end names alike.
fn clear(path: &Path, output: &Output, count: Count) -> Result<(), SinkError> {
    // Says so of what is neither file nor nothing.
    if let Err(error @ (OutputError::IsSpecial { .. } | OutputError::IsFolder { .. })) =
        Output::new(path, true)
    {
        return Err(error.into());
    }
    let left = File::options().read(true).write(true).open(path).map_err(write_error(path))?;
    if is_held(&left) {
        return Err(SinkError::Busy { film: output.path().to_owned() });
    }
    let size = left.metadata().map_err(write_error(path))?.len();
    if !output.replaces() && (size > MOST_HEADER || count(path) > 0) {
        return Err(SinkError::Left { film: output.path().to_owned(), part: path.to_owned() });
    }
    std::fs::remove_file(path).map_err(write_error(path))
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

/// Pixels along a side of any film.
const MOST_SIDE: u32 = 1 << 14;

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
        let side = |text: &str| text.parse().ok().filter(|side| (1..=MOST_SIDE).contains(side));
        let size = [side(width)?, side(height)?];
        let fps = fps.parse().ok().filter(|fps| (1..=240).contains(fps))?;
        Some(Self { size, fps })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(film: &Path, force: bool, count: Count) -> Result<PartFile, SinkError> {
        PartFile::create(&Output::new(film, force).unwrap(), count)
    }

    #[cfg(unix)]
    #[test]
    fn one_name_has_one_writer_at_a_time_however_it_is_spelled() {
        let folder = tempfile::tempdir().unwrap();
        let film = folder.path().join("x.mp4");
        let link = folder.path().join("z.mp4");
        std::os::unix::fs::symlink("x.mp4", &link).unwrap();
        let also = folder.path().join(".").join("x.mp4");
        let part = create(&film, false, |_| 1).unwrap();
        for (also, force) in [(&also, false), (&also, true), (&link, true)] {
            assert!(matches!(create(also, force, |_| 1), Err(SinkError::Busy { .. })));
        }
        assert!(create(&folder.path().join("y.mp4"), false, |_| 1).is_ok());
        part.stay();
        assert!(matches!(create(&also, false, |_| 1), Err(SinkError::Left { .. })));
        drop(create(&also, true, |_| 1).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_holds_no_frame_stands_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let film = folder.path().join("x.mp4");
        create(&film, false, |_| 0).unwrap().stay();
        drop(create(&film, false, |_| 0).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_not_taken_for_a_part() {
        let folder = tempfile::tempdir().unwrap();
        let (film, part) = (folder.path().join("x.mp4"), folder.path().join("x.mp4.part"));
        assert!(std::process::Command::new("mkfifo").arg(&part).status().unwrap().success());
        for force in [false, true] {
            let refused = create(&film, force, |_| 1).err().unwrap().to_string();
            assert!(refused.contains("x.mp4.part is a FIFO"), "{refused}");
        }
    }

    #[test]
    fn the_longest_names_have_parts_of_their_own() {
        let named = |letter: &str, end: char| {
            let count = (NAME_MOST - 5) / letter.len();
            Path::new("folder").join(format!("{}{end}.mp4", letter.repeat(count)))
        };
        let all = [named("x", 'a'), named("x", 'b'), named("é", 'a'), named("é", 'b'), "folder/x.mp4".into()];
        let parts = all.map(|film| path_of(&film));
        for (i, part) in parts.iter().enumerate() {
            let name = part.file_name().unwrap();
            assert!(name.len() <= NAME_MOST && part.starts_with("folder") && !parts[..i].contains(part));
        }
        assert_eq!(parts[4], Path::new("folder/x.mp4.part"));
    }

    #[test]
    fn a_note_is_read_as_it_was_written() {
        for (size, fps) in [([256, 96], 30), ([3840, 2160], 240), ([16, 16], 1)] {
            let note = Note { size, fps };
            assert_eq!(Note::parse(&note.to_text()), Some(note));
        }
        for text in
            ["", "size=1x1", "size=1x1 fps=0", "size=1x1 fps=241", "size=-1x1 fps=30", "size=1x16385 fps=30"]
        {
            assert_eq!(Note::parse(text), None, "{text}");
        }
    }
}
