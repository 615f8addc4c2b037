//! The scene without a renderer: what is computed, when, and that it is what the pipeline computes.

use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
use losscape::app;
use losscape::core::data::{BatchSize, DatasetConfig};
use losscape::core::experiment::{Experiment, ExperimentFile, builtin, file::Resolution, pipeline};
use losscape::core::script::{Command, ExperimentCommand, RunCommand, SliceCommand};
use losscape::scene::Pacing;
use losscape::scene::landscape::Landscape;
use losscape::scene::session::{Ask, Refusal};
use losscape::scene::slice::Shown;
use losscape::scene::training::{Live, Training};
use std::time::Duration;

/// The default experiment, small enough to be computed in a moment.
fn small() -> Experiment {
    let mut file = builtin::load(builtin::DEFAULT).unwrap().unwrap();
    file.dataset.set_points(60);
    file.steps = 120;
    file.slice.grid = Resolution([17, 13]);
    file.slice.volume = Resolution([9, 9, 5]);
    Experiment::new(file).unwrap()
}

fn open(experiment: Experiment, pacing: Pacing) -> App {
    let mut app = app::bare(experiment, pacing);
    app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_millis(20)));
    app
}

fn ask(app: &mut App, command: Command) {
    app.world_mut().write_message(Ask(command));
    app.update();
}

fn live(app: &App) -> &Live {
    app.world().resource::<Training>().leader().expect("a run")
}

fn landscape(app: &App) -> &Landscape {
    app.world().resource::<Landscape>()
}

/// Frames until a condition holds; what has not happened by then never will.
fn until(app: &mut App, what: &str, is_so: impl Fn(&App) -> bool) {
    for _ in 0..2000 {
        if is_so(app) {
            return;
        }
        app.update();
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("{what} did not happen");
}

#[test]
fn the_window_computes_what_the_pipeline_computes() {
    let experiment = small();
    let expected = pipeline::run(&experiment).unwrap();
    for pacing in [Pacing::Awaited, Pacing::Live] {
        let mut app = open(experiment.clone(), pacing);
        until(&mut app, "a settled landscape", |app| landscape(app).is_settled());
        let known = landscape(&app).current().unwrap();
        assert_eq!(known.plan.trajectory, expected.plan.trajectory);
        assert_eq!(known.plan.plane, expected.plan.plane);
        assert_eq!(known.plane.as_ref().unwrap().picture.grid, expected.plane, "{pacing:?}");
        assert_eq!(Some(&known.volume.as_ref().unwrap().grid), expected.volume.as_ref());
    }
}

#[test]
fn the_live_run_moves_and_goes_the_way_of_the_look_ahead() {
    for batch in [BatchSize::Full, BatchSize::Size(16)] {
        let experiment = small().with(|file| file.batch = batch).unwrap();
        let mut app = open(experiment, Pacing::Awaited);
        app.update();
        assert_eq!(live(&app).step(), 0, "the look-ahead is at its end, the live run at its start");
        assert_eq!(landscape(&app).current().unwrap().plan.trajectory.last().unwrap().step, 120);
        ask(&mut app, Command::Run(RunCommand::Speed(1000.0)));
        for _ in 0..30 {
            let before = live(&app).step();
            app.update();
            assert!(live(&app).step() > before || before == 120);
        }
        let ahead = landscape(&app).current().unwrap().plan.trajectory.clone();
        assert_eq!(live(&app).points(), ahead.checkpoints(), "bit for bit");
        // The look-ahead ends at its planned end. What goes on is the live run.
        ask(&mut app, Command::Run(RunCommand::Play));
        app.update();
        app.update();
        assert!(live(&app).step() > 120, "{}", live(&app).step());
        assert_ne!(live(&app).latest().unwrap().theta, ahead.last().unwrap().theta);
    }
}

#[test]
fn training_holds_steps_and_returns_where_it_is_told() {
    let mut app = open(small(), Pacing::Awaited);
    app.update();
    let expected = landscape(&app).current().unwrap().plan.trajectory.clone();
    for (command, step) in [
        (RunCommand::Seek(90), 90),
        (RunCommand::Step(1), 91),
        (RunCommand::Seek(7), 7),
        (RunCommand::Pause, 7),
        (RunCommand::Step(30), 37),
    ] {
        ask(&mut app, Command::Run(command.clone()));
        app.update();
        let latest = live(&app).latest().unwrap();
        assert_eq!(latest, &expected.checkpoints()[step], "{command:?}");
    }
    ask(&mut app, Command::Run(RunCommand::Restart));
    app.update();
    assert!(live(&app).step() < 37);
}

#[test]
fn dragging_alpha3_evaluates_nothing_and_resting_gives_the_exact_plane() {
    let mut app = open(small(), Pacing::Live);
    until(&mut app, "a settled landscape", |app| landscape(app).is_settled());
    ask(&mut app, Command::Run(RunCommand::Pause));
    let before = landscape(&app).cells_evaluated;
    assert_eq!(before, 17 * 13 + 9 * 9 * 5, "each cell once");
    for i in 0..50 {
        ask(&mut app, Command::Slice(SliceCommand::Alpha3(f64::from(i) * 0.02)));
        let shown = app.world().resource::<Shown>();
        assert_eq!(shown.alpha3, f64::from(i) * 0.02);
        assert_eq!(shown.is_exact, i == 0);
    }
    ask(&mut app, Command::Slice(SliceCommand::Sweep(true)));
    for _ in 0..50 {
        app.update();
    }
    assert_eq!(landscape(&app).cells_evaluated, before, "nothing is evaluated while the plane moves");
    ask(&mut app, Command::Slice(SliceCommand::Alpha3(0.8)));
    until(&mut app, "an exact plane at rest", |app| app.world().resource::<Shown>().is_exact);
    assert_eq!(landscape(&app).cells_evaluated, before + 17 * 13);
    let known = landscape(&app).current().unwrap();
    let plane = known.plane.as_ref().unwrap();
    assert_eq!(plane.alpha3, 0.8);
    assert_eq!(plane.picture.grid, known.plan.plane_job(0.8).finish());
    let error = app.world().resource::<Shown>().blending_error.unwrap();
    assert!(error > 0.0 && error < 0.5, "{error}");
}

#[test]
fn a_newer_question_is_answered_and_the_older_dropped() {
    let large = small().with(|file| {
        file.slice.volume = Resolution([129, 129, 129]);
        file.dataset.set_points(4000);
    });
    let large = large.unwrap();
    let mut app = open(large, Pacing::Live);
    until(&mut app, "a first coarse volume", |app| {
        landscape(app).current().is_some_and(|known| known.volume.is_some())
    });
    assert!(!landscape(&app).is_settled());
    let cells = landscape(&app).cells_evaluated;
    let mut dataset = DatasetConfig::by_name("diagonal").unwrap();
    dataset.set_points(60);
    ask(&mut app, Command::Experiment(ExperimentCommand::Dataset(dataset)));
    until(&mut app, "the plane of the new dataset", |app| landscape(app).current().is_some());
    let objective = landscape(&app).current().unwrap().plan.objective.clone();
    assert_eq!(objective.train().unwrap().name, "diagonal");
    assert!(landscape(&app).cells_evaluated - cells < 129 * 129 * 129, "the old volume was given up");
    until(&mut app, "the live run of the new dataset", |app| {
        live(app).latest().is_some_and(|latest| latest.loss == objective.loss(&latest.theta))
    });
}

#[test]
fn a_run_that_diverges_says_where_and_goes_no_further() {
    let file = ExperimentFile::parse(
        "(model: model1, dataset: diagonal(points: 60), optimizer: sgd(lr: 1e6), steps: 500)",
        "x",
    );
    let mut app = open(Experiment::new(file.unwrap()).unwrap(), Pacing::Awaited);
    ask(&mut app, Command::Run(RunCommand::Speed(1e5)));
    app.update();
    app.update();
    let at = live(&app).diverged_at().expect("a learning rate of 1e6 diverges");
    assert!(at < 100, "{at}");
    let known = landscape(&app).current().unwrap();
    assert_eq!(known.plan.diverged_at, Some(at), "live run and look-ahead agree");
    assert!(!live(&app).latest().unwrap().loss.is_finite());
    assert_eq!(live(&app).step(), at);
}

#[test]
fn a_refused_command_is_told_and_the_next_one_clears_it() {
    let mut app = open(small(), Pacing::Awaited);
    ask(&mut app, Command::Experiment(ExperimentCommand::Batch(BatchSize::Size(0))));
    let refusal = app.world().resource::<Refusal>().0.clone().unwrap();
    assert!(refusal.starts_with("batch = 0"), "{refusal}");
    ask(&mut app, Command::Run(RunCommand::Pause));
    assert_eq!(app.world().resource::<Refusal>().0, None);
}
