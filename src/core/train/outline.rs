//! The points of a run that pictures are made of: all of the beginning, and ever fewer of what follows.
//!
//! The rule: every step below a power of two is kept, and of each further doubling of the number of steps
//! half as many, evenly spaced. So what is kept depends on the steps alone and not on how long the run
//! has gone on: the first descent, where most happens, never loses a point, and a run of any length has
//! an outline of some ten thousand points. Their parameters are the trajectory's own as long as it keeps
//! them.

use super::trajectory::Checkpoint;

/// What a run has kept so far, for an outline to follow.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// The step that the run is at.
    pub step: u64,
    /// Its checkpoints, oldest first.
    pub checkpoints: &'a [Checkpoint],
    /// Checkpoints that it may keep.
    pub capacity: usize,
    /// The last step whose parameters somebody else keeps, so that they take no room.
    pub shared_until: Option<u64>,
}

/// Some of a run's checkpoints in the order of their steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    points: Vec<Checkpoint>,
    /// Steps at the beginning of which each is kept: a power of 2.
    dense: u64,
}

/// Steps at the beginning of which each is kept, where a trajectory has room for them.
const DENSE: u64 = 4096;

impl Default for Outline {
    fn default() -> Self {
        Self { points: Vec::new(), dense: DENSE }
    }
}

impl Outline {
    /// Takes in what a run has recorded since it was looked at last; all of it again where the run has gone
    /// back. Whether anything that was there is there no more.
    ///
    /// Large parameters that the trajectory has dropped are no second trajectory: a sixteenth of the points
    /// that the trajectory may keep, or as many as a small outline takes, and never more than half.
    /// Points that are shared take no room.
    pub fn follow(&mut self, run: &Kept) -> bool {
        let mut is_cut = self.points.last().is_some_and(|last| last.step > run.step);
        if is_cut {
            // It may have kept less than there was room for at that step.
            *self = Self::default();
        }
        let recorded = run.checkpoints;
        let seen = self.points.last().map_or(0, |last| last.step + 1);
        let new = &recorded[recorded.partition_point(|point| point.step < seen)..];
        let dense = self.dense;
        self.points.extend(new.iter().filter(|point| keeps(dense, point.step)).cloned());
        let capacity = run.capacity;
        let most = (capacity / 16).max(DENSE as usize).min(capacity / 2);
        while self.own(run) > most && self.dense > 2 {
            self.dense /= 2;
            self.points.retain(|point| keeps(self.dense, point.step));
            is_cut = true;
        }
        is_cut
    }

    fn own(&self, run: &Kept) -> usize {
        let is_shared = |point: &Checkpoint| run.shared_until.is_some_and(|end| point.step <= end);
        self.points.len() - self.points.partition_point(is_shared)
    }

    /// The points, oldest first.
    pub fn points(&self) -> &[Checkpoint] {
        &self.points
    }
}

/// Whether a step is one of the outline that has each of the first `dense`.
fn keeps(dense: u64, step: u64) -> bool {
    step < dense || step.is_multiple_of(2 << (step / dense).ilog2())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::core::experiment::{Experiment, ExperimentFile};
    use crate::core::train::TrainingRun;

    fn run() -> TrainingRun {
        let text = "(dataset: xor(points: 4), model: model1, optimizer: sgd(lr: 0.1))";
        Experiment::new(ExperimentFile::parse(text, "x.ron").unwrap()).unwrap().start_run().unwrap()
    }

    fn steps(outline: &Outline) -> Vec<u64> {
        outline.points().iter().map(|point| point.step).collect()
    }

    #[test]
    fn the_beginning_stays_whole_and_the_number_of_points_hardly_grows() {
        let (mut run, mut outline) = (run(), Outline::default());
        for _ in 0..50 {
            run.advance(1000);
            assert!(!outline.follow(&run.kept()));
        }
        let kept = steps(&outline);
        assert_eq!(kept[..4096], (0..4096).collect::<Vec<u64>>());
        assert_eq!(kept[4096..6144], (0..2048).map(|k| 4096 + 2 * k).collect::<Vec<u64>>());
        assert_eq!(kept.len(), 4096 + 2048 * 3 + (50_001_usize - 32_768).div_ceil(16));
        assert_eq!((0..1 << 20).filter(|step| keeps(DENSE, *step)).count(), 4096 + 8 * 2048);
    }

    #[test]
    fn what_is_kept_depends_on_the_steps_and_not_on_the_way_there() {
        let (mut run, mut outline) = (run(), Outline::default());
        run.advance(9000);
        outline.follow(&run.kept());
        let straight = steps(&outline);
        run.advance(20_000);
        assert!(!outline.follow(&run.kept()), "nothing is gone");
        run.seek(5000);
        assert!(outline.follow(&run.kept()), "it went back");
        run.advance(4000);
        assert!(!outline.follow(&run.kept()));
        assert_eq!(steps(&outline), straight);
    }

    #[test]
    fn a_run_that_goes_on_for_ever_adds_little_to_what_its_trajectory_keeps() {
        let (mut run, mut outline) = (run(), Outline::default());
        let capacity = 4 * DENSE as usize;
        let bytes = run.trajectory().bytes();
        run = run.within(capacity * bytes);
        assert_eq!(run.trajectory().capacity(), capacity);
        for _ in 0..10 {
            run.advance(5000);
            outline.follow(&run.kept());
            assert!(outline.points().len() <= capacity / 4, "{}", outline.points().len());
        }
        assert!(outline.points().len() > capacity / 8, "{}", outline.points().len());
    }

    #[test]
    fn a_run_that_went_back_has_the_outline_of_one_that_never_went_further() {
        let small = || run().within(200 * 100);
        let (mut straight, mut outline) = (small(), Outline::default());
        straight.advance(90);
        outline.follow(&straight.kept());
        let (mut back, mut seen) = (small(), Outline::default());
        for step in [50, 3000, 90] {
            back.seek(step);
            seen.follow(&back.kept());
        }
        assert_eq!(steps(&seen), steps(&outline));
        assert!(steps(&seen).len() > 40, "{:?}", steps(&seen));
    }

    #[test]
    fn parameters_are_the_trajectorys_own_and_a_small_budget_is_kept() {
        let mut run = run().within(200 * 100);
        let mut outline = Outline::default();
        let most = run.trajectory().capacity() / 2;
        for _ in 0..100 {
            run.advance(37);
            outline.follow(&run.kept());
            assert!(outline.points().len() <= most, "{} of {most}", outline.points().len());
        }
        let last = outline.points().last().unwrap();
        let shared = run.trajectory().checkpoints().iter().find(|point| point.step == last.step).unwrap();
        assert!(Arc::ptr_eq(&shared.theta, &last.theta));
        assert!(last.step > 3000 && outline.points().len() > most / 3, "{:?}", steps(&outline));
    }
}
