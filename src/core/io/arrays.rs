//! Arrays read back from numpy's files, no more of them than is stated before anything is unpacked.
//!
//! A header is looked at before it is handed to its reader, which tries all ways when it meets brackets that it
//! cannot close.

use std::io::{self, BufReader, Chain, Cursor, Read};
use std::path::Path;

use npyz::npz::{array_name_from_file_name, file_name_from_array_name};
use npyz::{NpyFile, Order};
use zip::read::ZipFile;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::archive;
use super::input::InputError;
use super::sources::{Reader, Sources};

/// Bytes that a file of arrays may have: a slice's losses take a gibibyte.
pub const MOST_BYTES: u64 = 4 << 30;

/// Bytes that the arrays of one archive may take in all, of those that are read: checkpoints keep to 256 MiB,
/// and a table has 20 million numbers at most.
const MOST_UNPACKED: u64 = 512 << 20;

/// Entries that an archive may have: ours have about twenty.
const MOST_ENTRIES: u64 = 1000;

/// Bytes that the text of a header may have: numpy's take about a hundred.
const MOST_HEADER: usize = 4096;

const NO_HEADER: &str = "its header is not that of an array of numbers";

/// An array file whose header was read.
pub type ArrayFile<R> = NpyFile<Chain<Cursor<Vec<u8>>, R>>;

/// An array in its usual order, the last index running fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Array<T> {
    /// Entries along each axis.
    pub shape: Vec<u64>,
    /// All entries.
    pub values: Vec<T>,
}

/// Why an array cannot be read. The texts go on where the file has been named.
#[derive(Debug, thiserror::Error)]
pub enum ArrayError {
    /// The file cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// What the system said, or the reader of the format.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// The entry of an archive is not what its header says, or more than may be read.
    #[error("its array {name} {what}")]
    Entry {
        /// The array.
        name: String,
        /// What is wrong with it.
        what: String,
    },
}

/// Reads the header of an array.
///
/// # Errors
/// If it is none of an array of numbers.
pub fn header<R: Read>(mut file: R) -> io::Result<ArrayFile<R>> {
    let mut start = vec![0; 10];
    file.read_exact(&mut start).map_err(|_| invalid("it is too short for numpy's format"))?;
    let mut length = usize::from(u16::from_le_bytes([start[8], start[9]]));
    if start[6] > 1 {
        start.resize(12, 0);
        file.read_exact(&mut start[10..])?;
        length |= usize::from(u16::from_le_bytes([start[10], start[11]])) << 16;
    }
    if length > MOST_HEADER {
        return Err(invalid(&format!("its header has {length} bytes; expected at most {MOST_HEADER}")));
    }
    let text = start.len();
    start.resize(text + length, 0);
    file.read_exact(&mut start[text..])?;
    let count = |signs: &[u8]| start[text..].iter().filter(|byte| signs.contains(byte)).count();
    // One dictionary with one shape: a record's fields would be a list.
    if count(b"{}") > 2 || count(b"()") > 2 || count(b"[]") > 0 {
        return Err(invalid(NO_HEADER));
    }
    NpyFile::new(Cursor::new(start).chain(file)).map_err(|_| invalid(NO_HEADER))
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// An archive of arrays.
pub struct Arrays<'a> {
    zip: ZipArchive<BufReader<Reader<'a>>>,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl<'a> Arrays<'a> {
    /// Opens an archive.
    ///
    /// # Errors
    /// If it cannot be read, or is none.
    pub fn open(sources: &'a dyn Sources, name: &'a Path) -> Result<Self, ArrayError> {
        let zip = archive::open(sources.open(name, MOST_BYTES)?, MOST_ENTRIES)?;
        Ok(Self { zip, left: MOST_UNPACKED })
    }

    /// The names of all arrays, in order.
    pub fn names(&self) -> Vec<String> {
        let files = self.zip.file_names().filter_map(Result::ok);
        let mut names: Vec<String> =
            files.filter_map(|file| array_name_from_file_name(&file).map(str::to_owned)).collect();
        names.sort();
        names
    }

    /// Reads the array of that name; `None` if there is none.
    ///
    /// # Errors
    /// If it is of another type, longer than may be read, or not as long as it says.
    pub fn read<T: npyz::Deserialize>(&mut self, name: &str) -> Result<Option<Array<T>>, ArrayError> {
        self.read_with(name, |file| file.into_vec())
    }

    /// Reads an array of real numbers, whatever their type and length; `None` if there is none of that name.
    ///
    /// # Errors
    /// As [`Arrays::read`]; and where the numbers are complex, of 16 bits, or none.
    pub fn numbers(&mut self, name: &str) -> Result<Option<Array<f64>>, ArrayError> {
        self.read_with(name, |file| {
            let kind = file.dtype().descr();
            match kind.trim_matches('\'').trim_start_matches(['<', '>', '|', '=']) {
                "f8" => widened(file, |v: f64| v),
                "f4" => widened(file, |v: f32| f64::from(v)),
                "i8" => widened(file, |v: i64| v as f64),
                "u8" => widened(file, |v: u64| v as f64),
                "i4" => widened(file, |v: i32| f64::from(v)),
                "u4" => widened(file, |v: u32| f64::from(v)),
                "i2" => widened(file, |v: i16| f64::from(v)),
                "u2" => widened(file, |v: u16| f64::from(v)),
                "i1" => widened(file, |v: i8| f64::from(v)),
                "u1" => widened(file, |v: u8| f64::from(v)),
                _ => Err(invalid(&format!(
                    "its type is {kind}; expected real numbers, as astype(float) gives them"
                ))),
            }
        })
    }

    /// Reads an array of texts, as numpy writes them; `None` if there is none of that name.
    ///
    /// # Errors
    /// As [`Arrays::read`].
    pub fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, ArrayError> {
        Ok(self.read::<String>(name)?.map(|array| array.values))
    }

    fn read_with<T>(
        &mut self,
        name: &str,
        values: impl FnOnce(ArrayFile<ZipFile<'_, BufReader<Reader<'a>>>>) -> io::Result<Vec<T>>,
    ) -> Result<Option<Array<T>>, ArrayError> {
        let wrong = |what: String| ArrayError::Entry { name: name.to_owned(), what };
        let entry = match self.zip.by_name(&file_name_from_array_name(name)) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(io::Error::from(error).into()),
        };
        // The reader knows numpy's ways of packing alone, and would find that out when it reads.
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(wrong("is packed in a way that numpy does not use".to_owned()));
        }
        let (claimed, left) = (entry.size(), self.left);
        if claimed > left {
            return Err(wrong(format!("unpacks to {claimed} bytes; expected at most {left}")));
        }
        let array = header(entry)?;
        if array.dtype().descr().trim_matches('\'') == "|O" {
            return Err(wrong(
                "holds Python objects; expected real numbers, as astype(float) gives them".into(),
            ));
        }
        let (shape, size) = (array.shape().to_vec(), array.dtype().num_bytes().unwrap_or(0) as u64);
        let bytes = shape.iter().try_fold(size, |bytes, n| bytes.checked_mul(*n));
        // The header takes some hundred bytes more.
        let bytes = bytes
            .filter(|bytes| *bytes <= claimed && size > 0)
            .ok_or_else(|| wrong(format!("has the shape {shape:?}, but unpacks to {claimed} bytes")))?;
        self.left -= bytes;
        let order = array.order();
        let values = values(array).map_err(|error| wrong(format!("cannot be read ({error})")))?;
        let values = if order == Order::C { values } else { transposed(values, &shape) };
        Ok(Some(Array { shape, values }))
    }
}

/// Entries whose first index runs fastest, as numpy writes a transposed array, with the last index running fastest.
fn transposed<T>(values: Vec<T>, shape: &[u64]) -> Vec<T> {
    let mut stride = values.len();
    let mut axes = Vec::with_capacity(shape.len());
    for side in shape.iter().map(|n| (*n as usize).max(1)) {
        stride /= side;
        axes.push((side, stride));
    }
    let place = |mut at: usize| {
        let mut place = 0;
        for (side, stride) in &axes {
            place += at % side * stride;
            at /= side;
        }
        place
    };
    let mut placed: Vec<(usize, T)> =
        values.into_iter().enumerate().map(|(at, value)| (place(at), value)).collect();
    placed.sort_unstable_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, value)| value).collect()
}

/// The entries of an array of one type as another.
fn widened<R: Read, T: npyz::Deserialize>(
    file: NpyFile<R>,
    widened: impl Fn(T) -> f64,
) -> io::Result<Vec<f64>> {
    Ok(file.into_vec::<T>()?.into_iter().map(widened).collect())
}

#[cfg(test)]
mod tests;
