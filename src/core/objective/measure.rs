//! How a quantity is found at a theta.
//!
//! The loss of other examples is an objective like any other, over other rows: whoever evaluates losses fast
//! evaluates these as fast. The rest is a value only.

use std::sync::Arc;

use super::hessian::{self, DENSE_PARAMETERS};
use super::quantity::Quantity;
use super::{Objective, Problem, Supervised};
use crate::core::data::{BatchOrder, BatchSize, Dataset, Target};
use crate::core::num::eigen::eigenvalues;
use crate::core::num::vector::norm;
use crate::core::num::{Advance, Job, Progress, SettingError, Stream, parallel};

/// A number at every theta: what a surface shows. Copies share what it is evaluated on.
#[derive(Clone)]
pub struct Measure(Kind);

#[derive(Clone)]
enum Kind {
    /// The loss of an objective.
    Loss(Arc<dyn Objective>),
    /// The share predicted right of the examples that are trained on.
    Accuracy(Arc<dyn Objective>),
    /// The same of those held out.
    HeldOutAccuracy(Arc<dyn Objective>),
    GradientNorm(Arc<dyn Objective>),
    CurvatureRatio(Arc<dyn Objective>),
}

/// What is counted of each example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Its loss.
    Loss,
    /// Whether it is predicted right.
    Rights,
}

/// Which mini-batches a run draws.
#[derive(Clone, Copy, Debug)]
pub struct Batches {
    /// How many examples a step sees.
    pub size: BatchSize,
    /// The seed of their order.
    pub seed: u64,
    /// Steps that are planned.
    pub steps: u64,
}

impl From<Arc<dyn Objective>> for Measure {
    /// The loss.
    fn from(objective: Arc<dyn Objective>) -> Self {
        Self(Kind::Loss(objective))
    }
}

/// What needs an objective where there is none.
const WITHOUT_LOSS: &str = "loss, since the run came without what evaluates any other";
const WITHOUT_EXAMPLES: &str = "loss, gradient_norm or curvature_ratio, since a surface has no examples";
const WITHOUT_HELD_OUT: &str = "held_out above 0 with it, since no examples are held out";
const WITHOUT_CLASSES: &str = "a quantity of real numbers, since the targets are no classes";
const WITHOUT_BATCHES: &str = "a batch below full with it, since each step sees all examples";

impl Measure {
    /// The quantity of a problem. `None` for the loss of one that came without it.
    ///
    /// # Errors
    /// If the problem has no such quantity, by the setting that makes it so.
    pub fn new(
        quantity: Quantity,
        problem: &Problem,
        batches: &Batches,
    ) -> Result<Option<Self>, SettingError> {
        let refused = |expected: &str| SettingError::new("", quantity.name(), expected);
        let Some(objective) = problem.objective().map(Arc::clone) else {
            return if quantity.is_loss() { Ok(None) } else { Err(refused(WITHOUT_LOSS)) };
        };
        let kind = match quantity {
            Quantity::Loss => Kind::Loss(objective),
            Quantity::GradientNorm => Kind::GradientNorm(objective),
            Quantity::CurvatureRatio if objective.dim() > DENSE_PARAMETERS => {
                let dim = objective.dim();
                return Err(refused(&format!("a model of at most {DENSE_PARAMETERS} parameters, not {dim}")));
            }
            Quantity::CurvatureRatio => Kind::CurvatureRatio(objective),
            quantity => {
                let learned = problem.supervised().ok_or_else(|| refused(WITHOUT_EXAMPLES))?;
                of_examples(quantity, &objective, learned, batches)?
            }
        };
        Ok(Some(Self(kind)))
    }

    /// The number at theta, `[dim]`. It may be NaN or infinite where the function diverges, or where there is no
    /// such ratio.
    pub fn value(&self, theta: &[f64]) -> f64 {
        match &self.0 {
            Kind::Loss(objective) => objective.loss(theta),
            Kind::Accuracy(objective) => {
                objective.supervised().and_then(|learned| learned.accuracy(theta)).unwrap_or(f64::NAN)
            }
            Kind::HeldOutAccuracy(objective) => {
                let share = objective.supervised().and_then(|learned| learned.held_out_accuracy(theta));
                share.unwrap_or(f64::NAN)
            }
            Kind::GradientNorm(objective) => {
                let mut gradient = vec![0.0; theta.len()];
                objective.loss_grad(theta, &mut gradient);
                norm(&gradient)
            }
            Kind::CurvatureRatio(objective) => curvature_ratio(&**objective, theta),
        }
    }

    /// The objective whose loss it is, where it is one.
    pub fn loss(&self) -> Option<&Arc<dyn Objective>> {
        if let Kind::Loss(objective) = &self.0 { Some(objective) } else { None }
    }

    /// The network and the examples that it is a mean over, where it is one, and of what.
    pub fn network(&self) -> Option<(&Supervised, &Dataset, Counted)> {
        let (objective, counted) = match &self.0 {
            Kind::Loss(objective) => (objective, Counted::Loss),
            Kind::Accuracy(objective) | Kind::HeldOutAccuracy(objective) => (objective, Counted::Rights),
            Kind::GradientNorm(_) | Kind::CurvatureRatio(_) => return None,
        };
        let learned = objective.supervised()?;
        let data = match &self.0 {
            Kind::HeldOutAccuracy(_) => learned.held_out()?,
            _ => learned.train(),
        };
        Some((learned, data, counted))
    }

    /// About how many multiply-adds a value takes.
    pub fn cost(&self) -> usize {
        let of = |objective: &Arc<dyn Objective>| objective.dim() * objective.examples().max(1);
        match &self.0 {
            Kind::Loss(objective) | Kind::Accuracy(objective) => of(objective),
            Kind::HeldOutAccuracy(objective) => {
                let held_out = objective.supervised().and_then(Supervised::held_out);
                objective.dim() * held_out.map_or(1, Dataset::rows)
            }
            Kind::GradientNorm(objective) => GRADIENT_COST * of(objective),
            Kind::CurvatureRatio(objective) => {
                let dim = objective.dim();
                dim * (PRODUCT_COST * of(objective) + EIGEN_COST * dim * dim)
            }
        }
    }
}

/// What a gradient and a product with the Hessian cost, in losses, and what the eigenvalues cost beside that, in
/// multiply-adds for each entry of each row.
const GRADIENT_COST: usize = 3;
const PRODUCT_COST: usize = 6;
const EIGEN_COST: usize = 4;

/// λmin/λmax; NaN where the Hessian is not finite, or all of it is 0.
fn curvature_ratio(objective: &dyn Objective, theta: &[f64]) -> f64 {
    match eigenvalues(hessian::dense(objective, theta)).as_deref() {
        Ok([lowest, .., highest]) => lowest / highest,
        Ok(_) | Err(_) => f64::NAN,
    }
}

fn of_examples(
    quantity: Quantity,
    objective: &Arc<dyn Objective>,
    learned: &Supervised,
    batches: &Batches,
) -> Result<Kind, SettingError> {
    let refused = |expected: &str| SettingError::new("", quantity.name(), expected);
    let has_classes = learned.train().target() != Target::Real;
    let over = |data: Dataset| Kind::Loss(Arc::new(learned.over(data)));
    let rows = |rows: &[u32]| over(learned.train().select(rows));
    match quantity {
        Quantity::HeldOutLoss | Quantity::HeldOutAccuracy if learned.held_out().is_none() => {
            Err(refused(WITHOUT_HELD_OUT))
        }
        Quantity::Accuracy | Quantity::HeldOutAccuracy | Quantity::ClassLoss { .. } if !has_classes => {
            Err(refused(WITHOUT_CLASSES))
        }
        Quantity::Accuracy => Ok(Kind::Accuracy(Arc::clone(objective))),
        Quantity::HeldOutAccuracy => Ok(Kind::HeldOutAccuracy(Arc::clone(objective))),
        Quantity::BatchLoss { step } => {
            batch(step, learned.train().rows(), batches).map(|batch| rows(&batch))
        }
        Quantity::ClassLoss { class } => of_class(class, learned.train()).map(|class| rows(&class)),
        Quantity::ExampleLoss { example } => {
            let count = learned.train().rows();
            let row = u32::try_from(example).ok().filter(|_| example < count);
            let expected = || format!("0 to {}, the last training example", count - 1);
            row.map(|row| rows(&[row])).ok_or_else(|| SettingError::new("example", example, expected()))
        }
        _ => Ok(learned
            .held_out()
            .map_or_else(|| Kind::Loss(Arc::clone(objective)), |data| over(data.clone()))),
    }
}

/// The rows that a step sees.
fn batch(step: u64, examples: usize, batches: &Batches) -> Result<Vec<u32>, SettingError> {
    if batches.size == BatchSize::Full {
        return Err(SettingError::new("", "batch_loss", WITHOUT_BATCHES));
    }
    if step >= batches.steps {
        let expected = format!("0 to {}, the last step planned", batches.steps - 1);
        return Err(SettingError::new("step", step, expected));
    }
    let mut order = BatchOrder::new(examples, batches.size, Stream::new(batches.seed, "batches"));
    for _ in 0..step {
        order.next_batch();
    }
    Ok(order.next_batch().map(<[u32]>::to_vec).unwrap_or_default())
}

/// The rows of a class.
fn of_class(class: usize, data: &Dataset) -> Result<Vec<u32>, SettingError> {
    let classes = match data.target() {
        Target::Classes(classes) => classes,
        Target::Binary | Target::Real => 2,
    };
    let is_of = |&row: &u32| data.y()[row as usize] == class as f64;
    let rows: Vec<u32> = (0..data.rows() as u32).filter(is_of).collect();
    match rows.is_empty() {
        true => {
            let expected = format!("0 to {}, a class that has training examples", classes - 1);
            Err(SettingError::new("class", class, expected))
        }
        false => Ok(rows),
    }
}

/// The quantity at some thetas, in the making. Its units are values; it finds those of each piece, in their order.
pub struct Valuation {
    measure: Measure,
    thetas: Vec<Arc<[f64]>>,
    done: usize,
}

/// Multiply-adds between two looks at whether it is still wanted, for each thread.
const PIECE_PRODUCTS: usize = 4_000_000;

impl Valuation {
    /// The quantity at those thetas, `[dim]` each.
    pub fn new(measure: Measure, thetas: Vec<Arc<[f64]>>) -> Self {
        Self { measure, thetas, done: 0 }
    }

    /// All that is left, where it stands.
    pub fn finish(mut self) -> Vec<f64> {
        self.advance(u64::MAX).found().unwrap_or_default()
    }
}

impl Job for Valuation {
    type Finding = Vec<f64>;

    fn advance(&mut self, values: u64) -> Advance<Vec<f64>> {
        let left = &self.thetas[self.done..];
        let count = usize::try_from(values).unwrap_or(usize::MAX).clamp(1, left.len().max(1));
        let piece: Vec<Arc<[f64]>> = left.iter().take(count).cloned().collect();
        if piece.is_empty() {
            return Advance::Ended;
        }
        self.done += piece.len();
        Advance::Found(parallel::map(piece, |theta| self.measure.value(&theta)))
    }

    fn piece(&self) -> u64 {
        ((PIECE_PRODUCTS / self.measure.cost().max(1)).max(1) * parallel::threads()) as u64
    }

    fn progress(&self) -> Progress {
        Progress { done: self.done as u64, total: self.thetas.len() as u64 }
    }
}
