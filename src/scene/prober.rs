//! What a point of parameter space is, found out by a job where a frame has no time for it.
//!
//! One prober looks at one point at a time. Another point is another question: the job of the one before is
//! cancelled, and what it still finds goes nowhere.

use std::sync::Arc;

use super::executor::{Executor, News, Task};
use crate::core::num::work::finish;
use crate::core::objective::Objective;
use crate::core::probe::{Look, Seen, curvature};
use crate::core::session::Revision;
use crate::core::subspace::Subspace;

/// Multiply-adds that a look may take within a frame, about two milliseconds' worth.
const AFFORDABLE: usize = 8_000_000;

/// Whether a point can be looked at within a frame.
pub fn is_affordable(objective: &dyn Objective) -> bool {
    curvature::cost(objective) <= AFFORDABLE
}

/// A point to be looked at.
pub struct ProbePoint<'a> {
    /// What is minimised there.
    pub objective: &'a Arc<dyn Objective>,
    /// The plane whose own curvature is wanted, with the question that it answers.
    pub plane: Option<(Revision, &'a Subspace)>,
    /// The point, `[dim]`.
    pub theta: &'a [f64],
}

/// Looks at the point that it was asked about last.
#[derive(Default)]
pub struct Prober {
    of: Option<(Option<Revision>, Vec<f64>)>,
    task: Option<Task<Look>>,
    products: u64,
    found: Option<Seen>,
}

impl Prober {
    /// Asks about a point, unless that was the last question, and takes in what is known by now. Whether that
    /// brought news.
    pub fn follow(&mut self, point: &ProbePoint, executor: &Executor) -> bool {
        let revision = point.plane.map(|(revision, _)| revision);
        let is_same = self.of.as_ref().is_some_and(|(of, theta)| *of == revision && theta == point.theta);
        if !is_same {
            *self = Self { of: Some((revision, point.theta.to_vec())), ..Self::default() };
            self.ask(point, executor);
        }
        self.take(executor) | !is_same
    }

    /// Drops the question.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// What was found, once it was.
    pub fn found(&self) -> Option<&Seen> {
        self.found.as_ref()
    }

    /// Whether it is still being found out.
    pub fn is_busy(&self) -> bool {
        self.task.is_some()
    }

    /// Products with the Hessian that were taken so far.
    pub fn products(&self) -> u64 {
        self.products
    }

    fn ask(&mut self, point: &ProbePoint, executor: &Executor) {
        let plane = point.plane.map(|(_, plane)| plane.clone());
        let look = Look::new(Arc::clone(point.objective), plane, point.theta.to_vec());
        if is_affordable(&**point.objective) {
            self.found = finish(look);
        } else {
            self.task = Some(executor.start("look at a point", look));
        }
    }

    fn take(&mut self, executor: &Executor) -> bool {
        let Some(task) = &mut self.task else { return false };
        let news = task.take(executor);
        let products = task.progress().done.max(self.products);
        let has_news = !news.is_empty() || products > self.products;
        self.products = products;
        if task.is_over() {
            self.task = None;
        }
        for news in news {
            if let News::Found(found) = news {
                self.found = Some(found);
            }
        }
        has_news
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::{Experiment, ExperimentFile};
    use crate::core::probe::Extent;
    use crate::scene::Pacing;
    use crate::scene::executor::{Mode, tests::with};

    fn look(objective: &Arc<dyn Objective>, theta: &[f64]) -> Seen {
        finish(Look::new(Arc::clone(objective), None, theta.to_vec())).unwrap()
    }

    fn follow(prober: &mut Prober, objective: &Arc<dyn Objective>, theta: &[f64], pacing: Pacing) -> bool {
        let point = ProbePoint { objective, plane: None, theta };
        with(Mode::Threads, pacing, |executor| prober.follow(&point, executor))
    }

    fn start(text: &str) -> (Arc<dyn Objective>, Vec<f64>) {
        let experiment = Experiment::new(ExperimentFile::parse(text, "x.ron").unwrap()).unwrap();
        (Arc::clone(experiment.objective().unwrap()), experiment.start_run().unwrap().latest().theta.to_vec())
    }

    #[test]
    fn a_small_model_is_looked_at_at_once_and_a_large_one_by_a_job() {
        let (objective, theta) = start("(dataset: xor(points: 60))");
        let mut prober = Prober::default();
        assert!(follow(&mut prober, &objective, &theta, Pacing::Live) && !prober.is_busy());
        assert_eq!(prober.found().unwrap(), &look(&objective, &theta));
        assert!(!follow(&mut prober, &objective, &theta, Pacing::Live), "nothing new");

        let (objective, theta) = start("(model: mlp(widths: [14, 14]), dataset: xor(points: 80))");
        assert_eq!(theta.len(), 267);
        follow(&mut prober, &objective, &theta, Pacing::Live);
        assert!(prober.found().is_none() || !prober.is_busy());
        follow(&mut prober, &objective, &theta, Pacing::Awaited);
        let found = prober.found().unwrap();
        assert_eq!(found, &look(&objective, &theta));
        let Extent::Lanczos { steps } = found.curvature.as_ref().unwrap().extent else { panic!("Lanczos") };
        assert!(steps > 8 && prober.products() >= steps as u64, "{steps} of {}", prober.products());
    }

    #[test]
    fn another_point_is_another_question_and_the_answer_to_the_first_is_dropped() {
        let (objective, theta) = start("(model: mlp(widths: [14, 14]), dataset: xor(points: 80))");
        let other: Vec<f64> = theta.iter().map(|v| 2.0 * v).collect();
        let mut prober = Prober::default();
        follow(&mut prober, &objective, &theta, Pacing::Live);
        follow(&mut prober, &objective, &other, Pacing::Awaited);
        assert_eq!(prober.found().unwrap(), &look(&objective, &other));
        prober.forget();
        assert!(prober.found().is_none() && !prober.is_busy());
    }
}
