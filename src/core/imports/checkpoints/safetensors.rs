//! Checkpoints in the format `safetensors`: a length of 8 bytes, a table in JSON, and the numbers behind it.
//!
//! A model in several files comes with a table of its own, `….safetensors.index.json`, of which file holds what.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::contents::Contents;
use super::error::FileError;
use super::tensor::{Body, Format, Tensor, entries};
use crate::core::io::sources::Sources;

/// Bytes that a table may have: that of a model of some thousand tensors has about a megabyte.
const MOST_TABLE: u64 = 16 << 20;

#[derive(Deserialize)]
struct Table {
    #[serde(rename = "__metadata__", default)]
    metadata: BTreeMap<String, String>,
    #[serde(flatten)]
    tensors: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [u64; 2],
}

#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

fn malformed(why: impl Into<String>) -> FileError {
    FileError::Malformed { format: "safetensors file", why: why.into() }
}

/// What a file holds, in the order in which the numbers lie in it.
///
/// # Errors
/// If it is none, or ends before its tensors do.
pub fn contents(sources: &dyn Sources, file: &Path) -> Result<Contents, FileError> {
    let bytes = sources.look(file)?.bytes;
    let length = sources.read(file, 0..8)?;
    let length =
        length.try_into().map(u64::from_le_bytes).map_err(|_| malformed("it has less than 8 bytes"))?;
    if length > MOST_TABLE {
        return Err(malformed(format!("its table has {length} bytes; expected at most {MOST_TABLE}")));
    }
    let text = sources.read(file, 8..8 + length)?;
    if (text.len() as u64) < length {
        return Err(malformed(format!("it ends within its table, after {bytes} bytes")));
    }
    let table: Table = serde_json::from_slice(&text).map_err(|error| malformed(error.to_string()))?;
    let start = 8 + length;
    let mut found: Vec<(u64, Tensor)> = Vec::new();
    let file: Arc<Path> = file.into();
    for (name, entry) in table.tensors {
        found.push((entry.data_offsets[0], tensor(&file, &name, &entry, start, bytes)?));
    }
    found.sort_by_key(|(at, _)| *at);
    let tensors = found.into_iter().map(|(_, tensor)| tensor).collect();
    let step = ["step", "global_step", "epoch"].iter().find_map(|key| table.metadata.get(*key)?.parse().ok());
    Ok(Contents { tensors, step, ..Contents::default() })
}

fn tensor(file: &Arc<Path>, name: &str, entry: &Entry, start: u64, bytes: u64) -> Result<Tensor, FileError> {
    let format = match entry.dtype.as_str() {
        "F64" => Format::F64,
        "F32" => Format::F32,
        "F16" => Format::F16,
        "BF16" => Format::Bf16,
        _ => Format::Other,
    };
    let [from, to] = entry.data_offsets;
    let size = entries(&entry.shape).and_then(|entries| entries.checked_mul(format.bytes()));
    if format != Format::Other && to.checked_sub(from) != size.map(|size| size as u64) {
        let shape = &entry.shape;
        return Err(malformed(format!(
            "its tensor {name} {shape:?} of type {} takes {from}..{to}",
            entry.dtype
        )));
    }
    // What is no parameter is not read, and still shows whether the file is whole.
    if start.checked_add(to).is_none_or(|end| end > bytes) {
        return Err(FileError::Beyond { tensor: name.to_owned(), shape: entry.shape.clone() });
    }
    let (at, shape) = (start.saturating_add(from), entry.shape.as_slice().into());
    Tensor { name: name.into(), shape, format, file: Arc::clone(file), body: Body::Plain { at } }
        .within(bytes)
}

/// The files beside an index that it names.
///
/// # Errors
/// If it is no index, or names files elsewhere.
pub fn parts(sources: &dyn Sources, index: &Path) -> Result<BTreeSet<PathBuf>, FileError> {
    Ok(names(sources, index)?.weight_map.values().map(|file| index.with_file_name(file)).collect())
}

fn names(sources: &dyn Sources, index: &Path) -> Result<Index, FileError> {
    let malformed = |why: String| FileError::Malformed { format: "index of safetensors files", why };
    let text = sources.text(index, MOST_TABLE)?;
    let names: Index = serde_json::from_str(&text).map_err(|error| malformed(error.to_string()))?;
    let is_beside = |file: &&String| {
        matches!(Path::new(file).components().collect::<Vec<_>>()[..], [Component::Normal(_)])
    };
    match names.weight_map.values().find(|file| !is_beside(file)) {
        Some(file) => Err(malformed(format!("it names {file:?}; expected files beside it"))),
        None => Ok(names),
    }
}

/// What the files hold that an index names.
///
/// # Errors
/// If one of them cannot be read, or lacks what the index says.
pub fn sharded(sources: &dyn Sources, index: &Path) -> Result<Contents, FileError> {
    let names = names(sources, index)?.weight_map;
    let mut whole = Contents::default();
    for part in names.values().collect::<BTreeSet<_>>() {
        let contents = contents(sources, &index.with_file_name(part)).map_err(|error| error.of_part(part))?;
        whole.step = whole.step.or(contents.step);
        whole
            .tensors
            .extend(contents.tensors.into_iter().filter(|tensor| names.get(&*tensor.name) == Some(part)));
    }
    let there: BTreeSet<&str> = whole.tensors.iter().map(|tensor| &*tensor.name).collect();
    match names.iter().find(|(name, _)| !there.contains(name.as_str())) {
        Some((name, part)) => {
            let why = format!("{part} has no {name}");
            Err(FileError::Malformed { format: "index of safetensors files", why })
        }
        None => Ok(whole),
    }
}
