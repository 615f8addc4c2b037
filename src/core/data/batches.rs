//! Which examples a training step sees: all of them, or the next batch of a shuffled order.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::core::num::Stream;

/// How many examples a step sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchSize {
    /// The whole training split.
    #[default]
    Full,
    /// That many, out of an order shuffled anew each epoch; the last, partial batch is kept.
    Size(usize),
}

impl fmt::Display for BatchSize {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Full => f.write_str("full batch"),
            Self::Size(size) => write!(f, "batch {size}"),
        }
    }
}

/// Walks through the examples epoch by epoch. A clone continues exactly; it shares the order of the
/// epoch, so that it is cheap to keep.
#[derive(Clone, Debug)]
pub struct BatchOrder {
    rows: usize,
    size: BatchSize,
    stream: Stream,
    order: Arc<[u32]>,
    next: usize,
}

impl BatchOrder {
    /// Batches of `size` out of `rows` examples, shuffled by the stream.
    pub fn new(rows: usize, size: BatchSize, stream: Stream) -> Self {
        Self { rows, size, stream, order: Arc::default(), next: 0 }
    }

    /// The indices of the next batch; `None` stands for all rows in their own order.
    pub fn next_batch(&mut self) -> Option<&[u32]> {
        let BatchSize::Size(size) = self.size else { return None };
        if self.next >= self.order.len() {
            self.order = self.stream.permutation(self.rows).into();
            self.next = 0;
        }
        let start = self.next;
        self.next = (start + size).min(self.rows);
        Some(&self.order[start..self.next])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_sees_each_row_once_and_keeps_the_partial_batch() {
        let mut batches = BatchOrder::new(10, BatchSize::Size(4), Stream::new(3, "batches"));
        let mut orders = Vec::new();
        for _ in 0..2 {
            let epoch: Vec<Vec<u32>> = (0..3).map(|_| batches.next_batch().unwrap().to_vec()).collect();
            assert_eq!(epoch.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4, 2]);
            let mut rows = epoch.concat();
            orders.push(rows.clone());
            rows.sort_unstable();
            assert_eq!(rows, (0..10).collect::<Vec<u32>>());
        }
        assert_ne!(orders[0], orders[1], "each epoch is shuffled anew");
    }

    #[test]
    fn a_clone_in_the_middle_of_an_epoch_continues_the_same() {
        let mut batches = BatchOrder::new(7, BatchSize::Size(2), Stream::new(3, "batches"));
        batches.next_batch();
        let mut copy = batches.clone();
        for _ in 0..9 {
            assert_eq!(batches.next_batch().map(<[u32]>::to_vec), copy.next_batch().map(<[u32]>::to_vec));
        }
    }
}
