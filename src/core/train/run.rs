//! One training run: it advances by as many steps as it is asked to, and can return to any of them.
//!
//! A run is a function of its objective and its plan alone. How it is cut into calls of
//! [`TrainingRun::advance`], and by whom, changes no bit of it.

use std::sync::Arc;

use super::course::Course;
use super::keys::KeyCheckpoints;
use super::outline::Kept;
use super::plan::TrainingPlan;
use super::state::State;
use super::trajectory::{Checkpoint, Trajectory};
use crate::core::data::BatchSize;
use crate::core::objective::Objective;
use crate::core::optim::Stability;

/// A run in progress.
#[derive(Clone)]
pub struct TrainingRun {
    objective: Arc<dyn Objective>,
    plan: TrainingPlan,
    state: State,
    trajectory: Trajectory,
    /// The same run, recorded before: points of the one that are points of the other share their parameters.
    known: Option<Arc<Trajectory>>,
    keys: KeyCheckpoints,
}

/// Parameters times examples above which evaluating the whole split is too dear to do at every step
/// of a few examples: some milliseconds.
const DEAR_SPLIT: u64 = 10_000_000;

/// Steps between two checkpoints at first. A checkpoint needs the loss over the whole split; where that
/// is dear and steps see a few examples only, it is taken about once an epoch (a power of 2 of steps).
fn first_stride(objective: &dyn Objective, batch: BatchSize) -> u64 {
    let (dim, examples) = (objective.dim() as u64, objective.examples() as u64);
    match batch {
        BatchSize::Size(size) if dim * examples > DEAR_SPLIT => {
            (examples / size.max(1) as u64).max(1).next_power_of_two()
        }
        _ => 1,
    }
}

impl TrainingRun {
    /// A run at its start, step 0 evaluated and recorded.
    ///
    /// # Panics
    /// If the plan's start has another length than the objective's theta.
    pub fn new(objective: Arc<dyn Objective>, plan: TrainingPlan) -> Self {
        assert_eq!(plan.start.len(), objective.dim(), "the start must be a theta of the objective");
        let state = State::start(&*objective, &plan);
        let stride = first_stride(&*objective, plan.batch);
        let mut trajectory = Trajectory::new(objective.dim(), plan.budget_bytes).with_stride(stride);
        let known = plan.course.as_ref().map(|course| Arc::clone(course.trajectory()));
        trajectory.record(state.checkpoint(known.as_deref()));
        let mut keys = KeyCheckpoints::new(objective.dim(), objective.examples());
        keys.offer(&state);
        Self { objective, plan, state, trajectory, known, keys }
    }

    /// Takes up to `steps` steps; fewer if the run diverges. Returns how many it took.
    pub fn advance(&mut self, steps: u64) -> u64 {
        let before = self.state.step;
        for _ in 0..steps {
            if self.state.diverged {
                break;
            }
            let due = self.trajectory.is_due(self.state.step + 1);
            self.state.take_step(&*self.objective, &self.plan);
            if due || self.state.diverged {
                self.state.evaluate_whole(&*self.objective);
                self.trajectory.record(self.latest());
            }
            self.keys.offer(&self.state);
        }
        self.state.evaluate_whole(&*self.objective);
        self.state.step - before
    }

    /// Steps taken so far.
    pub fn step(&self) -> u64 {
        self.state.step
    }

    /// Gradients that its steps have taken so far: one a step, or as many as its optimizer asks for. Along a
    /// recorded run, none.
    pub fn evaluations(&self) -> u64 {
        self.state.evaluations
    }

    /// The point the run is at.
    pub fn latest(&self) -> Checkpoint {
        self.state.checkpoint(self.known.as_deref())
    }

    /// The step at which loss or parameters stopped being finite, if they did. The run stays there.
    pub fn diverged_at(&self) -> Option<u64> {
        self.state.diverged.then_some(self.state.step)
    }

    /// How much the loss may bend where the run is, before its next steps grow. A walk has no such steps.
    pub fn stability(&self) -> Option<Stability> {
        if self.plan.walk.is_some() {
            return None;
        }
        let lr = self.plan.schedule.lr(self.plan.optimizer.lr(), self.state.step);
        self.state.optimizer.stability(lr)
    }

    /// What the run minimises.
    pub fn objective(&self) -> &Arc<dyn Objective> {
        &self.objective
    }

    /// What the run was asked to do.
    pub fn plan(&self) -> &TrainingPlan {
        &self.plan
    }

    /// The same run within another byte budget. To be called at its start.
    pub fn within(mut self, budget_bytes: usize) -> Self {
        let stride = self.trajectory.stride();
        self.plan.budget_bytes = budget_bytes;
        self.trajectory = Trajectory::new(self.objective.dim(), budget_bytes).with_stride(stride);
        self.trajectory.record(self.latest());
        self
    }

    /// The same run, which shares the points of one that was recorded before where they are the same. To be
    /// called at its start.
    pub fn sharing(mut self, known: Arc<Trajectory>) -> Self {
        let budget_bytes = self.plan.budget_bytes;
        self.known = Some(known);
        self.within(budget_bytes)
    }

    /// The same run beside itself recorded before: as far as that goes, it keeps the same checkpoints, shares
    /// them, and needs no room for them. To be called at its start.
    pub fn beside(self, known: Arc<Trajectory>) -> Self {
        let mut run = self.sharing(Arc::clone(&known));
        run.trajectory = Trajectory::new(run.objective.dim(), run.plan.budget_bytes).beside(&known);
        run.trajectory.record(run.latest());
        run
    }

    /// The checkpoints so far, thinned.
    pub fn trajectory(&self) -> &Trajectory {
        &self.trajectory
    }

    /// The same as an outline follows it.
    pub fn kept(&self) -> Kept<'_> {
        Kept {
            step: self.step(),
            checkpoints: self.trajectory.checkpoints(),
            capacity: self.trajectory.capacity(),
            shared_until: self.trajectory.shared_until(),
        }
    }

    /// Bytes of checkpoints that it holds, of others as well: what may be freed where it is dropped.
    pub fn held_bytes(&self) -> usize {
        self.trajectory.bytes() + self.known.as_ref().map_or(0, |known| known.bytes())
    }

    /// The checkpoints so far with the latest point at their end.
    pub fn closed_trajectory(&self) -> Trajectory {
        let mut trajectory = self.trajectory.clone();
        trajectory.close(self.latest());
        trajectory
    }

    /// The run so far, for another one to follow.
    pub fn course(&self) -> Course {
        Course::new(Arc::new(self.closed_trajectory()), self.diverged_at())
    }

    /// Returns to an earlier step, exactly: see [`TrainingRun::rewind`]. A step ahead is reached by
    /// advancing.
    pub fn seek(&mut self, step: u64) {
        self.rewind(step);
        self.advance(step - self.state.step);
    }

    /// Goes back to a point from which `step` is reached by advancing: where that lies in the past, the
    /// nearest key checkpoint before it. Later steps are forgotten.
    ///
    /// What is kept of a run depends on its steps and not on how far it had once gone. So where thinning
    /// has dropped checkpoints that a run of `step` steps keeps, this goes back to the start, and all steps
    /// are taken again.
    pub fn rewind(&mut self, step: u64) {
        let lacks = self.trajectory.lacks(step);
        if !lacks && step >= self.state.step {
            return;
        }
        self.state = self.keys.nearest(if lacks { 0 } else { step }).clone();
        match lacks {
            true => self.trajectory.restart(),
            false => self.trajectory.cut_after(self.state.step),
        }
        self.keys.cut_after(self.state.step);
        self.state.evaluate_whole(&*self.objective);
    }

    /// The point of an earlier step without moving the run: a recorded checkpoint, or the steps from
    /// the nearest key checkpoint taken again. `None` for a step not reached yet.
    pub fn checkpoint_at(&self, step: u64) -> Option<Checkpoint> {
        if step > self.state.step {
            return None;
        }
        let recorded = self.trajectory.checkpoints();
        if let Ok(at) = recorded.binary_search_by_key(&step, |c| c.step) {
            return Some(recorded[at].clone());
        }
        let mut state = self.keys.nearest(step).clone();
        while state.step < step {
            state.take_step(&*self.objective, &self.plan);
        }
        state.evaluate_whole(&*self.objective);
        Some(state.checkpoint(self.known.as_deref()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::core::experiment::{Experiment, ExperimentFile};

    fn experiment(fields: &str) -> Experiment {
        Experiment::new(ExperimentFile::parse(&format!("({fields})"), "x.ron").unwrap()).unwrap()
    }

    #[test]
    fn a_dear_split_is_evaluated_about_once_an_epoch() {
        let stride = |fields: &str| experiment(fields).start_run().unwrap().trajectory().stride();
        let digits = "dataset: digits(), loss: cross_entropy, model: mlp(widths: [128])";
        assert_eq!(stride(&format!("{digits}, batch: size(64)")), 32, "28 batches an epoch");
        assert_eq!(stride(digits), 1, "the full batch is evaluated anyway");
        assert_eq!(stride("batch: size(32)"), 1);
    }

    /// Whether all points of the one are points of the other, and their parameters the same memory.
    fn is_shared(points: &[Checkpoint], known: &Trajectory) -> bool {
        points.iter().all(|point| {
            let twin = known.checkpoints().iter().find(|known| known.step == point.step);
            twin.is_some_and(|twin| Arc::ptr_eq(&twin.theta, &point.theta))
        })
    }

    #[test]
    fn a_run_beside_its_recording_shares_each_point_on_the_way_and_after_a_seek_back() {
        let experiment = experiment("dataset: xor(points: 12), batch: size(5)");
        let start = || experiment.start_run().unwrap().within(60 * 200);
        let mut ahead = start();
        ahead.advance(500);
        let known = Arc::new(ahead.closed_trajectory());
        assert!(known.stride() > 4, "it had to be thinned");
        let mut live = start().beside(Arc::clone(&known));
        for step in [37, 400, 90, 0, 250, 500] {
            live.seek(step);
            let kept = live.trajectory().checkpoints();
            assert!(is_shared(kept, &known), "at step {step}");
            assert_eq!(kept.len() as u64, step / known.stride() + 1, "all of those until step {step}");
            assert_eq!(live.trajectory().bytes(), live.trajectory().list_bytes(), "no parameters of its own");
        }
        assert_eq!(live.closed_trajectory().checkpoints(), known.checkpoints());
        // Beyond the end it keeps points of its own, within its budget.
        live.advance(20_000);
        assert!(live.trajectory().bytes() - live.trajectory().list_bytes() <= 60 * 200);
        assert!(live.trajectory().checkpoints().len() > 20);
    }

    #[test]
    fn another_run_shares_nothing_and_is_what_it_would_be_alone() {
        let run =
            |seed: u64| experiment(&format!("dataset: xor(points: 12), seed: {seed}")).start_run().unwrap();
        let (mut other, mut alone) = (run(1), run(2));
        other.advance(50);
        alone.advance(50);
        let mut sharing = run(2).sharing(Arc::new(other.closed_trajectory()));
        sharing.advance(50);
        assert_eq!(sharing.trajectory(), alone.trajectory());
    }

    #[test]
    fn a_run_that_follows_a_recording_has_its_parameters() {
        let experiment = experiment("dataset: xor(points: 12), steps: 50");
        let mut run = experiment.start_run().unwrap();
        run.advance(50);
        let course = Arc::new(run.course());
        let mut again =
            experiment.clone().along(&experiment, Arc::clone(&course)).unwrap().start_run().unwrap();
        again.advance(50);
        assert!(is_shared(again.trajectory().checkpoints(), course.trajectory()));
    }
}
