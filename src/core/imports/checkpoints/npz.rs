//! Checkpoints in numpy's archives, `.npz`: an array for each tensor.

use std::io::{BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use npyz::{DType, Endianness, Order, TypeChar};
use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

use super::contents::Contents;
use super::error::FileError;
use super::tensor::{Body, Format, Packed, Tensor, entries};
use crate::core::io::sources::{Reader, Sources};
use crate::core::io::{archive, arrays};

/// Entries that an archive may have: one for each tensor.
const MOST_ENTRIES: u64 = 60_000;

/// Bytes that a packed array may unpack to, counted as they are held then.
const MOST_UNPACKED: usize = 512 << 20;

/// Bytes asked for at once while headers are looked at, which lie far apart.
const PIECE: usize = 4096;

fn malformed(why: impl ToString) -> FileError {
    FileError::Malformed { format: "archive of arrays", why: why.to_string() }
}

fn open<'a>(
    sources: &'a dyn Sources,
    file: &'a Path,
) -> Result<ZipArchive<BufReader<Reader<'a>>>, FileError> {
    let reader = BufReader::with_capacity(PIECE, sources.open(file, u64::MAX)?.into_inner());
    Ok(archive::open(reader, MOST_ENTRIES)?)
}

/// What an archive holds.
///
/// # Errors
/// If it is none, or holds something else than arrays of numbers.
pub fn contents(sources: &dyn Sources, file: &Path) -> Result<Contents, FileError> {
    let bytes = sources.look(file)?.bytes;
    let mut zip = open(sources, file)?;
    let file: Arc<Path> = file.into();
    let mut found = Contents::default();
    for at in 0..zip.len() {
        let entry = zip.by_index(at)?;
        let name = entry.name()?.into_owned();
        match name.strip_suffix(".npy") {
            Some(array) => found.tensors.push(tensor(entry, &file, array, at, bytes)?),
            None => found.beside.push(name),
        }
    }
    Ok(found)
}

fn tensor(
    mut entry: ZipFile<impl Read>,
    file: &Arc<Path>,
    name: &str,
    index: usize,
    bytes: u64,
) -> Result<Tensor, FileError> {
    let packing = (entry.compression(), entry.data_start());
    let head = head(&mut entry)?;
    let array = arrays::header(Cursor::new(&head))
        .map_err(|error| malformed(format!("its array {name}: {error}")))?;
    let shape: Option<Arc<[usize]>> = array.shape().iter().map(|n| usize::try_from(*n).ok()).collect();
    let shape = shape.ok_or_else(|| malformed(format!("its array {name} is past counting")))?;
    let is_turned = array.order() != Order::C && shape.len() > 1;
    let body = match packing {
        (CompressionMethod::Stored, Some(start)) => {
            let at = start.saturating_add(head.len() as u64);
            if is_turned { Body::Strided { at, strides: first_fastest(&shape) } } else { Body::Plain { at } }
        }
        _ if is_turned => {
            return Err(malformed(format!(
                "its array {name} is packed in Fortran's order; expected C's, as numpy.ascontiguousarray gives it"
            )));
        }
        (CompressionMethod::Deflated, _) if is_small(&shape) => {
            Body::Packed(Arc::new(Entry { index, head: head.len() as u64 }))
        }
        (CompressionMethod::Deflated, _) => {
            return Err(malformed(format!(
                "its array {name} is packed and unpacks to more than {MOST_UNPACKED} bytes"
            )));
        }
        _ => return Err(malformed(format!("its array {name} is packed in a way that numpy does not use"))),
    };
    let format = format(&array.dtype());
    Tensor { name: name.into(), shape, format, file: Arc::clone(file), body }.within(bytes)
}

/// How far apart entries are along each axis where the first index runs fastest.
fn first_fastest(shape: &[usize]) -> Arc<[usize]> {
    let strides = shape.iter().scan(1_usize, |stride, side| {
        let here = *stride;
        *stride = here.saturating_mul(*side);
        Some(here)
    });
    strides.collect()
}

fn is_small(shape: &[usize]) -> bool {
    entries(shape).is_some_and(|entries| entries <= MOST_UNPACKED / size_of::<f64>())
}

fn format(kind: &DType) -> Format {
    let DType::Plain(kind) = kind else { return Format::Other };
    match (kind.endianness(), kind.type_char(), kind.num_bytes()) {
        (Endianness::Little, TypeChar::Float, Some(8)) => Format::F64,
        (Endianness::Little, TypeChar::Float, Some(4)) => Format::F32,
        (Endianness::Little, TypeChar::Float, Some(2)) => Format::F16,
        _ => Format::Other,
    }
}

/// What stands before the numbers of an array: its format, the length of a text, and the text.
fn head(entry: &mut impl Read) -> Result<Vec<u8>, FileError> {
    let mut head = vec![0; 12];
    entry.read_exact(&mut head).map_err(|_| malformed("an entry is too short for numpy's format"))?;
    let short = u16::from_le_bytes([head[8], head[9]]);
    let end = match head[6] {
        ..=1 => 10 + u64::from(short),
        _ => 12 + u64::from(u32::from_le_bytes([head[8], head[9], head[10], head[11]])),
    };
    // What is longer is refused by who reads it.
    entry.take(end.saturating_sub(12).min(1 << 16)).read_to_end(&mut head)?;
    head.truncate(end.try_into().unwrap_or(usize::MAX));
    Ok(head)
}

/// A packed entry of an archive.
#[derive(Debug)]
struct Entry {
    index: usize,
    /// Bytes before the numbers.
    head: u64,
}

impl Packed for Entry {
    fn unpacked(&self, sources: &Arc<dyn Sources>, tensor: &Tensor) -> Result<Vec<f64>, FileError> {
        let mut zip = open(&**sources, &tensor.file)?;
        let mut entry = zip.by_index(self.index)?;
        std::io::copy(&mut (&mut entry).take(self.head), &mut std::io::sink())?;
        let expected = tensor.entries();
        let (mut numbers, mut piece) = (Vec::new(), Vec::new());
        while numbers.len() < expected {
            piece.clear();
            let left = (expected - numbers.len()).saturating_mul(tensor.format.bytes());
            (&mut entry).take(left.min(1 << 20) as u64).read_to_end(&mut piece)?;
            let before = numbers.len();
            tensor.format.decode(&piece, &mut numbers);
            if numbers.len() == before {
                return Err(FileError::Short { tensor: tensor.name.to_string() });
            }
        }
        Ok(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_fortrans_order_the_first_index_runs_fastest() {
        assert_eq!(*first_fastest(&[4, 3, 2]), [1, 4, 12]);
        assert!(first_fastest(&[]).is_empty());
    }
}
