//! What the curvature does along the training: its largest eigenvalues at points of a run, beside what the optimizer
//! can stand there.
//!
//! The run is taken again from its start, since what an optimizer divides by is no part of a checkpoint.

use std::collections::VecDeque;
use std::sync::Arc;

use nalgebra::DMatrix;

use crate::core::data::BatchSize;
use crate::core::num::eigen::{NotFinite, eigenvalues};
use crate::core::num::lanczos::{Lanczos, Wanted};
use crate::core::num::{Advance, Job, Progress};
use crate::core::objective::Objective;
use crate::core::objective::hessian::{Columns, DENSE_PARAMETERS, MOST_PRODUCTS};
use crate::core::optim::Stability;
use crate::core::train::TrainingRun;

/// Eigenvalues that are told of, at most.
pub const LARGEST: usize = 3;

/// What is known of a point of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Bend {
    /// The step.
    pub step: u64,
    /// The largest eigenvalues, the largest first: of the Hessian of what is descended, weight decay included,
    /// divided as the optimizer divides its steps. Empty where it is not finite.
    pub largest: Vec<f64>,
    /// How much of that the optimizer can stand, where that is known.
    pub stability: Option<Stability>,
}

/// Why a run has no limit of stability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoLimit {
    /// Its steps see some of the examples only.
    Batches,
    /// None is known for its optimizer.
    Optimizer,
    /// It passes recorded checkpoints, which do not hold what its optimizer divides by.
    Recorded,
}

/// A way along a run, in the making. Its units are products with the Hessian; it finds a point at a time.
pub struct AlongRun {
    run: TrainingRun,
    due: VecDeque<u64>,
    points: u64,
    at: Option<Look>,
    no_limit: Option<NoLimit>,
}

struct Look {
    theta: Arc<[f64]>,
    step: u64,
    stability: Option<Stability>,
    spectrum: Spectrum,
}

enum Spectrum {
    Dense(Columns),
    Outer(Lanczos),
}

impl AlongRun {
    /// The way along a run at its start, which looks at those steps, in their order.
    pub fn new(run: TrainingRun, steps: impl IntoIterator<Item = u64>) -> Self {
        let due: VecDeque<u64> = steps.into_iter().collect();
        let plan = run.plan();
        let no_limit = match (plan.batch, run.stability()) {
            (BatchSize::Size(size), _) if size < run.objective().examples() => Some(NoLimit::Batches),
            (_, None) => Some(NoLimit::Optimizer),
            (_, Some(known)) if plan.course.is_some() && known.divisors.is_some() => Some(NoLimit::Recorded),
            (_, Some(_)) => None,
        };
        let points = due.len() as u64;
        Self { run, due, points, at: None, no_limit }
    }

    /// Why there is no limit, if there is none.
    pub fn no_limit(&self) -> Option<NoLimit> {
        self.no_limit
    }

    /// Goes on to the next step to be looked at, if there is one.
    fn go_on(&mut self) -> Option<Look> {
        let step = self.due.pop_front()?;
        self.run.advance(step.saturating_sub(self.run.step()));
        if self.run.step() < step || self.run.diverged_at().is_some() {
            self.due.clear();
            return None;
        }
        let theta = self.run.latest().theta;
        let stability = self.run.stability().filter(|_| self.no_limit.is_none());
        let spectrum = match theta.len() {
            ..=DENSE_PARAMETERS => Spectrum::Dense(Columns::new(theta.len())),
            dim => Spectrum::Outer(Lanczos::new(dim)),
        };
        Some(Look { theta, step, stability, spectrum })
    }
}

impl Look {
    /// Takes up to so many products. The largest eigenvalues, once they are known.
    fn take(&mut self, products: usize, objective: &dyn Objective) -> Option<Vec<f64>> {
        let Self { theta, stability, spectrum, .. } = self;
        let product = |v: &[f64], out: &mut [f64]| bend(objective, theta, stability.as_ref(), v, out);
        let largest = |values: &[f64]| values.iter().rev().take(LARGEST).copied().collect();
        match spectrum {
            Spectrum::Dense(columns) => {
                let matrix: Option<DMatrix<f64>> = columns.take(products, product).then(|| columns.matrix());
                let values = matrix.map(eigenvalues);
                values.map(|values| values.map_or_else(|NotFinite| Vec::new(), |values| largest(&values)))
            }
            Spectrum::Outer(lanczos) => {
                let wanted = Wanted { top: LARGEST, bottom: 0 };
                match lanczos.take(products, product, wanted, MOST_PRODUCTS) {
                    Ok(false) => None,
                    Ok(true) => Some(largest(lanczos.pairs().values())),
                    Err(NotFinite) => Some(Vec::new()),
                }
            }
        }
    }
}

/// The Hessian of what is descended times v. Divided by D it is D^-½ (H + weight decay) D^-½, which has the
/// eigenvalues of D⁻¹ (H + weight decay) and is symmetric.
fn bend(objective: &dyn Objective, theta: &[f64], stability: Option<&Stability>, v: &[f64], out: &mut [f64]) {
    let Some(Stability { weight_decay, divisors, .. }) = stability else {
        return objective.hvp(theta, v, out);
    };
    let root = |i: usize| divisors.as_ref().map_or(1.0, |divisors| divisors[i].sqrt());
    let divided: Vec<f64> = v.iter().enumerate().map(|(i, v)| v / root(i)).collect();
    objective.hvp(theta, &divided, out);
    for (i, out) in out.iter_mut().enumerate() {
        *out = (*out + weight_decay * divided[i]) / root(i);
    }
}

impl Job for AlongRun {
    type Finding = Bend;

    fn advance(&mut self, products: u64) -> Advance<Bend> {
        let Some(look) = &mut self.at else {
            self.at = self.go_on();
            return if self.at.is_some() { Advance::Working } else { Advance::Ended };
        };
        let products = usize::try_from(products.max(1)).unwrap_or(usize::MAX);
        let Some(largest) = look.take(products, &**self.run.objective()) else { return Advance::Working };
        let found = Bend { step: look.step, largest, stability: look.stability.take() };
        self.at = None;
        Advance::Found(found)
    }

    fn piece(&self) -> u64 {
        let objective = self.run.objective();
        (PIECE_PRODUCTS / (objective.dim() * objective.examples().max(1)).max(1)).max(1) as u64
    }

    fn progress(&self) -> Progress {
        let left = self.due.len() as u64 + u64::from(self.at.is_some());
        Progress { done: self.points - left, total: self.points }
    }
}

/// Multiply-adds of a loss in a piece: some milliseconds, since a product with the Hessian costs about six.
const PIECE_PRODUCTS: usize = 2_000_000;

/// Up to so many steps of a run, evenly spread, both ends among them.
pub fn spread(steps: u64, most: u64) -> impl Iterator<Item = u64> {
    let parts = steps.min(most - 1).max(1);
    (0..=parts).map(move |part| (u128::from(steps) * u128::from(part) / u128::from(parts)) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::{Experiment, ExperimentFile, builtin, pipeline};

    fn along(text: &str, most: u64) -> (Vec<Bend>, Option<NoLimit>) {
        let experiment = Experiment::new(ExperimentFile::parse(text, "x.ron").unwrap()).unwrap();
        let job = AlongRun::new(experiment.start_run().unwrap(), spread(experiment.steps, most));
        let no_limit = job.no_limit();
        (all(job), no_limit)
    }

    fn all(mut job: AlongRun) -> Vec<Bend> {
        let mut found = Vec::new();
        loop {
            match job.advance(7) {
                Advance::Found(bend) => found.push(bend),
                Advance::Working => {}
                Advance::Ended => return found,
            }
        }
    }

    #[test]
    fn points_are_spread_from_end_to_end() {
        assert_eq!(spread(100, 5).collect::<Vec<_>>(), [0, 25, 50, 75, 100]);
        assert_eq!(spread(3, 60).collect::<Vec<_>>(), [0, 1, 2, 3]);
    }

    /// Model 1 on the exact set: the Hessian is [[2/3, 1/2], [1/2, 2/3]] everywhere.
    #[test]
    fn a_bowl_bends_alike_all_along() {
        let (found, _) = along(
            "(dataset: diagonal(points: 6, exact: true), model: model1, optimizer: sgd(lr: 1.6), steps: 30)",
            4,
        );
        assert_eq!(found.iter().map(|bend| bend.step).collect::<Vec<_>>(), [0, 10, 20, 30]);
        for bend in found {
            assert!(
                (bend.largest[0] - 7.0 / 6.0).abs() < 1e-12 && (bend.largest[1] - 1.0 / 6.0).abs() < 1e-12
            );
            assert_eq!(bend.stability.unwrap().limit, 1.25);
        }
    }

    /// By products alone as by the whole matrix, divided as Adam divides: against the matrix made by hand.
    #[test]
    fn divided_curvature_is_that_of_the_divided_matrix() {
        let text = "(dataset: moons(points: 40), model: mlp(widths: [5]), optimizer: adam(lr: 0.01, weight_decay: 0.1),
            steps: 40, seed: 2)";
        let (found, _) = along(text, 3);
        assert!(found[0].largest.is_empty(), "nothing is divided before the first step");
        let experiment = Experiment::new(ExperimentFile::parse(text, "x.ron").unwrap()).unwrap();
        let mut run = experiment.start_run().unwrap();
        for bend in &found[1..] {
            run.advance(bend.step - run.step());
            let (theta, divisors) =
                (run.latest().theta, bend.stability.as_ref().unwrap().divisors.clone().unwrap());
            let mut matrix = crate::core::objective::hessian::dense(&**run.objective(), &theta);
            for i in 0..theta.len() {
                matrix[(i, i)] += 0.1;
            }
            for (i, divisor) in divisors.iter().enumerate() {
                matrix.row_mut(i).scale_mut(1.0 / divisor);
            }
            // Of a matrix that is no longer symmetric.
            let largest = matrix.complex_eigenvalues().iter().map(|value| value.re).fold(f64::MIN, f64::max);
            assert!((bend.largest[0] / largest - 1.0).abs() < 1e-9, "{} {largest}", bend.largest[0]);
        }
    }

    fn built_in(name: &str) -> Experiment {
        Experiment::new(builtin::load(name).unwrap().unwrap()).unwrap()
    }

    #[test]
    fn at_the_shipped_limit_one_rate_settles_and_the_next_does_not() {
        let settles = built_in("stability-limit");
        assert_eq!(settles.optimizer.lr(), 1.6);
        let end = |experiment: &Experiment| pipeline::train(experiment, |_| {}).unwrap().latest().loss;
        // The lowest loss is 5/42; the swing shrinks by 1 − 1.6 · 7/6 a step.
        assert!((end(&settles) - 5.0 / 42.0).abs() < 1e-6, "{}", end(&settles));
        let swings = settles.with(|file| file.optimizer.set_lr(1.8)).unwrap();
        assert!(end(&swings) > 10.0 * swings.start_run().unwrap().latest().loss);
    }

    #[test]
    fn at_the_shipped_edge_the_curvature_climbs_to_the_limit_and_stays() {
        let experiment = built_in("edge-of-stability");
        let found = all(AlongRun::new(experiment.start_run().unwrap(), [0, 800, 1600, 2500]));
        let share = |bend: &Bend| bend.largest[0] / bend.stability.as_ref().unwrap().limit;
        let shares: Vec<f64> = found.iter().map(share).collect();
        assert!(shares[0] < 0.75, "{shares:?}");
        assert!(shares[1..].iter().all(|share| (0.9..1.1).contains(share)), "{shares:?}");
    }

    #[test]
    fn where_there_is_no_limit_it_is_said_why() {
        let data = "dataset: moons(points: 40), model: mlp(widths: [5]), steps: 4";
        let (found, why) = along(&format!("({data}, batch: size(8))"), 2);
        assert_eq!((why, &found[1].stability), (Some(NoLimit::Batches), &None));
        assert!(found[1].largest[0] > 0.0);
        assert_eq!(along(&format!("({data}, batch: size(40))"), 2).1, None, "that is all of them");
    }
}
