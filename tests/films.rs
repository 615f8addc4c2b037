//! Films: what becomes of frames that are encoded, in every format. Decoded with ffmpeg, which knows
//! nothing of this program.

mod alpha;
mod chapters;
pub mod child;
mod colours;
pub mod depth;
mod formats;
pub mod join;
mod outputs;
pub mod partial;
mod refusals;
mod sounds;

use std::path::{Path, PathBuf};
use std::process::Command;

use image::{Rgba, RgbaImage};
use losscape::core::num::CancelToken;
use losscape::record::sink::{self, Encoder, Encoding, FilmSpec, Format, Partial, SinkError};
pub use sounds::tone;
use tempfile::TempDir;

/// Width and height of the frames: a row of 16 blocks of 16 pixels, twice.
const SIZE: [u32; 2] = [256, 96];

/// Every kind of film: its name and its encoder.
pub const KINDS: [(&str, Encoder); 7] = [
    ("film.mp4", Encoder::InProcess),
    ("film-f.mp4", Encoder::Ffmpeg),
    ("film.webm", Encoder::InProcess),
    ("film.gif", Encoder::InProcess),
    ("film.apng", Encoder::InProcess),
    ("frames", Encoder::InProcess),
    ("film.mov", Encoder::InProcess),
];

fn spec(fps: u32, frames: u64) -> FilmSpec {
    FilmSpec::plain(SIZE, fps, frames)
}

/// A frame that shows its number: a row of 16 blocks, each a bit, over a ground that is never the same.
fn frame(number: u64) -> RgbaImage {
    RgbaImage::from_fn(SIZE[0], SIZE[1], |x, y| match y / 32 {
        0 => Rgba([number as u8, (x / 4) as u8, y as u8 * 4, 0]),
        1 => Rgba([if number >> (x / 16) & 1 == 1 { 255 } else { 0 }; 4]),
        _ => Rgba([(2 * y) as u8, ((x + number as u32) / 2) as u8, 40, 255]),
    })
}

/// The number that a decoded frame shows.
fn number(picture: &[u8]) -> u64 {
    let width = SIZE[0] as usize;
    let middle = |block: usize| picture[3 * (48 * width + 16 * block + 8)];
    (0..16).map(|block| u64::from(middle(block) >= 128) << block).sum()
}

fn start(path: &Path, spec: FilmSpec, encoder: Encoder) -> Result<Encoding, SinkError> {
    let format = Format::of(path)?;
    Ok(Encoding::start(sink::open(path, false, spec, format, encoder)?).unwrap())
}

/// Whether a film cannot be begun there.
pub fn is_refused(path: &Path) -> bool {
    start(path, spec(30, 1), Encoder::InProcess).is_err()
}

/// Encodes the frames that the film is said to have.
fn film(path: &Path, spec: &FilmSpec, encoder: Encoder) {
    let mut encoding = start(path, spec.clone(), encoder).unwrap();
    for number in spec.first..spec.first + spec.frames {
        encoding.send(frame(number)).unwrap();
    }
    encoding.finish(&CancelToken::default()).unwrap();
}

/// Encodes some of the frames, and gives up.
fn abandoned(path: &Path, spec: FilmSpec, encoder: Encoder, sent: u64) -> Option<Partial> {
    let mut encoding = start(path, spec, encoder).unwrap();
    (0..sent).for_each(|number| encoding.send(frame(number)).unwrap());
    encoding.abandon().unwrap()
}

fn run(program: &str, arguments: &[&str], path: &Path, more: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).arg(path).args(more).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}; tools/setup.sh test installs it"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaint.is_empty(), "{program} {}: {complaint}", path.display());
    output.stdout
}

/// Every picture of a film, red, green and blue.
fn decoded(path: &Path, size: [u32; 2]) -> Vec<Vec<u8>> {
    if path.is_dir() {
        let names = files(path).into_iter().map(|name| path.join(name));
        return names.map(|path| image::open(path).unwrap().to_rgb8().into_raw()).collect();
    }
    let exactly = "scale=flags=accurate_rnd+full_chroma_int+full_chroma_inp,format=gbrp,format=rgb24";
    // By its content an animated png is a png of one picture.
    let is_apng = path.extension().is_some_and(|extension| extension == "apng");
    let format: &[&str] = if is_apng { &["-f", "apng"] } else { &[] };
    let before = [&["-v", "error"], format, &["-i"]].concat();
    let after = ["-vf", exactly, "-fps_mode", "passthrough", "-f", "rawvideo", "-"];
    let bytes = run("ffmpeg", &before, path, &after);
    bytes.chunks((size[0] * size[1] * 3) as usize).map(<[u8]>::to_vec).collect()
}

pub fn numbers(path: &Path) -> Vec<u64> {
    decoded(path, SIZE).iter().map(|picture| number(picture)).collect()
}

/// What ffprobe says of the pictures: values in the order of the names.
fn probed(path: &Path, names: &[&str]) -> Vec<String> {
    let entries = format!("stream={}", names.join(","));
    let shown = run(
        "ffprobe",
        &["-v", "error", "-of", "default=noprint_wrappers=1", "-show_entries", &entries],
        path,
        &[],
    );
    let shown = String::from_utf8(shown).unwrap();
    let value = |name: &&str| {
        let line = shown.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_else(|| panic!("{name} is missing in {shown}")).to_owned()
    };
    names.iter().map(value).collect()
}

/// The names in a folder, in order.
fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    (folder, path)
}
