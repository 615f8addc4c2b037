//! A folder of numbered `.png`: nothing is lost, and parts made on several machines fall into one folder.
//!
//! `frame-000123.png` is the frame of that number in the whole film, counted from 0. One that replaces an
//! older one waits beside it, as `frame-000123.png.part`, until all are there.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use image::RgbaImage;

use super::part::path_of;
use super::{FilmSpec, Partial, Sink, SinkError, write_error};
use crate::core::num::CancelToken;
use crate::disk::output::{DRAFT, Output, OutputError, is_there};

/// A film that is a folder.
pub struct Frames {
    folder: PathBuf,
    /// Whether the folder was made for this film.
    is_new: bool,
    force: bool,
    spec: FilmSpec,
    frames: u64,
    /// The files that were not there before.
    made: Vec<Written>,
    /// The files that were, whose successors wait.
    replaced: Vec<Written>,
}

/// The file of a frame.
struct Written {
    path: PathBuf,
    /// Where it waits until all are there; its place, if it need not wait.
    waits: PathBuf,
    bytes: u64,
}

impl Written {
    /// Whether it is as it was written.
    fn is_whole(&self) -> bool {
        std::fs::metadata(&self.waits).is_ok_and(|file| file.is_file() && file.len() == self.bytes)
    }

    /// Puts it in the place of an older frame.
    fn replace(&self) -> Result<(), SinkError> {
        let waiting = File::options().read(true).write(true).open(&self.waits);
        let waiting = waiting.map_err(write_error(&self.waits))?;
        Ok(Output::new(&self.path, true)?.adopt(&waiting, &self.waits)?)
    }
}

impl Frames {
    /// Makes the folder, if it is not there.
    ///
    /// # Errors
    /// If it holds a frame of this film already or anything else than frames (without `force`), or cannot
    /// be made.
    pub fn new(folder: &Path, force: bool, spec: FilmSpec) -> Result<Self, SinkError> {
        if folder.exists() && !folder.is_dir() {
            return Err(OutputError::IsFile { path: folder.to_owned() }.into());
        }
        let (made, replaced) = (Vec::new(), Vec::new());
        let folder_path = folder.to_owned();
        let mut frames = Self { folder: folder_path, is_new: false, force, spec, frames: 0, made, replaced };
        let mut numbers = frames.spec.first..frames.spec.first.saturating_add(frames.spec.frames);
        let there = numbers.find(|&number| is_there(&frames.path(number)));
        if let (Some(number), false) = (there, force) {
            return Err(SinkError::FrameExists { path: frames.path(number) });
        }
        if let (Some(name), false) = (foreign(folder), force) {
            return Err(SinkError::OthersFolder { folder: folder.to_owned(), name });
        }
        frames.is_new = !folder.is_dir();
        std::fs::create_dir_all(folder).map_err(write_error(folder))?;
        Ok(frames)
    }

    /// The place of the frame of that number in the whole film.
    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("frame-{number:06}.png"))
    }

    /// Puts the successors of older frames in their places, if all frames are there.
    fn complete(&self) -> Result<(), SinkError> {
        let found = self.made.iter().chain(&self.replaced).filter(|frame| frame.is_whole()).count() as u64;
        if found != self.frames {
            return Err(SinkError::Changed { part: self.folder.clone(), found, expected: self.frames });
        }
        self.replaced.iter().try_for_each(Written::replace)
    }
}

/// Something in a folder that is no frame, if there is any. Frames that somebody else is writing are frames.
fn foreign(folder: &Path) -> Option<String> {
    let names = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.file_name());
    names.map(|name| name.to_string_lossy().into_owned()).find(|name| !is_frame(name))
}

fn is_frame(name: &str) -> bool {
    let number = name.strip_suffix(".part").unwrap_or(name).strip_prefix("frame-");
    let number = number.and_then(|name| name.strip_suffix(".png"));
    name.starts_with(DRAFT)
        || number
            .is_some_and(|number| number.len() >= 6 && number.bytes().all(|digit| digit.is_ascii_digit()))
}

impl Sink for Frames {
    fn take(&mut self, frame: &RgbaImage) -> Result<(), SinkError> {
        let path = self.path(self.spec.first + self.frames);
        let waits = match is_there(&path) {
            // Somebody else has made it meanwhile.
            true if !self.force => return Err(SinkError::FrameExists { path }),
            true => path_of(&path),
            false => path.clone(),
        };
        let mut bytes = 0;
        // One that waits there was left of a film that was killed.
        Output::new(&waits, waits != path)?.write(|file| {
            let mut buffered = BufWriter::new(file);
            write_png(&mut buffered, frame, self.spec.has_alpha)?;
            buffered.flush()?;
            bytes = buffered.get_ref().metadata()?.len();
            Ok(())
        })?;
        let list = if waits == path { &mut self.made } else { &mut self.replaced };
        list.push(Written { path, waits, bytes });
        self.frames += 1;
        Ok(())
    }

    fn finish(self: Box<Self>, _cancel: &CancelToken) -> Result<(), SinkError> {
        self.complete()
    }

    /// The frames so far stay, or go.
    fn abandon(self: Box<Self>) -> Result<Option<Partial>, SinkError> {
        if self.spec.keeps_partial && self.frames > 0 {
            self.complete()?;
            return Ok(Some(Partial { path: self.folder, frames: self.frames }));
        }
        for Written { waits, .. } in self.made.iter().chain(&self.replaced) {
            match std::fs::remove_file(waits) {
                // Somebody else has taken it away.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed.map_err(write_error(waits))?,
            }
        }
        if self.is_new {
            // Others may have put theirs into it meanwhile: then it stays.
            let _ = std::fs::remove_dir(&self.folder);
        }
        Ok(None)
    }
}

/// Writes the picture, with its alpha or without.
pub fn write_png(to: &mut impl Write, frame: &RgbaImage, has_alpha: bool) -> std::io::Result<()> {
    let mut encoder = png::Encoder::new(to, frame.width(), frame.height());
    encoder.set_color(color_type(has_alpha));
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&numbers(frame.as_raw().as_chunks().0, has_alpha))?;
    writer.finish()?;
    Ok(())
}

/// What a png says of its pixels.
pub fn color_type(has_alpha: bool) -> png::ColorType {
    if has_alpha { png::ColorType::Rgba } else { png::ColorType::Rgb }
}

/// Red, green and blue of every pixel, and alpha where it is wanted.
pub fn numbers(pixels: &[[u8; 4]], has_alpha: bool) -> Cow<'_, [u8]> {
    if has_alpha {
        return Cow::Borrowed(pixels.as_flattened());
    }
    pixels.iter().flat_map(|&[red, green, blue, _]| [red, green, blue]).collect()
}
