//! What the program says, and where: numbers for people, signs that can be seen, and outputs that take nothing.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use super::{losscape, refused};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_losscape"));
    command.args(arguments);
    command
}

/// Requests that say something on standard output.
const SAYING: [&[&str]; 6] = [
    &["--help"],
    &["train", "--help"],
    &["--version"],
    &["list"],
    &["probe", "--steps", "5", "--points", "20", "--train-on", "3"],
    &["help", "slice"],
];

#[test]
fn nobody_reading_is_no_failure_and_nothing_is_said_of_it() {
    for arguments in SAYING {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = program(arguments).stdout(writer).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*error), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_output_that_is_full_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run.npz");
    let train = ["train", "--steps", "5", "--points", "20", "-o", run.to_str().unwrap()];
    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    for arguments in SAYING.into_iter().chain([&train[..]]) {
        let output = program(arguments).stdout(full()).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {error}");
        assert!(error.starts_with("losscape: cannot write to standard output: No space left"), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        // The run itself was written all the same.
        assert_eq!(run.exists(), arguments == train);
        let _ = std::fs::remove_file(&run);
        let status = program(arguments).stdout(full()).stderr(full()).status().unwrap();
        assert_eq!(status.code(), Some(1), "{arguments:?}");
        let _ = std::fs::remove_file(&run);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_complaint_that_nobody_can_read_leaves_the_exit_code() {
    let (reader, gone) = std::io::pipe().unwrap();
    drop(reader);
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    for errors in [Stdio::from(gone), Stdio::from(full), Stdio::null()] {
        assert_eq!(program(&["train"]).stderr(errors).status().unwrap().code(), Some(2));
    }
    let (reader, gone) = std::io::pipe().unwrap();
    drop(reader);
    let long = ["probe", "--steps", "2000", "--train-on", "3"];
    let output = program(&long).stderr(gone).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "nobody sees the progress");
}

#[test]
fn a_number_that_will_not_do_is_told_as_what_it_is() {
    let whole = [
        ("--seed", "from 0 to 18446744073709551615"),
        ("--points", "from 1 to 1000000"),
        ("--steps", "from 1 to 10000000"),
        ("--threads", "from 1 to 1024"),
    ];
    for (flag, range) in whole {
        for value in ["-1", "-0.5", "0.5", "1e3", "", "-", "twelve", "99999999999999999999", "-x"] {
            let told = format!("{flag} {value}: expected a whole number {range}");
            refused(&["train", "-o", "x.npz", flag, value], &[&told]);
            let joined = format!("{flag}={value}");
            if !value.is_empty() {
                refused(&["train", "-o", "x.npz", &joined], &[&told]);
            }
        }
    }
    for value in ["", "0,5", "nan", "-inf", "1e999", "--force"] {
        let told = format!("--lr {value}: expected a finite number");
        refused(&["train", "-o", "x.npz", "--lr", value], &[&told]);
        let told = format!("--alpha3 {value}: expected a finite number");
        refused(&["slice", "-o", "x.npz", "--alpha3", value], &[&told]);
    }
    for (flag, value) in [("--batch", "-1"), ("--grid", "-5x5"), ("--range", "-5"), ("--plane", "-2")] {
        refused(&["slice", "-o", "x.npz", flag, value], &[value, "expected"]);
    }
    refused(&["probe", "--at", "-1"], &["--at -1", "expected start"]);
    refused(&["probe", "--train-on", "-1"], &["--train-on -1", "whole number from 0 to 10000000"]);
}

#[test]
#[cfg(feature = "viewer")]
fn a_number_of_a_film_that_will_not_do_is_told_as_what_it_is() {
    let flags = [
        ("--fps", "whole number from 1 to 240"),
        ("--supersample", "whole number from 1 to 4"),
        ("--quality", "whole number from 0 to 100"),
        ("--at-step", "whole number from 0 to 10000000"),
        ("--size", "WIDTHxHEIGHT"),
        ("--from", "seconds"),
        ("--to", "seconds"),
    ];
    for (flag, expected) in flags {
        for value in ["-1", "-1.5", "", "many"] {
            refused(
                &["record", "descent", "-o", "x.mp4", flag, value],
                &[&format!("{flag} {value}: "), expected],
            );
        }
    }
}

#[test]
fn huge_and_tiny_numbers_have_an_exponent() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let setting = |assignment: &str, told: &str| {
        refused(&["train", "-o", &path("x.npz"), "--set", assignment], &[told]);
    };
    setting("optimizer.lr=-1e300", "optimizer.lr = -1e300: expected");
    setting("held_out=1e22", "held_out = 1e22: expected");
    setting("view.opacity=1e-7", "view.opacity = 1e-7: expected");
    setting("view.steps_per_second=123456789012", "view.steps_per_second = 1.23456789012e11: expected");
    refused(&["slice", "-o", &path("x.npz"), "--range", "1e300:-1e-300"], &["range 1e300:-1e-300 of alpha1"]);
    std::fs::write(path("one.csv"), "1,1e300\n2,1e300\n").unwrap();
    let one = ["train", "-o", &path("x.npz"), "--dataset", &path("one.csv")];
    refused(&one, &["every target is 1e300"]);

    // A surface of huge values: its words are short, its numbers exact.
    let hills =
        ["slice", "himmelblau", "--grid", "3x3", "--range=-1e60:1e60", "--set", "view.clip=1e9", "-o"];
    for name in ["x.obj", "x.csv"] {
        assert!(losscape(&[&hills[..], &[&path(name)]].concat()).status.success());
    }
    let mesh = std::fs::read_to_string(path("x.obj")).unwrap();
    let note = mesh.lines().next().unwrap();
    assert!(
        note.starts_with("# x = alpha1") && note.len() < 100 && note.ends_with(" to 1e9 at 0.75"),
        "{note}"
    );
    let table = std::fs::read_to_string(path("x.csv")).unwrap();
    let losses: Vec<f64> =
        table.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().parse().unwrap()).collect();
    let himmelblau = |x: f64, y: f64| (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2);
    assert_eq!(losses[0], himmelblau(-1e60, -1e60), "the table has the very number");
}

#[test]
fn a_loss_that_blew_up_is_a_short_number() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run.npz");
    let line = ["train", "--dataset", "diagonal", "--model", "model1"];
    let more = ["--lr", "1e8", "--steps", "9", "-o", run.to_str().unwrap()];
    let output = losscape(&[&line[..], &more].concat());
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let loss = said.split(", ").find_map(|word| word.strip_prefix("loss ")).unwrap();
    assert!(loss.contains('e') && loss.len() <= 24 && loss.parse::<f64>().unwrap() > 1e20, "{said}");
    assert!(said.starts_with("step 9, "), "steps stay whole: {said}");
}

/// ESC and colours, a bell, a line end and a mark that turns what follows around.
const HOSTILE: &str = "\u{1b}[31mred\u{7}\u{202e}\u{200f}";
const SHOWN: &str = "\\u{1b}[31mred\\u{7}\\u{202e}\\u{200f}";

/// Expects that what is said shows every sign, and obeys none.
fn shows(arguments: &[&str]) {
    let output = losscape(arguments);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(said.contains(SHOWN), "{arguments:?}: {said:?}");
    assert!(!said.trim_end().contains(|sign: char| sign.is_control() || sign == '\u{202e}'), "{said:?}");
}

#[test]
fn what_came_from_outside_is_shown_and_not_obeyed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let out = path("x.npz");
    let experiment = |text: &str| {
        // As a file writes them.
        let hostile = HOSTILE.replace('\u{1b}', "\\u{1b}").replace('\u{7}', "\\u{7}");
        std::fs::write(path("e.ron"), text.replace("HOSTILE", &hostile)).unwrap();
        shows(&["train", &path("e.ron"), "-o", &out]);
    };
    experiment("(slice: (plane: axes(parameters: [\"HOSTILE\"])))");
    experiment("(slice: (plane: points(a: start, b: end, c: file(\"HOSTILE.npy\"))))");
    experiment("(from: \"HOSTILE.npy\")");
    experiment("(dataset: csv(path: \"HOSTILE.csv\"))");
    let name = path(&format!("{HOSTILE}.ron"));
    shows(&["train", &name, "-o", &out]);
    std::fs::write(&name, "(seed: x)").unwrap();
    shows(&["train", &name, "-o", &out]);
    for flag in ["--model", "--dataset", "--plane", "--seed", "--set", "--loss", "--from"] {
        shows(&["train", "-o", &out, flag, HOSTILE]);
    }
    shows(&["slice", "-o", &out, "--range", HOSTILE]);
    for arguments in
        [&[HOSTILE][..], &["train", HOSTILE, "-o", &out], &["train", "-o", HOSTILE], &["--x", HOSTILE]]
    {
        let output = losscape(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.trim_end().contains(char::is_control), "{arguments:?}: {said:?}");
    }
    let table = path(&format!("{HOSTILE}.csv"));
    std::fs::write(&table, "1,2\n3,four\n").unwrap();
    shows(&["train", "--dataset", &table, "-o", &out]);
}

#[test]
#[cfg(feature = "viewer")]
fn a_tour_of_others_is_shown_and_not_obeyed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let tour = |text: &str| {
        let hostile = HOSTILE.replace('\u{1b}', "\\u{1b}").replace('\u{7}', "\\u{7}");
        std::fs::write(path("t.ron"), text.replace("HOSTILE", &hostile)).unwrap();
        shows(&["record", &path("t.ron"), "-o", &path("x.mp4")]);
    };
    tour("(chapters: [(experiment: \"HOSTILE\", secs: 1.0)])");
    tour("(chapters: [(experiment: \"HOSTILE.ron\", secs: 1.0)])");
    shows(&["record", "descent", "-o", &path(&format!("{HOSTILE}.avi"))]);
    shows(&["record", "descent", "-o", &path(&format!("nowhere{HOSTILE}/x.mp4"))]);
    shows(&["join", &path(&format!("{HOSTILE}.mp4")), "-o", &path("y.mp4")]);
}

/// What a file holds is written by its own rules, and read back as it was.
#[test]
fn files_hold_any_title_by_their_own_rules() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let title = "a \"b\" <c> & d' \u{0}\u{1b}[31m\u{200f}\u{202e}\n*/ -->";
    let escaped = title.escape_default();
    std::fs::write(path("e.ron"), format!("(title: \"{escaped}\", steps: 5, dataset: xor(points: 20))"))
        .unwrap();
    for name in ["x.vts", "x.obj", "x.ply", "x.glb", "x.png", "x.csv", "x.stl"] {
        let output = losscape(&["slice", &path("e.ron"), "--grid", "3x3", "-o", &path(name)]);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let bytes = std::fs::read(path(name)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("\u{1b}[31m"), "{name} would colour a terminal");
    }
    let output = losscape(&["probe", &path("e.ron"), "-o", &path("x.json")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json = std::fs::read_to_string(path("x.json")).unwrap();
    assert!(!json.contains('\u{1b}') && !json.contains('\0'));
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["experiment"]["title"], title);
    // The header takes 12 bytes, and length and kind of the part of JSON 8.
    let glb = std::fs::read(path("x.glb")).unwrap();
    let length = u32::from_le_bytes(glb[12..16].try_into().unwrap()) as usize;
    let scene: serde_json::Value = serde_json::from_slice(&glb[20..20 + length]).unwrap();
    assert_eq!(scene["nodes"][0]["name"], title);
    let png = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(path("x.png")).unwrap()));
    let read = png.read_info().unwrap();
    let texts = &read.info().utf8_text;
    let named = texts.iter().find(|text| text.keyword == "Title").unwrap().get_text().unwrap();
    assert_eq!(named, losscape::core::text::visible_lines(title));
}

#[test]
#[cfg(target_os = "linux")]
fn a_system_error_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let once = |said: &str, words: &str| assert_eq!(said.matches(words).count(), 1, "{said}");
    // Memory for a few threads only.
    let script = "ulimit -v 4000000; exec \"$0\" train --threads 1024 --steps 5 -o \"$1\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_losscape"), &path("x.npz")]);
    // Stacks of a gigabyte: where one has no room, there is still some for what a thread needs to start at all.
    let output = shell.env("RUST_MIN_STACK", "1073741824").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("--threads 1024"), "{said}");
    once(&said, "os error");

    std::fs::create_dir(path("folder.csv")).unwrap();
    let missing = [
        vec!["train", "--from", "gone.npy", "-o", "x.npz"],
        vec!["train", "--dataset", "gone.csv", "-o", "x.npz"],
        vec!["train", "gone.ron", "-o", "x.npz"],
    ];
    for arguments in missing {
        let said = String::from_utf8(losscape(&arguments).stderr).unwrap();
        once(&said, "No such file");
    }
    let said =
        String::from_utf8(losscape(&["train", "--dataset", &path("folder.csv"), "-o", "x.npz"]).stderr);
    once(&said.unwrap(), "it is a folder");
}

#[test]
fn nothing_is_coloured_in_a_pipe() {
    let requests =
        [&["--help"][..], &["train"], &["--sede", "3"], &["list"], &["train", "--loss", "x", "-o", "x"]];
    for arguments in requests {
        for (name, value) in [("CLICOLOR_FORCE", "1"), ("FORCE_COLOR", "1"), ("TERM", "xterm-256color")] {
            let output = program(arguments).env(name, value).output().unwrap();
            let said = [output.stdout, output.stderr].concat();
            assert!(!said.contains(&0x1b), "{arguments:?} with {name}");
        }
    }
}

#[test]
#[cfg(feature = "viewer")]
fn a_picture_is_drawn_without_a_word_of_the_engine_unless_it_is_asked_for_and_then_without_colours() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("x.png");
    let small = ["record", "--points", "20", "--steps", "9", "--size", "160x90", "--force", "-o"];
    let drawn = |log: Option<&str>| {
        let mut command = program(&small);
        command.arg(&picture).env_remove("RUST_LOG").envs(log.map(|log| ("RUST_LOG", log)));
        let output = command.output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(picture.exists());
        said
    };
    assert_eq!(drawn(None), "");
    let said = drawn(Some("info"));
    assert!(said.lines().count() > 0 && said.lines().all(|line| line.starts_with("losscape: ")), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
}
