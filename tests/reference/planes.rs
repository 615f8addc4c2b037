//! Principal components of two trajectories, and filter-normalised directions.

use losscape::core::experiment::{Experiment, ExperimentFile};
use losscape::core::num::ParamLayout;
use losscape::core::subspace::pca::About;
use losscape::core::subspace::random::{Biases, filter_normalised};
use losscape::core::subspace::{FitInput, PlaneConfig, SlicePlane, ThetaFiles, ThetaSteps};
use losscape::core::train::{Checkpoint, Trajectory};
use serde::Deserialize;

use crate::support::{Matrix, largest_error, reference};

#[derive(Deserialize)]
struct Pca {
    pca: Vec<PcaCase>,
}

#[derive(Deserialize)]
struct PcaCase {
    theta: Matrix,
    centred: Centred,
    about_end: AboutEnd,
}

#[derive(Deserialize)]
struct Centred {
    mean: Vec<f64>,
    components: Matrix,
    explained_variance_ratio: Vec<f64>,
}

#[derive(Deserialize)]
struct AboutEnd {
    origin: Vec<f64>,
    components: Matrix,
    energy_ratio: Vec<f64>,
}

fn fit(theta: &Matrix, about: About) -> SlicePlane {
    let dim = theta[0].len();
    let mut trajectory = Trajectory::new(dim, 1 << 20);
    for (step, theta) in theta.iter().enumerate() {
        trajectory.record(Checkpoint {
            step: step as u64,
            theta: theta[..].into(),
            loss: 1.0,
            grad_norm: 1.0,
        });
    }
    // Principal components look at the trajectory alone.
    let experiment = Experiment::new(ExperimentFile::default()).unwrap();
    let files = ThetaFiles::new();
    let input = FitInput {
        trajectory: &trajectory,
        problem: experiment.problem(),
        files: &files,
        steps: &ThetaSteps::new(),
        bending: None,
        way_on: None,
        seed: 0,
        rotate: 0.0,
        rescale: None,
    };
    PlaneConfig::Pca { about }.fit(&input).unwrap()
}

fn assert_components(plane: &SlicePlane, origin: &[f64], components: &Matrix, ratios: &[f64]) {
    assert!(largest_error(plane.subspace.origin(), origin, 1e-3) < 1e-12);
    for ((direction, component), (axis, ratio)) in
        plane.subspace.directions().iter().zip(components).zip(plane.axes.iter().zip(ratios))
    {
        let largest = direction.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap();
        assert!(largest > 0.0, "the largest entry is positive");
        let sign = direction.iter().zip(component).map(|(a, b)| a * b).sum::<f64>().signum();
        let component: Vec<f64> = component.iter().map(|v| sign * v).collect();
        let error = largest_error(direction, &component, 1e-3);
        assert!(error < 1e-9, "component off by {error:e}");
        let error = (axis.explained - ratio).abs() / ratio;
        assert!(error < 1e-10, "ratio off by {error:e}");
    }
}

#[test]
fn principal_components_about_mean_and_end() {
    let Pca { pca } = reference("pca.json");
    assert_eq!(pca.len(), 2);
    for case in pca {
        let Centred { mean, components, explained_variance_ratio } = case.centred;
        assert_components(&fit(&case.theta, About::Mean), &mean, &components, &explained_variance_ratio);
        let AboutEnd { origin, components, energy_ratio } = case.about_end;
        assert_components(&fit(&case.theta, About::End), &origin, &components, &energy_ratio);
    }
}

#[derive(Deserialize)]
struct FilterNorm {
    filter_norm: Vec<FilterCase>,
}

#[derive(Deserialize)]
struct FilterCase {
    layout: Vec<(String, Vec<usize>)>,
    theta: Vec<f64>,
    raw: Vec<f64>,
    bias_ignored: Vec<f64>,
    bias_copied: Vec<f64>,
}

#[test]
fn filter_normalised_directions() {
    let FilterNorm { filter_norm } = reference("filter_norm.json");
    assert_eq!(filter_norm.len(), 2);
    for case in filter_norm {
        let layout = ParamLayout::dense(case.layout);
        for (biases, expected) in [(Biases::Frozen, &case.bias_ignored), (Biases::Copied, &case.bias_copied)]
        {
            let found = filter_normalised(&case.raw, &case.theta, &layout, biases);
            // The reference adds 1e-10 to the length it divides by.
            let error = largest_error(&found, expected, 1e-3);
            assert!(error < 1e-9, "off by {error:e}");
        }
    }
}
