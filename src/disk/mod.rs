//! What of this machine lies outside the program: files as sources of bytes, files that are written, and evaluators in
//! other processes.

pub mod files;
#[cfg(feature = "desktop")]
pub mod folder;
#[cfg(feature = "desktop")]
pub mod hold;
#[cfg(feature = "desktop")]
pub mod output;
#[cfg(feature = "desktop")]
pub mod served;
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
