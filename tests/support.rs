//! What several themes share: reading the reference files, building what they describe, comparing.

#[cfg(feature = "desktop")]
use std::io::{Read, Seek};
#[cfg(feature = "desktop")]
use std::path::Path;
use std::sync::Arc;

use losscape::core::data::Dataset;
use losscape::core::loss::Loss;
use losscape::core::model::{Activation, Layer, Model};
use losscape::core::objective::{Objective, Supervised};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Rows of numbers.
pub type Matrix = Vec<Vec<f64>>;

/// Reads a reference file into the part of it that a test needs.
pub fn reference<T: DeserializeOwned>(name: &str) -> T {
    let path = format!("{}/tests/data/reference/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Reads an array of numpy's archive: its shape and its entries.
#[cfg(feature = "desktop")]
pub fn array<T: npyz::Deserialize>(archive: impl Read + Seek, name: &str) -> (Vec<u64>, Vec<T>) {
    let mut archive = zip::ZipArchive::new(archive).unwrap();
    let entry =
        archive.by_name(&format!("{name}.npy")).unwrap_or_else(|error| panic!("array {name}: {error}"));
    let array = npyz::NpyFile::new(entry).unwrap();
    (array.shape().to_vec(), array.into_vec().unwrap())
}

/// The same of an archive in a file.
#[cfg(feature = "desktop")]
pub fn array_of_file<T: npyz::Deserialize>(path: &Path, name: &str) -> (Vec<u64>, Vec<T>) {
    array(std::fs::File::open(path).unwrap(), name)
}

/// A layer as the reference files write it.
#[derive(Deserialize)]
pub struct LayerText {
    #[serde(rename = "in")]
    inputs: usize,
    out: usize,
    activation: Activation,
    bias: bool,
    skip: bool,
}

/// The model of the layers.
pub fn model(layers: &[LayerText]) -> Model {
    let layer = |text: &LayerText| Layer {
        inputs: text.inputs,
        outputs: text.out,
        activation: text.activation,
        bias: text.bias,
        skip: text.skip.into(),
    };
    Model::new(layers.iter().map(layer).collect()).unwrap()
}

/// The objective of a model, a loss and rows of features and targets.
pub fn objective(model: Model, loss: Loss, x: &Matrix, y: &Matrix) -> Arc<dyn Objective> {
    let (inputs, targets) = (x[0].len(), y[0].len());
    let data = match loss {
        Loss::CrossEntropy => {
            Dataset::with_classes("reference", x.concat(), y.concat(), inputs, model.outputs())
        }
        _ => Dataset::new("reference", x.concat(), y.concat(), inputs, targets),
    };
    Arc::new(Supervised::new(model, loss, data.unwrap()).unwrap())
}

/// The Hessian, column by column through `hvp`.
pub fn hessian(objective: &dyn Objective, theta: &[f64]) -> Matrix {
    let column = |i: usize| {
        let mut unit = vec![0.0; theta.len()];
        unit[i] = 1.0;
        let mut out = vec![f64::NAN; theta.len()];
        objective.hvp(theta, &unit, &mut out);
        out
    };
    (0..theta.len()).map(column).collect()
}

/// How far `found` is from `expected`, as a share of the larger of it and `floor`.
pub fn error(found: f64, expected: f64, floor: f64) -> f64 {
    (found - expected).abs() / expected.abs().max(floor)
}

/// The largest such error over two vectors; `floor` is a share of the largest expected entry, since
/// an entry near 0 is a difference of large ones.
pub fn largest_error(found: &[f64], expected: &[f64], floor: f64) -> f64 {
    assert_eq!(found.len(), expected.len());
    let floor = floor * expected.iter().fold(f64::MIN_POSITIVE, |m, v| m.max(v.abs()));
    found.iter().zip(expected).map(|(f, e)| error(*f, *e, floor)).fold(0.0, f64::max)
}
