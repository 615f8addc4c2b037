//! The mp4 around an H.264 film: the table of its pictures in front, then the pictures (ISO/IEC 14496-12
//! and 14496-15).
//!
//! Written here, since it has to be small in memory however long the film is: the pictures go straight from
//! the file that holds them to the film, and only a table of their lengths is kept. One picture lasts
//! exactly one frame at any whole rate. The colours are told by the pictures' own parameter sets.

use std::io::{self, Write};

/// Parts of a frame's time in which the clock counts. Players like a clock that is finer than the frames.
const TICKS: u32 = 512;

/// What the table says of all pictures at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Frames a second.
    pub fps: u32,
    /// The parameter sets, as the decoder wants them: the content of an `avcC` box.
    pub decoder: Vec<u8>,
}

/// A picture in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Bytes, with a length of 4 bytes in place of every start code.
    pub length: u32,
    /// Whether decoding can begin with it.
    pub is_key: bool,
}

/// The content of an `avcC` box for these parameter sets, given without start codes.
pub fn decoder_record(sequence: &[u8], picture: &[u8]) -> Vec<u8> {
    let mut record = vec![1];
    record.extend_from_slice(&sequence[1..4]);
    // Lengths of 4 bytes; one set of either kind.
    record.extend([0xff, 0xe1]);
    record.extend((sequence.len() as u16).to_be_bytes());
    record.extend_from_slice(sequence);
    record.push(1);
    record.extend((picture.len() as u16).to_be_bytes());
    record.extend_from_slice(picture);
    if sequence[1] >= 100 {
        // From the High profile on: colours at half the resolution, 8 bits, no extension.
        record.extend([0xfd, 0xf8, 0xf8, 0]);
    }
    record
}

/// Writes all that stands before the pictures; they follow without anything between them.
///
/// # Errors
/// If it cannot be written, or the film is too long for the format.
pub fn write_head(to: &mut impl Write, head: &Head, pictures: &[Picture]) -> io::Result<()> {
    let bytes: u64 = pictures.iter().map(|picture| u64::from(picture.length)).sum();
    let duration = u32::try_from(pictures.len() as u64 * u64::from(TICKS));
    let duration = duration.map_err(|_| io::Error::other("too many frames for an mp4"))?;
    let kind = boxed(b"ftyp", &[b"isom", &0x200_u32.to_be_bytes(), b"isomiso2avc1mp41"]);
    // The offsets are of a fixed width: the table is as long with any.
    let is_long = bytes > u64::from(u32::MAX - (1 << 24)) - 16 * pictures.len() as u64;
    let data_head: u64 = if is_long { 16 } else { 8 };
    let measured = table(head, pictures, duration, 0, is_long);
    let first = kind.len() as u64 + measured.len() as u64 + data_head;
    to.write_all(&kind)?;
    to.write_all(&table(head, pictures, duration, first, is_long))?;
    match is_long {
        true => {
            to.write_all(&1_u32.to_be_bytes())?;
            to.write_all(b"mdat")?;
            to.write_all(&(bytes + data_head).to_be_bytes())
        }
        false => {
            to.write_all(&((bytes + data_head) as u32).to_be_bytes())?;
            to.write_all(b"mdat")
        }
    }
}

/// A box: its length, its name, its content.
fn boxed(name: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let length: usize = 8 + content.iter().map(|piece| piece.len()).sum::<usize>();
    let mut bytes = Vec::with_capacity(length);
    bytes.extend((length as u32).to_be_bytes());
    bytes.extend_from_slice(name);
    content.iter().for_each(|piece| bytes.extend_from_slice(piece));
    bytes
}

/// Numbers of 4 bytes.
fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// The identity, in the fixed-point numbers of the format.
const UPRIGHT: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

fn table(head: &Head, pictures: &[Picture], duration: u32, first: u64, is_long: bool) -> Vec<u8> {
    let scale = head.fps * TICKS;
    let [width, height] = head.size;
    let movie =
        [&[0, 0, 0, scale, duration, 0x1_0000, 0x100_0000, 0, 0], &UPRIGHT[..], &[0; 6], &[2]].concat();
    let shown = [&[7, 0, 0, 1, 0, duration, 0, 0, 0, 0], &UPRIGHT[..], &[width << 16, height << 16]].concat();
    // The language: undetermined.
    let clock = [0, 0, 0, scale, duration, 0x55c4_0000];
    let media = boxed(
        b"mdia",
        &[
            &boxed(b"mdhd", &[&words(&clock)]),
            &boxed(b"hdlr", &[&[0; 8], b"vide", &[0; 12], b"losscape\0"]),
            &boxed(
                b"minf",
                &[
                    &boxed(b"vmhd", &[&words(&[1, 0, 0])]),
                    // The pictures are in this file.
                    &boxed(b"dinf", &[&boxed(b"dref", &[&words(&[0, 1]), &boxed(b"url ", &[&words(&[1])])])]),
                    &samples(head, pictures, first, is_long),
                ],
            ),
        ],
    );
    let track = boxed(b"trak", &[&boxed(b"tkhd", &[&words(&shown)]), &media]);
    boxed(b"moov", &[&boxed(b"mvhd", &[&words(&movie)]), &track])
}

/// How long, how large, where and of what kind the pictures are; each is a chunk of its own.
fn samples(head: &Head, pictures: &[Picture], first: u64, is_long: bool) -> Vec<u8> {
    let count = pictures.len() as u32;
    let lengths: Vec<u32> = pictures.iter().map(|picture| picture.length).collect();
    let keys: Vec<u32> = (1..).zip(pictures).filter(|(_, picture)| picture.is_key).map(|(n, _)| n).collect();
    let offsets = pictures.iter().scan(first, |at, picture| {
        let offset = *at;
        *at += u64::from(picture.length);
        Some(offset)
    });
    let offsets = match is_long {
        true => {
            let places: Vec<u8> = offsets.flat_map(u64::to_be_bytes).collect();
            boxed(b"co64", &[&words(&[0, count]), &places])
        }
        false => {
            let places: Vec<u8> = offsets.flat_map(|offset| (offset as u32).to_be_bytes()).collect();
            boxed(b"stco", &[&words(&[0, count]), &places])
        }
    };
    boxed(
        b"stbl",
        &[
            &boxed(b"stsd", &[&words(&[0, 1]), &sample_entry(head)]),
            &boxed(b"stts", &[&words(&[0, 1, count, TICKS])]),
            &boxed(b"stss", &[&words(&[0, keys.len() as u32]), &words(&keys)]),
            &boxed(b"stsc", &[&words(&[0, 1, 1, 1, 1])]),
            &boxed(b"stsz", &[&words(&[0, 0, count]), &words(&lengths)]),
            &offsets,
        ],
    )
}

fn sample_entry(head: &Head) -> Vec<u8> {
    let [width, height] = head.size.map(|side| (side as u16).to_be_bytes());
    // 72 dots an inch, one picture a sample, no name of an encoder, 24 bits of colour.
    let fixed = words(&[0x48_0000, 0x48_0000, 0]);
    boxed(
        b"avc1",
        &[
            &[0; 6],
            &[0, 1],
            &[0; 16],
            &width,
            &height,
            &fixed,
            &[0, 1],
            &[0; 32],
            &[0, 24, 0xff, 0xff],
            &boxed(b"avcC", &[&head.decoder]),
        ],
    )
}
