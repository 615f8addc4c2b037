//! Files that come with the program, from `assets/points`: points of parameter space that take long to find.
//!
//! Their names begin with `built-in:` and mean the same wherever they are named: in a file, in a cue, on the command
//! line. `cargo run --release --example copies -- assets/points` finds the copies and the bends between them anew; `li-skip` and
//! `li-plain` are the last points of those experiments' runs.

use std::path::{Path, PathBuf};

/// What the names of what comes with the program begin with.
const PREFIX: &str = "built-in:";

/// Name, without the prefix, and bytes of each.
const FILES: [(&str, &[u8]); 7] = [
    ("copy-1.npy", include_bytes!("../../../assets/points/copy-1.npy")),
    ("copy-2.npy", include_bytes!("../../../assets/points/copy-2.npy")),
    ("copy-3.npy", include_bytes!("../../../assets/points/copy-3.npy")),
    ("bend-1-2.npy", include_bytes!("../../../assets/points/bend-1-2.npy")),
    ("bend-2-3.npy", include_bytes!("../../../assets/points/bend-2-3.npy")),
    ("li-skip.npy", include_bytes!("../../../assets/points/li-skip.npy")),
    ("li-plain.npy", include_bytes!("../../../assets/points/li-plain.npy")),
];

/// Whether a name means something that comes with the program, be it there or not.
pub fn is_shipped(name: &Path) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(PREFIX))
}

/// Name and bytes of all that comes with the program.
pub fn files() -> impl Iterator<Item = (PathBuf, &'static [u8])> {
    FILES.iter().map(|(name, bytes)| (format!("{PREFIX}{name}").into(), *bytes))
}
