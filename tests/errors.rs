//! Errors keep their numbers as measured numbers: one that holds a bare float would print 300 digits one day.

use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => sources(&path, found),
            false => found.push(path),
        }
    }
}

/// The lines of error types that hold floats.
fn bare_floats(source: &str) -> Vec<&str> {
    let items = source.split("#[derive(").skip(1);
    let errors =
        items.filter(|item| item.split(")]").next().is_some_and(|derived| derived.contains("Error")));
    // Without fields, or with nameless ones, a type ends with its line.
    let body =
        |item: &'_ str| item.find("\n}").into_iter().chain(item.find(";\n")).min().unwrap_or(item.len());
    let fields = errors.flat_map(|item| item[..body(item)].lines());
    let is_bare = |line: &&str| {
        let line = line.trim();
        !line.starts_with('#') && ["f64", "f32"].iter().any(|float| line.contains(float))
    };
    fields.filter(|line| !line.trim().starts_with("//")).filter(is_bare).collect()
}

#[test]
fn no_error_holds_a_bare_float() {
    let kept = "#[derive(Debug, thiserror::Error)]\nenum E {\n    A {\n        value: Measured,\n    },\n}";
    assert!(bare_floats(kept).is_empty());
    assert_eq!(bare_floats(&kept.replace("Measured", "f64")), ["        value: f64,"]);
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 100, "the program's own sources");
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs")) {
        let source = std::fs::read_to_string(file).unwrap();
        assert!(bare_floats(&source).is_empty(), "{}: {:?}", file.display(), bare_floats(&source));
    }
}
