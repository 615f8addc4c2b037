//! Grid points in the lanes, for a network of one hidden layer of sigmoids or tanhs and one output.
//!
//! Along a grid line the hidden layer's pre-activations are affine in alpha1: z = A + alpha1·B for
//! each example and unit. So e^−z = e^−A · e^(−alpha1·B): of the two factors one depends on the row
//! only and the other on the column, and a product takes the place of an exponential. tanh(z) is
//! 2/(1 + e^−2z) − 1. Factors are computed in double length. Where one of them could leave the range of
//! single length (pre-activations reach ±90 on the post's ranges) the sum is taken first.

use std::ops::Range;

use super::functions::{activate, logistic2, losses};
use super::instructions::InstructionSet;
use super::lanes::{Lanes, Task};
use crate::core::data::Dataset;
use crate::core::loss::Loss;
use crate::core::model::{Activation, Model};
use crate::core::num::parallel;
use crate::core::num::wide::{exp, widened};
use crate::core::subspace::Subspace;

/// Examples whose losses are added up before they join the whole sum, which keeps rounding small.
const EXAMPLES_A_SUM: usize = 32;
/// Units whose weighted sigmoids w₁/d₁ + w₂/d₂ + … are added up as one fraction, which saves reciprocals:
/// denominators are held to 2⁴², where a sigmoid is 0 to 12 digits, so that three of them can be
/// multiplied.
const UNITS_A_FRACTION: usize = 3;
/// Examples that go over all rows before the next: their part of the tables stays in the cache.
const EXAMPLES_AT_ONCE: usize = 512;
/// Exponents up to this leave both factors normal numbers of single length.
const MOST_EXPONENT: f64 = 87.0;
/// Widest hidden layer that is served: each width has code of its own.
const MOST_UNITS: usize = 8;
/// Most numbers in the table of a grid line: 64 MB.
const MOST_ENTRIES: usize = 1 << 24;

/// A network of that shape on a subspace.
pub struct Separable {
    units: usize,
    examples: usize,
    /// z, for a tanh 2z, at the origin and along each direction, `[1 + k, examples · units]`.
    exponents: Vec<Vec<f64>>,
    /// The output layer's weights and bias at the origin and along each direction,
    /// `[1 + k, units + 1]`, changed so that they work on sigmoids.
    head: Vec<Vec<f64>>,
    head_activation: Activation,
    loss: Loss,
    y: Vec<f32>,
}

/// What a grid line of columns shares among its rows: the factors of its columns.
pub struct Columns {
    alpha: Vec<f64>,
    /// e^(−alpha1·B), `[blocks, examples · units, block]`.
    factors: Vec<f32>,
    /// Whether all factors of an example's unit can be told, `[examples · units]`.
    is_told: Vec<bool>,
    block: usize,
}

impl Separable {
    /// The network if it has that shape.
    pub fn new(model: &Model, loss: Loss, data: &Dataset, subspace: &Subspace) -> Option<Self> {
        let [hidden, head] = model.layers() else { return None };
        let scale = match hidden.activation {
            Activation::Sigmoid => 1.0,
            Activation::Tanh => 2.0,
            Activation::Identity | Activation::Relu | Activation::Gelu => return None,
        };
        let is_plain =
            hidden.skip.is_none() && head.skip.is_none() && head.outputs == 1 && loss != Loss::CrossEntropy;
        if !is_plain || hidden.outputs > MOST_UNITS {
            return None;
        }
        let (inputs, units) = (hidden.inputs, hidden.outputs);
        let thetas =
            || std::iter::once(subspace.origin()).chain(subspace.directions().iter().map(|d| &d[..]));
        let weights = units * inputs;
        let exponents = |theta: &[f64]| {
            let exponent = |x: &[f64], unit: usize| {
                let row = &theta[unit * inputs..(unit + 1) * inputs];
                let bias = if hidden.bias { theta[weights + unit] } else { 0.0 };
                scale * (row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + bias)
            };
            data.x()
                .chunks_exact(inputs)
                .flat_map(|x| (0..units).map(move |unit| exponent(x, unit)))
                .collect()
        };
        let head_at = weights + if hidden.bias { units } else { 0 };
        let head_of = |theta: &[f64]| {
            let (weights, rest) = theta[head_at..].split_at(units);
            let bias = if head.bias { rest[0] } else { 0.0 };
            // Σ w·(2s − 1) + b = Σ 2w·s + (b − Σ w)
            let shift = if scale == 2.0 { weights.iter().sum::<f64>() } else { 0.0 };
            weights.iter().map(|w| scale * w).chain([bias - shift]).collect()
        };
        Some(Self {
            units,
            examples: data.rows(),
            exponents: thetas().map(exponents).collect(),
            head: thetas().map(head_of).collect(),
            head_activation: head.activation,
            loss,
            y: data.y().iter().map(|y| *y as f32).collect(),
        })
    }

    /// Whether the factors of so many columns fit into memory, and are worth it.
    pub fn serves(&self, columns: usize) -> bool {
        let entries = columns.checked_mul(self.examples * self.units);
        entries.is_some_and(|entries| entries <= MOST_ENTRIES)
    }

    /// The factors of columns at those alpha1, for vectors of `block` lanes.
    pub fn columns(&self, alpha: &[f64], block: usize) -> Columns {
        let slopes = &self.exponents[1];
        let furthest = alpha.iter().fold(0.0_f64, |most, alpha| most.max(alpha.abs()));
        let mut padded = alpha.to_vec();
        padded.resize(alpha.len().next_multiple_of(block), 0.0);
        let mut factors = vec![0.0; padded.len() * slopes.len()];
        let blocks = padded.chunks_exact(block).zip(factors.chunks_exact_mut(block * slopes.len()));
        parallel::each(blocks.collect(), 1, |(alpha, factors)| column_factors(slopes, alpha, factors));
        Columns {
            alpha: padded,
            factors,
            is_told: slopes.iter().map(|slope| (slope * furthest).abs() <= MOST_EXPONENT).collect(),
            block,
        }
    }
}

/// e^(−slope·alpha) for each slope and each alpha.
#[inline(always)]
fn column_factors_body<const FUSED: bool>(slopes: &[f64], alpha: &[f64], factors: &mut [f32]) {
    for (slope, factors) in slopes.iter().zip(factors.chunks_exact_mut(alpha.len())) {
        for (alpha, factor) in alpha.iter().zip(factors) {
            *factor = exp::<FUSED>(-slope * alpha) as f32;
        }
    }
}

/// e^−exponent for each.
#[inline(always)]
fn row_factors_body<const FUSED: bool>(exponents: &[f64], factors: &mut [f32]) {
    for (exponent, factor) in exponents.iter().zip(factors) {
        *factor = exp::<FUSED>(-exponent) as f32;
    }
}

widened! {
    fn column_factors(slopes: &[f64], alpha: &[f64], factors: &mut [f32]) = column_factors_body
}

widened! {
    fn row_factors(exponents: &[f64], factors: &mut [f32]) = row_factors_body
}

/// The losses of some rows of a grid, each over the same columns, which are told to all.
pub struct Rows<'a> {
    /// The network.
    pub separable: &'a Separable,
    /// Its columns.
    pub columns: &'a Columns,
    /// Coordinates from which each row's columns are counted, along all directions.
    pub starts: &'a [Vec<f64>],
    /// Columns that count; the rest of the last block is padding.
    pub width: usize,
}

/// What belongs to one row.
struct Row {
    /// e^−A, `[examples · units]`.
    factors: Vec<f32>,
    /// Whether all factors of an example, of row and column, are normal numbers, `[examples]`.
    is_plain: Vec<bool>,
    /// A, `[examples · units]`.
    exponents: Vec<f64>,
    head: Vec<f32>,
}

impl Rows<'_> {
    /// The losses, `[rows, width]`.
    pub fn losses(self, set: InstructionSet) -> Vec<f64> {
        let rows: Vec<Row> = self.starts.iter().map(|start| self.row(start)).collect();
        set.run(Sweep { of: self, rows: &rows })
    }

    fn row(&self, start: &[f64]) -> Row {
        let at = |parts: &[Vec<f64>]| {
            let mut sum = parts[0].clone();
            for (alpha, along) in start.iter().zip(&parts[1..]).filter(|(alpha, _)| **alpha != 0.0) {
                sum.iter_mut().zip(along).for_each(|(sum, part)| *sum += alpha * part);
            }
            sum
        };
        let exponents = at(&self.separable.exponents);
        let mut factors = vec![0.0; exponents.len()];
        row_factors(&exponents, &mut factors);
        let is_told = |(exponent, is_told): (&f64, &bool)| *is_told && exponent.abs() <= MOST_EXPONENT;
        let units = self.separable.units;
        let is_plain = exponents
            .chunks_exact(units)
            .zip(self.columns.is_told.chunks_exact(units))
            .map(|(exponents, told)| exponents.iter().zip(told).all(is_told))
            .collect();
        Row {
            factors,
            is_plain,
            exponents,
            head: at(&self.separable.head).iter().map(|v| *v as f32).collect(),
        }
    }
}

struct Sweep<'a> {
    of: Rows<'a>,
    rows: &'a [Row],
}

/// Rows that share what they load of a table.
const ROWS: usize = 2;

impl Task for Sweep<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn run<L: Lanes>(self) -> Vec<f64> {
        match self.of.separable.units {
            1 => self.sweep::<L, 1>(),
            2 => self.sweep::<L, 2>(),
            3 => self.sweep::<L, 3>(),
            4 => self.sweep::<L, 4>(),
            5 => self.sweep::<L, 5>(),
            6 => self.sweep::<L, 6>(),
            7 => self.sweep::<L, 7>(),
            _ => self.sweep::<L, MOST_UNITS>(),
        }
    }
}

impl Sweep<'_> {
    #[inline(always)]
    fn sweep<L: Lanes, const UNITS: usize>(self) -> Vec<f64> {
        let (separable, columns, width) = (self.of.separable, self.of.columns, self.of.width);
        debug_assert_eq!(columns.block, L::COUNT, "laid out for other vectors");
        let entries = separable.examples * UNITS;
        let mut losses = vec![0.0; self.rows.len() * width];
        for first in (0..separable.examples).step_by(EXAMPLES_AT_ONCE) {
            let examples = first..separable.examples.min(first + EXAMPLES_AT_ONCE);
            // A block of columns stays in the cache while all rows pass over it.
            for (at, factors) in columns.factors.chunks_exact(L::COUNT * entries).enumerate() {
                let start = at * L::COUNT;
                let alpha = &columns.alpha[start..start + L::COUNT];
                for (pair, out) in self.rows.chunks(ROWS).zip(losses.chunks_mut(ROWS * width)) {
                    // A row that is left over goes twice.
                    let rows = [&pair[0], &pair[pair.len() - 1]];
                    let sums = separable.sums::<L, UNITS>(rows, factors, alpha, examples.clone());
                    for (sum, out) in sums.into_iter().zip(out.chunks_exact_mut(width)) {
                        let mut lanes = [0.0_f32; 16];
                        sum.store(&mut lanes);
                        for (out, sum) in out[start..].iter_mut().zip(&lanes[..L::COUNT]) {
                            *out += f64::from(*sum);
                        }
                    }
                }
            }
        }
        for loss in &mut losses {
            *loss /= separable.examples as f64;
        }
        losses
    }
}

impl Separable {
    /// The sums of some examples' losses over one block of columns in each of the rows.
    #[inline(always)]
    fn sums<L: Lanes, const UNITS: usize>(
        &self,
        rows: [&Row; ROWS],
        factors: &[f32],
        alpha: &[f64],
        examples: Range<usize>,
    ) -> [L; ROWS] {
        let single = lanes_of::<L>(alpha, |alpha| alpha);
        let mut weights = [[L::splat(0.0); ROWS]; UNITS];
        let mut bias = [L::splat(0.0); ROWS];
        for r in 0..ROWS {
            let at =
                |i: usize| single.times_plus(L::splat(self.head[1][i] as f32), L::splat(rows[r].head[i]));
            for (unit, weight) in weights.iter_mut().enumerate() {
                weight[r] = at(unit);
            }
            bias[r] = at(UNITS);
        }
        let mut sums = [L::splat(0.0); ROWS];
        let mut z = [[L::splat(0.0); EXAMPLES_A_SUM]; ROWS];
        for first in examples.clone().step_by(EXAMPLES_A_SUM) {
            let count = EXAMPLES_A_SUM.min(examples.end - first);
            for i in 0..count {
                let at = (first + i) * UNITS;
                let table = &factors[at * L::COUNT..(at + UNITS) * L::COUNT];
                let sum = match rows[0].is_plain[first + i] && rows[1].is_plain[first + i] {
                    true => by_fractions(rows, at, table, &weights, bias),
                    false => self.one_by_one(rows, at, alpha, &weights, bias),
                };
                for r in 0..ROWS {
                    z[r][i] = sum[r];
                }
            }
            for r in 0..ROWS {
                activate(self.head_activation, &mut z[r][..count]);
                let part = losses(self.loss, &z[r][..count], &self.y[first..first + count]);
                sums[r] = sums[r].plus(part);
            }
        }
        sums
    }

    /// As [`by_fractions`], where a factor could leave the range of single length.
    #[inline(always)]
    fn one_by_one<L: Lanes, const UNITS: usize>(
        &self,
        rows: [&Row; ROWS],
        at: usize,
        alpha: &[f64],
        weights: &[[L; ROWS]; UNITS],
        mut sum: [L; ROWS],
    ) -> [L; ROWS] {
        for unit in 0..UNITS {
            for r in 0..ROWS {
                let (a, b) = (rows[r].exponents[at + unit], self.exponents[1][at + unit]);
                let t = lanes_of::<L>(alpha, |alpha| -(a + alpha * b) * std::f64::consts::LOG2_E);
                sum[r] = logistic2(t).times_plus(weights[unit][r], sum[r]);
            }
        }
        sum
    }
}

/// Weighted sigmoids of an example whose units begin at `at`, added to `sum` as fractions of several.
#[inline(always)]
fn by_fractions<L: Lanes, const UNITS: usize>(
    rows: [&Row; ROWS],
    at: usize,
    table: &[f32],
    weights: &[[L; ROWS]; UNITS],
    mut sum: [L; ROWS],
) -> [L; ROWS] {
    let (one, most) = (L::splat(1.0), L::splat(4_398_046_500_000.0)); // 2⁴²
    let told = [&rows[0].factors[at..at + UNITS], &rows[1].factors[at..at + UNITS]];
    let mut tops = [one; ROWS];
    let mut bottoms = [one; ROWS];
    for unit in 0..UNITS {
        let column = L::load(&table[unit * L::COUNT..]);
        let (is_first, is_last) = (unit % UNITS_A_FRACTION == 0, (unit + 1) % UNITS_A_FRACTION == 0);
        for r in 0..ROWS {
            let d = column.times_plus(L::splat(told[r][unit]), one).at_most(most);
            let weight = weights[unit][r];
            (tops[r], bottoms[r]) = match is_first {
                true => (weight, d),
                false => (tops[r].times_plus(d, weight.times(bottoms[r])), bottoms[r].times(d)),
            };
            if is_last || unit + 1 == UNITS {
                sum[r] = tops[r].times_plus(bottoms[r].reciprocal(), sum[r]);
            }
        }
    }
    sum
}

/// A number for each lane, computed in double length.
#[inline(always)]
fn lanes_of<L: Lanes>(alpha: &[f64], number: impl Fn(f64) -> f64) -> L {
    let mut lanes = [0.0; 16];
    for (lane, alpha) in lanes.iter_mut().zip(alpha) {
        *lane = number(*alpha) as f32;
    }
    L::load(&lanes)
}
