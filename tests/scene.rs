//! The scene without a renderer: what is computed, when, and that it is what the pipeline computes.

use bevy::input::ButtonState;
use bevy::input::keyboard::{Key, KeyboardInput, NativeKey};
use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
use losscape::app::{self, Overlay};
use losscape::core::command::{Command, RaceStart, RunCommand};
use losscape::core::data::{BatchSize, DatasetConfig};
use losscape::core::experiment::{
    CameraMode, Change, Experiment, ExperimentFile, Shape, Theme, ViewFile, builtin, file::Resolution,
    pipeline,
};
use losscape::core::geometry::colormap::ColorMap;
use losscape::core::geometry::heights::HeightScale;
use losscape::core::optim::OptimizerConfig;
use losscape::core::probe;
use losscape::core::script::restore::is_alike;
use losscape::core::script::{Audience, Tour};
use losscape::core::session::Transport;
use losscape::core::train::{Checkpoint, Trajectory};
use losscape::record::eye::{Eye, EyeRequest};
use losscape::record::film::frames_of;
use losscape::scene;
use losscape::scene::Pacing;
use losscape::scene::camera::{SceneCamera, seen};
use losscape::scene::frame::Placement;
use losscape::scene::isosurface::Iso;
use losscape::scene::landscape::Landscape;
use losscape::scene::motion::Motion;
use losscape::scene::pointer::{HoverPoint, ray_through};
use losscape::scene::prober;
use losscape::scene::relief::Relief;
use losscape::scene::session::{Ask, Refusal, SessionState};
use losscape::scene::slice::Shown;
use losscape::scene::texture::Textures;
use losscape::scene::tour::{Presenter, Touring};
use losscape::scene::training::{Live, Training};
use losscape::ui::Desk;
use losscape::ui::board::LETTERS;
use losscape::ui::desktop::filming::Studio;
use std::sync::Arc;
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
        assert_eq!(
            Some(known.plane.as_ref().unwrap().picture.field.grid()),
            expected.plane.as_ref(),
            "{pacing:?}"
        );
        assert_eq!(Some(known.volume.as_ref().unwrap().field.grid()), expected.volume.as_ref());
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
        ask(&mut app, Command::Set(Change::Speed(1000.0)));
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
        ask(&mut app, Command::Set(Change::Alpha3(f64::from(i) * 0.02)));
        let shown = app.world().resource::<Shown>();
        assert_eq!(shown.alpha3, f64::from(i) * 0.02);
        assert_eq!(shown.is_exact, i == 0);
    }
    ask(&mut app, Command::Sweep(true));
    for _ in 0..50 {
        app.update();
    }
    assert_eq!(landscape(&app).cells_evaluated, before, "nothing is evaluated while the plane moves");
    ask(&mut app, Command::Set(Change::Alpha3(0.8)));
    until(&mut app, "an exact plane at rest", |app| app.world().resource::<Shown>().is_exact);
    assert_eq!(landscape(&app).cells_evaluated, before + 17 * 13);
    let known = landscape(&app).current().unwrap();
    let plane = known.plane.as_ref().unwrap();
    assert_eq!(plane.alpha3, 0.8);
    assert_eq!(**plane.picture.field.grid(), known.plan.plane_job(0.8).unwrap().finish());
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
    ask(&mut app, Command::Set(Change::Dataset(dataset)));
    until(&mut app, "the plane of the new dataset", |app| {
        let is_asked = app.world().resource::<SessionState>().experiment().dataset.name() == "diagonal";
        is_asked && landscape(app).current().is_some()
    });
    let objective = landscape(&app).current().unwrap().plan.objective().unwrap().clone();
    assert_eq!(objective.supervised().unwrap().train().name, "diagonal");
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
    ask(&mut app, Command::Set(Change::Speed(1e5)));
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
    ask(&mut app, Command::Set(Change::Batch(BatchSize::Size(0))));
    let refusal = app.world().resource::<Refusal>().0.clone().unwrap();
    assert_eq!((&refusal.field[..], &refusal.value[..]), ("batch", "0"));
    ask(&mut app, Command::Run(RunCommand::Pause));
    assert_eq!(app.world().resource::<Refusal>().0, None);
}

#[test]
fn turning_the_plane_slices_anew_without_training_again() {
    let mut app = open(small(), Pacing::Live);
    until(&mut app, "a settled landscape", |app| landscape(app).is_settled());
    let trajectory = landscape(&app).current().unwrap().plan.trajectory.clone();
    let (run, cells) = (live(&app).id(), landscape(&app).cells_evaluated);
    ask(&mut app, Command::Set(Change::Rotate(40.0)));
    until(&mut app, "the turned landscape", |app| landscape(app).is_settled());
    let known = landscape(&app).current().unwrap();
    assert!(std::sync::Arc::ptr_eq(&known.plan.trajectory, &trajectory), "the same look-ahead run");
    assert_eq!(live(&app).id(), run, "the live run goes on");
    assert_eq!(landscape(&app).cells_evaluated, cells + 17 * 13 + 9 * 9 * 5);
    let turned = small().with(|file| file.slice.rotate = 40.0).unwrap();
    let expected = pipeline::run(&turned).unwrap();
    assert_eq!(known.plan.plane, expected.plan.plane);
    assert_eq!(Some(known.plane.as_ref().unwrap().picture.field.grid()), expected.plane.as_ref());
    assert_eq!(Some(known.volume.as_ref().unwrap().field.grid()), expected.volume.as_ref());
}

#[test]
fn beyond_the_volume_the_plane_is_evaluated_where_it_stands() {
    let mut app = open(small(), Pacing::Live);
    until(&mut app, "a settled landscape", |app| landscape(app).is_settled());
    let before = landscape(&app).cells_evaluated;
    // A drag: no place is waited for, and the last one is arrived at.
    for i in 0..=20 {
        ask(&mut app, Command::Set(Change::Alpha3(3.0 + 0.1 * f64::from(i))));
        assert_eq!(app.world().resource::<Shown>().alpha3, 3.0 + 0.1 * f64::from(i));
    }
    until(&mut app, "an exact plane", |app| app.world().resource::<Shown>().is_exact);
    let known = landscape(&app).current().unwrap();
    assert_eq!(
        **known.plane.as_ref().unwrap().picture.field.grid(),
        known.plan.plane_job(5.0).unwrap().finish()
    );
    let shown = app.world().resource::<Shown>();
    assert_eq!((shown.layer, shown.blending_error), (None, None), "there is nothing to blend");
    assert!(landscape(&app).cells_evaluated > before);
    // Back inside, the volume is still there.
    ask(&mut app, Command::Set(Change::Alpha3(1.0)));
    let known = landscape(&app).current().unwrap();
    assert!(app.world().resource::<Shown>().blend(known).is_some());
}

#[test]
fn racers_descend_as_each_would_alone_and_share_the_plane() {
    let mut app = open(small(), Pacing::Awaited);
    app.update();
    let adam = OptimizerConfig::all().into_iter().find(|one| one.name() == "adam").unwrap();
    let race = RunCommand::race(adam.clone(), RaceStart::Same);
    ask(&mut app, Command::Run(race));
    let point = vec![1.0, -0.5, 0.25];
    let race = RunCommand::race(adam.clone(), RaceStart::Slice(point.clone()));
    ask(&mut app, Command::Run(race));
    let revision = landscape(&app).current().unwrap().revision;
    ask(&mut app, Command::Run(RunCommand::Seek(30)));
    app.update();
    let training = app.world().resource::<Training>();
    let [leader, second, third] = training.runs() else { panic!("three runs") };
    assert_eq!([leader.step(), second.step(), third.step()], [30; 3]);
    assert_eq!([leader.number(), second.number(), third.number()], [0, 1, 2]);
    let alone = |optimizer: Option<OptimizerConfig>| {
        let change = |file: &mut ExperimentFile| file.optimizer = optimizer.unwrap_or(file.optimizer.clone());
        let mut run = small().with(change).unwrap().start_run().unwrap();
        run.advance(30);
        run.latest()
    };
    assert_eq!(leader.latest(), Some(&alone(None)));
    assert_eq!(second.latest(), Some(&alone(Some(adam))));
    assert_eq!(second.points()[0].theta, leader.points()[0].theta, "from the same start");
    let subspace = &landscape(&app).current().unwrap().plan.plane.subspace;
    assert_eq!(third.points()[0].theta[..], subspace.lift(&point));
    assert_eq!(landscape(&app).current().unwrap().revision, revision, "on the same plane");

    let id = second.id().unwrap();
    ask(&mut app, Command::Run(RunCommand::Retire(id)));
    let numbers: Vec<usize> = app.world().resource::<Training>().runs().iter().map(Live::number).collect();
    assert_eq!(numbers.len(), 2);
}

/// An eye that draws nothing, on a settled landscape.
fn eye(change: impl FnOnce(&mut ExperimentFile), pacing: Pacing) -> Eye {
    let experiment = small().with(change).unwrap();
    let request = EyeRequest {
        experiment,
        size: [960, 540],
        overlay: Overlay::Panels,
        pacing,
        msaa: Msaa::Off,
        pixels_per_point: 1,
    };
    let mut eye = Eye::undrawn_with(request, |_| {});
    for _ in 0..2000 {
        eye.frame();
        if eye.world().resource::<Landscape>().is_settled() {
            break;
        }
    }
    for _ in 0..4 {
        eye.frame();
    }
    eye
}

fn camera(eye: &Eye) -> (Camera, GlobalTransform) {
    let world = eye.world();
    let mut query = world.try_query_filtered::<(&Camera, &GlobalTransform), With<SceneCamera>>().unwrap();
    let (camera, transform) = query.single(world).unwrap();
    (camera.clone(), *transform)
}

/// What a pointer hits is what Bevy's camera drew there: known points, projected and picked back.
#[test]
fn points_that_the_camera_shows_are_picked_back_to_a_tenth_of_a_cell() {
    let views: [fn(&mut ViewFile); 6] = [
        |_| {},
        |view| view.scale = HeightScale::Log,
        |view| view.scale = HeightScale::Linear,
        |view| view.camera = CameraMode::Map,
        |view| view.shape = Shape::Cube,
        |view| view.shape = Shape::Both,
    ];
    for change in views {
        let eye = eye(|file| change(&mut file.view), Pacing::Awaited);
        let (camera, transform) = camera(&eye);
        let world = eye.world();
        let (shown, placement) = (world.resource::<Shown>(), world.resource::<Placement>());
        let known = world.resource::<Landscape>().current().unwrap();
        let axes = known.plan.plane_spec.axes();
        let cell = [0, 1].map(|i: usize| axes[i].step());
        let mut picked = 0;
        for (stand, placed) in placement.iter() {
            let relief = Relief::new(known, shown, placed);
            for (i, j) in (1..16).flat_map(|i| (1..12).map(move |j| (i, j))) {
                let alpha = [axes[0].value(f64::from(i)), axes[1].value(f64::from(j))];
                let at = placed.world(relief.point(alpha).unwrap());
                let Some(pixel) = seen(&camera, &transform, at) else { continue };
                // On an outline the ray itself may just miss, by less than a pixel can tell.
                let around = [[0.0, 0.0], [0.05, 0.0], [-0.05, 0.0], [0.0, 0.05], [0.0, -0.05_f32]];
                let hits = around.into_iter().filter_map(|shift| {
                    let ray = ray_through(&camera, &transform, pixel + Vec2::from(shift)).unwrap();
                    let point = HoverPoint::under(&ray, known, shown, placement)?;
                    let from_eye =
                        |at: [f64; 3]| (0..3).map(|k| (at[k] - ray.origin[k]).powi(2)).sum::<f64>().sqrt();
                    Some((from_eye(at) - from_eye(point.world), point))
                });
                let (behind, point) = hits.min_by(|a, b| a.0.abs().total_cmp(&b.0.abs())).unwrap();
                // Where the surface is seen edge-on a hair aside is a long way off.
                assert!(behind > -0.05, "{alpha:?} is looked through");
                // A ridge before it is what is hit.
                if behind.abs() > 2e-3 || point.stand != stand {
                    continue;
                }
                picked += 1;
                for k in 0..2 {
                    let off = (point.alpha[k] - alpha[k]).abs() / cell[k];
                    assert!(off < 0.1, "{alpha:?} is picked as {:?}", point.alpha);
                }
                let objective = known.plan.objective().unwrap();
                let loss = objective.loss(&known.plan.plane.subspace.lift(&point.alpha));
                assert_eq!((point.loss, point.is_evaluated), (loss, true));
            }
        }
        assert!(picked > 80, "{picked} points were in sight");
    }
}

#[test]
fn textures_are_made_when_losses_change_and_at_no_other_time() {
    let mut eye = eye(|file| file.slice.grid = Resolution([65, 65]), Pacing::Live);
    let textures = |eye: &Eye| eye.world().resource::<Textures>().clone();
    eye.ask(Command::Run(RunCommand::Pause));
    eye.frame();
    let before = textures(&eye);
    for i in 0..30 {
        eye.ask(Command::Set(Change::Alpha3(f64::from(i) * 0.02)));
        eye.ask(Command::Set(Change::Camera(CameraMode::ALL[i as usize % 4])));
        eye.ask(Command::Set(Change::Scale(HeightScale::ALL[i as usize % 3])));
        eye.frame();
    }
    let after = textures(&eye);
    assert_eq!((&before.plane, &before.volume), (&after.plane, &after.volume));
    eye.ask(Command::Set(Change::Colors(ColorMap::Magma)));
    eye.frame();
    assert_ne!(textures(&eye).colors, before.colors);
    assert_eq!(textures(&eye).volume, before.volume);
}

/// Makes frames until the landscape is settled and each isosurface found; tells how often the textures of plane
/// and volume were made meanwhile, and in how many frames an isosurface was on its way.
fn made_until_settled(eye: &mut Eye) -> [usize; 3] {
    let of = |eye: &Eye| {
        let textures = eye.world().resource::<Textures>();
        let pictures = eye.world().resource::<Landscape>().known().unwrap().pictures();
        ([textures.plane.clone(), textures.volume.clone()], [pictures.plane, pictures.volume])
    };
    let (mut made, mut before) = ([0; 3], of(eye));
    for still in 0.. {
        eye.frame();
        let now = of(eye);
        for (i, made) in made.iter_mut().take(2).enumerate() {
            *made += usize::from(now.0[i] != before.0[i]);
            assert!(now.0[i] == before.0[i] || now.1[i] != before.1[i], "made for its own picture alone");
        }
        before = now;
        let is_finding = eye.world().resource::<Iso>().is_busy();
        made[2] += usize::from(is_finding);
        let is_exact = eye.world().resource::<Shown>().is_exact;
        let is_settled = eye.world().resource::<Landscape>().is_settled() && is_exact && !is_finding;
        if is_settled && still > 20 {
            return made;
        }
        assert!(still < 4000, "nothing settles");
        std::thread::sleep(Duration::from_millis(1));
    }
    made
}

#[test]
fn while_the_plane_is_refined_the_volume_is_not_uploaded_and_no_isosurface_is_asked_for() {
    for pacing in [Pacing::Live, Pacing::Filmed] {
        let cube = |file: &mut ExperimentFile| {
            file.slice.grid = Resolution([65, 65]);
            file.view.shape = Shape::Both;
            file.view.isosurface = Some(0.2);
        };
        let mut eye = eye(cube, pacing);
        eye.ask(Command::Run(RunCommand::Pause));
        made_until_settled(&mut eye);
        for i in 1..=8 {
            // Half of them lie beyond the volume, where the plane is evaluated coarse to fine.
            eye.ask(Command::Set(Change::Alpha3(0.37 * f64::from(i))));
            let [plane, volume, isosurfaces] = made_until_settled(&mut eye);
            assert!(plane > 0, "the plane is another");
            assert_eq!([volume, isosurfaces], [0, 0], "{pacing:?}");
        }
        // Another slice is another volume, and that is uploaded, and its isosurface found.
        eye.ask(Command::Set(Change::Rotate(40.0)));
        let [plane, volume, isosurfaces] = made_until_settled(&mut eye);
        assert!(plane > 0 && volume > 0 && isosurfaces > 0, "{plane} {volume} {isosurfaces}");
    }
}

#[test]
fn a_window_in_which_nothing_changes_comes_to_rest_and_wakes_when_touched() {
    let mut eye = eye(|_| {}, Pacing::Live);
    eye.ask(Command::Run(RunCommand::Seek(60)));
    let rests = |eye: &mut Eye| {
        for _ in 0..2000 {
            eye.frame();
            if !eye.world().resource::<Motion>().0 {
                return true;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        false
    };
    assert!(rests(&mut eye), "paused");
    for command in [
        Command::Set(Change::Alpha3(0.5)),
        Command::Set(Change::Camera(CameraMode::Map)),
        Command::Set(Change::Scale(HeightScale::Log)),
        Command::Set(Change::Theme(Theme::Light)),
        Command::Run(RunCommand::Step(1)),
    ] {
        eye.ask(command.clone());
        eye.frame();
        assert!(eye.world().resource::<Motion>().0, "{command:?} is seen");
        assert!(rests(&mut eye), "{command:?}");
    }
    eye.ask(Command::Sweep(true));
    (0..60).for_each(|_| eye.frame());
    assert!(eye.world().resource::<Motion>().0, "a plane that travels is never still");
}

/// What a frame looks at does not grow with the run, and the beginning of the run is seen as it was.
#[test]
fn a_long_run_is_no_heavier_to_look_at_than_a_short_one() {
    let mut app = open(small().with(|file| file.view.steps_per_second = 1e5).unwrap(), Pacing::Awaited);
    app.update();
    until(&mut app, "the end of training", |app| live(app).step() >= 120);
    let beginning = live(&app).points().to_vec();
    ask(&mut app, Command::Run(RunCommand::Play));
    until(&mut app, "many steps", |app| live(app).step() >= 150_000);
    let points = live(&app).points();
    assert!(points.len() < 4096 + 2048 * 6, "{}", points.len());
    assert_eq!(points[..beginning.len()], beginning);
    assert_eq!(live(&app).before().unwrap().step, live(&app).step() - 1);
    // What it went past and back to is one and the same.
    let long = points[..5000].to_vec();
    ask(&mut app, Command::Run(RunCommand::Seek(long[4999].step)));
    until(&mut app, "the way back", |app| live(app).step() == long[4999].step);
    assert_eq!(live(&app).points(), long);
}

/// The parameters of a run are there once: each point of it is a point of the look-ahead run, not a copy.
#[test]
fn the_live_run_shares_the_checkpoints_of_the_look_ahead_run() {
    let mut app = open(small().with(|file| file.view.steps_per_second = 1e5).unwrap(), Pacing::Awaited);
    app.update();
    let ahead = |app: &App| landscape(app).current().unwrap().plan.trajectory.clone();
    let is_shared = |points: &[Checkpoint], known: &Trajectory| {
        let twin = |point: &Checkpoint| known.checkpoints().iter().find(|known| known.step == point.step);
        let is_same = |point: &Checkpoint| Arc::ptr_eq(&twin(point).unwrap().theta, &point.theta);
        !points.is_empty() && points.iter().all(is_same)
    };
    until(&mut app, "the end of training", |app| live(app).step() >= 120);
    for step in [120, 30, 90] {
        ask(&mut app, Command::Run(RunCommand::Seek(step)));
        until(&mut app, "the step", |app| live(app).step() == step);
        assert!(is_shared(live(&app).points(), &ahead(&app)), "at step {step}");
    }
    // A look-ahead run that goes further shares what the one before it had.
    let before = ahead(&app);
    ask(&mut app, Command::Set(Change::Steps(200)));
    until(&mut app, "the longer run", |app| landscape(app).is_settled());
    let longer = ahead(&app);
    assert_eq!(longer.last().unwrap().step, 200);
    assert!(is_shared(before.checkpoints(), &longer));
}

#[test]
fn runs_of_a_race_share_what_one_may_keep() {
    let mut app = open(small(), Pacing::Awaited);
    app.update();
    until(&mut app, "a run", |app| live(app).latest().is_some());
    let whole = live(&app).capacity();
    let race = RunCommand::race(OptimizerConfig::default(), RaceStart::Same);
    ask(&mut app, Command::Run(race));
    until(&mut app, "two runs", |app| {
        let runs = app.world().resource::<Training>().runs();
        runs.len() == 2 && runs.iter().all(|run| run.latest().is_some())
    });
    let each: Vec<usize> = app.world().resource::<Training>().runs().iter().map(Live::capacity).collect();
    assert!(each.iter().all(|capacity| capacity.abs_diff(whole / 2) <= 1), "{each:?} of {whole}");
}

/// Keys to press, one in each frame, and whether Ctrl is held.
#[derive(Resource, Default)]
struct Script(Vec<(KeyCode, bool)>);

/// A key of a US board as a window hears it.
fn event(key: KeyCode, state: ButtonState) -> KeyboardInput {
    let logical_key = match LETTERS.iter().position(|letter| *letter == key) {
        Some(at) => Key::Character(char::from(b'a' + at as u8).to_string().into()),
        None => Key::Unidentified(NativeKey::Unidentified),
    };
    KeyboardInput {
        key_code: key,
        logical_key,
        state,
        text: None,
        repeat: false,
        window: Entity::PLACEHOLDER,
    }
}

/// The keys of a board, one in each frame.
fn press(mut script: ResMut<Script>, mut typed: MessageWriter<KeyboardInput>, mut held: Local<Vec<KeyCode>>) {
    typed.write_batch(held.drain(..).map(|key| event(key, ButtonState::Released)));
    if let Some((key, has_ctrl)) = script.0.pop() {
        held.extend(has_ctrl.then_some(KeyCode::ControlLeft));
        held.push(key);
        typed.write_batch(held.iter().map(|key| event(*key, ButtonState::Pressed)));
    }
}

#[test]
fn the_main_job_is_done_by_keys_alone() {
    let script = [
        (KeyCode::Space, false),
        (KeyCode::ArrowRight, false),
        (KeyCode::ArrowRight, false),
        (KeyCode::ArrowLeft, false),
        (KeyCode::KeyV, false),
        (KeyCode::KeyX, false),
        (KeyCode::KeyY, false),
        (KeyCode::KeyZ, true),
        (KeyCode::Digit3, true),
        (KeyCode::KeyM, false),
        (KeyCode::Digit3, false),
        (KeyCode::KeyK, false),
        (KeyCode::KeyH, false),
        (KeyCode::F1, false),
        (KeyCode::KeyL, false),
    ];
    let mut eye = pressing(&script, Pacing::Awaited);
    (0..30).for_each(|_| eye.frame());
    let world = eye.world();
    let session = world.resource::<SessionState>();
    let step = world.resource::<Training>().step();
    assert_eq!(session.plane_source().transport, Transport::Held { at: step }, "held, stepped on and back");
    assert_eq!(session.look().shape, Shape::Cube);
    assert_eq!(session.look().scale, HeightScale::Linear);
    assert_eq!(session.look().theme, Theme::Dark, "the theme was taken back");
    assert_eq!(session.look().camera, CameraMode::Orbit, "the bookmark leaves the map");
    assert!(session.view().bookmarks[2].is_some() && session.view().visit.is_some());
    assert_eq!((session.view().keys.len(), session.view().is_panels_shown), (1, false));
    let desk = world.resource::<Desk>();
    assert!(desk.is_help_open && desk.is_lecture);
}

/// An eye that presses these keys, one in each frame once the landscape is there.
fn pressing(script: &[(KeyCode, bool)], pacing: Pacing) -> Eye {
    let request = EyeRequest {
        experiment: small(),
        size: [960, 540],
        overlay: Overlay::Panels,
        pacing,
        msaa: Msaa::Off,
        pixels_per_point: 1,
    };
    Eye::undrawn_with(request, |app| {
        let script = script.iter().copied().rev();
        // The first frames make the landscape.
        let waiting = [(KeyCode::F24, false); 4];
        app.insert_resource(Script(script.chain(waiting).collect())).init_resource::<Stroke>();
        app.add_systems(PreUpdate, (press, strike).chain().before(bevy::input::InputSystems));
    })
}

/// Keys that go down, and up again, all in the same frame.
#[derive(Resource, Default)]
struct Stroke(Vec<(KeyCode, ButtonState)>);

fn strike(mut stroke: ResMut<Stroke>, mut typed: MessageWriter<KeyboardInput>) {
    typed.write_batch(stroke.0.drain(..).map(|(key, state)| event(key, state)));
}

#[test]
fn in_a_slow_frame_each_key_has_the_modifiers_that_were_held_with_it() {
    use ButtonState::{Pressed, Released};
    let (ctrl, c, three, x) = (KeyCode::ControlLeft, KeyCode::KeyC, KeyCode::Digit3, KeyCode::KeyX);
    let strokes = [
        (c, Pressed),
        (c, Released),
        (ctrl, Pressed),
        (three, Pressed),
        (three, Released),
        (ctrl, Released),
        (x, Pressed),
        (x, Released),
    ];
    let mut eye = pressing(&[], Pacing::Awaited);
    let scale = eye.world().resource::<SessionState>().look().scale;
    (0..8).for_each(|_| eye.frame());
    eye.world_mut().resource_mut::<Stroke>().0 = strokes.to_vec();
    (0..6).for_each(|_| eye.frame());
    let session = eye.world().resource::<SessionState>();
    assert_eq!(session.look().camera, CameraMode::Flight, "c comes before Ctrl is held");
    assert!(session.view().bookmarks[2].is_some(), "Ctrl+3");
    assert_ne!(session.look().scale, scale, "x comes after Ctrl was let go");
}

/// Each key of a slow frame acts on what the one before it has made.
#[test]
fn a_key_pressed_twice_in_a_slow_frame_acts_twice() {
    use ButtonState::{Pressed, Released};
    let (x, y, n) = (KeyCode::KeyX, KeyCode::KeyY, KeyCode::KeyN);
    let mut eye = pressing(&[], Pacing::Awaited);
    (0..8).for_each(|_| eye.frame());
    let look = |eye: &Eye| {
        let look = eye.world().resource::<SessionState>().look().clone();
        (look.scale, look.theme)
    };
    let (scale, theme) = look(&eye);
    let strokes = [y, x, n, y, x].into_iter().flat_map(|key| [(key, Pressed), (key, Released)]);
    eye.world_mut().resource_mut::<Stroke>().0 = strokes.collect();
    (0..6).for_each(|_| eye.frame());
    let after = |scale| {
        let all = HeightScale::ALL;
        all[(all.iter().position(|one| *one == scale).unwrap() + 1) % all.len()]
    };
    assert_eq!(
        look(&eye),
        (after(after(scale)), theme),
        "twice the next scale, and the theme there and back"
    );
}

#[test]
fn without_a_change_undo_says_so() {
    let mut eye = pressing(&[(KeyCode::KeyZ, true)], Pacing::Awaited);
    (0..8).for_each(|_| eye.frame());
    let notice = eye.world().resource::<Desk>().notice.clone();
    assert_eq!(notice, Some(Err("no change is left to be taken back".to_owned())));
}

/// At two frames a second, training, the speed shown and a plane that travels keep to the clock; and the time
/// of a rest is nobody's.
#[test]
fn slow_frames_lose_no_time_and_a_rest_is_none() {
    let mut eye = eye(|file| file.view.steps_per_second = 4.0, Pacing::Live);
    let rest = |eye: &mut Eye| {
        eye.set_frame_time(Duration::from_millis(20));
        for _ in 0..2000 {
            eye.frame();
            if !eye.world().resource::<Motion>().0 {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("it never rests");
    };
    eye.ask(Command::Run(RunCommand::Seek(0)));
    rest(&mut eye);
    eye.set_frame_time(Duration::from_secs(60));
    eye.ask(Command::Run(RunCommand::Play));
    eye.frame();
    let home = |eye: &mut Eye| {
        while eye.world().resource::<Training>().is_busy() {
            std::thread::sleep(Duration::from_millis(1));
            eye.set_frame_time(Duration::ZERO);
            eye.frame();
        }
        eye.world().resource::<Training>().step()
    };
    assert_eq!(home(&mut eye), 0, "a minute of rest is no step");
    for frame in 1..=10 {
        eye.set_frame_time(Duration::from_millis(500));
        eye.frame();
        assert_eq!(home(&mut eye), 2 * frame);
    }
    eye.ask(Command::Sweep(true));
    eye.set_frame_time(Duration::ZERO);
    eye.frame();
    let before = eye.world().resource::<Shown>().alpha3;
    eye.set_frame_time(Duration::from_millis(1500));
    eye.frame();
    let known = eye.world().resource::<Landscape>().current().unwrap();
    let axis = known.plan.volume_spec.as_ref().unwrap().axes()[2];
    let moved = (eye.world().resource::<Shown>().alpha3 - before).abs() / (axis.high - axis.low);
    assert!((moved - 0.25).abs() < 1e-9, "1.5 of the 6 seconds from end to end: {moved}");
}

#[test]
fn what_was_recorded_in_the_window_ends_on_film_where_it_ended() {
    let rest = [(KeyCode::F24, false); 12];
    let mut script = vec![(KeyCode::ArrowRight, false), (KeyCode::KeyY, false), (KeyCode::F10, false)];
    for key in [KeyCode::Space, KeyCode::KeyV, KeyCode::KeyM, KeyCode::KeyT, KeyCode::KeyR, KeyCode::KeyT] {
        script.extend(rest.iter().copied().chain([(key, false)]));
    }
    script.extend([(KeyCode::KeyZ, true), (KeyCode::KeyY, true), (KeyCode::KeyX, false)]);
    script.extend(rest.iter().copied().chain([(KeyCode::F10, false)]));
    let mut live = pressing(&script, Pacing::Filmed);
    (0..script.len() + 5).for_each(|_| live.frame());
    let world = live.world();
    let take = world.resource::<Desk>().files.take.expect("the recording has ended");
    assert!(take.secs > 2.5, "{}", take.secs);
    let file = world.resource::<Studio>().take.clone().unwrap();
    let (session, step) = (world.resource::<SessionState>(), world.resource::<Training>().step());
    assert!(step > 0 && session.look().shape == Shape::Cube);

    for fps in [24, 60] {
        let tour = Tour::new(file.clone(), &Default::default()).unwrap();
        let frames = frames_of(&tour, fps);
        let mut app = open(tour.first_experiment(), Pacing::Filmed);
        app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_secs(1) / fps));
        scene::tour::begin(&mut app, tour, Audience::Film, false);
        (0..frames).for_each(|_| app.update());
        assert_eq!(app.world().resource::<Refusal>().0, None);
        let film = app.world().resource::<SessionState>();
        assert!(is_alike(film, session), "{fps}: {}", file.to_ron());
        assert_eq!(app.world().resource::<Training>().step(), step, "{fps}: {}", file.to_ron());
    }
}

/// What a presenter does, in the window's own systems.
#[test]
fn a_tour_is_given_step_by_step_and_left_with_everything_as_it_is() {
    let text = "(chapters: [
        (caption: \"a\", experiment: \"diagonal-model2\", secs: 0.2, cues: [
            (when: key(0.1), command: view(theme(light))),
        ]),
        (caption: \"b\", secs: 5.0, cues: [(when: at(4.0), command: view(opacity(0.5)))]),
    ])";
    let tour = Tour::parse(text, "x.ron", &Default::default()).unwrap();
    let mut app = open(small(), Pacing::Filmed);
    app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_secs(1) / 30));
    let say = |app: &mut App, word: Presenter| {
        app.world_mut().write_message(word);
        (0..12).for_each(|_| app.update());
        let touring = app.world().resource::<Touring>();
        touring.told().map(|chapter| chapter.caption.clone())
    };
    let look = |app: &App| app.world().resource::<SessionState>().look().clone();
    assert_eq!(say(&mut app, Presenter::Begin(Box::new(tour))).as_deref(), Some("a"));
    assert_eq!(app.world().resource::<SessionState>().experiment().model.name(), "model2");
    assert_eq!(look(&app).theme, Theme::Dark, "it waits for the key");
    assert_eq!(say(&mut app, Presenter::Forward).as_deref(), Some("a"));
    assert_eq!(look(&app).theme, Theme::Light);
    assert_eq!(say(&mut app, Presenter::Forward).as_deref(), Some("b"));
    assert_eq!(look(&app).opacity, 1.0);
    // At the end of the last chapter nothing follows.
    assert_eq!(say(&mut app, Presenter::Forward).as_deref(), Some("b"));
    assert_eq!(look(&app).opacity, 0.5);
    assert_eq!(say(&mut app, Presenter::End), None);
    assert_eq!((look(&app).theme, look(&app).opacity), (Theme::Light, 0.5));
    assert_eq!(app.world().resource::<Refusal>().0, None);
}

/// More parameters than a frame has time for: the verdict comes from a thread once the run rests, and goes
/// when it sets out again.
#[test]
fn a_large_model_is_judged_where_it_rests() {
    let text = "(steps: 40, model: mlp(widths: [14, 14]), dataset: xor(points: 80),
        slice: (plane: chord, grid: [5, 5], volume: [3, 3, 3]))";
    let experiment = Experiment::new(ExperimentFile::parse(text, "x.ron").unwrap()).unwrap();
    let objective = experiment.objective().unwrap().clone();
    assert!(!prober::is_affordable(&*objective));
    let mut app = open(experiment, Pacing::Live);
    ask(&mut app, Command::Run(RunCommand::Seek(40)));
    until(&mut app, "a verdict", |app| live(app).verdict().is_some());
    let latest = live(&app).latest().unwrap().clone();
    let plane = &landscape(&app).current().unwrap().plan.plane.subspace;
    let expected = probe::probe(&*objective, plane, &latest.theta, 0).verdict.brief();
    assert_eq!((latest.step, live(&app).verdict()), (40, Some(expected)));
    assert!(!app.world().resource::<Training>().is_busy(), "nothing is left to be found out");
    ask(&mut app, Command::Run(RunCommand::Seek(10)));
    until(&mut app, "another step", |app| live(app).step() == 10);
    until(&mut app, "another verdict", |app| live(app).verdict().is_some());
}
