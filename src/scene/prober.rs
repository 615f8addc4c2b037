//! What a point of parameter space is, found out on a thread where a frame has no time for it.
//!
//! One prober looks at one point at a time. Another point is another question: the thread of the one
//! before is told to stop, and what it still says goes nowhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::worker::{Report, Worker};
use crate::core::num::ParamLayout;
use crate::core::objective::Objective;
use crate::core::probe::{Curvature, Verdict, curvature, verdict};
use crate::core::session::Revision;
use crate::core::subspace::Subspace;

/// Multiply-adds that a look may take within a frame, about two milliseconds' worth.
const AFFORDABLE: usize = 8_000_000;

/// Whether a point can be looked at within a frame.
pub fn is_affordable(objective: &dyn Objective) -> bool {
    curvature::cost(objective) <= AFFORDABLE
}

/// A point to be looked at.
pub struct Point<'a> {
    /// What is minimised there.
    pub objective: &'a Arc<dyn Objective>,
    /// The plane whose own curvature is wanted, with the question that it answers.
    pub plane: Option<(Revision, &'a Subspace)>,
    /// The point, `[dim]`.
    pub theta: &'a [f64],
}

/// What was found at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// How the loss bends; `None` where it is not finite.
    pub curvature: Option<Curvature>,
    /// What the point is.
    pub verdict: Verdict,
}

/// Looks at the point that it was asked about last.
#[derive(Default)]
pub struct Prober {
    of: Option<(Option<Revision>, Vec<f64>)>,
    worker: Option<Worker<Answer>>,
    products: usize,
    found: Option<Found>,
}

enum Answer {
    /// So many products with the Hessian have been taken.
    Products(usize),
    Found(Found),
}

impl Prober {
    /// Asks about a point, unless that was the last question, and takes in what is known by now. With
    /// `wait` it is known at once. Whether that brought news.
    pub fn follow(&mut self, point: &Point, wait: bool) -> bool {
        let revision = point.plane.map(|(revision, _)| revision);
        let is_same = self.of.as_ref().is_some_and(|(of, theta)| *of == revision && theta == point.theta);
        if !is_same {
            *self = Self { of: Some((revision, point.theta.to_vec())), ..Self::default() };
            self.ask(point);
        }
        self.take(wait) | !is_same
    }

    /// Drops the question.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// What was found, once it was.
    pub fn found(&self) -> Option<&Found> {
        self.found.as_ref()
    }

    /// Whether a thread is at work.
    pub fn is_busy(&self) -> bool {
        self.worker.is_some()
    }

    /// Products with the Hessian that the thread has taken so far.
    pub fn products(&self) -> usize {
        self.products
    }

    fn ask(&mut self, point: &Point) {
        let plane = point.plane.map(|(_, plane)| plane);
        if is_affordable(&**point.objective) {
            self.found = Some(look(&**point.objective, plane, point.theta));
            return;
        }
        let (objective, plane) = (Arc::clone(point.objective), plane.cloned());
        let theta = point.theta.to_vec();
        self.worker = Worker::start("probing", move |report| {
            let watched =
                Watched { objective: &*objective, report: &report, products: AtomicUsize::default() };
            let found = look(&watched, plane.as_ref(), &theta);
            report.send(Answer::Found(found));
        });
    }

    fn take(&mut self, wait: bool) -> bool {
        let Some(worker) = &self.worker else { return false };
        let (answers, is_over) = worker.collect(wait);
        let has_news = !answers.is_empty();
        for answer in answers {
            match answer {
                Answer::Products(count) => self.products = count,
                Answer::Found(found) => self.found = Some(found),
            }
        }
        if is_over {
            self.worker = None;
        }
        has_news
    }
}

fn look(objective: &dyn Objective, plane: Option<&Subspace>, theta: &[f64]) -> Found {
    let mut grad = vec![0.0; theta.len()];
    let loss = objective.loss_grad(theta, &mut grad);
    let curvature = curvature::measure(objective, plane, theta, &grad);
    Found { verdict: verdict::judge(loss, curvature.as_ref()), curvature }
}

/// An objective that counts products with its Hessian. Once nobody wants to know any more they are not
/// finite, which ends whatever takes them; what that finds goes nowhere.
struct Watched<'a> {
    objective: &'a dyn Objective,
    report: &'a Report<Answer>,
    products: AtomicUsize,
}

impl Objective for Watched<'_> {
    fn layout(&self) -> &ParamLayout {
        self.objective.layout()
    }

    fn loss(&self, theta: &[f64]) -> f64 {
        self.objective.loss(theta)
    }

    fn loss_grad(&self, theta: &[f64], grad: &mut [f64]) -> f64 {
        self.objective.loss_grad(theta, grad)
    }

    fn hvp(&self, theta: &[f64], v: &[f64], out: &mut [f64]) {
        if !self.report.is_wanted() {
            out.fill(f64::NAN);
            return;
        }
        self.objective.hvp(theta, v, out);
        let count = self.products.fetch_add(1, Ordering::Relaxed) + 1;
        self.report.send(Answer::Products(count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::{Experiment, ExperimentFile};
    use crate::core::probe::Extent;

    fn start(text: &str) -> (Arc<dyn Objective>, Vec<f64>) {
        let experiment = Experiment::new(ExperimentFile::parse(text, "x.ron").unwrap()).unwrap();
        (Arc::clone(experiment.objective().unwrap()), experiment.start_run().unwrap().latest().theta.to_vec())
    }

    #[test]
    fn a_small_model_is_looked_at_at_once_and_a_large_one_on_a_thread() {
        let (objective, theta) = start("(dataset: xor(points: 60))");
        let mut prober = Prober::default();
        let point = Point { objective: &objective, plane: None, theta: &theta };
        assert!(prober.follow(&point, false) && !prober.is_busy());
        assert_eq!(prober.found().unwrap(), &look(&*objective, None, &theta));
        assert!(!prober.follow(&point, false), "nothing new");

        let (objective, theta) = start("(model: mlp(widths: [14, 14]), dataset: xor(points: 80))");
        assert_eq!(theta.len(), 267);
        let point = Point { objective: &objective, plane: None, theta: &theta };
        prober.follow(&point, false);
        assert!(prober.found().is_none() || !prober.is_busy());
        prober.follow(&point, true);
        let found = prober.found().unwrap();
        assert_eq!(found, &look(&*objective, None, &theta));
        let Extent::Lanczos { steps } = found.curvature.as_ref().unwrap().extent else { panic!("Lanczos") };
        assert!(steps > 8 && prober.products() >= steps, "{steps} of {}", prober.products());
    }

    #[test]
    fn another_point_is_another_question_and_the_answer_to_the_first_is_dropped() {
        let (objective, theta) = start("(model: mlp(widths: [14, 14]), dataset: xor(points: 80))");
        let other: Vec<f64> = theta.iter().map(|v| 2.0 * v).collect();
        let mut prober = Prober::default();
        prober.follow(&Point { objective: &objective, plane: None, theta: &theta }, false);
        prober.follow(&Point { objective: &objective, plane: None, theta: &other }, true);
        assert_eq!(prober.found().unwrap(), &look(&*objective, None, &other));
        prober.forget();
        assert!(prober.found().is_none() && !prober.is_busy());
    }
}
