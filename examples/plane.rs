//! A plane of one's own: through the start of two runs and where each of them ends.
//!
//!     cargo run --release --example plane
//!
//! A plane is a [`Subspace`]: an origin and directions, so that theta = origin + Σ alphaᵢ·directionᵢ. Two optimizers
//! set out from the same theta here and come to two different minima; the plane through all three points shows what
//! lies between these. (A way of choosing planes that experiments and the window are to know by name goes into `core/subspace/`.)

#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::io::Write;

use losscape::core::experiment::{Experiment, ExperimentFile, pipeline};
use losscape::core::grid::{Axis, Evaluator, GridJob, GridSpec, InProcess, LossGrid, Precision};
use losscape::core::num::vector::sub;
use losscape::core::objective::NoObjective;
use losscape::core::subspace::Subspace;

/// The same data, network and start, descended in two ways.
fn experiment(optimizer: &str) -> anyhow::Result<Experiment> {
    let text = format!(
        "(dataset: xor(points: 200), model: mlp(widths: [3], activation: tanh), loss: bce_with_logits,
         optimizer: {optimizer}, steps: 1500, seed: 1)"
    );
    Ok(Experiment::new(ExperimentFile::parse(&text, "plane.ron")?)?)
}

/// What the program prints.
pub fn main() -> anyhow::Result<()> {
    tell(&mut std::io::stdout().lock())
}

/// The same, to wherever it is wanted.
pub fn tell(out: &mut dyn Write) -> anyhow::Result<()> {
    let (sgd, adam) = (experiment("sgd(lr: 1.0)")?, experiment("adam(lr: 0.05)")?);
    let runs = [pipeline::train(&sgd, |_| {})?, pipeline::train(&adam, |_| {})?];
    let start = sgd.start_run()?.latest().theta;
    let ends = runs.each_ref().map(|run| run.latest());
    for (name, end) in ["sgd", "adam"].iter().zip(&ends) {
        writeln!(out, "{name} ends at a loss of {:.4} nats after {} steps", end.loss, end.step)?;
    }

    // The start at (0, 0), the end of sgd at (1, 0), that of adam at (0, 1). Directions need be neither of unit length
    // nor at right angles: projection is by least squares.
    let plane = Subspace::new(start.to_vec(), ends.iter().map(|end| sub(&end.theta, &start)).collect())?;
    writeln!(out, "cosine of the two ways: {:.3}", plane.cosine(0, 1))?;

    // How far each run strays from the plane on its way: a slice that shows its ends may miss what lies between.
    for (name, run) in ["sgd", "adam"].iter().zip(&runs) {
        let residual = |theta: &&[f64]| plane.project(theta).residual;
        let trajectory = run.trajectory();
        let farthest = trajectory.finite_thetas().iter().map(residual).fold(0.0, f64::max);
        writeln!(out, "{name} strays {farthest:.3} from the plane, in the unit of theta")?;
    }

    // Along the straight line from one end to the other lies a ridge, if these are two minima and not one valley.
    let line = Subspace::new(ends[0].theta.to_vec(), vec![sub(&ends[1].theta, &ends[0].theta)])?;
    let losses = evaluated(&sgd, &line, &[(0.0, 1.0, 101)])?;
    let (at, top) =
        losses.loss.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap_or((0, &f64::NAN));
    let higher = ends[0].loss.max(ends[1].loss);
    writeln!(out, "between them the loss rises by {:.4} nats, {at} % of the way", top - higher)?;

    // The plane itself. `io::SliceFormat` writes it for numpy, ParaView or Blender; here the lowest cell will do.
    let grid = evaluated(&sgd, &plane, &[(-0.5, 1.5, 41), (-0.5, 1.5, 41)])?;
    if let Some((cell, loss)) = grid.lowest() {
        let alpha = grid.spec.alpha(cell);
        writeln!(out, "lowest of the plane: {loss:.4} nats at ({:.2}, {:.2})", alpha[0], alpha[1])?;
    }
    Ok(())
}

/// Losses along the directions of a subspace, from–to and how many, in double length.
fn evaluated(
    experiment: &Experiment,
    subspace: &Subspace,
    axes: &[(f64, f64, usize)],
) -> anyhow::Result<LossGrid> {
    let axes = axes.iter().map(|&(low, high, count)| Axis { low, high, count }).collect();
    let spec = GridSpec::new(axes)?;
    let objective = experiment.objective().ok_or(NoObjective)?;
    let backend = InProcess::new(objective.clone()).grid(subspace, &spec, Precision::F64);
    Ok(GridJob::new(spec, backend).finish())
}
