//! A folder of numbered `.png`: nothing is lost, and parts made on several machines fall into one folder.
//!
//! `frame-000123.png` is the frame of that number in the whole film, counted from 0. One that replaces an
//! older one waits beside it, as `frame-000123.png.part`, until all are there.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use image::RgbaImage;

use super::part::path_of;
use super::{FilmSpec, Partial, Sink, SinkError, write_error};
use crate::core::io::output::{Output, OutputError};
use crate::core::num::CancelToken;

/// A film that is a folder.
pub struct Frames {
    folder: PathBuf,
    /// Whether the folder was made for this film.
    is_new: bool,
    force: bool,
    spec: FilmSpec,
    frames: u64,
    /// The files that were not there before.
    made: Vec<PathBuf>,
    /// The files that were, whose successors wait.
    replaced: Vec<PathBuf>,
}

impl Frames {
    /// Makes the folder, if it is not there.
    ///
    /// # Errors
    /// If it holds a frame of this film already (without `force`), or cannot be made.
    pub fn new(folder: &Path, force: bool, spec: FilmSpec) -> Result<Self, SinkError> {
        if folder.exists() && !folder.is_dir() {
            return Err(OutputError::IsFile { path: folder.to_owned() }.into());
        }
        let (made, replaced) = (Vec::new(), Vec::new());
        let folder_path = folder.to_owned();
        let mut frames = Self { folder: folder_path, is_new: false, force, spec, frames: 0, made, replaced };
        let mut numbers = frames.spec.first..frames.spec.first.saturating_add(frames.spec.frames);
        let there = numbers.find(|&number| frames.path(number).exists());
        if let (Some(number), false) = (there, force) {
            return Err(SinkError::FrameExists { path: frames.path(number) });
        }
        frames.is_new = !folder.is_dir();
        std::fs::create_dir_all(folder).map_err(write_error(folder))?;
        Ok(frames)
    }

    /// The file of the frame of that number in the whole film.
    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("frame-{number:06}.png"))
    }

    /// Puts the successors of older frames in their places.
    fn replace(&self) -> Result<(), SinkError> {
        let replace = |path: &PathBuf| std::fs::rename(path_of(path), path).map_err(write_error(path));
        self.replaced.iter().try_for_each(replace)
    }
}

impl Sink for Frames {
    fn take(&mut self, frame: &RgbaImage) -> Result<(), SinkError> {
        let path = self.path(self.spec.first + self.frames);
        let (place, list) = match path.exists() {
            // Somebody else has made it meanwhile.
            true if !self.force => return Err(SinkError::FrameExists { path }),
            true => (path_of(&path), &mut self.replaced),
            false => (path.clone(), &mut self.made),
        };
        // One that waits there was left of a film that was killed.
        Output::new(&place, place != path)?.write(|file| {
            let mut file = BufWriter::new(file);
            write_png(&mut file, frame)?;
            file.flush()
        })?;
        list.push(path);
        self.frames += 1;
        Ok(())
    }

    fn finish(self: Box<Self>, _cancel: &CancelToken) -> Result<(), SinkError> {
        self.replace()
    }

    /// The frames so far stay, or go.
    fn abandon(self: Box<Self>) -> Result<Option<Partial>, SinkError> {
        if self.spec.keeps_partial && self.frames > 0 {
            self.replace()?;
            return Ok(Some(Partial { path: self.folder, frames: self.frames }));
        }
        let waiting = self.replaced.iter().map(|path| path_of(path));
        for path in self.made.iter().cloned().chain(waiting) {
            std::fs::remove_file(&path).map_err(write_error(&path))?;
        }
        if self.is_new {
            // Others may have put theirs into it meanwhile: then it stays.
            let _ = std::fs::remove_dir(&self.folder);
        }
        Ok(None)
    }
}

/// Writes the picture without its alpha.
pub fn write_png(to: &mut impl Write, frame: &RgbaImage) -> std::io::Result<()> {
    let mut encoder = png::Encoder::new(to, frame.width(), frame.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&without_alpha(frame))?;
    writer.finish()?;
    Ok(())
}

/// Red, green and blue of every pixel.
pub fn without_alpha(frame: &RgbaImage) -> Vec<u8> {
    let pixels = frame.as_raw().as_chunks::<4>().0;
    pixels.iter().flat_map(|&[red, green, blue, _]| [red, green, blue]).collect()
}
