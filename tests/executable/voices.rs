//! `losscape record` of a tour that is told by voices.

use std::path::Path;
use std::process::Command;

use super::{losscape, refused};
use crate::films::tone;

fn tour(folder: &Path) -> String {
    tone(&folder.join("one.wav"), 0.6);
    let text = "(chapters: [(title: \"A\", experiment: \"rosenbrock\", voice: file(\"one.wav\")), (voice: secs(0.4))])";
    let path = folder.join("tour.ron");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What ffprobe tells of the streams of a film.
fn streams(film: &Path) -> String {
    let arguments = ["-v", "error", "-of", "csv=p=0", "-show_entries", "stream=codec_name,nb_frames"];
    let output = Command::new("ffprobe").args(arguments).arg(film).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_chapter_lasts_as_long_as_its_voice_and_the_film_has_the_sound() {
    let folder = tempfile::tempdir().unwrap();
    let (tour, film) = (tour(folder.path()), folder.path().join("x.mp4"));
    let size = ["--size", "160x90", "--fps", "10"];
    let request = [&["record", &tour, "-o", film.to_str().unwrap()][..], &size].concat();
    let output = losscape(&request);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = streams(&film);
    assert!(told.contains("h264,10") && told.contains("aac,"), "{told}");
    // Where there is no place for sound, that is said.
    let silent = folder.path().join("x.gif");
    let output = losscape(&[&["record", &tour, "-o", silent.to_str().unwrap()][..], &size].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.success() && said.contains("x.gif is silent: expected .mp4, .webm or .mov"),
        "{said}"
    );
}

#[test]
fn what_is_no_sound_and_a_sound_without_ffmpeg_are_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let tour = tour(folder.path());
    let film = folder.path().join("x.mp4").to_str().unwrap().to_owned();
    let mut command = Command::new(env!("CARGO_BIN_EXE_losscape"));
    let output = command.args(["record", &tour, "-o", &film]).env("PATH", folder.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.lines().count() == 1, "{said}");
    assert!(said.contains("there is no ffmpeg on the PATH") && said.contains("voices"), "{said}");
    std::fs::write(folder.path().join("one.wav"), "no sound at all").unwrap();
    refused(&["record", &tour, "-o", &film], &["tour.ron:1:", "one.wav is no sound; expected a .wav"]);
    assert!(!Path::new(&film).exists());
}
