//! `losscape record --bits 10`: drawn, read back and encoded with more than 8 bits.

use std::process::Command;

use super::{losscape, refused};
use crate::films::depth::levels;

const TOUR: &str = "(chapters: [(experiment: \"rosenbrock\", secs: 1)])";

#[test]
fn a_film_of_ten_bits_has_more_levels_than_one_of_eight() {
    let folder = tempfile::tempdir().unwrap();
    let tour = folder.path().join("tour.ron");
    std::fs::write(&tour, TOUR).unwrap();
    let recorded = |name: &str, bits: &str| {
        let path = folder.path().join(name);
        let output = losscape(&[
            "record",
            tour.to_str().unwrap(),
            "-o",
            path.to_str().unwrap(),
            "--size",
            "640x360",
            "--to",
            "2f",
            "--quality",
            "95",
            "--encoder",
            "ffmpeg",
            "--bits",
            bits,
        ]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        levels(&path)
    };
    let (deep, shallow) = (recorded("deep.mp4", "10"), recorded("shallow.mp4", "8"));
    assert!(deep > 400 && shallow <= 256, "{deep} and {shallow}");
}

#[test]
fn ten_bits_without_ffmpeg_or_where_there_are_eight_are_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let film = folder.path().join("x.mp4").to_str().unwrap().to_owned();
    let mut command = Command::new(env!("CARGO_BIN_EXE_losscape"));
    command.args(["record", "descent", "-o", &film, "--bits", "10"]).env("PATH", folder.path());
    let said = String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert!(said.lines().count() == 1 && said.contains("there is no ffmpeg on the PATH"), "{said}");
    let refused = |film: &str, more: &[&str], word: &str| {
        refused(&[&["record", "descent", "-o", film, "--bits", "10"], more].concat(), &["--bits 10", word]);
    };
    refused("x.gif", &[], ".mp4, .webm or .mov");
    refused("x.mp4", &["--encoder", "builtin"], "ffmpeg");
    refused("x.mov", &["--background", "none"], "stage");
    super::refused(&["record", "descent", "-o", "x.png", "--bits", "10"], &["--bits", "films"]);
    super::refused(&["record", "descent", "-o", "x.mp4", "--bits", "12"], &["12", "8 or 10"]);
}
