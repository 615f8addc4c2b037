//! How the forward and backward pass of a block change when theta moves along a direction.
//!
//! Differentiating every line of both passes along v gives the Hessian times v exactly, for about
//! twice the cost of a gradient (Pearlmutter 1994, the R-operator). A name that ends in `_rate` is the
//! derivative along v of what the name says. Blocks are stored as in [`super::pass`]. This is apart
//! from it because training and slicing never need it.

use super::layer::{Layer, Model};
use super::pass::{LANES, dot, sum};

/// Room for one block's way through a model with all rates; reused from block to block.
#[derive(Clone, Debug)]
pub struct TangentScratch {
    layers: Vec<Room>,
    /// The model's inputs; their rates stay 0.
    input: Signal,
}

/// A block of numbers and their rates, each `[width, LANES]`.
#[derive(Clone, Debug)]
struct Signal {
    value: Vec<f64>,
    rate: Vec<f64>,
}

/// What one layer keeps of the way forward, and its outputs' part in the loss on the way back.
#[derive(Clone, Debug)]
struct Room {
    output: Signal,
    slope: Signal,
    delta: Signal,
}

impl Signal {
    fn new(width: usize) -> Self {
        Self { value: vec![0.0; width * LANES], rate: vec![0.0; width * LANES] }
    }
}

impl TangentScratch {
    /// Room for a model's widths.
    pub fn new(model: &Model) -> Self {
        let room =
            |width| Room { output: Signal::new(width), slope: Signal::new(width), delta: Signal::new(width) };
        let layers = model.layers().iter().map(|layer| room(layer.outputs)).collect();
        Self { layers, input: Signal::new(model.inputs()) }
    }

    /// The block's features, `[inputs, LANES]`, to be filled before [`forward`].
    pub fn input_mut(&mut self) -> &mut [f64] {
        &mut self.input.value
    }

    /// Predictions and their rates to read, the loss's derivatives by the predictions and their rates
    /// to fill before [`backward`]; each `[outputs, LANES]`.
    pub fn output_and_delta_mut(&mut self) -> [&mut [f64]; 4] {
        let last = self.layers.len() - 1;
        let Room { output, delta, .. } = &mut self.layers[last];
        [&mut output.value, &mut output.rate, &mut delta.value, &mut delta.rate]
    }
}

/// Runs the first `lanes` examples of the block through the model at theta as it moves along v.
pub fn forward(model: &Model, theta: &[f64], v: &[f64], scratch: &mut TangentScratch, lanes: usize) {
    let mut weight_at = 0;
    for (l, layer) in model.layers().iter().enumerate() {
        let (before, from_here) = scratch.layers.split_at_mut(l);
        let input = before.last().map_or(&scratch.input, |room| &room.output);
        for o in 0..layer.outputs {
            unit_forward(layer, weight_at, o, [theta, v], input, &mut from_here[0], lanes);
        }
        weight_at += layer.parameters();
    }
}

fn unit_forward(
    layer: &Layer,
    weight_at: usize,
    o: usize,
    [theta, v]: [&[f64]; 2],
    input: &Signal,
    room: &mut Room,
    lanes: usize,
) {
    let own = o * LANES..o * LANES + lanes;
    let (z, z_rate) = (&mut room.output.value[own.clone()], &mut room.output.rate[own.clone()]);
    let bias_at = weight_at + layer.outputs * layer.inputs + o;
    z.fill(if layer.bias { theta[bias_at] } else { 0.0 });
    z_rate.fill(if layer.bias { v[bias_at] } else { 0.0 });
    for i in 0..layer.inputs {
        let (w, w_rate) = (theta[weight_at + o * layer.inputs + i], v[weight_at + o * layer.inputs + i]);
        let (h, h_rate) = (&input.value[i * LANES..], &input.rate[i * LANES..]);
        for (((z, z_rate), h), h_rate) in z.iter_mut().zip(&mut *z_rate).zip(h).zip(h_rate) {
            *z += w * h;
            *z_rate += w_rate * h + w * h_rate;
        }
    }
    let slopes = room.slope.value[own.clone()].iter_mut().zip(&mut room.slope.rate[own]);
    for ((z, z_rate), (slope, slope_rate)) in z.iter_mut().zip(&mut *z_rate).zip(slopes) {
        let jet = layer.activation.jet(*z);
        *z = jet.value;
        *slope = jet.slope;
        *slope_rate = jet.curvature * *z_rate;
        *z_rate *= jet.slope;
    }
    if !layer.skip.is_none() {
        let weight = layer.skip.weight();
        let skipped = input.value[o * LANES..].iter().zip(&input.rate[o * LANES..]);
        for ((z, z_rate), (h, h_rate)) in z.iter_mut().zip(z_rate).zip(skipped) {
            *z += weight * h;
            *z_rate += weight * h_rate;
        }
    }
}

/// Adds the block's part of the Hessian times v to `out`, `[dim]`, from what
/// [`TangentScratch::output_and_delta_mut`] was filled with, after [`forward`].
pub fn backward(
    model: &Model,
    theta: &[f64],
    v: &[f64],
    scratch: &mut TangentScratch,
    lanes: usize,
    out: &mut [f64],
) {
    let mut weight_at = model.dim();
    for (l, layer) in model.layers().iter().enumerate().rev() {
        weight_at -= layer.parameters();
        let (before, from_here) = scratch.layers.split_at_mut(l);
        let room = &mut from_here[0];
        let (input, mut below) = match before.last_mut() {
            Some(Room { output, delta, .. }) => (&*output, Some(delta)),
            // The derivatives by the model's inputs are of no use to anyone.
            None => (&scratch.input, None),
        };
        if let Some(below) = &mut below {
            start_below(layer, below, &room.delta);
        }
        for o in 0..layer.outputs {
            unit_backward(layer, weight_at, o, [theta, v], input, room, below.as_deref_mut(), lanes, out);
        }
    }
}

/// What a layer's input passes on to its output past the activation.
fn start_below(layer: &Layer, below: &mut Signal, delta: &Signal) {
    let weight = layer.skip.weight();
    for (below, delta) in [(&mut below.value, &delta.value), (&mut below.rate, &delta.rate)] {
        if layer.skip.is_none() {
            below.fill(0.0);
        } else {
            below.iter_mut().zip(delta).for_each(|(below, delta)| *below = weight * delta);
        }
    }
}

fn unit_backward(
    layer: &Layer,
    weight_at: usize,
    o: usize,
    [theta, v]: [&[f64]; 2],
    input: &Signal,
    room: &mut Room,
    mut below: Option<&mut Signal>,
    lanes: usize,
    out: &mut [f64],
) {
    let own = o * LANES..o * LANES + lanes;
    let (delta, rate) = (&mut room.delta.value[own.clone()], &mut room.delta.rate[own.clone()]);
    let slopes = room.slope.value[own.clone()].iter().zip(&room.slope.rate[own]);
    for ((delta, rate), (slope, slope_rate)) in delta.iter_mut().zip(&mut *rate).zip(slopes) {
        *rate = *rate * slope + *delta * slope_rate;
        *delta *= slope;
    }
    if layer.bias {
        out[weight_at + layer.outputs * layer.inputs + o] += sum(rate);
    }
    for i in 0..layer.inputs {
        let entry = weight_at + o * layer.inputs + i;
        let lanes_of_i = i * LANES..i * LANES + lanes;
        out[entry] +=
            dot(rate, &input.value[lanes_of_i.clone()]) + dot(delta, &input.rate[lanes_of_i.clone()]);
        let Some(below) = &mut below else { continue };
        let (w, w_rate) = (theta[entry], v[entry]);
        let belows = below.value[lanes_of_i.clone()].iter_mut().zip(&mut below.rate[lanes_of_i]);
        for ((below, below_rate), (delta, rate)) in belows.zip(delta.iter().zip(&*rate)) {
            *below += w * delta;
            *below_rate += w_rate * delta + w * rate;
        }
    }
}
