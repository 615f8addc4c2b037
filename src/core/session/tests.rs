//! What commands do to a session.

use super::*;
use crate::core::data::{BatchSize, DatasetConfig};
use crate::core::experiment::file::Resolution;
use crate::core::experiment::{Assignment, Change, ExperimentFile, Shape, Theme, TrailColors};
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::heights::HeightScale;
use crate::core::model::Init;
use crate::core::optim::{OptimizerConfig, Schedule};
use crate::core::subspace::PlaneConfig;
use crate::disk::sources;

fn session() -> Session {
    Session::new(Experiment::reading(ExperimentFile::default(), &sources()).unwrap())
}

fn at(step: u64) -> Now {
    Now { step, alpha3: 0.25 }
}

fn transport(session: &Session) -> Transport {
    session.plane_source().transport
}

#[test]
fn a_refused_command_changes_nothing_and_is_not_logged() {
    let mut session = session();
    let before = session.clone();
    let mut optimizer = OptimizerConfig::default();
    optimizer.set_lr(-1.0);
    let command = Command::Set(Change::Optimizer(optimizer));
    let error = session.apply(command, at(3)).unwrap_err();
    assert_eq!(error.to_string(), "optimizer.lr = -1: expected a finite number above 0");
    assert_eq!(session, before);
    assert!(session.apply(Command::Set(Change::Speed(0.0)), at(3)).is_err());
    assert!(session.apply(Command::Set(Change::Alpha3(f64::NAN)), at(3)).is_err());
    assert_eq!(session, before);
}

#[test]
fn what_changes_training_makes_a_new_run_and_what_does_not_keeps_it() {
    let mut session = session();
    let first = session.plane_source().id;
    session.apply(Command::Set(Change::Plane(PlaneConfig::Chord)), at(5)).unwrap();
    session.apply(Command::Set(Change::Steps(10)), at(5)).unwrap();
    assert_eq!(session.plane_source().id, first);
    let dataset = DatasetConfig::Diagonal { points: 50, noise: 0.0, exact: false };
    session.apply(Command::Set(Change::Dataset(dataset)), at(5)).unwrap();
    assert_ne!(session.plane_source().id, first);
    assert_eq!(session.runs().len(), 1);
}

#[test]
fn the_transport_holds_where_training_is() {
    let mut session = session();
    let planned = session.experiment().steps;
    assert_eq!(transport(&session), Transport::Playing { until: Some(planned) });
    let mut run = |command, step| {
        session.apply(Command::Run(command), at(step)).unwrap();
        transport(&session)
    };
    assert_eq!(run(RunCommand::Pause, 17), Transport::Held { at: 17 });
    assert_eq!(run(RunCommand::Step(1), 17), Transport::Held { at: 18 });
    assert_eq!(run(RunCommand::Seek(4), 18), Transport::Held { at: 4 });
    assert_eq!(run(RunCommand::Play, 4), Transport::Playing { until: Some(planned) });
    assert_eq!(run(RunCommand::Play, planned), Transport::Playing { until: None }, "on past the end");
    assert_eq!(run(RunCommand::Restart, 9), Transport::Playing { until: Some(planned) });
    assert_eq!(session.plane_source().starts, 1);
}

#[test]
fn a_sweep_is_held_where_it_stands() {
    let mut session = session();
    session.apply(Command::Sweep(true), at(0)).unwrap();
    assert_eq!(session.view().alpha3, Alpha3::Sweeping { from: 0.25 });
    session.apply(Command::Sweep(false), Now { step: 0, alpha3: 1.5 }).unwrap();
    assert_eq!(session.view().alpha3, Alpha3::Held(1.5));
}

#[test]
fn a_replay_of_the_log_makes_the_same_session() {
    let mut session = session();
    let commands = [
        Command::Run(RunCommand::Pause),
        Command::Set(Change::Alpha3(0.1)),
        Command::Set(Change::Alpha3(0.2)),
        Command::Set(Change::Seed(9)),
        Command::View(ViewCommand::FrameAll),
        Command::Set(Change::Speed(1000.0)),
    ];
    for (step, command) in commands.into_iter().enumerate() {
        session.apply(command, at(step as u64 / 3)).unwrap();
    }
    assert_eq!(session.log().entries().len(), 5, "of a drag the last place is kept");
    let mut again = self::session();
    for entry in session.log().entries() {
        again.apply(entry.command.clone(), at(entry.step)).unwrap();
    }
    assert_eq!(again, session);
}

#[test]
fn another_dataset_brings_a_loss_that_fits_it() {
    let mut session = session();
    for (name, loss) in [("digits", "cross_entropy"), ("sine_regression", "mse"), ("moons", "mse")] {
        let dataset = DatasetConfig::by_name(name).unwrap();
        session.apply(Command::Set(Change::Dataset(dataset)), at(0)).unwrap();
        assert_eq!(session.experiment().loss.name(), loss, "{name}");
    }
}

fn race(lr: f64, from: RaceStart) -> Command {
    let mut optimizer = OptimizerConfig::default();
    optimizer.set_lr(lr);
    Command::Run(RunCommand::race(optimizer, from))
}

#[test]
fn racers_set_out_together_and_only_the_one_that_chose_the_plane_must_stay() {
    let mut session = session();
    let leader = session.plane_source().id;
    session.apply(Command::Run(RunCommand::Pause), at(40)).unwrap();
    session.apply(race(0.5, RaceStart::Same), at(40)).unwrap();
    session.apply(race(0.25, RaceStart::Slice(vec![1.0, -1.0])), at(0)).unwrap();
    let runs = session.runs();
    let planned = session.experiment().steps;
    assert!(runs.iter().all(|run| run.transport == Transport::Playing { until: Some(planned) }));
    assert_eq!(runs[0].starts, 2, "each that joins sends all back to the start");
    assert_eq!(runs[2].from, RaceStart::Slice(vec![1.0, -1.0]));
    let run::Origin::Trained(experiment) = &runs[1].origin else { panic!("trained here") };
    assert_eq!(experiment.optimizer.lr(), 0.5);
    assert_eq!(
        session.experiment().optimizer.lr(),
        OptimizerConfig::default().lr(),
        "the plane's run is as it was"
    );

    let (second, third) = (runs[1].id, runs[2].id);
    session.apply(Command::Run(RunCommand::Retire(second)), at(0)).unwrap();
    session.apply(Command::Run(RunCommand::Retire(leader)), at(0)).unwrap();
    let ids: Vec<RunId> = session.runs().iter().map(|run| run.id).collect();
    assert_eq!(ids, [leader, third]);
}

#[test]
fn a_race_is_refused_where_it_makes_no_sense() {
    let mut session = session();
    let refused = |session: &mut Session, command| session.apply(command, at(0)).unwrap_err().to_string();
    assert!(refused(&mut session, race(-1.0, RaceStart::Same)).starts_with("optimizer.lr = -1"));
    let nowhere = RaceStart::Slice(vec![f64::NAN, 0.0]);
    assert!(refused(&mut session, race(0.1, nowhere)).contains("expected two or three finite alphas"));
    for _ in 1..MOST_RUNS {
        session.apply(race(0.1, RaceStart::Same), at(0)).unwrap();
    }
    assert!(refused(&mut session, race(0.1, RaceStart::Same)).contains("at most 6 at once"));
    assert_eq!(session.runs().len(), MOST_RUNS);
}

fn pose(yaw: f64) -> crate::core::geometry::camera::Pose {
    crate::core::geometry::camera::Pose { target: [0.0; 3], yaw, pitch: -0.4, distance: 3.0, fov: 0.7 }
}

#[test]
fn bookmarks_are_kept_visited_and_refused_while_empty() {
    let mut session = session();
    let slot = Bookmark::try_from(3).unwrap();
    let mut view = |command| session.apply(command, at(0)).map(|_| session.clone());
    let error = view(Command::View(ViewCommand::GoTo(slot))).unwrap_err().to_string();
    assert_eq!(
        error,
        "bookmark 3 = empty: expected a view kept there first (Ctrl+3 keeps the one on screen)"
    );
    view(Command::View(ViewCommand::SetBookmark { slot, pose: pose(1.0) })).unwrap();
    view(Command::Set(Change::Camera(CameraMode::Map))).unwrap();
    let there = view(Command::View(ViewCommand::GoTo(slot))).unwrap();
    assert_eq!(there.view().visit, Some(Visit { number: 1, pose: pose(1.0) }));
    assert_eq!(there.look().camera, CameraMode::Orbit, "a map shows no pose");
    assert_eq!(
        view(Command::View(ViewCommand::GoTo(slot))).unwrap().view().visit.map(|visit| visit.number),
        Some(2)
    );
    view(Command::Set(Change::Camera(CameraMode::Flight))).unwrap();
    assert_eq!(view(Command::View(ViewCommand::GoTo(slot))).unwrap().look().camera, CameraMode::Flight);
    let seen = view(Command::View(ViewCommand::Visit(pose(2.0)))).unwrap();
    assert_eq!(seen.view().visit, Some(Visit { number: 4, pose: pose(2.0) }));
    assert!(view(Command::View(ViewCommand::Visit(pose(f64::INFINITY)))).is_err());
}

#[test]
fn a_path_needs_keys_and_its_end_leaves_it() {
    let mut session = session();
    let mut view = |command| session.apply(command, at(0)).map(|_| session.clone());
    let error = view(Command::Set(Change::Camera(CameraMode::Path))).unwrap_err().to_string();
    assert!(error.contains("camera keys to fly through first (K)"), "{error}");
    view(Command::View(ViewCommand::AddKey(pose(0.0)))).unwrap();
    let two = view(Command::View(ViewCommand::AddKey(pose(1.0)))).unwrap();
    let secs: Vec<f64> = two.view().keys.iter().map(|key| key.secs).collect();
    assert_eq!(secs, [0.0, KEY_SECS]);
    assert_eq!(view(Command::Set(Change::Camera(CameraMode::Path))).unwrap().look().camera, CameraMode::Path);
    let early = two.view().keys.iter().rev().copied().collect();
    let error = view(Command::View(ViewCommand::Keys(early))).unwrap_err().to_string();
    assert_eq!(error, "camera key 2 = 0 s: expected a finite time after the key before it");
    let error = view(Command::View(ViewCommand::AddKey(pose(f64::NAN)))).unwrap_err().to_string();
    assert!(error.starts_with("camera key 3 = no pose"), "{error}");
    let later: Vec<CameraKey> =
        two.view().keys.iter().map(|key| CameraKey { secs: key.secs + 2.0, ..*key }).collect();
    assert_eq!(view(Command::View(ViewCommand::Keys(later.clone()))).unwrap().view().keys, later);
    let cleared = view(Command::View(ViewCommand::Keys(vec![]))).unwrap();
    assert!(cleared.view().keys.is_empty());
    assert_eq!(cleared.look().camera, CameraMode::Orbit);
}

#[test]
fn what_a_person_kept_outlives_another_experiment_and_what_belongs_to_it_does_not() {
    let mut session = session();
    let slot = Bookmark::try_from(1).unwrap();
    for command in [
        ViewCommand::SetBookmark { slot, pose: pose(0.5) },
        ViewCommand::Panels(false),
        ViewCommand::Select(Some(vec![0.5, 0.5, 0.0])),
    ] {
        session.apply(Command::View(command), at(0)).unwrap();
    }
    let file = ExperimentFile::default();
    session.apply(Command::Load(Box::new(file)), at(0)).unwrap();
    assert_eq!(session.view().bookmarks[0], Some(pose(0.5)));
    assert!(!session.view().is_panels_shown);
    assert_eq!(session.view().selected, None, "the point was one of another slice");
}

#[test]
fn changes_are_taken_back_and_made_again_and_moving_about_is_not() {
    let mut session = session();
    let start = session.clone();
    let apply = |session: &mut Session, command| session.apply(command, at(0)).unwrap();
    apply(&mut session, Command::Set(Change::Seed(9)));
    apply(&mut session, Command::Run(RunCommand::Pause));
    apply(&mut session, Command::Set(Change::Plane(PlaneConfig::Chord)));
    assert_eq!(session.changes(), (2, 0));
    let end = session.clone();
    apply(&mut session, Command::Undo);
    assert_eq!(session.experiment().slice.plane, start.experiment().slice.plane);
    assert_eq!(session.experiment().seed, 9);
    assert_eq!(transport(&session), Transport::Held { at: 0 }, "still paused");
    apply(&mut session, Command::Undo);
    apply(&mut session, Command::Undo);
    assert_eq!((session.experiment(), session.runs()), (start.experiment(), start.runs()));
    for _ in 0..3 {
        apply(&mut session, Command::Redo);
    }
    assert_eq!((session.experiment(), session.runs()), (end.experiment(), end.runs()));
    apply(&mut session, Command::Undo);
    apply(&mut session, Command::Set(Change::Seed(11)));
    assert_eq!(session.changes(), (2, 0), "another way was taken");
}

#[test]
fn a_restart_that_is_taken_back_leads_to_the_step_it_was_at() {
    let mut session = session();
    session.apply(Command::Run(RunCommand::Restart), at(900)).unwrap();
    session.apply(Command::Undo, at(3)).unwrap();
    assert_eq!(session.plane_source().starts, 0);
    assert_eq!(transport(&session), Transport::Held { at: 900 });
}

#[test]
fn a_drag_is_taken_back_as_one_while_training_goes_on() {
    let mut session = session();
    let opacity = |value| Command::Set(Change::Opacity(value));
    for step in 0..20 {
        session.apply(opacity(1.0 - 0.02 * step as f64), at(10 * step)).unwrap();
    }
    assert_eq!(session.changes(), (1, 0));
    assert_eq!(session.log().entries().len(), 20, "a replay drags it at the same steps");
    session.apply(Command::Undo, at(300)).unwrap();
    assert_eq!(session.look().opacity, 1.0);
}

#[test]
fn a_drag_is_taken_back_as_one() {
    let mut session = session();
    for place in 1..9 {
        let command = Command::Set(Change::Alpha3(f64::from(place)));
        session.apply(command, at(5)).unwrap();
    }
    assert_eq!(session.changes(), (1, 0));
    session.apply(Command::Undo, at(5)).unwrap();
    assert_eq!(session.view().alpha3, Alpha3::Held(0.0));
    session.apply(Command::Redo, at(5)).unwrap();
    assert_eq!(session.view().alpha3, Alpha3::Held(8.0));
}

#[test]
fn another_run_of_the_race_can_choose_the_plane() {
    let mut session = session();
    session.apply(race(0.5, RaceStart::Same), at(0)).unwrap();
    session.apply(race(0.25, RaceStart::Slice(vec![1.0, 0.0])), at(0)).unwrap();
    let ids: Vec<RunId> = session.runs().iter().map(|run| run.id).collect();
    session.apply(Command::Run(RunCommand::Lead(ids[1])), at(0)).unwrap();
    assert_eq!(session.plane_source().id, ids[1]);
    assert_eq!(session.experiment().optimizer.lr(), 0.5);
    assert_eq!(session.runs().len(), 3, "the others go on");
    let error = session.apply(Command::Run(RunCommand::Lead(ids[2])), at(0)).unwrap_err().to_string();
    assert!(error.contains("set out where the experiment starts"), "{error}");
}

#[test]
fn the_runs_of_a_race_may_differ_in_any_way_they_are_trained() {
    let mut session = session();
    let (leader, cosine) = (session.plane_source().id, Schedule::by_name("cosine").unwrap());
    let apply = |session: &mut Session, command| session.apply(Command::Run(command), at(0));
    apply(&mut session, RunCommand::race(BatchSize::Size(8), RaceStart::Same)).unwrap();
    apply(&mut session, RunCommand::race(Ways::default(), RaceStart::Same)).unwrap();
    let ids: Vec<RunId> = session.runs().iter().map(|run| run.id).collect();
    apply(&mut session, RunCommand::tune(ids[2], cosine)).unwrap();
    let trained = |session: &Session, id: RunId| {
        let run = session.runs().iter().find(|run| run.id == id).unwrap();
        let run::Origin::Trained(experiment) = &run.origin else { panic!("trained here") };
        (experiment.optimizer.clone(), experiment.schedule, experiment.batch)
    };
    let (usual, full) = (OptimizerConfig::default(), BatchSize::Full);
    assert_eq!(trained(&session, leader), (usual.clone(), Schedule::default(), full));
    assert_eq!(trained(&session, ids[1]), (usual.clone(), Schedule::default(), BatchSize::Size(8)));
    assert_eq!(trained(&session, ids[2]), (usual, cosine, full));
    assert_eq!([0, 1, 2].map(|at| session.title(ids[at])), ["sgd", "sgd · batch 8", "sgd · cosine"]);
    // Who leads is what the experiment asks for, and the others differ from that.
    apply(&mut session, RunCommand::Lead(ids[1])).unwrap();
    assert_eq!(session.experiment().batch, BatchSize::Size(8));
    assert_eq!([0, 1].map(|at| session.title(ids[at])), ["sgd · full batch", "sgd"]);
    let error = apply(&mut session, RunCommand::tune(ids[2], BatchSize::Size(0))).unwrap_err().to_string();
    assert!(error.starts_with("batch = "), "{error}");
}

fn tuned(run: RunId, name: &str, lr: f64) -> Command {
    let mut optimizer = OptimizerConfig::by_name(name).unwrap();
    optimizer.set_lr(lr);
    Command::Run(RunCommand::tune(run, optimizer))
}

fn lr(run: &Run) -> (&'static str, f64) {
    let run::Origin::Trained(experiment) = &run.origin else { panic!("trained here") };
    (experiment.optimizer.name(), experiment.optimizer.lr())
}

#[test]
fn a_racer_is_tuned_in_its_place_and_the_change_is_logged_and_taken_back() {
    let mut session = session();
    session.apply(race(0.5, RaceStart::Same), at(0)).unwrap();
    session.apply(race(0.25, RaceStart::Slice(vec![1.0, 0.0])), at(0)).unwrap();
    let ids: Vec<RunId> = session.runs().iter().map(|run| run.id).collect();
    let before = session.clone();
    session.apply(tuned(ids[2], "adam", 0.05), at(70)).unwrap();
    let runs = session.runs();
    assert_eq!(runs.iter().map(|run| run.id).collect::<Vec<_>>(), ids, "each in its place");
    assert_eq!((lr(&runs[0]), lr(&runs[1]), lr(&runs[2])), (("sgd", 0.1), ("sgd", 0.5), ("adam", 0.05)));
    assert_eq!(runs[2].from, RaceStart::Slice(vec![1.0, 0.0]), "it sets out where it did");
    let starts = |session: &Session| session.runs().iter().map(|run| run.starts).collect::<Vec<_>>();
    assert_eq!(starts(&session), starts(&before).iter().map(|starts| starts + 1).collect::<Vec<_>>());
    assert_eq!(session.log().entries().last().unwrap().command, tuned(ids[2], "adam", 0.05));
    session.apply(Command::Undo, at(3)).unwrap();
    assert_eq!(
        session.runs().iter().map(lr).collect::<Vec<_>>(),
        [("sgd", 0.1), ("sgd", 0.5), ("sgd", 0.25)]
    );
    let error = session.apply(tuned(ids[1], "sgd", -1.0), at(0)).unwrap_err().to_string();
    assert!(error.starts_with("optimizer.lr = -1"), "{error}");
    let error = session.apply(tuned(RunId(77), "sgd", 1.0), at(0)).unwrap_err().to_string();
    assert_eq!(error, "run = 77: expected one of the race");
}

#[test]
fn tuning_the_run_that_chose_the_plane_changes_the_experiment_and_keeps_the_race() {
    let mut session = session();
    session.apply(race(0.5, RaceStart::Same), at(0)).unwrap();
    let leader = session.plane_source().id;
    session.apply(tuned(leader, "momentum", 0.75), at(0)).unwrap();
    assert_eq!(session.experiment().optimizer.name(), "momentum");
    assert_eq!((session.plane_source().id, session.runs().len()), (leader, 2));
    assert_eq!(lr(session.plane_source()), ("momentum", 0.75));
}

/// A change of the look.
fn look() -> impl proptest::strategy::Strategy<Value = Change> {
    use proptest::prelude::*;
    let at = || prop::option::of(-2.0..2.0_f64);
    prop_oneof![
        prop_oneof![Just(Shape::Surface), Just(Shape::Cube), Just(Shape::Both)].prop_map(Change::Shape),
        prop_oneof![Just(Theme::Dark), Just(Theme::Light)].prop_map(Change::Theme),
        prop_oneof![Just(ColorMap::Viridis), Just(ColorMap::Magma)].prop_map(Change::Colors),
        prop_oneof![Just(HeightScale::Linear), Just(HeightScale::Log)].prop_map(Change::Scale),
        prop_oneof![Just(TrailColors::Run), Just(TrailColors::Step)].prop_map(Change::Trail),
        any::<bool>().prop_map(Change::Solid),
        any::<bool>().prop_map(Change::GridLines),
        at().prop_map(Change::Section1),
        at().prop_map(Change::Section2),
        at().prop_map(Change::Isosurface),
    ]
}

/// A change of the experiment.
fn experiment() -> impl proptest::strategy::Strategy<Value = Change> {
    use proptest::prelude::*;
    prop_oneof![
        prop::option::of(Just(crate::core::objective::Surface::Himmelblau)).prop_map(Change::Surface),
        (0..3_u64).prop_map(Change::Seed),
        (0..50_u64).prop_map(Change::Steps),
        (0..60_usize).prop_map(|size| Change::Batch(crate::core::data::BatchSize::Size(size))),
        (-0.5..1.5_f64).prop_map(Change::HeldOut),
        (0..9_usize).prop_map(|at| {
            let mut dataset = DatasetConfig::all().swap_remove(at);
            dataset.set_points(20);
            Change::Dataset(dataset)
        }),
        (0..4_usize).prop_map(|at| Change::Model(crate::core::model::ModelConfig::all().swap_remove(at))),
        (0..4_usize).prop_map(|at| Change::Loss(crate::core::loss::Loss::ALL[at])),
        (0..7_usize, -0.1..1.0_f64).prop_map(|(at, lr)| {
            let mut optimizer = OptimizerConfig::all().swap_remove(at);
            optimizer.set_lr(lr);
            Change::Optimizer(optimizer)
        }),
        (0..7_usize).prop_map(|at| Change::Plane(PlaneConfig::all().swap_remove(at))),
        (-3.0..1.0_f64).prop_map(|low| Change::Ranges(Some(vec![(low, 1.0); 3]))),
        Just(Change::Ranges(None)),
        (0..2_usize).prop_map(|at| Change::Init([Init::Pytorch, Init::He][at])),
        (0..2_u64).prop_map(|every| { Change::Schedule(Schedule::Step { step_size: every, gamma: 0.5 }) }),
        (0..40_usize).prop_map(|n| Change::Grid(Resolution([n, 9]))),
        (0..40_usize).prop_map(|n| Change::Volume(Resolution([n, 9, 5]))),
    ]
}

/// A command of the run.
fn run() -> impl proptest::strategy::Strategy<Value = RunCommand> {
    use proptest::prelude::*;
    let number = prop_oneof![-5.0..5.0_f64, Just(f64::NAN)];
    prop_oneof![
        Just(RunCommand::Play),
        Just(RunCommand::Pause),
        Just(RunCommand::Restart),
        (0..90_u64).prop_map(RunCommand::Seek),
        prop_oneof![0..9_u64, Just(u64::MAX)].prop_map(RunCommand::Step),
        (0..9_u64).prop_map(|id| RunCommand::Retire(RunId(id))),
        (0..9_u64).prop_map(|id| RunCommand::Lead(RunId(id))),
        (0..9_u64, 0..7_usize, -0.1..1.0_f64).prop_map(|(id, at, lr)| {
            let mut optimizer = OptimizerConfig::all().swap_remove(at);
            optimizer.set_lr(lr);
            RunCommand::tune(RunId(id), optimizer)
        }),
        (-0.1..1.0_f64).prop_map(|tolerance| RunCommand::Converge { tolerance }),
        (prop::option::of(number.clone()), 0..70_usize).prop_map(|(alpha, size)| {
            let from = alpha.map_or(RaceStart::Same, |alpha| RaceStart::Slice(vec![alpha, 0.5]));
            RunCommand::race(BatchSize::Size(size), from)
        }),
    ]
}

/// A command of the slice.
fn slice() -> impl proptest::strategy::Strategy<Value = Command> {
    use proptest::prelude::*;
    let number = prop_oneof![-5.0..5.0_f64, Just(f64::NAN)];
    prop_oneof![
        number.clone().prop_map(|at| Command::Set(Change::Alpha3(at))),
        any::<bool>().prop_map(Command::Sweep),
        number.clone().prop_map(|at| Command::Set(Change::Rotate(at))),
    ]
}

/// A change of what is seen.
fn seen() -> impl proptest::strategy::Strategy<Value = Change> {
    use proptest::prelude::*;
    prop_oneof![
        (0.0..9.0_f64).prop_map(Change::Speed),
        (0.0..2.0_f64).prop_map(Change::Opacity),
        prop::option::of(-0.5..3.0_f64).prop_map(Change::Clip),
        (0..5_usize).prop_map(|at| Change::Camera(CameraMode::ALL[at])),
        (-400.0..400.0_f64).prop_map(|turn| Change::Eye((turn, 30.0))),
        (0..3_usize).prop_map(|at| Change::Title(["", "a", "b"][at].to_owned())),
        look(),
    ]
}

/// A command of the view.
fn view() -> impl proptest::strategy::Strategy<Value = ViewCommand> {
    use proptest::prelude::*;
    let number = prop_oneof![-5.0..5.0_f64, Just(f64::NAN)];
    prop_oneof![
        Just(ViewCommand::FrameAll),
        any::<bool>().prop_map(ViewCommand::Panels),
        (0.0..3.0_f64).prop_map(|yaw| ViewCommand::AddKey(pose(yaw))),
        Just(ViewCommand::Keys(vec![])),
        (0.0..9.0_f64, -1.0..5.0_f64).prop_map(|(secs, later)| {
            let key = |secs| CameraKey { secs, pose: pose(secs) };
            ViewCommand::Keys(vec![key(secs), key(secs + later)])
        }),
        (0.0..3.0_f64).prop_map(|yaw| ViewCommand::Visit(pose(yaw))),
        (1..10_u8).prop_map(|slot| ViewCommand::GoTo(Bookmark::try_from(slot).unwrap())),
        (1..10_u8).prop_map(|slot| {
            ViewCommand::SetBookmark { slot: Bookmark::try_from(slot).unwrap(), pose: pose(0.5) }
        }),
        prop::option::of(prop::collection::vec(number.clone(), 0..5)).prop_map(ViewCommand::Select),
        prop::option::of(prop::collection::vec(number.clone(), 0..5)).prop_map(ViewCommand::SelectBeside),
        any::<bool>().prop_map(ViewCommand::BelowFloor),
    ]
}

/// Commands of every sort, with values that make sense and values that do not.
pub(in crate::core) fn any_command() -> impl proptest::strategy::Strategy<Value = Command> {
    use proptest::prelude::*;
    let load = (0..3_u64).prop_map(|seed| {
        let dataset = DatasetConfig::Diagonal { points: 20, noise: 0.0, exact: false };
        Command::Load(Box::new(ExperimentFile { seed, dataset, ..ExperimentFile::default() }))
    });
    prop_oneof![
        4 => experiment().prop_map(Command::Set),
        1 => load,
        3 => run().prop_map(Command::Run),
        2 => slice(),
        2 => seen().prop_map(Command::Set),
        2 => view().prop_map(Command::View),
        1 => Just(Command::Undo),
        1 => Just(Command::Redo),
    ]
}

/// What a session has decided, apart from what only moves about.
fn decided(session: &Session) -> (Experiment, Vec<Run>, RunId, View) {
    let still = |run: &Run| Run { transport: Transport::Held { at: 0 }, ..run.clone() };
    let view = View { framings: 0, visit: None, is_panels_shown: true, ..session.view().clone() };
    let runs = session.runs().iter().map(still).collect();
    (session.experiment().clone(), runs, session.plane_source().id, view)
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(6))]
    #[test]
    fn a_thousand_commands_are_replayed_and_taken_back_to_the_start(
        commands in proptest::collection::vec((0..3_u64, any_command()), 1000),
    ) {
        let small = ExperimentFile { dataset: DatasetConfig::Xor { points: 20, noise: 0.0 }, ..Default::default() };
        let small = Session::new(Experiment::reading(small, &sources()).unwrap());
        let mut session = small.clone();
        let mut step = 0;
        for (steps, command) in commands {
            step += steps;
            // A refusal is an answer too.
            let _ = session.apply(command, at(step));
        }
        let mut again = small.clone();
        for entry in session.log().entries() {
            again.apply(entry.command.clone(), at(entry.step)).unwrap();
        }
        proptest::prop_assert_eq!(&again, &session);
        let changes = session.changes().0;
        proptest::prop_assert!(changes > 100, "most commands change something: {changes}");
        for _ in 0..changes {
            session.apply(Command::Undo, at(step)).unwrap();
        }
        proptest::prop_assert_eq!(decided(&session), decided(&small));
    }
}

#[test]
fn the_past_has_a_bound_and_says_when_it_was_cut() {
    let mut session = session();
    for seed in 1..=history::MOST_CHANGES as u64 {
        let plane = PlaneConfig::all().swap_remove((seed % 2) as usize);
        session.apply(Command::Set(Change::Plane(plane)), at(0)).unwrap();
    }
    assert_eq!((session.changes().0, session.is_past_cut()), (history::MOST_CHANGES, false));
    session.apply(Command::Set(Change::Steps(7)), at(0)).unwrap();
    assert_eq!((session.changes().0, session.is_past_cut()), (history::MOST_CHANGES, true));
}

#[test]
fn old_data_is_let_go_and_the_last_change_can_always_be_taken_back() {
    let mut session = session();
    let points = 400_000;
    let dataset = |noise| DatasetConfig::Xor { points, noise };
    let changes = 20;
    for change in 0..changes {
        let command = Change::Dataset(dataset(0.01 * f64::from(change)));
        session.apply(Command::Set(command), at(0)).unwrap();
    }
    let each = session.experiment().data_bytes();
    assert_eq!(each, (2 * 3 * points + 13) * 8, "x and y, twice, and the start");
    assert_eq!((session.changes().0, session.is_past_cut()), (history::MOST_BYTES / each, true));
    // What shares its data costs nothing.
    for steps in 1..50 {
        session.apply(Command::Set(Change::Steps(steps)), at(0)).unwrap();
    }
    assert!(session.changes().0 >= 49 + history::MOST_BYTES / each - 1, "{:?}", session.changes());
    session.apply(Command::Undo, at(0)).unwrap();
    assert_eq!(session.experiment().steps, 48);
}

#[test]
fn more_steps_than_were_recorded_are_trained_anew_with_a_word() {
    use crate::core::experiment::pipeline;
    let own = Experiment::reading(ExperimentFile { steps: 9, ..Default::default() }, &sources()).unwrap();
    let course = std::sync::Arc::new(pipeline::train(&own, |_| {}).unwrap().course());
    let mut session = Session::new(own.clone().along(&own, course).unwrap());
    let mut plan = |steps| {
        let told = session.apply(Command::Set(Change::Steps(steps)), at(0)).unwrap();
        (told.to_string(), session.experiment().is_recorded(), session.runs()[0].id.0)
    };
    assert_eq!(plan(5), (String::new(), true, 0));
    let told = "the recorded run ends at step 9, so training is done anew".to_owned();
    assert_eq!(plan(12), (told, false, 1), "another run, since it passes other points");
    assert_eq!(plan(15), (String::new(), false, 1));
    assert_eq!(plan(8), (String::new(), true, 2), "it is followed again");
}

#[test]
fn what_a_recorded_run_carries_is_not_read_anew() {
    use crate::core::experiment::pipeline;
    use crate::core::experiment::problem::Carried;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    std::fs::write(&path, "0,0,0\n0,1,1\n1,0,1\n1,1,0\n").unwrap();
    let file = ExperimentFile {
        dataset: DatasetConfig::by_name(path.to_str().unwrap()).unwrap(),
        steps: 9,
        ..Default::default()
    };
    let own = Experiment::reading(file.clone(), &sources()).unwrap();
    let course = std::sync::Arc::new(pipeline::train(&own, |_| {}).unwrap().course());
    let start = course.at(0).unwrap().theta.to_vec();
    let data = Some((own.supervised().unwrap().train().clone(), None));
    let carried = Experiment::carried(file.clone(), Carried { data, start, points: vec![] }).unwrap();
    let recorded = carried.clone().along(&carried, course).unwrap();
    for text in [None, Some("9,9,0\n8,8,1\n")] {
        text.map_or_else(
            || std::fs::remove_file(&path).unwrap(),
            |text| std::fs::write(&path, text).unwrap(),
        );
        let mut session = Session::new(recorded.clone());
        let load = Command::Load(Box::new(file.clone()));
        session.apply(load, at(0)).unwrap();
        assert!(session.experiment().is_recorded() && session.experiment().has_data_of(&own));
    }
}

#[test]
fn a_point_of_the_second_landscape_is_chosen_beside_one_of_the_first() {
    let mut session = session();
    let select = |alpha: &[f64]| Command::View(ViewCommand::SelectBeside(Some(alpha.to_vec())));
    let compare = |text| Command::Set(Change::Compare(vec![Assignment::parse(text).unwrap()]));
    let chosen = |session: &Session| session.beside().unwrap().view().selected.clone();
    let said = session.apply(select(&[0.5, 0.25, 0.0]), at(0)).unwrap_err().to_string();
    assert!(said.contains("expected two landscapes"), "{said}");
    session.apply(compare("seed=2"), at(0)).unwrap();
    session.apply(select(&[0.5, 0.25, 0.0]), at(0)).unwrap();
    assert_eq!(chosen(&session), Some(vec![0.5, 0.25, 0.0]));
    assert_eq!(session.view().selected, None, "of the first none was chosen");
    session.apply(Command::Undo, at(0)).unwrap();
    assert_eq!(chosen(&session), None);
    session.apply(Command::Redo, at(0)).unwrap();
    assert_eq!(chosen(&session), Some(vec![0.5, 0.25, 0.0]));
    session.apply(compare("seed=3"), at(0)).unwrap();
    assert_eq!(chosen(&session), None, "the point was one of another slice");
}
