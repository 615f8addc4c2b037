//! Do small batches end in wider bowls?
//!
//!     cargo run --release --example batch_size
//!
//! Keskar et al. (2017) found that large batches end in sharper minima. Here one network is trained twice from the same start
//! at the same learning rate, with 8 examples a step and with all of them, over several seeds, and each time to the same
//! training loss: at equal epochs the large batch has taken fewer steps and is simply less far, which proves nothing.
//!
//! How wide a bowl is depends on the unit. Theta's own is a poor one, since the scale of a layer may be traded with the
//! next; so the width is counted in each neuron's own length as well (filter-normalised, as Li et al. 2018 do), which
//! showed that weight decay turns pictures in theta's unit round; so all is done with weight decay too.
//!
//! What comes out, as the ratio of 8 to all, with the spread over the 7 of 8 seeds that come to that loss: in theta's unit the
//! small batch's bowl is wider, 1.30 (times or by 1.21), in all 7, and the largest eigenvalue smaller, 0.37 (times or by
//! 1.98), in all 7. In each neuron's length there is hardly a difference: 1.08 (times or by 1.18), wider in 5 of 7. Held-out
//! losses are as good. With a weight decay of 5e-4 it is 1.30, 0.37 and 1.12: it turns nothing round here.

#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::io::Write;
use std::sync::Arc;

use losscape::core::experiment::{Experiment, ExperimentFile};
use losscape::core::num::Stream;
use losscape::core::num::vector::{add_scaled, norm, sub};
use losscape::core::objective::Objective;
use losscape::core::probe::curvature;
use losscape::core::subspace::random::{Biases, filter_normalised};

/// Training ends at this loss over all training examples, in nats.
const GOAL: f64 = 0.15;
/// Steps that a run may take to it, and steps between two looks at the loss.
const MOST_STEPS: u64 = 10_000;
const STEPS: u64 = 25;
/// Seeds of data, start and batches.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=8;
/// A bowl is left where the loss is so many nats higher than at its bottom.
const RISE: f64 = 0.1;
/// What weight decay the two pairs have.
const DECAYS: [f64; 2] = [0.0, 5e-4];
/// Random directions along which a bowl is left, either way.
const DIRECTIONS: usize = 32;

/// An end of training, and how wide the bowl is in which it lies.
struct End {
    theta: Vec<f64>,
    steps: u64,
    loss: f64,
    held_out: f64,
    /// In each neuron's own length.
    width: f64,
    /// In theta's unit.
    plain: f64,
    /// The largest eigenvalue of the Hessian.
    bending: f64,
}

/// What the program prints.
pub fn main() -> anyhow::Result<()> {
    tell(&mut std::io::stdout().lock())
}

/// The same, to wherever it is wanted.
pub fn tell(out: &mut dyn Write) -> anyhow::Result<()> {
    DECAYS.into_iter().try_for_each(|decay| pair(decay, out))
}

/// Both batches over all seeds, at one weight decay.
pub fn pair(decay: f64, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "weight decay {decay}")?;
    writeln!(out, "seed  batch   steps    loss  held out  |theta|  width  plain width  largest eigenvalue")?;
    let mut ratios: [Vec<f64>; 3] = Default::default();
    for seed in SEEDS {
        let ends =
            [end(&experiment(seed, "size(8)", decay)?, seed)?, end(&experiment(seed, "full", decay)?, seed)?];
        for (end, name) in ends.iter().zip(["8", "full"]) {
            let End { theta, steps, loss, held_out, width, plain, bending } = end;
            let length = norm(theta);
            writeln!(
                out,
                "{seed:4}{name:>7}{steps:8}{loss:8.4}{held_out:10.4}{length:9.2}{width:7.3}{plain:13.3}{bending:20.2}"
            )?;
        }
        if seed == *SEEDS.start() {
            let full = experiment(seed, "full", decay)?;
            line(&full, &ends, out)?;
            equal_epochs(&full, ends[0].steps, out)?;
        }
        // What is less far is compared with nothing.
        let [small, full] = &ends;
        if small.loss > GOAL || full.loss > GOAL {
            continue;
        }
        let pairs = [(small.width, full.width), (small.plain, full.plain), (small.bending, full.bending)];
        ratios.iter_mut().zip(pairs).for_each(|(ratios, (small, full))| ratios.push(small / full));
    }
    let names = ["width", "plain width", "largest eigenvalue"];
    names.iter().zip(&ratios).try_for_each(|(name, ratios)| summary(out, name, ratios))
}

/// Two moons that overlap, and a network that could learn them by heart.
fn experiment(seed: u64, batch: &str, decay: f64) -> anyhow::Result<Experiment> {
    let text = format!(
        "(dataset: moons(points: 300, noise: 0.25), held_out: 0.5, model: mlp(widths: [12, 12], activation: tanh),
         loss: bce_with_logits, optimizer: sgd(lr: 0.2, weight_decay: {decay}), batch: {batch}, steps: {MOST_STEPS}, seed: {seed})"
    );
    Ok(Experiment::new(ExperimentFile::parse(&text, "batch_size.ron")?)?)
}

/// Trains to the goal, and measures there.
fn end(experiment: &Experiment, seed: u64) -> anyhow::Result<End> {
    let mut run = experiment.start_run()?;
    let objective = Arc::clone(run.objective());
    while run.step() < MOST_STEPS && objective.loss(&run.latest().theta) > GOAL {
        run.advance(STEPS);
    }
    let theta = run.latest().theta.to_vec();
    let mut gradient = vec![0.0; theta.len()];
    let loss = objective.loss_grad(&theta, &mut gradient);
    let held_out = objective.supervised().and_then(|learned| learned.held_out_loss(&theta));
    let bending = curvature::measure(&*objective, None, &theta, &gradient);
    Ok(End {
        steps: run.step(),
        loss,
        held_out: held_out.unwrap_or(f64::NAN),
        width: width(&*objective, &theta, seed, |raw| {
            filter_normalised(raw, &theta, objective.layout(), Biases::Frozen)
        }),
        plain: width(&*objective, &theta, seed, |raw| raw.iter().map(|v| v / norm(raw)).collect()),
        bending: bending.and_then(|bending| bending.eigenvalues.last().copied()).unwrap_or(f64::NAN),
        theta,
    })
}

/// How far it is on average to where the loss has risen by [`RISE`], in the length of a direction.
fn width(objective: &dyn Objective, theta: &[f64], seed: u64, scaled: impl Fn(&[f64]) -> Vec<f64>) -> f64 {
    let mut stream = Stream::new(seed, "width");
    let bottom = objective.loss(theta);
    let reach = |direction: &[f64], side: f64| {
        let is_out = |share: f64| {
            let mut there = theta.to_vec();
            add_scaled(&mut there, side * share, direction);
            objective.loss(&there) > bottom + RISE
        };
        // Halved thirty times: to a millionth.
        let (mut low, mut high) = (0.0, 100.0);
        for _ in 0..30 {
            let middle = 0.5 * (low + high);
            *(if is_out(middle) { &mut high } else { &mut low }) = middle;
        }
        high
    };
    let mut sum = 0.0;
    for _ in 0..DIRECTIONS {
        let raw: Vec<f64> = theta.iter().map(|_| stream.normal()).collect();
        let direction = scaled(&raw);
        sum += reach(&direction, 1.0) + reach(&direction, -1.0);
    }
    sum / (2 * DIRECTIONS) as f64
}

/// The losses along the straight line from the end of the small batch (0) to that of the large one (1) and beyond.
fn line(experiment: &Experiment, [small, large]: &[End; 2], out: &mut dyn Write) -> anyhow::Result<()> {
    let way = sub(&large.theta, &small.theta);
    let Some(objective) = experiment.objective() else { return Ok(()) };
    for tenth in (-5..=15).step_by(5) {
        let share = f64::from(tenth) / 10.0;
        let mut there = small.theta.clone();
        add_scaled(&mut there, share, &way);
        let held_out = objective.supervised().and_then(|learned| learned.held_out_loss(&there));
        let (loss, held_out) = (objective.loss(&there), held_out.unwrap_or(f64::NAN));
        writeln!(out, "      {share:4.1} of the way from 8 to full: loss {loss:.4}, held out {held_out:.4}")?;
    }
    Ok(())
}

/// Where the full batch is after as many epochs as the small one took steps for.
fn equal_epochs(full: &Experiment, steps: u64, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut run = full.start_run()?;
    let epochs = steps * 8 / run.objective().examples() as u64;
    run.advance(epochs);
    writeln!(out, "      after the {epochs} epochs of 8, full is at a loss of {:.4}", run.latest().loss)?;
    Ok(())
}

/// Geometric mean and spread of a ratio over the seeds, and in how many of them it is above 1.
fn summary(out: &mut dyn Write, what: &str, ratios: &[f64]) -> anyhow::Result<()> {
    let count = ratios.len() as f64;
    let mean = ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / count;
    let spread = ratios.iter().map(|ratio| (ratio.ln() - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let above = ratios.iter().filter(|ratio| **ratio > 1.0).count();
    let (mean, factor) = (mean.exp(), spread.sqrt().exp());
    writeln!(
        out,
        "{what}, 8 against full: {mean:.2} (times or by {factor:.2}), above 1 in {above} of {count} seeds"
    )?;
    Ok(())
}
