//! An animated gif, of one palette for the whole film.
//!
//! The palette is known when all frames are: they wait losslessly in the [`part`](super::part) beside the
//! film while their colours are counted. Of every frame only the rectangle is stored that differs from the
//! one before, and in it only what differs.
//!
//! ```text
//! losscape-gif-v1 size=1280x720 fps=30⏎ | length png | length png | ...
//! ```

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Cursor, Read, Write};
use std::path::Path;

use gif::{DisposalMethod, Encoder, EncodingError, Frame, Repeat};
use image::RgbaImage;

use super::color_table::{COLOURS, ColorTable, Histogram};
use super::join::{JoinError, not_a_part};
use super::part::{GIF_MAGIC, Note, PartFile};
use super::region::Region;
use super::{FilmSpec, Partial, Sink, SinkError, frames, write_error};
use crate::core::num::CancelToken;
use crate::disk::output::Output;

/// Frames a second, at most: viewers show a frame of less than 2 hundredths of a second for 10.
const RATE_MOST: u32 = 50;

/// A film as small loops in texts are.
pub struct Gif {
    output: Output,
    spec: FilmSpec,
    part: PartFile,
    histogram: Histogram,
    frames: u64,
}

impl Gif {
    /// Begins the film.
    ///
    /// # Errors
    /// If the rate is too high for the format, or the place cannot be written.
    pub fn new(output: Output, spec: FilmSpec) -> Result<Self, SinkError> {
        if spec.fps > RATE_MOST {
            return Err(spec.refuse("expected at most 50 frames a second in a .gif"));
        }
        let mut part = PartFile::create(&output, count)?;
        let head = writeln!(part.file(), "{GIF_MAGIC}{}", spec.note().to_text());
        head.map_err(|error| output.failed(error))?;
        Ok(Self { output, spec, part, histogram: Histogram::default(), frames: 0 })
    }

    /// Keeps a frame, in one write.
    fn keep(&mut self, frame: &RgbaImage) -> io::Result<()> {
        let mut record = vec![0; LENGTH];
        frames::write_png(&mut record, frame, false)?;
        let length = (record.len() - LENGTH) as u32;
        record[..LENGTH].copy_from_slice(&length.to_le_bytes());
        self.part.file().write_all(&record)
    }

    fn place(&self, cancel: &CancelToken) -> Result<(), SinkError> {
        let waiting = PartFrames::open(self.part.path()).and_then(|waiting| waiting.ok_or_else(cut));
        let waiting = waiting.map_err(write_error(self.part.path()))?;
        let palette = ColorTable::new(&self.histogram);
        let written = self.output.write(|to| waiting.write(to, &palette, self.frames, cancel));
        Ok(written?)
    }

    /// The part stays where it is asked for and the film cannot be had.
    fn end(self, cancel: &CancelToken) -> Result<(), SinkError> {
        match self.place(cancel) {
            Err(source) if self.spec.keeps_partial => Err(self.part.keep(source)),
            placed => placed,
        }
    }
}

impl Sink for Gif {
    fn take(&mut self, frame: &RgbaImage) -> Result<(), SinkError> {
        self.keep(frame).map_err(|error| self.output.failed(error))?;
        self.histogram.add(frames::numbers(frame.as_raw().as_chunks().0, false).as_chunks::<3>().0);
        self.frames += 1;
        Ok(())
    }

    fn finish(self: Box<Self>, cancel: &CancelToken) -> Result<(), SinkError> {
        self.end(cancel)
    }

    fn abandon(self: Box<Self>) -> Result<Option<Partial>, SinkError> {
        let (path, frames) = (self.output.path().to_owned(), self.frames);
        if !self.spec.keeps_partial || frames == 0 {
            return Ok(None);
        }
        self.end(&CancelToken::default())?;
        Ok(Some(Partial { path, frames }))
    }
}

/// Makes the film of a part that was left; tells how many frames it has.
///
/// # Errors
/// If the part cannot be read or is none, the film cannot be written, or it was cancelled.
pub fn recover(part: &Path, output: &Output, cancel: &CancelToken) -> Result<u64, JoinError> {
    let read = |source| JoinError::Read { path: part.to_owned(), source };
    let open = || {
        PartFrames::open(part).map_err(read)?.ok_or_else(|| not_a_part(part, "its first bytes are not ours"))
    };
    let (mut waiting, mut histogram, mut frames) = (open()?, Histogram::default(), 0);
    while let Some(pixels) = waiting.next().map_err(read)? {
        if cancel.is_cancelled() {
            return Err(output.failed(io::ErrorKind::Interrupted.into()).into());
        }
        histogram.add(&pixels);
        frames += 1;
    }
    if frames == 0 {
        return Err(not_a_part(part, "it was cut before its first frame was complete"));
    }
    let (waiting, palette) = (open()?, ColorTable::new(&histogram));
    output.write(|to| waiting.write(to, &palette, frames, cancel))?;
    Ok(frames)
}

/// How many frames there are in a part; 0 where it is none.
fn count(part: &Path) -> u64 {
    let Ok(Some(mut waiting)) = PartFrames::open(part) else { return 0 };
    std::iter::from_fn(|| waiting.next().ok()?).count() as u64
}

/// Bytes of a record's length.
const LENGTH: usize = 4;
/// Bytes that a record may have beyond those of its pixels.
const RECORD_HEAD: u64 = 1 << 16;

/// The frames of a part, one after another.
struct PartFrames {
    from: BufReader<File>,
    note: Note,
}

impl PartFrames {
    /// `None`: it is no part of a gif.
    fn open(part: &Path) -> io::Result<Option<Self>> {
        let mut from = BufReader::with_capacity(1 << 18, File::open(part)?);
        let mut head = Vec::new();
        (&mut from).take(64).read_until(b'\n', &mut head)?;
        let note = std::str::from_utf8(&head).ok().and_then(|head| head.strip_suffix('\n'));
        let note = note.and_then(|head| Note::parse(head.strip_prefix(GIF_MAGIC)?));
        Ok(note.map(|note| Self { from, note }))
    }

    /// The next frame that is there whole.
    fn next(&mut self) -> io::Result<Option<Vec<[u8; 3]>>> {
        let mut record = Vec::new();
        (&mut self.from).take(LENGTH as u64).read_to_end(&mut record)?;
        let Ok(length) = record[..].try_into().map(u32::from_le_bytes) else { return Ok(None) };
        if u64::from(length) > RECORD_HEAD + 4 * self.note.size.map(u64::from).iter().product::<u64>() {
            return Ok(None);
        }
        let mut picture = Vec::new();
        (&mut self.from).take(u64::from(length)).read_to_end(&mut picture)?;
        if picture.len() < length as usize { Ok(None) } else { read_png(picture, self.note.size) }
    }

    /// Writes the film of so many of them.
    fn write(
        mut self,
        to: &mut File,
        palette: &ColorTable,
        frames: u64,
        cancel: &CancelToken,
    ) -> io::Result<()> {
        let mut to = BufWriter::with_capacity(1 << 18, to);
        write_all(&mut to, &mut self, palette, frames, cancel).map_err(io::Error::other)?;
        to.flush()
    }
}

fn cut() -> io::Error {
    io::Error::other("it has changed meanwhile")
}

fn write_all(
    to: &mut impl Write,
    from: &mut PartFrames,
    palette: &ColorTable,
    frames: u64,
    cancel: &CancelToken,
) -> Result<(), EncodingError> {
    let Note { size: [width, height], fps } = from.note;
    let size = [width as usize, height as usize];
    let mut encoder = Encoder::new(to, width as u16, height as u16, &palette.bytes())?;
    encoder.set_repeat(Repeat::Infinite)?;
    let mut last = Vec::new();
    for number in 0..frames {
        if cancel.is_cancelled() {
            return Err(io::Error::from(io::ErrorKind::Interrupted).into());
        }
        let drawn = palette.draw(&from.next()?.ok_or_else(cut)?, size[0]);
        let (region, pixels) = match number {
            0 => (Region::whole(size), drawn.clone()),
            _ => changes(&last, &drawn, size[0]),
        };
        encoder.write_frame(&Frame {
            delay: hundredths(number + 1, fps) - hundredths(number, fps),
            dispose: DisposalMethod::Keep,
            transparent: (number > 0).then_some(SAME),
            left: region.left as u16,
            top: region.top as u16,
            width: region.width as u16,
            height: region.height as u16,
            buffer: pixels.into(),
            ..Frame::default()
        })?;
        last = drawn;
    }
    Ok(())
}

/// The index of what does not change.
const SAME: u8 = COLOURS as u8;

/// The rectangle that changes, and the indices in it.
fn changes(old: &[u8], new: &[u8], width: usize) -> (Region, Vec<u8>) {
    let region = Region::of_change(old, new, width);
    let rows = region.rows(old, width).zip(region.rows(new, width));
    let pixels = rows
        .flat_map(|(old, new)| old.iter().zip(new).map(|(old, &new)| if *old == new { SAME } else { new }));
    (region, pixels.collect())
}

/// When a frame begins, to the nearest hundredth of a second: the sum of all frames' times is exact.
fn hundredths(frame: u64, fps: u32) -> u16 {
    // Only differences are used, and those are small.
    (frame * 200 / u64::from(fps)).div_ceil(2) as u16
}

/// The pixels of a picture; `None` if it has another size than it must have.
fn read_png(bytes: Vec<u8>, [width, height]: [u32; 2]) -> io::Result<Option<Vec<[u8; 3]>>> {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info()?;
    let size = 3 * width as usize * height as usize;
    if (reader.info().width, reader.info().height, reader.output_buffer_size()) != (width, height, Some(size))
    {
        return Ok(None);
    }
    let mut pixels = vec![0; size];
    reader.next_frame(&mut pixels)?;
    Ok(Some(pixels.as_chunks::<3>().0.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_add_up_to_the_film_at_every_rate() {
        for fps in 1..=RATE_MOST {
            let delays: Vec<u16> =
                (0..u64::from(fps)).map(|n| hundredths(n + 1, fps) - hundredths(n, fps)).collect();
            assert_eq!(delays.iter().sum::<u16>(), 100, "{fps}");
            let (least, most) = (delays.iter().min().unwrap(), delays.iter().max().unwrap());
            assert!(*least >= 2 && most - least <= 1, "{fps}: {delays:?}");
        }
    }
}
