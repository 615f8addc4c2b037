//! The executable, run as a user runs it.

#[cfg(feature = "viewer")]
mod backgrounds;
#[cfg(feature = "viewer")]
mod bits;
mod elsewhere;
mod evaluators;
mod exports;
mod imports;
#[cfg(feature = "viewer")]
mod languages;
mod outputs;
#[cfg(feature = "viewer")]
mod pictures;
mod plans;
#[cfg(feature = "viewer")]
mod presets;
#[cfg(feature = "viewer")]
mod recordings;
mod refusals;
mod replacements;
mod runs;
mod slices;
#[cfg(feature = "viewer")]
mod subtitles;
mod tables;
#[cfg(feature = "viewer")]
mod voices;
mod words;

use std::path::Path;
#[cfg(unix)]
use std::process::Child;
use std::process::{Command, Output};

use crate::support::array_of_file;

fn losscape(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_losscape")).args(arguments).output().unwrap()
}

/// Sends a program the signal of that name, as in `-INT`.
#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let told = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(told.success());
}

/// An array of a run or a slice: its shape and its numbers.
fn read(path: &Path, name: &str) -> (Vec<u64>, Vec<f64>) {
    array_of_file(path, name)
}

/// Slices what is named into a file, and returns what was told on the way.
fn sliced(from: &Path, to: &Path, more: &[&str]) -> String {
    let slice = ["slice", from.to_str().unwrap(), "--force", "-o", to.to_str().unwrap()];
    let output = losscape(&[&slice[..], more].concat());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    told
}

/// Expects exit code 2, one line on standard error that holds each of the words, and nothing else.
fn refused(arguments: &[&str], words: &[&str]) {
    let output = losscape(arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
    assert_eq!(error.lines().count(), 1, "{arguments:?}: {error}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    for word in words {
        assert!(error.contains(word), "{arguments:?}: {word:?} is missing in {error:?}");
    }
}

#[test]
fn list_names_every_built_in_experiment_and_tour() {
    let output = losscape(&["list"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for name in ["xor-model3", "diagonal-model1", "diagonal-model2", "descent", "moving-surface"] {
        assert!(text.lines().any(|line| line.starts_with(name)), "{text}");
    }
    let is_in_column = |line: &str| {
        !line.starts_with(' ') && line.chars().nth(25) != Some(' ') && line.chars().nth(24) == Some(' ')
    };
    assert!(text.lines().all(is_in_column), "titles stand below each other: {text}");
    let tour = text.lines().find(|line| line.starts_with("descent")).unwrap();
    assert!(tour.ends_with("The descent (a tour of 12 s, --lang de, es)"), "{tour}");
}
