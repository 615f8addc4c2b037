//! Long work in the window: on threads, in pieces where there are none, and waited for.

use std::sync::Arc;
use std::time::Duration;

use bevy::ecs::system::SystemState;
use bevy::prelude::*;
use losscape::app::{self, Overlay};
use losscape::core::command::{Command, RunCommand};
use losscape::core::experiment::{Change, Experiment, ExperimentFile, Shape, pipeline};
use losscape::core::num::{Advance, Job};
use losscape::core::probe;
use losscape::record::eye::{Eye, EyeRequest};
use losscape::scene::Pacing;
use losscape::scene::executor::{Executor, Jobs, Mode};
use losscape::scene::isosurface::Iso;
use losscape::scene::landscape::Landscape;
use losscape::scene::session::Ask;
use losscape::scene::slice::Shown;
use losscape::scene::training::Training;
use losscape::ui::source::Source;

/// A volume, and a model that is too large to be looked at within a frame.
const TEXT: &str = "(steps: 40, model: mlp(widths: [14, 14]), dataset: xor(points: 60),
    slice: (plane: chord, grid: [9, 7], volume: [5, 5, 5]), view: (isosurface: Some(0.2)))";

fn experiment() -> Experiment {
    let file = ExperimentFile::parse(TEXT, "x.ron").unwrap();
    Experiment::new(file).unwrap().with(|file| file.view.shape = Shape::Both).unwrap()
}

/// An eye that draws nothing, whose jobs run there.
fn eye(mode: Mode, pacing: Pacing) -> Eye {
    let request = EyeRequest {
        experiment: experiment(),
        size: [320, 180],
        overlay: Overlay::Panels,
        pacing,
        msaa: Msaa::Off,
        pixels_per_point: 1,
    };
    let mut eye = Eye::undrawn_with(request, |app| {
        app.insert_resource(Jobs::new(mode));
    });
    eye.ask(Command::Run(RunCommand::Seek(40)));
    eye.ask(Command::Set(Change::Alpha3(0.25)));
    eye
}

fn is_settled(world: &World) -> bool {
    let [shown, training, iso] = [
        world.resource::<Shown>().is_busy() || !world.resource::<Shown>().is_exact,
        world.resource::<Training>().is_busy() || world.resource::<Training>().step() < 40,
        world.resource::<Iso>().is_busy(),
    ];
    world.resource::<Landscape>().is_settled() && !(shown || training || iso)
}

/// Frames until all is done; how many.
fn settle(eye: &mut Eye) -> usize {
    for frame in 1..20_000 {
        eye.frame();
        // The isosurface is asked for by the frame after its volume is there.
        if is_settled(eye.world()) && frame > 2 {
            return frame;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    panic!("nothing settles");
}

#[test]
fn all_that_the_window_finds_out_is_the_same_to_the_bit_on_threads_in_pieces_and_waited_for() {
    let expected = pipeline::run(&experiment()).unwrap();
    let plane = Arc::new(expected.plan.plane_job(0.25).unwrap().finish());
    for (mode, pacing) in [
        (Mode::Threads, Pacing::Live),
        (Mode::Threads, Pacing::Filmed),
        (Mode::Budget(Duration::ZERO), Pacing::Live),
        (Mode::Budget(Duration::from_millis(4)), Pacing::Live),
    ] {
        let mut eye = eye(mode, pacing);
        let frames = settle(&mut eye);
        let world = eye.world();
        assert_eq!(world.resource::<Jobs>().on_threads() > 0, mode == Mode::Threads, "{mode:?}");
        assert!(mode != Mode::Budget(Duration::ZERO) || frames > 100, "in {frames} frames, a piece in each");
        let known = world.resource::<Landscape>().current().unwrap();
        assert_eq!(known.plan.trajectory, expected.plan.trajectory, "{mode:?}, {pacing:?}");
        assert_eq!(known.plan.plane, expected.plan.plane);
        assert_eq!(*known.plane.as_ref().unwrap().picture.field.grid(), plane);
        assert_eq!(Some(known.volume.as_ref().unwrap().field.grid()), expected.volume.as_ref());
        assert_eq!(known.walks, expected.walks);
        let live = world.resource::<Training>().leader().unwrap();
        let latest = live.latest().unwrap();
        assert_eq!(Some(latest), expected.plan.trajectory.last());
        if pacing == Pacing::Live {
            let (objective, plane) = (known.plan.objective().unwrap(), &known.plan.plane.subspace);
            let seen = probe::probe(&**objective, plane, &latest.theta, 0);
            assert_eq!(live.verdict(), Some(seen.verdict.brief()), "by Lanczos");
        }
        assert_eq!(world.resource::<Jobs>().mishap(), None);
    }
}

#[cfg(target_os = "linux")]
const ALONE: &str = "LOSSCAPE_TEST_ALONE";

/// The threads of this process, by name.
#[cfg(target_os = "linux")]
fn threads() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm")).unwrap();
    let mut names: Vec<String> = tasks.map(|task| name(task.unwrap())).collect();
    names.sort();
    names
}

/// Run by the next test as a process; by itself there is nothing to do.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "what another test starts"]
fn alone() {
    if std::env::var_os(ALONE).is_none() {
        return;
    }
    let mut app = app::bare(experiment(), Pacing::Live);
    app.insert_resource(Jobs::new(Mode::Budget(Duration::ZERO)));
    app.world_mut().write_message(Ask(Command::Run(RunCommand::Seek(40))));
    for _ in 0..5000 {
        app.update();
    }
    let world = app.world();
    assert!(world.resource::<Landscape>().is_settled() && world.resource::<Training>().step() == 40);
    assert!(!world.resource::<Training>().is_busy());
    // The engine's own threads come when they like, some of them late. Beside them there are this process's first one
    // and the test's.
    let is_engine = |name: &&String| ["Task Po", "Compute T", "async-io"].iter().any(|of| name.contains(of));
    let threads = threads();
    let others: Vec<&String> = threads.iter().filter(|name| !is_engine(name)).collect();
    assert_eq!(others.len(), 2, "one was started: {threads:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn without_threads_none_is_started() {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "jobs::alone", "--nocapture"]).env(ALONE, "1");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// A job that has a mistake in it.
struct Broken;

impl Job for Broken {
    type Finding = ();

    fn advance(&mut self, _units: u64) -> Advance<()> {
        panic!("on purpose")
    }
}

#[test]
fn a_job_that_panics_is_told_of_in_the_window_until_something_else_is_asked_for() {
    let mut eye = eye(Mode::Threads, Pacing::Filmed);
    settle(&mut eye);
    let told = |eye: &mut Eye| {
        let world = eye.world_mut();
        SystemState::<Source>::new(world).get(world).unwrap().view().news.warning
    };
    assert_eq!(told(&mut eye), None);
    let world = eye.world_mut();
    let mut state = SystemState::<Executor>::new(world);
    let executor = state.get(world).unwrap();
    executor.start("look at a point", Broken).take(&executor);
    eye.frame();
    let said = told(&mut eye).unwrap();
    assert!(said.starts_with("a mistake in the program ended the look at a point: on purpose"), "{said}");
    eye.ask(Command::Set(Change::Speed(7.0)));
    eye.frame();
    assert_eq!(told(&mut eye), None);
}
