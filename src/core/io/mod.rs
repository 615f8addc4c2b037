//! Files, whatever is in them: the only part of the core that touches the file system.

pub mod arrays;
pub mod folder;
#[cfg(feature = "desktop")]
pub mod hold;
pub mod input;
pub mod npy;
#[cfg(feature = "desktop")]
pub mod output;
