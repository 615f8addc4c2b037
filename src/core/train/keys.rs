//! Key checkpoints: whole states kept on the way, so that any step is reached again exactly.

use super::state::State;
use super::trajectory::stride_after;

/// States from which a run continues exactly, at multiples of a stride that doubles as a run grows.
#[derive(Clone)]
pub(super) struct KeyCheckpoints {
    states: Vec<State>,
    stride: u64,
    capacity: usize,
}

/// Steps between key checkpoints at first: what is taken again at most to reach a step.
const KEY_STRIDE: u64 = 64;
/// Key checkpoints kept at most, and at least, however large they are.
const KEY_CAPACITY: (usize, usize) = (8, 128);
/// Bytes that key checkpoints take as long as they are more than the fewest.
const KEY_BUDGET_BYTES: usize = 64 << 20;

impl KeyCheckpoints {
    /// None yet, for thetas of `dim` and epochs of `examples`.
    pub(super) fn new(dim: usize, examples: usize) -> Self {
        // Theta and up to two moments of the optimizer, and the order of an epoch.
        let each = 3 * dim * std::mem::size_of::<f64>() + examples * std::mem::size_of::<u32>();
        let (least, most) = KEY_CAPACITY;
        let capacity = (KEY_BUDGET_BYTES / each.max(1)).clamp(least, most);
        Self { states: Vec::new(), stride: KEY_STRIDE, capacity }
    }

    /// Keeps the state if it is due, and thins when there are too many.
    pub(super) fn offer(&mut self, state: &State) {
        if !state.step.is_multiple_of(self.stride) {
            return;
        }
        if self.states.len() >= self.capacity {
            self.stride *= 2;
            self.states.retain(|kept| kept.step.is_multiple_of(self.stride));
        }
        if state.step.is_multiple_of(self.stride) {
            // Loss and gradient follow from theta, to the bit.
            self.states.push(State { whole: None, ..state.clone() });
        }
    }

    /// The last key checkpoint that is not after `step`; step 0 is always one.
    pub(super) fn nearest(&self, step: u64) -> &State {
        let after = self.states.partition_point(|state| state.step <= step);
        &self.states[after - 1]
    }

    /// Drops what comes after `step`. From there on as many are kept as on the first way.
    pub(super) fn cut_after(&mut self, step: u64) {
        let end = self.states.partition_point(|state| state.step <= step);
        self.states.truncate(end);
        self.stride = stride_after(step, KEY_STRIDE, self.capacity, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::data::{BatchOrder, BatchSize};
    use crate::core::num::{ParamLayout, Stream};
    use crate::core::optim::OptimizerConfig;

    #[test]
    fn key_checkpoints_keep_their_budget_and_always_the_start() {
        let state = |step| State {
            step,
            theta: vec![0.0],
            optimizer: OptimizerConfig::default().build(&ParamLayout::default()),
            batches: BatchOrder::new(1, BatchSize::Full, Stream::new(0, "batches")),
            evaluations: step,
            whole: Some((1.0, vec![1.0])),
            diverged: false,
        };
        for (dim, capacity) in [(1, 128), (100_000, 27), (1_000_000, 8)] {
            let mut keys = KeyCheckpoints::new(dim, 500);
            assert_eq!(keys.capacity, capacity);
            for step in 0..64 * 1000 {
                keys.offer(&state(step));
            }
            assert!(keys.states.len() <= capacity && keys.states.len() >= capacity / 2);
            assert!(keys.states.iter().all(|kept| kept.whole.is_none()));
            assert_eq!((keys.nearest(0).step, keys.nearest(63).step), (0, 0));
            let nearest = keys.nearest(63_999).step;
            assert!(nearest + keys.stride > 63_999, "{nearest} with a stride of {}", keys.stride);
            // Back at the start they are as near to one another as they were there.
            keys.cut_after(0);
            (1..1000).for_each(|step| keys.offer(&state(step)));
            assert_eq!(keys.nearest(999).step, 999 / keys.stride * keys.stride);
            assert_eq!(keys.stride, stride_after(999, KEY_STRIDE, capacity, None));
        }
    }
}
