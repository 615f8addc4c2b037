//! Checkpoints of Keras, `.weights.h5`: an HDF5 file with a dataset for each tensor, in groups for the layers.

use std::path::Path;
use std::sync::Arc;

use hdf5_reader::error::Error;
use hdf5_reader::group::Group;
use hdf5_reader::messages::HdfMessage;
use hdf5_reader::messages::layout::DataLayout;
use hdf5_reader::storage::{BlockCacheStorage, Storage, StorageBuffer};
use hdf5_reader::{ByteOrder, Dataset, Datatype, Hdf5File, OpenOptions};

use super::contents::Contents;
use super::error::FileError;
use super::tensor::{Body, Format, Packed, Tensor, entries};
use crate::core::io::sources::Sources;

/// Bytes of a header, and of a dataset that is packed or cut into pieces.
const MOST_HEADER: usize = 4 << 20;
const MOST_UNPACKED: usize = 512 << 20;

/// Datasets and groups that a file may have: one may be its own.
const MOST_OBJECTS: usize = 60_000;

/// How deep groups lie in each other.
const MOST_DEPTH: usize = 16;

fn malformed(why: impl ToString) -> FileError {
    FileError::Malformed { format: "HDF5 file that can be read", why: why.to_string() }
}

impl From<Error> for FileError {
    fn from(error: Error) -> Self {
        malformed(error)
    }
}

/// A file among the sources, a range of bytes at a time.
struct Stored {
    sources: Arc<dyn Sources>,
    file: Arc<Path>,
    bytes: u64,
}

impl Storage for Stored {
    fn len(&self) -> u64 {
        self.bytes
    }

    fn read_range(&self, offset: u64, len: usize) -> Result<StorageBuffer, Error> {
        let ends = |available: u64| Error::UnexpectedEof { offset, needed: len as u64, available };
        let end = offset.checked_add(len as u64).filter(|end| *end <= self.bytes);
        let end = end.ok_or_else(|| ends(self.bytes.saturating_sub(offset)))?;
        let read = self
            .sources
            .read(&self.file, offset..end)
            .map_err(|error| Error::Io(std::io::Error::other(error)))?;
        if read.len() == len { Ok(StorageBuffer::from_vec(read)) } else { Err(ends(read.len() as u64)) }
    }
}

fn open(sources: &Arc<dyn Sources>, file: &Arc<Path>) -> Result<Hdf5File, FileError> {
    let bytes = sources.look(file)?.bytes;
    let stored = Stored { sources: Arc::clone(sources), file: Arc::clone(file), bytes };
    let options = OpenOptions::default()
        .with_chunk_cache_bytes(16 << 20)
        .with_max_chunk_bytes(MOST_UNPACKED)
        .with_max_read_bytes(MOST_UNPACKED)
        .with_max_object_header_bytes(MOST_HEADER);
    let cached = BlockCacheStorage::new(Arc::new(stored), 1 << 16, 64);
    Ok(Hdf5File::from_storage_with_options(Arc::new(cached), options)?)
}

/// What a file holds; names are those of the groups and the dataset, with a `/` between.
///
/// # Errors
/// If it is none.
pub fn contents(sources: &Arc<dyn Sources>, path: &Path) -> Result<Contents, FileError> {
    let path: Arc<Path> = path.into();
    let bytes = sources.look(&path)?.bytes;
    let file = open(sources, &path)?;
    let mut open_groups: Vec<(Group, String, usize)> = vec![(file.root_group()?, String::new(), 0)];
    let (mut tensors, mut objects) = (Vec::new(), 0);
    while let Some((group, name, depth)) = open_groups.pop() {
        let (groups, datasets) = group.members()?;
        objects += groups.len() + datasets.len();
        if objects > MOST_OBJECTS || depth > MOST_DEPTH {
            return Err(malformed("its groups lie in each other without end"));
        }
        for dataset in datasets {
            let full = format!("{name}{}", last(dataset.name()));
            tensors.push(tensor(&file, &path, &dataset, &full)?.within(bytes)?);
        }
        open_groups.extend(groups.into_iter().map(|inner| {
            let full = format!("{name}{}/", last(inner.name()));
            (inner, full, depth + 1)
        }));
    }
    tensors.sort_by(|a: &Tensor, b| a.name.cmp(&b.name));
    Ok(Contents { tensors, ..Contents::default() })
}

/// A name without those of the groups around it.
fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn tensor(file: &Hdf5File, path: &Arc<Path>, dataset: &Dataset, name: &str) -> Result<Tensor, FileError> {
    let format = match dataset.dtype() {
        Datatype::FloatingPoint { size: 8, byte_order: ByteOrder::LittleEndian } => Format::F64,
        Datatype::FloatingPoint { size: 4, byte_order: ByteOrder::LittleEndian } => Format::F32,
        Datatype::FloatingPoint { size: 2, byte_order: ByteOrder::LittleEndian } => Format::F16,
        _ => Format::Other,
    };
    let shape: Option<Arc<[usize]>> = dataset.shape().iter().map(|n| usize::try_from(*n).ok()).collect();
    let shape = shape.ok_or_else(|| malformed(format!("its dataset {name} is past counting")))?;
    let size = entries(&shape).map(|entries| (entries * format.bytes()) as u64);
    let header = file.get_or_parse_header(dataset.address())?;
    let layout = header.messages.iter().find_map(|message| match message {
        HdfMessage::DataLayout(message) => Some(&message.layout),
        _ => None,
    });
    // Others are packed, cut into pieces, or were never written.
    let body = match layout {
        Some(DataLayout::Contiguous { address, size: held })
            if *address != u64::MAX && Some(*held) == size =>
        {
            Body::Plain { at: address.saturating_add(file.superblock().base_address) }
        }
        _ => Body::Packed(Arc::new(Whole)),
    };
    Ok(Tensor { name: name.into(), shape, format, file: Arc::clone(path), body })
}

/// A dataset that is read as a whole.
#[derive(Debug)]
struct Whole;

impl Packed for Whole {
    fn unpacked(&self, sources: &Arc<dyn Sources>, tensor: &Tensor) -> Result<Vec<f64>, FileError> {
        let dataset = open(sources, &tensor.file)?.dataset(&tensor.name)?;
        let mut numbers = Vec::new();
        tensor.format.decode(&dataset.read_raw_bytes()?, &mut numbers);
        match numbers.len() == tensor.entries() {
            true => Ok(numbers),
            false => Err(FileError::Short { tensor: tensor.name.to_string() }),
        }
    }
}
