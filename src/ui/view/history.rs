//! Curves over training, thinned to what a screen can show.

use crate::core::train::Checkpoint;

/// The loss over training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LossHistory {
    /// Step and loss of the planned run, oldest first.
    pub planned: Vec<(u64, f64)>,
    /// Those of the shown run as far as it has been.
    pub live: Vec<(u64, f64)>,
    /// Stretches of steps over which the loss hardly falls.
    pub plateaus: Vec<(u64, u64)>,
}

/// Points of a curve at most.
pub const MOST_POINTS: usize = 250;

/// Every so many-th of the points, and the last.
pub fn thinned<T: Copy>(points: impl ExactSizeIterator<Item = T>) -> Vec<T> {
    let count = points.len();
    let every = count.div_ceil(MOST_POINTS).max(1);
    points.enumerate().filter(|(i, _)| i % every == 0 || i + 1 == count).map(|(_, point)| point).collect()
}

/// Checkpoints evenly spread over the steps, and the last: those of an outline lie ever farther apart.
pub fn thinned_by_step(points: &[Checkpoint]) -> impl Iterator<Item = &Checkpoint> {
    let last = points.last().map_or(0, |last| last.step);
    let every = last.div_ceil(MOST_POINTS as u64).max(1);
    let mut next = 0;
    points.iter().filter(move |point| {
        let is_due = point.step >= next;
        if is_due {
            next = (point.step / every + 1) * every;
        }
        is_due || point.step == last
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinned_curves_keep_both_ends() {
        let thin = thinned((0..5000_u32).collect::<Vec<_>>().into_iter());
        assert!(thin.len() <= MOST_POINTS + 1, "{}", thin.len());
        assert_eq!((thin[0], thin[thin.len() - 1]), (0, 4999));
        assert_eq!(thinned([7].into_iter()), [7]);
    }

    #[test]
    fn a_curve_over_steps_is_even_though_its_points_are_not() {
        let at = |step| Checkpoint { step, theta: [0.0].into(), loss: 1.0, grad_norm: 1.0 };
        // All of the beginning, then every hundredth.
        let points: Vec<Checkpoint> = (0..5000).chain((50..500).map(|k| 100 * k)).map(at).collect();
        let steps: Vec<u64> = thinned_by_step(&points).map(|point| point.step).collect();
        assert!(steps.len() <= MOST_POINTS + 1, "{}", steps.len());
        assert_eq!((steps[0], steps[steps.len() - 1]), (0, 49_900));
        assert!(steps.windows(2).all(|pair| pair[1] - pair[0] <= 300), "{steps:?}");
        assert_eq!(thinned_by_step(&points[..200]).count(), 200, "a short one is whole");
    }
}
