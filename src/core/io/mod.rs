//! Files: the only part of the core that touches the file system.
//!
//! [`SliceFormat`] says which files a slice can be written to, and writes them; each format has a
//! module. Meshes and pictures show a slice as the window draws it.

pub mod archive;
pub mod arrays;
pub mod cells;
pub mod folder;
pub mod format;
pub mod glb;
pub mod hold;
pub mod input;
pub mod npy;
pub mod npz;
pub mod obj;
pub mod output;
mod paint;
pub mod ply;
pub mod png;
pub mod run;
pub mod slice;
pub mod stl;
pub mod surface;
pub mod table;
pub mod vts;

pub use format::SliceFormat;
pub use slice::Slice;
