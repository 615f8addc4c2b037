//! The file system of this machine: files as sources of bytes, and files that are written.

pub mod files;
#[cfg(feature = "desktop")]
pub mod hold;
#[cfg(feature = "desktop")]
pub mod output;
pub mod stream;

use std::sync::Arc;

pub use files::Files;

use crate::core::io::folder::{Access, Reach};
use crate::core::io::sources::Sources;

/// The files of this machine.
pub fn sources() -> Arc<dyn Sources> {
    Arc::new(Files)
}

/// Those of them that a file may have read.
pub fn access(reach: Reach) -> Access {
    Access { sources: sources(), reach }
}
