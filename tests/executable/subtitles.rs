//! `losscape record --captions`: what the chapters tell, as text beside the film, and the chapters in it.

use std::path::Path;
use std::process::Command;

use super::{losscape, refused};

const TOUR: &str = "(title: \"T\", chapters: [
    (title: \"First\", caption: \"A < B.\", experiment: \"rosenbrock\", secs: 0.5),
    (secs: 0.3),
    (caption: \"At last.\", secs: 0.4),
])";
const WORDS: &str = "(tour: \"tour\", title: \"T\", chapters: [(title: \"Erstens\", caption: \"A < B & ü.\"), (), (caption: \"Zuletzt.\")])";

/// What a program of ffmpeg's prints.
fn told(program: &str, arguments: &[&str], file: &Path, more: &[&str]) -> String {
    let output =
        Command::new(program).args(["-v", "error"]).args(arguments).arg(file).args(more).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_film_has_its_words_beside_it_and_its_chapters_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("tour.ron"), TOUR).unwrap();
    std::fs::write(path("tour.de.ron"), WORDS).unwrap();
    let (tour, film) = (path("tour.ron"), path("x.mp4"));
    let request = [
        "record",
        &tour,
        "-o",
        &film,
        "--size",
        "160x90",
        "--fps",
        "10",
        "--lang",
        "de",
        "--captions",
        "srt,vtt",
    ];
    let output = losscape(&request);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let srt = "1\n00:00:00,000 --> 00:00:00,500\nErstens\nA < B & ü.\n\n2\n00:00:00,800 --> 00:00:01,200\nZuletzt.\n\n";
    assert_eq!(std::fs::read_to_string(path("x.srt")).unwrap(), srt);
    // As a reader of WebVTT understands it.
    let converted = told("ffmpeg", &["-i"], Path::new(&path("x.vtt")), &["-f", "srt", "-"]);
    let lines =
        |text: &str| text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&converted), lines(srt));
    let chapters = ["-of", "csv=p=0", "-show_entries", "chapter=start_time,end_time:chapter_tags=title"];
    let listed = told("ffprobe", &chapters, Path::new(&film), &[]);
    let expected = ["0.000000,0.500000,Erstens", "0.500000,0.800000,Chapter 2", "0.800000,1.200000,Zuletzt."];
    assert_eq!(lines(&listed), expected);
    std::fs::remove_file(&film).unwrap();
    refused(&request, &["x.srt exists", "--force"]);
    assert!(!Path::new(&film).exists(), "before anything is drawn");
}

#[test]
fn words_are_asked_of_films_that_have_some() {
    let folder = tempfile::tempdir().unwrap();
    let tour = folder.path().join("tour.ron");
    std::fs::write(&tour, "(chapters: [(experiment: \"rosenbrock\", secs: 1)])").unwrap();
    let tour = tour.to_str().unwrap();
    refused(&["record", tour, "-o", "x.mp4", "--captions", "srt"], &["--captions", "titles or captions"]);
    refused(&["record", "descent", "-o", "x.png", "--captions", "vtt"], &["--captions", "films"]);
    refused(&["record", "-o", "x.png", "--captions", "vtt"], &["--captions", "films"]);
    refused(&["record", "descent", "-o", "x.mp4", "--captions", "ass"], &["ass", "srt", "vtt"]);
}
