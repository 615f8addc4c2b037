//! Wrong requests and failing work: one clear line, the exit code, and nothing left behind.

use std::path::Path;
use std::process::Command;

#[cfg(unix)]
use super::signal;
use super::{losscape, refused};

/// Expects exit code 1, one line on standard error that holds each of the words, and nothing else.
fn failed(arguments: &[&str], words: &[&str]) {
    let output = losscape(arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {error}");
    assert_eq!(error.lines().count(), 1, "{arguments:?}: {error}");
    for word in words {
        assert!(error.contains(word), "{arguments:?}: {word:?} is missing in {error:?}");
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn tables_that_are_none_are_named_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    let path = path.to_str().unwrap();
    let out = folder.path().join("run.npz");
    let csv = |text: &str, words: &[&str]| {
        std::fs::write(path, text).unwrap();
        refused(&["train", "--dataset", path, "-o", out.to_str().unwrap()], &[&["data.csv"], words].concat());
    };
    csv("x,y,label\n1,2,0\n3,,1\n", &["line 3", "column 2", "empty"]);
    csv("x,y,label\n1,2,0\n3,four,1\n", &["line 3", "column 2", "four"]);
    csv("1,2,0\n3,1\n", &["line 2", "2", "3"]);
    csv("x,y,label\n", &["no rows"]);
    csv("", &["no rows"]);
    csv("1,2,0\n3,4,0\n", &["every target is 0", "two different"]);
    csv(&"1,0\n1,1\n".repeat(500_001), &["line 1000001", "at most 1000000 rows"]);
    refused(&["train", "--dataset", "nowhere.csv", "-o", out.to_str().unwrap()], &["nowhere.csv"]);
    assert_eq!(names(folder.path()), ["data.csv"]);
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("x.npz");
    let out = out.to_str().unwrap();
    let slice =
        |arguments: &[&str], words: &[&str]| refused(&[&["slice", "-o", out], arguments].concat(), words);
    slice(&["--batch", "501"], &["batch = 501", "1 to the 500 training points"]);
    let large = [
        "--dataset",
        "digits",
        "--model",
        "mlp",
        "--set",
        "model.widths=[256,256,128]",
        "--plane",
        "hessian",
    ];
    slice(&large, &["hessian", "at most 50000 parameters, not 116618", "random or pca"]);
    slice(&["--plane", "angle:120"], &["degrees = 120", "2 to 90"]);
    slice(&["--plane", "axes:fc9.bias"], &["fc9.bias", "fc1.weight [3, 2]"]);
    slice(&["--plane", "points:start,end,nowhere.npy"], &["nowhere.npy", "13 finite numbers"]);
    slice(&["--threads", "0"], &["--threads 0", "1 to"]);
    slice(&["--set", "model.widths=[8]"], &["model.widths", "no widths", "head"]);
    slice(&["--alpha3", "inf"], &["--alpha3 inf", "finite"]);
    refused(&["slice", "--grid", "9", "-o", "x.obj"], &[".obj holds planes only", ".npz"]);
    refused(&["train", "-o", "x.csv"], &["x.csv", ".npz"]);
    refused(&["train", "--from", "x.npy", "-o", out], &["from = x.npy", "13 finite numbers"]);
    refused(
        &["probe", "--at", "middle"],
        &["losscape: --at middle: expected start, end, step:N, alpha:A,B[,C], a .npy file or a run (.npz)\n"],
    );
    refused(&["probe", "--at", "step:2001"], &["--at step:2001", "2000"]);
    refused(&["probe", "--at", "alpha:1"], &["--at alpha:1", "alpha:A,B"]);
    refused(&["probe", "--train-on", "99999999"], &["--train-on 99999999", "from 0 to 10000000"]);
    slice(&["--range", "0:1,0:1,0:1,0:1"], &["--range", "up to three axes"]);
    refused(&["probe", "-o", "x.txt"], &["x.txt", ".json"]);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_run_that_did_not_move_fails_to_give_a_plane() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("x.npz");
    let still = ["slice", "--lr", "1e-300", "--steps", "5", "--plane", "chord", "--grid", "3x3", "-o"];
    failed(&[&still[..], &[out.to_str().unwrap()]].concat(), &["did not move", "learning rate"]);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn an_output_that_cannot_be_is_refused_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("x.npz"), "mine").unwrap();
    for verb in ["slice", "train"] {
        refused(&[verb, "-o", &path("x.npz")], &["exists", "--force"]);
        refused(&[verb, "-o", &path("nowhere/x.npz")], &["nowhere", "folder"]);
    }
    assert_eq!(std::fs::read_to_string(path("x.npz")).unwrap(), "mine");
    assert_eq!(names(folder.path()), ["x.npz"]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_takes_no_file_is_named() {
    // Nobody may create files there, not even root.
    let output = losscape(&["slice", "--grid", "3x3", "--steps", "3", "-o", "/proc/x.npz"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(matches!(output.status.code(), Some(1 | 2)), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.contains("/proc/x.npz"), "{error}");
}

#[test]
#[cfg(unix)]
fn a_full_disk_leaves_the_old_file_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npz");
    std::fs::write(&path, "mine").unwrap();
    // Files may grow to a few kilobytes only, as on a disk that fills up.
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" slice --steps 50 --grid 60x60 --force -o \"$1\"";
    let mut shell = Command::new("sh");
    let output = shell.args(["-c", script, env!("CARGO_BIN_EXE_losscape")]).arg(&path).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.contains("cannot write") && error.contains("x.npz"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    assert_eq!(names(folder.path()), ["x.npz"]);
}

/// Waits until the program has a handler for interrupts: before, one would just kill it.
#[cfg(unix)]
fn wait_until_it_listens(id: u32) {
    let pause = || std::thread::sleep(std::time::Duration::from_millis(20));
    for _ in 0..1500 {
        pause();
        let Ok(status) = std::fs::read_to_string(format!("/proc/{id}/status")) else {
            // Where a system does not tell, a second must do.
            return (0..50).for_each(|_| pause());
        };
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        if u64::from_str_radix(caught.trim(), 16).unwrap() & 0b10 != 0 {
            return;
        }
    }
    panic!("the program never listened to interrupts");
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_long_work_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("x.npz");
    let long = [
        &["slice", "--grid", "2000x2000"][..],
        &["train", "--steps", "10000000"],
        &[
            "slice",
            "--dataset",
            "digits",
            "--model",
            "mlp",
            "--set",
            "model.widths=[500]",
            "--plane",
            "hessian",
        ],
    ];
    for arguments in long {
        let mut command = Command::new(env!("CARGO_BIN_EXE_losscape"));
        let mut child =
            command.args(arguments).arg("-o").arg(&out).stderr(std::process::Stdio::piped()).spawn().unwrap();
        wait_until_it_listens(child.id());
        signal(&child, "-INT");
        assert_eq!(child.wait().unwrap().code(), Some(130), "{arguments:?}");
        assert!(names(folder.path()).is_empty(), "{arguments:?}");
    }
}
