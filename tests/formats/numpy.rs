//! numpy itself opens what the executable wrote.

use std::path::Path;
use std::process::Command;

/// Computes every loss again from the arrays of an archive, by numpy alone, and prints the largest
/// relative error and the shapes of some arrays.
const SCRIPT: &str = "
import json, sys
import numpy as np
a = np.load(sys.argv[1])
sigmoid = lambda z: 1 / (1 + np.exp(-z))
axes = [a['alpha%d' % (i + 1)] for i in range(a['loss'].ndim)]
worst = 0.0
for index, loss in np.ndenumerate(a['loss']):
    alpha = [axis[i] for axis, i in zip(axes, reversed(index))]
    theta = a['origin'] + sum(v * d for v, d in zip(alpha, a['directions']))
    hidden = sigmoid(a['x'] @ theta[:6].reshape(3, 2).T + theta[6:9])
    output = sigmoid(hidden @ theta[9:12].reshape(1, 3).T + theta[12:])
    worst = max(worst, abs(np.mean((output - a['y']) ** 2) / loss - 1))
steps = json.loads(a['experiment'].tobytes())['steps']
print(worst, *a['loss'].shape, *a['trajectory'].shape, a['trajectory_step'][-1], steps)
";

/// A Python with numpy: the system's, which `tools/setup.sh test` sees to, or the first on the path.
fn python() -> &'static str {
    let has_numpy = |python: &&str| {
        let output = Command::new(python).args(["-c", "import numpy"]).output();
        output.is_ok_and(|output| output.status.success())
    };
    ["/usr/bin/python3", "python3"]
        .into_iter()
        .find(has_numpy)
        .expect("no Python with numpy is here: sudo apt-get install python3-numpy")
}

fn written(path: &Path, grid: &str) {
    let run = ["slice", "--points", "40", "--steps", "80", "--grid", grid, "-o"];
    let output = Command::new(env!("CARGO_BIN_EXE_losscape")).args(run).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn numpy_computes_every_loss_of_an_archive_again() {
    let folder = tempfile::tempdir().unwrap();
    for (grid, shape) in [("9", "9"), ("7x5", "5 7"), ("4x3x2", "2 3 4")] {
        let path = folder.path().join(format!("{grid}.npz"));
        written(&path, grid);
        let output = Command::new(python()).args(["-c", SCRIPT]).arg(&path).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let (worst, rest) = text.trim().split_once(' ').unwrap();
        assert!(worst.parse::<f64>().unwrap() < 1e-12, "{grid}: {text}");
        assert_eq!(rest, format!("{shape} 81 13 80 80"));
    }
}
