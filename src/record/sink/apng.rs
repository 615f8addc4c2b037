//! An animated png: nothing is lost, and browsers show it. Of every frame only the rectangle is stored in
//! which it differs from the one before.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

use image::RgbaImage;
use png::{ColorType, Compression, Encoder, EncodingError, Writer};

use super::frames::without_alpha;
use super::region::Region;
use super::{FilmSpec, Partial, Sink, SinkError};
use crate::core::io::output::{Draft, Output};

/// A film that is a picture for viewers that do not know better.
pub struct Apng {
    output: Output,
    spec: FilmSpec,
    draft: Draft,
    writer: Writer<BufWriter<File>>,
    /// The last frame, red, green and blue.
    last: Vec<u8>,
    frames: u32,
}

/// Where the count of frames stands: behind the signature and the header, in the chunk `acTL`.
const COUNT_CHUNK: u64 = 8 + 25;

impl Apng {
    /// Begins the film.
    ///
    /// # Errors
    /// If the place cannot be written.
    pub fn new(output: Output, spec: FilmSpec) -> Result<Self, SinkError> {
        let mut draft = output.draft()?;
        let count =
            u32::try_from(spec.frames).map_err(|_| spec.refuse("expected fewer frames in an .apng"))?;
        let file = draft.file().try_clone().map_err(|error| output.failed(error))?;
        let mut encoder = Encoder::new(BufWriter::with_capacity(1 << 18, file), spec.size[0], spec.size[1]);
        encoder.set_color(ColorType::Rgb);
        encoder.set_compression(Compression::Fast);
        let animated =
            encoder.set_animated(count, 0).and_then(|()| encoder.set_frame_delay(1, spec.fps as u16));
        let writer = animated.and_then(|()| encoder.write_header());
        let writer = writer.map_err(|error| output.failed(error.into()))?;
        Ok(Self { output, spec, draft, writer, last: Vec::new(), frames: 0 })
    }

    fn write(&mut self, frame: Vec<u8>) -> Result<(), EncodingError> {
        let size = self.spec.size.map(|side| side as usize);
        let pixels = |bytes: &'_ [u8]| -> Vec<[u8; 3]> { bytes.as_chunks::<3>().0.to_vec() };
        let (old, new) = (pixels(&self.last), pixels(&frame));
        let region = match self.frames {
            0 => Region::whole(size),
            _ => Region::of_change(&old, &new, size[0]),
        };
        self.writer.reset_frame_position()?;
        self.writer.set_frame_dimension(region.width as u32, region.height as u32)?;
        self.writer.set_frame_position(region.left as u32, region.top as u32)?;
        let changed: Vec<u8> = region.rows(&new, size[0]).flatten().flatten().copied().collect();
        self.writer.write_image_data(&changed)?;
        self.last = frame;
        self.frames += 1;
        Ok(())
    }

    /// Ends the file, with the number of frames that came.
    fn place(self) -> Result<(), SinkError> {
        let Self { output, spec, mut draft, writer, frames, .. } = self;
        writer.finish().map_err(|error| output.failed(error.into()))?;
        if u64::from(frames) != spec.frames {
            mend_count(draft.file(), frames).map_err(|error| output.failed(error))?;
        }
        Ok(draft.place()?)
    }
}

/// Writes the chunk with the count anew.
fn mend_count(file: &mut File, frames: u32) -> std::io::Result<()> {
    let mut chunk = Vec::from(*b"acTL");
    chunk.extend(frames.to_be_bytes());
    // Shown for ever.
    chunk.extend([0; 4]);
    let mut sum = flate2::Crc::new();
    sum.update(&chunk);
    chunk.extend(sum.sum().to_be_bytes());
    file.seek(SeekFrom::Start(COUNT_CHUNK + 4))?;
    file.write_all(&chunk)
}

impl Sink for Apng {
    fn take(&mut self, frame: &RgbaImage) -> Result<(), SinkError> {
        self.write(without_alpha(frame)).map_err(|error| self.output.failed(error.into()).into())
    }

    fn finish(self: Box<Self>) -> Result<(), SinkError> {
        self.place()
    }

    fn abandon(self: Box<Self>) -> Result<Option<Partial>, SinkError> {
        let (path, frames) = (self.output.path().to_owned(), u64::from(self.frames));
        if !self.spec.keeps_partial || frames == 0 {
            return Ok(None);
        }
        self.place()?;
        Ok(Some(Partial { path, frames }))
    }
}
