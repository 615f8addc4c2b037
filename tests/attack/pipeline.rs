//! Experiments with any numbers: each is refused, or goes the whole way to pictures and files that hold
//! numbers.

use losscape::disk::sources;
use std::path::Path;

use losscape::core::experiment::{Experiment, ExperimentFile, pipeline};
use losscape::core::formats::surface::SurfaceMesh;
use losscape::core::formats::{Slice, SliceFormat};
use losscape::core::grid::{LossGrid, Precision};

use super::draw::Draw;
use super::ranges::check_heights;

/// An experiment, with the table that it reads behind it.
fn grammar() -> String {
    let plane = "{chord|pca(about: {mean|end})|line()|random()|hessian(at: {start|end|step(%n)})|axes()|\
        angle(degrees: {2|21|90})}";
    let range =
        "{|range: [(-1, %p), (0, %p)],|range: [(%f, %f), (0, 1)],|range: [(0, 1), (%f, %f), (%f, %f)],}";
    format!(
        "(seed: %n, dataset: {{xor(points: %n, noise: {{0|%f}})|moons(points: %n)|csv(path: \"points.csv\")}}, \
        held_out: {{0|0.3}}, model: {{model1|model2|model3()|model3(head: linear)|\
        mlp(widths: [%n, %n], activation: {{relu|tanh|gelu}}, skip: {{true|false|0.5}}, head: {{identity|sigmoid|relu}})}}, \
        init: {{pytorch|he|normal}}, loss: {{mse|huber|bce_with_logits}}, \
        optimizer: {{sgd(lr: %p)|sgd(lr: %f)|momentum(lr: %f)|adam(lr: %f)|adagrad(lr: %f)|rmsprop(lr: %p, eps: %f)|\
        lion(lr: %p)|muon(lr: %p)|sam(lr: %p, rho: %f)|random_walk(lr: %p)}}, \
        steps: %n, slice: (plane: {plane}, {range} grid: [1%n, %n], volume: [%n, %n, %n]), \
        view: (scale: {{clipped|linear|log}}, clip: {{None|Some(%f)}}, alpha3: {{0|%f}}))"
    )
}

fn table(draw: &mut Draw) -> String {
    let row = |draw: &mut Draw| draw.text("{%p|%s|%f},{%p|%s|%f},{0|1|%s}");
    (0..4 + draw.below(8)).map(|_| row(draw) + "\n").collect()
}

/// Goes the whole way with an experiment in the present folder's words; `None` if it is refused.
fn whole_way(text: &str) -> Option<Experiment> {
    let file = ExperimentFile::parse(text, "x.ron").ok()?;
    let experiment = Experiment::reading(file, &sources()).ok()?;
    // What leaves no plane is told.
    let Ok(found) = pipeline::run(&experiment) else { return None };
    let grid = found.plane.as_ref().expect("it has a loss");
    let subspace = found.plan.plane.subspace.plane_at(experiment.view.alpha3);
    let trail: Vec<f64> = found.plan.trajectory.checkpoints().iter().map(|point| point.loss).collect();
    let slice = Slice {
        experiment: &experiment,
        plan: &found.plan,
        subspace: &subspace,
        grid,
        precision: Precision::F32,
    };
    check_heights(&slice.heights(), &[&grid.loss[..], &trail].concat());
    check_surface(&slice, grid);
    Some(experiment)
}

fn check_surface(slice: &Slice, grid: &LossGrid) {
    let surface = SurfaceMesh::new(slice);
    if let Ok(surface) = &surface {
        for vertex in &surface.vertices {
            let numbers = vertex.position.iter().chain(&vertex.normal);
            assert!(numbers.clone().all(|v| v.is_finite()), "{vertex:?} of {:?}", grid.spec);
        }
    }
    for &format in SliceFormat::ALL {
        let written = format.write(&mut Vec::new(), slice);
        assert!(written.is_ok() || surface.is_err(), "{format:?}: {written:?}");
    }
}

/// Runs a text in a folder of its own with the table beside it.
fn in_folder(text: &str, table: &str) -> Option<Experiment> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.csv");
    std::fs::write(&path, table).unwrap();
    whole_way(&text.replace("points.csv", path.to_str().unwrap()))
}

#[test]
fn what_broke_before_is_refused_or_goes_the_whole_way() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pipeline");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let (text, table) = text.split_once("\n//csv:\n").unwrap_or((&text, ""));
        in_folder(text, table);
        count += 1;
    }
    assert_eq!(count, 10);
}

fn any(usual: u64) {
    let (grammar, mut count) = (grammar(), [0, 0]);
    super::attack(usual, |draw| {
        let (text, table) = (draw.text(&grammar), table(draw));
        count[usize::from(in_folder(&text, &table).is_none())] += 1;
    });
    println!("{} went the whole way, {} were refused", count[0], count[1]);
    // Of a handful all may be refused.
    let is_enough = count[0] > count[1] / 20 || count[0] + count[1] < 100;
    assert!(is_enough, "{count:?}: too few make sense");
}

#[test]
fn any_experiment_is_refused_or_goes_the_whole_way() {
    any(300);
}

#[test]
#[ignore = "minutes: the same, with a large number of draws"]
fn any_experiment_is_refused_or_goes_the_whole_way_at_length() {
    any(100_000);
}
