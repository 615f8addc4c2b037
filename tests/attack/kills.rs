//! Programs that are killed at any moment: what was there is whole, what is left can be used, and nothing is
//! in the way of the next.

#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::draw::Draw;
use crate::support::array_of_file;

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Starts a program and kills it some milliseconds later, or so long after it has begun a file.
fn killed(mut command: Command, begun: Option<&Path>, millis: f64) {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while begun.is_some_and(|begun| !begun.exists()) {
        assert!(began.elapsed() < Duration::from_secs(60), "{begun:?} does not come");
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_secs_f64(1e-3 * millis));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A training that replaces an older run.
fn training(draw: &mut Draw) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.npz");
    let train = |steps: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_losscape"));
        command.args(["train", "--points", "9", "--steps", steps, "--force", "-o"]).arg(&path);
        command
    };
    assert!(train("5").stdout(Stdio::null()).status().unwrap().success());
    let old = std::fs::read(&path).unwrap();
    killed(train("20000"), None, 250.0 * draw.uniform());
    let left = std::fs::read(&path).unwrap();
    if left != old {
        let (_, losses) = array_of_file::<f64>(&path, "trajectory_loss");
        assert_eq!(losses.len(), 20_001, "the new run is whole");
    }
    let is_ours = |name: &String| name == "run.npz" || name.starts_with(".losscape-");
    assert!(names(folder.path()).iter().all(is_ours), "{:?}", names(folder.path()));
    assert!(train("5").stdout(Stdio::null()).status().unwrap().success(), "nothing is in the way");
}

#[cfg(feature = "viewer")]
mod films {
    use super::*;
    use crate::films::partial::settle;
    use crate::films::{KINDS, child, is_refused, join, numbers};

    /// A film of any kind, and what is left of it.
    pub fn film(draw: &mut Draw) {
        let (name, _) = *draw.of(&KINDS);
        let folder = tempfile::tempdir().unwrap();
        let (path, part) = (folder.path().join(name), folder.path().join(format!("{name}.part")));
        let begun = if name == "frames" { &path } else { &part };
        killed(child::command(&path), Some(&**begun).filter(|_| draw.once_in(2)), 700.0 * draw.uniform());
        if name == "frames" {
            return frames(&path);
        }
        assert!(!path.exists(), "{name} was never complete");
        if !part.exists() {
            return;
        }
        settle(&part);
        let output = join::join(&[&part, Path::new("-o"), &path]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(0) => {
                let numbers = numbers(&path);
                assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>(), "{name}");
                println!("{name}: {} frames", numbers.len());
            }
            Some(2) => {
                let nothing =
                    ["first frame was complete", "it is empty", "first bytes are not ours", "ffmpeg says"];
                assert!(nothing.iter().any(|word| said.contains(word)), "{name}: {said}");
                // Then it is in nobody's way either.
                assert!(said.contains("first bytes") || !is_refused(&path), "{name}: {said}");
            }
            other => panic!("{name}: {other:?}: {said}"),
        }
    }

    /// Of frames all but the last are whole, and the next film says what is there.
    fn frames(folder: &Path) {
        if !folder.exists() {
            return;
        }
        let drafts = names(folder).iter().filter(|name| name.starts_with('.')).count();
        assert!(drafts <= 1, "{:?}", names(folder));
        for name in names(folder).iter().filter(|name| name.starts_with('.')) {
            std::fs::remove_file(folder.join(name)).unwrap();
        }
        let numbers = numbers(folder);
        assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>());
    }
}

#[test]
fn a_training_killed_at_any_moment_loses_nothing() {
    super::attack(3, training);
}

#[test]
#[ignore = "minutes: the same, with a large number of kills"]
fn a_training_killed_at_any_moment_loses_nothing_at_length() {
    super::attack(100, training);
}

#[cfg(feature = "viewer")]
#[test]
fn a_film_killed_at_any_moment_loses_nothing() {
    super::attack(3, films::film);
}

#[cfg(feature = "viewer")]
#[test]
#[ignore = "minutes: the same, with a large number of kills"]
fn a_film_killed_at_any_moment_loses_nothing_at_length() {
    super::attack(100, films::film);
}
