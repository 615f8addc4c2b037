//! Losses on a grid of a subspace: lines, planes and volumes.
//!
//! ```text
//!   alpha2 ^            index of loss:  plane  loss[i2, i1]
//!          |  i2                        volume loss[i3, i2, i1]
//!          +----> alpha1, i1            the last index runs along alpha1
//! ```
//!
//! A [`GridSpec`] says where the cells lie, [`tile`] in which order they are evaluated (coarse to
//! fine), a [`GridBackend`] how, and a [`GridJob`] carries it out piece by piece into a [`LossGrid`]. Whoever
//! shows it has it as a [`Field`]. Backends come from an [`Evaluator`], which is handed in.

pub mod combination;
pub mod evaluator;
pub mod field;
pub mod job;
pub mod kernel;
pub mod losses;
pub mod path;
pub mod precision;
pub mod reference;
pub mod spec;
pub mod table;
pub mod talk;
pub mod tile;

use std::sync::Arc;

pub use combination::Combinations;
pub use evaluator::{Evaluator, InProcess};
pub use field::{Field, FieldView};
pub use job::GridJob;
pub use kernel::KernelBackend;
pub use losses::LossGrid;
pub use path::{PathEvaluator, PathJob};
pub use precision::Precision;
pub use reference::ReferenceBackend;
pub use spec::{Axis, GridError, GridSpec};
pub use table::Table;
pub use tile::Tile;

/// One way to turn tiles into losses: tiles are handed in and come back finished, in any order, so
/// that it may be a thread pool, a share of each frame, or a device that answers later.
pub trait GridBackend: Send {
    /// Cells of a tile at most: small enough to stop soon, large enough to be worth a thread's while.
    fn tile_cells(&self) -> usize;

    /// Takes a tile; returns at once.
    fn submit(&mut self, tile: Tile);

    /// Works on submitted tiles for about `cells` cells (at least one tile, where there is one) and
    /// returns those that are finished. An empty answer does not mean that nothing is under way.
    fn poll(&mut self, cells: u64) -> Vec<TileLosses>;

    /// Why no more tiles come back, where that is so: whoever evaluates may be lost.
    fn failure(&self) -> Option<Lost> {
        None
    }
}

/// Why somebody evaluates no more.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the evaluator {0}")]
pub struct Lost(pub Arc<str>);

/// A finished tile.
#[derive(Clone, Debug, PartialEq)]
pub struct TileLosses {
    /// Which cells.
    pub tile: Tile,
    /// Their losses, `[i3, i2, i1]` of the tile's own indices.
    pub loss: Vec<f64>,
}
