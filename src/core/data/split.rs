//! The held-out share: examples that training never sees, to judge by what it has learnt.

use super::dataset::Dataset;
use crate::core::num::Stream;

/// Takes about `share` of the rows away, drawn by the stream: at least one, and never all. Both parts
/// keep the order of the rows. A share of 0, or a dataset of one row, holds nothing out.
pub fn split(data: Dataset, share: f64, stream: &mut Stream) -> (Dataset, Option<Dataset>) {
    let rows = data.rows();
    if share <= 0.0 || rows < 2 {
        return (data, None);
    }
    let count = ((share * rows as f64).round() as usize).clamp(1, rows - 1);
    let mut order = stream.permutation(rows);
    let (held_out, train) = order.split_at_mut(count);
    held_out.sort_unstable();
    train.sort_unstable();
    (data.select(train), Some(data.select(held_out)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(rows: usize) -> Dataset {
        let x = (0..rows).map(|i| i as f64).collect();
        Dataset::new("d", x, vec![0.5; rows], 1, 1).unwrap()
    }

    #[test]
    fn every_row_is_on_one_side() {
        let (train, held_out) = split(counted(101), 0.25, &mut Stream::new(0, "split"));
        let held_out = held_out.unwrap();
        assert_eq!((train.rows(), held_out.rows()), (76, 25));
        assert!(train.x().is_sorted() && held_out.x().is_sorted());
        let mut all = [train.x(), held_out.x()].concat();
        all.sort_by(f64::total_cmp);
        assert_eq!(all, counted(101).x());
        let (other, _) = split(counted(101), 0.25, &mut Stream::new(1, "split"));
        assert_ne!(train, other);
    }

    #[test]
    fn neither_side_is_ever_empty_unless_nothing_is_held_out() {
        let rows = |share| {
            let (train, held_out) = split(counted(3), share, &mut Stream::new(0, "split"));
            (train.rows(), held_out.map_or(0, |data| data.rows()))
        };
        assert_eq!((rows(0.0), rows(0.01), rows(0.99)), ((3, 0), (2, 1), (1, 2)));
    }
}
