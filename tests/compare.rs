//! Two landscapes beside each other: each is what it would be alone, and both are on one stage.

use std::time::Duration;

use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
use losscape::app;
use losscape::core::command::{Command, RaceStart, RunCommand};
use losscape::core::experiment::{
    Assignment, Change, CompareBy, Experiment, ExperimentFile, builtin, file::Resolution, pipeline,
};
use losscape::core::geometry::heights::HeightScale;
use losscape::core::optim::OptimizerConfig;
use losscape::core::session::{Now, Session};
use losscape::scene::Pacing;
use losscape::scene::frame::{Placement, Stand};
use losscape::scene::landscape::Landscape;
use losscape::scene::session::{Ask, Refusal, SessionState};
use losscape::scene::side::{First, Second, Side};
use losscape::scene::training::Training;

/// The default experiment, small enough to be computed in a moment, with what is compared.
fn small(compare: &[&str]) -> ExperimentFile {
    let mut file = builtin::load(builtin::DEFAULT).unwrap().unwrap();
    file.dataset.set_points(60);
    file.steps = 120;
    file.slice.grid = Resolution([17, 13]);
    file.slice.volume = Resolution([9, 9, 5]);
    file.compare = assignments(compare);
    file
}

fn assignments(written: &[&str]) -> Vec<Assignment> {
    written.iter().map(|written| Assignment::parse(written).unwrap()).collect()
}

fn checked(compare: &[&str]) -> Experiment {
    Experiment::new(small(compare)).unwrap()
}

fn open(experiment: Experiment) -> App {
    let mut app = app::bare(experiment, Pacing::Awaited);
    app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_millis(20)));
    app.update();
    app.update();
    app
}

fn ask(app: &mut App, command: Command) {
    app.world_mut().write_message(Ask(command));
    app.update();
    app.update();
}

fn known<S: Side>(app: &App) -> Option<&losscape::scene::landscape::Known> {
    app.world().resource::<Landscape<S>>().current()
}

fn step<S: Side>(app: &App) -> u64 {
    app.world().resource::<Training<S>>().step()
}

/// Whatever the second differs in: data, model, optimizer, batch, seed, plane, quantity.
const DIFFERENCES: [&[&str]; 7] = [
    &["batch=size(8)"],
    &["seed=7"],
    &["optimizer=adam(lr: 0.01)"],
    &["model=mlp(widths: [3])"],
    &["slice.plane=pca()"],
    &["slice.quantity=gradient_norm"],
    &["dataset=circles(points: 50)", "steps=80", "optimizer.lr=0.5"],
];

#[test]
fn each_side_is_to_the_bit_what_it_is_alone() {
    for compare in DIFFERENCES {
        let experiment = checked(compare);
        let second = experiment.second().unwrap();
        assert!(second.compare.is_empty() && second.file() != experiment.file());
        let mut app = open(experiment.clone());
        ask(&mut app, Command::Run(RunCommand::Seek(70)));
        assert_eq!((step::<First>(&app), step::<Second>(&app)), (70, 70), "{compare:?}");
        alone_alike::<First>(&app, &Experiment::new(small(&[])).unwrap());
        alone_alike::<Second>(&app, second);
    }
}

fn alone_alike<S: Side>(app: &App, experiment: &Experiment) {
    let alone = pipeline::run(experiment).unwrap();
    let known = known::<S>(app).unwrap();
    assert_eq!(known.plan.trajectory, alone.plan.trajectory);
    assert_eq!(known.plan.plane, alone.plan.plane);
    assert_eq!(Some(known.plane.as_ref().unwrap().picture.field.grid()), alone.plane.as_ref());
    let mut run = experiment.start_run().unwrap();
    run.advance(70);
    let training = app.world().resource::<Training<S>>();
    assert_eq!(training.leader().unwrap().latest().unwrap().theta, run.latest().theta);
}

#[test]
fn exactly_what_is_compared_differs_and_data_are_shared_where_they_are_the_same() {
    let experiment = checked(&["batch=size(8)", "slice.rotate=30"]);
    let second = experiment.second().unwrap();
    let mut expected = small(&[]);
    (expected.title, expected.slice.rotate) = (String::new(), 30.0);
    expected.batch = losscape::core::data::BatchSize::Size(8);
    assert_eq!(second.file(), &expected);
    assert!(std::sync::Arc::ptr_eq(second.problem(), experiment.problem()));
    assert_eq!(experiment.sides().unwrap(), &["batch full · rotate 0.0", "batch size 8 · rotate 30.0"]);
    let ranged = checked(&["seed=3", "slice.range=[(-1, 1), (-1, 1)]"]);
    assert_eq!(ranged.sides().unwrap(), &["seed 10", "seed 3"], "a range goes with what else is another");
    let elsewhere = checked(&["from=built-in:copy-2.npy"]);
    assert_eq!(elsewhere.sides().unwrap(), &["from none", "from copy-2"]);
    let titled = checked(&["seed=3", "title=Another seed"]);
    assert_eq!(titled.sides().unwrap()[1], "Another seed");
}

#[test]
fn what_makes_no_sense_beside_is_refused_by_its_words() {
    let refused = |compare: &[&str]| Experiment::new(small(compare)).unwrap_err().to_string();
    let unknown = refused(&["sede=1"]);
    assert!(unknown.starts_with("compare = sede=1: expected a setting as --set takes it"), "{unknown}");
    assert!(unknown.contains("there is no sede"), "{unknown}");
    let both = refused(&["view.camera=map"]);
    assert_eq!(
        both,
        "compare = view.camera=map: expected a setting in which the second may differ; this one is of both"
    );
    let range = refused(&["batch=size(61)"]);
    assert_eq!(range, "compare: batch = 61: expected 1 to the 60 training points, or full");
    let skip = refused(&["model.skip=true"]);
    assert!(skip.contains("there is no skip"), "{skip}");
}

#[test]
fn by_epochs_the_second_has_seen_as_many_examples() {
    let mut file = small(&["batch=size(15)"]);
    file.view.compare_by = CompareBy::Epoch;
    let experiment = Experiment::new(file).unwrap();
    assert_eq!(experiment.second().unwrap().steps, 480, "four steps an epoch");
    let mut app = open(experiment);
    ask(&mut app, Command::Run(RunCommand::Seek(25)));
    assert_eq!((step::<First>(&app), step::<Second>(&app)), (25, 100));
    ask(&mut app, Command::Set(Change::CompareBy(CompareBy::Step)));
    assert_eq!((step::<First>(&app), step::<Second>(&app)), (25, 25));
}

fn placement<S: Side>(app: &App) -> &Placement<S> {
    app.world().resource::<Placement<S>>()
}

#[test]
fn both_stand_on_one_stage_with_one_scale_of_heights_unless_that_has_no_meaning() {
    let linear = checked(&["seed=7"]).with(|file| file.view.scale = HeightScale::Linear).unwrap();
    let mut app = open(linear);
    let heights = |app: &App| {
        let first = placement::<First>(app).get(Stand::Surface).unwrap();
        let second = placement::<Second>(app).get(Stand::Surface).unwrap();
        (first.frame.heights == second.frame.heights, first, second)
    };
    let (is_one, first, second) = heights(&app);
    assert!(is_one && !placement::<Second>(&app).has_own_scale);
    let losses: Vec<f64> = [known::<First>(&app), known::<Second>(&app)]
        .into_iter()
        .flatten()
        .flat_map(|known| known.losses.clone())
        .collect();
    let highest = losses.into_iter().fold(0.0, f64::max);
    assert!((first.frame.heights.to.high - highest).abs() < 1e-9 * highest, "the higher of both fits");
    let apart: f64 = (0..3).map(|i| (first.shift[i] - second.shift[i]).powi(2)).sum::<f64>().sqrt();
    assert!(apart > 2.0, "{apart}");
    assert!((0..3).all(|i| (first.shift[i] + second.shift[i]).abs() < 1e-9), "about the middle");
    ask(&mut app, Command::Set(Change::SharedScale(false)));
    assert!(!heights(&app).0 && placement::<Second>(&app).has_own_scale);
    let other = open(checked(&["slice.quantity=gradient_norm"]));
    assert!(placement::<First>(&other).has_own_scale && placement::<Second>(&other).has_own_scale);
}

#[test]
fn a_comparison_is_undone_and_nothing_of_it_is_left() {
    let mut app = open(checked(&[]));
    assert!(known::<Second>(&app).is_none());
    ask(&mut app, Command::Set(Change::Compare(assignments(&["seed=7"]))));
    assert!(known::<Second>(&app).is_some() && app.world().contains_resource::<SessionState<Second>>());
    ask(&mut app, Command::Undo);
    assert!(known::<Second>(&app).is_none() && !app.world().contains_resource::<SessionState<Second>>());
    assert!(placement::<Second>(&app).first().is_none());
    ask(&mut app, Command::Redo);
    assert!(known::<Second>(&app).is_some());
    ask(&mut app, Command::Set(Change::Compare(assignments(&["seed=8", "batch=size(900)"]))));
    assert!(app.world().resource::<Refusal>().0.is_some());
    assert_eq!(app.world().resource::<SessionState>().experiment().compare, assignments(&["seed=7"]));
}

#[test]
fn a_change_of_the_second_is_one_of_what_is_compared() {
    let experiment = checked(&["batch=size(8)"]);
    let mut optimizer = OptimizerConfig::by_name("adam").unwrap();
    optimizer.set_lr(0.5);
    let Change::Compare(list) = experiment.change_of_second(Change::Optimizer(optimizer.clone())) else {
        panic!("it is said by what is compared")
    };
    let changed = experiment.with(|file| file.compare = list).unwrap();
    let second = changed.second().unwrap();
    assert_eq!((&second.optimizer, second.batch), (&optimizer, losscape::core::data::BatchSize::Size(8)));
    assert_eq!(changed.optimizer, experiment.optimizer, "the first is as it was");
    let theme = Change::Theme(losscape::core::experiment::Theme::Light);
    assert_eq!(experiment.change_of_second(theme.clone()), theme, "there is one stage");
}

#[test]
fn the_runs_of_a_race_are_compared_each() {
    let mut session = Session::new(checked(&["batch=size(8)"]));
    session
        .apply(
            Command::Run(RunCommand::race(OptimizerConfig::by_name("adam").unwrap(), RaceStart::Same)),
            Now::default(),
        )
        .unwrap();
    let beside = session.beside().unwrap();
    let titles: Vec<String> = beside.runs().iter().map(|run| beside.title(run.id)).collect();
    assert_eq!(titles, ["sgd", "adam"]);
    session.apply(Command::Set(Change::Compare(assignments(&["batch=size(4)"]))), Now::default()).unwrap();
    let beside = session.beside().unwrap();
    let batches = beside.runs().iter().map(|run| match &run.origin {
        losscape::core::session::run::Origin::Trained(own) => own.batch,
        losscape::core::session::run::Origin::Imported(_) => panic!("trained here"),
    });
    assert!(batches.into_iter().all(|batch| batch == losscape::core::data::BatchSize::Size(4)));
}

#[test]
fn another_model_takes_along_what_can_no_longer_be_said_of_it() {
    let mut file = small(&["seed=3", "model.skip=false"]);
    file.model = losscape::core::model::ModelConfig::by_name("mlp").unwrap();
    let mut session = Session::new(Experiment::new(file).unwrap());
    let model = losscape::core::model::ModelConfig::by_name("model1").unwrap();
    let told = session.apply(Command::Set(Change::Model(model)), Now::default()).unwrap();
    assert_eq!(session.experiment().compare, assignments(&["seed=3"]));
    assert!(told.to_string().contains("compare"), "{told}");
}

/// A deep network with skip connections beside the same without, small.
fn with_and_without_skips() -> ExperimentFile {
    let mut file = small(&["model.skip=false", "steps=40"]);
    let model =
        "(model: mlp(widths: [4, 4, 4], activation: relu, skip: true), slice: (plane: random(at: end)))";
    let parsed = ExperimentFile::parse(model, "x.ron").unwrap();
    (file.model, file.slice.plane) = (parsed.model, parsed.slice.plane);
    file
}

#[test]
fn between_two_landscapes_every_point_is_evaluated_at_the_network_there() {
    let share = 0.25;
    let mut app = open(Experiment::new(with_and_without_skips()).unwrap());
    ask(&mut app, Command::Set(Change::Between(Some(share))));
    app.update();
    let (first, second) = (known::<First>(&app).unwrap(), known::<Second>(&app).unwrap());
    let plane = first.plane.as_ref().unwrap();
    assert_eq!((plane.between, plane.picture.field.stride()), (share, 1));
    // By hand: the network with three quarters of a skip, at a point that lies a quarter of the way.
    let weighed = Experiment::new(with_and_without_skips())
        .unwrap()
        .with(|file| {
            file.compare = Vec::new();
            file.model = ExperimentFile::parse(
                "(model: mlp(widths: [4, 4, 4], activation: relu, skip: 0.75))",
                "x.ron",
            )
            .unwrap()
            .model;
        })
        .unwrap();
    let grid = plane.picture.field.grid();
    let (a, b) = (&first.plan.plane.subspace, &second.plan.plane.subspace);
    for cell in [[0, 0, 0], [8, 6, 0], [16, 3, 0]] {
        let alpha = grid.spec.alpha(cell);
        let (own, other) = (a.lift(&alpha[..2]), b.lift(&alpha[..2]));
        let theta: Vec<f64> = own.iter().zip(&other).map(|(own, other)| 0.75 * own + 0.25 * other).collect();
        let loss = weighed.objective().unwrap().loss(&theta);
        assert!((grid.at(cell) - loss).abs() < 1e-5 * loss.max(1.0), "{} {loss}", grid.at(cell));
    }
    assert!(
        placement::<First>(&app).get(Stand::Surface).unwrap().point(&[0.0, 0.0], 0.5).is_none(),
        "no run is of it"
    );
    ask(&mut app, Command::Set(Change::Between(None)));
    app.update();
    let back = known::<First>(&app).unwrap().plane.as_ref().unwrap();
    assert_eq!(back.between, 0.0);
    let alone = pipeline::run(&Experiment::new(with_and_without_skips()).unwrap()).unwrap();
    assert_eq!(Some(back.picture.field.grid()), alone.plane.as_ref(), "and it is the first's again");
}

#[test]
fn there_is_nothing_between_two_networks_of_other_shapes() {
    let refused = |compare: &[&str]| {
        let mut file = small(compare);
        file.view.between = Some(0.5);
        Experiment::new(file).unwrap_err().to_string()
    };
    for compare in [&[][..], &["model=mlp(widths: [3])"], &["dataset.points=40"], &["loss=huber"]] {
        let error = refused(compare);
        assert!(
            error.starts_with("view.between = 0.5: expected two landscapes beside each other"),
            "{error}"
        );
    }
    let mut beyond = small(&["seed=3"]);
    beyond.view.between = Some(1.5);
    assert!(Experiment::new(beyond).unwrap_err().to_string().contains("0 to 1"));
}
