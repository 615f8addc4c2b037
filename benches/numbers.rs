//! What the numbers cost: a loss and a gradient step of Model 3 on 500 points, on one core, beside a plain
//! loop over the same points in the same run.

#![allow(clippy::print_stdout, reason = "a bench talks to a terminal")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot measure may as well end")]
#![allow(missing_docs, reason = "a program, not a library")]

use std::hint::black_box;
use std::time::Instant;

use losscape::core::experiment::{Experiment, builtin};

/// Microseconds of the best of several rounds of `count` calls.
fn micros(count: u32, mut call: impl FnMut()) -> f64 {
    let round = |_| {
        let began = Instant::now();
        (0..count).for_each(|_| call());
        began.elapsed().as_secs_f64() * 1e6 / f64::from(count)
    };
    (0..7).map(round).fold(f64::INFINITY, f64::min)
}

/// The loss of Model 3, example by example, with the system's exponential.
fn plain_loss(theta: &[f64], x: &[f64], y: &[f64]) -> f64 {
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    let unit = |p: &[f64], u: usize| sigmoid(theta[2 * u] * p[0] + theta[2 * u + 1] * p[1] + theta[6 + u]);
    let predict = |p: &[f64]| sigmoid((0..3).map(|u| theta[9 + u] * unit(p, u)).sum::<f64>() + theta[12]);
    x.chunks_exact(2).zip(y).map(|(p, y)| (predict(p) - y).powi(2)).sum::<f64>() / y.len() as f64
}

fn main() {
    let experiment = Experiment::new(builtin::load(builtin::DEFAULT).unwrap().unwrap()).unwrap();
    let mut run = experiment.start_run();
    let objective = run.objective().clone();
    let (theta, data) = (run.latest().theta, objective.train().unwrap());
    let plain = micros(2000, || {
        black_box(plain_loss(black_box(&theta), data.x(), data.y()));
    });
    let loss = micros(5000, || {
        black_box(objective.loss(black_box(&theta)));
    });
    let step = micros(1, || {
        run.advance(5000);
    }) / 5000.0;
    println!("{:<52} {:>8} {:>9}", "Model 3, 500 points, f64, one core", "us", "/ plain");
    println!("{:<52} {plain:>8.2} {:>9.2}", "a loss, plain loop", 1.0);
    println!("{:<52} {loss:>8.2} {:>9.2}", "a loss", loss / plain);
    println!("{:<52} {step:>8.2} {:>9.2}", "a gradient step", step / plain);
    println!("{:.0} gradient steps a second (bar: 100,000)", 1e6 / step);
}
