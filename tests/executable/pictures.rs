//! `losscape record`, `doctor`, and what is said where nothing can be drawn.

use std::path::Path;
use std::process::Command;

use super::{losscape, refused};

fn record(folder: &Path, arguments: &[&str]) -> image::RgbImage {
    let path = folder.join("picture.png");
    let mut all = vec!["record"];
    all.extend(arguments);
    all.extend(["-o", path.to_str().unwrap(), "--force"]);
    let output = losscape(&all);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    image::open(&path).unwrap().to_rgb8()
}

/// A quick picture of the default experiment.
const SMALL: [&str; 6] = ["--points", "60", "--steps", "200", "--size", "320x180"];

#[test]
fn mistakes_are_named_in_one_line_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("x.png");
    let picture = picture.to_str().unwrap();
    let written = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let record = |experiment: &str, words: &[&str]| refused(&["record", experiment, "-o", picture], words);
    record("nonsense", &["nonsense", "xor-model3"]);
    record(&written("typo.ron", "(\n  sede: 1,\n)"), &["typo.ron:2:", "sede", "seed"]);
    record(&written("type.ron", "(steps: \"many\")"), &["type.ron:1:", "integer"]);
    record(&written("broken.ron", "(steps: 3"), &["broken.ron:1:"]);
    record(&written("lr.ron", "(optimizer: sgd(lr: -0.1))"), &["lr.ron", "optimizer.lr", "-0.1", "above 0"]);
    record(&written("points.ron", "(dataset: xor(points: 0))"), &["dataset.points", "0", "1 to"]);
    let cells = "(slice: (grid: [1000000, 1000000]))";
    record(&written("cells.ron", cells), &["slice.grid", "1000000x1000000", "at most"]);
    refused(&["record", "--model", "model4", "-o", picture], &["model4", "model3"]);
    refused(&["record", "--bogus", "-o", picture], &["--bogus"]);
    refused(&["record", "--lr", "-1", "-o", picture], &["optimizer.lr", "-1"]);
    refused(&["record", "--size", "0x5", "-o", picture], &["--size 0x5", "WIDTHxHEIGHT"]);
    refused(&["record", "--at-step", "2001", "-o", picture], &["--at-step 2001", "2000"]);
    refused(&["record", "--alpha3", "nan", "-o", picture], &["--alpha3 nan", "finite"]);
    refused(&["record", "-o", "x.bmp"], &["x.bmp", ".png"]);
    assert!(!Path::new(picture).exists());
}

#[test]
fn an_existing_file_is_kept_unless_force_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.png");
    std::fs::write(&path, "mine").unwrap();
    refused(&["record", "-o", path.to_str().unwrap()], &["exists", "--force"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn a_picture_shows_the_scene_with_its_labels_and_repeats_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let picture = record(folder.path(), &SMALL);
    assert_eq!(picture.dimensions(), (320, 180));
    let stage = *picture.get_pixel(2, 2);
    let drawn = picture.pixels().filter(|pixel| **pixel != stage).count();
    assert!(drawn > 320 * 180 / 8, "{drawn} pixels are drawn");
    // The surface is coloured by viridis: somewhere it is clearly green, and somewhere violet.
    let has = |is: &dyn Fn([u8; 3]) -> bool| picture.pixels().filter(|p| is(p.0)).count() > 50;
    assert!(has(&|[r, g, b]| g > 110 && g > r.saturating_add(30) && g > b), "green slopes");
    assert!(has(&|[r, g, b]| b > 60 && b > g.saturating_add(25) && r > g), "a violet valley");
    // Labels are nearly white; nothing else in the scene is so large.
    assert!(has(&|[r, g, b]| r.min(g).min(b) > 150 && r.abs_diff(b) < 40), "labels");
    assert!(picture == record(folder.path(), &SMALL), "the same picture again");
}

#[test]
fn step_alpha3_and_cube_change_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let with = |more: &[&str]| record(folder.path(), &[&SMALL[..], more].concat());
    let end = with(&[]);
    for more in [&["--at-step", "0"][..], &["--alpha3", "1.5"], &["--cube"]] {
        let other = with(more);
        let changed = end.pixels().zip(other.pixels()).filter(|(a, b)| a != b).count();
        assert!(changed > 40, "{more:?} changed {changed} pixels");
    }
}

/// What the window copies to the clipboard, typed into a shell.
#[test]
#[cfg(unix)]
fn the_command_line_of_a_picture_draws_it_again() {
    use losscape::core::experiment::{ExperimentFile, command_line};
    let folder = tempfile::tempdir().unwrap();
    let text = "(title: \"it's mine\", seed: 3, dataset: moons(points: 60), steps: 150, optimizer: momentum(lr: 0.5),
        slice: (plane: pca(about: end), grid: [33, 33], volume: [9, 9, 5]),
        view: (theme: light, scale: log, eye: (-20.5, 40.0), alpha3: 0.3, has_grid_lines: true))";
    let path = folder.path().join("mine.ron");
    std::fs::write(&path, text).unwrap();
    let drawn = record(folder.path(), &[path.to_str().unwrap(), "--at-step", "90", "--size", "320x180"]);
    let line = command_line(&ExperimentFile::parse(text, "mine.ron").unwrap(), 90);
    let line = line.replace("losscape record", &format!("'{}' record", env!("CARGO_BIN_EXE_losscape")));
    let output = Command::new("sh").args(["-c", &line]).current_dir(folder.path()).output().unwrap();
    assert!(!output.status.success(), "picture.png is there already");
    let output = Command::new("sh")
        .args(["-c", &(line + " --force --size 320x180")])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let again = image::open(folder.path().join("picture.png")).unwrap().to_rgb8();
    assert!(drawn == again, "the same picture");
}

#[test]
fn a_diverging_run_is_drawn_and_not_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let picture =
        record(folder.path(), &["diagonal-model1", "--lr", "1e6", "--steps", "100", "--size", "160x90"]);
    assert!(picture.pixels().any(|pixel| pixel != picture.get_pixel(1, 1)));
}

#[test]
fn doctor_names_the_device() {
    let output = losscape(&["doctor"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for word in ["losscape", "device", "driver", "cores"] {
        assert!(text.contains(word), "{text}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_device_or_a_display_one_line_says_what_to_do() {
    let run = |arguments: &[&str], name: &str, value: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_losscape"));
        command.args(arguments).env(name, value).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        let output = command.output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        error
    };
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("x.png");
    let drawn = run(&["record", "-o", picture.to_str().unwrap()], "VK_DRIVER_FILES", "/nonexistent");
    assert!(drawn.contains("mesa-vulkan-drivers"), "{drawn}");
    assert!(!picture.exists());
    let shown = run(&["view"], "LC_ALL", "C");
    assert!(shown.contains("DISPLAY") && shown.contains("losscape record"), "{shown}");
}
