//! Flags that replace data, model or optimizer: what was chosen for the old ones goes with them, and a word
//! says so. And runs that get out of hand, told by every verb.

use std::path::{Path, PathBuf};

use super::{losscape, read, refused};
use crate::support::array_of_file;

/// A folder with small tables in it.
struct Tables(tempfile::TempDir);

impl Tables {
    fn new() -> Self {
        let tables = Self(tempfile::tempdir().unwrap());
        let row = |i: usize| format!("{},{}", i as f64 / 1000.0, usize::from(i == 7 || i == 900));
        tables.write("rare.csv", (0..5000).map(row));
        tables.write("three.csv", (0..60).map(|i| format!("{i},{}", i % 3)));
        // Two marks between 30 and 100, and whether they suffice.
        let mark = |i: usize| 30 + (37 * i) % 71;
        let exam = |i: usize| format!("{},{},{}", mark(i), mark(3 * i + 5), usize::from(mark(i) > 60));
        tables.write("exam.csv", (0..100).map(exam));
        tables
    }

    fn write(&self, name: &str, rows: impl Iterator<Item = String>) {
        std::fs::write(self.0.path().join(name), rows.collect::<Vec<_>>().join("\n")).unwrap();
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// What a verb says beside its answer, and the file it leaves.
    fn run(&self, verb: &str, name: &str, arguments: &[&str]) -> (String, PathBuf) {
        let out = self.0.path().join(name);
        let output = losscape(&[&[verb, "-o", out.to_str().unwrap(), "--force"], arguments].concat());
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{arguments:?}: {told}");
        (told, out)
    }
}

fn experiment(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&array_of_file(path, "experiment").1).unwrap()
}

/// Rows that a run was trained on.
fn rows(path: &Path) -> u64 {
    read(path, "x").0[0]
}

#[test]
fn every_row_of_a_file_is_used_unless_fewer_are_asked_for_and_then_it_is_told() {
    let tables = Tables::new();
    let rare = tables.path("rare.csv");
    let (told, run) = tables.run("train", "run.npz", &["--steps", "2", "--dataset", &rare]);
    assert_eq!((rows(&run), read(&run, "y").1.iter().sum::<f64>()), (5000, 2.0), "both positives");
    assert!(!told.contains("rows are used"), "{told}");
    let (told, run) =
        tables.run("train", "run.npz", &["--steps", "2", "--dataset", &rare, "--points", "500"]);
    assert_eq!(rows(&run), 500);
    assert!(told.contains("rare: 500 of 5000 rows are used, drawn at random"), "{told}");
    tables.write("xor.ron", ["(dataset: xor(points: 40), steps: 2)".to_owned()].into_iter());
    let (told, run) = tables.run("train", "run.npz", &[&tables.path("xor.ron"), "--dataset", &rare]);
    assert_eq!(rows(&run), 5000);
    assert!(told.contains("points 40 was chosen for xor; every row is used"), "{told}");
    let (_, run) = tables.run("train", "run.npz", &["--steps", "2", "--dataset", "digits"]);
    assert_eq!(rows(&run), 1797);
}

#[test]
fn nothing_names_what_was_replaced() {
    let tables = Tables::new();
    let exam = tables.path("exam.csv");
    let flags = ["--steps", "20", "--dataset", &exam, "--model", "mlp"];
    let (told, run) = tables.run("train", "run.npz", &flags);
    assert_eq!(experiment(&run)["title"], "mlp on exam.csv");
    assert!(told.contains("title"), "{told}");
    let (_, report) = tables.run("probe", "x.json", &[&flags[..], &["--train-on", "5"]].concat());
    let report = std::fs::read_to_string(report).unwrap();
    assert!(report.contains("mlp on exam.csv") && !report.contains("XOR"), "{report}");
    let (_, mesh) = tables.run("slice", "x.glb", &[&flags[..], &["--grid", "5x5"]].concat());
    let mesh = String::from_utf8_lossy(&std::fs::read(mesh).unwrap()).into_owned();
    assert!(mesh.contains("mlp on exam.csv") && !mesh.contains("XOR"));
    let (_, run) =
        tables.run("train", "run.npz", &["--steps", "2", "--set", "model=mlp()", "--set", "title=Mine"]);
    assert_eq!(experiment(&run)["title"], "Mine", "unless it is given");
}

#[test]
fn a_loss_fits_the_targets_of_a_file_unless_another_is_asked_for() {
    let tables = Tables::new();
    let three = tables.path("three.csv");
    let (told, run) = tables.run("train", "run.npz", &["--steps", "2", "--dataset", &three]);
    assert_eq!(experiment(&run)["loss"], "cross_entropy");
    assert!(told.contains("loss mse") && told.contains("cross_entropy"), "{told}");
    let out = tables.path("none.npz");
    let given = ["train", "--dataset", &three, "--loss", "mse", "-o", &out];
    refused(&given, &["loss = mse", "expected cross_entropy", "three"]);
}

#[test]
fn a_learning_rate_belongs_to_its_model_its_data_and_its_optimizer() {
    let tables = Tables::new();
    let lr = |arguments: &[&str]| {
        let (told, run) = tables.run("train", "run.npz", &[&["--steps", "2"], arguments].concat());
        let optimizer = experiment(&run)["optimizer"].clone();
        let settings = optimizer.as_object().unwrap().values().next().unwrap();
        assert!(told.lines().count() <= arguments.len() / 2, "a line for each flag at most: {told}");
        (settings["lr"].as_f64().unwrap(), told)
    };
    let (found, told) = lr(&["--model", "mlp"]);
    assert_eq!(found, 0.1);
    assert!(told.starts_with("losscape: --model mlp: lr 5 was chosen for model3; 0.1 is used"), "{told}");
    let (found, told) = lr(&["--set", "model=mlp(widths: [4])"]);
    assert_eq!(found, 0.1);
    assert!(told.contains("lr 5 was chosen for model3; 0.1 is used"), "{told}");
    let (found, told) = lr(&["--dataset", "moons"]);
    assert_eq!(found, 0.1);
    assert!(told.contains("--dataset moons: lr 5 was chosen for xor; 0.1 is used"), "{told}");
    let (found, told) = lr(&["--optimizer", "adam"]);
    assert_eq!(found, 0.001);
    assert!(told.contains("--optimizer adam: lr 5 was chosen for sgd; 0.001 is used"), "{told}");
    let (found, told) = lr(&["--model", "mlp", "--optimizer", "adam", "--dataset", "moons"]);
    assert_eq!(found, 0.001);
    assert!(!told.contains("0.1 is used"), "{told}");
    for flags in [["--lr", "0.5", "--set", "model=mlp()"], ["--model", "mlp", "--set", "optimizer.lr=0.5"]] {
        let (found, told) = lr(&flags);
        assert_eq!(found, 0.5);
        assert!(!told.contains("lr 5"), "{told}");
    }
    let (found, told) = lr(&["--points", "40"]);
    assert_eq!((found, &told[..]), (5.0, ""), "fewer points of the same data replace nothing");
}

/// A network that a learning rate of 5 ruins.
const RUINED: [&str; 6] = ["--model", "mlp", "--lr", "5", "--steps", "2000"];
/// What is said of it, in one sentence.
const TOLD: [&str; 4] =
    ["losscape: training ", "at step ", "its loss is ", "try a lower learning rate, such as 0.5"];

fn assert_warned(told: &str) {
    let line = told.lines().find(|line| line.contains("training")).unwrap_or_else(|| panic!("{told:?}"));
    for word in TOLD {
        assert!(line.contains(word), "{word:?} is missing in {line:?}");
    }
}

#[test]
fn a_run_that_gets_out_of_hand_is_told_with_its_step_and_a_remedy() {
    let tables = Tables::new();
    let (told, _) = tables.run("train", "run.npz", &RUINED);
    assert_warned(&told);
    let (told, slice) = tables.run("slice", "x.npz", &[&RUINED[..], &["--grid", "5x5"]].concat());
    assert_warned(&told);
    assert!(told.contains("; the plane is fitted to steps 0 to "), "{told}");
    assert!(
        read(&slice, "origin").1.iter().all(|theta| theta.abs() < 1e3),
        "it lies where the run was sound"
    );
    let (told, _) =
        tables.run("probe", "x.json", &[&RUINED[..], &["--at", "start", "--train-on", "2"]].concat());
    assert_warned(&told);
    let (told, _) = tables.run("train", "run.npz", &["--steps", "30"]);
    assert_eq!(told, "", "nothing is said of a run that is well");
}

#[test]
fn large_inputs_are_named_as_a_reason() {
    let tables = Tables::new();
    let exam = tables.path("exam.csv");
    let (told, _) =
        tables.run("train", "run.npz", &["--dataset", &exam, "--model", "model2", "--steps", "300"]);
    assert!(
        told.contains("inputs reach 100: try standardize: true, or a lower learning rate, such as 0.01"),
        "{told}"
    );
}

#[cfg(feature = "viewer")]
#[test]
fn pictures_and_films_tell_it_too() {
    let tables = Tables::new();
    let small = ["--size", "128x96", "--set", "slice.grid=[9,9]", "--set", "slice.volume=[5,5,3]"];
    let (told, _) = tables.run("record", "x.png", &[&RUINED[..], &small].concat());
    assert_warned(&told);
    let film = ["--fps", "2", "--to", "1s"];
    let (told, _) = tables.run("record", "x.gif", &[&RUINED[..], &small, &film].concat());
    assert_warned(&told);
}
