//! Files: the only part of the core that touches the file system.

pub mod npy;
pub mod npz;
pub mod output;
pub mod table;
