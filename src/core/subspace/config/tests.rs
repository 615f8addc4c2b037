use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::core::data::Dataset;
use crate::core::loss::Loss;
use crate::core::model::ModelConfig;
use crate::core::num::vector::{dot, norm, sub};
use crate::core::objective::{Objective, Problem, Supervised};
use crate::core::subspace::{ThetaFiles, ThetaSteps};
use crate::core::text::Measured;
use crate::core::train::{Checkpoint, Trajectory};

/// A bent path of as many parameters as Model 3 has.
fn path() -> Vec<Vec<f64>> {
    let point = |t: f64| {
        let mut theta: Vec<f64> = (0..13).map(|i| 0.1 * f64::from(i) - 0.4).collect();
        theta[0] += t;
        theta[3] += 0.4 * t * t;
        theta[7] += 0.3 * (2.0 * t).sin();
        theta[12] -= 0.05 * t;
        theta
    };
    (0..40).map(|t| point(f64::from(t) / 10.0)).collect()
}

fn objective(model: &str) -> Supervised {
    let x: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 40) / 40.0).collect();
    let y: Vec<f64> = (0..20).map(|i| f64::from(i % 2)).collect();
    let data = Dataset::new("test", x, y, 2, 1).unwrap();
    let model = ModelConfig::by_name(model).unwrap().build(2, 1).unwrap();
    Supervised::new(model, Loss::Mse, data).unwrap()
}

fn trajectory(path: &[Vec<f64>]) -> Trajectory {
    let mut trajectory = Trajectory::new(path[0].len(), 1 << 20);
    for (step, theta) in path.iter().enumerate() {
        trajectory.record(Checkpoint {
            step: step as u64,
            theta: theta[..].into(),
            loss: 0.5,
            grad_norm: 0.1,
        });
    }
    trajectory
}

fn fit_to(config: &PlaneConfig, path: &[Vec<f64>], seed: u64, rotate: f64) -> Result<SlicePlane, FitError> {
    let model = if path[0].len() == 2 { "model1" } else { "model3" };
    let problem = Problem::new(Arc::new(objective(model)), path[0].clone());
    let (trajectory, files) = (trajectory(path), ThetaFiles::new());
    let steps = ThetaSteps::new();
    config.fit(&FitInput {
        trajectory: &trajectory,
        problem: &problem,
        files: &files,
        steps: &steps,
        bending: None,
        way_on: None,
        seed,
        rotate,
        rescale: None,
    })
}

fn fit(text: &str) -> SlicePlane {
    fit_to(&text.parse().unwrap(), &path(), 0, 0.0).unwrap()
}

#[test]
fn a_chord_has_start_and_end_at_their_places_and_equal_right_angles() {
    let (path, plane) = (path(), fit("chord"));
    let at = |theta: &[f64]| plane.subspace.project(theta);
    let (start, end) = (at(&path[0]), at(&path[39]));
    for (found, expected) in start.alpha.iter().chain(&end.alpha).zip([0.0, 0.0, 0.0, 1.0, 0.0, 0.0]) {
        assert!((found - expected).abs() < 1e-12);
    }
    let d = plane.subspace.directions();
    let length = norm(&d[0]);
    for i in 0..3 {
        for j in 0..3 {
            let expected = if i == j { length * length } else { 0.0 };
            assert!((dot(&d[i], &d[j]) - expected).abs() < 1e-10 * length * length, "{i} {j}");
        }
    }
}

#[test]
fn a_straight_path_is_completed_and_says_so() {
    let mut path = path();
    let (start, step) = (path[0].clone(), sub(&path[1], &path[0]));
    for (t, theta) in path.iter_mut().enumerate() {
        *theta = start.iter().zip(&step).map(|(a, b)| a + t as f64 * b).collect();
    }
    for text in ["chord", "pca", "pca:end", "line"] {
        let config: PlaneConfig = text.parse().unwrap();
        let plane = fit_to(&config, &path, 3, 0.0).unwrap();
        assert_eq!(plane.axes.iter().map(|a| a.is_random).collect::<Vec<_>>(), [false, true, true], "{text}");
        assert!((plane.explained - 1.0).abs() < 1e-12);
        assert_eq!(fit_to(&config, &path, 3, 0.0).unwrap(), plane, "the same seed completes alike");
        assert_ne!(fit_to(&config, &path, 4, 0.0).unwrap(), plane);
    }
}

#[test]
fn two_parameters_have_two_directions() {
    let path = [vec![0.0, 0.0], vec![1.0, 0.2], vec![2.0, 1.0]];
    for config in PlaneConfig::all() {
        let plane = fit_to(&config, &path, 0, 0.0).unwrap();
        assert_eq!(plane.subspace.k(), 2, "{config:?}");
        assert!((plane.explained - 1.0).abs() < 1e-12, "{config:?}");
        assert_eq!(fit_to(&config, &path, 0, 30.0), Err(FitError::NoThird { degrees: Measured(30.0) }));
    }
}

#[test]
fn a_run_that_did_not_move_is_refused() {
    let still = vec![path()[5].clone(); 2];
    for text in ["chord", "pca", "angle"] {
        let refused = fit_to(&text.parse().unwrap(), &still, 0, 0.0);
        assert_eq!(refused, Err(FitError::NotMoved { checkpoints: 2 }));
    }
    assert_eq!(fit_to(&"line".parse().unwrap(), &still, 0, 0.0), Err(FitError::OnePoint));
    for text in ["random", "hessian", "axes"] {
        assert!(fit_to(&text.parse().unwrap(), &still, 0, 0.0).is_ok(), "{text} needs one point only");
    }
}

#[test]
fn pca_about_the_end_has_its_origin_and_its_shares_there() {
    let (path, plane) = (path(), fit("pca:end"));
    assert_eq!(plane.subspace.origin(), &path[39][..]);
    let offsets: Vec<Vec<f64>> = path.iter().map(|theta| sub(theta, &path[39])).collect();
    let total: f64 = offsets.iter().map(|o| dot(o, o)).sum();
    let along: f64 = offsets.iter().map(|o| dot(o, &plane.subspace.directions()[0]).powi(2)).sum();
    assert!((plane.axes[0].explained - along / total).abs() < 1e-12);
}

#[test]
fn a_line_runs_from_one_point_to_the_other() {
    let (path, plane) = (path(), fit("line:step:10,end"));
    let at = plane.subspace.lift(&[0.25]);
    for ((found, a), b) in at.iter().zip(&path[10]).zip(&path[39]) {
        assert!((found - (0.75 * a + 0.25 * b)).abs() < 1e-12);
    }
    assert_eq!(plane.axes[0].name, "step:10 to end");
}

#[test]
fn three_points_lie_at_their_corners() {
    let (path, plane) = (path(), fit("points:start,end,step:20"));
    for (theta, corner) in [(&path[0], [0.0, 0.0]), (&path[39], [1.0, 0.0]), (&path[20], [0.0, 1.0])] {
        let place = plane.subspace.project(theta);
        assert!(place.residual < 1e-12);
        assert!(place.alpha.iter().zip(corner).all(|(found, expected)| (found - expected).abs() < 1e-12));
    }
    let sum: f64 = plane.axes[..2].iter().map(|axis| axis.explained).sum();
    assert!(plane.explained < sum, "slanted axes explain some of it twice");
}

#[test]
fn a_point_may_come_from_a_file_and_a_missing_one_is_named() {
    let problem = Problem::new(Arc::new(objective("model3")), path()[0].clone());
    let trajectory = trajectory(&path());
    let config: PlaneConfig = "line:a.npy,end".parse().unwrap();
    assert_eq!(config.files(), [Path::new("a.npy")]);
    let mut files = ThetaFiles::new();
    let fit = |files: &ThetaFiles, config: &PlaneConfig| {
        let steps = &ThetaSteps::new();
        config.fit(&FitInput {
            trajectory: &trajectory,
            problem: &problem,
            files,
            steps,
            bending: None,
            way_on: None,
            seed: 0,
            rotate: 0.0,
            rescale: None,
        })
    };
    assert_eq!(fit(&files, &config).unwrap_err().to_string(), "the point a.npy was not read");
    files.insert("a.npy".into(), vec![2.0; 13]);
    assert_eq!(fit(&files, &config).unwrap().subspace.origin(), [2.0; 13]);
    let late = fit(&files, &"line:step:40,end".parse().unwrap()).unwrap_err().to_string();
    assert_eq!(late, "step 40 was not kept; expected a step up to 39 that is a multiple of 1");
}

#[test]
fn axes_are_the_parameters_themselves() {
    let (path, plane) = (path(), fit("axes:fc1.weight[1,1],fc2.bias"));
    let place = plane.subspace.project(&path[39]);
    assert!((place.alpha[0] - path[39][3]).abs() < 1e-12 && (place.alpha[1] - path[39][12]).abs() < 1e-12);
    assert!(place.residual < 1e-12);
    assert_eq!(plane.subspace.origin()[3], 0.0);
    let names: Vec<&str> = plane.axes.iter().map(|axis| &axis.name[..]).collect();
    assert_eq!(names, ["fc1.weight[1,1]", "fc2.bias", "random"]);
}

#[test]
fn hessian_directions_are_its_eigenvectors() {
    let plane = fit("hessian:step:5");
    let objective = objective("model3");
    let mut last = f64::INFINITY;
    for (direction, axis) in plane.subspace.directions().iter().zip(&plane.axes) {
        let mut product = vec![0.0; 13];
        objective.hvp(plane.subspace.origin(), direction, &mut product);
        let value = dot(direction, &product);
        assert!(value <= last);
        last = value;
        assert_eq!(axis.name, format!("curvature {:.4}", Measured(value)));
        let rest: Vec<f64> = product.iter().zip(direction).map(|(p, d)| p - value * d).collect();
        assert!(norm(&rest) < 1e-12, "{}", norm(&rest));
    }
}

#[test]
fn the_angle_is_the_one_asked_for_and_ninety_is_the_chord() {
    for degrees in [2.0_f64, 20.0, 39.06124212244971, 90.0] {
        let plane = fit(&format!("angle:{degrees}"));
        assert_eq!(plane.axes[1].name, format!("{}° from it", (10.0 * degrees).round() / 10.0));
        let d = plane.subspace.directions();
        assert!((plane.subspace.cosine(0, 1) - f64::to_radians(degrees).cos()).abs() < 1e-12);
        assert!((norm(&d[0]) - norm(&d[1])).abs() < 1e-12);
    }
    let (straight, chord) = (fit("angle:90"), fit("chord"));
    for (a, b) in straight.subspace.directions().iter().zip(chord.subspace.directions()) {
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12));
    }
}

#[test]
fn a_rotated_plane_turns_within_the_volume() {
    let (plain, turned) = (fit("chord"), fit_to(&PlaneConfig::Chord, &path(), 0, 30.0).unwrap());
    let (a, b) = (plain.subspace.directions(), turned.subspace.directions());
    assert_eq!(a[0], b[0]);
    assert!((dot(&a[1], &b[1]) / dot(&a[1], &a[1]) - 30_f64.to_radians().cos()).abs() < 1e-12);
    assert!((dot(&a[2], &b[1]) / dot(&a[2], &a[2]) - 0.5).abs() < 1e-12, "towards direction 3");
    assert!(turned.subspace.cosine(1, 2).abs() < 1e-12);
    assert!((plain.explained - turned.explained).abs() < 1e-12, "their span is the same");
    assert_eq!(turned.axes[1].name, "main bend 30° to second bend");
    let quarter = fit_to(&PlaneConfig::Chord, &path(), 0, 90.0).unwrap();
    assert!((quarter.axes[1].explained - plain.axes[2].explained).abs() < 1e-12);
}

#[test]
fn texts_are_read_and_mistakes_named() {
    assert_eq!("pca:end".parse(), Ok(PlaneConfig::Pca { about: About::End }));
    let axes = PlaneConfig::Axes { parameters: vec!["fc1.weight[0,1]".into(), "fc2.bias".into()] };
    assert_eq!("axes:fc1.weight[0,1],fc2.bias".parse(), Ok(axes));
    assert_eq!("angle:5".parse(), Ok(PlaneConfig::Angle { degrees: 5.0 }));
    for config in PlaneConfig::all() {
        assert_eq!(config.name().parse(), Ok(config));
    }
    let refused = |text: &str| text.parse::<PlaneConfig>().unwrap_err().to_string();
    assert!(refused("plane").starts_with("unknown plane \"plane\": expected chord, pca, line"));
    assert!(refused("points").contains("expected three places"));
    assert!(refused("line:start").contains("expected two places"));
    assert!(refused("hessian:middle").contains("a place: start, end"));
    assert!(refused("chord:3").contains("fewer arguments"));
}

#[test]
fn settings_are_checked_against_the_model() {
    let objective = objective("model3");
    let refused =
        |text: &str| text.parse::<PlaneConfig>().unwrap().check(objective.layout()).unwrap_err().to_string();
    assert_eq!(refused("angle:1"), "degrees = 1: expected 2 to 90 degrees");
    assert!(
        refused("axes:fc3.bias").starts_with("parameters = fc3.bias: expected an entry of fc1.weight [3, 2]")
    );
    assert_eq!(refused("axes:fc2.bias,fc2.bias"), "parameters = fc2.bias: expected each parameter once");
    let large = ParamLayout::dense([("fc1.weight".into(), vec![1000, 51])]);
    let refused = "hessian".parse::<PlaneConfig>().unwrap().check(&large).unwrap_err().to_string();
    assert!(refused.contains("at most 50000 parameters, not 51000; random or pca"), "{refused}");
}
