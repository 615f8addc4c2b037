//! The copies of a minimum that come with the program, and the ways between them: what the tour says of them, by plain
//! formulas.

use std::path::Path;

use losscape::core::experiment::{Experiment, builtin, pipeline};
use losscape::core::io::npy;
use losscape::core::io::sources::{Shelf, Sources};
use losscape::core::script;

/// A point that comes with the program.
fn shipped(name: &str) -> Vec<f64> {
    let shelf: &dyn Sources = &Shelf::default();
    npy::read_theta(shelf, Path::new(&format!("built-in:{name}.npy")), 13).unwrap()
}

fn experiment(name: &str) -> Experiment {
    Experiment::new(builtin::load(name).unwrap().unwrap()).unwrap()
}

/// What Model 3 predicts, written out.
fn predicted(theta: &[f64], x: &[f64]) -> f64 {
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    let hidden = |u: usize| sigmoid(theta[2 * u] * x[0] + theta[2 * u + 1] * x[1] + theta[6 + u]);
    sigmoid((0..3).map(|u| theta[9 + u] * hidden(u)).sum::<f64>() + theta[12])
}

/// Its loss on the points of `xor-model3`.
fn loss_on(experiment: &Experiment) -> impl Fn(&[f64]) -> f64 {
    let data = experiment.supervised().unwrap().train();
    move |theta| {
        let errors = data.x().chunks(2).zip(data.y()).map(|(x, y)| predicted(theta, x) - y);
        errors.map(|error| error * error).sum::<f64>() / data.rows() as f64
    }
}

/// The point at `t` of the Bézier curve, by drawing lines between points of lines.
fn casteljau([a, c, b]: [&[f64]; 3], t: f64) -> Vec<f64> {
    let between = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + t * (b - a)).collect::<Vec<f64>>();
    between(&between(a, c), &between(c, b))
}

/// By how much the loss rises on a curve above its higher end.
fn rise(loss: &dyn Fn(&[f64]) -> f64, points: [&[f64]; 3]) -> f64 {
    let losses: Vec<f64> = (0..=500).map(|i| loss(&casteljau(points, i as f64 / 500.0))).collect();
    losses.iter().copied().fold(f64::NEG_INFINITY, f64::max) - losses[0].max(losses[500])
}

fn middle(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| 0.5 * (a + b)).collect()
}

/// The fractions that the captions of a tour state, in their order; the same in every language.
fn stated(name: &str) -> Vec<f64> {
    let fractions = |tour: &script::Tour| -> Vec<f64> {
        let words = tour.chapters().iter().flat_map(|chapter| chapter.caption.split([' ', ';']));
        let words = words.map(|word| word.trim_end_matches(['.', ',', ':']).replace(',', "."));
        words.filter(|word| word.starts_with("0.")).map(|word| word.parse().unwrap()).collect()
    };
    let own = fractions(&script::builtin::load(name).unwrap().unwrap());
    for language in script::builtin::languages(name) {
        let told = script::builtin::load_in(name, &language.parse().unwrap()).unwrap().unwrap();
        assert_eq!(fractions(&told), own, "{language}");
    }
    own
}

#[test]
fn copies_are_one_function_and_where_training_has_converged() {
    let (copies, own) = (["copy-1", "copy-2", "copy-3"].map(shipped), experiment("xor-model3"));
    let loss = loss_on(&own);
    let [first, others @ ..] = copies.each_ref().map(|theta| loss(theta));
    assert!(others.iter().all(|other| (other - first).abs() < 1e-15), "{first} {others:?}");
    assert!((stated("copies")[0] - first).abs() < 5e-5, "{first}");
    for x in own.supervised().unwrap().train().x().chunks(2) {
        let [first, others @ ..] = copies.each_ref().map(|theta| predicted(theta, x));
        assert!(others.iter().all(|other| (other - first).abs() < 1e-12));
    }
    // The gradient by differences.
    let slope = |i: usize| {
        let moved = |by: f64| {
            let mut theta = copies[0].clone();
            theta[i] += by;
            loss(&theta)
        };
        (moved(1e-5) - moved(-1e-5)) / 2e-5
    };
    assert!((0..13).map(|i| slope(i).powi(2)).sum::<f64>().sqrt() < 1e-4);
    assert_eq!(own.supervised().unwrap().model().copies(), Some(48));
}

#[test]
fn the_tour_states_by_how_much_the_loss_rises_on_lines_and_curves() {
    let own = experiment("xor-model3");
    let loss = loss_on(&own);
    let [a, b, c] = ["copy-1", "copy-2", "copy-3"].map(shipped);
    let lines = [[&a, &middle(&a, &b)[..], &b], [&b, &middle(&b, &c), &c]].map(|points| rise(&loss, points));
    let curves = [[&a, &shipped("bend-1-2")[..], &b], [&b, &shipped("bend-2-3"), &c]];
    let curves = curves.map(|points| rise(&loss, points));
    // Both lines; curve and line; curve and line.
    let found = [lines[0], lines[1], curves[0], lines[0], curves[1], lines[1]];
    let told = &stated("copies")[1..];
    assert_eq!(told.len(), found.len(), "{told:?}");
    assert!(told.iter().zip(found).all(|(told, found)| (told - found).abs() < 5e-4), "{told:?} {found:?}");
}

#[test]
fn a_walk_is_on_its_curve_at_its_true_loss_and_in_the_plane_of_its_three_points() {
    let (curve, own) = (experiment("connecting-curve"), experiment("xor-model3"));
    let loss = loss_on(&own);
    let points = ["copy-1", "bend-1-2", "copy-2"].map(shipped);
    let outcome = pipeline::run(&curve).unwrap();
    let (run, plane) = (&outcome.plan.trajectory, &outcome.plan.plane.subspace);
    assert_eq!(run.checkpoints().len(), 1001);
    let length = points[1].iter().zip(&points[0]).map(|(c, a)| (c - a).powi(2)).sum::<f64>().sqrt();
    for point in run.checkpoints().iter().step_by(50) {
        let t = point.step as f64 / 1000.0;
        let there = casteljau(points.each_ref().map(Vec::as_slice), t);
        let off = there.iter().zip(&*point.theta).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(off < 1e-12 * length && (point.loss - loss(&there)).abs() < 1e-12, "{t}");
        let place = plane.project(&point.theta);
        assert!(place.residual < 1e-9 * length, "{t} {}", place.residual);
        // In coordinates of its own ends and its control point.
        let expected = [t * t, 2.0 * t * (1.0 - t)];
        assert!(place.alpha.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{t} {:?}", place.alpha);
    }
    assert!(curve.optimizer_note().unwrap().contains("not trained"));
}

#[test]
fn a_rival_of_a_walk_walks_elsewhere_or_is_trained() {
    let curve = experiment("connecting-curve");
    let trained = curve.with(|file| file.walk.clear()).unwrap();
    let mut run = trained.start_run().unwrap();
    run.advance(3);
    let mut walk = curve.start_run().unwrap();
    walk.advance(3);
    assert!(run.latest().theta != walk.latest().theta && trained.optimizer_note().is_none());
    assert!(walk.stability().is_none() && run.stability().is_some());
    // From elsewhere it is trained.
    let mut elsewhere = curve.start_run_at(walk.latest().theta.to_vec()).unwrap();
    elsewhere.advance(1);
    assert!(elsewhere.stability().is_some());
    let gone =
        curve.with(|file| file.walk.push(losscape::core::train::Leg::Straight { to: "gone.npy".into() }));
    assert!(gone.unwrap_err().to_string().starts_with("walk = gone.npy: expected a .npy file"));
}
