//! The pass of a block of examples through a model, forward and back.
//!
//! A block holds up to [`LANES`] examples, stored feature by feature (`[width, LANES]`), so that the
//! innermost loop runs over examples and the compiler can put it into vector registers. Sums over
//! examples keep a fixed order, so a loss is the same to the bit on any number of threads.

use super::layer::Model;
use crate::core::num::wide::{mul_add, widened};

/// Examples a block holds at most.
pub const LANES: usize = 64;

/// Room for one block's way through a model; reused from block to block.
#[derive(Clone, Debug)]
pub struct Scratch {
    /// Inputs and outputs of all layers: `[width of layer l, LANES]` from `starts[l]`.
    values: Vec<f64>,
    /// Derivatives of the activations, placed as `values` are.
    slopes: Vec<f64>,
    /// The loss's derivatives by the values, placed as `values` are.
    deltas: Vec<f64>,
    starts: Vec<usize>,
}

impl Scratch {
    /// Room for a model's widths.
    pub fn new(model: &Model) -> Self {
        let widths = std::iter::once(model.inputs()).chain(model.layers().iter().map(|l| l.outputs));
        let mut starts = vec![0];
        for width in widths {
            starts.push(starts[starts.len() - 1] + width * LANES);
        }
        let size = starts[starts.len() - 1];
        Self { values: vec![0.0; size], slopes: vec![0.0; size], deltas: vec![0.0; size], starts }
    }

    /// The block's features, `[inputs, LANES]`, to be filled before [`forward`].
    pub fn input_mut(&mut self) -> &mut [f64] {
        &mut self.values[..self.starts[1]]
    }

    /// The block's predictions, `[outputs, LANES]`, after [`forward`].
    pub fn output(&self) -> &[f64] {
        &self.values[self.starts[self.starts.len() - 2]..]
    }

    /// Predictions to read and the loss's derivatives by them to fill before [`backward`].
    pub fn output_and_delta_mut(&mut self) -> (&[f64], &mut [f64]) {
        let at = self.starts[self.starts.len() - 2];
        (&self.values[at..], &mut self.deltas[at..])
    }
}

/// What a model says at theta of examples `x [n, inputs]`, as `[n, outputs]`.
pub fn predict(model: &Model, theta: &[f64], x: &[f64]) -> Vec<f64> {
    let (inputs, outputs) = (model.inputs(), model.outputs());
    let mut scratch = Scratch::new(model);
    let mut out = Vec::with_capacity(x.len() / inputs * outputs);
    for rows in x.chunks(LANES * inputs) {
        let lanes = rows.len() / inputs;
        let block = scratch.input_mut();
        for (lane, row) in rows.chunks_exact(inputs).enumerate() {
            row.iter().enumerate().for_each(|(i, value)| block[i * LANES + lane] = *value);
        }
        forward(model, theta, &mut scratch, lanes, false);
        let prediction = scratch.output();
        out.extend((0..lanes).flat_map(|lane| (0..outputs).map(move |o| prediction[o * LANES + lane])));
    }
    out
}

widened! {
    /// Runs the first `lanes` examples of the block through the model. `with_slopes` keeps what
    /// [`backward`] needs.
    pub fn forward(model: &Model, theta: &[f64], scratch: &mut Scratch, lanes: usize, with_slopes: bool)
        = forward_body
}

#[inline(always)]
fn forward_body<const FUSED: bool>(
    model: &Model,
    theta: &[f64],
    scratch: &mut Scratch,
    lanes: usize,
    with_slopes: bool,
) {
    let mut at = 0;
    for (l, layer) in model.layers().iter().enumerate() {
        let (before, from_here) = scratch.values.split_at_mut(scratch.starts[l + 1]);
        let h = &before[scratch.starts[l]..];
        let slopes = &mut scratch.slopes[scratch.starts[l + 1]..];
        let weight = &theta[at..at + layer.outputs * layer.inputs];
        at += weight.len();
        let bias = layer.bias.then(|| &theta[at..at + layer.outputs]);
        at += bias.map_or(0, <[f64]>::len);
        for o in 0..layer.outputs {
            let z = &mut from_here[o * LANES..o * LANES + lanes];
            z.fill(bias.map_or(0.0, |b| b[o]));
            for (i, &w) in weight[o * layer.inputs..][..layer.inputs].iter().enumerate() {
                for (z, h) in z.iter_mut().zip(&h[i * LANES..]) {
                    *z = mul_add::<FUSED>(w, *h, *z);
                }
            }
            if with_slopes {
                layer.activation.apply_with_slope::<FUSED>(z, &mut slopes[o * LANES..o * LANES + lanes]);
            } else {
                layer.activation.apply::<FUSED>(z);
            }
            if !layer.skip.is_none() {
                let weight = layer.skip.weight();
                for (z, h) in z.iter_mut().zip(&h[o * LANES..]) {
                    *z = mul_add::<FUSED>(weight, *h, *z);
                }
            }
        }
    }
}

widened! {
    /// Adds the block's gradient by theta to `grad`, from the derivatives by the predictions that
    /// [`Scratch::output_and_delta_mut`] was filled with, after [`forward`] with slopes.
    pub fn backward(model: &Model, theta: &[f64], scratch: &mut Scratch, lanes: usize, grad: &mut [f64])
        = backward_body
}

#[inline(always)]
fn backward_body<const FUSED: bool>(
    model: &Model,
    theta: &[f64],
    scratch: &mut Scratch,
    lanes: usize,
    grad: &mut [f64],
) {
    let mut end = model.dim();
    for (l, layer) in model.layers().iter().enumerate().rev() {
        let bias_at = end - if layer.bias { layer.outputs } else { 0 };
        let weight_at = bias_at - layer.outputs * layer.inputs;
        end = weight_at;
        let (before, from_here) = scratch.deltas.split_at_mut(scratch.starts[l + 1]);
        let below = &mut before[scratch.starts[l]..];
        let h = &scratch.values[scratch.starts[l]..];
        let slopes = &scratch.slopes[scratch.starts[l + 1]..];
        // The derivatives by the model's inputs are of no use to anyone.
        let wants_below = l > 0;
        if wants_below {
            let weight = layer.skip.weight();
            if layer.skip.is_none() {
                below.fill(0.0);
            } else {
                below.iter_mut().zip(&*from_here).for_each(|(below, delta)| *below = weight * delta);
            }
        }
        for o in 0..layer.outputs {
            let delta = &mut from_here[o * LANES..o * LANES + lanes];
            for (delta, slope) in delta.iter_mut().zip(&slopes[o * LANES..]) {
                *delta *= slope;
            }
            if layer.bias {
                grad[bias_at + o] += sum(delta);
            }
            for i in 0..layer.inputs {
                let entry = weight_at + o * layer.inputs + i;
                grad[entry] += dot(delta, &h[i * LANES..i * LANES + lanes]);
                if wants_below {
                    let w = theta[entry];
                    for (below, delta) in below[i * LANES..].iter_mut().zip(&*delta) {
                        *below = mul_add::<FUSED>(w, *delta, *below);
                    }
                }
            }
        }
    }
}

/// Partial sums a reduction keeps apart, so that it runs in vector registers in a fixed order.
const PARTS: usize = 8;

/// The sum of a block's entries.
#[inline(always)]
pub(crate) fn sum(a: &[f64]) -> f64 {
    let mut parts = [0.0; PARTS];
    let chunks = a.chunks_exact(PARTS);
    let rest: f64 = chunks.remainder().iter().sum();
    for chunk in chunks {
        for (part, a) in parts.iter_mut().zip(chunk) {
            *part += a;
        }
    }
    parts.iter().sum::<f64>() + rest
}

/// The inner product of two rows of a block.
#[inline(always)]
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut parts = [0.0; PARTS];
    let (a_chunks, b_chunks) = (a.chunks_exact(PARTS), b.chunks_exact(PARTS));
    let rest: f64 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for ((part, a), b) in parts.iter_mut().zip(a).zip(b) {
            *part += a * b;
        }
    }
    parts.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::model::{Activation, Layer, Skip};

    #[test]
    fn a_skip_adds_its_share_of_the_input_whatever_the_activation_does() {
        for weight in [0.0, 0.25, 1.0] {
            let layer =
                |activation| Layer { skip: Skip::new(weight).unwrap(), ..Layer::dense(2, 2, activation) };
            let model = Model::new(vec![layer(Activation::Tanh), layer(Activation::Identity)]).unwrap();
            let theta = [0.5, -1.0, 2.0, 0.25, 0.1, -0.2, 1.5, 0.5, -0.5, 1.0, 0.3, 0.7];
            let unit = |at: usize, x: [f64; 2]| theta[at] * x[0] + theta[at + 1] * x[1];
            let x = [0.4, -0.7];
            let h = [0, 1].map(|o| (unit(2 * o, x) + theta[4 + o]).tanh() + weight * x[o]);
            let p = [0, 1].map(|o| unit(6 + 2 * o, h) + theta[10 + o] + weight * h[o]);
            let found = predict(&model, &theta, &x);
            assert!(found.iter().zip(p).all(|(a, b)| (a - b).abs() < 1e-14), "{weight}: {found:?} {p:?}");
        }
    }
}
