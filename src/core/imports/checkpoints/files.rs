//! Which files are checkpoints of a run, and of which format.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::error::{CheckpointsError, FileError};
use super::glob;
use super::safetensors;
use crate::core::io::sources::Sources;

/// The format of a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One file of safetensors.
    Safetensors,
    /// The index of several.
    Sharded,
    /// An archive of PyTorch.
    Torch,
    /// An archive of numpy.
    Npz,
    /// An HDF5 file of Keras.
    Hdf5,
}

/// Endings of names, longer ones first.
const ENDINGS: [(&str, Kind); 7] = [
    (".safetensors.index.json", Kind::Sharded),
    (".safetensors", Kind::Safetensors),
    (".pt", Kind::Torch),
    (".pth", Kind::Torch),
    (".ckpt", Kind::Torch),
    (".npz", Kind::Npz),
    (".h5", Kind::Hdf5),
];

/// What the names of files begin with that trainers write beside a model.
const COMPANIONS: [&str; 6] = ["optim", "scheduler", "rng_state", "training_args", "scaler", "random_states"];

/// The ending of a parallel trainer's shards.
const SHARD: &str = "distcp";

/// Names that a note lists before it counts the others.
const MOST_LISTED: usize = 5;

/// A checkpoint's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it is.
    pub path: PathBuf,
    /// Its format.
    pub kind: Kind,
}

/// The files that a folder or a pattern names.
#[derive(Debug)]
pub struct Files {
    /// The folder that they lie in, or below.
    pub folder: PathBuf,
    /// The checkpoints among them, by name.
    pub files: Vec<File>,
    /// What was left out.
    pub notes: Vec<String>,
}

/// The format that a name tells, and the name without its ending.
pub fn kind(path: &Path) -> Option<(Kind, String)> {
    let name = path.file_name()?.to_str()?;
    let lower = name.to_ascii_lowercase();
    let (ending, kind) = ENDINGS.iter().find(|(ending, _)| lower.ends_with(ending))?;
    Some((*kind, name[..name.len() - ending.len()].to_owned()))
}

/// Some names, and how many there are besides.
pub fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let shown: Vec<&str> = names.iter().take(MOST_LISTED).map(AsRef::as_ref).collect();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Finds the checkpoints that a folder, a pattern or a file names.
///
/// # Errors
/// If there is none, they are shards of a parallel trainer, or an index is none.
pub fn find(sources: &dyn Sources, asked: &Path) -> Result<Files, CheckpointsError> {
    let (folder, named) = named(sources, asked);
    let relative = |path: &PathBuf| path.strip_prefix(&folder).unwrap_or(path).display().to_string();
    let (mut files, mut companions, mut shards) = (Vec::new(), Vec::new(), 0);
    for path in &named {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        shards += usize::from(path.extension().is_some_and(|ending| ending == SHARD));
        match kind(path) {
            Some(_) if COMPANIONS.iter().any(|start| name.starts_with(start)) => {
                companions.push(relative(path))
            }
            Some((kind, _)) if !name.starts_with('.') => files.push(File { path: path.clone(), kind }),
            _ => {}
        }
    }
    if shards > 0 && files.is_empty() {
        return Err(CheckpointsError::Shards { asked: asked.to_owned() });
    }
    if files.is_empty() {
        let endings = ENDINGS.map(|(ending, _)| ending).join(", ");
        let found: Vec<String> = named.iter().map(relative).collect();
        let found = if found.is_empty() {
            "nothing is there".to_owned()
        } else {
            format!("there is {}", listed(&found))
        };
        return Err(CheckpointsError::None { asked: asked.to_owned(), found, endings });
    }
    let mut notes = Vec::new();
    if !companions.is_empty() {
        notes.push(format!("Left out, being no model: {}.", listed(&companions)));
    }
    if shards > 0 {
        notes
            .push(format!("Left out: {shards} shards of a parallel trainer (.{SHARD}), which are not read."));
    }
    Ok(Files { folder, files: without_parts(sources, files)?, notes })
}

/// The folder, and all files that are named there or below.
fn named(sources: &dyn Sources, asked: &Path) -> (PathBuf, Vec<PathBuf>) {
    let text = asked.to_string_lossy();
    if glob::is_pattern(&text) {
        let is_plain = |part: &std::path::Component| !glob::is_pattern(&part.as_os_str().to_string_lossy());
        let folder: PathBuf = asked.components().take_while(is_plain).collect();
        let mut named = sources.within(&folder);
        named.retain(|path| glob::matches(&text, &path.to_string_lossy(), Some('/')));
        return (folder, named);
    }
    let within = sources.within(asked);
    match within.is_empty() && sources.has(asked) && sources.look(asked).is_ok() {
        true => (asked.parent().unwrap_or(Path::new("")).to_owned(), vec![asked.to_owned()]),
        false => (asked.to_owned(), within),
    }
}

/// Without the files that an index among them names.
fn without_parts(sources: &dyn Sources, mut files: Vec<File>) -> Result<Vec<File>, CheckpointsError> {
    let mut parts = BTreeSet::new();
    for index in files.iter().filter(|file| file.kind == Kind::Sharded) {
        let named = safetensors::parts(sources, &index.path);
        parts.extend(
            named.map_err(|why: FileError| CheckpointsError::File { file: index.path.clone(), why })?,
        );
    }
    files.retain(|file| !parts.contains(&file.path));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::io::sources::Shelf;

    fn found(names: &[&str], asked: &str) -> Result<(Vec<String>, Vec<String>), String> {
        let mut shelf = Shelf::default();
        names.iter().for_each(|name| shelf.put(*name, *b""));
        shelf.put(
            "sharded-7/m.safetensors.index.json",
            *br#"{"weight_map": {"a": "m-1.safetensors", "b": "m-2.safetensors"}}"#,
        );
        ["sharded-7/m-1.safetensors", "sharded-7/m-2.safetensors"]
            .iter()
            .for_each(|name| shelf.put(*name, *b""));
        let found = find(&shelf, Path::new(asked)).map_err(|error| error.to_string())?;
        Ok((found.files.iter().map(|file| file.path.display().to_string()).collect(), found.notes))
    }

    #[test]
    fn a_folder_names_what_is_below_and_a_pattern_what_is_like_it() {
        let names = [
            "r/checkpoint-5/model.safetensors",
            "r/checkpoint-5/optimizer.pt",
            "r/x.PT",
            "r/notes.txt",
            "q/1.pt",
        ];
        let (files, notes) = found(&names, "r").unwrap();
        assert_eq!(files, ["r/checkpoint-5/model.safetensors", "r/x.PT"]);
        assert_eq!(notes, ["Left out, being no model: checkpoint-5/optimizer.pt."]);
        assert_eq!(found(&names, "r/*.PT").unwrap().0, ["r/x.PT"]);
        assert_eq!(found(&names, "*/checkpoint-*/*").unwrap().0, ["r/checkpoint-5/model.safetensors"]);
        assert_eq!(found(&names, "q/1.pt").unwrap().0, ["q/1.pt"]);
    }

    #[test]
    fn the_parts_of_an_index_are_no_checkpoints_of_their_own() {
        assert_eq!(found(&[], "sharded-7").unwrap().0, ["sharded-7/m.safetensors.index.json"]);
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        let told = |names: &[&str], asked: &str| found(names, asked).unwrap_err();
        assert_eq!(
            told(&["r/notes.txt"], "r"),
            "\"r\" names no checkpoint (there is notes.txt); expected files ending in .safetensors.index.json, .safetensors, \
             .pt, .pth, .ckpt, .npz, .h5"
        );
        assert!(told(&[], "gone").starts_with("\"gone\" names no checkpoint (nothing is there)"));
        let shards = told(&["r/.metadata", "r/__0_0.distcp"], "r");
        assert_eq!(
            shards,
            "\"r\" holds shards of a parallel trainer (.distcp), which are not read; expected whole checkpoints: \
             torch.distributed.checkpoint.format_utils.dcp_to_torch_save makes them"
        );
        let many: Vec<String> = (0..8).map(|i| format!("r/{i}.txt")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(told(&many, "r").contains("(there is 0.txt, 1.txt, 2.txt, 3.txt, 4.txt and 3 more)"));
    }
}
