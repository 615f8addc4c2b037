//! Bytes that others give, whatever is in them. Nothing is opened here: see [`sources`].

pub mod archive;
pub mod arrays;
pub mod folder;
pub mod frames;
pub mod hash;
pub mod input;
pub mod npy;
pub mod shipped;
pub mod sources;
