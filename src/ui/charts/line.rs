//! The straight line from the start of training to its end: theta = (1 − α)·A + α·B (the post's equation 1).

use crate::core::objective::Problem;
use crate::core::session::Revision;
use crate::scene::landscape::Known;

/// Start and end of the planned training: A and B.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Chord<'a> {
    /// Where training starts, `[dim]`.
    pub start: &'a [f64],
    /// Where it ends: the last point that can be told, `[dim]`.
    pub end: &'a [f64],
}

/// From where to where the line is shown, as the post has it.
pub(super) const SHOWN: [f64; 2] = [-0.15, 1.15];

impl<'a> Chord<'a> {
    /// Of the run that chose the plane; `None` before it has gone anywhere.
    pub fn of(known: &'a Known) -> Option<Self> {
        let path = known.plan.sound.finite_thetas();
        let (start, end) = (*path.first()?, *path.last()?);
        (start != end).then_some(Self { start, end })
    }

    /// The model at alpha, `[dim]`.
    pub fn at(&self, alpha: f64) -> Vec<f64> {
        self.start.iter().zip(self.end).map(|(a, b)| (1.0 - alpha) * a + alpha * b).collect()
    }
}

/// A place on the line, to two decimals: while a dot glides it is any number.
pub(super) fn place_text(alpha: f64) -> String {
    // What is rounded to nothing is not less than nothing.
    format!("{:.2}", (100.0 * alpha).round() / 100.0 + 0.0).replace('-', "−")
}

/// From where to where the line is shown with a dot on it.
pub(super) fn shown_with(dot: f64) -> [f64; 2] {
    [SHOWN[0].min(dot), SHOWN[1].max(dot)]
}

/// The loss along the line: evaluated once for each training, a few points in each frame.
#[derive(Default)]
pub(super) struct Profile {
    of: Option<(Revision, [f64; 2])>,
    /// Alpha and loss, as far as they are known.
    pub points: Vec<[f64; 2]>,
}

/// Points along it.
const POINTS: usize = 131;
/// Multiply-adds that a frame may spend on it, about two milliseconds' worth; one point there is always.
const AFFORDABLE: usize = 8_000_000;

impl Profile {
    /// Brings it on for as long as a frame has time.
    pub fn follow(&mut self, revision: Revision, range: [f64; 2], problem: &Problem, chord: &Chord) {
        let of = Some((revision, range));
        if self.of != of {
            *self = Self { of, points: Vec::with_capacity(POINTS) };
        }
        let Some(objective) = problem.objective() else { return };
        let cost = (problem.dim() * problem.examples().max(1)).max(1);
        let last = POINTS.min(self.points.len() + (AFFORDABLE / cost).max(1));
        for i in self.points.len()..last {
            let alpha = range[0] + (range[1] - range[0]) * i as f64 / (POINTS - 1) as f64;
            self.points.push([alpha, objective.loss(&chord.at(alpha))]);
        }
    }

    /// Whether there is more of it than was evaluated.
    pub fn is_behind(&self) -> bool {
        self.of.is_some() && self.points.len() < POINTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_goes_through_both_ends_and_beyond() {
        let chord = Chord { start: &[1.0, -2.0], end: &[3.0, 2.0] };
        assert_eq!((chord.at(0.0), chord.at(1.0)), (vec![1.0, -2.0], vec![3.0, 2.0]));
        assert_eq!((chord.at(0.25), chord.at(-0.5)), (vec![1.5, -1.0], vec![0.0, -4.0]));
        assert_eq!((shown_with(0.5), shown_with(2.0)), ([-0.15, 1.15], [-0.15, 2.0]));
    }
}
