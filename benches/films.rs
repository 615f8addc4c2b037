//! What encoding a film costs: frames a second in every format, beside the conversion of colours alone,
//! and what the quality scale costs and gives.
//!
//! The frames look like ours: smooth colours with thin dark lines on a dark ground, turning. They are drawn
//! beforehand; a film's time includes its end, when it is in its place. Whether nasm was there when the
//! built-in encoder was compiled is seen by its speed alone.

#![allow(clippy::print_stdout, reason = "a bench talks to a terminal")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot measure may as well end")]
#![allow(missing_docs, reason = "a program, not a library")]

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use image::{Rgba, RgbaImage};
use losscape::core::num::CancelToken;
use losscape::record::deep::Frame;
use losscape::record::sink::colours::Planes;
use losscape::record::sink::part;
use losscape::record::sink::stream::Units;
use losscape::record::sink::{self, Encoder, Encoding, FilmSpec, Format, Quality};
use openh264::decoder::Decoder;
use openh264::formats::YUVSource;

/// Different frames; a film runs through them there and back.
const FRAMES: usize = 30;

fn main() {
    let large: Vec<RgbaImage> = (0..FRAMES).map(|number| frame([1920, 1080], number)).collect();
    formats(&large);
    memory(&large);
    let small: Vec<RgbaImage> = (0..FRAMES).map(|number| frame([1280, 720], number)).collect();
    qualities(&small);
}

/// A hilly surface from above, turned by the frame's number, with a grid around it.
fn frame([width, height]: [u32; 2], number: usize) -> RgbaImage {
    let (sin, cos) = (number as f32 * 0.008).sin_cos();
    let scale = 1.0 / (0.45 * height as f32);
    RgbaImage::from_fn(width, height, |x, y| {
        let (right, up) = ((x as f32 - 0.5 * width as f32) * scale, (0.5 * height as f32 - y as f32) * scale);
        let (u, v) = (right * cos - up * sin, right * sin + up * cos);
        let near = |value: f32, every: f32, wide: f32| (value / every).rem_euclid(1.0) < wide;
        let [red, green, blue] = if u.abs() < 1.0 && v.abs() < 0.75 {
            let loss = 0.5 + 0.25 * (3.0 * u).sin() * (2.0 * v + 0.01 * number as f32).cos() + 0.2 * v;
            let shade = (0.65 + 0.35 * (2.0 * u - v).cos()) * if near(loss, 0.08, 0.04) { 0.5 } else { 1.0 };
            [68.0 + 170.0 * loss, 20.0 + 210.0 * loss, 150.0 - 90.0 * loss].map(|level| level * shade)
        } else if u.abs() < 1.6 && v.abs() < 1.2 && (near(u, 0.2, 0.015) || near(v, 0.2, 0.015)) {
            [60.0, 66.0, 74.0]
        } else {
            [13.0, 17.0, 23.0]
        };
        Rgba([red as u8, green as u8, blue as u8, 255])
    })
}

/// The frame of a film that has any number of them.
fn shown(frames: &[RgbaImage], number: usize) -> &RgbaImage {
    let place = number % (2 * frames.len());
    &frames[place.min(2 * frames.len() - 1 - place)]
}

fn spec(frames: &[RgbaImage], count: usize, quality: Quality) -> FilmSpec {
    let (width, height) = frames[0].dimensions();
    FilmSpec { quality, ..FilmSpec::plain([width, height], 30, count as u64) }
}

/// Seconds for a film of so many frames, as a recording encodes it.
fn film(path: &Path, frames: &[RgbaImage], count: usize, quality: Quality, encoder: Encoder) -> f64 {
    let began = Instant::now();
    let format = Format::of(path).unwrap();
    let sink = sink::open(path, true, spec(frames, count, quality), format, encoder).unwrap();
    let mut encoding = Encoding::start(sink).unwrap();
    for number in 0..count {
        let mut next = match encoding.spare() {
            Some(Frame::Shallow(next)) => next,
            Some(Frame::Deep(_)) | None => frames[0].clone(),
        };
        next.copy_from_slice(shown(frames, number));
        encoding.send(next).unwrap();
    }
    encoding.finish(&CancelToken::default()).unwrap();
    began.elapsed().as_secs_f64()
}

fn formats(frames: &[RgbaImage]) {
    let folder = tempfile::tempdir().unwrap();
    let mut planes = Planes::new(1920, 1080);
    let began = Instant::now();
    for number in 0..200 {
        planes.fill(shown(frames, number).as_raw().as_chunks().0);
        black_box(&planes);
    }
    let conversion = 200.0 / began.elapsed().as_secs_f64();
    println!("\n{:<58} frames a second   / conversion", "1920 x 1080");
    println!("{:<58} {conversion:>15.1} {:>14.2}", "conversion of colours alone", 1.0);
    let kinds = [
        ("film.mp4", Encoder::InProcess, 300, "mp4, built in (bar 60 with nasm, 30 without)"),
        ("film-f.mp4", Encoder::Ffmpeg, 60, "mp4, ffmpeg"),
        ("film.webm", Encoder::Ffmpeg, 60, "webm, ffmpeg"),
        ("film.gif", Encoder::InProcess, 60, "gif"),
        ("film.apng", Encoder::InProcess, 60, "apng"),
        ("frames", Encoder::InProcess, 60, "folder of png"),
    ];
    let has_ffmpeg = std::process::Command::new("ffmpeg").arg("-version").output().is_ok();
    for (name, encoder, count, title) in
        kinds.into_iter().filter(|kind| has_ffmpeg || kind.1 == Encoder::InProcess)
    {
        let rate = count as f64 / film(&folder.path().join(name), frames, count, Quality::default(), encoder);
        println!("{title:<58} {rate:>15.1} {:>14.2}", rate / conversion);
    }
}

/// What the process holds, in megabytes, where the system tells.
fn held() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
}

fn memory(frames: &[RgbaImage]) {
    let folder = tempfile::tempdir().unwrap();
    println!("\n{:<58} MB at frame 100   at frame 1000", "memory over the frames' own, 1920 x 1080");
    for name in ["film.mp4", "film.gif", "film.apng"] {
        let path = folder.path().join(name);
        let spec = spec(frames, 1000, Quality::default());
        let before = held().unwrap_or(f64::NAN);
        let mut sink = sink::open(&path, true, spec, Format::of(&path).unwrap(), Encoder::InProcess).unwrap();
        let mut at = [f64::NAN; 2];
        for number in 0..1000 {
            sink.take(shown(frames, number)).unwrap();
            match number {
                100 => at[0] = held().unwrap_or(f64::NAN) - before,
                999 => at[1] = held().unwrap_or(f64::NAN) - before,
                _ => {}
            }
        }
        println!("{name:<58} {:>15.1} {:>15.1}", at[0], at[1]);
    }
}

/// How near the brightness of a stream's pictures is to the frames', in decibels below the largest.
fn signal_to_noise(stream: &Path, frames: &[RgbaImage], count: usize) -> f64 {
    let mut units = Units::open(stream).unwrap().unwrap();
    let mut decoder = Decoder::new().unwrap();
    let [width, height] = [frames[0].width() as usize, frames[0].height() as usize];
    let mut planes = Planes::new(width, height);
    let (mut unit, mut sum) = (Vec::new(), 0.0);
    for number in 0..count {
        assert!(units.next(&mut unit).unwrap());
        let picture = decoder.decode(&unit).unwrap().unwrap();
        planes.fill(shown(frames, number).as_raw().as_chunks().0);
        let drawn = planes.slices();
        let found = picture.y().chunks(picture.strides().0).flat_map(|row| &row[..width]);
        sum += found.zip(drawn.y()).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum::<f64>();
    }
    10.0 * (255.0_f64.powi(2) * (count * width * height) as f64 / sum).log10()
}

fn qualities(frames: &[RgbaImage]) {
    const COUNT: usize = 60;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    let default = Quality::default().percent();
    println!(
        "\n{:<58} MB of 12 s (bar 12)   brightness, dB",
        "mp4, built in, 1280 x 720, 30 a second, by quality"
    );
    for percent in [40, 55, 65, default, 85, 100] {
        let spec = spec(frames, COUNT, Quality::new(percent).unwrap());
        let mut sink = sink::open(&path, true, spec, Format::Mp4, Encoder::InProcess).unwrap();
        (0..COUNT).for_each(|number| sink.take(shown(frames, number)).unwrap());
        let decibels = signal_to_noise(&part::path_of(&path), frames, COUNT);
        sink.finish(&CancelToken::default()).unwrap();
        let size = std::fs::metadata(&path).unwrap().len() as f64 * 6.0 / 1e6;
        let name = format!("{percent}{}", if percent == default { " (default)" } else { "" });
        println!("{name:<58} {size:>19.1} {decibels:>16.1}");
    }
}
