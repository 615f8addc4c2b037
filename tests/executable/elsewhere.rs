//! Files that name others: from any folder they mean the same, and what lies outside needs a word.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::read;

fn losscape_in(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_losscape"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// What it says on standard error after it has ended with that code; a refusal is one line.
fn told(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = losscape_in(folder, arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
    assert!(code == 0 || error.lines().count() == 1, "{arguments:?}: {error}");
    error
}

fn trained(folder: &Path, arguments: &[&str]) {
    told(folder, &[&["train", "--force", "-o", "run.npz"], arguments].concat(), 0);
}

const TABLE: &str = "x,y,t\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n2,1,1\n";

/// A folder with an experiment that names other files, and an empty one beside it.
fn folders() -> (tempfile::TempDir, [std::path::PathBuf; 2]) {
    let whole = tempfile::tempdir().unwrap();
    let [here, there] = ["here", "there"].map(|name| whole.path().join(name));
    std::fs::create_dir_all(here.join("data")).unwrap();
    std::fs::create_dir(&there).unwrap();
    std::fs::write(here.join("data/points.CSV"), TABLE).unwrap();
    let theta: Vec<f64> = (0..13).map(|i| f64::from(i).sin()).collect();
    losscape::core::io::npy::write_theta(std::fs::File::create(here.join("start.npy")).unwrap(), &theta)
        .unwrap();
    let text = "\u{feff}(dataset: csv(path: \"data/points.CSV\"), from: \"start.npy\", steps: 9,
        slice: (plane: points(a: start, b: file(\"start.npy\"), c: end)))";
    std::fs::write(here.join("My.RON"), text.replace("b: file(\"start.npy\")", "b: step(5)")).unwrap();
    std::fs::write(here.join("plane.ron"), text).unwrap();
    (whole, [here, there])
}

#[test]
fn an_experiment_is_the_same_from_any_folder() {
    let (whole, [here, there]) = folders();
    trained(&here, &["My.RON"]);
    trained(&there, &["../here/My.RON"]);
    trained(&there, &["../here/plane.ron"]);
    trained(whole.path(), &["here/My.RON"]);
    trained(&there, &[here.join("My.RON").to_str().unwrap()]);
    let numbers = |folder: &Path| read(&folder.join("run.npz"), "trajectory").1;
    assert_eq!(numbers(&here), numbers(&there));
    assert_eq!(numbers(&here), numbers(whole.path()));
    // On the command line a path is seen from where the program runs.
    std::fs::write(there.join("mine.csv"), TABLE).unwrap();
    trained(&there, &["../here/My.RON", "--dataset", "mine.csv", "--from", "../here/start.npy"]);
    let error = told(&there, &["train", "-o", "x.npz", "--dataset", "data/points.CSV"], 2);
    assert!(error.contains("dataset.path = data/points.CSV"), "{error}");
}

#[test]
fn what_a_file_names_outside_its_folder_needs_a_word_and_is_not_quoted() {
    let (whole, [here, there]) = folders();
    std::fs::write(whole.path().join("secret.csv"), "root:x:0:0:/root:/bin/bash:hunter\n1,2\n").unwrap();
    let secret = whole.path().join("secret.csv").display().to_string();
    let mut asked = vec!["../secret.csv".to_owned(), secret.clone()];
    if cfg!(unix) {
        std::os::unix::fs::symlink("../secret.csv", here.join("link.csv")).unwrap();
        asked.push("link.csv".to_owned());
    }
    for path in &asked {
        let fields = [
            format!("dataset: csv(path: {path:?})"),
            format!("from: {path:?}"),
            format!("slice: (plane: line(from: file({path:?})))"),
        ];
        for field in fields {
            std::fs::write(here.join("asks.ron"), format!("({field})")).unwrap();
            let error = told(&there, &["train", "../here/asks.ron", "-o", "x.npz"], 2);
            assert!(
                error.contains("asks.ron:1:") && error.contains(path) && error.contains("--allow-files"),
                "{error}"
            );
            let error = told(&there, &["train", "../here/asks.ron", "-o", "x.npz", "--allow-files"], 2);
            assert!(!error.contains("hunter"), "{error}");
            assert!(!error.contains("--allow-files"), "{error}");
        }
    }
    std::fs::write(&secret, TABLE).unwrap();
    let tours = [
        "(chapters: [(experiment: \"../asked.ron\", secs: 1)])".to_owned(),
        format!(
            "(chapters: [(experiment: \"xor-model3\", secs: 1, cues: [
            (when: at(0), command: experiment(dataset(csv(path: {secret:?}))))])])"
        ),
        format!(
            "(chapters: [(secs: 1, cues: [(when: at(0), command: experiment(load(from: {secret:?})))])])"
        ),
        "(chapters: [(experiment: \"asks.ron\", secs: 1)])".to_owned(),
    ];
    std::fs::write(whole.path().join("asked.ron"), "(steps: 5)").unwrap();
    for text in tours {
        std::fs::write(here.join("tour.ron"), text).unwrap();
        // A tour is told from an experiment once it is sound.
        let error = told(&there, &["train", "../here/tour.ron", "-o", "x.npz"], 2);
        assert!(error.contains("--allow-files"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_ordinary_file_is_refused_at_once_wherever_it_is_named() {
    let (_whole, [here, _]) = folders();
    assert!(Command::new("mkfifo").arg(here.join("pipe.ron")).status().unwrap().success());
    for ending in ["csv", "npy", "npz"] {
        let link = |to: &str, name: &str| {
            std::os::unix::fs::symlink(to, here.join(format!("{name}.{ending}"))).unwrap();
        };
        link("pipe.ron", "pipe");
        link("/dev/zero", "zero");
    }
    std::os::unix::fs::symlink("/dev/zero", here.join("zero.ron")).unwrap();
    std::fs::create_dir(here.join("folder.ron")).unwrap();
    let refused = |arguments: &[&str], what: &str| {
        let error = told(&here, arguments, 2);
        assert!(
            error.contains(&format!("it is a {what}; expected an ordinary file")),
            "{arguments:?}: {error}"
        );
    };
    for (name, what) in [("pipe", "pipe"), ("zero", "device")] {
        let named = |ending: &str| format!("{name}.{ending}");
        refused(&["train", &named("ron"), "-o", "x.npz"], what);
        refused(&["train", "--dataset", &named("csv"), "-o", "x.npz"], what);
        refused(&["train", "--from", &named("npy"), "-o", "x.npz"], what);
        refused(&["train", "--plane", &format!("line:start,{name}.npy"), "-o", "x.npz"], what);
        refused(&["probe", "--at", &named("npy")], what);
        if cfg!(feature = "viewer") {
            refused(&["record", "--run", &named("npz"), "-o", "x.png"], what);
            refused(&["record", &named("ron"), "-o", "x.png"], what);
            refused(&["join", &named("npz"), "-o", "x.mp4"], what);
            refused(&["join", &named("npz"), "-o", "x.gif"], what);
            refused(&["join", &named("npz"), "-o", "x.apng"], what);
            refused(&["join", &named("npz"), "-o", "x.webm"], what);
        }
    }
    refused(&["train", "folder.ron", "-o", "x.npz"], "folder");
    std::fs::File::create(here.join("long.ron")).unwrap().set_len(1 << 33).unwrap();
    let error = told(&here, &["train", "long.ron", "-o", "x.npz"], 2);
    assert!(error.contains("long.ron") && error.contains("8589934592 bytes; expected at most"), "{error}");
}

#[test]
fn a_hyphen_is_no_file_to_write() {
    let (_whole, [here, _]) = folders();
    let verbs: &[&[&str]] = match cfg!(feature = "viewer") {
        true => &[&["train"], &["slice"], &["probe"], &["record"], &["join", "x.mp4"]],
        false => &[&["train"], &["slice"], &["probe"]],
    };
    for verb in verbs {
        let error = told(&here, &[verb, &["-o", "-"][..]].concat(), 2);
        assert!(error.contains("nothing is written to standard output"), "{error}");
    }
    assert!(!here.join("-").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn where_memory_ends_one_sentence_says_so() {
    let (_whole, [here, _]) = folders();
    let line =
        "ulimit -v 900000; exec \"$0\" slice --steps 3 --points 9 --grid 512x512x512 --range 0:1 -o x.npz";
    let mut command = Command::new("sh");
    let output =
        command.current_dir(&here).args(["-c", line, env!("CARGO_BIN_EXE_losscape")]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.starts_with("losscape: the memory is used up (") && error.lines().count() == 1, "{error}");
}
