//! Forward pass, loss, gradient, Hessian and its eigenvalues of eight models.

use losscape::core::loss::Loss;
use losscape::core::num::ParamLayout;
use nalgebra::{DMatrix, SymmetricEigen};
use serde::Deserialize;

use crate::support::{LayerText, Matrix, error, hessian, largest_error, model, objective, reference};

#[derive(Deserialize)]
struct File {
    models: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    layers: Vec<LayerText>,
    loss_fn: Loss,
    layout: Vec<(String, Vec<usize>)>,
    x: Matrix,
    y: Matrix,
    theta: Vec<f64>,
    output: Matrix,
    loss: f64,
    grad: Vec<f64>,
    hessian: Option<Matrix>,
    hessian_eigenvalues: Option<Vec<f64>>,
}

#[test]
fn models_agree_with_pytorch() {
    let cases = reference::<File>("models.json").models;
    assert_eq!(cases.len(), 16);
    for case in cases {
        let model = model(&case.layers);
        assert_eq!(*model.layout(), ParamLayout::dense(case.layout.clone()), "{}", case.name);
        let objective = objective(model, case.loss_fn, &case.x, &case.y);

        let output = objective.supervised().unwrap().predict(&case.theta, &case.x.concat());
        let output_error = largest_error(&output, &case.output.concat(), 1e-3);
        let mut grad = vec![f64::NAN; case.theta.len()];
        let loss = objective.loss_grad(&case.theta, &mut grad);
        assert_eq!(loss, objective.loss(&case.theta), "{}: one loss, however it is asked for", case.name);
        let loss_error = error(loss, case.loss, 1e-12);
        let grad_error = largest_error(&grad, &case.grad, 1e-6);
        println!("{}: output {output_error:.1e} loss {loss_error:.1e} grad {grad_error:.1e}", case.name);
        assert!(output_error <= 1e-9 && loss_error <= 1e-9 && grad_error <= 1e-9, "{}", case.name);
    }
}

#[test]
fn hessians_and_eigenvalues_agree_with_pytorch() {
    let mut seen = 0;
    for case in reference::<File>("models.json").models {
        let (Some(expected), Some(eigenvalues)) = (&case.hessian, &case.hessian_eigenvalues) else {
            continue;
        };
        let objective = objective(model(&case.layers), case.loss_fn, &case.x, &case.y);
        let found = hessian(&*objective, &case.theta);
        let hessian_error = largest_error(&found.concat(), &expected.concat(), 1e-3);

        let n = case.theta.len();
        let matrix = DMatrix::from_fn(n, n, |i, j| found[j][i]);
        let mut found: Vec<f64> = SymmetricEigen::new(matrix).eigenvalues.iter().copied().collect();
        found.sort_by(f64::total_cmp);
        let eigen_error = largest_error(&found, eigenvalues, 1e-3);
        println!("{}: Hessian {hessian_error:.1e} eigenvalues {eigen_error:.1e}", case.name);
        assert!(hessian_error <= 1e-9 && eigen_error <= 1e-7, "{}", case.name);
        seen += 1;
    }
    assert_eq!(seen, 14);
}
