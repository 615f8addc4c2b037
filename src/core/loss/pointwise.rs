//! Losses that are a sum over single outputs: mse, bce_with_logits, huber.

use super::Judged;
use crate::core::model::activation::sigmoid;
use crate::core::model::pass::{self, LANES};

/// One output's loss with its derivatives by the prediction p, given the target y.
pub(super) trait Pointwise: Copy {
    fn loss(self, p: f64, y: f64) -> f64;
    fn slope(self, p: f64, y: f64) -> f64;
    fn curvature(self, p: f64, y: f64) -> f64;

    fn sum(self, Judged { prediction, target, lanes }: Judged) -> f64 {
        let mut total = 0.0;
        for (p, y) in prediction.chunks_exact(LANES).zip(target.chunks_exact(LANES)) {
            let mut losses = [0.0; LANES];
            for ((loss, p), y) in losses.iter_mut().zip(p).zip(y) {
                *loss = self.loss(*p, *y);
            }
            total += pass::sum(&losses[..lanes]);
        }
        total
    }

    fn delta(self, Judged { prediction, target, lanes }: Judged, scale: f64, delta: &mut [f64]) {
        let rows = prediction.chunks_exact(LANES).zip(target.chunks_exact(LANES));
        for ((p, y), d) in rows.zip(delta.chunks_exact_mut(LANES)) {
            for ((p, y), d) in p[..lanes].iter().zip(y).zip(d) {
                *d = scale * self.slope(*p, *y);
            }
        }
    }

    fn delta_tangent(self, judged: Judged, tangent: &[f64], scale: f64, out: &mut [f64]) {
        let Judged { prediction, target, lanes } = judged;
        let rows = prediction.chunks_exact(LANES).zip(target.chunks_exact(LANES));
        for (((p, y), t), out) in rows.zip(tangent.chunks_exact(LANES)).zip(out.chunks_exact_mut(LANES)) {
            for (((p, y), t), out) in p[..lanes].iter().zip(y).zip(t).zip(out) {
                *out = scale * self.curvature(*p, *y) * t;
            }
        }
    }
}

/// (p − y)²
#[derive(Clone, Copy)]
pub(super) struct Mse;

impl Pointwise for Mse {
    fn loss(self, p: f64, y: f64) -> f64 {
        (p - y) * (p - y)
    }

    fn slope(self, p: f64, y: f64) -> f64 {
        2.0 * (p - y)
    }

    fn curvature(self, _p: f64, _y: f64) -> f64 {
        2.0
    }
}

/// ln(1 + eᵖ) − p·y, with the exponential of a number that is never above 0.
#[derive(Clone, Copy)]
pub(super) struct BceWithLogits;

impl Pointwise for BceWithLogits {
    fn loss(self, p: f64, y: f64) -> f64 {
        // p·(1 − y) and −p·y rather than p − p·y, which would cancel.
        let linear = if p > 0.0 { p * (1.0 - y) } else { -p * y };
        linear + (-p.abs()).exp().ln_1p()
    }

    fn slope(self, p: f64, y: f64) -> f64 {
        sigmoid(p) - y
    }

    fn curvature(self, p: f64, _y: f64) -> f64 {
        let probability = sigmoid(p);
        probability * (1.0 - probability)
    }
}

/// ½(p − y)² up to a distance of 1, |p − y| − ½ beyond (Huber 1964 with δ = 1).
#[derive(Clone, Copy)]
pub(super) struct Huber;

impl Pointwise for Huber {
    fn loss(self, p: f64, y: f64) -> f64 {
        let distance = (p - y).abs();
        if distance < 1.0 { 0.5 * distance * distance } else { distance - 0.5 }
    }

    fn slope(self, p: f64, y: f64) -> f64 {
        let off = p - y;
        if off.abs() < 1.0 { off } else { off.signum() }
    }

    fn curvature(self, p: f64, y: f64) -> f64 {
        if (p - y).abs() < 1.0 { 1.0 } else { 0.0 }
    }
}
