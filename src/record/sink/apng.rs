//! An animated png: nothing is lost, and browsers show it. Of every frame only the rectangle is stored in
//! which it differs from the one before.
//!
//! The [`part`](super::part) beside the film is the film so far: cut behind its last whole frame, with the
//! number of frames put right and an end, it is a shorter one.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use flate2::CrcWriter;
use image::RgbaImage;
use png::{Compression, Encoder, EncodingError, Writer};

use super::frames::{color_type, numbers};
use super::join::{JoinError, not_a_part};
use super::part::PartFile;
use super::region::Region;
use super::{FilmSpec, Partial, Sink, SinkError};
use crate::core::num::CancelToken;
use crate::disk::output::{Output, Stoppable};

/// A film that is a picture for viewers that do not know better.
pub struct Apng {
    output: Output,
    spec: FilmSpec,
    part: PartFile,
    /// Unbuffered, so that every frame is in the part at once.
    writer: Writer<File>,
    /// The last frame.
    last: Vec<[u8; 4]>,
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
        let frames =
            u32::try_from(spec.frames).map_err(|_| spec.refuse("expected fewer frames in an .apng"))?;
        let part = PartFile::create(&output, count)?;
        let mut encoder = Encoder::new(part.share()?, spec.size[0], spec.size[1]);
        encoder.set_color(color_type(spec.has_alpha));
        encoder.set_compression(Compression::Fast);
        let animated =
            encoder.set_animated(frames, 0).and_then(|()| encoder.set_frame_delay(1, spec.fps as u16));
        let writer = animated.and_then(|()| encoder.write_header());
        let writer = writer.map_err(|error| output.failed(error.into()))?;
        Ok(Self { output, spec, part, writer, last: Vec::new(), frames: 0 })
    }

    fn write(&mut self, frame: &RgbaImage) -> Result<(), EncodingError> {
        let size = self.spec.size.map(|side| side as usize);
        let has_alpha = self.spec.has_alpha;
        // Where alpha is not kept, it is no difference either.
        let seen = |&[r, g, b, a]: &[u8; 4]| [r, g, b, if has_alpha { a } else { 255 }];
        let new: Vec<[u8; 4]> = frame.as_raw().as_chunks().0.iter().map(seen).collect();
        let region = match self.frames {
            0 => Region::whole(size),
            _ => Region::of_change(&self.last, &new, size[0]),
        };
        self.writer.reset_frame_position()?;
        self.writer.set_frame_dimension(region.width as u32, region.height as u32)?;
        self.writer.set_frame_position(region.left as u32, region.top as u32)?;
        let changed: Vec<[u8; 4]> = region.rows(&new, size[0]).flatten().copied().collect();
        self.writer.write_image_data(&numbers(&changed, has_alpha))?;
        self.last = new;
        self.frames += 1;
        Ok(())
    }

    /// Ends the file, with the number of frames that came. Where that fails, what there is can be kept.
    fn place(self) -> Result<(), SinkError> {
        let Self { output, spec, mut part, writer, frames, .. } = self;
        let end = || -> io::Result<()> {
            writer.finish()?;
            if u64::from(frames) != spec.frames { mend_count(&mut part.patch()?, frames) } else { Ok(()) }
        };
        let ended = end().map_err(|error| output.failed(error).into());
        let placed = ended.and_then(|()| part.require(frames.into())).and_then(|()| Ok(part.place(&output)?));
        match placed {
            Err(error) if spec.keeps_partial => Err(part.keep(error)),
            placed => placed,
        }
    }
}

/// Writes the chunk with the count anew.
fn mend_count(file: &mut File, frames: u32) -> io::Result<()> {
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
        self.write(frame).map_err(|error| self.output.failed(error.into()).into())
    }

    fn finish(self: Box<Self>, _cancel: &CancelToken) -> Result<(), SinkError> {
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

/// Makes the film of a part that was left; tells how many frames it has.
///
/// # Errors
/// If the part cannot be read or is none, the film cannot be written, or it was cancelled.
pub fn recover(part: &Path, output: &Output, cancel: &CancelToken) -> Result<u64, JoinError> {
    let read = |source| JoinError::Read { path: part.to_owned(), source };
    let mut from = File::open(part).map_err(read)?;
    let (frames, length) = whole_frames(BufReader::new(&from)).map_err(read)?;
    if frames == 0 {
        return Err(not_a_part(part, "it was cut before its first frame was complete"));
    }
    output.write(|to| {
        from.rewind()?;
        io::copy(&mut (&from).take(length), &mut Stoppable::new(to, cancel))?;
        // No content, and the sum over its name.
        to.write_all(b"\0\0\0\0IEND\xae\x42\x60\x82")?;
        mend_count(to, frames)
    })?;
    Ok(u64::from(frames))
}

/// How many frames there are whole in a part; 0 where it is none.
fn count(part: &Path) -> u64 {
    File::open(part)
        .and_then(|from| whole_frames(BufReader::new(from)))
        .map_or(0, |(frames, _)| frames.into())
}

/// How many frames are there whole, and where the last of them ends: what follows it has begun.
fn whole_frames(mut from: impl Read) -> io::Result<(u32, u64)> {
    let (mut begun, mut whole, mut at) = (0, (0, 0), 8);
    io::copy(&mut (&mut from).take(at), &mut io::sink())?;
    loop {
        let mut head = Vec::new();
        (&mut from).take(8).read_to_end(&mut head)?;
        let Some((length, name)) = head.split_first_chunk::<4>() else { return Ok(whole) };
        if matches!(name, b"fcTL" | b"IEND") {
            whole = (begun, at);
            begun += 1;
        }
        // The content, and a sum over name and content.
        let length = u64::from(u32::from_be_bytes(*length));
        let mut summed = CrcWriter::new(io::sink());
        summed.write_all(name)?;
        io::copy(&mut (&mut from).take(length), &mut summed)?;
        let mut sum = Vec::new();
        (&mut from).take(4).read_to_end(&mut sum)?;
        if sum != summed.crc().sum().to_be_bytes() {
            return Ok(whole);
        }
        at += 8 + length + 4;
    }
}
