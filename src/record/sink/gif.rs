//! An animated gif, of one palette for the whole film.
//!
//! The palette is known when all frames are: they wait losslessly in a file without a name, which is gone
//! however the program ends, while their colours are counted. Of every frame only the rectangle is stored
//! that differs from the one before, and in it only what differs.

use std::fs::File;
use std::io::{BufReader, BufWriter, Cursor, Read, Seek, Write};

use gif::{DisposalMethod, Encoder, EncodingError, Frame, Repeat};
use image::RgbaImage;

use super::palette::{COLOURS, Histogram, Palette};
use super::region::Region;
use super::{FilmSpec, Partial, Sink, SinkError, frames};
use crate::core::io::output::Output;

/// Frames a second, at most: viewers show a frame of less than 2 hundredths of a second for 10.
const RATE_MOST: u32 = 50;

/// A film as small loops in texts are.
pub struct Gif {
    output: Output,
    spec: FilmSpec,
    /// Every frame as a png behind its length.
    waiting: BufWriter<File>,
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
        let waiting = BufWriter::with_capacity(1 << 18, output.scratch()?);
        Ok(Self { output, spec, waiting, histogram: Histogram::default(), frames: 0 })
    }

    fn keep(&mut self, frame: &RgbaImage) -> std::io::Result<()> {
        let mut picture = Vec::new();
        frames::write_png(&mut picture, frame)?;
        self.waiting.write_all(&(picture.len() as u32).to_le_bytes())?;
        self.waiting.write_all(&picture)
    }

    fn place(self) -> Result<(), SinkError> {
        let Self { output, spec, waiting, histogram, frames } = self;
        let palette = Palette::new(&histogram);
        let write = |to: &mut File| {
            let mut from = waiting.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            from.rewind()?;
            let mut to = BufWriter::with_capacity(1 << 18, to);
            write_all(&mut to, BufReader::with_capacity(1 << 18, from), &spec, &palette, frames)
                .map_err(std::io::Error::other)?;
            to.flush()
        };
        Ok(output.write(write)?)
    }
}

impl Sink for Gif {
    fn take(&mut self, frame: &RgbaImage) -> Result<(), SinkError> {
        self.keep(frame).map_err(|error| self.output.failed(error))?;
        let pixels: Vec<[u8; 3]> = frames::without_alpha(frame).as_chunks::<3>().0.to_vec();
        self.histogram.add(&pixels);
        self.frames += 1;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), SinkError> {
        self.place()
    }

    fn abandon(self: Box<Self>) -> Result<Option<Partial>, SinkError> {
        let (path, frames) = (self.output.path().to_owned(), self.frames);
        if !self.spec.keeps_partial || frames == 0 {
            return Ok(None);
        }
        self.place()?;
        Ok(Some(Partial { path, frames }))
    }
}

fn write_all(
    to: &mut impl Write,
    mut from: impl Read,
    spec: &FilmSpec,
    palette: &Palette,
    frames: u64,
) -> Result<(), EncodingError> {
    let size = spec.size.map(|side| side as usize);
    let mut encoder = Encoder::new(to, spec.size[0] as u16, spec.size[1] as u16, &palette.bytes())?;
    encoder.set_repeat(Repeat::Infinite)?;
    let mut last = Vec::new();
    for number in 0..frames {
        let drawn = palette.draw(&read_png(&mut from)?, size[0]);
        let (region, pixels) = match number {
            0 => (Region::whole(size), drawn.clone()),
            _ => changes(&last, &drawn, size[0]),
        };
        encoder.write_frame(&Frame {
            delay: hundredths(number + 1, spec.fps) - hundredths(number, spec.fps),
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

/// Reads the next of the frames that wait.
fn read_png(from: &mut impl Read) -> std::io::Result<Vec<[u8; 3]>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
    from.read_exact(&mut bytes)?;
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().unwrap_or(0)];
    reader.next_frame(&mut pixels)?;
    Ok(pixels.as_chunks::<3>().0.to_vec())
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
