//! One grid point after another, its examples in the lanes: serves every model.
//!
//! Weights are broadcast, and a few rows of them work on the same examples at once, so that a layer is
//! bound by its multiply-adds and not by its loads.

use super::functions::{activate, loss, rights};
use super::lanes::{Lanes, Task};
use crate::core::data::{Dataset, Target};
use crate::core::loss::Loss;
use crate::core::model::{Layer, Model};
use crate::core::objective::measure::Counted;

/// Vectors of examples that go through the network together.
const VECTORS: usize = 4;
/// Sums of this many blocks are kept in single length; then they are added up in double.
const BLOCKS_A_SUM: usize = 32;

/// A model with its examples, laid out for lanes.
pub struct Network {
    layers: Vec<Layer>,
    loss: Loss,
    counted: Counted,
    /// Lanes of a vector that the examples are laid out for.
    count: usize,
    /// `[blocks, inputs, VECTORS · count]`, padded with zeros.
    x: Vec<f32>,
    /// `[blocks, outputs, VECTORS · count]`; a class is a 1 among zeros.
    y: Vec<f32>,
    /// 1 for each example of the last block, 0 for its padding, `[VECTORS · count]`.
    mask: Vec<f32>,
    rows: usize,
    inputs: usize,
    outputs: usize,
    /// What the sum of the losses is divided by.
    divisor: f64,
    products: usize,
}

impl Network {
    /// Lays out the examples for vectors of `count` lanes.
    pub fn new(model: &Model, loss: Loss, data: &Dataset, count: usize) -> Self {
        let (rows, outputs, block) = (data.rows(), model.outputs(), VECTORS * count);
        let target = |row: usize, output: usize| match data.target() {
            _ if loss != Loss::CrossEntropy => data.y()[row * outputs + output],
            // Binary targets are classes too; a class index stands in one column.
            Target::Binary | Target::Real | Target::Classes(_) => f64::from(data.y()[row] == output as f64),
        };
        Self {
            layers: model.layers().to_vec(),
            loss,
            counted: Counted::Loss,
            count,
            x: blocks(rows, data.inputs(), block, |row, input| data.x()[row * data.inputs() + input]),
            y: blocks(rows, outputs, block, target),
            mask: (0..block).map(|at| f32::from((rows - 1) % block >= at)).collect(),
            rows,
            inputs: data.inputs(),
            outputs,
            divisor: loss.count(rows, outputs),
            products: rows * model.layers().iter().map(|layer| layer.inputs * layer.outputs).sum::<usize>(),
        }
    }

    /// The same with something else counted of each example.
    pub fn counting(self, counted: Counted) -> Self {
        let divisor = match counted {
            Counted::Loss => self.divisor,
            // Whatever the loss, an example is right once.
            Counted::Rights => Loss::CrossEntropy.count(self.rows, self.outputs),
        };
        Self { counted, divisor, ..self }
    }

    /// Multiply-adds of a loss.
    pub fn products(&self) -> usize {
        self.products
    }
}

/// Cuts columns into blocks of examples, the last one padded with zeros.
fn blocks(rows: usize, columns: usize, block: usize, at: impl Fn(usize, usize) -> f64) -> Vec<f32> {
    let mut laid = vec![0.0; rows.div_ceil(block) * columns * block];
    for row in 0..rows {
        for column in 0..columns {
            laid[(row / block * columns + column) * block + row % block] = at(row, column) as f32;
        }
    }
    laid
}

/// The losses of several thetas, `[cells, dim]`.
pub struct Losses<'a> {
    /// The network.
    pub network: &'a Network,
    /// The thetas in single length, one after another.
    pub thetas: &'a [f32],
    /// Length of a theta.
    pub dim: usize,
}

impl Task for Losses<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn run<L: Lanes>(self) -> Vec<f64> {
        let network = self.network;
        debug_assert_eq!(network.count, L::COUNT, "laid out for other vectors");
        let width = network.layers.iter().map(|layer| layer.outputs.max(layer.inputs)).max().unwrap_or(1);
        let mut h = vec![L::splat(0.0); width * VECTORS];
        let mut z = h.clone();
        let mut losses = Vec::with_capacity(self.thetas.len() / self.dim);
        for theta in self.thetas.chunks_exact(self.dim) {
            losses.push(network.mean_loss(theta, &mut h, &mut z));
        }
        losses
    }
}

impl Network {
    #[inline(always)]
    fn mean_loss<L: Lanes>(&self, theta: &[f32], h: &mut Vec<L>, z: &mut Vec<L>) -> f64 {
        let block = VECTORS * L::COUNT;
        let mut total = 0.0;
        let mut sums = [L::splat(0.0); VECTORS];
        let x_blocks = self.x.chunks_exact(self.inputs * block);
        let y_blocks = self.y.chunks_exact(self.outputs * block);
        let last = x_blocks.len() - 1;
        for (at, (x, y)) in x_blocks.zip(y_blocks).enumerate() {
            for (h, x) in h.iter_mut().zip(x.chunks_exact(L::COUNT)) {
                *h = L::load(x);
            }
            self.forward(theta, h, z);
            for (v, sum) in sums.iter_mut().enumerate() {
                let (predictions, targets) = (&h[v..self.outputs * VECTORS], &y[v * L::COUNT..]);
                let one = match self.counted {
                    Counted::Loss => loss(self.loss, predictions, targets, VECTORS),
                    Counted::Rights => rights(self.loss.boundary(), predictions, targets, VECTORS),
                };
                *sum = match at == last {
                    true => one.times_plus(L::load(&self.mask[v * L::COUNT..]), *sum),
                    false => sum.plus(one),
                };
            }
            if at % BLOCKS_A_SUM == BLOCKS_A_SUM - 1 || at == last {
                let mut whole = sums[0];
                for sum in &sums[1..] {
                    whole = whole.plus(*sum);
                }
                total += lane_sum(whole);
                sums = [L::splat(0.0); VECTORS];
            }
        }
        total / self.divisor
    }

    /// Takes the examples in `h` through all layers; `z` is room to work in.
    #[inline(always)]
    fn forward<L: Lanes>(&self, theta: &[f32], h: &mut Vec<L>, z: &mut Vec<L>) {
        let mut at = 0;
        for layer in &self.layers {
            let (inputs, outputs) = (layer.inputs, layer.outputs);
            let weights = &theta[at..at + inputs * outputs];
            at += weights.len();
            let biases = if layer.bias { &theta[at..at + outputs] } else { &[] };
            at += biases.len();
            let (taken, given) = (&h[..inputs * VECTORS], &mut z[..outputs * VECTORS]);
            dense(weights, biases, taken, given);
            activate(layer.activation, given);
            if !layer.skip.is_none() {
                let weight = L::splat(layer.skip.weight() as f32);
                for (z, h) in given.iter_mut().zip(taken) {
                    *z = h.times_plus(weight, *z);
                }
            }
            std::mem::swap(h, z);
        }
    }
}

/// W·h + b, `[outputs, VECTORS]`, several rows at a time: as many as leave registers for the rest.
#[inline(always)]
fn dense<L: Lanes>(weights: &[f32], biases: &[f32], h: &[L], z: &mut [L]) {
    let inputs = h.len() / VECTORS;
    let outputs = z.len() / VECTORS;
    let mut row = 0;
    if L::COUNT == 16 {
        while row + 4 <= outputs {
            rows::<L, 4>(weights, biases, row, inputs, h, z);
            row += 4;
        }
    }
    if L::COUNT == 16 && row + 3 == outputs {
        return rows::<L, 3>(weights, biases, row, inputs, h, z);
    }
    while row + 2 <= outputs {
        rows::<L, 2>(weights, biases, row, inputs, h, z);
        row += 2;
    }
    if row < outputs {
        rows::<L, 1>(weights, biases, row, inputs, h, z);
    }
}

#[inline(always)]
fn rows<L: Lanes, const ROWS: usize>(
    weights: &[f32],
    biases: &[f32],
    first: usize,
    inputs: usize,
    h: &[L],
    z: &mut [L],
) {
    let mut sums = [[L::splat(0.0); VECTORS]; ROWS];
    if !biases.is_empty() {
        for (sum, bias) in sums.iter_mut().zip(&biases[first..first + ROWS]) {
            *sum = [L::splat(*bias); VECTORS];
        }
    }
    let weights: [&[f32]; ROWS] = std::array::from_fn(|r| &weights[(first + r) * inputs..][..inputs]);
    for (i, h) in h.as_chunks::<VECTORS>().0[..inputs].iter().enumerate() {
        for r in 0..ROWS {
            let weight = L::splat(weights[r][i]);
            for v in 0..VECTORS {
                sums[r][v] = h[v].times_plus(weight, sums[r][v]);
            }
        }
    }
    for (z, sum) in z[first * VECTORS..].chunks_exact_mut(VECTORS).zip(sums) {
        z.copy_from_slice(&sum);
    }
}

/// The sum of the lanes, in double length.
#[inline(always)]
fn lane_sum<L: Lanes>(lanes: L) -> f64 {
    let mut out = [0.0_f32; 16];
    lanes.store(&mut out);
    out[..L::COUNT].iter().map(|v| f64::from(*v)).sum()
}
