//! The mp4 around an H.264 film: the table of its pictures in front, then the pictures (ISO/IEC 14496-12
//! and 14496-15).
//!
//! Written here, since it has to be small in memory however long the film is: the pictures go straight from
//! the file that holds them to the film, and only a table of their lengths is kept. One picture lasts
//! exactly one frame at any whole rate. The colours are told by the pictures' own parameter sets, the
//! [`chapters`](super::chapters) by a box behind the track.
//!
//! Only what was written here is read: the table of another program's film may say more than is kept.

use std::io::{self, Read, Seek, SeekFrom, Write};

use super::chapters::{self, Chapter};

/// Parts of a frame's time in which the clock counts. Players like a clock that is finer than the frames.
const TICKS: u32 = 512;

/// What the table says of all pictures at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Frames a second.
    pub fps: u32,
    /// The parameter sets, as the decoder wants them: the content of an `avcC` box.
    pub decoder: Vec<u8>,
    /// Where its chapters begin, and what they are called.
    pub chapters: Vec<Chapter>,
}

/// A picture in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Bytes, with a length of 4 bytes in place of every start code.
    pub length: u32,
    /// Whether decoding can begin with it.
    pub is_key: bool,
}

/// The profile of films of 10 bits; those of 8 have others here.
const HIGH_10: u8 = 110;

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
        // From the High profile on: colours at half the resolution, 8 bits or in High 10 ten, no extension.
        let more_bits = if sequence[1] == HIGH_10 { 2 } else { 0 };
        record.extend([0xfd, 0xf8 | more_bits, 0xf8 | more_bits, 0]);
    }
    record
}

/// Writes all that stands before the pictures; they follow without anything between them.
///
/// # Errors
/// If it cannot be written, or the film is too long for the format.
pub fn write_head(to: &mut impl Write, head: &Track, pictures: &[Sample]) -> io::Result<()> {
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

/// Bytes that a table may have: sixteen for each frame of a film of a day and more.
const MOST_TABLE: u64 = 256 << 20;

/// Reads the table of such a film, and where its first picture begins; the others follow it. `None`: the
/// film was not written here, or is damaged.
///
/// # Errors
/// If the file cannot be read.
pub fn read_head(file: &mut (impl Read + Seek)) -> io::Result<Option<(Track, Vec<Sample>, u64)>> {
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    // The kind, then the table.
    let mut table = Vec::new();
    for name in [b"ftyp", b"moov"] {
        let mut start = [0; 8];
        if file.stream_position()? + 8 > length {
            return Ok(None);
        }
        file.read_exact(&mut start)?;
        let inside = u64::from(word(&start, 0).unwrap_or(0)).checked_sub(8);
        let left = length - file.stream_position()?;
        let is_sound = |&inside: &u64| start[4..] == name[..] && inside <= left.min(MOST_TABLE);
        let Some(inside) = inside.filter(is_sound) else {
            return Ok(None);
        };
        table.resize(inside as usize, 0);
        file.read_exact(&mut table)?;
    }
    Ok(parse(&table, length))
}

/// The number at a place.
fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

/// The content of the first box of that name among others.
fn find<'a>(mut boxes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    loop {
        let length = word(boxes, 0)? as usize;
        let content = boxes.get(8..length)?;
        if boxes[4..8] == name[..] {
            return Some(content);
        }
        boxes = &boxes[length..];
    }
}

/// The numbers of a list behind its own header of so many bytes, whose last number is their count.
fn list(content: &[u8], header: usize) -> Option<impl Iterator<Item = u32> + '_> {
    let count = word(content, header - 4)? as usize;
    let numbers = content.get(header..)?.as_chunks::<4>().0;
    (numbers.len() == count).then(|| numbers.iter().map(|&number| u32::from_be_bytes(number)))
}

fn parse(moov: &[u8], length: u64) -> Option<(Track, Vec<Sample>, u64)> {
    let media = find(find(moov, b"trak")?, b"mdia")?;
    let samples = find(find(media, b"minf")?, b"stbl")?;
    let entry = find(find(samples, b"stsd")?.get(8..)?, b"avc1")?;
    let decoder = find(entry.get(78..)?, b"avcC")?.to_vec();
    let size = word(entry, 24).map(|sides| [sides >> 16, sides & 0xffff])?;
    let fps = word(find(media, b"mdhd")?, 12)? / TICKS;
    let mut pictures: Vec<Sample> =
        list(find(samples, b"stsz")?, 12)?.map(|length| Sample { length, is_key: false }).collect();
    for number in list(find(samples, b"stss")?, 8)? {
        pictures.get_mut((number as usize).checked_sub(1)?)?.is_key = true;
    }
    let first = match (find(samples, b"stco"), find(samples, b"co64")) {
        (Some(offsets), _) => u64::from(word(offsets, 8)?),
        (_, Some(offsets)) => u64::from(word(offsets, 8)?) << 32 | u64::from(word(offsets, 12)?),
        _ => return None,
    };
    let chapters = match find(moov, b"udta") {
        Some(user) => chapters::from_box(find(user, b"chpl")?, fps)?,
        None => Vec::new(),
    };
    let head = Track { size, fps, decoder, chapters };
    // Whatever else the table says, a table of these numbers written here would say it as well.
    let is_long = find(samples, b"co64").is_some();
    let duration = u32::try_from(pictures.len() as u64 * u64::from(TICKS)).ok()?;
    let end = pictures.iter().try_fold(first, |at, picture| at.checked_add(u64::from(picture.length)))?;
    let is_ours = (1..=240).contains(&fps)
        && end <= length
        && pictures.first().is_some_and(|picture| picture.is_key)
        && boxed(b"moov", &[moov]) == table(&head, &pictures, duration, first, is_long);
    is_ours.then_some((head, pictures, first))
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

fn table(head: &Track, pictures: &[Sample], duration: u32, first: u64, is_long: bool) -> Vec<u8> {
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
    boxed(b"moov", &[&boxed(b"mvhd", &[&words(&movie)]), &track, &user_data(head)])
}

/// The chapters; nothing where there are none.
fn user_data(head: &Track) -> Vec<u8> {
    match &head.chapters[..] {
        [] => Vec::new(),
        all => boxed(b"udta", &[&boxed(b"chpl", &[&chapters::to_box(all, head.fps)])]),
    }
}

/// How long, how large, where and of what kind the pictures are; each is a chunk of its own.
fn samples(head: &Track, pictures: &[Sample], first: u64, is_long: bool) -> Vec<u8> {
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

fn sample_entry(head: &Track) -> Vec<u8> {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A film of such pictures, empty but as long as it would be.
    fn film(lengths: &[u32]) -> (Track, Vec<Sample>, std::fs::File) {
        let decoder = decoder_record(&[0x67, 66, 0xc0, 31, 5], &[0x68, 1]);
        let chapters = (0..lengths.len() as u64 / 2).map(|at| Chapter::new(2 * at, "A")).collect();
        let head = Track { size: [1280, 720], fps: 7, decoder, chapters };
        let picture = |(number, &length): (usize, &u32)| Sample { length, is_key: number % 3 == 0 };
        let pictures: Vec<Sample> = lengths.iter().enumerate().map(picture).collect();
        let mut file = tempfile::tempfile().unwrap();
        write_head(&mut file, &head, &pictures).unwrap();
        let first = file.stream_position().unwrap();
        file.set_len(first + lengths.iter().map(|&length| u64::from(length)).sum::<u64>()).unwrap();
        (head, pictures, file)
    }

    #[test]
    fn a_table_is_read_as_it_was_written_beyond_four_gigabytes_too() {
        for lengths in [&[9][..], &[100, 7, 7, 80], &[1 << 30; 6]] {
            let (head, pictures, mut file) = film(lengths);
            let first = file.metadata().unwrap().len() - lengths.iter().map(|&l| u64::from(l)).sum::<u64>();
            assert_eq!(read_head(&mut file).unwrap(), Some((head, pictures, first)));
        }
    }

    #[test]
    fn a_film_that_is_a_byte_short_is_none() {
        let (_, _, mut file) = film(&[100, 7]);
        file.set_len(file.metadata().unwrap().len() - 1).unwrap();
        assert_eq!(read_head(&mut file).unwrap(), None);
    }
}
