//! A run that was recorded elsewhere, gone through step by step: its points are known, and nothing is evaluated.

use std::sync::Arc;

use super::course::Course;
use super::outline::Kept;
use super::trajectory::Checkpoint;

/// A way through the checkpoints of a recorded run. Between two of them it rests at the earlier one.
#[derive(Clone, Debug)]
pub struct Replay {
    course: Arc<Course>,
    step: u64,
}

impl Replay {
    /// At the run's first checkpoint.
    pub fn new(course: Arc<Course>) -> Self {
        let step = course.first().step;
        Self { course, step }
    }

    /// The step it is at.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Goes on along the same run, of which more is known by now; of another one at its first checkpoint.
    pub fn follow(&mut self, course: Arc<Course>) {
        let is_same = course.begins_as(&self.course);
        self.step = if is_same { self.step.min(course.end()) } else { course.first().step };
        self.course = course;
    }

    /// Goes on by up to `steps`; not beyond the last.
    pub fn advance(&mut self, steps: u64) {
        self.step = self.step.saturating_add(steps).min(self.course.end());
    }

    /// Goes to an earlier step; not before the first.
    pub fn rewind(&mut self, step: u64) {
        self.step = self.step.min(step.max(self.course.first().step));
    }

    /// The checkpoints passed so far, oldest first; never empty.
    pub fn passed(&self) -> &[Checkpoint] {
        let points = self.course.trajectory().checkpoints();
        &points[..points.partition_point(|point| point.step <= self.step).max(1)]
    }

    /// The point it is at, with its own step.
    pub fn latest(&self) -> Checkpoint {
        let points = self.passed();
        Checkpoint { step: self.step, ..points[points.len() - 1].clone() }
    }

    /// The same as an outline follows it. They take no room: the whole run is there anyway.
    pub fn kept(&self) -> Kept<'_> {
        let capacity = self.course.trajectory().capacity();
        Kept { step: self.step, checkpoints: self.passed(), capacity, shared_until: Some(u64::MAX) }
    }

    /// The whole run.
    pub fn course(&self) -> &Arc<Course> {
        &self.course
    }

    /// The step at which the run diverged, once that is reached.
    pub fn diverged_at(&self) -> Option<u64> {
        self.course.diverged_at().filter(|at| *at <= self.step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::train::Trajectory;

    fn replay(steps: &[u64]) -> Replay {
        let point = |step: &u64| Checkpoint {
            step: *step,
            theta: [*step as f64].into(),
            loss: 1.0 / (1 + step) as f64,
            grad_norm: 0.5,
        };
        let points = steps.iter().map(point).collect();
        Replay::new(Arc::new(Course::new(Arc::new(Trajectory::recorded(points)), None)))
    }

    #[test]
    fn it_rests_at_each_checkpoint_until_the_next_and_ends_at_the_last() {
        let mut replay = replay(&[500, 700, 1000]);
        assert_eq!(
            (replay.step(), replay.passed().len()),
            (500, 1),
            "it begins where the run was first kept"
        );
        replay.advance(250);
        assert_eq!((replay.latest().step, replay.latest().theta[0]), (750, 700.0));
        replay.advance(u64::MAX);
        assert_eq!((replay.step(), replay.passed().len()), (1000, 3));
        replay.rewind(699);
        assert_eq!((replay.latest().step, replay.latest().theta[0]), (699, 500.0));
        replay.rewind(0);
        assert_eq!(replay.step(), 500);
        replay.rewind(900);
        assert_eq!(replay.step(), 500, "a step ahead is reached by going on");
    }

    #[test]
    fn it_goes_on_along_a_run_that_has_grown_and_begins_another_one() {
        let mut short = replay(&[500, 700]);
        short.advance(u64::MAX);
        short.follow(Arc::clone(replay(&[500, 700, 900]).course()));
        assert_eq!((short.step(), short.passed().len()), (700, 2));
        short.advance(u64::MAX);
        assert_eq!(short.step(), 900);
        short.follow(Arc::clone(replay(&[20, 30]).course()));
        assert_eq!(short.step(), 20);
    }
}
