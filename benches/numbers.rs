//! What the numbers cost, each beside the plain reference in the same run: losses, gradient steps,
//! slices by every instruction set, a larger network, and the handwritten digits.
//!
//! Times are the best of several rounds, since other work on the machine only ever adds to them.

#![allow(clippy::print_stdout, reason = "a bench talks to a terminal")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot measure may as well end")]
#![allow(missing_docs, reason = "a program, not a library")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use losscape::core::experiment::{Experiment, ExperimentFile, builtin};
use losscape::core::grid::kernel::InstructionSet;
use losscape::core::grid::{
    Axis, Evaluator, GridBackend, GridJob, GridSpec, InProcess, KernelBackend, LossGrid, Precision,
};
use losscape::core::num::{Job, Stream};
use losscape::core::objective::Objective;
use losscape::core::subspace::Subspace;

fn main() {
    single_losses();
    planes();
    volume();
    growth();
    other_shapes();
    every_kind();
    larger_network();
    digits();
}

/// Seconds of the best of several rounds.
fn seconds(rounds: usize, mut call: impl FnMut()) -> f64 {
    let round = |_| {
        let began = Instant::now();
        call();
        began.elapsed().as_secs_f64()
    };
    (0..rounds).map(round).fold(f64::INFINITY, f64::min)
}

fn heading(text: &str, columns: &str) {
    println!("\n{text:<58} {columns}");
}

/// The loss of Model 3, example by example, with the system's exponential.
fn plain_loss(theta: &[f64], x: &[f64], y: &[f64]) -> f64 {
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    let unit = |p: &[f64], u: usize| sigmoid(theta[2 * u] * p[0] + theta[2 * u + 1] * p[1] + theta[6 + u]);
    let predict = |p: &[f64]| sigmoid((0..3).map(|u| theta[9 + u] * unit(p, u)).sum::<f64>() + theta[12]);
    x.chunks_exact(2).zip(y).map(|(p, y)| (predict(p) - y).powi(2)).sum::<f64>() / y.len() as f64
}

fn single_losses() {
    let experiment = Experiment::new(builtin::load(builtin::DEFAULT).unwrap().unwrap()).unwrap();
    let mut run = experiment.start_run().unwrap();
    let objective = run.objective().clone();
    let (theta, data) = (run.latest().theta, objective.supervised().unwrap().train());
    let micros = |count: u32, call: &mut dyn FnMut()| {
        seconds(7, || (0..count).for_each(|_| call())) * 1e6 / f64::from(count)
    };
    let plain = micros(2000, &mut || {
        black_box(plain_loss(black_box(&theta), data.x(), data.y()));
    });
    let loss = micros(5000, &mut || {
        black_box(objective.loss(black_box(&theta)));
    });
    let step = micros(1, &mut || {
        run.advance(5000);
    }) / 5000.0;
    heading("Model 3, 500 points, f64, one core", "      us   / plain");
    println!("{:<58} {plain:>8.2} {:>9.2}", "a loss, plain loop", 1.0);
    println!("{:<58} {loss:>8.2} {:>9.2}", "a loss", loss / plain);
    println!("{:<58} {step:>8.2} {:>9.2}", "a gradient step", step / plain);
    println!("{:.0} gradient steps a second (bar 100,000, goal 250,000)", 1e6 / step);
}

/// The post's chord plane of an experiment.
fn chord(text: &str) -> (Arc<dyn Objective>, Subspace) {
    let mut file = builtin::load(builtin::DEFAULT).unwrap().unwrap();
    let given = ExperimentFile::parse(text, "bench").unwrap();
    file.dataset = given.dataset;
    let experiment = Experiment::new(file).unwrap();
    let mut run = experiment.start_run().unwrap();
    run.advance(experiment.steps);
    let plane = experiment.fit_plane(&run.closed_trajectory()).unwrap();
    (experiment.objective().unwrap().clone(), plane.subspace)
}

fn spec(counts: &[usize]) -> GridSpec {
    let axes = counts.iter().map(|&count| Axis { low: -4.0, high: 5.0, count });
    GridSpec::new(axes.collect()).unwrap()
}

fn kernel(
    objective: &Arc<dyn Objective>,
    subspace: &Subspace,
    spec: &GridSpec,
    set: InstructionSet,
) -> Box<dyn GridBackend> {
    let (objective, subspace, spec) = (Arc::clone(objective), subspace.clone(), spec.clone());
    Box::new(KernelBackend::with_instructions(objective, subspace, spec, set).unwrap())
}

fn reference(objective: &Arc<dyn Objective>, subspace: &Subspace, spec: &GridSpec) -> Box<dyn GridBackend> {
    InProcess::new(Arc::clone(objective)).grid(subspace, spec, Precision::F64)
}

/// Seconds for a whole grid, and its losses.
fn evaluate(rounds: usize, spec: &GridSpec, backend: impl Fn() -> Box<dyn GridBackend>) -> (f64, LossGrid) {
    let mut grid = None;
    let time = seconds(rounds, || grid = Some(GridJob::new(spec.clone(), backend()).finish()));
    (time, grid.unwrap())
}

fn largest_error(found: &LossGrid, expected: &LossGrid) -> f64 {
    found.loss.iter().zip(&expected.loss).map(|(f, e)| (f - e).abs() / e.abs().max(1.0)).fold(0.0, f64::max)
}

fn planes() {
    let (objective, subspace) = chord("(dataset: xor(points: 500))");
    let spec = spec(&[257, 257]);
    let cells = spec.cells() as f64;
    let threads = rayon::current_num_threads();
    heading(
        &format!("Model 3, 500 points, plane 257 x 257, {threads} threads"),
        "us a loss   / reference   largest error",
    );
    let (whole, exact) = evaluate(3, &spec, || reference(&objective, &subspace, &spec));
    println!("{:<58} {:>9.3} {:>13.2}", "reference, f64", whole * 1e6 / cells, 1.0);
    for set in InstructionSet::available() {
        let (time, grid) = evaluate(15, &spec, || kernel(&objective, &subspace, &spec, set));
        let bar = match set {
            InstructionSet::Avx512 => " (bar 0.25, goal 0.15)",
            InstructionSet::Avx2 => " (bar 0.45)",
            InstructionSet::Portable => "",
        };
        let name = format!("kernel, f32, {set:?}{bar}");
        let (each, error) = (time * 1e6 / cells, largest_error(&grid, &exact));
        println!("{name:<58} {each:>9.3} {:>13.3} {error:>15.1e}", time / whole);
    }
}

fn volume() {
    let (objective, subspace) = chord("(dataset: xor(points: 500))");
    let spec = spec(&[129, 129, 65]);
    let set = InstructionSet::widest();
    let (whole, _) = evaluate(5, &spec, || kernel(&objective, &subspace, &spec, set));
    let first = seconds(9, || {
        let mut job = GridJob::new(spec.clone(), kernel(&objective, &subspace, &spec, set));
        while job.advance(2048).found().is_none() {}
        black_box(job.picture());
    });
    let plane = self::spec(&[129, 129]);
    let (slow, _) = evaluate(3, &plane, || reference(&objective, &subspace, &plane));
    let ratio = whole / (slow * 65.0);
    heading("Model 3, 500 points, volume 129 x 129 x 65", " seconds   / reference (of 65 planes)");
    println!("{:<58} {whole:>8.3} {ratio:>13.3}", "all of it (bar 0.4)");
    println!("{:<58} {first:>8.4}", "first coarse picture (bar 0.05)");
}

fn growth() {
    let set = InstructionSet::widest();
    let (objective, subspace) = chord("(dataset: xor(points: 500))");
    heading("growth", "us a loss");
    for count in [129, 257, 513] {
        let spec = spec(&[count, count]);
        let (time, _) = evaluate(9, &spec, || kernel(&objective, &subspace, &spec, set));
        println!("{:<58} {:>9.3}", format!("plane {count} x {count}"), time * 1e6 / spec.cells() as f64);
    }
    let spec = spec(&[257, 257]);
    let mut last = None;
    for points in [500, 1000, 2000, 4000] {
        // The same plane: another would have other pre-activations.
        let (objective, _) = chord(&format!("(dataset: xor(points: {points}))"));
        let (time, _) = evaluate(9, &spec, || kernel(&objective, &subspace, &spec, set));
        let ratio = last.map(|last| format!("   {:.2} times the time of half (bar 2.1)", time / last));
        let each = time * 1e6 / spec.cells() as f64;
        println!("{:<58} {each:>9.3}{}", format!("{points} points"), ratio.unwrap_or_default());
        last = Some(time);
    }
}

/// A small random plane about the start of a run.
fn around_start(experiment: &Experiment) -> Subspace {
    let theta = experiment.start_run().unwrap().latest().theta.to_vec();
    let mut stream = Stream::new(1, "bench");
    let mut direction = || (0..theta.len()).map(|_| 0.1 * stream.normal()).collect::<Vec<f64>>();
    let directions = vec![direction(), direction()];
    Subspace::new(theta, directions).unwrap()
}

/// Every activation, loss and skip: how much faster the kernel is, at least.
fn every_kind() {
    heading("mlp 2-8-8, 500 points, plane 129 x 129", "us a loss   / reference");
    for (loss, dataset) in
        [("mse", "xor"), ("huber", "xor"), ("bce_with_logits", "xor"), ("cross_entropy", "blobs")]
    {
        for activation in ["identity", "sigmoid", "tanh", "relu", "gelu"] {
            for skip in [false, true] {
                let text = format!(
                    "(model: mlp(widths: [8, 8], activation: {activation}, skip: {skip}), loss: {loss}, \
                     dataset: {dataset}(points: 500))"
                );
                let experiment = Experiment::new(ExperimentFile::parse(&text, "bench").unwrap()).unwrap();
                let objective = experiment.objective().unwrap();
                let subspace = around_start(&experiment);
                let spec = spec(&[129, 129]);
                let (slow, _) = evaluate(2, &spec, || reference(objective, &subspace, &spec));
                let set = InstructionSet::widest();
                let (time, _) = evaluate(5, &spec, || kernel(objective, &subspace, &spec, set));
                let name = format!("{activation}, {loss}{}", if skip { ", skip" } else { "" });
                println!("{name:<58} {:>9.3} {:>13.3}", time * 1e6 / spec.cells() as f64, time / slow);
            }
        }
    }
}

/// The kernel beside the reference on grids of other shapes.
fn other_shapes() {
    let (objective, subspace) = chord("(dataset: xor(points: 500))");
    heading("Model 3, 500 points", "us a loss   / reference");
    for counts in [&[8193][..], &[301, 57], &[33, 33, 33]] {
        let spec = spec(counts);
        let (slow, _) = evaluate(3, &spec, || reference(&objective, &subspace, &spec));
        let set = InstructionSet::widest();
        let (time, _) = evaluate(9, &spec, || kernel(&objective, &subspace, &spec, set));
        let name = counts.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ");
        println!("{name:<58} {:>9.3} {:>13.3}", time * 1e6 / spec.cells() as f64, time / slow);
    }
}

/// Multiply-adds a second of all threads in single length, by a loop that does nothing else.
fn peak() -> f64 {
    const ROUNDS: usize = 20_000_000;
    let threads = rayon::current_num_threads();
    let time = seconds(5, || {
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| black_box(InstructionSet::widest().multiply_adds(ROUNDS)));
            }
        });
    });
    let lanes = InstructionSet::widest().lanes();
    (ROUNDS * InstructionSet::CHAINS * lanes * threads) as f64 / time
}

fn larger_network() {
    let text = "(model: mlp(widths: [64, 64]), dataset: xor(points: 500))";
    let experiment = Experiment::new(ExperimentFile::parse(text, "bench").unwrap()).unwrap();
    let objective = experiment.objective().unwrap();
    let subspace = around_start(&experiment);
    let spec = spec(&[65, 65]);
    let (slow, exact) = evaluate(1, &spec, || reference(objective, &subspace, &spec));
    let (time, grid) = evaluate(7, &spec, || kernel(objective, &subspace, &spec, InstructionSet::widest()));
    // 2-64-64-1: so many multiply-adds for an example.
    let products = (2 * 64 + 64 * 64 + 64) as f64 * 500.0 * spec.cells() as f64;
    let share = 100.0 * products / time / peak();
    heading("2-64-64-1 tanh, 500 points, plane 65 x 65", "us a loss   / reference   largest error");
    println!("{:<58} {:>9.1} {:>13.2}", "reference, f64", slow * 1e6 / spec.cells() as f64, 1.0);
    let (each, error) = (time * 1e6 / spec.cells() as f64, largest_error(&grid, &exact));
    println!("{:<58} {each:>9.1} {:>13.3} {error:>15.1e}", "kernel, f32", time / slow);
    println!(
        "{share:.0} % of the threads' multiply-add peak of {:.0} billion a second (bar 30 %)",
        peak() / 1e9
    );
}

fn digits() {
    let text =
        "(model: mlp(widths: [256, 256, 128], activation: relu), dataset: digits(), loss: cross_entropy,
        optimizer: adam(), batch: size(64), steps: 1000, slice: (plane: random()))";
    let experiment = Experiment::new(ExperimentFile::parse(text, "bench").unwrap()).unwrap();
    let mut run = experiment.start_run().unwrap();
    let began = Instant::now();
    run.advance(1000);
    let trained = began.elapsed().as_secs_f64();
    let plane = experiment.fit_plane(&run.closed_trajectory()).unwrap();
    let axes = vec![Axis { low: -1.0, high: 1.0, count: 51 }; 2];
    let spec = GridSpec::new(axes).unwrap();
    let objective = experiment.objective().unwrap();
    let (time, _) =
        evaluate(1, &spec, || kernel(objective, &plane.subspace, &spec, InstructionSet::widest()));
    let theta = run.latest().theta;
    let slow = seconds(1, || {
        black_box(objective.loss(&theta));
    });
    heading(&format!("{} parameters on {} digits", theta.len(), objective.examples()), " seconds");
    println!("{:<58} {trained:>8.2}", "1000 Adam steps of 64");
    let ratio = time / (slow * spec.cells() as f64 / rayon::current_num_threads() as f64);
    println!("{:<58} {time:>8.2}   {ratio:.3} of the reference", "slice 51 x 51, f32");
    if let Some(peak) = peak_memory() {
        println!("{:<58} {:>8.0} MB (bar 2000)", "peak memory", peak as f64 / 1e6);
    }
}

/// Most memory the process has held, in bytes, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
