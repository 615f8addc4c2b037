//! Tensors in files: what they are called, how their numbers are written, and where they lie. They are read a range of
//! entries at a time, so that no file need be in memory as a whole.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::error::FileError;
use crate::core::io::sources::Sources;

/// How numbers are written, the least significant byte first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// 64 bits (IEEE 754).
    F64,
    /// 32 bits.
    F32,
    /// 16 bits.
    F16,
    /// The upper half of 32 bits ("brain floating point").
    Bf16,
    /// Whole numbers, truth values, and whatever else no parameter is made of.
    Other,
}

impl Format {
    /// Bytes of a number; 0 where it is none of a parameter.
    pub fn bytes(self) -> usize {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
            Self::Other => 0,
        }
    }

    /// Puts the numbers behind those that are there; what is no whole number at the end is left.
    pub fn decode(self, bytes: &[u8], numbers: &mut Vec<f64>) {
        let (eights, _) = bytes.as_chunks::<8>();
        let (fours, _) = bytes.as_chunks::<4>();
        let (twos, _) = bytes.as_chunks::<2>();
        let upper = |two: &[u8; 2]| f32::from_bits(u32::from(u16::from_le_bytes(*two)) << 16);
        match self {
            Self::F64 => numbers.extend(eights.iter().map(|eight| f64::from_le_bytes(*eight))),
            Self::F32 => numbers.extend(fours.iter().map(|four| f64::from(f32::from_le_bytes(*four)))),
            Self::F16 => numbers.extend(twos.iter().map(|two| half(u16::from_le_bytes(*two)))),
            Self::Bf16 => numbers.extend(twos.iter().map(|two| f64::from(upper(two)))),
            Self::Other => {}
        }
    }
}

/// A number of 16 bits: sign, 5 bits of exponent, 10 of mantissa.
fn half(bits: u16) -> f64 {
    let (exponent, mantissa) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let size = match exponent {
        0 => mantissa * 2.0_f64.powi(-24),
        31 if mantissa == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + mantissa) * 2.0_f64.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// Numbers that can only be read as a whole.
pub trait Packed: std::fmt::Debug + Send + Sync {
    /// All of them, as many as the tensor says.
    ///
    /// # Errors
    /// If the file cannot be read, or is not what it was.
    fn unpacked(&self, sources: &Arc<dyn Sources>, tensor: &Tensor) -> Result<Vec<f64>, FileError>;
}

/// Where the numbers of a tensor lie.
#[derive(Clone, Debug)]
pub enum Body {
    /// One after another from a byte on, the last index running fastest.
    Plain {
        /// The first byte.
        at: u64,
    },
    /// From a byte on, each index with a stride of its own.
    Strided {
        /// The first byte.
        at: u64,
        /// Numbers between two neighbours along each axis.
        strides: Arc<[usize]>,
    },
    /// Somewhere, packed.
    Packed(Arc<dyn Packed>),
}

/// A tensor of a file whose numbers are not read yet.
#[derive(Clone, Debug)]
pub struct Tensor {
    /// What it is called there, in full.
    pub name: Arc<str>,
    /// Entries along each axis.
    pub shape: Arc<[usize]>,
    /// How its numbers are written.
    pub format: Format,
    /// The file.
    pub file: Arc<Path>,
    /// Where they lie in it.
    pub body: Body,
}

/// Bytes that a tensor may take in memory.
const MOST_BYTES: usize = 64 << 30;

/// Numbers that one packed number may stand for: zlib packs 1032 bytes into one at most.
const MOST_PACKED: usize = 1032;

/// Entries of a shape; `None` where they are more than anybody's memory could hold.
pub fn entries(shape: &[usize]) -> Option<usize> {
    // An axis without entries makes nothing of what could not be counted otherwise.
    let product = shape.iter().try_fold(1_usize, |product, n| product.checked_mul((*n).max(1)))?;
    let count = if shape.contains(&0) { 0 } else { product };
    (product <= MOST_BYTES / 8).then_some(count)
}

/// Numbers between the first entry of a tensor and its last, in its file; `None` where that is past counting.
fn reach(shape: &[usize], strides: &[usize]) -> Option<usize> {
    let steps = shape.iter().zip(strides).map(|(n, stride)| n.saturating_sub(1).checked_mul(*stride));
    steps.into_iter().try_fold(0_usize, |sum, step| sum.checked_add(step?))
}

impl Tensor {
    /// How many numbers it holds.
    pub fn entries(&self) -> usize {
        entries(&self.shape).unwrap_or(0)
    }

    /// The same, seen to lie within its file of so many bytes, or to be packed in it.
    ///
    /// # Errors
    /// If it does not, or is larger than anything sensible.
    pub fn within(self, file_bytes: u64) -> Result<Self, FileError> {
        let numbers = entries(&self.shape).and_then(|entries| match &self.body {
            Body::Strided { strides, .. } if entries > 0 => reach(&self.shape, strides)?.checked_add(1),
            Body::Packed(_) => Some(entries / MOST_PACKED),
            _ => Some(entries),
        });
        let at = match self.body {
            Body::Plain { at } | Body::Strided { at, .. } => at,
            Body::Packed(_) => 0,
        };
        let bytes = numbers.and_then(|numbers| numbers.checked_mul(self.format.bytes()));
        match bytes.and_then(|bytes| at.checked_add(bytes as u64)) {
            Some(end) if end <= file_bytes => Ok(self),
            _ => Err(FileError::Beyond { tensor: self.name.to_string(), shape: self.shape.to_vec() }),
        }
    }

    /// Puts the entries in a range, counted with the last index running fastest, behind those that are there.
    ///
    /// # Errors
    /// If the file cannot be read, or has become shorter.
    pub fn read(
        &self,
        sources: &Arc<dyn Sources>,
        range: Range<usize>,
        numbers: &mut Vec<f64>,
    ) -> Result<(), FileError> {
        let short = || FileError::Short { tensor: self.name.to_string() };
        match &self.body {
            Body::Plain { at } => self.run(&**sources, *at, range, numbers),
            Body::Strided { at, strides } => self.gather(&**sources, *at, strides, range, numbers),
            Body::Packed(packed) => {
                let all = packed.unpacked(sources, self)?;
                numbers.extend_from_slice(all.get(range).ok_or_else(short)?);
                Ok(())
            }
        }
    }

    /// Numbers that lie one after another, counted from the byte `at`.
    fn run(
        &self,
        sources: &dyn Sources,
        at: u64,
        range: Range<usize>,
        numbers: &mut Vec<f64>,
    ) -> Result<(), FileError> {
        let (size, before) = (self.format.bytes() as u64, numbers.len());
        let bytes = at + range.start as u64 * size..at + range.end as u64 * size;
        self.format.decode(&sources.read(&self.file, bytes)?, numbers);
        match numbers.len() - before == range.len() {
            true => Ok(()),
            false => Err(FileError::Short { tensor: self.name.to_string() }),
        }
    }

    /// Numbers that lie strides apart: what lies between the first and the last is read too.
    fn gather(
        &self,
        sources: &dyn Sources,
        at: u64,
        strides: &[usize],
        range: Range<usize>,
        numbers: &mut Vec<f64>,
    ) -> Result<(), FileError> {
        let place = |mut entry: usize| {
            let axes = self.shape.iter().zip(strides).rev();
            axes.map(|(n, stride)| {
                let index = entry % n;
                entry /= n;
                index * stride
            })
            .sum::<usize>()
        };
        let places = || range.clone().map(place);
        let Some((first, last)) = places().min().zip(places().max()) else { return Ok(()) };
        let mut run = Vec::new();
        self.run(sources, at, first..last + 1, &mut run)?;
        numbers.extend(places().map(|place| run[place - first]));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::io::sources::Shelf;

    #[test]
    fn short_numbers_are_those_of_ieee_and_of_the_upper_half_of_a_float() {
        let read = |format: Format, bits: &[u16]| {
            let bytes: Vec<u8> = bits.iter().flat_map(|bits| bits.to_le_bytes()).collect();
            let mut numbers = Vec::new();
            format.decode(&bytes, &mut numbers);
            numbers
        };
        // Values of numpy's float16, with the least and the greatest.
        let halves = [0x3c00, 0xc000, 0x3555, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x8000, 0x7c00, 0xfc00];
        let known = [
            1.0,
            -2.0,
            0.333_251_953_125,
            5.960_464_477_539_063e-8,
            6.097_555_160_522_461e-5,
            6.103_515_625e-5,
            65504.0,
            -0.0,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ];
        assert_eq!(read(Format::F16, &halves), known);
        assert!(read(Format::F16, &[0x7e00])[0].is_nan());
        assert_eq!(read(Format::Bf16, &[0x3f80, 0xc049, 0x7f80]), [1.0, -3.140_625, f64::INFINITY]);
    }

    #[test]
    fn a_range_of_entries_is_read_wherever_they_lie() {
        let mut shelf = Shelf::default();
        let bytes: Vec<u8> = (0..8_u8).flat_map(|i| f32::from(i).to_le_bytes()).collect();
        shelf.put("x", bytes);
        let sources: Arc<dyn Sources> = Arc::new(shelf);
        let tensor = |body: Body| Tensor {
            name: "w".into(),
            shape: [2, 3].into(),
            format: Format::F32,
            file: Path::new("x").into(),
            body,
        };
        let read = |body: Body, range: Range<usize>| {
            let mut numbers = Vec::new();
            tensor(body).read(&sources, range, &mut numbers).map(|()| numbers)
        };
        let strided = |strides: [usize; 2]| Body::Strided { at: 4, strides: strides.into() };
        assert_eq!(read(Body::Plain { at: 4 }, 1..4).unwrap(), [2.0, 3.0, 4.0]);
        assert_eq!(read(strided([1, 2]), 0..6).unwrap(), [1.0, 3.0, 5.0, 2.0, 4.0, 6.0]);
        assert_eq!(read(strided([1, 2]), 2..4).unwrap(), [5.0, 2.0]);
        assert_eq!(read(strided([0, 1]), 0..6).unwrap(), [1.0, 2.0, 3.0, 1.0, 2.0, 3.0], "rows that are one");
        assert!(matches!(read(Body::Plain { at: 12 }, 0..6), Err(FileError::Short { .. })));
        assert!(tensor(Body::Plain { at: 8 }).within(32).is_ok());
        assert!(tensor(Body::Plain { at: 9 }).within(32).is_err());
        assert!(tensor(strided([1, 2])).within(28).is_ok());
        assert!(tensor(strided([1, 3])).within(28).is_err());
        assert!(tensor(strided([usize::MAX, 1])).within(28).is_err());
    }

    #[test]
    fn shapes_are_counted_as_far_as_that_makes_sense() {
        assert_eq!((entries(&[]), entries(&[3, 4]), entries(&[3, 0])), (Some(1), Some(12), Some(0)));
        assert_eq!((entries(&[usize::MAX, 2]), entries(&[usize::MAX, 0])), (None, None));
    }
}
