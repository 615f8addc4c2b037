//! Where files are written, and what becomes of what is there: by every verb that writes without a picture.

#![cfg(unix)]

use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};

use super::{read, refused};

/// A verb, what it computes, and the ending of its file.
const VERBS: [(&str, &[&str], &str); 3] = [
    ("slice", &["--points", "9", "--steps", "9", "--grid", "40x40"], "csv"),
    ("train", &["--points", "9", "--steps", "40"], "npz"),
    ("probe", &["--points", "9", "--steps", "9", "--train-on", "9"], "json"),
];

/// Runs a verb in a folder, after some lines of shell.
fn after(lines: &str, folder: &Path, verb: &[&str], more: &[&str]) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{lines}\nexec \"$@\""), "sh", env!("CARGO_BIN_EXE_losscape")]);
    command.args(verb).args(more).current_dir(folder).output().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_new_file_has_the_rights_that_the_umask_leaves_and_a_replaced_one_its_own() {
    for (verb, computed, ending) in VERBS {
        let folder = tempfile::tempdir().unwrap();
        let name = format!("x.{ending}");
        let path = folder.path().join(&name);
        let run = |more: &[&str]| {
            let arguments = [&[verb], computed].concat();
            let output = after("umask 027", folder.path(), &arguments, more);
            assert!(output.status.success(), "{verb}: {}", String::from_utf8_lossy(&output.stderr));
        };
        run(&["-o", &name]);
        assert_eq!(path.metadata().unwrap().mode() & 0o7777, 0o640, "{verb}");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o606)).unwrap();
        let before = path.metadata().unwrap().ino();
        run(&["-o", &name, "--force"]);
        let after = path.metadata().unwrap();
        assert!(
            (after.mode() & 0o7777, after.ino() != before) == (0o606, true),
            "{verb}: {:o}",
            after.mode()
        );
    }
}

#[test]
fn the_target_of_a_link_is_replaced_and_one_that_leads_nowhere_is_there() {
    for (verb, computed, ending) in VERBS {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(format!("{name}.{ending}"));
        symlink(at("target"), at("link")).unwrap();
        let link = at("link").to_str().unwrap().to_owned();
        let arguments = [&[verb], computed, &["-o", &link]].concat();
        refused(&arguments, &["link", "exists already", "--force"]);
        for _ in 0..2 {
            let output = after("", folder.path(), &arguments, &["--force"]);
            assert!(output.status.success(), "{verb}: {}", String::from_utf8_lossy(&output.stderr));
            assert!(at("link").is_symlink() && at("target").metadata().unwrap().len() > 0, "{verb}");
            assert_eq!(names(folder.path()).len(), 2, "{verb}");
        }
    }
}

#[test]
fn what_is_no_file_is_never_replaced() {
    for (verb, computed, ending) in VERBS {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join(format!("x.{ending}"));
        assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let place = fifo.to_str().unwrap();
        for force in [&[][..], &["--force"]] {
            let arguments = [&[verb], computed, &["-o", place], force].concat();
            refused(&arguments, &[place, "is a FIFO", "never replaced"]);
        }
        assert!(fifo.metadata().unwrap().file_type().is_fifo());
    }
}

#[test]
fn a_limit_on_the_size_of_files_is_told_and_leaves_nothing() {
    for (verb, computed, ending) in VERBS {
        let folder = tempfile::tempdir().unwrap();
        let name = format!("x.{ending}");
        let arguments = [&[verb], computed].concat();
        // Half a kilobyte, or one: smaller than any of these files.
        let output = after("ulimit -f 1", folder.path(), &arguments, &["-o", &name]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{verb}: {said}");
        assert!(said.contains(&name) && said.contains("too large") && said.lines().count() == 1, "{said}");
        assert_eq!(names(folder.path()), [""; 0], "{verb}");
    }
}

#[test]
fn a_name_may_be_as_long_as_the_disk_takes_and_one_that_is_longer_is_refused_at_once() {
    for (verb, computed, ending) in VERBS {
        let folder = tempfile::tempdir().unwrap();
        let name = |length: usize| format!("{}.{ending}", "x".repeat(length - ending.len() - 1));
        let arguments = [&[verb], computed].concat();
        let output = after("", folder.path(), &arguments, &["-o", &name(255)]);
        assert!(output.status.success(), "{verb}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(names(folder.path()), [name(255)], "{verb}");
        let path = folder.path().join(name(256));
        refused(&[&arguments[..], &["-o", path.to_str().unwrap()]].concat(), &["cannot write", "too long"]);
    }
}

#[test]
fn a_file_that_appears_while_work_goes_on_stays_and_the_work_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    // Long enough that somebody else is there first.
    let mut training = Command::new(env!("CARGO_BIN_EXE_losscape"));
    training.args(["train", "--steps", "100000", "-o"]).arg(at("x.npz"));
    let training = training.stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::null());
    let training = training.spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    std::fs::write(at("x.npz"), "theirs").unwrap();
    let output = training.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    // Where it was slow to begin, it sees the file and begins nothing.
    if output.status.code() != Some(2) {
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("appeared meanwhile") && said.contains("x-2.npz"), "{said}");
        assert!(!read(&at("x-2.npz"), "trajectory").1.is_empty());
    }
    assert_eq!(std::fs::read_to_string(at("x.npz")).unwrap(), "theirs");
}

#[test]
fn ranges_without_room_are_refused_wherever_they_are_given() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("x.ply");
    let out = out.to_str().unwrap();
    let told = "expected a width of at least 1e-30, and 1e-9 of its larger end";
    for range in ["0:5e-324", "0:1e-308", "-0:0", "1:1.0000000000000002", "1e300:1.0000000001e300"] {
        let words = if range == "-0:0" { "the first below the second" } else { told };
        refused(&["slice", "--range", range, "--grid", "4x4", "-o", out], &["of alpha1", words]);
        let pair = range.replace(':', ",");
        let file = folder.path().join("x.ron");
        std::fs::write(&file, format!("(slice: (range: [({pair}), (0, 1)]))")).unwrap();
        let file = file.to_str().unwrap();
        refused(&["slice", file, "-o", out], &["slice.range", "of alpha1", words]);
    }
}
