//! `losscape record` of tours: every frame, whole and in parts, as a person or a program asks for it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;

#[cfg(unix)]
use super::signal;
use super::{losscape, refused};

/// A short tour in which everything happens that changes a picture: training, a path, a ride, a slice
/// that moves, another experiment, and a surface inside the cube.
const TOUR: &str = r#"(title: "Everything", chapters: [
    (title: "A", caption: "It trains.", experiment: "small.ron", secs: 0.8, camera: [
        (secs: 0.0, pose: (target: (0, 0.1, 0), yaw: 1.6, pitch: -0.5, distance: 3.8)),
        (secs: 0.8, pose: (target: (0, 0.1, 0), yaw: 1.2, pitch: -0.6, distance: 3.3)),
    ]),
    (title: "B", caption: "It rides, and the slice moves.", secs: 0.7, cues: [
        (when: key(0.0), command: run(restart)),
        (when: at(0.0), command: view(camera(ride))),
        (when: at(0.1), command: slice(alpha3(0.7)), ease: smooth(0.5)),
    ]),
    (title: "C", caption: "Another experiment.", experiment: "small.ron", secs: 0.6, cues: [
        (when: at(0.0), command: run(seek(200))),
        (when: at(0.0), command: view(shape(both))),
        (when: at(0.2), command: view(isosurface(0.2))),
        (when: at(0.3), command: slice(sweep(true))),
    ]),
])"#;
const SMALL: &str = "(dataset: xor(points: 60), optimizer: sgd(lr: 5.0), steps: 200,
    slice: (grid: [33, 33], volume: [17, 17, 9]), view: (steps_per_second: 150.0))";
/// Frames of the tour at ten a second.
const FRAMES: u64 = 21;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("small.ron"), SMALL).unwrap();
    std::fs::write(folder.path().join("tour.ron"), TOUR).unwrap();
    folder
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_losscape"));
    command.current_dir(folder).arg("record").args(arguments);
    command
}

fn record(folder: &Path, arguments: &[&str]) {
    let output = command(folder, arguments).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && error.is_empty(), "{arguments:?}: {error}");
    assert!(output.stdout.is_empty(), "nothing is printed on a pipe");
}

/// The frames of the tour in a folder of that name, by their numbers.
fn frames(folder: &Path, name: &str, more: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let all = [&["tour.ron", "-o", name, "--size", "160x90", "--fps", "10"], more].concat();
    record(folder, &all);
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
    };
    std::fs::read_dir(folder.join(name)).unwrap().map(read).collect()
}

/// All frames of the tour, drawn once for all tests.
fn whole() -> &'static BTreeMap<String, Vec<u8>> {
    static WHOLE: LazyLock<BTreeMap<String, Vec<u8>>> =
        LazyLock::new(|| frames(folder().path(), "whole", &[]));
    &WHOLE
}

fn picture(path: PathBuf) -> image::RgbImage {
    image::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).to_rgb8()
}

#[test]
fn a_tour_is_filmed_the_same_twice_and_in_parts() {
    let folder = folder();
    let whole = whole();
    assert_eq!(whole.len() as u64, FRAMES);
    assert!(whole.contains_key("frame-000000.png") && whole.contains_key("frame-000020.png"));
    // Parts begin in the middle of everything, and lie in one folder as whole frames do: the same frames again.
    for part in
        [["--from", "0", "--to", "5f"], ["--from", "0.5s", "--to", "1.1"], ["--from", "11f", "--to", "2.1"]]
    {
        frames(folder.path(), "parts", &part);
    }
    let parts = frames(folder.path(), "parts", &["--from", "20f", "--force"]);
    let differing: Vec<&String> = whole.keys().filter(|name| whole.get(*name) != parts.get(*name)).collect();
    assert!(differing.is_empty() && parts.len() == whole.len(), "{differing:?}");
    // While things move no frame is the one before it: nothing was drawn twice, or late.
    let in_order: Vec<&Vec<u8>> = whole.values().take(15).collect();
    let repeated = in_order.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert!(repeated == 0, "{repeated} frames are repeated");
}

#[test]
fn the_first_frame_is_complete() {
    let folder = folder();
    record(folder.path(), &["tour.ron", "-o", "first.png", "--size", "160x90"]);
    let first = picture(folder.path().join("first.png"));
    let stage = *first.get_pixel(1, 1);
    let drawn = first.pixels().filter(|pixel| **pixel != stage).count();
    assert!(drawn > 160 * 90 / 5, "{drawn} pixels are drawn");
    frames(folder.path(), "film", &["--to", "1f"]);
    assert!(first == picture(folder.path().join("film/frame-000000.png")), "a picture is a frame");
}

#[test]
fn supersampling_smooths_and_changes_nothing_else() {
    let folder = folder();
    let at = |name: &str, more: &[&str]| {
        let all = ["tour.ron", "-o", name, "--size", "320x180", "--no-caption", "--from", "0.5"];
        record(folder.path(), &[&all[..], more].concat());
        picture(folder.path().join(name))
    };
    let (plain, smooth) = (at("plain.png", &[]), at("smooth.png", &["--supersample", "3"]));
    assert_eq!(plain.dimensions(), smooth.dimensions());
    let gaps: Vec<u32> = plain.iter().zip(smooth.iter()).map(|(a, b)| u32::from(a.abs_diff(*b))).collect();
    let mean = f64::from(gaps.iter().sum::<u32>()) / gaps.len() as f64;
    assert!(mean < 6.0, "the pictures differ by {mean} levels");
    assert!(gaps.iter().any(|gap| *gap > 20), "edges are smoother");
}

#[test]
fn captions_can_be_left_out_and_themes_chosen() {
    let folder = folder();
    let at = |name: &str, more: &[&str]| {
        record(folder.path(), &[&["tour.ron", "-o", name, "--size", "320x180"], more].concat());
        picture(folder.path().join(name))
    };
    let (told, silent) = (at("told.png", &[]), at("silent.png", &["--no-caption"]));
    // Labels give way to a caption, but the upper half of the picture has nothing to do with it.
    let changed = |rows: std::ops::Range<u32>| {
        rows.flat_map(|y| (0..320).map(move |x| (x, y)))
            .filter(|(x, y)| told.get_pixel(*x, *y) != silent.get_pixel(*x, *y))
            .count()
    };
    assert!(changed(120..180) > 500, "{}", changed(120..180));
    assert_eq!(changed(0..60), 0);
    let light = at("light.png", &["--theme", "light"]);
    assert!(light.get_pixel(1, 1).0.iter().all(|level| *level > 200));
    let panels = at("panels.png", &["--panels"]);
    assert!(panels != told);
}

#[test]
fn a_baked_run_is_followed_instead_of_training() {
    let folder = folder();
    let in_folder = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_losscape"));
        command.current_dir(folder.path()).args(arguments).output().unwrap()
    };
    assert!(in_folder(&["train", "small.ron", "-o", "run.npz"]).status.success());
    let followed = frames(folder.path(), "followed", &["--run", "run.npz"]);
    assert!(*whole() == followed, "on one machine it is the same");
    // Another run of the same length, put in the place of this one, would be seen.
    assert!(in_folder(&["train", "small.ron", "--lr", "1", "-o", "other.npz"]).status.success());
    let output = in_folder(&["record", "tour.ron", "-o", "x.mp4", "--run", "other.npz"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("other.npz") && error.contains("optimizer"), "{error}");
    let output = in_folder(&["record", "tour.ron", "-o", "x.mp4", "--run", "tour.ron"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(!folder.path().join("x.mp4").exists());
}

/// Whatever lies at the path of the data, a run is shown on those that it carries.
#[test]
fn a_baked_run_is_shown_on_its_own_data_from_any_folder() {
    let whole = tempfile::tempdir().unwrap();
    let [here, there] = ["here", "there"].map(|name| whole.path().join(name));
    let table = |turned: bool| -> String {
        let point = |i: usize| (i as f64 / 40.0, (i * 7 % 40) as f64 / 40.0);
        let row = |(x, y): (f64, f64)| format!("{x},{y},{}\n", u8::from((y > x) != turned));
        (0..40).map(|i| row(point(i))).collect()
    };
    let text = "(dataset: csv(path: \"data/points.csv\"), steps: 60, held_out: 0.2,
        slice: (grid: [17, 17], volume: [9, 9, 5]), view: (steps_per_second: 100.0))";
    for folder in [&here, &there] {
        std::fs::create_dir_all(folder.join("data")).unwrap();
        std::fs::write(folder.join("my.ron"), text).unwrap();
    }
    std::fs::write(here.join("data/points.csv"), table(false)).unwrap();
    let mut train = Command::new(env!("CARGO_BIN_EXE_losscape"));
    let output = train.current_dir(&here).args(["train", "my.ron", "-o", "run.npz"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let shown = |folder: &Path, run: &str, more: &[&str], told: &str| {
        let all =
            [more, &["--run", run, "-o", "x.png", "--from", "2", "--size", "160x90", "--force"]].concat();
        let output = command(folder, &all).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && error.contains(told), "{error}");
        assert_eq!(error.contains("differs from"), !told.is_empty(), "{error}");
        picture(folder.join("x.png"))
    };
    let own = shown(&here, "run.npz", &[], "");
    assert!(own == shown(&there, "../here/run.npz", &[], ""), "without any data there");
    std::fs::write(there.join("data/points.csv"), table(true)).unwrap();
    assert!(own == shown(&there, "../here/run.npz", &[], ""), "with other data there");
    let differs = "data/points.csv differs from the data that ../here/run.npz carries";
    assert!(own == shown(&there, "../here/run.npz", &["my.ron"], differs), "asked for by those data");
    std::fs::write(here.join("data/points.csv"), table(true)).unwrap();
    assert!(
        own == shown(&here, "run.npz", &[], "differs from the data that run.npz carries"),
        "data that changed"
    );
    std::fs::remove_file(here.join("data/points.csv")).unwrap();
    assert!(own == shown(&here, "run.npz", &[], ""), "data that are gone");
    // Asked for by an experiment whose own data are gone, wherever it lies.
    std::fs::remove_file(there.join("data/points.csv")).unwrap();
    for (folder, run) in [(&here, "run.npz"), (&there, "../here/run.npz")] {
        let all = ["my.ron", "--run", run, "-o", "x.png", "--from", "2", "--size", "160x90", "--force"];
        let output = command(folder, &all).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{error}");
        assert_eq!(
            error,
            "losscape: data/points.csv: it is not there; what the run carries of it is shown\n"
        );
        assert!(own == picture(folder.join("x.png")));
    }
    let refused = |more: &[&str]| {
        let all = [&["my.ron", "--run", "run.npz", "-o", "y.mp4"], more].concat();
        String::from_utf8(command(&here, &all).output().unwrap().stderr).unwrap()
    };
    let other = refused(&["--seed", "9"]);
    assert!(other.contains("dataset.path = data/points.csv"), "another training has no data: {other}");
}

#[test]
fn what_makes_no_sense_is_told_in_one_line_and_nothing_is_written() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (tour, film) = (path("tour.ron"), path("x.mp4"));
    let film_of = |more: &[&str], words: &[&str]| {
        refused(&[&["record", &tour, "-o", &film], more].concat(), words);
    };
    film_of(&["--fps", "0"], &["--fps 0", "1 to 240"]);
    film_of(&["--size", "100000x100000"], &["--size 100000x100000", "8192"]);
    film_of(&["--size", "4096x4096", "--supersample", "4"], &["--supersample 4", "8192"]);
    film_of(&["--supersample", "0"], &["--supersample 0", "1 to 4"]);
    film_of(&["--quality", "101"], &["--quality 101", "0 to 100"]);
    film_of(&["--from", "9"], &["--from 9", "2.1 s"]);
    film_of(&["--to", "3s"], &["--to 3s", "2.1 s"]);
    film_of(&["--from", "1", "--to", "1"], &["--to 1", "after"]);
    film_of(&["--from", "yesterday"], &["--from yesterday", "seconds", "frames"]);
    film_of(&["--lr", "3"], &["--lr", "tour"]);
    film_of(&["--at-step", "3"], &["--at-step"]);
    film_of(&["--run", "gone.npz"], &["gone.npz"]);
    refused(
        &["record", &tour, "-o", &path("x.webm"), "--encoder", "builtin"],
        &["--encoder builtin", "ffmpeg"],
    );
    refused(&["record", &tour, "-o", &path("x.gif"), "--encoder", "ffmpeg"], &["--encoder ffmpeg", ".mp4"]);
    refused(&["record", "-o", &path("x.png"), "--fps", "24"], &["--fps", "films"]);
    refused(&["record", "-o", &path("x.png"), "--from", "2"], &["--from", "films"]);
    refused(&["record", &tour, "-o", &path("x.png"), "--quality", "101"], &["--quality 101"]);
    refused(&["record", &tour, "-o", &path("x.avi")], &["x.avi", ".mp4", ".gif"]);
    refused(&["record", &tour, "-o", &path("nowhere/x.mp4")], &["nowhere"]);
    refused(&["slice", &tour, "-o", &path("x.npz")], &["tour.ron is a tour"]);
    refused(&["train", "descent", "-o", &path("x.npz")], &["descent is a tour"]);
    assert!(!Path::new(&film).exists());
}

#[test]
fn a_broken_tour_is_told_by_its_line_and_nothing_is_written() {
    let folder = folder();
    let film = folder.path().join("x.mp4");
    let broken = |name: &str, text: &str, words: &[&str]| {
        let tour = folder.path().join(name);
        std::fs::write(&tour, text).unwrap();
        refused(&["record", tour.to_str().unwrap(), "-o", film.to_str().unwrap()], words);
    };
    let chapter = |rest: &str| format!("(chapters: [\n(experiment: \"xor-model3\", secs: 1, {rest})])");
    broken(
        "late.ron",
        &chapter("cues: [(when: at(2), command: run(restart))]"),
        &["late.ron:2:", "cue 1 at 2 s"],
    );
    let nan = "camera: [\n(secs: 0, pose: (target: (0, 0, 0), yaw: NaN, pitch: 0, distance: 3))]";
    broken("nan.ron", &chapter(nan), &["nan.ron:3:", "camera key 1"]);
    broken("gone.ron", "(chapters: [\n(experiment: \"x9\", secs: 1)])", &["gone.ron:2:", "x9", "xor-model3"]);
    let opaque = "cues: [(when: at(0), command: view(opacity(7)))]";
    broken("opacity.ron", &chapter(opaque), &["opacity.ron:2:", "cue 1", "view.opacity = 7"]);
    for (alphas, found) in [("[]", "[]"), ("[1]", "[1]"), ("[NaN, 0]", "[NaN, 0]")] {
        let chosen = format!("cues: [(when: at(0), command: view(select(Some({alphas}))))]");
        broken("select.ron", &chapter(&chosen), &["select.ron:2:", found, "two or three finite alphas"]);
    }
    let far = "cues: [(when: at(0), command: run(seek(18446744073709551615)))]";
    broken("far.ron", &chapter(far), &["far.ron:2:", "18446744073709551615", "10000000"]);
    let kept = "cues: [(when: at(0), command: view(set_bookmark(slot: 1,
        pose: (target: (0, 0, 0), yaw: NaN, pitch: 0, distance: 3))))]";
    broken("kept.ron", &chapter(kept), &["kept.ron:2:", "camera key 1"]);
    broken("typo.ron", &chapter("captoin: \"\""), &["typo.ron:", "captoin"]);
    assert!(!film.exists());
}

#[test]
fn odd_sides_are_made_even_with_a_word_about_it() {
    let folder = folder();
    let output = command(folder.path(), &["tour.ron", "-o", "x.mp4", "--size", "161x91", "--to", "2f"])
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{error}");
    assert!(error.lines().count() == 1 && error.contains("161x91 is made 162x92"), "{error}");
    // A folder of pictures takes any size.
    record(folder.path(), &["tour.ron", "-o", "odd", "--size", "161x91", "--to", "1f"]);
    assert_eq!(picture(folder.path().join("odd/frame-000000.png")).dimensions(), (161, 91));
}

#[test]
fn a_program_hears_of_each_frame_and_ends_the_film_by_closing_its_standard_input() {
    let folder = folder();
    std::fs::write(folder.path().join("x.mp4"), "mine").unwrap();
    let (mut child, mut lines) = minded(folder.path(), &["--force"]);
    assert_eq!((lines.next().unwrap(), lines.next().unwrap()), ("1/360".to_owned(), "2/360".to_owned()));
    drop(child.stdin.take());
    let last = lines.last();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(last.as_deref() != Some("360/360"), "{last:?}");
    assert_eq!(std::fs::read_to_string(folder.path().join("x.mp4")).unwrap(), "mine");
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

/// The frames that ffprobe counts in a film, by decoding it.
fn counted(path: &Path) -> u64 {
    let arguments =
        ["-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"];
    let output = Command::new("ffprobe").args(arguments).arg(path).output().expect("ffprobe");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

/// Starts a long film that tells of each frame; and the lines that it tells.
fn minded(folder: &Path, more: &[&str]) -> (Child, impl Iterator<Item = String>) {
    let long = ["descent", "-o", "x.mp4", "--size", "160x90"];
    told_of(command(folder, &[&long, more].concat()))
}

/// Starts a film, whose every frame is told in a line.
fn told_of(mut command: Command) -> (Child, impl Iterator<Item = String>) {
    let mut child = command
        .args(["--progress", "lines"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    (child, lines)
}

/// Starts a long film, and ends it so after some frames.
#[cfg(unix)]
fn stopped_after_frames(folder: &Path, more: &[&str], name: &str) -> Output {
    let (child, mut lines) = minded(folder, more);
    assert!(lines.any(|line| line == "20/360"));
    signal(&child, name);
    lines.for_each(drop);
    child.wait_with_output().unwrap()
}

#[test]
#[cfg(unix)]
fn what_an_interrupt_leaves_is_what_was_asked_for() {
    let folder = folder();
    let output = stopped_after_frames(folder.path(), &[], "-INT");
    assert_eq!(output.status.code(), Some(130));
    assert!(!folder.path().join("x.mp4").exists(), "nothing is kept unasked");
    let output = stopped_after_frames(folder.path(), &["--keep-partial"], "-INT");
    assert_eq!(output.status.code(), Some(130));
    let kept = counted(&folder.path().join("x.mp4"));
    assert!((20..360).contains(&kept), "{kept} frames are kept");
}

#[test]
#[cfg(unix)]
fn after_a_kill_the_frames_so_far_are_joined_to_a_film() {
    let folder = folder();
    std::fs::write(folder.path().join("x.mp4"), "mine").unwrap();
    stopped_after_frames(folder.path(), &["--force"], "-KILL");
    assert_eq!(std::fs::read_to_string(folder.path().join("x.mp4")).unwrap(), "mine");
    let part = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "part"))
        .expect("the packets so far lie beside the film");
    let saved = folder.path().join("saved.mp4");
    let output = losscape(&["join", part.to_str().unwrap(), "-o", saved.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // The encoder may be some frames behind what was drawn.
    let frames = counted(&saved);
    assert!((10..360).contains(&frames), "{frames} frames were recovered");
}

#[test]
fn parts_of_a_film_are_joined_to_the_whole() {
    let folder = folder();
    let film = |name: &str, more: &[&str]| {
        let all = ["tour.ron", "-o", name, "--size", "160x90", "--fps", "10"];
        record(folder.path(), &[&all[..], more].concat());
    };
    film("1.mp4", &["--to", "9f"]);
    film("2.mp4", &["--from", "9f"]);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let output = losscape(&["join", &path("1.mp4"), &path("2.mp4"), "-o", &path("whole.mp4")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(counted(&folder.path().join("whole.mp4")), FRAMES);
    let parts = [sums(&folder.path().join("1.mp4")), sums(&folder.path().join("2.mp4"))].concat();
    assert_eq!(sums(&folder.path().join("whole.mp4")), parts, "nothing is encoded again");
}

/// A sum over each decoded picture of a film.
fn sums(film: &Path) -> Vec<String> {
    let arguments = ["-v", "error", "-i", film.to_str().unwrap(), "-f", "framemd5", "-"];
    let output = Command::new("ffmpeg").args(arguments).output().expect("ffmpeg");
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.rsplit(',').next().unwrap().trim().to_owned()).collect()
}

/// An experiment whose training takes hours.
#[cfg(unix)]
const HOURS: [&str; 10] = [
    "--dataset",
    "digits",
    "--model",
    "mlp",
    "--loss",
    "cross_entropy",
    "--steps",
    "10000000",
    "--set",
    "view.steps_per_second=100000",
];

#[test]
#[cfg(unix)]
fn a_film_or_picture_that_waits_for_hours_of_training_can_be_interrupted() {
    let waiting = ["x.mp4", "x.png"].map(|name| {
        let folder = folder();
        std::fs::write(folder.path().join(name), "mine").unwrap();
        let arguments = [&HOURS[..], &["-o", name, "--size", "160x90", "--force"]].concat();
        let child = command(folder.path(), &arguments).spawn().unwrap();
        (name, folder, child)
    });
    std::thread::sleep(std::time::Duration::from_secs(4));
    for (name, folder, mut child) in waiting {
        assert!(child.try_wait().unwrap().is_none(), "it trains");
        signal(&child, "-INT");
        assert_eq!(child.wait().unwrap().code(), Some(130), "{name}");
        assert_eq!(std::fs::read_to_string(folder.path().join(name)).unwrap(), "mine");
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 3, "experiment, tour, and what was there");
    }
}

/// Puts a program called ffmpeg into the folder; the PATH on which it is the first.
#[cfg(unix)]
fn with_ffmpeg(folder: &Path, script: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let ffmpeg = folder.join("ffmpeg");
    std::fs::write(&ffmpeg, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&ffmpeg, std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}

#[test]
#[cfg(unix)]
fn an_ffmpeg_that_does_not_even_tell_its_encoders_is_not_waited_for() {
    let folder = folder();
    let path = with_ffmpeg(folder.path(), "echo $$ >> asked; exec sleep 60");
    let started = |name: &str| {
        let arguments = ["tour.ron", "-o", name, "--size", "160x90", "--encoder", "ffmpeg"];
        let mut film = command(folder.path(), &arguments);
        film.env("PATH", &path).stderr(Stdio::piped()).spawn().unwrap()
    };
    for name in ["x.mp4", "x.webm"] {
        let output = started(name).wait_with_output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains("ffmpeg") && error.contains("within 5 s"), "{error}");
    }
    let asked = || std::fs::read_to_string(folder.path().join("asked")).unwrap_or_default().lines().count();
    assert_eq!(asked(), 2);
    let child = started("x.webm");
    while asked() < 3 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    signal(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "nothing of a film is left");
}

#[test]
#[cfg(unix)]
fn an_ffmpeg_that_stands_still_keeps_nobody_from_interrupting() {
    let folder = folder();
    let path = with_ffmpeg(
        folder.path(),
        r#"case "$*" in *-encoders*) echo libx264 libvpx-vp9; exit;; esac; exec sleep 3600"#,
    );
    for (name, more) in [("x.mp4", &["--encoder", "ffmpeg"][..]), ("x.webm", &["--keep-partial"])] {
        // A frame is more than a pipe holds.
        let all = ["tour.ron", "-o", name, "--size", "320x180", "--fps", "10"];
        let mut film = command(folder.path(), &[&all, more].concat());
        film.env("PATH", &path);
        let (child, mut lines) = told_of(film);
        // One is being written and two wait.
        assert!(lines.any(|line| line == "3/21"));
        signal(&child, "-INT");
        lines.for_each(drop);
        let output = child.wait_with_output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(130), "{name}: {error}");
        assert!(!folder.path().join(name).exists());
    }
}

#[test]
fn every_chapter_that_trains_as_a_baked_run_follows_it() {
    let folder = folder();
    let other = "(dataset: diagonal(points: 40), steps: 200, slice: (grid: [9, 9], volume: [5, 5, 5]))";
    std::fs::write(folder.path().join("other.ron"), other).unwrap();
    let chapter = |name: &str| {
        format!("(experiment: \"{name}.ron\", secs: 0.2, cues: [(when: at(0), command: run(seek(200)))])")
    };
    // What follows the run comes after another experiment, and again after that one.
    let chapters = ["other", "small", "other", "small"].map(chapter).join(",\n");
    std::fs::write(folder.path().join("tour.ron"), format!("(chapters: [{chapters}])")).unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let baked = losscape(&["train", &path("small.ron"), "-o", &path("run.npz"), "--seed", "5"]);
    assert!(baked.status.success());
    // The same tour of experiments with that seed would show it; here the file is told apart by it.
    let small = SMALL.replacen("(dataset", "(seed: 5, dataset", 1);
    std::fs::write(folder.path().join("small.ron"), small).unwrap();
    let all = ["tour.ron", "-o", "film", "--size", "160x90", "--fps", "10", "--run", "run.npz"];
    let output = command(folder.path(), &all).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("run.npz is followed by 2 of 4 chapters; the others train anew"), "{said}");
    let frame = |number: u32| picture(folder.path().join(format!("film/frame-{number:06}.png")));
    assert!(frame(3) == frame(7), "both chapters follow it");
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_device_or_ffmpeg_one_line_says_what_to_do() {
    let folder = folder();
    let run = |more: &[&str], name: &str, value: &str, code: i32| {
        let all = [&["tour.ron", "-o", "x.mp4"], more].concat();
        let output = command(folder.path(), &all).env(name, value).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        error
    };
    assert!(run(&[], "VK_DRIVER_FILES", "/nonexistent", 1).contains("mesa-vulkan-drivers"));
    assert!(run(&["--encoder", "ffmpeg"], "PATH", "/nonexistent", 2).contains("ffmpeg"));
    assert!(!folder.path().join("x.mp4").exists());
}
