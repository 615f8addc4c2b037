//! `losscape slice`: its numbers computed anew, and its mistakes.

use std::path::Path;

use super::{losscape, read, refused};
use crate::support::array_of_file;

/// Model 3 with a sigmoid head, written out anew: nothing of the library is used.
fn loss(theta: &[f64], x: &[f64], y: &[f64]) -> f64 {
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    let unit = |p: &[f64], u: usize| sigmoid(theta[2 * u] * p[0] + theta[2 * u + 1] * p[1] + theta[6 + u]);
    let predict = |p: &[f64]| sigmoid((0..3).map(|u| theta[9 + u] * unit(p, u)).sum::<f64>() + theta[12]);
    x.chunks_exact(2).zip(y).map(|(p, y)| (predict(p) - y).powi(2)).sum::<f64>() / y.len() as f64
}

#[test]
fn every_loss_of_a_slice_can_be_computed_again_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    for (grid, shape) in [("5", vec![5]), ("6x4", vec![4, 6]), ("4x3x2", vec![2, 3, 4])] {
        let path = folder.path().join(format!("{grid}.npz"));
        let run = ["slice", "--points", "40", "--steps", "150", "--range", "-1:2,-2:2,0:1", "--grid", grid];
        let output = losscape(&[&run[..], &["-o", path.to_str().unwrap()]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let alphas: Vec<Vec<f64>> = (1..=shape.len()).map(|i| read(&path, &format!("alpha{i}")).1).collect();
        let ((found_shape, losses), (_, origin)) = (read(&path, "loss"), read(&path, "origin"));
        let (_, directions) = read(&path, "directions");
        let ((_, x), (_, y)) = (read(&path, "x"), read(&path, "y"));
        assert_eq!(found_shape, shape);
        for (at, found) in losses.iter().enumerate() {
            let mut rest = at;
            let mut theta = origin.clone();
            for (axis, alpha) in alphas.iter().enumerate() {
                let value = alpha[rest % alpha.len()];
                rest /= alpha.len();
                theta.iter_mut().zip(&directions[13 * axis..]).for_each(|(t, d)| *t += value * d);
            }
            let expected = loss(&theta, &x, &y);
            assert!((found - expected).abs() <= 1e-12 * expected, "{grid} cell {at}: {found} {expected}");
        }
    }
}

#[test]
fn one_range_serves_all_axes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npz");
    let run = ["slice", "--points", "20", "--steps", "20", "--grid", "3x5", "--range", "-4:5", "-o"];
    assert!(losscape(&[&run[..], &[path.to_str().unwrap()]].concat()).status.success());
    assert_eq!(read(&path, "alpha1").1, [-4.0, 0.5, 5.0]);
    assert_eq!(read(&path, "alpha2").1, [-4.0, -1.75, 0.5, 2.75, 5.0]);
}

#[test]
fn the_fast_kernel_is_near_and_the_file_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let with = |precision: &str| {
        let path = folder.path().join(format!("{precision}.npz"));
        let run = ["slice", "--points", "60", "--steps", "200", "--grid", "33x20", "--precision", precision];
        let output = losscape(&[&run[..], &["--threads", "1", "-o", path.to_str().unwrap()]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(array_of_file::<u8>(&path, "precision").1, precision.as_bytes());
        read(&path, "loss").1
    };
    let (double, single) = (with("f64"), with("f32"));
    assert!(double != single);
    assert!(double.iter().zip(&single).all(|(a, b)| (a - b).abs() < 2e-6));
}

#[test]
fn mistakes_are_named_in_one_line_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npz");
    let path = path.to_str().unwrap();
    let slice = |arguments: &[&str], words: &[&str]| {
        refused(&[&["slice", "-o", path], arguments].concat(), words);
    };
    slice(&["--grid", "0"], &["0 cells along alpha1", "at least 2"]);
    slice(&["--grid", "1"], &["1 cells along alpha1", "at least 2"]);
    slice(&["--grid", "axb"], &["--grid axb", "N1xN2"]);
    slice(&["--grid", "1000000x1000000"], &["1000000000000 cells", "at most"]);
    slice(&["--range", "3:3,0:1"], &["range 3:3 of alpha1", "below"]);
    slice(&["--range", "5:-4,0:1"], &["range 5:-4 of alpha1"]);
    slice(&["--range", "nan:1,0:1"], &["range NaN:1"]);
    slice(&["--range", "0:inf,0:1"], &["range 0:inf"]);
    slice(&["--range", "0:1,0:1", "--grid", "3x3x3"], &["--range of 2 axes", "3"]);
    slice(&["--range", "3:3"], &["range 3:3 of alpha1", "below"]);
    slice(&["--precision", "f16"], &["f16", "f64 or f32"]);
    refused(&["slice", "-o", "x.abc"], &["x.abc", ".npz"]);
    assert!(!Path::new(path).exists());
}
