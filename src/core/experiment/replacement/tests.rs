//! What each replacement resets, and what it lets be.

use super::*;
use crate::core::experiment::{Experiment, builtin};
use crate::core::loss::Loss;
use crate::core::model::Init;
use crate::core::model::ModelConfig;
use crate::core::objective::Surface;
use crate::core::optim::Schedule;
use crate::core::subspace::Place;
use crate::core::subspace::PlaneConfig;
use crate::disk::sources;

fn parsed(text: &str) -> ExperimentFile {
    ExperimentFile::parse(text, "x.ron").unwrap()
}

/// An experiment in which everything was chosen.
fn chosen() -> ExperimentFile {
    parsed(
        "(title: \"Two low points\", seed: 7, dataset: xor(points: 40, noise: 0.25), held_out: 0.2, standardize: true,
          model: model3(),
          init: he, from: \"theta.npy\", optimizer: sgd(lr: 5.0, weight_decay: 0.5), schedule: cosine(t_max: 90),
          batch: size(8), steps: 90,
          slice: (plane: axes(parameters: [\"fc1.bias[0]\"]), rotate: 30.0, range: [(-1.0, 2.0), (-3.0, 4.0)],
                  grid: [9, 9]),
          view: (clip: 1.5, isosurface: 0.5, section1: 1.0, section2: 2.0, alpha3: 0.5, eye: (70.0, 40.0),
                 theme: light, scale: log, steps_per_second: 40.0))",
    )
}

fn dataset(name: &str) -> Change {
    Change::Dataset(DatasetConfig::by_name(name).unwrap())
}

fn model(name: &str) -> Change {
    Change::Model(ModelConfig::by_name(name).unwrap())
}

fn optimizer(name: &str) -> Change {
    Change::Optimizer(OptimizerConfig::by_name(name).unwrap())
}

/// The paths of what was reset.
fn fields(resets: &Resets) -> Vec<&str> {
    resets.fields.iter().map(|reset| &reset.field[..]).collect()
}

/// What belongs to the data and the model, in the order in which it is reset.
const OF_TASK: [&str; 12] = [
    "optimizer.lr",
    "title",
    "from",
    "slice.plane",
    "slice.range",
    "slice.rotate",
    "view.alpha3",
    "view.section1",
    "view.section2",
    "view.clip",
    "view.isosurface",
    "view.eye",
];

#[test]
fn another_model_resets_what_was_chosen_for_the_old_one_and_no_more() {
    let (file, resets) = changed(&chosen(), model("mlp"));
    assert_eq!(fields(&resets), OF_TASK);
    let mut expected = chosen();
    expected.model = ModelConfig::by_name("mlp").unwrap();
    expected.title = "mlp on xor".to_owned();
    expected.optimizer.set_lr(0.1);
    expected.from = None;
    expected.slice = parsed("(slice: (plane: axes(), grid: [9, 9]))").slice;
    expected.view = parsed("(view: (theme: light, scale: log, steps_per_second: 40.0))").view;
    assert_eq!(file, expected, "seed, data, init, schedule, batch, steps, grid and colours are kept");
}

#[test]
fn other_data_reset_the_same_and_bring_their_own_settings_and_a_loss_that_fits() {
    let (file, resets) = changed(&chosen(), dataset("digits"));
    let of_data = ["dataset.noise", "dataset.points"];
    let found = fields(&resets);
    let also = found.iter().filter(|field| !of_data.contains(field)).copied().collect::<Vec<_>>();
    assert_eq!(also, [&["standardize"], &OF_TASK[..], &["loss"]].concat());
    assert!(!file.standardize);
    assert!(found.contains(&"dataset.points"), "{found:?}");
    assert_eq!(file.dataset, DatasetConfig::by_name("digits").unwrap(), "all of them");
    assert_eq!((file.loss, &file.title[..]), (Loss::CrossEntropy, "model3 on digits"));
}

#[test]
fn an_optimizer_takes_its_settings_along_and_leaves_the_rest() {
    let (file, resets) = changed(&chosen(), optimizer("adam"));
    assert_eq!(file, ExperimentFile { optimizer: OptimizerConfig::by_name("adam").unwrap(), ..chosen() });
    assert_eq!(resets.to_string(), "lr 5 and weight decay 0.5 were chosen for sgd; 0.001 and 0 are used");
    let mut momentum = OptimizerConfig::by_name("sgd").unwrap();
    momentum.set_lr(0.3);
    let (file, resets) = changed(&chosen(), Change::Optimizer(momentum.clone()));
    assert_eq!((file.optimizer, fields(&resets)), (momentum, vec![]), "a setting is no replacement");
}

#[test]
fn every_optimizer_comes_with_its_own_defaults() {
    for config in OptimizerConfig::all() {
        let (file, _) = changed(&chosen(), Change::Optimizer(config.clone()));
        assert_eq!(file.optimizer, config);
        let (file, _) = changed(&file, model("mlp"));
        assert_eq!(file.optimizer, config, "and another model leaves them");
    }
}

#[test]
fn a_plane_takes_its_place_along_and_a_loss_what_is_measured_in_it() {
    let (file, resets) = changed(&chosen(), Change::Plane(PlaneConfig::Chord));
    let of_plane = ["slice.range", "slice.rotate", "view.alpha3", "view.section1", "view.section2"];
    assert_eq!(fields(&resets), of_plane);
    assert_eq!((file.slice.range, file.slice.rotate, file.view.alpha3), (None, 0.0, 0.0));
    let (file, resets) = changed(&chosen(), Change::Loss(Loss::Huber));
    assert_eq!(fields(&resets), ["view.clip", "view.isosurface"]);
    assert_eq!((file.loss, file.view.clip), (Loss::Huber, None));
}

#[test]
fn what_is_replaced_by_itself_stays_as_it_is() {
    let file = chosen();
    for part in [
        Change::Surface(None),
        Change::Dataset(file.dataset.clone()),
        Change::Model(file.model.clone()),
        Change::Optimizer(file.optimizer.clone()),
        Change::Loss(file.loss),
        Change::Plane(file.slice.plane.clone()),
    ] {
        let (same, resets) = changed(&file, part.clone());
        assert_eq!((&same, resets.fields), (&file, vec![]), "{part:?}");
    }
}

#[test]
fn other_settings_of_the_same_kind_are_no_replacement() {
    let before = chosen();
    let more = DatasetConfig::Xor { points: 80, noise: 0.0 };
    let (file, resets) = changed(&before, Change::Dataset(more.clone()));
    assert_eq!((file, resets.fields), (ExperimentFile { dataset: more, ..before.clone() }, vec![]));
    let wide = parsed("(model: mlp(widths: [64]))");
    let wider = parsed("(model: mlp(widths: [128]))").model;
    let (file, resets) = changed(&wide, Change::Model(wider.clone()));
    assert_eq!((file, resets.fields), (ExperimentFile { model: wider, ..wide }, vec![]));
}

#[test]
fn another_file_is_other_data_and_all_its_rows_are_used() {
    let before =
        parsed("(title: \"Mine\", dataset: csv(path: \"a/one.csv\", points: 40), optimizer: sgd(lr: 3.0))");
    let (file, resets) = changed(&before, dataset("b/two.csv"));
    assert_eq!(file.dataset, DatasetConfig::by_name("b/two.csv").unwrap());
    assert_eq!(file.title, "model3 on two.csv");
    let told = "points 40 and lr 3 were chosen for one.csv; every row and 0.1 are used (title reset too)";
    assert_eq!(resets.to_string(), told);
    let (file, _) = changed(&parsed("(dataset: xor(points: 40))"), dataset("b/two.csv"));
    assert_eq!(file.dataset, DatasetConfig::by_name("b/two.csv").unwrap(), "40 points were those of xor");
}

#[test]
fn what_was_said_of_a_table_is_nothing_to_another_one() {
    let before = parsed(
        "(title: \"model3 on one.csv\", dataset: csv(path: \"a/one.csv\", points: 40, target: classes, target_column: \"s\",
          leave_out: [1], header: no, decimal: comma), standardize: true, optimizer: sgd(lr: 3.0))",
    );
    let mut other = before.dataset.clone();
    *other.path_mut().unwrap() = "b/two.csv".into();
    let edited = other.edited_from(&before.dataset);
    assert_eq!(edited, DatasetConfig::table("b/two.csv"));
    let (file, resets) = changed(&before, Change::Dataset(edited));
    assert!(!file.standardize);
    assert_eq!(
        resets.to_string(),
        "decimal comma, header no, points 40, target classes and lr 3 were chosen for one.csv; auto, auto, every row, \
         auto and 0.1 are used (leave out, target column and standardize reset too)"
    );
    let mut fewer = before.dataset.clone();
    fewer.set_points(7);
    assert_eq!(fewer.clone().edited_from(&before.dataset), fewer, "the same table");
    let (file, resets) = changed(&before, Change::Dataset(fewer));
    assert!(file.standardize && resets.fields.is_empty(), "{resets:?}");
}

#[test]
fn a_surface_and_a_network_share_neither_steps_nor_speed() {
    let rosenbrock = builtin::load("rosenbrock").unwrap().unwrap();
    for part in [model("mlp"), dataset("moons"), Change::Surface(None)] {
        let (file, resets) = changed(&rosenbrock, part);
        assert_eq!((file.surface, file.steps, file.optimizer.lr()), (None, 2000, 0.001));
        assert_eq!(resets.chosen_for, "rosenbrock");
        assert!(fields(&resets).contains(&"slice.range"), "{resets:?}");
        Experiment::reading(file, &sources()).unwrap();
    }
    let (file, resets) = changed(&chosen(), Change::Surface(Some(Surface::Himmelblau)));
    assert_eq!(
        (&file.title[..], file.batch, file.view.steps_per_second),
        ("himmelblau", BatchSize::Full, 200.0)
    );
    assert!(fields(&resets).contains(&"batch"), "a surface has no examples");
    Experiment::reading(file, &sources()).unwrap();
}

#[test]
fn points_of_the_plane_that_lie_in_files_are_those_of_the_old_model() {
    let mut before = chosen();
    let kept = PlaneConfig::Line { from: Place::Start, to: Place::Step(20) };
    for (plane, left) in [
        (PlaneConfig::Line { from: Place::Start, to: Place::File("a.npy".into()) }, "line"),
        (PlaneConfig::Points { a: Place::Start, b: Place::End, c: Place::File("a.npy".into()) }, "pca"),
        (PlaneConfig::Axes { parameters: vec!["fc2.bias".to_owned()] }, "axes"),
        (kept.clone(), "line"),
    ] {
        before.slice.plane = plane.clone();
        let (file, _) = changed(&before, model("model2"));
        assert_eq!(file.slice.plane.name(), left);
        assert!(file.slice.plane.files().is_empty());
        assert_eq!(file.slice.plane == plane, plane == kept, "{plane:?}");
    }
}

#[test]
fn words_are_those_of_a_person() {
    let told = |text: &str, part| changed(&parsed(text), part).1.to_string();
    let lr = "lr 5 was chosen for model3; 0.1 is used";
    assert_eq!(told("(optimizer: sgd(lr: 5.0))", model("mlp")), lr);
    assert_eq!(told("()", model("mlp")), "", "what was not chosen needs no word");
    assert_eq!(told("(title: \"Model 3\")", model("mlp")), "title was chosen for model3 and reset");
    assert_eq!(told("(title: \"model3 on xor\")", model("mlp")), "", "a title that only names them");
    let eye = "(optimizer: sgd(lr: 5.0), title: \"T\", view: (eye: (1.0, 2.0)))";
    assert_eq!(told(eye, model("mlp")), format!("{lr} (title and eye reset too)"));
    let post = "(slice: (plane: chord, range: [(-4.0, 5.0), (-4.0, 5.0), (-2.0, 3.0)]))";
    assert_eq!(told(post, model("mlp")), "", "the ranges that the plane has anyway");
    assert_eq!(told("()", dataset("blobs")), "loss mse was chosen for xor; cross_entropy is used");
}

#[test]
fn a_name_is_derived_where_there_is_no_title() {
    assert_eq!(parsed("(model: mlp(), dataset: csv(path: \"data/exam.csv\"))").heading(), "mlp on exam.csv");
    assert_eq!(parsed("(title: \"Mine\")").heading(), "Mine");
    assert_eq!(parsed("(surface: rosenbrock)").heading(), "rosenbrock");
}

#[test]
fn loss_and_batch_fit_a_file_once_it_is_read_unless_they_are_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("three.csv");
    let rows: Vec<String> = (0..12).map(|i| format!("{i},{}", i % 3)).collect();
    std::fs::write(&path, rows.join("\n")).unwrap();
    let part = || dataset(path.to_str().unwrap());
    let before =
        Experiment::reading(parsed("(batch: size(32), optimizer: sgd(lr: 5.0))"), &sources()).unwrap();
    let (experiment, resets) = before.changed(part()).unwrap();
    assert_eq!((experiment.loss, experiment.batch), (Loss::CrossEntropy, BatchSize::Full));
    assert_eq!(experiment.objective().unwrap().examples(), 12, "all of them");
    let told = "lr 5, loss mse and batch 32 were chosen for xor; 0.1, cross_entropy and full are used";
    assert_eq!(resets.to_string(), told);
    let (file, _) = changed(&before, part());
    let refused = |field: &'static str| {
        Experiment::fitted(file.clone(), &sources(), |given| given == field).unwrap_err().to_string()
    };
    assert!(refused("loss").starts_with("loss = mse: expected cross_entropy"), "{}", refused("loss"));
    assert!(refused("batch").starts_with("batch = 32: expected 1 to the 12"), "{}", refused("batch"));
    let mut few = DatasetConfig::table(path.to_str().unwrap());
    few.set_points(5);
    let (experiment, _) = before.changed(Change::Dataset(few)).unwrap();
    let notes = experiment.notes();
    assert!(notes.contains(&"5 of 12 rows are used, drawn at random".to_owned()), "{notes:?}");
}

#[test]
fn seed_init_and_schedule_are_no_matter_of_scale() {
    let (file, _) = changed(&chosen(), dataset("moons"));
    assert_eq!((file.seed, file.init, file.steps, file.batch), (7, Init::He, 90, BatchSize::Size(8)));
    assert_eq!(file.schedule, Schedule::Cosine { t_max: 90, eta_min: 0.0 });
    assert_eq!(file.held_out, 0.2);
}
