//! Relu's units that grow while what follows shrinks: one function in other coordinates, by formulas written out.

use std::sync::Arc;

use losscape::core::experiment::{Experiment, builtin, pipeline};
use losscape::core::grid::LossGrid;
use losscape::core::model::{Model, Symmetry};
use losscape::core::num::vector::add_scaled;
use losscape::core::objective::{Objective, hessian};
use losscape::core::script;
use losscape::core::subspace::Subspace;
use losscape::core::subspace::random::{Biases, filter_normalised};

/// The experiment at a factor; its second side is filter-normalised.
fn at(factor: f64) -> Experiment {
    let experiment = Experiment::new(builtin::load("rescaled").unwrap().unwrap()).unwrap();
    experiment.with(|file| file.slice.rescale = factor).unwrap()
}

/// The picture of a side, and where it lies.
fn seen(experiment: &Experiment) -> (Arc<LossGrid>, Subspace, Vec<f64>) {
    let outcome = pipeline::run(experiment).unwrap();
    let end = outcome.plan.trajectory.last().unwrap().theta.to_vec();
    (outcome.plane.unwrap(), outcome.plan.plane.subspace.clone(), end)
}

fn model(experiment: &Experiment) -> &Model {
    experiment.supervised().unwrap().model()
}

/// All twelve units grown, one after the other; or the first alone.
fn grown(model: &Model, theta: &[f64], units: std::ops::Range<usize>, factor: f64) -> Vec<f64> {
    units.fold(theta.to_vec(), |theta, unit| {
        model.copied(&theta, &Symmetry::Rescale { layer: 0, unit, factor }).unwrap()
    })
}

/// The share of a picture where the loss is below 1, in per cent.
fn low_share(losses: impl IntoIterator<Item = f64>) -> f64 {
    let losses: Vec<f64> = losses.into_iter().collect();
    100.0 * losses.iter().filter(|loss| **loss < 1.0).count() as f64 / losses.len() as f64
}

/// A picture point by point, about a theta along two directions.
fn evaluated<'a>(
    objective: &'a dyn Objective,
    grid: &'a LossGrid,
    theta: &'a [f64],
    directions: &'a [Vec<f64>],
) -> impl Iterator<Item = f64> + 'a {
    let [n1, n2, _] = grid.spec.counts();
    (0..n1 * n2).map(move |cell| {
        let mut there = theta.to_vec();
        let alpha = grid.spec.alpha([cell % n1, cell / n1, 0]);
        alpha.iter().zip(directions).take(2).for_each(|(alpha, way)| add_scaled(&mut there, *alpha, way));
        objective.loss(&there)
    })
}

#[test]
fn a_plane_of_grown_units_is_the_one_about_the_grown_point() {
    let (_, plain, end) = seen(&at(1.0));
    for factor in [0.25, 4.0] {
        let experiment = at(factor);
        let (grid, subspace, _) = seen(&experiment);
        let objective = experiment.objective().unwrap();
        // Random directions of one length know nothing of theta: those about the grown point are the same.
        let theta = grown(model(&experiment), &end, 0..12, factor);
        let expected = evaluated(&**objective, &grid, &theta, plain.directions());
        let worst =
            grid.loss.iter().zip(expected).map(|(a, b)| (a - b).abs() / b.max(1.0)).fold(0.0, f64::max);
        assert!(worst < 1e-5, "{factor}: {worst}");
        let centre = objective.loss(&subspace.lift(&[0.0, 0.0]));
        assert!((centre - objective.loss(&end)).abs() < 1e-15, "the centre keeps its loss");
        assert!((objective.loss(&theta) - objective.loss(&end)).abs() < 1e-14);
    }
}

#[test]
fn filter_normalised_pictures_stay_and_the_tour_states_how_the_others_narrow() {
    let [wide, once, narrow] = [0.25, 1.0, 4.0].map(at);
    let share = |experiment: &Experiment| low_share(seen(experiment).0.loss.iter().copied());
    let shares = [&once, &narrow, &wide].map(share);
    let second = |experiment: &Experiment| seen(experiment.second().unwrap());
    let (grid, subspace, end) = second(&once);
    for other in [&narrow, &wide] {
        let (moved, ..) = second(other);
        let worst = grid.loss.iter().zip(&moved.loss).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-5, "{worst}");
    }
    // One unit alone is another matter: what leads out of it is no row. Rows drawn alike, at their new lengths.
    let (objective, model) = (once.objective().unwrap(), model(&once));
    let one = grown(model, &end, 0..1, 4.0);
    let normalised = |way: &Vec<f64>| filter_normalised(way, &one, objective.layout(), Biases::Frozen);
    let directions: Vec<Vec<f64>> = subspace.directions().iter().map(normalised).collect();
    let alone = low_share(evaluated(&**objective, &grid, &one, &directions));
    let filtered = low_share(grid.loss.iter().copied());
    let bends = [1.0, 4.0].map(|factor| {
        let matrix = hessian::dense(&**objective, &grown(model, &end, 0..12, factor));
        matrix.symmetric_eigenvalues().max()
    });
    println!("{shares:.1?} {filtered:.1} {alone:.1} {bends:.3?}");
    let stated = stated();
    let found = [shares[0], shares[1], shares[0], shares[1], shares[2], filtered, alone, bends[0], bends[1]];
    assert_eq!(stated.len(), found.len(), "{stated:?}");
    for (stated, found) in stated.iter().zip(found) {
        let digit = if found < 10.0 { 0.01 } else { 1.0 };
        assert!((stated - found).abs() <= 0.5 * digit, "{stated} {found}");
    }
}

/// The numbers of two digits or more in caption and notes of the chapter, the same in every language.
fn stated() -> Vec<f64> {
    let numbers = |tour: &script::Tour| -> Vec<f64> {
        let chapter = tour.chapters().last().unwrap();
        let words = [&chapter.caption[..], &chapter.notes[..]].join(" ");
        let words =
            words.split(' ').map(|word| word.trim_end_matches(['.', ',', ':', ';', ')'])).collect::<Vec<_>>();
        words
            .iter()
            .filter(|word| word.len() > 1)
            .filter_map(|word| word.replace(',', ".").parse().ok())
            .collect()
    };
    let own = numbers(&script::builtin::load("copies").unwrap().unwrap());
    for language in script::builtin::languages("copies") {
        let told = script::builtin::load_in("copies", &language.parse().unwrap()).unwrap().unwrap();
        assert_eq!(numbers(&told), own, "{language}");
    }
    own
}

#[test]
fn what_has_one_scale_only_is_refused() {
    let refused = |text: &str| {
        let file = losscape::core::experiment::ExperimentFile::parse(text, "x.ron").unwrap();
        Experiment::new(file).unwrap_err().to_string()
    };
    assert_eq!(
        refused("(model: model3(), slice: (rescale: 2.0))"),
        "slice.rescale = 2: expected 1, for nothing else is the same here: units of sigmoid; expected relu or the identity"
    );
    assert!(
        refused("(model: model1, slice: (rescale: 2.0))").ends_with("no hidden layer; expected one at least")
    );
    assert!(refused("(surface: rosenbrock, slice: (rescale: 2.0))").ends_with("there is no network"));
    let joined = "(model: mlp(widths: [2, 3], activation: relu, skip: true), slice: (rescale: 2.0))";
    assert!(refused(joined).ends_with("expected one that stands alone"), "{}", refused(joined));
    assert!(refused("(slice: (rescale: 0.0))").starts_with("slice.rescale = 0: expected 0.01 to 100"));
}

#[test]
fn planes_of_every_kind_are_laid_there_and_seen_from_the_run() {
    let experiment = at(1.0).with(|file| (file.compare, file.slice.range) = (Vec::new(), None)).unwrap();
    for plane in ["chord", "pca:end", "line:start,end", "points:start,step:500,end", "hessian:end"] {
        let laid = |factor: f64| {
            let there = |file: &mut losscape::core::experiment::ExperimentFile| {
                (file.slice.plane, file.slice.rescale) = (plane.parse().unwrap(), factor);
            };
            pipeline::prepare(&experiment.with(there).unwrap(), |_| ()).unwrap()
        };
        let (usual, grown) = (laid(1.0), laid(4.0));
        let [start, end] =
            [usual.trajectory.first(), usual.trajectory.last()].map(|point| &point.unwrap().theta);
        if plane.starts_with("hessian") {
            assert_ne!(usual.plane.axes[0].name, grown.plane.axes[0].name, "the curvature is another one");
        }
        // What passes through points of the run still does, at the same coordinates.
        if !plane.starts_with("hessian") && !plane.starts_with("pca") {
            for theta in [start, end] {
                let [a, b] = [&usual, &grown].map(|plan| plan.plane.subspace.project(theta));
                assert!(b.residual < 1e-9 && (a.alpha[0] - b.alpha[0]).abs() < 1e-9, "{plane} {a:?} {b:?}");
            }
        }
        assert!(grown.plane.axes.iter().all(|axis| axis.name.ends_with(", units × 4")), "{plane}");
        assert_eq!(usual.trajectory, grown.trajectory, "training is the same");
    }
}
