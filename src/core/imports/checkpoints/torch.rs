//! Checkpoints of PyTorch, `.pt`, `.pth` or `.ckpt`: an archive with a pickle of what was saved and a file for each storage.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use zip::{CompressionMethod, ZipArchive};

use super::contents::Contents;
use super::error::FileError;
use super::pickle::{self, Pickle, PickleError, Storage, TensorValue, Value};
use super::tensor::{Body, Format, Tensor};
use crate::core::io::archive;
use crate::core::io::sources::{Reader, Sources};

/// Entries that an archive may have: one for each storage.
const MOST_ENTRIES: u64 = 60_000;

/// Bytes that the pickle may have: that of ten thousand tensors has some two million.
const MOST_PICKLE: u64 = 16 << 20;

/// Bytes asked for at once while the places of storages are looked up, which lie far apart.
const PIECE: usize = 4096;

/// What people call the part of a checkpoint that is the model, the likeliest first.
const MODEL: [&str; 8] =
    ["state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "params"];

/// What the names of parts begin with that are none of it.
const BESIDE: [&str; 5] = ["optim", "sched", "lr_sched", "scaler", "ema"];

/// What tells the step, the likeliest first.
const STEP: [&str; 5] = ["global_step", "step", "iteration", "iter", "epoch"];

type Archive<'a> = ZipArchive<BufReader<Reader<'a>>>;

fn malformed(why: impl ToString) -> FileError {
    FileError::Malformed { format: "checkpoint of PyTorch", why: why.to_string() }
}

/// What a checkpoint holds; of one that holds more than a model, the model.
///
/// # Errors
/// If it is none, ends too early, or asks for something to be executed.
pub fn contents(sources: &dyn Sources, file: &Path) -> Result<Contents, FileError> {
    if !sources.read(file, 0..2)?.starts_with(b"PK") {
        return Err(FileError::Unread(
            "is no archive; expected a checkpoint as torch.save has written it since PyTorch 1.6",
        ));
    }
    let reader = BufReader::with_capacity(PIECE, sources.open(file, u64::MAX)?.into_inner());
    let mut zip = archive::open(reader, MOST_ENTRIES)?;
    let pickles = zip.file_names().flatten().filter(|name| name == "data.pkl" || name.ends_with("/data.pkl"));
    let pickle_name = pickles.min().ok_or_else(|| malformed("it has no data.pkl"))?.into_owned();
    let folder = pickle_name.trim_end_matches("data.pkl").to_owned();
    if entry(&mut zip, &format!("{folder}byteorder"), 16)?.is_some_and(|order| order == b"big") {
        return Err(FileError::Unread("was written with the most significant byte first, which is not read"));
    }
    let bytes = entry(&mut zip, &pickle_name, MOST_PICKLE)?.unwrap_or_default();
    let pickle = pickle::load(&bytes).map_err(|error| match error {
        PickleError::Executes(asked) => FileError::Executes { asked },
        other => malformed(other),
    })?;
    let mut found = Found { pickle: &pickle, named: Vec::new(), visits: 0 };
    let beside = found.model()?;
    let (named, step) = (found.named, step(&pickle));
    let end = sources.look(file)?.bytes;
    let mut storages = Storages { zip, folder, file: file.into(), end, known: BTreeMap::new() };
    let tensors = named.into_iter().map(|(name, value)| storages.tensor(&name, value));
    Ok(Contents { tensors: tensors.collect::<Result<_, _>>()?, step, beside })
}

/// An entry of at most that many bytes, where there is one.
fn entry(zip: &mut Archive, name: &str, most: u64) -> Result<Option<Vec<u8>>, FileError> {
    let Some(at) = zip.index_for_name(name) else { return Ok(None) };
    let entry = zip.by_index(at)?;
    let mut bytes = Vec::new();
    entry.take(most + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(malformed(format!("its entry {name} has more than {most} bytes"))),
        false => Ok(Some(bytes)),
    }
}

fn step(pickle: &Pickle) -> Option<u64> {
    let known: BTreeMap<_, _> = pickle.entries(pickle.root()).collect();
    STEP.iter().find_map(|key| match known.get(*key)? {
        Value::Int(step) => u64::try_from(*step).ok(),
        _ => None,
    })
}

/// The tensors of a model among what was saved.
struct Found<'a> {
    pickle: &'a Pickle,
    named: Vec<(String, &'a TensorValue)>,
    visits: usize,
}

impl<'a> Found<'a> {
    /// Finds them; tells what else there is.
    fn model(&mut self) -> Result<Vec<String>, FileError> {
        let root = self.pickle.root();
        let parts: Vec<(Arc<str>, &Value)> = self.pickle.entries(root).collect();
        for known in MODEL {
            let Some((_, part)) = parts.iter().find(|(name, _)| &**name == known) else { continue };
            self.look_into(part, String::new(), 0)?;
            if !self.named.is_empty() {
                let others = parts.iter().filter(|(name, part)| &**name != known && is_collection(part));
                return Ok(others.map(|(name, _)| name.to_string()).collect());
            }
        }
        let is_beside = |name: &str| BESIDE.iter().any(|start| name.to_ascii_lowercase().starts_with(start));
        let (beside, own): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|(name, part)| is_beside(name) && is_collection(part));
        for (name, part) in own {
            self.look_into(part, name.to_string(), 0)?;
        }
        Ok(beside.into_iter().map(|(name, _)| name.to_string()).collect())
    }

    fn look_into(&mut self, value: &'a Value, name: String, depth: usize) -> Result<(), FileError> {
        /// How deep parts lie in each other, and how many there are: one may hold itself.
        const MOST_DEPTH: usize = 8;
        const MOST_VISITS: usize = 200_000;
        const MOST_NAME: usize = 1000;
        self.visits += 1;
        if self.visits > MOST_VISITS || depth > MOST_DEPTH || name.len() > MOST_NAME {
            return Err(malformed("its parts lie in each other without end"));
        }
        if let Value::Tensor(tensor) = value {
            self.named.push((name, tensor));
            return Ok(());
        }
        for (key, value) in self.pickle.entries(value).collect::<Vec<_>>() {
            let inner = if name.is_empty() { key.to_string() } else { format!("{name}.{key}") };
            self.look_into(value, inner, depth + 1)?;
        }
        Ok(())
    }
}

fn is_collection(value: &Value) -> bool {
    matches!(value, Value::Dict(_) | Value::List(_))
}

/// The storages of an archive, by the names that tensors call them.
struct Storages<'a> {
    zip: Archive<'a>,
    folder: String,
    file: Arc<Path>,
    /// Bytes of the file.
    end: u64,
    /// Where each begins and ends.
    known: BTreeMap<Arc<str>, [u64; 2]>,
}

impl Storages<'_> {
    fn tensor(&mut self, name: &str, value: &TensorValue) -> Result<Tensor, FileError> {
        let format = match value.kind {
            Storage::Double => Format::F64,
            Storage::Float => Format::F32,
            Storage::Half => Format::F16,
            Storage::BFloat16 => Format::Bf16,
            Storage::Other => Format::Other,
        };
        let [start, end] = self.place(&value.key)?;
        let at = start.saturating_add((value.offset as u64).saturating_mul(format.bytes() as u64));
        let (name, shape) = (name.into(), value.shape.as_slice().into());
        Tensor { name, shape, format, file: Arc::clone(&self.file), body: body(at, value) }.within(end)
    }

    fn place(&mut self, key: &Arc<str>) -> Result<[u64; 2], FileError> {
        if let Some(known) = self.known.get(key) {
            return Ok(*known);
        }
        let name = format!("{}data/{key}", self.folder);
        let at = self.zip.index_for_name(&name).ok_or_else(|| malformed(format!("it has no {name}")))?;
        let entry = self.zip.by_index(at)?;
        if entry.compression() != CompressionMethod::Stored {
            return Err(malformed(format!(
                "its entry {name} is packed; expected it as torch.save writes it"
            )));
        }
        let start = entry.data_start().ok_or_else(|| malformed(format!("its entry {name} lies nowhere")))?;
        let place = [start, start.saturating_add(entry.size()).min(self.end)];
        self.known.insert(Arc::clone(key), place);
        Ok(place)
    }
}

/// Numbers in their usual order lie one after another; an axis of one entry may have any stride.
fn body(at: u64, value: &TensorValue) -> Body {
    let mut usual = 1_usize;
    let is_usual = value.shape.iter().zip(&value.strides).rev().all(|(n, stride)| {
        let as_usual = *n <= 1 || *stride == usual;
        usual = usual.saturating_mul(*n);
        as_usual
    });
    match is_usual {
        true => Body::Plain { at },
        false => Body::Strided { at, strides: value.strides.as_slice().into() },
    }
}
