//! The quantity that the surface shows, at the points of a run: found out there, not read off the surface.
//!
//! The loss is known with each point. Another quantity takes its time: what is cheap is found in the frame, the rest
//! by a job, the oldest points first.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::core::experiment::pipeline::Plan;
use crate::core::objective::{Measure, Quantity, Valuation};
use crate::core::train::Checkpoint;
use crate::scene::executor::{Executor, News, Task};

/// Multiply-adds that a frame may take for it, about a millisecond's worth.
const AFFORDABLE: usize = 2_000_000;

/// What is known of a run's points, by their steps.
#[derive(Default)]
pub(super) struct Measured {
    of: Quantity,
    known: BTreeMap<u64, f64>,
    /// Which outline was looked through, and how many of its points.
    seen: (u64, usize),
    /// Points that are still to be asked for.
    due: Vec<Checkpoint>,
    /// Steps whose numbers are on their way, in their order.
    asked: VecDeque<u64>,
    task: Option<Task<Valuation>>,
}

/// The points of a run.
pub(super) struct Points<'a> {
    /// Those of its outline.
    pub outline: &'a [Checkpoint],
    /// How often points were taken back from it.
    pub rewinds: u64,
    /// Those beside it.
    pub heads: [Option<&'a Checkpoint>; 2],
}

impl Measured {
    /// The quantity at a step, where that is known.
    pub fn at(&self, quantity: Quantity, step: u64) -> Option<f64> {
        self.known.get(&step).copied().filter(|_| self.of == quantity)
    }

    /// Whether there is more to come.
    pub fn is_busy(&self) -> bool {
        self.task.is_some()
    }

    /// Catches up with a run. Whether that brought news.
    pub fn follow(&mut self, plan: &Plan, points: &Points, executor: &Executor) -> bool {
        if plan.quantity != self.of {
            *self = Self { of: plan.quantity, ..Self::default() };
        }
        let Some(measure) = plan.measure.as_ref().filter(|_| !self.of.is_loss()) else { return false };
        let has_news = self.take(executor);
        self.look_through(plan, points);
        if self.task.is_some() {
            return has_news;
        }
        let is_lacking =
            |point: &&Checkpoint| plan.value_at(point).is_none() && !self.known.contains_key(&point.step);
        let heads = points.heads.into_iter().flatten().filter(is_lacking).cloned();
        self.due.extend(heads.collect::<Vec<_>>());
        let due = std::mem::take(&mut self.due);
        if due.is_empty() {
            return has_news;
        }
        // What is cheap is there at once, and what frames wait for as well.
        self.ask(measure, due, executor) | self.take(executor) | has_news
    }

    /// Finds the points of the outline that came since the last time.
    fn look_through(&mut self, plan: &Plan, points: &Points) {
        if self.seen.0 != points.rewinds {
            self.seen = (points.rewinds, 0);
        }
        let new = points.outline.get(self.seen.1..).unwrap_or_default();
        let is_lacking =
            |point: &&Checkpoint| plan.value_at(point).is_none() && !self.known.contains_key(&point.step);
        self.due.extend(new.iter().filter(is_lacking).cloned());
        self.seen.1 = points.outline.len();
    }

    /// Whether the numbers are there already.
    fn ask(&mut self, measure: &Measure, due: Vec<Checkpoint>, executor: &Executor) -> bool {
        let thetas = due.iter().map(|point| Arc::clone(&point.theta)).collect();
        let valuation = Valuation::new(measure.clone(), thetas);
        self.asked = due.iter().map(|point| point.step).collect();
        let is_cheap = measure.cost() * due.len() <= AFFORDABLE;
        match is_cheap {
            true => self.keep(valuation.finish()),
            false => self.task = Some(executor.start("the quantity along the run", valuation)),
        }
        is_cheap
    }

    /// Takes in what the job has found. Whether it has found anything.
    fn take(&mut self, executor: &Executor) -> bool {
        let Some(mut task) = self.task.take() else { return false };
        let before = self.asked.len();
        for news in task.take(executor) {
            if let News::Found(values) = news {
                self.keep(values);
            }
        }
        if !task.is_over() {
            self.task = Some(task);
        }
        self.asked.len() < before
    }

    fn keep(&mut self, values: Vec<f64>) {
        for value in values {
            if let Some(step) = self.asked.pop_front() {
                self.known.insert(step, value);
            }
        }
    }
}
