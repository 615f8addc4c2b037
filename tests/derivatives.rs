//! Gradients and Hessian-vector products against central differences, for random networks.

use std::sync::Arc;

use losscape::core::data::Dataset;
use losscape::core::loss::Loss;
use losscape::core::model::{Activation, Layer, Model, Skip};
use losscape::core::num::Stream;
use losscape::core::num::vector::{add_scaled, dot, norm, scaled, sub};
use losscape::core::objective::{Objective, Supervised};
use proptest::prelude::*;

/// A network, a loss and a point, all from a few numbers.
#[derive(Clone, Debug)]
struct Case {
    widths: Vec<usize>,
    activations: Vec<Activation>,
    skip: f64,
    bias: bool,
    loss: Loss,
    rows: usize,
    scale: f64,
    seed: u64,
}

fn cases() -> impl Strategy<Value = Case> {
    let skip = prop::sample::select(&[0.0, 0.3, 1.0][..]);
    let network = (prop::collection::vec(1_usize..6, 2..6), skip, any::<bool>());
    let activations = prop::collection::vec(prop::sample::select(Activation::ALL), 5);
    let loss = prop::sample::select(Loss::ALL);
    // More rows than a block holds, now and then.
    let rest = (1_usize..150, prop::sample::select(&[0.3, 1.0, 2.0][..]), any::<u64>());
    (network, activations, loss, rest).prop_map(|((widths, skip, bias), activations, loss, rest)| {
        let (rows, scale, seed) = rest;
        Case { widths, activations, skip, bias, loss, rows, scale, seed }
    })
}

impl Case {
    fn model(&self) -> Model {
        let pairs = self.widths.windows(2).zip(&self.activations);
        let layers = pairs.map(|(w, &activation)| Layer {
            inputs: w[0],
            outputs: w[1],
            activation,
            bias: self.bias,
            skip: Skip::new(if w[0] == w[1] { self.skip } else { 0.0 }).unwrap(),
        });
        Model::new(layers.collect()).unwrap()
    }

    fn data(&self, model: &Model, stream: &mut Stream) -> Dataset {
        let (inputs, outputs) = (model.inputs(), model.outputs());
        let x = (0..self.rows * inputs).map(|_| stream.normal()).collect();
        match self.loss {
            Loss::CrossEntropy => {
                let y = (0..self.rows).map(|_| stream.below(outputs) as f64).collect();
                Dataset::with_classes("random", x, y, inputs, outputs).unwrap()
            }
            Loss::BceWithLogits => {
                let y = (0..self.rows * outputs).map(|_| stream.uniform()).collect();
                Dataset::new("random", x, y, inputs, outputs).unwrap()
            }
            Loss::Mse | Loss::Huber => {
                let y = (0..self.rows * outputs).map(|_| 2.0 * stream.normal()).collect();
                Dataset::new("random", x, y, inputs, outputs).unwrap()
            }
        }
    }

    /// The objective, a point and a unit direction.
    fn build(&self) -> (Arc<dyn Objective>, Vec<f64>, Vec<f64>) {
        let mut stream = Stream::new(self.seed, "derivatives");
        let mut model = self.model();
        if self.loss == Loss::CrossEntropy && model.outputs() < 2 {
            let mut layers = model.layers().to_vec();
            layers.push(Layer::dense(model.outputs(), 2, Activation::Identity));
            model = Model::new(layers).unwrap();
        }
        let data = self.data(&model, &mut stream);
        let mut draw =
            |scale: f64| -> Vec<f64> { (0..model.dim()).map(|_| scale * stream.normal()).collect() };
        let (theta, direction) = (draw(self.scale), draw(1.0));
        let direction = scaled(&direction, 1.0 / norm(&direction));
        (Arc::new(Supervised::new(model, self.loss, data).unwrap()), theta, direction)
    }
}

fn moved(theta: &[f64], step: f64, direction: &[f64]) -> Vec<f64> {
    let mut moved = theta.to_vec();
    add_scaled(&mut moved, step, direction);
    moved
}

fn grad(objective: &dyn Objective, theta: &[f64]) -> Vec<f64> {
    let mut grad = vec![f64::NAN; theta.len()];
    objective.loss_grad(theta, &mut grad);
    grad
}

/// The derivative at 0 of a vector function of `t`, by central differences at a step and at half of it,
/// extrapolated; and the distance of the two, which tells where a kink (relu, huber) lies between.
/// `size` is the length of theta: the function bends on that scale.
fn difference(size: f64, f: impl Fn(f64) -> Vec<f64>) -> (Vec<f64>, f64) {
    let step = f64::EPSILON.cbrt() * size.max(1.0);
    let central = |step: f64| scaled(&sub(&f(step), &f(-step)), 0.5 / step);
    let (coarse, fine) = (central(step), central(0.5 * step));
    let change = sub(&fine, &coarse);
    let mut best = fine;
    add_scaled(&mut best, 1.0 / 3.0, &change);
    (best, norm(&change))
}

/// How far both may be apart, as a share of the size of what is compared.
const TOLERANCE: f64 = 1e-7;
/// Where the two differences are farther apart than this, they judge nothing.
const KINK: f64 = 3e-8;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        max_global_rejects: 90,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn the_gradient_is_the_slope_of_the_loss(case in cases()) {
        let (objective, theta, direction) = case.build();
        let slope = dot(&grad(&*objective, &theta), &direction);
        let loss = |step| vec![objective.loss(&moved(&theta, step, &direction))];
        let (expected, doubt) = difference(norm(&theta), loss);
        let size = slope.abs().max(loss(0.0)[0]).max(1e-3);
        prop_assume!(doubt <= KINK * size);
        prop_assert!((slope - expected[0]).abs() <= TOLERANCE * size, "{slope} {expected:?}");
    }

    #[test]
    fn the_hessian_vector_product_is_the_change_of_the_gradient(case in cases()) {
        let (objective, theta, direction) = case.build();
        let mut found = vec![f64::NAN; theta.len()];
        objective.hvp(&theta, &direction, &mut found);
        let at = |step| grad(&*objective, &moved(&theta, step, &direction));
        let (expected, doubt) = difference(norm(&theta), at);
        let size = norm(&found).max(norm(&at(0.0))).max(1e-3);
        prop_assume!(doubt <= KINK * size);
        let off = norm(&sub(&found, &expected));
        prop_assert!(off <= TOLERANCE * size, "{off:e} of {size:e}");
    }

    #[test]
    fn the_hessian_is_symmetric(case in cases()) {
        let (objective, theta, u) = case.build();
        let v: Vec<f64> = u.iter().rev().copied().collect();
        let times = |v: &[f64]| {
            let mut out = vec![f64::NAN; v.len()];
            objective.hvp(&theta, v, &mut out);
            out
        };
        let (hu, hv) = (times(&u), times(&v));
        // A small product is what is left of terms of order 1, and has their rounding.
        let size = norm(&hu).max(norm(&hv)).max(1e-2);
        let off = (dot(&v, &hu) - dot(&u, &hv)).abs();
        prop_assert!(off <= 1e-12 * size, "{off:e} of {size:e}");
    }
}
