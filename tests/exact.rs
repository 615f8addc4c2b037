//! Truths that are known exactly, from the averages over the continuous unit square.
//!
//! With features D and labels y a model linear in its parameters has the loss E(D·θ − y)², so its
//! optimum solves E[DDᵀ]θ = E[Dy] and its Hessian is 2E[DDᵀ]; the quadrature sets give these averages
//! to rounding. Gradient descent on a quadratic is stable below 2/λmax.

use std::sync::Arc;

use losscape::core::data::{BatchSize, Dataset, quadrature};
use losscape::core::loss::Loss;
use losscape::core::model::{Head, ModelConfig};
use losscape::core::num::Stream;
use losscape::core::objective::{Objective, Supervised};
use losscape::core::optim::OptimizerConfig;
use losscape::core::train::{TrainingPlan, TrainingRun};

use crate::support::{Matrix, hessian};

const TOLERANCE: f64 = 1e-12;

fn on(data: Dataset, model: &ModelConfig) -> Arc<dyn Objective> {
    let model = model.build(data.inputs(), data.outputs()).unwrap();
    Arc::new(Supervised::new(model, Loss::Mse, data).unwrap())
}

fn assert_optimum(objective: &dyn Objective, theta: &[f64], loss: f64) {
    let found = objective.loss(theta);
    assert!((found / loss - 1.0).abs() <= TOLERANCE, "loss {found}, expected {loss}");
    let mut grad = vec![f64::NAN; theta.len()];
    objective.loss_grad(theta, &mut grad);
    assert!(grad.iter().all(|g| g.abs() <= TOLERANCE), "{grad:?}");
}

#[test]
fn optima_of_the_linear_models() {
    let [diagonal, xor] = [quadrature::diagonal, quadrature::xor].map(|make| make().unwrap());
    let [one, two] = [ModelConfig::Model1, ModelConfig::Model2];
    assert_optimum(&*on(diagonal.clone(), &one), &[-4.0 / 7.0, 10.0 / 7.0], 5.0 / 42.0);
    assert_optimum(&*on(diagonal, &two), &[-1.0, 1.0, 0.5], 1.0 / 12.0);
    assert_optimum(&*on(xor.clone(), &one), &[3.0 / 7.0, 3.0 / 7.0], 2.0 / 7.0);
    assert_optimum(&*on(xor, &two), &[0.0, 0.0, 0.5], 0.25);
}

#[test]
fn hessians_of_the_linear_models() {
    let moments: Matrix = vec![vec![2.0 / 3.0, 0.5, 1.0], vec![0.5, 2.0 / 3.0, 1.0], vec![1.0, 1.0, 2.0]];
    for make in [quadrature::diagonal, quadrature::xor] {
        for model in [ModelConfig::Model1, ModelConfig::Model2] {
            let objective = on(make().unwrap(), &model);
            // A quadratic has the same Hessian everywhere.
            let theta: Vec<f64> = (0..objective.dim()).map(|i| 3.0 - 2.0 * i as f64).collect();
            for (row, expected) in hessian(&*objective, &theta).iter().zip(&moments) {
                for (found, expected) in row.iter().zip(expected) {
                    assert!((found / expected - 1.0).abs() <= TOLERANCE, "{found}, expected {expected}");
                }
            }
        }
    }
}

/// How much farther from the optimum of Model 1 on diagonal a step of gradient descent leads.
fn growth_a_step(lr: f64) -> f64 {
    let mut optimizer = OptimizerConfig::by_name("sgd").unwrap();
    optimizer.set_lr(lr);
    let objective = on(quadrature::diagonal().unwrap(), &ModelConfig::Model1);
    let optimum = [-4.0 / 7.0, 10.0 / 7.0];
    // Off the optimum along (1, 1), the direction of the largest eigenvalue, 7/6.
    let start: Vec<f64> = optimum.iter().map(|v| v + 1.0).collect();
    let mut run = TrainingRun::new(objective, TrainingPlan::new(start, optimizer, BatchSize::Full, 0));
    run.advance(1);
    run.latest().theta[0] - optimum[0]
}

#[test]
fn gradient_descent_on_model1_is_stable_below_12_sevenths() {
    let bound = 12.0 / 7.0;
    assert!((growth_a_step(bound) + 1.0).abs() <= TOLERANCE, "at the bound it jumps to and fro for ever");
    assert!(growth_a_step(bound - 1e-9).abs() < 1.0);
    assert!(growth_a_step(bound + 1e-9).abs() > 1.0);
    assert!(growth_a_step(6.0 / 7.0).abs() <= TOLERANCE, "at half of it one step is enough");
}

/// theta of Model 3 with its hidden units in another order and some of them mirrored:
/// σ(−z) = 1 − σ(z), so that v·σ(z) = v − v·σ(−z).
fn copy_of(theta: &[f64], order: [usize; 3], mirrored: u32) -> Vec<f64> {
    let mut copy = theta.to_vec();
    for (to, &from) in order.iter().enumerate() {
        let sign = if mirrored >> to & 1 == 1 { -1.0 } else { 1.0 };
        copy[2 * to] = sign * theta[2 * from];
        copy[2 * to + 1] = sign * theta[2 * from + 1];
        copy[6 + to] = sign * theta[6 + from];
        copy[9 + to] = sign * theta[9 + from];
        if sign < 0.0 {
            copy[12] += theta[9 + from];
        }
    }
    copy
}

#[test]
fn every_theta_of_model3_has_48_copies_of_equal_loss() {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let mut stream = Stream::new(4, "copies");
    for head in [Head::Sigmoid, Head::Linear] {
        let objective = on(quadrature::xor().unwrap(), &ModelConfig::Model3 { head });
        for _ in 0..20 {
            let theta: Vec<f64> = (0..13).map(|_| 2.0 * stream.normal()).collect();
            let loss = objective.loss(&theta);
            let mut copies = Vec::new();
            for order in orders {
                copies.extend((0..8).map(|mirrored| copy_of(&theta, order, mirrored)));
            }
            for copy in &copies {
                let found = objective.loss(copy);
                assert!((found / loss - 1.0).abs() <= TOLERANCE, "{found}, expected {loss}");
            }
            copies.sort_by(|a, b| a.partial_cmp(b).unwrap());
            copies.dedup();
            assert_eq!(copies.len(), 48);
        }
    }
}
