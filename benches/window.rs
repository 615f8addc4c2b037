//! What the window costs: frames, the way to the first picture, a switch of the dataset, a drag of alpha3.
//!
//! Each figure is measured in a process of its own (one renderer a process) and printed beside the
//! empty window of the same features, so that it can be read as a ratio on any machine.

#![allow(clippy::print_stdout, reason = "a bench talks to a terminal")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot measure may as well end")]
#![allow(missing_docs, reason = "a program, not a library")]

use std::process::Command as Process;
use std::time::{Duration, Instant};

use bevy::prelude::*;
use losscape::app::{self, Overlay};
use losscape::core::data::DatasetConfig;
use losscape::core::experiment::{Experiment, builtin, file::Resolution};
use losscape::core::script::{Command, ExperimentCommand, RunCommand, SliceCommand};
use losscape::record::eye::{Eye, EyeRequest};
use losscape::scene::landscape::Landscape;
use losscape::scene::{Pacing, Stage};

/// Name of each measurement, what it is, and the bar it is held to.
const MEASUREMENTS: [(&str, &str, &str); 7] = [
    ("empty", "an empty frame", ""),
    ("idle", "a frame of the default experiment, idle", "60 ms"),
    ("busy", "a frame while a volume is computed", "120 ms"),
    ("start", "start to first full picture over an empty window", "1000 ms"),
    ("switch", "dataset switch to first coarse surface, median of 9", "100 ms"),
    ("block", "longest update of the main thread after a switch", "10 ms"),
    ("drag", "our systems in a frame while alpha3 is dragged", "0.5 ms"),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--measure") {
        println!("{}", measure(&arguments[at + 1]));
        return;
    }
    println!("{:<56} {:>10} {:>9}   bar", "1280x720, no antialiasing, panels open", "ms", "/ empty");
    let mut empty = f64::NAN;
    for (name, what, bar) in MEASUREMENTS {
        let me = std::env::current_exe().unwrap();
        let output = Process::new(me).args(["--measure", name]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let ms: f64 = text.trim().parse().unwrap_or(f64::NAN);
        if name == "empty" {
            empty = ms;
        }
        println!("{what:<56} {ms:>10.2} {:>9.2}   {bar}", ms / empty);
    }
}

fn measure(name: &str) -> f64 {
    let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
    match name {
        "empty" => {
            ms(median((0..60).map(|_| ()).scan(empty_eye(), |eye, ()| Some(timed(|| eye.frame()))).skip(10)))
        }
        "idle" => ms(idle()),
        "busy" => ms(busy()),
        "start" => ms(start()) - ms(empty_start()),
        "switch" => ms(switch()),
        "block" => ms(block()),
        "drag" => ms(drag()),
        other => panic!("no measurement is called {other}"),
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

fn median(times: impl Iterator<Item = Duration>) -> Duration {
    let mut times: Vec<Duration> = times.collect();
    times.sort();
    times[times.len() / 2]
}

fn default_experiment() -> Experiment {
    Experiment::new(builtin::load(builtin::DEFAULT).unwrap().unwrap()).unwrap()
}

fn request(experiment: Experiment) -> EyeRequest {
    let size = [1280, 720];
    EyeRequest { experiment, size, overlay: Overlay::Panels, pacing: Pacing::Live, msaa: Msaa::Off }
}

/// The same plugins with nothing to show: no session command ever comes, and all meshes are removed.
fn empty_eye() -> Eye {
    Eye::open_with(request(tiny()), |app| {
        app.add_systems(PostUpdate, |mut commands: Commands, meshes: Query<Entity, With<Mesh3d>>| {
            meshes.iter().for_each(|mesh| commands.entity(mesh).despawn());
        });
    })
    .unwrap()
}

/// An experiment that is computed in no time.
fn tiny() -> Experiment {
    let change = |file: &mut losscape::core::experiment::ExperimentFile| {
        file.dataset.set_points(4);
        file.steps = 2;
        file.slice.grid = Resolution([3, 3]);
        file.slice.volume = Resolution([3, 3, 3]);
    };
    default_experiment().with(change).unwrap()
}

fn settled_eye() -> Eye {
    let mut eye = Eye::open(request(default_experiment())).unwrap();
    while !eye.world().resource::<Landscape>().is_settled() {
        eye.frame();
    }
    eye.ask(Command::Run(RunCommand::Pause));
    for _ in 0..10 {
        eye.frame();
    }
    eye
}

fn idle() -> Duration {
    let mut eye = settled_eye();
    median((0..40).map(|_| timed(|| eye.frame())))
}

fn busy() -> Duration {
    let experiment =
        default_experiment().with(|file| file.slice.volume = Resolution([257, 257, 129])).unwrap();
    let mut eye = Eye::open(request(experiment)).unwrap();
    while eye.world().resource::<Landscape>().current().is_none_or(|known| known.volume.is_none()) {
        eye.frame();
    }
    median((0..40).map(|_| timed(|| eye.frame())))
}

/// From nothing to a picture of the plane at full resolution and a first volume.
fn start() -> Duration {
    timed(|| {
        let mut eye = Eye::open(request(default_experiment())).unwrap();
        let is_full = |eye: &Eye| {
            let known = eye.world().resource::<Landscape>().current()?;
            Some(known.plane.as_ref()?.picture.stride == 1 && known.volume.is_some())
        };
        while is_full(&eye) != Some(true) {
            eye.frame();
        }
        eye.frame();
    })
}

fn empty_start() -> Duration {
    timed(|| {
        let mut eye = empty_eye();
        eye.frame();
        eye.frame();
    })
}

/// From the click to the end of the frame that shows the coarse surface of the new dataset: the median of
/// several switches to and fro.
fn switch() -> Duration {
    let mut eye = settled_eye();
    median(["diagonal", "xor"].into_iter().cycle().take(9).map(|name| {
        let took = switch_to(&mut eye, name);
        while !eye.world().resource::<Landscape>().is_settled() {
            eye.frame();
        }
        took
    }))
}

fn switch_to(eye: &mut Eye, name: &str) -> Duration {
    let revision = |eye: &Eye| eye.world().resource::<Landscape>().current().map(|known| known.revision);
    let before = revision(eye);
    let command = Command::Experiment(ExperimentCommand::Dataset(DatasetConfig::by_name(name).unwrap()));
    timed(|| {
        eye.ask(command);
        loop {
            eye.frame();
            let landscape = eye.world().resource::<Landscape>();
            let is_shown = landscape.current().is_some_and(|known| known.plane.is_some());
            if revision(eye) != before && is_shown {
                return;
            }
        }
    })
}

/// The longest update, of all that follow a switch, in an app without a renderer: what is left is ours.
fn block() -> Duration {
    let mut app = app::bare(default_experiment(), Pacing::Live);
    let settle = |app: &mut App| {
        let mut longest = Duration::ZERO;
        while !app.world().resource::<Landscape>().is_settled() {
            longest = longest.max(timed(|| app.update()));
            std::thread::sleep(Duration::from_millis(5));
        }
        longest
    };
    settle(&mut app);
    let dataset = DatasetConfig::by_name("diagonal").unwrap();
    let command = Command::Experiment(ExperimentCommand::Dataset(dataset));
    app.world_mut().write_message(losscape::scene::session::Ask(command));
    let first = timed(|| app.update());
    first.max(settle(&mut app))
}

/// When our systems of this frame began, and how long those of each frame took.
#[derive(Resource, Default)]
struct OurTime {
    began: Option<Instant>,
    took: Vec<Duration>,
}

/// The time between the first and the last of our systems in a frame.
fn drag() -> Duration {
    let mut eye = Eye::open_with(request(default_experiment()), |app| {
        app.init_resource::<OurTime>();
        app.add_systems(
            Update,
            (|mut time: ResMut<OurTime>| time.began = Some(Instant::now())).before(Stage::Input),
        );
        let end = |mut time: ResMut<OurTime>| {
            let took = time.began.map(|began| began.elapsed());
            time.took.extend(took);
        };
        app.add_systems(Update, end.after(Stage::Draw));
    })
    .unwrap();
    while !eye.world().resource::<Landscape>().is_settled() {
        eye.frame();
    }
    eye.ask(Command::Run(RunCommand::Seek(2000)));
    for _ in 0..20 {
        eye.frame();
    }
    let before = eye.world().resource::<OurTime>().took.len();
    for i in 0..100 {
        eye.ask(Command::Slice(SliceCommand::Alpha3(f64::from(i) * 0.02)));
        eye.frame();
    }
    median(eye.world().resource::<OurTime>().took[before..].iter().copied())
}
