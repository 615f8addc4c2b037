//! A line, a non-square plane and a non-cubic volume of Model 3.

use losscape::core::grid::{Axis, GridJob, GridSpec, ReferenceBackend};
use losscape::core::loss::Loss;
use losscape::core::num::vector::sub;
use losscape::core::subspace::Subspace;
use serde::Deserialize;

use crate::support::{LayerText, Matrix, largest_error, model, objective, reference};

#[derive(Deserialize)]
struct File {
    slices: Slices,
}

#[derive(Deserialize)]
struct Slices {
    layers: Vec<LayerText>,
    loss_fn: Loss,
    x: Matrix,
    y: Matrix,
    line: Line,
    plane: Plane,
    volume: Volume,
}

#[derive(Deserialize)]
struct Line {
    theta_a: Vec<f64>,
    theta_b: Vec<f64>,
    alpha: Vec<f64>,
    loss: Vec<f64>,
}

#[derive(Deserialize)]
struct Plane {
    origin: Vec<f64>,
    directions: Matrix,
    alpha1: Vec<f64>,
    alpha2: Vec<f64>,
    loss: Matrix,
}

#[derive(Deserialize)]
struct Volume {
    origin: Vec<f64>,
    directions: Matrix,
    alpha1: Vec<f64>,
    alpha2: Vec<f64>,
    alpha3: Vec<f64>,
    loss: Vec<Matrix>,
}

impl Slices {
    /// The losses on evenly spaced axes with the ends and counts of `alphas`.
    fn evaluate(&self, origin: &[f64], directions: &[Vec<f64>], alphas: &[&[f64]]) -> Vec<f64> {
        let axis = |a: &&[f64]| Axis { low: a[0], high: a[a.len() - 1], count: a.len() };
        let spec = GridSpec::new(alphas.iter().map(axis).collect()).unwrap();
        for (axis, alpha) in spec.axes().iter().zip(alphas) {
            assert!(largest_error(&axis.values(), alpha, 1.0) <= 1e-15);
        }
        let objective = objective(model(&self.layers), self.loss_fn, &self.x, &self.y);
        let subspace = Subspace::new(origin.to_vec(), directions.to_vec()).unwrap();
        let backend = ReferenceBackend::new(objective, subspace, spec.clone());
        GridJob::new(spec, Box::new(backend)).finish().loss
    }
}

#[test]
fn line_plane_and_volume_agree_with_pytorch() {
    let slices = reference::<File>("slices.json").slices;
    let (line, plane, volume) = (&slices.line, &slices.plane, &slices.volume);
    let along = [sub(&line.theta_b, &line.theta_a)];
    let found = [
        ("line", slices.evaluate(&line.theta_a, &along, &[&line.alpha]), line.loss.clone()),
        (
            "plane",
            slices.evaluate(&plane.origin, &plane.directions, &[&plane.alpha1, &plane.alpha2]),
            plane.loss.concat(),
        ),
        (
            "volume",
            slices.evaluate(
                &volume.origin,
                &volume.directions,
                &[&volume.alpha1, &volume.alpha2, &volume.alpha3],
            ),
            volume.loss.concat().concat(),
        ),
    ];
    for (name, found, expected) in found {
        let error = largest_error(&found, &expected, 0.0);
        println!("{name}: {error:.1e}");
        assert!(error <= 1e-9, "{name}: {error}");
    }
}
