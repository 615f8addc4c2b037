//! Tables on the command line: what is told of them, and how they are opened.

use super::read;
use super::runs::text;
use super::{losscape, refused};

fn table(name: &str) -> String {
    format!("{}/tests/data/tables/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Trains on a table in a file of its own; the arrays' file and what was told.
fn trained(arguments: &[&str]) -> (tempfile::TempDir, std::path::PathBuf, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.npz");
    let output = losscape(&[&["train", "--steps", "5", "-o", path.to_str().unwrap()], arguments].concat());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {told}");
    (folder, path, told)
}

#[test]
fn a_table_is_opened_as_an_experiment_is_and_what_was_read_is_told() {
    let (folder, iris) = (tempfile::tempdir().unwrap(), table("iris.csv"));
    let texts = ["iris.TXT", "iris.data", "iris.Tsv"].map(|name| {
        let path = folder.path().join(name);
        std::fs::copy(&iris, &path).unwrap();
        path.to_str().unwrap().to_owned()
    });
    let flags: &[&str] = &["--dataset", &iris, "--loss", "cross_entropy"];
    let opened: Vec<Vec<&str>> = [&iris].into_iter().chain(&texts).map(|path| vec![&path[..]]).collect();
    for arguments in opened.iter().map(|opened| &opened[..]).chain([flags]) {
        let (_folder, path, told) = trained(arguments);
        let classes = "Iris-setosa = 0, Iris-versicolor = 1, Iris-virginica = 2 (classes, they are words)";
        assert!(told.contains(&format!("iris: 4 rows, 4 inputs, target column 5: {classes}\n")), "{told}");
        assert_eq!(read(&path, "y"), (vec![4, 1], vec![0.0, 1.0, 2.0, 0.0]));
        assert_eq!(
            text(&path, "labels"),
            serde_json::json!(["Iris-setosa", "Iris-versicolor", "Iris-virginica"])
        );
        assert_eq!(text(&path, "experiment")["loss"], "cross_entropy");
    }
}

#[test]
fn an_archive_holds_what_the_network_sees_and_the_scale_beside_it() {
    let exam = table("exam.csv");
    let (_folder, raw, told) = trained(&["--dataset", &exam]);
    assert!(told.contains("exam: inputs reach 98.942711"), "{told}");
    let (_folder, scaled, told) =
        trained(&["--dataset", &exam, "--set", "standardize=true", "--set", "held_out=0.2"]);
    assert!(told.contains("brought to mean 0 and deviation 1, by the 80 rows trained on"), "{told}");
    let (mean, scale) = (read(&scaled, "x_mean").1, read(&scaled, "x_scale").1);
    let seen = [read(&scaled, "x").1, read(&scaled, "x_held_out").1].concat();
    let mut back: Vec<f64> =
        seen.chunks(2).flat_map(|row| [0, 1].map(|i| row[i] * scale[i] + mean[i])).collect();
    let mut expected = read(&raw, "x").1;
    [&mut back, &mut expected].into_iter().for_each(|x| x.sort_by(f64::total_cmp));
    assert!(back.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-9));
    let train = read(&scaled, "x").1;
    let column = |i: usize| train.iter().skip(i).step_by(2);
    for i in 0..2 {
        assert!(column(i).sum::<f64>().abs() < 1e-9);
        assert!((column(i).map(|x| x * x).sum::<f64>() / 80.0 - 1.0).abs() < 1e-9);
    }
}

#[test]
fn settings_of_a_table_are_set_and_refused_by_their_names() {
    let iris = table("pandas_index.csv");
    let set = |setting: &str| trained(&["--dataset", &iris, "--set", setting]).2;
    assert!(
        set("dataset.target_column=x")
            .contains("2 inputs, target x: 0.1 to 0.9 (values, they are not all whole numbers)")
    );
    assert!(set("dataset.target_column=3").contains("target y:"));
    assert!(set("dataset.leave_out=[\"y\"]").contains("1 input, target c:"));
    assert!(set("dataset.target=values").contains("target c: 0 to 1 (values, as asked)"));
    let refuse = |setting: &str, words: &[&str]| {
        refused(&["train", "--dataset", &iris, "--set", setting, "-o", "x.npz"], words);
    };
    refuse("dataset.target_column=z", &["dataset.target_column = z: expected 1 to 4, or one of x, y, c"]);
    refuse("dataset.target=numbres", &["numbres", "classes"]);
    refuse("dataset.header=maybe", &["maybe", "auto"]);
}
