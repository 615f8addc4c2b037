//! A loss function of one's own, sliced and probed:
//!
//!     cargo run --release --example objective
//!
//! Whatever has a value, a gradient and a Hessian can be descended, sliced and probed: it implements
//! [`Objective`]. Here a damped oscillation a·e^(−b·t)·cos(c·t) is fitted to measurements of a voltage; the loss is the mean square of
//! the deviation, in square volts. What is of supervised learning alone (predictions, accuracy, held-out examples) is left out.

#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::io::Write;
use std::sync::Arc;

use losscape::core::data::BatchSize;
use losscape::core::grid::{Axis, Evaluator, GridJob, GridSpec, InProcess, Precision};
use losscape::core::num::vector::dot;
use losscape::core::num::{BlockKind, ParamLayout};
use losscape::core::objective::Objective;
use losscape::core::optim::OptimizerConfig;
use losscape::core::probe::probe;
use losscape::core::subspace::Subspace;
use losscape::core::train::{TrainingPlan, TrainingRun};

/// The measurements, and the names of what is fitted: amplitude (V), damping (1/s), frequency (rad/s).
pub struct Oscillation {
    /// Seconds and volts.
    measured: Vec<[f64; 2]>,
    layout: ParamLayout,
}

impl Oscillation {
    /// Forty measurements of an oscillation of 2 V, 0.3/s and 5 rad/s in four seconds, each up to 0.05 V off.
    pub fn measured() -> Self {
        let at = |i: u32| {
            let t = 0.1 * f64::from(i);
            let off = 0.05 * (7.0 * f64::from(i * i)).sin();
            [t, 2.0 * (-0.3 * t).exp() * (5.0 * t).cos() + off]
        };
        let layout =
            ["amplitude", "damping", "frequency"].map(|name| (name.to_owned(), BlockKind::Other, vec![1]));
        Self { measured: (0..40).map(at).collect(), layout: ParamLayout::new(layout) }
    }

    /// Calls `term` for each measurement with its time, the deviation from it, and e^(−b·t)·cos(c·t) and
    /// e^(−b·t)·sin(c·t), of which all slopes of the curve are made.
    fn each(&self, theta: &[f64], mut term: impl FnMut(f64, f64, f64, f64)) {
        let [a, b, c] = [theta[0], theta[1], theta[2]];
        for &[t, volts] in &self.measured {
            let (sin, cos) = (c * t).sin_cos();
            let [sin, cos] = [sin, cos].map(|wave| (-b * t).exp() * wave);
            term(t, a * cos - volts, cos, sin);
        }
    }

    fn count(&self) -> f64 {
        self.measured.len() as f64
    }
}

impl Objective for Oscillation {
    fn layout(&self) -> &ParamLayout {
        &self.layout
    }

    fn loss(&self, theta: &[f64]) -> f64 {
        let mut sum = 0.0;
        self.each(theta, |_, off, _, _| sum += off * off);
        sum / self.count()
    }

    fn loss_grad(&self, theta: &[f64], grad: &mut [f64]) -> f64 {
        let a = theta[0];
        grad.fill(0.0);
        self.each(theta, |t, off, cos, sin| {
            let slopes = [cos, -a * t * cos, -a * t * sin];
            grad.iter_mut().zip(slopes).for_each(|(grad, slope)| *grad += 2.0 * off * slope / self.count());
        });
        self.loss(theta)
    }

    /// The Hessian times v, exact, as all that rests on it expects: with the curve's slopes s and second slopes S the
    /// mean of 2·(s·(s·v) + deviation·S·v).
    fn hvp(&self, theta: &[f64], v: &[f64], out: &mut [f64]) {
        let a = theta[0];
        out.fill(0.0);
        self.each(theta, |t, off, cos, sin| {
            let slopes = [cos, -a * t * cos, -a * t * sin];
            let second = [
                [0.0, -t * cos, -t * sin],
                [-t * cos, a * t * t * cos, a * t * t * sin],
                [-t * sin, a * t * t * sin, -a * t * t * cos],
            ];
            let along = dot(&slopes, v);
            for i in 0..3 {
                out[i] += 2.0 * (slopes[i] * along + off * dot(&second[i], v)) / self.count();
            }
        });
    }
}

/// What the program prints.
pub fn main() -> anyhow::Result<()> {
    tell(&mut std::io::stdout().lock())
}

/// The same, to wherever it is wanted.
pub fn tell(out: &mut dyn Write) -> anyhow::Result<()> {
    let objective: Arc<dyn Objective> = Arc::new(Oscillation::measured());

    // It is descended as a network is. Ten measurements a second do not tell a frequency from 20π less it: there are two
    // minima, equally good.
    let adam = OptimizerConfig::by_name("adam").unwrap_or_default();
    let mut found = Vec::new();
    for start in [[1.0, 0.1, 4.5], [1.0, 0.1, 55.0]] {
        let mut optimizer = adam.clone();
        optimizer.set_lr(0.02);
        let plan = TrainingPlan::new(start.to_vec(), optimizer, BatchSize::Full, 0);
        let mut run = TrainingRun::new(Arc::clone(&objective), plan);
        run.advance(3000);
        let end = run.latest();
        let [a, b, c] = [end.theta[0], end.theta[1], end.theta[2]];
        writeln!(out, "from {} rad/s: {a:.3} V, {b:.3}/s, {c:.3} rad/s, loss {:.2e} V²", start[2], end.loss)?;
        found.push(end.theta);
    }

    // A slice along single parameters through the first of them: damping and frequency around it.
    let directions = vec![vec![0.0, 1.0, 0.0], vec![0.0, 0.0, 1.0]];
    let plane = Subspace::new(found[0].to_vec(), directions)?;
    let axis = |low, high, count| Axis { low, high, count };
    let spec = GridSpec::new(vec![axis(-0.3, 2.0, 24), axis(-8.0, 60.0, 137)])?;
    let backend = InProcess::new(objective.clone()).grid(&plane, &spec, Precision::F64);
    let grid = GridJob::new(spec, backend).finish();
    if let Some((cell, loss)) = grid.lowest() {
        let alpha = grid.spec.alpha(cell);
        writeln!(out, "lowest of the slice: {loss:.2e} V² at {:+.2}/s and {:+.2} rad/s", alpha[0], alpha[1])?;
    }
    writeln!(out, "the slice has {} local minima", grid.local_minima().len())?;

    // What is true at both ends, whatever a slice looks like: gradient, curvature, and a word for it.
    for theta in &found {
        let probed = probe(&*objective, &plane, theta, 0);
        let curvature = probed.curvature.map_or(vec![], |curvature| curvature.eigenvalues);
        let curvature: Vec<String> = curvature.iter().map(|value| format!("{value:.3}")).collect();
        let words = probed.verdict.brief().words();
        writeln!(out, "{words}: gradient {:.1e}, curvatures {}", probed.gradient.norm, curvature.join(", "))?;
    }
    Ok(())
}
