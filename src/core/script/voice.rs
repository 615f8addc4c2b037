//! The voice that tells a chapter: how long it speaks, or its sound in a `.wav` (RIFF WAVE: Microsoft and IBM 1991), of
//! which only the length is read here.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::core::io::input::InputError;
use crate::core::io::sources::Sources;

/// A chapter's voice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// It speaks so many seconds, and is heard elsewhere.
    Secs(f64),
    /// It is the sound of that `.wav`, which lies beside the tour's file or below.
    File(PathBuf),
}

/// Why there is no voice.
#[derive(Debug, thiserror::Error)]
pub(super) enum VoiceError {
    /// Its file cannot be read.
    #[error("cannot read {file}: {0}", file = .1.display())]
    Read(InputError, PathBuf),
    /// The file is something else.
    #[error("{file} is no sound; expected a .wav", file = .0.display())]
    NoSound(PathBuf),
}

/// Most bytes of a sound: what the numbers of a `.wav` can count.
const MOST: u64 = u32::MAX as u64;

impl Voice {
    /// How many seconds it speaks.
    pub(super) fn secs(&self, sources: &dyn Sources) -> Result<f64, VoiceError> {
        let file = match self {
            Self::Secs(secs) => return Ok(*secs),
            Self::File(file) => file,
        };
        let from = sources.open(file, MOST).map_err(|error| VoiceError::Read(error, file.clone()))?;
        let secs = secs_of(from).ok().filter(|secs| *secs > 0.0);
        secs.ok_or_else(|| VoiceError::NoSound(file.clone()))
    }

    /// Its file, if that is what it is.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Secs(_) => None,
            Self::File(file) => Some(file),
        }
    }
}

/// How long a `.wav` sounds.
fn secs_of(mut from: impl Read + Seek) -> io::Result<f64> {
    let none = || io::Error::from(io::ErrorKind::InvalidData);
    let mut head = [0; 12];
    from.read_exact(&mut head)?;
    if head[..4] != *b"RIFF" || head[8..] != *b"WAVE" {
        return Err(none());
    }
    let mut bytes_a_second = None;
    loop {
        let mut head = [0; 8];
        from.read_exact(&mut head)?;
        let length = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        let at = from.stream_position()?;
        match &head[..4] {
            b"fmt " => {
                let mut format = [0; 12];
                from.read_exact(&mut format)?;
                bytes_a_second = Some(u32::from_le_bytes([format[8], format[9], format[10], format[11]]));
            }
            b"data" => {
                let rate = bytes_a_second.filter(|rate| *rate > 0).ok_or_else(none)?;
                // What was written as it came tells no length, or too much.
                let left = from.seek(SeekFrom::End(0))?.saturating_sub(at);
                return Ok(length.min(left) as f64 / f64::from(rate));
            }
            _ => {}
        }
        from.seek(SeekFrom::Start(at + length.next_multiple_of(2)))?;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Cursor;

    use super::*;

    /// A sound of so many bytes at 1000 bytes a second, behind a chunk of odd length.
    pub(in crate::core::script) fn wav(told: u32, bytes: usize) -> Vec<u8> {
        let mut wav = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0\x01\0\x01\0".to_vec();
        wav.extend([500_u32, 1000].iter().flat_map(|number| number.to_le_bytes()));
        wav.extend([2, 0, 16, 0]);
        wav.extend(b"data");
        wav.extend(told.to_le_bytes());
        wav.resize(wav.len() + bytes, 0);
        wav
    }

    #[test]
    fn a_sound_is_as_long_as_its_samples() {
        let secs = |bytes: Vec<u8>| secs_of(Cursor::new(bytes));
        assert_eq!(secs(wav(2500, 2500)).unwrap(), 2.5);
        assert_eq!(secs(wav(u32::MAX, 700)).unwrap(), 0.7);
        let whole = wav(10, 0);
        assert!((0..whole.len()).all(|length| secs(whole[..length].to_vec()).is_err()));
        assert!(secs(b"RIFF\0\0\0\0WAVEdata\x04\0\0\0abcd".to_vec()).is_err(), "without a rate");
    }
}
