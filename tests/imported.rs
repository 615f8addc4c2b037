//! A run that came without its loss: what can be known of it is there, and what cannot says so.

use std::sync::Arc;

use losscape::core::experiment::pipeline::{self, Finding, Pipeline};
use losscape::core::experiment::{Experiment, ExperimentFile, Import};
use losscape::core::grid::{
    Evaluator, GridBackend, GridSpec, InProcess, PathEvaluator, Precision, Tile, TileLosses,
};
use losscape::core::num::ParamLayout;
use losscape::core::num::{Advance, Job};
use losscape::core::objective::Objective;
use losscape::core::subspace::{PlaneConfig, SlicePlane, Subspace};

const TRAINED: &str = "(dataset: moons(points: 60), model: mlp(widths: [5, 4]), loss: bce_with_logits,
    optimizer: adam(lr: 0.02), batch: size(8), steps: 150,
    slice: (plane: pca(), grid: [9, 9], volume: [5, 5, 3]))";

/// An experiment, and its run as if it had come from elsewhere, seen by the same slice.
fn pair(plane: &str) -> (Experiment, Experiment) {
    let mut file = ExperimentFile::parse(TRAINED, "x.ron").unwrap();
    file.slice.plane = plane.parse().unwrap();
    let trained = Experiment::new(file.clone()).unwrap();
    let course = Arc::new(pipeline::train(&trained, |_| {}).unwrap().course());
    let layout = trained.problem().layout().clone();
    let import = Some("there/resnet, run 3".into());
    let elsewhere =
        ExperimentFile { import, seed: file.seed, slice: file.slice, ..ExperimentFile::default() };
    let import = Import::of_run(layout, course);
    (trained, Experiment::of_import(elsewhere, Arc::new(import), None).unwrap())
}

#[test]
fn planes_residuals_and_explained_variance_are_those_of_the_run_wherever_it_was_trained() {
    for plane in
        ["pca", "chord", "line", "random", "axes:fc1.weight[0,1]", "angle:30", "points:start,step:40,end"]
    {
        let (trained, imported) = pair(plane);
        let [own, known] = [&trained, &imported].map(|experiment| pipeline::run(experiment).unwrap());
        assert_eq!(known.plan.plane, own.plan.plane, "{plane}");
        assert_eq!(known.plan.trajectory, own.plan.trajectory, "{plane}");
        assert_eq!(
            (&known.plan.plane_spec, &known.plan.volume_spec),
            (&own.plan.plane_spec, &own.plan.volume_spec)
        );
        assert_eq!(known.walks, own.walks, "{plane}: the null is that of as many checkpoints");
        assert!(own.plane.is_some() && own.volume.is_some());
        assert!(known.plane.is_none() && known.volume.is_none(), "{plane}: there is no loss to slice");
        let residual = |plane: &SlicePlane| {
            plane.subspace.project(&known.plan.trajectory.checkpoints()[70].theta).residual
        };
        assert_eq!(residual(&known.plan.plane), residual(&own.plan.plane));
    }
}

#[test]
fn another_slice_of_it_goes_on_with_the_run_that_is_known() {
    let (_, imported) = pair("pca");
    let known = pipeline::run(&imported).unwrap().plan;
    let turned = imported.with(|file| file.slice.plane = PlaneConfig::Chord).unwrap();
    let mut pipeline = Pipeline::resliced(turned.clone(), known.evaluator.clone(), 0.0, &known);
    let mut found = Vec::new();
    loop {
        match pipeline.advance(1) {
            Advance::Working => {}
            Advance::Found(finding) => found.push(finding.unwrap()),
            Advance::Ended => break,
        }
    }
    let [Finding::Planned(plan), Finding::Walks(_)] = &found[..] else { panic!("a plane and its null") };
    assert!(Arc::ptr_eq(&plan.trajectory, &known.trajectory));
    assert_eq!(plan.plane, pipeline::run(&turned).unwrap().plan.plane);
}

/// Whoever knows the loss may be somebody else: here the network that it was trained with.
fn elsewhere(trained: &Experiment) -> Arc<dyn Evaluator> {
    Arc::new(InProcess::new(Arc::clone(trained.objective().unwrap())))
}

#[test]
fn somebody_else_may_evaluate_its_slices() {
    let (trained, imported) = pair("pca");
    let own = pipeline::run(&trained).unwrap();
    let mut pipeline = Pipeline::new(imported, Some(elsewhere(&trained)), 0.0);
    let (mut plane, mut volume) = (None, None);
    loop {
        match pipeline.advance(1000) {
            Advance::Found(Ok(Finding::Plane(field))) => plane = Some(Arc::clone(field.grid())),
            Advance::Found(Ok(Finding::Volume(field))) => volume = Some(Arc::clone(field.grid())),
            Advance::Ended => break,
            _ => {}
        }
    }
    assert_eq!((plane, volume), (own.plane, own.volume));
}

/// The network that it was trained with, and somewhat more along its path: whoever evaluates slices evaluates points.
struct Pointwise(Arc<dyn Objective>);

const MORE: f64 = 2.0;

impl Evaluator for Pointwise {
    fn grid(&self, subspace: &Subspace, spec: &GridSpec, precision: Precision) -> Box<dyn GridBackend> {
        InProcess::new(Arc::clone(&self.0)).grid(subspace, spec, precision)
    }

    fn points(&self) -> Option<&dyn PathEvaluator> {
        Some(self)
    }
}

impl PathEvaluator for Pointwise {
    fn path(&self, points: Vec<Arc<[f64]>>) -> Box<dyn GridBackend> {
        Box::new(Points { objective: Arc::clone(&self.0), points, waiting: Vec::new() })
    }

    fn examples(&self) -> Option<&str> {
        Some("these")
    }
}

struct Points {
    objective: Arc<dyn Objective>,
    points: Vec<Arc<[f64]>>,
    waiting: Vec<Tile>,
}

impl GridBackend for Points {
    fn tile_cells(&self) -> usize {
        1
    }

    fn submit(&mut self, tile: Tile) {
        self.waiting.push(tile);
    }

    fn poll(&mut self, _: u64) -> Vec<TileLosses> {
        // The last is answered first: order is nobody's promise.
        let tile = self.waiting.pop();
        let loss = |at: usize| self.objective.loss(&self.points[at]) + MORE;
        let answer = |tile: Tile| TileLosses { loss: tile.iter().map(|[at, ..]| loss(at)).collect(), tile };
        tile.into_iter().map(answer).collect()
    }
}

#[test]
fn losses_along_a_run_are_those_of_whoever_evaluates_its_surface_after_a_first_picture() {
    let (trained, imported) = pair("pca");
    let evaluator: Arc<dyn Evaluator> = Arc::new(Pointwise(Arc::clone(trained.objective().unwrap())));
    let mut pipeline = Pipeline::new(imported.clone(), Some(Arc::clone(&evaluator)), 0.0);
    let (mut order, mut found) = (String::new(), Vec::new());
    loop {
        match pipeline.advance(1) {
            Advance::Found(finding) => match finding.unwrap() {
                Finding::Planned(plan) => {
                    order.push('p');
                    found.push(plan);
                }
                Finding::Plane(_) => order.push('s'),
                Finding::Along(plan) => {
                    order.push('a');
                    found.push(plan);
                }
                Finding::Volume(_) => order.push('v'),
                Finding::Walks(_) => order.push('w'),
            },
            Advance::Working => {}
            Advance::Ended => break,
        }
    }
    assert_eq!(order, "psavw", "a plane, its picture, the losses along the run, and the rest");
    let own = pipeline::run(&trained).unwrap().plan;
    let [before, plan] = &found[..] else { panic!("a plane without and with its losses") };
    assert!(before.is_evaluated && before.along.is_empty());
    let points = own.sound.checkpoints();
    assert_eq!(before.value_at(&points[3]), None, "a loss that was recorded is none of the surface");
    for (point, loss) in points.iter().zip(&*plan.along) {
        assert!((loss - point.loss - MORE).abs() < 1e-12, "{} {loss}", point.loss);
        assert_eq!(plan.value_at(point), Some(*loss));
    }
    assert_eq!(plan.along.len(), points.len());
    assert_eq!(plan.run_on_surface().checkpoints()[7].loss, plan.along[7]);
    // What is known is not asked for again, of another slice or of a run that went on.
    let sliced = imported.with(|file| file.slice.plane = PlaneConfig::Chord).unwrap();
    let again = Pipeline::resliced(sliced, Some(Arc::clone(&evaluator)), 0.0, plan);
    let on = Pipeline::new(imported, Some(evaluator), 0.0).following(Arc::clone(plan));
    for mut pipeline in [again, on] {
        let next = loop {
            if let Advance::Found(Ok(Finding::Planned(plan))) = pipeline.advance(1) {
                break plan;
            }
        };
        assert_eq!(next.along, plan.along);
        assert!(next.path_job().is_none());
    }
}

#[test]
fn what_needs_its_loss_is_refused_by_name() {
    let (_, imported) = pair("pca");
    let told = "this run was recorded elsewhere and came without its loss, so nothing can be trained, sliced or probed";
    assert_eq!(imported.start_run().err().unwrap().to_string(), told);
    assert_eq!(pipeline::train(&imported, |_| {}).err().unwrap().to_string(), told);
    let refused = |change: fn(&mut ExperimentFile)| imported.with(change).unwrap_err().to_string();
    let kept = "expected no change, since the run was recorded elsewhere and is not trained here";
    assert_eq!(refused(|file| file.optimizer.set_lr(0.5)), format!("optimizer = another: {kept}"));
    assert_eq!(refused(|file| file.steps = 7), format!("steps = another: {kept}"));
    assert_eq!(
        refused(|file| file.slice.plane = PlaneConfig::by_name("hessian").unwrap()),
        "slice.plane = hessian: expected a plane that follows from the run alone, since the run came without its loss"
    );
    let layout = ParamLayout::dense([("fc1.weight".to_owned(), vec![2, 2])]);
    let course = Arc::clone(imported.imported().unwrap());
    let import = Import::of_run(layout, course);
    let other =
        Experiment::of_import(ExperimentFile::default(), Arc::new(import), None).unwrap_err().to_string();
    assert_eq!(other, "step 0 = 44: expected 4 parameters, as its layout has");
    assert_eq!(imported.file().heading(), "resnet, run 3", "not the usual model on the usual data");
    assert_eq!(imported.steps, 150);
    assert!(imported.notes().is_empty() && imported.supervised().is_none());
}

#[cfg(feature = "desktop")]
#[test]
fn what_is_left_out_of_theta_is_a_setting_that_is_taken_back_and_copied() {
    use losscape::core::command::Command;
    use losscape::core::experiment::{Change, command_line};
    use losscape::core::session::{Now, Session};
    let known = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/checkpoints/step-*.safetensors");
    let file = ExperimentFile { import: Some(known.into()), ..ExperimentFile::default() };
    let mut session = Session::new(Experiment::reading(file, &losscape::disk::sources()).unwrap());
    let dim = |session: &Session| session.experiment().problem().layout().dim();
    let (whole, now) = (dim(&session), Now { step: 0, alpha3: 0.0 });
    let set = Command::Set(Change::Without(vec!["fc1.*".to_owned()]));
    assert!(session.preparation(&set).is_some(), "files are read by a job");
    session.apply(set, now).unwrap();
    assert!(dim(&session) < whole);
    assert!(
        session
            .experiment()
            .notes()
            .contains(&"Left out of theta, as asked: fc1.weight, fc1.bias.".to_owned())
    );
    let line = command_line(session.experiment().file(), 5);
    assert!(line.contains(r#"--set 'without=["fc1.*"]'"#), "{line}");
    let none = session.apply(Command::Set(Change::Without(vec!["none".to_owned()])), now).unwrap_err();
    assert!(none.to_string().contains("has no tensor as \"none\""), "{none}");
    session.apply(Command::Undo, now).unwrap();
    assert_eq!(dim(&session), whole);
    let another = session.preparation(&Command::Set(Change::Import(None)));
    assert!(another.is_some(), "so is whatever else is opened beside it");
}

/// A recording of two parameters with those steps.
#[cfg(feature = "desktop")]
fn recorded(steps: std::ops::Range<u64>, id: &str) -> Vec<u8> {
    use losscape::core::io::frames::{self, Frame};
    let header = format!(
        r#"{{"format": 1, "id": "{id}", "dim": 2, "dtype": "f64", "blocks": [{{"name": "w", "kind": "dense", "shape": [1, 2]}}]}}"#
    );
    let mut bytes = frames::RECORDING.to_vec();
    frames::write(&Frame { kind: 1, body: header.into_bytes() }, &mut bytes);
    for step in steps {
        let t = step as f64;
        let numbers = [1.0 / (1.0 + t), f64::NAN, t, (0.3 * t).sin()];
        let body =
            step.to_le_bytes().into_iter().chain(numbers.into_iter().flat_map(f64::to_le_bytes)).collect();
        frames::write(&Frame { kind: 2, body }, &mut bytes);
    }
    bytes
}

#[cfg(feature = "desktop")]
#[test]
fn a_run_is_followed_while_it_is_recorded_and_another_one_begins_anew() {
    use losscape::core::command::{Command, RunCommand};
    use losscape::core::experiment::Change;
    use losscape::core::session::{Now, Session, Transport};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.lsr");
    std::fs::write(&path, recorded(0..40, "a")).unwrap();
    let file = ExperimentFile { import: Some(path.clone()), ..ExperimentFile::default() };
    let experiment = Experiment::reading(file, &losscape::disk::sources()).unwrap();
    let mut session = Session::new(experiment);
    let now = |step| Now { step, alpha3: 0.0 };
    let transport = |session: &Session| session.runs()[0].transport;
    assert_eq!((session.experiment().steps, transport(&session)), (39, Transport::Held { at: 39 }));
    session.apply(Command::Set(Change::Opacity(0.5)), now(39)).unwrap();

    let longer = recorded(0..100, "a");
    std::fs::write(&path, &longer[..longer.len() - 5]).unwrap();
    session.apply(Command::Follow, now(39)).unwrap();
    assert_eq!((session.experiment().steps, transport(&session)), (98, Transport::Held { at: 98 }));
    assert_eq!(session.experiment().view.opacity, 0.5);
    let run = session.runs()[0].id;
    session.apply(Command::Run(RunCommand::Seek(10)), now(98)).unwrap();
    std::fs::write(&path, &longer).unwrap();
    session.apply(Command::Follow, now(10)).unwrap();
    assert_eq!(
        (session.experiment().steps, transport(&session)),
        (99, Transport::Held { at: 10 }),
        "who looks back stays"
    );
    assert_eq!(session.runs()[0].id, run);
    // What grew is no change of anybody's: one change is taken back, and the run stays as long as it is.
    assert_eq!(session.changes().0, 1);

    std::fs::write(&path, recorded(7..20, "b")).unwrap();
    session.apply(Command::Follow, now(10)).unwrap();
    assert_eq!((session.experiment().steps, transport(&session)), (19, Transport::Held { at: 19 }));
    assert_ne!(session.runs()[0].id, run);
    std::fs::remove_file(&path).unwrap();
    let gone = session.apply(Command::Follow, now(19)).unwrap_err().to_string();
    assert!(gone.contains("run.lsr") && gone.contains("cannot be read"), "{gone}");
    assert_eq!(session.experiment().steps, 19, "what was read stays");
}

#[cfg(feature = "desktop")]
#[test]
fn axes_stay_where_they_are_while_a_run_grows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.lsr");
    let mut before: Option<Arc<pipeline::Plan>> = None;
    for end in 20..60 {
        std::fs::write(&path, recorded(0..end, "a")).unwrap();
        let file = ExperimentFile { import: Some(path.clone()), ..ExperimentFile::default() };
        let experiment = Experiment::reading(file, &losscape::disk::sources()).unwrap();
        let mut pipeline = Pipeline::new(experiment, None, 0.0);
        if let Some(plan) = before.clone() {
            pipeline = pipeline.following(plan);
        }
        let plan = loop {
            if let Advance::Found(Ok(Finding::Planned(plan))) = pipeline.advance(1000) {
                break plan;
            }
        };
        if let Some(before) = before {
            for (old, new) in before.plane.subspace.directions().iter().zip(plan.plane.subspace.directions())
            {
                let along: f64 = old.iter().zip(new).map(|(a, b)| a * b).sum();
                assert!(along > 0.0, "an axis turned round at {end} steps");
            }
        }
        before = Some(plan);
    }
}

#[cfg(all(feature = "viewer", feature = "desktop"))]
mod window {
    use std::time::Duration;

    use bevy::prelude::*;
    use bevy::time::TimeUpdateStrategy;
    use losscape::app::{self, Overlay};
    use losscape::core::command::{Command, RaceStart, RunCommand, ViewCommand};
    use losscape::core::experiment::{Change, ChartKind};
    use losscape::core::optim::OptimizerConfig;
    use losscape::core::session::run::Origin;
    use losscape::record::eye::{Eye, EyeRequest};
    use losscape::scene::Pacing;
    use losscape::scene::commands::Waiting;
    use losscape::scene::frame::Placement;
    use losscape::scene::landscape::{Evaluators, Landscape};
    use losscape::scene::readout::Readout;
    use losscape::scene::session::{Ask, Refusal, SessionState};
    use losscape::scene::slice::Shown;
    use losscape::scene::trail::Trails;
    use losscape::scene::training::Training;
    use losscape::ui::charts::Charts;

    use super::*;

    fn open(pacing: Pacing) -> (App, Experiment) {
        let (trained, imported) = pair("pca");
        let mut app = app::bare(imported, pacing);
        app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_millis(50)));
        (app, trained)
    }

    fn ask(app: &mut App, command: Command) {
        app.world_mut().write_message(Ask(command));
        app.update();
    }

    fn training(app: &App) -> &Training {
        app.world().resource::<Training>()
    }

    /// Frames until nothing is under way any more.
    fn settle(app: &mut App) {
        for _ in 0..20_000 {
            app.update();
            let is_waiting = app.world().resource::<Waiting>().is_busy();
            let is_busy = is_waiting || training(app).is_busy() || app.world().resource::<Shown>().is_busy();
            if app.world().resource::<Landscape>().is_settled() && !is_busy && training(app).step() == 150 {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let landscape = app.world().resource::<Landscape>();
        panic!(
            "it is busy for ever: at step {}, training {}, slicing {}, settled {}, failure {:?}",
            training(app).step(),
            training(app).is_busy(),
            app.world().resource::<Shown>().is_busy(),
            landscape.is_settled(),
            landscape.failure
        );
    }

    #[test]
    fn it_is_gone_through_and_comes_to_rest() {
        for pacing in [Pacing::Awaited, Pacing::Live] {
            let (mut app, trained) = open(pacing);
            settle(&mut app);
            let landscape = app.world().resource::<Landscape>();
            let known = landscape.current().unwrap();
            let own = pipeline::run(&trained).unwrap();
            assert_eq!(known.plan.plane, own.plan.plane);
            assert!(known.plane.is_none() && known.volume.is_none());
            assert_eq!((landscape.cells_evaluated, landscape.failure.as_deref()), (0, None));
            assert_eq!(known.walks, own.walks);
            let live = training(&app).leader().unwrap();
            assert_eq!(live.points(), own.plan.trajectory.checkpoints());
            assert_eq!((live.accuracy(), live.gradient(), live.verdict()), (None, None, None));
            let session = app.world().resource::<SessionState>();
            assert!(matches!(session.runs()[0].origin, Origin::Imported(_)));
        }
    }

    #[test]
    fn the_window_asks_whoever_it_is_given_for_losses_and_looks_nobody_up() {
        let (mut app, trained) = open(Pacing::Live);
        let evaluator = elsewhere(&trained);
        app.insert_resource(Evaluators(Arc::new(move |_: &Experiment| Some(Arc::clone(&evaluator)))));
        settle(&mut app);
        let known = app.world().resource::<Landscape>().current().unwrap();
        let own = pipeline::run(&trained).unwrap();
        assert_eq!(Some(known.plane.as_ref().unwrap().picture.field.grid()), own.plane.as_ref());
        assert_eq!(Some(known.volume.as_ref().unwrap().field.grid()), own.volume.as_ref());
        // Beyond the volume it is asked anew, wherever the plane goes.
        ask(&mut app, Command::Set(Change::Alpha3(9.0)));
        settle(&mut app);
        let plane = app.world().resource::<Landscape>().current().unwrap().plane.as_ref().unwrap();
        assert_eq!(plane.alpha3, 9.0);
        assert_eq!(**plane.picture.field.grid(), own.plan.plane_job(9.0).unwrap().finish());
    }

    #[test]
    fn its_trail_and_its_readouts_are_evaluated_where_its_surface_is() {
        let (mut app, trained) = open(Pacing::Live);
        let objective = Arc::clone(trained.objective().unwrap());
        let evaluator: Arc<dyn Evaluator> = Arc::new(Pointwise(objective));
        app.insert_resource(Evaluators(Arc::new(move |_: &Experiment| Some(Arc::clone(&evaluator)))));
        settle(&mut app);
        (0..3).for_each(|_| app.update());
        let end = training(&app).leader().unwrap().latest().unwrap().clone();
        let value = app.world().resource::<Readout>().value.unwrap();
        assert!((value - end.loss - MORE).abs() < 1e-12);
        let known = app.world().resource::<Landscape>().current().unwrap();
        assert!(known.trail_losses.iter().all(|loss| *loss > MORE), "{:?}", known.trail_losses);
    }

    #[test]
    fn its_steps_can_be_sought_and_its_slice_turned() {
        let (mut app, trained) = open(Pacing::Live);
        settle(&mut app);
        ask(&mut app, Command::Run(RunCommand::Seek(40)));
        (0..20).for_each(|_| {
            app.update();
            std::thread::sleep(Duration::from_millis(1));
        });
        let live = training(&app).leader().unwrap();
        let run = pipeline::train(&trained, |_| {}).unwrap();
        assert_eq!(live.latest(), run.checkpoint_at(40).as_ref());
        assert!(!training(&app).is_busy());
        ask(&mut app, Command::Set(Change::Plane(PlaneConfig::Chord)));
        ask(&mut app, Command::Run(RunCommand::Play));
        settle(&mut app);
        let known = app.world().resource::<Landscape>().current().unwrap();
        assert_eq!(known.plan.plane, pipeline::run(&pair("chord").0).unwrap().plan.plane);
    }

    #[test]
    fn what_cannot_be_says_why_and_the_window_goes_on() {
        let (mut app, _) = open(Pacing::Live);
        settle(&mut app);
        let adam = OptimizerConfig::by_name("adam").unwrap();
        let asked = [
            Command::Run(RunCommand::race(adam.clone(), RaceStart::Same)),
            Command::Set(Change::Optimizer(adam)),
            Command::Set(Change::Steps(90)),
            Command::Set(Change::Plane(PlaneConfig::by_name("hessian").unwrap())),
        ];
        for command in asked {
            app.world_mut().resource_mut::<Refusal>().0 = None;
            ask(&mut app, command.clone());
            let told =
                app.world().resource::<Refusal>().0.as_ref().map_or_else(String::new, ToString::to_string);
            assert!(
                told.contains("recorded elsewhere") || told.contains("without its loss"),
                "{command:?}: {told}"
            );
        }
        ask(&mut app, Command::View(ViewCommand::Select(Some(vec![0.0, 0.0, 0.0]))));
        settle(&mut app);
        // Another experiment is opened as ever.
        let next = ExperimentFile::parse(TRAINED, "x.ron").unwrap();
        ask(&mut app, Command::Load(Box::new(next)));
        assert_eq!(app.world().resource::<Refusal>().0, None);
        settle(&mut app);
        assert!(app.world().resource::<Landscape>().current().unwrap().plane.is_some());
    }
    #[test]
    fn its_trail_is_drawn_and_each_chart_shows_what_is_known_or_why_not() {
        let (trained, imported) = pair("pca");
        let (overlay, pacing) = (Overlay::Panels, Pacing::Awaited);
        let size = [1280, 720];
        let request =
            EyeRequest { experiment: imported, size, overlay, pacing, msaa: Msaa::Off, pixels_per_point: 1 };
        let mut eye = Eye::undrawn_with(request, |_| {});
        eye.ask(Command::Set(Change::Charts(ChartKind::ALL.into())));
        eye.ask(Command::Run(RunCommand::Seek(150)));
        (0..60).for_each(|_| eye.frame());
        let run = pipeline::train(&trained, |_| {}).unwrap();
        let placed = eye.world().resource::<Placement>().first().unwrap();
        let trail = eye.world().resource::<Trails>().leader().unwrap();
        assert_eq!(trail.last().unwrap().value, run.latest().loss, "at the losses that were recorded");
        assert!(trail.path(&placed).len() > 20);
        let charts = &eye.world().resource::<Charts>().open;
        for (kind, chart) in charts {
            let says_why =
                chart.note.starts_with("This run was recorded elsewhere and came without its loss");
            let has_numbers = matches!(
                kind,
                ChartKind::Curves | ChartKind::Map | ChartKind::Parameters | ChartKind::Directions
            );
            assert_eq!(
                (says_why, !chart.marks.is_empty()),
                (!has_numbers, has_numbers),
                "{kind:?}: {chart:?}"
            );
        }
        assert_eq!(charts.len(), ChartKind::ALL.len());
    }
}
