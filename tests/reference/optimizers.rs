//! Thirty steps of every optimizer, steps on given mini-batches, and learning-rate schedules: by PyTorch, or by the
//! formulas of the papers that they come from.

use std::collections::BTreeMap;

use losscape::core::data::BatchSize;
use losscape::core::loss::Loss;
use losscape::core::optim::{Gradients, OptimizerConfig, Schedule};
use losscape::core::train::{TrainingPlan, TrainingRun};
use serde::Deserialize;
use serde_json::Value;

use crate::support::{LayerText, Matrix, error, largest_error, model, objective, reference};

#[derive(Deserialize)]
struct File {
    optimizers: Optimizers,
}

#[derive(Deserialize)]
struct Optimizers {
    layers: Vec<LayerText>,
    loss_fn: Loss,
    x: Matrix,
    y: Matrix,
    runs: Vec<Run>,
    mini_batch: Option<MiniBatch>,
    schedules: BTreeMap<String, Vec<f64>>,
}

#[derive(Deserialize)]
struct Run {
    name: String,
    settings: BTreeMap<String, Value>,
    theta: Matrix,
    loss_before_step: Vec<f64>,
}

#[derive(Deserialize)]
struct MiniBatch {
    settings: BTreeMap<String, Value>,
    batches: Vec<Vec<u32>>,
    theta: Matrix,
}

/// The optimizer of a name with those of PyTorch's settings that it has; the rest must be PyTorch's
/// defaults, which is what leaving them out stands for.
fn optimizer(name: &str, settings: &BTreeMap<String, Value>) -> OptimizerConfig {
    let default = serde_json::to_value(OptimizerConfig::by_name(name).unwrap()).unwrap();
    let known = default[name].as_object().unwrap();
    let given: BTreeMap<_, _> = settings.iter().filter(|(key, _)| known.contains_key(*key)).collect();
    let is_default = |value: &Value| match value {
        Value::Bool(on) => !on,
        Value::Number(number) => number.as_f64() == Some(0.0),
        _ => false,
    };
    for (key, value) in settings.iter().filter(|(key, _)| !known.contains_key(*key)) {
        let is_implied =
            name == "nesterov" && key == "nesterov" || name == "adamw" && key.starts_with("decoupled");
        assert!(is_implied || is_default(value), "{name} does not know {key} = {value}");
    }
    serde_json::from_value(serde_json::json!({ name: given })).unwrap()
}

#[test]
fn thirty_steps_of_each_optimizer_agree_with_pytorch_or_the_papers() {
    let files = ["optimizers.json", "papers.json"].map(|name| reference::<File>(name).optimizers);
    let seen: Vec<String> = files.iter().flat_map(check_runs).collect();
    // A random walk agrees with nobody.
    for config in OptimizerConfig::all().iter().filter(|config| config.name() != "random_walk") {
        assert!(seen.iter().any(|name| name == config.name()), "{} has no reference", config.name());
    }
}

/// The optimizers whose runs agree.
fn check_runs(file: &Optimizers) -> Vec<String> {
    let objective = objective(model(&file.layers), file.loss_fn, &file.x, &file.y);
    let mut seen = Vec::new();
    for run in &file.runs {
        let name = run.name.trim_end_matches("_weight_decay");
        let plan =
            TrainingPlan::new(run.theta[0].clone(), optimizer(name, &run.settings), BatchSize::Full, 0);
        let mut training = TrainingRun::new(objective.clone(), plan);
        training.advance(30);
        let found = training.trajectory().checkpoints();
        assert_eq!((found.len(), run.theta.len()), (31, 31));
        let mut worst = [0.0_f64; 2];
        for (found, expected) in found.iter().zip(&run.theta) {
            worst[0] = worst[0].max(largest_error(&found.theta, expected, 1e-3));
        }
        for (found, expected) in found.iter().zip(&run.loss_before_step) {
            worst[1] = worst[1].max(error(found.loss, *expected, 0.0));
        }
        println!("{}: theta {:.1e} loss {:.1e}", run.name, worst[0], worst[1]);
        assert!(worst[0] <= 1e-9 && worst[1] <= 1e-9, "{}", run.name);
        seen.push(name.to_owned());
    }
    seen
}

#[test]
fn steps_on_given_mini_batches_agree_with_pytorch() {
    let file = reference::<File>("optimizers.json").optimizers;
    let objective = objective(model(&file.layers), file.loss_fn, &file.x, &file.y);
    let MiniBatch { settings, batches, theta: expected } = file.mini_batch.as_ref().unwrap();
    let numbers = settings.iter().filter(|(_, value)| value.is_number());
    let config = optimizer("momentum", &numbers.map(|(k, v)| (k.clone(), v.clone())).collect());
    let mut optimizer = config.build(objective.layout());
    let mut theta = expected[0].clone();
    let mut worst = 0.0_f64;
    for (batch, expected) in batches.iter().zip(&expected[1..]) {
        let mut grad = vec![f64::NAN; theta.len()];
        objective.batch_loss_grad(&theta, batch, &mut grad);
        let mut further = |theta: &[f64], grad: &mut [f64]| {
            objective.batch_loss_grad(theta, batch, grad);
        };
        optimizer.step(&mut theta, &mut Gradients::new(&grad, &mut further), config.lr());
        worst = worst.max(largest_error(&theta, expected, 1e-3));
    }
    println!("mini-batches: {worst:.1e}");
    assert!(worst <= 1e-9, "{worst}");
}

#[test]
fn schedules_agree_with_pytorch_s_rules() {
    let mut schedules = reference::<File>("optimizers.json").optimizers.schedules;
    schedules.extend(reference::<File>("papers.json").optimizers.schedules);
    let ours = [
        ("constant", Schedule::Constant),
        ("step_size_5_gamma_0.5", Schedule::Step { step_size: 5, gamma: 0.5 }),
        ("cosine_t_max_20", Schedule::Cosine { t_max: 20, eta_min: 0.0 }),
        ("linear_warmup_4_from_0.25", Schedule::WarmUp { total_iters: 4, start_factor: 0.25 }),
        ("restarts_t_0_5_t_mult_2_eta_min_0.01", Schedule::Restarts { t_0: 5, t_mult: 2, eta_min: 0.01 }),
        ("restarts_t_0_6", Schedule::Restarts { t_0: 6, t_mult: 1, eta_min: 0.0 }),
    ];
    assert_eq!(schedules.len(), ours.len());
    for (name, schedule) in ours {
        let found: Vec<f64> = (0..20).map(|step| schedule.lr(0.1, step)).collect();
        let error = largest_error(&found, &schedules[name], 1e-3);
        println!("{name}: {error:.1e}");
        assert!(error <= 1e-12, "{name}: {error}");
    }
}
