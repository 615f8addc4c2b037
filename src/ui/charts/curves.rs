//! Loss and accuracy against the step.

use super::Inks;
use crate::core::objective::Objective;
use crate::core::session::Revision;
use crate::core::train::Checkpoint;
use crate::scene::training::Live;
use crate::ui::chart::{Chart, Mark};
use crate::ui::timeline::thinned;

/// A run as its curve knows it.
pub struct Run<'a> {
    /// Its optimizer.
    pub name: &'a str,
    /// Its colour's number.
    pub number: usize,
    /// Its points so far.
    pub points: &'a [Checkpoint],
}

/// What the run that is told of says of examples it does not learn from, and how many it gets right: at
/// some steps, since each takes a pass over the data.
#[derive(Default)]
pub struct HeldOut {
    of: Option<(Revision, u64)>,
    /// Step and loss over the held-out examples.
    loss: Vec<[f64; 2]>,
    /// Step and share of the training examples predicted right.
    accuracy: Vec<[f64; 2]>,
    /// The same of the held-out examples.
    held_out_accuracy: Vec<[f64; 2]>,
    /// Whether there is more to be looked at than a frame has time for.
    pub is_behind: bool,
}

/// Looks at the data over a run's planned length, and in one frame.
const LOOKS: u64 = 120;
const LOOKS_A_FRAME: usize = 4;

impl HeldOut {
    /// Catches up with a run, a few points at a time.
    pub fn follow(&mut self, revision: Revision, objective: &dyn Objective, live: Option<&Live>) {
        let Some(live) = live else { return };
        let of = (revision, live.rewinds());
        if self.of != Some(of) {
            *self = Self { of: Some(of), ..Self::default() };
        }
        let last = live.points().last().map_or(0, |last| last.step);
        let every = (last / LOOKS).max(1);
        let from = self.accuracy.last().map_or(0, |[step, _]| *step as u64 + every);
        let due = live.points().iter().filter(|point| point.step >= from);
        let mut next = from;
        let mut looks = 0;
        self.is_behind = false;
        for point in due {
            if point.step < next {
                continue;
            }
            if looks == LOOKS_A_FRAME {
                self.is_behind = true;
                break;
            }
            (next, looks) = (point.step + every, looks + 1);
            let step = point.step as f64;
            self.accuracy.push([step, objective.accuracy(&point.theta).unwrap_or(f64::NAN)]);
            if let Some(loss) = objective.held_out_loss(&point.theta) {
                self.loss.push([step, loss]);
            }
            if let Some(share) = objective.held_out_accuracy(&point.theta) {
                self.held_out_accuracy.push([step, share]);
            }
        }
    }
}

/// The chart.
pub fn chart(runs: &[Run], held_out: &HeldOut, is_log: bool, inks: &Inks) -> Chart {
    let mut marks: Vec<Mark> = runs
        .iter()
        .map(|run| Mark::Line {
            name: format!("loss, {}", run.name),
            color: inks.runs[run.number % inks.runs.len()],
            width: 2.0,
            points: thinned(run.points.iter().map(|point| [point.step as f64, point.loss])),
        })
        .collect();
    let more = [
        ("loss, held out", inks.ink, &held_out.loss),
        ("accuracy", inks.faint, &held_out.accuracy),
        ("accuracy, held out", inks.ink.gamma_multiply(0.5), &held_out.held_out_accuracy),
    ];
    for (name, color, points) in more {
        if points.iter().any(|[_, y]| y.is_finite()) {
            marks.push(Mark::Line { name: name.to_owned(), color, width: 1.5, points: points.clone() });
        }
    }
    Chart { x: "step".to_owned(), y: String::new(), marks, is_log, ..Chart::default() }
}
