//! The whole way from an experiment to a picture, without any window:
//!
//!     cargo run --release --example pipeline
//!
//! An experiment is a text. What it leaves out has its usual value; `losscape list` names the built-in ones,
//! `assets/experiments/` holds them. In this one a network of four hidden units learns the
//! exclusive or of two signs.

#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::io::Write;

use losscape::core::experiment::{Experiment, ExperimentFile, pipeline};
use losscape::core::grid::LossGrid;
use losscape::core::text::Percent;

const EXPERIMENT: &str = "(
    title: \"Four hidden units\",
    dataset: xor(points: 200, noise: 0.1),
    model: mlp(widths: [4], activation: tanh),
    loss: bce_with_logits,
    optimizer: adam(lr: 0.05),
    steps: 400,
    seed: 4,
    slice: (plane: pca(), grid: [49, 21], volume: [9, 9, 5]),
)";

/// What the program prints.
pub fn main() -> anyhow::Result<()> {
    tell(&mut std::io::stdout().lock())
}

/// The same, to wherever it is wanted.
pub fn tell(out: &mut dyn Write) -> anyhow::Result<()> {
    // A text becomes a file, and a file an experiment: from here on every number is in its range, every size
    // affordable, and the examples are drawn.
    let file = ExperimentFile::parse(EXPERIMENT, "pipeline.ron")?;
    let experiment = Experiment::new(file)?;

    // Trains to the end, fits the plane, evaluates plane and volume. `pipeline::Pipeline` does the same piece by
    // piece, for who wants to show progress or to stop; `Experiment::start_run` gives the run alone.
    let outcome = pipeline::run(&experiment)?;

    // The run: checkpoints of step, theta (all parameters as one vector), loss and length of the gradient.
    let run = outcome.plan.trajectory.checkpoints();
    let (start, end) = (&run[0], &run[run.len() - 1]);
    writeln!(out, "{} parameters, {} steps", end.theta.len(), end.step)?;
    writeln!(out, "loss {:.4} at the start, {:.4} at the end (nats an example)", start.loss, end.loss)?;

    // The plane, and how much of the run it shows: beside each share stands what a plane through a random walk
    // of as many points would show (nine in ten of them).
    for (axis, (meaning, walk)) in
        outcome.plan.plane.axes.iter().zip(outcome.walks.iter().flat_map(|walks| &walks.axes)).enumerate()
    {
        let [share, low, high] = [meaning.explained, walk.low, walk.high].map(Percent);
        writeln!(
            out,
            "alpha{} {}: {share} of the run's variance, {low} to {high} by chance",
            axis + 1,
            meaning.name
        )?;
    }

    // What the slice leaves out: the distance of the run's end from it, in the unit of theta.
    let seen = outcome.plan.plane.subspace.plane_at(0.0).project(&end.theta);
    writeln!(
        out,
        "the end lies at ({:.2}, {:.2}), {:.3} beside the plane",
        seen.alpha[0], seen.alpha[1], seen.residual
    )?;

    match &outcome.plane {
        Some(plane) => relief(plane, out),
        None => Ok(()),
    }
}

/// The plane as text: the darker, the higher the loss, in steps of its logarithm.
fn relief(plane: &LossGrid, out: &mut dyn Write) -> anyhow::Result<()> {
    const SHADES: &[u8] = b" .:-=+*#%@";
    let (low, high) = plane.finite_range().unwrap_or((1.0, 1.0));
    let [n1, n2, _] = plane.spec.counts();
    for i2 in (0..n2).rev() {
        let shade = |i1| {
            // A loss that is no number is data: the slice has diverged there.
            let loss = plane.at([i1, i2, 0]);
            let height = (loss / low).ln() / (high / low).ln();
            let step = (height * SHADES.len() as f64) as usize;
            if loss.is_finite() { char::from(SHADES[step.min(SHADES.len() - 1)]) } else { '?' }
        };
        writeln!(out, "{}", (0..n1).map(shade).collect::<String>())?;
    }
    writeln!(out, "from {low:.4} (blank) to {high:.3} (@)")?;
    Ok(())
}
