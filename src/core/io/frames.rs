//! Frames, of which a recording and a talk with an evaluator are made: a magic, and then kind, length, body and
//! CRC-32 of each (docs/recordings.md).
//!
//! Nothing is read here: [`next`] takes the first frame of the bytes that have come so far, and says where they
//! are not enough yet.

/// What a recording begins with.
pub const RECORDING: [u8; 8] = *b"\x89LSR\r\n\x1a\n";
/// What each direction of a talk with an evaluator begins with.
pub const TALK: [u8; 8] = *b"\x89LSE\r\n\x1a\n";

/// Bytes of a body at most.
pub const MOST_BYTES: u64 = 1 << 31;

/// Bytes before a body: kind and length.
pub const HEAD: usize = 9;
/// Bytes after it: the checksum.
const TAIL: usize = 4;

/// One frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// What the body is; who does not know it skips the frame.
    pub kind: u8,
    /// Its bytes, at most [`MOST_BYTES`].
    pub body: Vec<u8>,
}

/// Why bytes are no frames.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum FrameError {
    /// They begin with something else.
    #[error("it does not begin as such a file or talk does")]
    Magic,
    /// A length beyond the limit.
    #[error("a frame that says it has {0} bytes, where {MOST_BYTES} are the most")]
    Length(u64),
    /// The checksum is that of other bytes.
    #[error("a frame whose checksum is not that of its bytes")]
    Checksum,
}

/// Appends a frame to bytes.
pub fn write(frame: &Frame, bytes: &mut Vec<u8>) {
    let began = bytes.len();
    bytes.reserve(HEAD + frame.body.len() + TAIL);
    bytes.push(frame.kind);
    bytes.extend((frame.body.len() as u64).to_le_bytes());
    bytes.extend(&frame.body);
    let checksum = crc32fast::hash(&bytes[began..]);
    bytes.extend(checksum.to_le_bytes());
}

/// Reads the magic that bytes begin with: its length, or `None` where they are cut off within it.
///
/// # Errors
/// If they begin with something else, as soon as that is seen.
pub fn opening(bytes: &[u8], magic: &[u8; 8]) -> Result<Option<usize>, FrameError> {
    let there = bytes.len().min(magic.len());
    if bytes[..there] != magic[..there] {
        return Err(FrameError::Magic);
    }
    Ok((there == magic.len()).then_some(there))
}

/// Bytes that the frame takes with which bytes begin; `None` where they are cut off before they tell.
pub fn length(bytes: &[u8]) -> Option<u64> {
    let length = bytes.get(1..)?.first_chunk().map(|length| u64::from_le_bytes(*length))?;
    length.checked_add((HEAD + TAIL) as u64)
}

/// Reads the frame that bytes begin with, and how many of them it takes; `None` where they are cut off within it.
///
/// # Errors
/// If its length is beyond the limit, or the checksum is that of other bytes.
pub fn next(bytes: &[u8]) -> Result<Option<(Frame, usize)>, FrameError> {
    let Some((&kind, after)) = bytes.split_first() else { return Ok(None) };
    let Some(length) = after.first_chunk().map(|length| u64::from_le_bytes(*length)) else { return Ok(None) };
    if length > MOST_BYTES {
        return Err(FrameError::Length(length));
    }
    let end = HEAD + length as usize;
    let Some(checksum) = bytes.get(end..).and_then(<[u8]>::first_chunk) else { return Ok(None) };
    if crc32fast::hash(&bytes[..end]) != u32::from_le_bytes(*checksum) {
        return Err(FrameError::Checksum);
    }
    Ok(Some((Frame { kind, body: bytes[HEAD..end].to_vec() }, end + TAIL)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes() -> (Vec<Frame>, Vec<u8>) {
        let frame = |kind, body: &[u8]| Frame { kind, body: body.to_vec() };
        let frames = vec![frame(1, b"{}"), frame(5, b""), frame(200, &[7; 300])];
        let mut bytes = Vec::new();
        frames.iter().for_each(|frame| write(frame, &mut bytes));
        (frames, bytes)
    }

    /// All whole frames of some bytes, and how many of the bytes they take.
    fn all(bytes: &[u8]) -> Result<(Vec<Frame>, usize), FrameError> {
        let (mut frames, mut at) = (Vec::new(), 0);
        while let Some((frame, length)) = next(&bytes[at..])? {
            frames.push(frame);
            at += length;
        }
        Ok((frames, at))
    }

    #[test]
    fn a_frame_is_kind_length_body_and_the_checksum_of_zlib() {
        let mut bytes = Vec::new();
        write(&Frame { kind: 20, body: b"123456789".to_vec() }, &mut bytes);
        // zlib.crc32(b"\x14\x09\0\0\0\0\0\0\x00123456789")
        let checksum = 0x0E5B_ED06_u32.to_le_bytes();
        assert_eq!(bytes, [b"\x14\x09\0\0\0\0\0\0\x00123456789", &checksum[..]].concat());
    }

    #[test]
    fn what_was_written_is_read_again() {
        let (frames, bytes) = bytes();
        assert_eq!(all(&bytes), Ok((frames, bytes.len())));
    }

    #[test]
    fn bytes_that_are_cut_off_give_every_whole_frame() {
        let (frames, bytes) = bytes();
        let ends = [0, 15, 28, bytes.len()];
        for length in 0..=bytes.len() {
            let whole = ends.iter().rposition(|&end| end <= length).unwrap();
            assert_eq!(all(&bytes[..length]), Ok((frames[..whole].to_vec(), ends[whole])), "{length}");
        }
    }

    #[test]
    fn no_changed_bit_goes_unseen() {
        let (_, bytes) = bytes();
        for bit in 0..8 * bytes.len() {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            // A length that is too long for these bytes may wait for more, as when they are cut off.
            let is_whole = all(&changed).is_ok_and(|(_, length)| length == bytes.len());
            assert!(!is_whole, "bit {bit}");
        }
    }

    #[test]
    fn a_length_beyond_the_limit_is_refused_before_its_bytes_come() {
        let head = |length: u64| [&[2][..], &length.to_le_bytes()].concat();
        assert_eq!(next(&head(MOST_BYTES)), Ok(None));
        assert_eq!(next(&head(MOST_BYTES + 1)), Err(FrameError::Length(MOST_BYTES + 1)));
        assert_eq!(next(&head(u64::MAX)), Err(FrameError::Length(u64::MAX)));
    }

    #[test]
    fn text_is_told_from_frames_by_its_first_byte() {
        assert_eq!(opening(b"E", &TALK), Err(FrameError::Magic));
        assert_eq!(opening(&TALK[..3], &TALK), Ok(None));
        assert_eq!(opening(&[&TALK[..], &[1]].concat(), &TALK), Ok(Some(8)));
        assert_eq!(opening(&RECORDING, &TALK), Err(FrameError::Magic));
    }
}
