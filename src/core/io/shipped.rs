//! Files that come with the program, from `assets/points`: points of parameter space that take long to find.
//!
//! Their names begin with `built-in:` and mean the same wherever they are named: in a file, in a cue, on the command
//! line. `cargo run --release --example copies -- assets/points` finds the copies and the bends between them anew; `li-skip` and
//! `li-plain` are the last points of those experiments' runs.
//! `batch-8` and `batch-full` are where `small-batch` is after 750 steps and, with the full batch, after 575; `decayed-8` and
//! `decayed-full` the same with a weight decay of 5e-4, after 750 and 600. `before` and `beyond` lie half the way outside both.

use std::path::{Path, PathBuf};

/// What the names of what comes with the program begin with.
const PREFIX: &str = "built-in:";

/// Name, without the prefix, and bytes of each.
const FILES: [(&str, &[u8]); 15] = [
    ("copy-1.npy", include_bytes!("../../../assets/points/copy-1.npy")),
    ("copy-2.npy", include_bytes!("../../../assets/points/copy-2.npy")),
    ("copy-3.npy", include_bytes!("../../../assets/points/copy-3.npy")),
    ("bend-1-2.npy", include_bytes!("../../../assets/points/bend-1-2.npy")),
    ("bend-2-3.npy", include_bytes!("../../../assets/points/bend-2-3.npy")),
    ("li-skip.npy", include_bytes!("../../../assets/points/li-skip.npy")),
    ("li-plain.npy", include_bytes!("../../../assets/points/li-plain.npy")),
    ("batch-8.npy", include_bytes!("../../../assets/points/batch-8.npy")),
    ("batch-full.npy", include_bytes!("../../../assets/points/batch-full.npy")),
    ("batch-before.npy", include_bytes!("../../../assets/points/batch-before.npy")),
    ("batch-beyond.npy", include_bytes!("../../../assets/points/batch-beyond.npy")),
    ("decayed-8.npy", include_bytes!("../../../assets/points/decayed-8.npy")),
    ("decayed-full.npy", include_bytes!("../../../assets/points/decayed-full.npy")),
    ("decayed-before.npy", include_bytes!("../../../assets/points/decayed-before.npy")),
    ("decayed-beyond.npy", include_bytes!("../../../assets/points/decayed-beyond.npy")),
];

/// Whether a name means something that comes with the program, be it there or not.
pub fn is_shipped(name: &Path) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(PREFIX))
}

/// What a file is called in short: its name without folder, ending and what the names of shipped ones begin with.
pub fn stem(path: &Path) -> &str {
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    name.strip_prefix(PREFIX).unwrap_or(name)
}

/// Name and bytes of all that comes with the program.
pub fn files() -> impl Iterator<Item = (PathBuf, &'static [u8])> {
    FILES.iter().map(|(name, bytes)| (format!("{PREFIX}{name}").into(), *bytes))
}
