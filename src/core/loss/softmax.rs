//! Cross-entropy of a softmax, the one loss whose outputs depend on each other.
//!
//! With m the largest output, −ln softmax(p)_y = (m − p_y) + ln(1 + Σ_{others} e^{p_j − m}): no
//! exponential of a number above 0, and full relative accuracy for losses near 0.

use super::Judged;
use crate::core::model::pass::LANES;

pub(super) fn sum(Judged { prediction, target, lanes }: Judged) -> f64 {
    (0..lanes).map(|lane| example_loss(prediction, lane, target[lane] as usize)).sum()
}

pub(super) fn delta(Judged { prediction, target, lanes }: Judged, scale: f64, delta: &mut [f64]) {
    for lane in 0..lanes {
        for_each_probability(prediction, lane, |at, probability| delta[at] = scale * probability);
        delta[target[lane] as usize * LANES + lane] -= scale;
    }
}

/// With s the softmax, the second derivative along t is s·(t − Σ s_j t_j).
pub(super) fn delta_tangent(
    Judged { prediction, lanes, .. }: Judged,
    tangent: &[f64],
    scale: f64,
    out: &mut [f64],
) {
    for lane in 0..lanes {
        let mut mean = 0.0;
        for_each_probability(prediction, lane, |at, probability| {
            mean += probability * tangent[at];
            out[at] = scale * probability;
        });
        for at in (lane..prediction.len()).step_by(LANES) {
            out[at] *= tangent[at] - mean;
        }
    }
}

fn example_loss(prediction: &[f64], lane: usize, class: usize) -> f64 {
    let (top_at, top) = largest(prediction, lane);
    let others = (lane..prediction.len()).step_by(LANES).filter(|&at| at != top_at);
    let rest: f64 = others.map(|at| (prediction[at] - top).exp()).sum();
    (top - prediction[class * LANES + lane]) + rest.ln_1p()
}

/// Calls `see(index in the block, probability)` for each output of one example.
fn for_each_probability(prediction: &[f64], lane: usize, mut see: impl FnMut(usize, f64)) {
    let (_, top) = largest(prediction, lane);
    let outputs = (lane..prediction.len()).step_by(LANES);
    let total: f64 = outputs.clone().map(|at| (prediction[at] - top).exp()).sum();
    for at in outputs {
        see(at, (prediction[at] - top).exp() / total);
    }
}

/// Index in the block and value of an example's largest output, a NaN counting as largest.
fn largest(prediction: &[f64], lane: usize) -> (usize, f64) {
    let mut found = (lane, prediction[lane]);
    for at in (lane..prediction.len()).step_by(LANES) {
        if prediction[at] > found.1 || prediction[at].is_nan() {
            found = (at, prediction[at]);
        }
    }
    found
}
