//! A film of a tour that is written in Rust, without a window:
//!
//!     cargo run --release --example film
//!
//! It draws `film.apng` into the folder for temporary files, or into a file that is named behind it
//! (`.mp4`, `.gif`, `.apng`, a folder of `.png`). A graphics device is needed and no display: Mesa's software Vulkan will do.
//! `losscape record` does the same for a tour in a file.

#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::io::Write;
use std::path::{Path, PathBuf};

use losscape::app::Overlay;
use losscape::core::command::{Command, RunCommand};
use losscape::core::experiment::{Change, ExperimentFile, Shape};
use losscape::core::geometry::camera::{FOV, Pose};
use losscape::core::geometry::path::CameraKey;
use losscape::core::io::folder::Folder;
use losscape::core::num::CancelToken;
use losscape::core::script::{ChapterFile, Cue, Ease, Tour, TourFile, When};
use losscape::record::deep::Frame;
use losscape::record::film::{Film, FilmRequest, frames_of};
use losscape::record::sink::{self, Encoder, Encoding, FilmSpec, Format};
use losscape::record::{Background, Page};
use losscape::scene::landscape::Evaluators;

const SIZE: [u32; 2] = [320, 180];
const FPS: u32 = 10;

/// A tour of two chapters, as an `.ron` file would tell it: each cue is a command at its time.
fn tour() -> anyhow::Result<Tour> {
    let text = "(dataset: xor(points: 60), optimizer: sgd(lr: 5.0), steps: 120,
        slice: (grid: [33, 33], volume: [17, 17, 9]), view: (steps_per_second: 100.0))";
    let experiment = ExperimentFile::parse(text, "film.rs")?;
    let at = |secs, command| Cue { when: When::At(secs), command, ease: None };
    let load = Command::Load(Box::new(experiment));
    let descent = ChapterFile {
        title: "Descent".to_owned(),
        caption: "A network learns the exclusive or, and the camera goes around it.".to_owned(),
        secs: 1.5,
        cues: vec![at(0.0, load)],
        camera: vec![key(0.0, 1.6, 3.8), key(1.5, 1.0, 3.2)],
        ..ChapterFile::default()
    };
    // Without an experiment of its own a chapter goes on with what is there. What is eased gets there bit by bit.
    let shift = Cue { ease: Some(Ease::Smooth(0.8)), ..at(0.1, Command::Set(Change::Alpha3(0.6))) };
    let moving = ChapterFile {
        title: "The slice moves".to_owned(),
        caption: "The surface is one plane of a volume.".to_owned(),
        secs: 1.0,
        cues: vec![
            at(0.0, Command::Run(RunCommand::Pause)),
            at(0.0, Command::Set(Change::Shape(Shape::Both))),
            shift,
        ],
        ..ChapterFile::default()
    };
    let file = TourFile { title: "A short film".to_owned(), chapters: vec![descent, moving] };
    // Every command is rehearsed: what makes no sense is told now, with its chapter and cue.
    Ok(Tour::new(file, &Folder::default())?)
}

/// Where the camera is at a time of its chapter: yaw in radians, distance in the unit of the scene.
fn key(secs: f64, yaw: f64, distance: f64) -> CameraKey {
    CameraKey { secs, pose: Pose { target: [0.0, 0.15, 0.0], yaw, pitch: -0.5, distance, fov: FOV } }
}

/// Draws the film and says what it is.
pub fn main() -> anyhow::Result<()> {
    let named = std::env::args_os().nth(1).map(PathBuf::from);
    let path = named.unwrap_or_else(|| std::env::temp_dir().join("film.apng"));
    tell(&path, &mut std::io::stdout().lock())
}

/// The same, to wherever it is wanted. A film that is there already is replaced.
pub fn tell(path: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    let tour = tour()?;
    let frames = frames_of(&tour, FPS);
    writeln!(out, "{} s of {} chapters: {frames} frames at {FPS}/s", tour.secs(), tour.chapters().len())?;

    // Frame n shows what there is n/fps seconds after the beginning, however long it takes to draw it.
    let request = FilmRequest {
        tour,
        size: SIZE,
        fps: FPS,
        frames: 0..frames,
        supersample: 1,
        background: Background::Stage,
        page: Page::default(),
        is_deep: false,
        overlay: Overlay::Labels,
        has_captions: true,
        evaluators: Evaluators::default(),
    };
    let cancel = CancelToken::default();
    let Some(mut film) = Film::open(request, &cancel)? else { return Ok(()) };

    // The encoder works on a thread of its own. What was there before is whole until the new film is.
    let format = Format::of(path)?;
    let spec = FilmSpec::plain(SIZE, FPS, frames);
    let mut encoding = Encoding::start(sink::open(path, true, spec, format, Encoder::InProcess)?)?;
    let mut frame = Frame::default();
    while film.draw(&mut frame)? {
        encoding.send(frame)?;
        // The memory of a frame comes back once that is encoded.
        frame = encoding.spare().unwrap_or_default();
    }
    encoding.finish(&cancel)?;
    let name = path.file_name().unwrap_or(path.as_os_str()).display();
    writeln!(out, "{}x{} pixels in {name}", SIZE[0], SIZE[1])?;
    film.warnings().iter().try_for_each(|warning| writeln!(out, "{warning}"))?;
    Ok(())
}
