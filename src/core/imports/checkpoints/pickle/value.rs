//! What a pickle makes.

use std::sync::Arc;

use super::globals::{Global, Storage};

/// The number of a value.
pub type Id = u32;

/// A value; others it holds are named by their numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number; those of more than 64 bits are [`Value::Opaque`].
    Int(i64),
    /// A text.
    Text(Arc<str>),
    /// A tuple, a list or a set.
    List(Vec<Id>),
    /// A dictionary, as pairs in their order.
    Dict(Vec<(Id, Id)>),
    /// A function or a class that is known.
    Global(Global),
    /// Numbers in a file beside the pickle.
    Storage {
        /// How they are written.
        kind: Storage,
        /// The file's name.
        key: Arc<str>,
        /// How many there are.
        numbers: usize,
    },
    /// A tensor.
    Tensor(Box<TensorValue>),
    /// What no model is made of: None, a truth value, a float, bytes, an object whose state is not looked at.
    Opaque,
}

/// A view of a storage.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorValue {
    /// How its numbers are written.
    pub kind: Storage,
    /// The storage's name.
    pub key: Arc<str>,
    /// Numbers of the storage.
    pub numbers: usize,
    /// The first of its own among them.
    pub offset: usize,
    /// Entries along each axis.
    pub shape: Vec<usize>,
    /// Numbers between neighbours along each axis, as many as the shape has.
    pub strides: Vec<usize>,
}
