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
use bevy_egui::EguiPrimaryContextPass;
use image::RgbaImage;
use losscape::app::{self, Overlay};
use losscape::core::command::{Command, RaceStart, RunCommand, ViewCommand};
use losscape::core::data::DatasetConfig;
use losscape::core::experiment::{
    Assignment, Change, ChartKind, Experiment, Shape, TrailColors, builtin, file::Resolution,
};
use losscape::core::geometry::camera::Pose;
use losscape::core::geometry::isosurface::isosurface;
use losscape::core::num::CancelToken;
use losscape::core::optim::OptimizerConfig;
use losscape::core::script::builtin as tours;
use losscape::core::script::{Audience, Recorder};
use losscape::core::session::{Now, Session};
use losscape::record::deep::Frame;
use losscape::record::eye::{Eye, EyeRequest};
use losscape::record::sink::{self, Encoder, Encoding, FilmSpec, Format};
use losscape::record::{Background, Film, FilmRequest, Page};
use losscape::scene::landscape::{Evaluators, Landscape};
use losscape::scene::session::SessionState;
use losscape::scene::side::{First, Second, Side};
use losscape::scene::slice::Shown;
use losscape::scene::tour::{self, Presenter, Touring};
use losscape::scene::training::Training;
use losscape::scene::{Pacing, Stage};
use losscape::ui::OverlaySystems;

/// A measurement: its name, what it is, in what, and the bar it is held to.
struct Measurement(&'static str, &'static str, Unit, &'static str);

#[derive(Clone, Copy, PartialEq)]
enum Unit {
    /// Milliseconds, which are told as a multiple of an empty frame too.
    Ms,
    /// Megabytes.
    Mb,
    /// A ratio.
    Times,
    /// A share in hundredths.
    Percent,
}
use Unit::{Mb, Ms, Percent, Times};

const MEASUREMENTS: [Measurement; 26] = [
    Measurement("empty", "an empty frame", Ms, ""),
    Measurement("idle", "a frame of the default experiment, idle", Ms, "60"),
    Measurement("cube", "a frame of the cube, idle", Ms, "90"),
    Measurement("trail", "a frame with a trail of 2,000 steps", Ms, "80"),
    Measurement("both", "a frame of everything: both stands, isosurface, sections", Ms, ""),
    Measurement("compare", "two landscapes' frame over one's, idle", Times, "1.6"),
    Measurement("compared runs", "the same while training goes on", Times, "1.6"),
    Measurement("busy", "a frame while a volume is computed", Ms, "120"),
    Measurement("start", "start to first full picture over an empty window", Ms, "1000"),
    Measurement("switch", "dataset switch to first coarse surface, median of 9", Ms, "100"),
    Measurement("leave", "longest frame over the median as the plane leaves the volume", Times, "2"),
    Measurement("turn", "longest frame over the median as the plane is turned", Times, "2"),
    Measurement("chapters", "longest start of the lecture's chapters, to all its work done", Ms, "2000"),
    Measurement("block", "longest update of the main thread after a switch", Ms, "10"),
    Measurement("drag", "our systems in a frame while alpha3 is dragged", Ms, "0.5"),
    Measurement("systems", "our systems in an update, everything on, nothing drawn", Ms, "1"),
    Measurement("large", "the same with a surface of 513 x 513", Ms, "the same"),
    Measurement("overlay", "labels, panels and all nine charts in the same updates", Ms, "2"),
    Measurement("recording", "the recorder, a frame in which all moves, over ten minutes", Ms, "0.05"),
    Measurement("isosurface", "the isosurface of a volume of 129 x 129 x 65", Ms, "30"),
    Measurement("memory", "memory of the default experiment over an empty window", Mb, "150"),
    Measurement("growth", "memory gained in 10,000 frames of a moving plane", Mb, "0"),
    Measurement("film", "a film's frame, drawn, read back and encoded", Ms, "83"),
    Measurement("film share", "of that, encoder and readback", Percent, "25"),
    Measurement("film memory", "memory of a film of 3840 x 2160 over an empty window", Mb, "400"),
    Measurement("film growth", "memory gained from its frame 20 to 60", Mb, "0"),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--measure") {
        println!("{}", measure(&arguments[at + 1]));
        return;
    }
    let is_chosen = |name: &str| {
        let chosen: Vec<&String> = arguments[1..].iter().filter(|word| !word.starts_with("--")).collect();
        name == "empty" || chosen.is_empty() || chosen.iter().any(|word| *word == name)
    };
    println!("{:<62} {:>10}    {:>9}   bar", "1280x720, no antialiasing, panels open", "", "/ empty");
    let mut empty = f64::NAN;
    for Measurement(name, what, unit, bar) in MEASUREMENTS {
        if !is_chosen(name) {
            continue;
        }
        let value = in_own_process(name);
        if name == "empty" {
            empty = value;
        }
        let (unit_name, ratio) = match unit {
            Ms => ("ms", format!("{:.2}", value / empty)),
            Mb => ("MB", String::new()),
            Times => ("x ", String::new()),
            Percent => ("% ", String::new()),
        };
        println!("{what:<62} {value:>10.3} {unit_name} {ratio:>9}   {bar}");
    }
}

/// A measurement in a process of its own; NaN where it is not possible.
fn in_own_process(name: &str) -> f64 {
    let me = std::env::current_exe().unwrap();
    let output = Process::new(me).args(["--measure", name]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap_or(f64::NAN)
}

fn measure(name: &str) -> f64 {
    let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
    match name {
        "empty" => {
            ms(median((0..60).map(|_| ()).scan(empty_eye(), |eye, ()| Some(timed(|| eye.frame()))).skip(10)))
        }
        "idle" => ms(idle(|_| {})),
        "cube" => ms(idle(|eye| eye.ask(Command::Set(Change::Shape(Shape::Cube))))),
        "trail" => ms(idle(|eye| eye.ask(Command::Run(RunCommand::Seek(2000))))),
        "both" => ms(idle(everything_on)),
        "compare" => two_over_one(None),
        "compared runs" => two_over_one(Some(RunCommand::Restart)),
        "busy" => ms(busy()),
        "start" => ms(start()) - ms(empty_start()),
        "switch" => ms(switch()),
        "leave" => longest_over_median(|i| Change::Alpha3(2.5 + 0.05 * f64::from(i))),
        "turn" => longest_over_median(|i| Change::Rotate(f64::from(i))),
        "chapters" => ms(longest_chapter_start()),
        "block" => ms(block()),
        "drag" => ms(drag()),
        "systems" => ms(undrawn(default_experiment(), &|time| &time.systems)),
        "large" => ms(undrawn(large(), &|time| &time.systems)),
        "overlay" => {
            ms(undrawn(default_experiment(), &|time| &time.overlay))
                + ms(undrawn(default_experiment(), &|time| &time.charts))
        }
        "recording" => ms(recording()),
        "isosurface" => ms(of_isosurface()),
        "memory" => memory() - in_own_process("empty memory"),
        "empty memory" => empty_memory(),
        "growth" => growth(),
        "film" => ms(filmed(true)) / f64::from(FILMED),
        "film share" => {
            let [drawn, whole] = ["drawn film", "film"].map(in_own_process);
            100.0 * (1.0 - (drawn - ms(read_back())) / whole)
        }
        "drawn film" => ms(filmed(false)) / f64::from(FILMED),
        "film memory" => film_memory(20) - in_own_process("large empty memory"),
        "film growth" => in_own_process("long film memory") - in_own_process("short film memory"),
        "short film memory" => film_memory(20),
        "long film memory" => film_memory(60),
        "large empty memory" => large_empty_memory(),
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
    EyeRequest {
        experiment,
        size,
        overlay: Overlay::Panels,
        pacing: Pacing::Live,
        msaa: Msaa::Off,
        pixels_per_point: 1,
    }
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
    settle(&mut eye);
    eye.ask(Command::Run(RunCommand::Pause));
    for _ in 0..40 {
        eye.frame();
    }
    eye
}

fn settle(eye: &mut Eye) {
    while !eye.world().resource::<Landscape>().is_settled() {
        eye.frame();
    }
}

fn idle(prepare: impl FnOnce(&mut Eye)) -> Duration {
    let mut eye = settled_eye();
    prepare(&mut eye);
    for _ in 0..60 {
        eye.frame();
    }
    median((0..40).map(|_| timed(|| eye.frame())))
}

/// A frame of two landscapes beside each other over one of the first alone, in one window: at rest, or after a command to each.
fn two_over_one(doing: Option<RunCommand>) -> f64 {
    let mut eye = settled_eye();
    let mut frame = || {
        eye.ask(doing.clone().map_or(Command::Run(RunCommand::Pause), Command::Run));
        (0..20).for_each(|_| eye.frame());
        let took = median((0..60).map(|_| timed(|| eye.frame())));
        let compared = Assignment::parse("seed=7").unwrap();
        eye.ask(Command::Set(Change::Compare(vec![compared])));
        eye.frame();
        settle_both(&mut eye);
        took
    };
    let (one, two) = (frame(), frame());
    two.as_secs_f64() / one.as_secs_f64()
}

fn settle_both(eye: &mut Eye) {
    while is_at_work::<First>(eye) || is_at_work::<Second>(eye) {
        eye.frame();
    }
}

/// Whether a side that is shown has work left for what it shows.
fn is_at_work<S: Side>(eye: &Eye) -> bool {
    let world = eye.world();
    let is_busy = world.resource::<Shown<S>>().is_busy() || world.resource::<Training<S>>().is_busy();
    let is_shown = world.contains_resource::<SessionState<S>>();
    is_shown && (is_busy || !world.resource::<Landscape<S>>().is_settled())
}

/// From Page Down to all work done of what a chapter begins with: the longest of all chapters, which are told one by one.
fn longest_chapter_start() -> Duration {
    let tour = tours::load("what-is-a-loss-landscape").unwrap().unwrap();
    let (count, first) = (tour.chapters().len(), tour.first_experiment());
    let mut eye = Eye::undrawn_with(request(first), |app| tour::begin(app, tour, Audience::Live, true));
    settle_both(&mut eye);
    let chapter = |eye: &Eye| eye.world().resource::<Touring>().player().unwrap().chapter_number();
    let starts = (1..count).map(|next| {
        let took = loop {
            let began = Instant::now();
            eye.world_mut().write_message(Presenter::Forward);
            (0..2).for_each(|_| eye.frame());
            settle_both(&mut eye);
            if chapter(&eye) == next {
                break began.elapsed();
            }
        };
        println!("chapter {}: {:.2} s", next + 1, took.as_secs_f64());
        took
    });
    starts.max().unwrap()
}

/// Both stands, all that the cube can show, and a race.
fn everything_on(eye: &mut Eye) {
    for change in [
        Change::Shape(Shape::Both),
        Change::Isosurface(Some(0.2)),
        Change::Section1(Some(0.5)),
        Change::Section2(Some(0.5)),
        Change::GridLines(true),
        Change::Trail(TrailColors::Distance),
    ] {
        eye.ask(Command::Set(change));
    }
    eye.ask(Command::View(ViewCommand::Select(Some(vec![1.0, 1.0, 0.0]))));
    for optimizer in OptimizerConfig::all().into_iter().take(2) {
        eye.ask(Command::Run(RunCommand::race(optimizer, RaceStart::Same)));
    }
}

/// The longest of 60 frames in each of which the plane goes somewhere new, over their median.
fn longest_over_median(next: impl Fn(i32) -> Change) -> f64 {
    let mut eye = settled_eye();
    let mut times: Vec<Duration> = (0..60)
        .map(|i| {
            eye.ask(Command::Set(next(i)));
            timed(|| eye.frame())
        })
        .collect();
    times.sort();
    times[59].as_secs_f64() / times[30].as_secs_f64()
}

fn large() -> Experiment {
    default_experiment().with(|file| file.slice.grid = Resolution([513, 513])).unwrap()
}

/// The mean time of our systems, or of the overlay, over 1,000 updates in which everything is on and
/// alpha3 travels.
fn undrawn(experiment: Experiment, part: &dyn Fn(&OurTime) -> &Span) -> Duration {
    let mut eye = Eye::undrawn_with(request(experiment), |app| {
        watch_our_time(app);
    });
    eye.ask(Command::Set(Change::Charts(ChartKind::ALL.into())));
    everything_on(&mut eye);
    settle(&mut eye);
    eye.ask(Command::Sweep(true));
    for _ in 0..50 {
        eye.frame();
    }
    let before = part(eye.world().resource::<OurTime>()).took.len();
    for _ in 0..1000 {
        eye.frame();
        // As long as a picture would take, so that training has its turn as it would in a window.
        std::thread::sleep(Duration::from_millis(5));
    }
    let took = &part(eye.world().resource::<OurTime>()).took[before..];
    took.iter().sum::<Duration>() / took.len() as u32
}

/// What it takes to record a frame in which training goes on, the camera turns and alpha3 is dragged: the
/// mean over ten minutes at 60 frames a second.
fn recording() -> Duration {
    const FRAMES: u32 = 36_000;
    let mut session = Session::new(default_experiment());
    let pose = |frame: u32| Pose {
        target: [0.0; 3],
        yaw: (f64::from(frame) * 0.01).sin(),
        pitch: -0.5,
        distance: 3.0,
        fov: 0.7,
    };
    let mut recorder = Recorder::begin(&session, 0.0, 0, &pose(0));
    let mut took = Duration::ZERO;
    for frame in 0..FRAMES {
        let secs = f64::from(frame) / 60.0;
        let pose = pose(frame);
        took += timed(|| recorder.see(secs, u64::from(frame) * 4, &pose));
        let alpha3 = (f64::from(frame) * 0.003).sin();
        session.apply(Command::Set(Change::Alpha3(alpha3)), Now::default()).unwrap();
        took += timed(|| recorder.note(&session));
    }
    std::hint::black_box(recorder.finish());
    took / FRAMES
}

fn of_isosurface() -> Duration {
    let experiment =
        default_experiment().with(|file| file.slice.volume = Resolution([129, 129, 65])).unwrap();
    let volume = losscape::core::experiment::pipeline::run(&experiment).unwrap().volume.unwrap();
    median((0..15).map(|_| {
        timed(|| {
            std::hint::black_box(isosurface(&volume, 0.2, [2.0, 2.0, 1.3]));
        })
    }))
}

/// Megabytes that this process holds; NaN where the system does not tell in this way.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok())
        .map_or(f64::NAN, |kb| kb / 1e3)
}

fn memory() -> f64 {
    let _eye = settled_eye();
    resident()
}

fn empty_memory() -> f64 {
    let mut eye = empty_eye();
    for _ in 0..60 {
        eye.frame();
    }
    resident()
}

/// Between the 1,000th and the 11,000th frame: before that, buffers find their size.
fn growth() -> f64 {
    let small = EyeRequest { size: [160, 90], ..request(default_experiment()) };
    let mut eye = Eye::open(small).unwrap();
    settle(&mut eye);
    eye.ask(Command::Run(RunCommand::Seek(2000)));
    eye.ask(Command::Sweep(true));
    let mut held = [0.0; 2];
    for (frames, held) in [1_000, 10_000].into_iter().zip(&mut held) {
        (0..frames).for_each(|_| eye.frame());
        *held = resident();
    }
    held[1] - held[0]
}

/// Frames that a film is measured over.
const FILMED: u32 = 120;

/// A film of the default tour as `losscape record` makes it, or only drawn and read back.
fn filmed(is_encoded: bool) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let mut film = film([1280, 720], u64::from(FILMED));
    let mut encoding = is_encoded.then(|| encoding(folder.path(), [1280, 720], u64::from(FILMED)));
    timed(|| {
        let mut frame = Frame::default();
        while film.draw(&mut frame).unwrap() {
            if let Some(encoding) = &mut encoding {
                let next = encoding.spare().unwrap_or_default();
                encoding.send(std::mem::replace(&mut frame, next)).unwrap();
            }
        }
        encoding.take().into_iter().for_each(|encoding| encoding.finish(&CancelToken::default()).unwrap());
    })
}

fn film(size: [u32; 2], frames: u64) -> Film {
    let tour = tours::load("descent").unwrap().unwrap();
    let request = FilmRequest {
        tour,
        size,
        fps: 30,
        frames: 0..frames,
        supersample: 1,
        background: Background::Stage,
        page: Page::default(),
        is_deep: false,
        overlay: Overlay::Labels,
        has_captions: true,
        evaluators: Evaluators::default(),
    };
    Film::open(request, &CancelToken::default()).unwrap().unwrap()
}

fn encoding(folder: &std::path::Path, size: [u32; 2], frames: u64) -> Encoding {
    let spec = FilmSpec::plain(size, 30, frames);
    let sink = sink::open(&folder.join("x.mp4"), true, spec, Format::Mp4, Encoder::InProcess);
    Encoding::start(sink.unwrap()).unwrap()
}

/// One frame from the device to main memory.
fn read_back() -> Duration {
    let mut eye = settled_eye();
    let mut picture = RgbaImage::default();
    median((0..60).map(|_| timed(|| eye.read(&mut picture).unwrap())))
}

/// What a film holds after so many frames.
fn film_memory(frames: u64) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let mut film = film([3840, 2160], frames);
    let mut encoding = encoding(folder.path(), [3840, 2160], frames);
    let mut frame = Frame::default();
    while film.draw(&mut frame).unwrap() {
        let next = encoding.spare().unwrap_or_default();
        encoding.send(std::mem::replace(&mut frame, next)).unwrap();
    }
    let held = resident();
    encoding.finish(&CancelToken::default()).unwrap();
    held
}

fn large_empty_memory() -> f64 {
    let request = EyeRequest { size: [3840, 2160], overlay: Overlay::Labels, ..request(tiny()) };
    let mut eye = Eye::open(request).unwrap();
    (0..20).for_each(|_| eye.frame());
    resident()
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
            Some(known.plane.as_ref()?.picture.field.stride() == 1 && known.volume.is_some())
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
        settle(&mut eye);
        took
    }))
}

fn switch_to(eye: &mut Eye, name: &str) -> Duration {
    let revision = |eye: &Eye| eye.world().resource::<Landscape>().current().map(|known| known.revision);
    let before = revision(eye);
    let command = Command::Set(Change::Dataset(DatasetConfig::by_name(name).unwrap()));
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
    let command = Command::Set(Change::Dataset(dataset));
    app.world_mut().write_message(losscape::scene::session::Ask(command));
    let first = timed(|| app.update());
    first.max(settle(&mut app))
}

/// How long our systems took in each frame, and the overlay.
#[derive(Resource, Default)]
struct OurTime {
    systems: Span,
    charts: Span,
    overlay: Span,
}

#[derive(Default)]
struct Span {
    began: Option<Instant>,
    took: Vec<Duration>,
}

impl Span {
    fn begin(&mut self) {
        self.began = Some(Instant::now());
    }

    fn end(&mut self) {
        self.took.extend(self.began.map(|began| began.elapsed()));
    }
}

/// The time between the first and the last of our systems in a frame.
fn watch_our_time(app: &mut App) {
    app.init_resource::<OurTime>();
    let begin = |mut time: ResMut<OurTime>| time.systems.begin();
    let end = |mut time: ResMut<OurTime>| time.systems.end();
    app.add_systems(Update, (begin.before(Stage::Input), end.after(Stage::Draw)));
    let begin = |mut time: ResMut<OurTime>| time.charts.begin();
    let end = |mut time: ResMut<OurTime>| time.charts.end();
    app.add_systems(Update, (begin.after(Stage::Draw).before(OverlaySystems), end.after(OverlaySystems)));
    let begin = |mut time: ResMut<OurTime>| time.overlay.begin();
    let end = |mut time: ResMut<OurTime>| time.overlay.end();
    let pass = EguiPrimaryContextPass;
    app.add_systems(pass, (begin.before(OverlaySystems), end.after(OverlaySystems)));
}

fn drag() -> Duration {
    let mut eye = Eye::open_with(request(default_experiment()), watch_our_time).unwrap();
    settle(&mut eye);
    eye.ask(Command::Run(RunCommand::Seek(2000)));
    for _ in 0..20 {
        eye.frame();
    }
    let before = eye.world().resource::<OurTime>().systems.took.len();
    for i in 0..100 {
        eye.ask(Command::Set(Change::Alpha3(f64::from(i) * 0.02)));
        eye.frame();
    }
    median(eye.world().resource::<OurTime>().systems.took[before..].iter().copied())
}
