//! `losscape train` and `losscape probe`.

use std::path::Path;

use super::{losscape, read};
use crate::support::array_of_file;

fn run(arguments: &[&str]) -> String {
    let output = losscape(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub(super) fn text(path: &Path, name: &str) -> serde_json::Value {
    serde_json::from_slice(&array_of_file(path, name).1).unwrap()
}

fn write_theta(path: &Path, theta: &[f64]) {
    use npyz::WriterBuilder;
    let file = std::fs::File::create(path).unwrap();
    let mut writer = npyz::WriteOptions::new()
        .default_dtype()
        .shape(&[theta.len() as u64])
        .writer(file)
        .begin_nd()
        .unwrap();
    writer.extend(theta.iter().copied()).unwrap();
    writer.finish().unwrap();
}

#[test]
fn a_run_holds_its_checkpoints_data_and_experiment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.npz");
    let out = path.to_str().unwrap();
    let arguments =
        ["train", "--points", "40", "--steps", "25", "--seed", "3", "--set", "held_out=0.25", "-o", out];
    let told = run(&arguments);
    let (shape, theta) = read(&path, "trajectory");
    assert_eq!(shape, [26, 13]);
    let losses = read(&path, "trajectory_loss").1;
    assert!(told.contains("step 25") && told.contains(&format!("loss {}", losses[25])), "{told}");
    assert_eq!((read(&path, "x").0, read(&path, "y_held_out").0), (vec![30, 2], vec![10, 1]));
    let experiment = text(&path, "experiment");
    assert_eq!((&experiment["seed"], &experiment["steps"]), (&3.into(), &25.into()));
    assert_eq!(text(&path, "layout")[0], serde_json::json!(["fc1.weight", [3, 2]]));
    // Each step of gradient descent is the gradient times the learning rate.
    let norms = read(&path, "trajectory_grad_norm").1;
    let lr = experiment["optimizer"]["sgd"]["lr"].as_f64().unwrap();
    for (step, norm) in norms.iter().enumerate().take(25) {
        let moved: f64 = (0..13).map(|i| (theta[13 * (step + 1) + i] - theta[13 * step + i]).powi(2)).sum();
        assert!((moved.sqrt() / (lr * norm) - 1.0).abs() < 1e-9, "step {step}");
    }
}

#[test]
fn training_goes_on_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first.npz"), folder.path().join("second.npz"));
    let theta = folder.path().join("theta.npy");
    let train = |more: &[&str], out: &Path| {
        run(&[&["train", "--steps", "30", "-o", out.to_str().unwrap()], more].concat())
    };
    train(&[], &first);
    let trajectory = read(&first, "trajectory").1;
    write_theta(&theta, &trajectory[13 * 10..13 * 11]);
    train(&["--from", theta.to_str().unwrap()], &second);
    // Plain gradient descent has no memory: to go on is to begin again there.
    assert_eq!(read(&second, "trajectory").1[..13 * 21], trajectory[13 * 10..]);
}

#[test]
fn a_probe_says_what_the_point_is_and_writes_the_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.json");
    let out = path.to_str().unwrap();
    let probe = |more: &[&str]| -> serde_json::Value {
        let told =
            run(&[&["probe", "diagonal-model1", "--train-on", "50", "--force", "-o", out], more].concat());
        let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let verdict = report["probe"]["verdict"]["kind"].as_str().unwrap();
        assert!(told.contains(&format!("verdict     {verdict}")), "{told}");
        report
    };
    // Model 1 is linear in its two parameters: one minimum, a constant Hessian, all of it in the plane.
    let end = probe(&["--steps", "5000"]);
    assert_eq!(end["probe"]["verdict"]["kind"], "minimum");
    assert_eq!(end["probe"]["curvature"]["extent"], "dense");
    let start = probe(&["--at", "start"]);
    assert_eq!(start["probe"]["verdict"]["kind"], "slope");
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    for i in 0..2 {
        let (whole, plane) =
            (&start["probe"]["curvature"]["eigenvalues"][i], &start["probe"]["curvature"]["in_plane"][i]);
        assert!((number(whole) - number(plane)).abs() < 1e-12);
        assert_eq!(whole, &end["probe"]["curvature"]["eigenvalues"][i]);
    }
    assert!(number(&start["probe"]["gradient"]["out_of_plane"]) < 1e-12);
    assert!(number(&start["train_on"]["lowest_loss"]) < number(&start["probe"]["loss"]));
    // The point that a probe found at coordinates of the slice is there when its theta is asked for.
    let there = probe(&["--at", "alpha:0.25,-0.5"]);
    assert!(
        (number(&there["alpha"][0]) - 0.25).abs() < 1e-12 && (number(&there["alpha"][1]) + 0.5).abs() < 1e-12
    );
    let theta: Vec<f64> = there["theta"].as_array().unwrap().iter().map(number).collect();
    let file = folder.path().join("theta.npy");
    write_theta(&file, &theta);
    assert_eq!(probe(&["--at", file.to_str().unwrap()])["probe"]["loss"], there["probe"]["loss"]);
}
