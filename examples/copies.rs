//! Forty-eight copies of one minimum, and the ways from one to the next:
//!
//!     cargo run --release --example copies
//!
//! The three hidden units of Model 3 may change places, and each may turn its sign: 3!·2³ points of parameter space are the same
//! function, and a plane through any three of them shows three equal minima. On the straight line from one to another lies a
//! hill, which says nothing of the network. Is there a way around it? A quadratic Bézier curve between the two is
//! trained to stay low (Garipov et al. 2018), and its highest place told beside the line's.
//!
//! Units of relu may grow by any factor as well, and then the same function looks ten times as sharp. Filter normalisation
//! (Li et al. 2018) takes that back.
//!
//! With a folder behind it (`-- assets/points`) it writes the three copies and the control points of both curves there.

#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use losscape::core::data::BatchSize;
use losscape::core::experiment::{Experiment, ExperimentFile, builtin};
use losscape::core::io::npy;
use losscape::core::model::{Model, Symmetry};
use losscape::core::num::Stream;
use losscape::core::num::vector::{add_scaled, norm, sub};
use losscape::core::objective::{Curve, Objective};
use losscape::core::optim::{OptimizerConfig, Schedule};
use losscape::core::subspace::Subspace;
use losscape::core::subspace::random::{Biases, filter_normalised};
use losscape::core::train::{TrainingPlan, TrainingRun};

/// Steps until training has converged: its learning rate sinks to 0, and then the gradient is shorter than 1e-4. At a constant
/// one it would swing from side to side of a steep way for ever. (The loss has no lowest point: larger weights always fit
/// a little better.)
const STEPS: u64 = 400_000;
/// Steps of Adam that a curve is trained, and places along it where its loss is looked at.
const BENDING_STEPS: u64 = 4_000;
const PLACES: usize = 1_000;

/// What the program prints.
pub fn main() -> anyhow::Result<()> {
    let (ways, out) = (Ways::find()?, &mut std::io::stdout().lock());
    ways.tell(out)?;
    scales(out)?;
    std::env::args().nth(1).map_or(Ok(()), |folder| ways.keep(Path::new(&folder)))
}

/// The same, to wherever it is wanted.
pub fn tell(out: &mut dyn Write) -> anyhow::Result<()> {
    Ways::find()?.tell(out)?;
    scales(out)
}

/// Three copies of Model 3's minimum, and the ways from one to the next.
struct Ways {
    objective: Arc<dyn Objective>,
    copies: [Vec<f64>; 3],
    /// The control points of the curves.
    bends: [Vec<f64>; 2],
}

impl Ways {
    fn find() -> anyhow::Result<Self> {
        let file = builtin::load("xor-model3").context("it is built in")??;
        let schedule = Schedule::Cosine { t_max: STEPS, eta_min: 0.0 };
        let mut run = Experiment::new(ExperimentFile { schedule, ..file })?.start_run()?;
        run.advance(STEPS);
        let (first, objective) = (run.latest().theta.to_vec(), Arc::clone(run.objective()));
        let model = model_of(&*objective)?;
        let second = model.copied(&first, &Symmetry::Order { layer: 0, units: vec![0, 2, 1] })?;
        let third = model.copied(&second, &Symmetry::Turn { layer: 0, unit: 1 })?;
        let bend = |from: &[f64], to: &[f64]| bent(&curve(&objective, [from, to]), norm(&sub(to, from)));
        let bends = [bend(&first, &second), bend(&second, &third)];
        Ok(Self { objective, copies: [first, second, third], bends })
    }

    fn tell(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let [first, second, third] = &self.copies;
        let count = model_of(&*self.objective)?.copies().unwrap_or(0);
        writeln!(out, "{count} copies of a minimum of loss {:.4}", self.objective.loss(first))?;
        let changes = ["two units change places", "a unit turns its sign"];
        let ends = [[first, second], [second, third]];
        for ((what, ends), control) in changes.into_iter().zip(ends).zip(&self.bends) {
            self.way(what, ends, control, out)?;
        }
        Ok(())
    }

    /// From one copy to the next: straight, and on the curve.
    fn way(
        &self,
        what: &str,
        [a, b]: [&Vec<f64>; 2],
        control: &[f64],
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let [from, to] = [a, b].map(|theta| self.objective.loss(theta));
        writeln!(out, "{what}: {:.2} away, losses {from:.6} and {to:.6}", norm(&sub(b, a)))?;
        let curve = curve(&self.objective, [a, b]);
        let line = curve.barrier(&curve.straight(), PLACES);
        writeln!(out, "  the straight line rises by {:.4}, {:.1} of the way", line.rise, line.at)?;
        let barrier = curve.barrier(control, PLACES);
        writeln!(out, "  the curve rises by {:.4}, {:.1} of the way", barrier.rise, barrier.at)?;
        // The plane through both ends and the control point holds the curve whole: a slice of it hides nothing.
        let plane = Subspace::new(a.clone(), vec![sub(b, a), sub(control, a)])?;
        let residual = |i: usize| plane.project(&curve.point(control, i as f64 / PLACES as f64)).residual;
        let farthest = (0..=PLACES).map(residual).fold(0.0, f64::max);
        writeln!(out, "  and strays {farthest:.0e} from the plane through its three points")?;
        Ok(())
    }

    fn keep(&self, folder: &Path) -> anyhow::Result<()> {
        let names = ["copy-1", "copy-2", "copy-3", "bend-1-2", "bend-2-3"];
        for (name, theta) in names.iter().zip(self.copies.iter().chain(&self.bends)) {
            npy::write_theta(File::create(folder.join(format!("{name}.npy")))?, theta)?;
        }
        Ok(())
    }
}

fn curve(objective: &Arc<dyn Objective>, ends: [&[f64]; 2]) -> Arc<Curve> {
    Arc::new(Curve::new(Arc::clone(objective), ends.map(<[f64]>::to_vec)))
}

fn model_of(objective: &dyn Objective) -> anyhow::Result<&Model> {
    Ok(objective.supervised().context("it learns from examples")?.model())
}

/// The control point of a curve that was trained to stay low. Adam's steps begin at a hundredth of the
/// way that there is.
fn bent(curve: &Arc<Curve>, distance: f64) -> Vec<f64> {
    let mut adam = OptimizerConfig::by_name("adam").unwrap_or_default();
    adam.set_lr(distance / 100.0);
    let schedule = Schedule::Cosine { t_max: BENDING_STEPS, eta_min: 0.0 };
    let plan = TrainingPlan { schedule, ..TrainingPlan::new(curve.straight(), adam, BatchSize::Full, 0) };
    let mut run = TrainingRun::new(Arc::clone(curve) as Arc<dyn Objective>, plan);
    run.advance(BENDING_STEPS);
    run.latest().theta.to_vec()
}

const RECTIFIED: &str = "(
    dataset: moons(points: 100), model: mlp(widths: [8], activation: relu), loss: bce_with_logits,
    optimizer: adam(lr: 0.02), steps: 2000,
)";

/// One function at two scales: a unit of relu grows tenfold, and what leads out of it shrinks as much.
fn scales(out: &mut dyn Write) -> anyhow::Result<()> {
    let experiment = Experiment::new(ExperimentFile::parse(RECTIFIED, "copies.ron")?)?;
    let mut run = experiment.start_run()?;
    run.advance(experiment.steps);
    let (theta, objective) = (run.latest().theta.to_vec(), Arc::clone(run.objective()));
    let model = model_of(&*objective)?;
    let mut other = theta.clone();
    for unit in 0..8 {
        other = model.copied(&other, &Symmetry::Rescale { layer: 0, unit, factor: 10.0 })?;
    }
    writeln!(
        out,
        "units of relu, ten times as large: losses {:.6} and {:.6}",
        objective.loss(&theta),
        objective.loss(&other)
    )?;
    let mut stream = Stream::new(1, "scales");
    let raw: Vec<f64> = theta.iter().map(|_| stream.normal()).collect();
    let unit: Vec<f64> = raw.iter().map(|v| v / norm(&raw)).collect();
    let rise = |theta: &[f64], direction: &[f64]| {
        let mut there = theta.to_vec();
        add_scaled(&mut there, 0.2, direction);
        objective.loss(&there) - objective.loss(theta)
    };
    let [plain, far] = [&theta, &other].map(|theta| rise(theta, &unit));
    writeln!(out, "  a step of 0.2 in theta's unit raises the loss by {plain:.4} and {far:.4}")?;
    let normalised = |theta: &[f64]| filter_normalised(&raw, theta, objective.layout(), Biases::Frozen);
    let [plain, far] = [&theta, &other].map(|theta| rise(theta, &normalised(theta)));
    writeln!(out, "  of 0.2 of each neuron's length, by {plain:.4} and {far:.4}")?;
    Ok(())
}
