//! The formats in which slices, runs and scenes are written, and runs read back.
//!
//! [`SliceFormat`] says which files a slice can be written to, and writes them; each format has a
//! module. Meshes and pictures show a slice as the window draws it.

pub mod archive;
pub mod cells;
pub mod format;
pub mod glb;
mod gltf;
pub mod npz;
pub mod obj;
mod paint;
pub mod plan;
pub mod ply;
pub mod png;
pub mod pvd;
pub mod run;
pub mod scene;
pub mod slice;
pub mod stl;
pub mod surface;
pub mod vts;

pub use format::SliceFormat;
pub use slice::Slice;
