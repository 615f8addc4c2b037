//! What a surface may show beside the loss: each against sums, differences and eigenvalues made by hand.

use std::sync::Arc;

use losscape::core::data::Dataset;
use losscape::core::experiment::{Experiment, ExperimentFile, pipeline};
use losscape::core::grid::kernel::InstructionSet;
use losscape::core::grid::{Evaluator, GridJob, InProcess, KernelBackend, Precision};
use losscape::core::num::{Advance, Job};
use losscape::core::objective::{Measure, Objective, Supervised, Valuation};
use nalgebra::DMatrix;

/// A network of three classes with a mini-batch and examples held out.
const THREE: &str = "dataset: blobs(points: 60, classes: 3), held_out: 0.25, loss: cross_entropy,
    model: mlp(widths: [4]), optimizer: sgd(lr: 0.2), batch: size(16), steps: 12, seed: 3";

fn experiment(text: &str, quantity: &str) -> Experiment {
    let text = format!("({text}, slice: (quantity: {quantity}, grid: [7, 6], volume: [3, 3, 3]))");
    Experiment::new(ExperimentFile::parse(&text, "x.ron").unwrap()).unwrap()
}

fn learned(experiment: &Experiment) -> &Supervised {
    experiment.supervised().unwrap()
}

/// Some thetas about the start.
fn thetas(experiment: &Experiment) -> Vec<Vec<f64>> {
    let start = experiment.problem().start();
    (0..4)
        .map(|k| start.iter().enumerate().map(|(i, v)| v + 0.3 * f64::from(k) * (i as f64).sin()).collect())
        .collect()
}

/// Minus the logarithm of the softmax of each row at its class, and whether its class is the most likely.
fn judged(learned: &Supervised, theta: &[f64], data: &Dataset) -> Vec<(f64, bool)> {
    let outputs = learned.predict(theta, data.x());
    let rows = outputs.chunks(3).zip(data.y());
    rows.map(|(p, y)| {
        let own = p[*y as usize];
        (p.iter().map(|v| v.exp()).sum::<f64>().ln() - own, p.iter().all(|v| *v <= own))
    })
    .collect()
}

fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    values.clone().sum::<f64>() / values.count() as f64
}

#[track_caller]
fn agrees(quantity: &str, expected: impl Fn(&Experiment, &[f64]) -> f64) {
    let experiment = experiment(THREE, quantity);
    let measure = experiment.measure().unwrap();
    for theta in thetas(&experiment) {
        let (found, expected) = (measure.value(&theta), expected(&experiment, &theta));
        assert!((found - expected).abs() < 1e-12 * expected.abs().max(1.0), "{quantity}: {found} {expected}");
    }
}

#[test]
fn losses_and_accuracies_are_means_over_their_own_examples() {
    let train = |made: &Experiment, theta: &[f64]| judged(learned(made), theta, learned(made).train());
    let held_out =
        |made: &Experiment, theta: &[f64]| judged(learned(made), theta, learned(made).held_out().unwrap());
    let losses = |judged: Vec<(f64, bool)>| mean(judged.iter().map(|(loss, _)| *loss));
    let rights = |judged: Vec<(f64, bool)>| mean(judged.iter().map(|(_, right)| f64::from(*right)));
    agrees("loss", |made, theta| losses(train(made, theta)));
    agrees("held_out_loss", |made, theta| losses(held_out(made, theta)));
    agrees("accuracy", |made, theta| rights(train(made, theta)));
    agrees("held_out_accuracy", |made, theta| rights(held_out(made, theta)));
    agrees("class_loss(class: 2)", |made, theta| {
        let classes = learned(made).train().y().to_vec();
        losses(
            train(made, theta).into_iter().zip(classes).filter(|(_, y)| *y == 2.0).map(|(j, _)| j).collect(),
        )
    });
    agrees("example_loss(example: 7)", |made, theta| train(made, theta)[7].0);
}

/// The batch of a step is the one that training itself takes there: with plain descent its gradient is the step.
#[test]
fn the_batch_is_the_one_that_the_step_sees() {
    let made = experiment(THREE, "batch_loss(step: 5)");
    let run = pipeline::train(&made, |_| {}).unwrap();
    let points = run.trajectory().checkpoints();
    let objective = made.measure().unwrap().loss().map(Arc::clone).unwrap();
    let mut gradient = vec![0.0; objective.dim()];
    objective.loss_grad(&points[5].theta, &mut gradient);
    for ((before, after), gradient) in points[5].theta.iter().zip(&*points[6].theta).zip(gradient) {
        assert!((before - 0.2 * gradient - after).abs() < 1e-14);
    }
}

/// The gradient by differences of hand-made losses.
fn gradient(loss: &dyn Fn(&[f64]) -> f64, theta: &[f64]) -> Vec<f64> {
    let step = 1e-5;
    let moved = |i: usize, by: f64| {
        let mut moved = theta.to_vec();
        moved[i] += by;
        loss(&moved)
    };
    (0..theta.len()).map(|i| (moved(i, step) - moved(i, -step)) / (2.0 * step)).collect()
}

#[test]
fn gradient_norm_and_curvature_are_those_of_differences() {
    let made = experiment(THREE, "gradient_norm");
    let (learned, measure) = (learned(&made), made.measure().unwrap());
    let loss = |theta: &[f64]| mean(judged(learned, theta, learned.train()).iter().map(|(loss, _)| *loss));
    let ratio = experiment(THREE, "curvature_ratio").measure().unwrap();
    for theta in thetas(&made) {
        let slope = gradient(&loss, &theta).iter().map(|g| g * g).sum::<f64>().sqrt();
        assert!((measure.value(&theta) / slope - 1.0).abs() < 1e-6);
        let column = |i: usize| {
            let along = |theta: &[f64]| {
                let mut gradient = vec![0.0; theta.len()];
                learned.loss_grad(theta, &mut gradient);
                gradient[i]
            };
            gradient(&along, &theta)
        };
        let columns: Vec<f64> = (0..theta.len()).flat_map(column).collect();
        let matrix = DMatrix::from_vec(theta.len(), theta.len(), columns);
        let values = (&matrix + matrix.transpose()).symmetric_eigenvalues() * 0.5;
        let expected = values.min() / values.max();
        assert!(expected < 0.0, "the loss bends down somewhere");
        assert!((ratio.value(&theta) / expected - 1.0).abs() < 1e-5, "{} {expected}", ratio.value(&theta));
    }
}

/// Every cell and every checkpoint has the number that the quantity has there, in either precision.
#[test]
fn surface_and_run_show_one_quantity() {
    for quantity in [
        "held_out_loss",
        "accuracy",
        "held_out_accuracy",
        "batch_loss()",
        "class_loss(class: 1)",
        "example_loss(example: 3)",
        "gradient_norm",
        "curvature_ratio",
    ] {
        let made = experiment(THREE, quantity);
        let outcome = pipeline::run(&made).unwrap();
        let (plan, measure) = (&outcome.plan, made.measure().unwrap());
        assert_eq!(plan.along.len(), plan.sound.checkpoints().len());
        for (point, value) in plan.sound.checkpoints().iter().zip(&*plan.along) {
            assert_eq!((*value).to_bits(), measure.value(&point.theta).to_bits(), "{quantity}");
            assert_eq!(plan.value_at(point), Some(*value));
        }
        let grid = outcome.plane.unwrap();
        for i2 in 0..6 {
            for i1 in 0..7 {
                let at = [i1, i2, 0];
                let mut alpha = grid.spec.alpha(at);
                alpha.push(0.0);
                let expected = measure.value(&plan.plane.subspace.lift(&alpha));
                assert!((grid.at(at) - expected).abs() < 2e-6 * expected.abs().max(1.0), "{quantity} {at:?}");
            }
        }
    }
}

#[test]
fn a_valuation_in_pieces_is_the_whole() {
    let made = experiment(THREE, "accuracy");
    let thetas: Vec<Arc<[f64]>> = thetas(&made).into_iter().map(Arc::from).collect();
    let measure = made.measure().unwrap();
    let mut job = Valuation::new(measure.clone(), thetas.clone());
    let mut found = Vec::new();
    while let Advance::Found(values) = job.advance(3) {
        found.extend(values);
    }
    assert_eq!(found, Valuation::new(measure, thetas).finish());
    assert!(job.progress().is_finished() && found.len() == 4);
}

#[test]
fn a_plane_of_double_length_is_the_quantity_itself() {
    let made = experiment(THREE, "held_out_loss");
    let plan = pipeline::prepare(&made, |_| {}).unwrap();
    let measure: Measure = made.measure().unwrap();
    let backend = InProcess::of(measure.clone()).grid(&plan.plane.subspace, &plan.plane_spec, Precision::F64);
    let grid = GridJob::new(plan.plane_spec.clone(), backend).finish();
    let mut alpha = grid.spec.alpha([3, 2, 0]);
    alpha.push(0.0);
    assert_eq!(grid.at([3, 2, 0]), measure.value(&plan.plane.subspace.lift(&alpha)));
}

#[test]
fn what_a_problem_has_not_is_refused_by_its_field() {
    let refused = |text: &str, quantity: &str| {
        let text = format!("({text}, slice: (quantity: {quantity}))");
        Experiment::new(ExperimentFile::parse(&text, "x.ron").unwrap()).unwrap_err().to_string()
    };
    let plain =
        "dataset: blobs(points: 60, classes: 3), loss: cross_entropy, model: mlp(widths: [4]), steps: 9";
    let cases = [
        (
            plain,
            "held_out_loss",
            "slice.quantity = held_out_loss: expected held_out above 0 with it, since no examples are held out",
        ),
        (
            plain,
            "held_out_accuracy",
            "slice.quantity = held_out_accuracy: expected held_out above 0 with it, since no examples are held out",
        ),
        (
            plain,
            "batch_loss()",
            "slice.quantity = batch_loss: expected a batch below full with it, since each step sees all examples",
        ),
        (THREE, "batch_loss(step: 12)", "slice.quantity.step = 12: expected 0 to 11, the last step planned"),
        (
            plain,
            "class_loss(class: 3)",
            "slice.quantity.class = 3: expected 0 to 2, a class that has training examples",
        ),
        (
            plain,
            "example_loss(example: 60)",
            "slice.quantity.example = 60: expected 0 to 59, the last training example",
        ),
        (
            "surface: rosenbrock",
            "accuracy",
            "slice.quantity = accuracy: expected loss, gradient_norm or curvature_ratio, since a surface has no examples",
        ),
        (
            "model: mlp(widths: [30, 9])",
            "curvature_ratio",
            "slice.quantity = curvature_ratio: expected a model of at most 200 parameters, not 379",
        ),
    ];
    for (text, quantity, expected) in cases {
        assert_eq!(refused(text, quantity), expected);
    }
    let real = "dataset: sine_regression(), model: mlp(widths: [4])";
    for quantity in ["accuracy", "class_loss()"] {
        assert!(refused(real, quantity).ends_with("since the targets are no classes"), "{quantity}");
    }
}

/// Whatever the processor has: rights are counted as the reference counts them, ties and all.
#[test]
fn the_kernel_counts_rights_as_the_reference_does() {
    // One output on its side of a boundary, several by the largest, with a network that is dead in places: all outputs
    // are alike there.
    let cases = [
        "dataset: moons(points: 61), model: mlp(widths: [5], activation: relu), held_out: 0.3",
        "dataset: moons(points: 61), model: mlp(widths: [5]), loss: bce_with_logits, held_out: 0.3",
        "dataset: moons(points: 61), model: mlp(widths: [5]), loss: cross_entropy, held_out: 0.3",
        "dataset: blobs(points: 90, classes: 4), model: mlp(widths: [3], activation: relu), loss: cross_entropy,
            init: he, held_out: 0.3",
    ];
    for text in cases {
        for quantity in ["accuracy", "held_out_accuracy"] {
            let made = experiment(&format!("{text}, steps: 30"), quantity);
            let plan = pipeline::prepare(&made, |_| {}).unwrap();
            let measure = made.measure().unwrap();
            let (subspace, spec) = (plan.plane.subspace.clone(), plan.plane_spec.clone());
            for set in InstructionSet::available() {
                let kernel = KernelBackend::measuring(measure.clone(), subspace.clone(), spec.clone(), set);
                let grid = GridJob::new(spec.clone(), Box::new(kernel.unwrap())).finish();
                for (at, share) in grid.loss.iter().enumerate() {
                    let alpha = spec.alpha([at % 7, at / 7, 0]);
                    let expected = measure.value(&subspace.lift(&alpha));
                    assert!((share - expected).abs() < 1e-12, "{text} {quantity} {set:?} {share} {expected}");
                }
            }
        }
    }
}

#[cfg(all(feature = "viewer", feature = "desktop"))]
mod window {
    use losscape::app::Overlay;
    use losscape::core::command::{Command, RaceStart, RunCommand};
    use losscape::core::experiment::Change;
    use losscape::core::objective::Quantity;
    use losscape::core::optim::OptimizerConfig;
    use losscape::record::eye::{Eye, EyeRequest};
    use losscape::scene::Pacing;

    use losscape::scene::landscape::Landscape;
    use losscape::scene::lowest::Lowest;
    use losscape::scene::readout::Readout;
    use losscape::scene::session::Refusal;
    use losscape::scene::trail::Trails;
    use losscape::scene::training::Training;

    use super::*;

    fn open(experiment: Experiment) -> Eye {
        let (overlay, pacing) = (Overlay::Labels, Pacing::Awaited);
        let (size, msaa) = ([640, 360], bevy::prelude::Msaa::Off);
        let request = EyeRequest { experiment, size, overlay, pacing, msaa, pixels_per_point: 1 };
        Eye::undrawn_with(request, |_| {})
    }

    fn settle(eye: &mut Eye) {
        (0..40).for_each(|_| eye.frame());
    }

    /// Trails of all runs, lowest point and readout are of the quantity that the surface shows.
    #[track_caller]
    fn shows(eye: &Eye, quantity: Quantity) {
        let known = eye.world().resource::<Landscape>().current().unwrap();
        assert_eq!(known.plan.quantity, quantity);
        let measure = known.plan.measure.clone().unwrap();
        let training = eye.world().resource::<Training>();
        let trails = eye.world().resource::<Trails>();
        assert_eq!(trails.iter().count(), training.runs().len());
        for (trail, run) in trails.iter().zip(training.runs()) {
            let places: Vec<f64> = trail.places().map(|place| place.value).collect();
            let expected: Vec<f64> = run.points().iter().map(|point| measure.value(&point.theta)).collect();
            assert!(
                places.len() > 10 && places.starts_with(&expected),
                "{quantity:?}: {places:?} {expected:?}"
            );
            assert_eq!(run.measured(&known.plan).unwrap().0.step, run.step(), "the latest point is known");
        }
        let plane = &known.plane.as_ref().unwrap().picture.field;
        let lowest = eye.world().resource::<Lowest>().point.unwrap();
        assert_eq!(Some(lowest.loss), plane.grid().finite_range().map(|(low, _)| low));
        let readout = eye.world().resource::<Readout>();
        let theta = &training.leader().unwrap().latest().unwrap().theta;
        assert_eq!(readout.value, Some(measure.value(theta)), "{quantity:?}");
        let foot = known.plan.plane.subspace.plane_at(0.0).project(theta).alpha;
        let below = measure.value(&known.plan.plane.subspace.lift(&[foot[0], foot[1], 0.0]));
        assert_eq!(readout.surface_loss, Some(below), "{quantity:?}");
    }

    #[test]
    fn surface_trails_lowest_point_and_readout_change_together() {
        let mut eye = open(experiment(THREE, "held_out_loss"));
        eye.ask(Command::Run(RunCommand::Seek(12)));
        settle(&mut eye);
        shows(&eye, Quantity::HeldOutLoss);
        let adam = OptimizerConfig::by_name("adam").unwrap();
        eye.ask(Command::Run(RunCommand::race(adam, RaceStart::Same)));
        eye.ask(Command::Run(RunCommand::Seek(12)));
        settle(&mut eye);
        for quantity in [Quantity::HeldOutLoss, Quantity::Accuracy, Quantity::CurvatureRatio, Quantity::Loss]
        {
            eye.ask(Command::Set(Change::Quantity(quantity)));
            settle(&mut eye);
            shows(&eye, quantity);
        }
    }

    #[test]
    fn what_the_window_cannot_show_is_refused_and_what_it_showed_stays() {
        let mut eye = open(experiment(THREE, "accuracy"));
        eye.ask(Command::Run(RunCommand::Seek(12)));
        settle(&mut eye);
        eye.ask(Command::Set(Change::Quantity(Quantity::ClassLoss { class: 7 })));
        eye.frame();
        let refusal = eye.world().resource::<Refusal>().0.clone().unwrap().to_string();
        assert!(refusal.starts_with("slice.quantity.class = 7: expected 0 to 2"), "{refusal}");
        settle(&mut eye);
        shows(&eye, Quantity::Accuracy);
        // Without examples held out there is no loss of theirs.
        eye.ask(Command::Set(Change::Quantity(Quantity::HeldOutLoss)));
        settle(&mut eye);
        eye.ask(Command::Set(Change::HeldOut(0.0)));
        eye.frame();
        let refusal = eye.world().resource::<Refusal>().0.clone().unwrap().to_string();
        assert!(refusal.starts_with("slice.quantity = held_out_loss"), "{refusal}");
    }
}
