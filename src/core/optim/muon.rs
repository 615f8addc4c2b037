//! Muon, momentum orthogonalised by Newton and Schulz' iteration (Keller Jordan et al. 2024,
//! kellerjordan.github.io/posts/muon).
//!
//! Each weight matrix but the head goes by the nearest orthogonal matrix of its momentum, after Nesterov, times
//! √max(1, rows / columns). What is no such matrix, biases and the head, goes by AdamW, with the betas and eps that the
//! authors give it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::adam::Moments;
use super::newton_schulz::orthogonalized;
use super::{Gradients, Optimizer};
use crate::core::num::setting::{self, SettingError};
use crate::core::num::{BlockKind, ParamBlock, ParamLayout};

/// Settings of Muon, with the authors' defaults.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MuonSettings {
    /// Learning rate of the weight matrices, above 0.
    pub lr: f64,
    /// Share of the mean gradient that a step keeps.
    pub momentum: f64,
    /// Theta shrinks by this times the learning rate in each step.
    pub weight_decay: f64,
    /// AdamW's learning rate as a share of Muon's: both follow one schedule.
    pub adamw_share: f64,
}

const ADAMW_BETAS: [f64; 2] = [0.9, 0.95];
const ADAMW_EPS: f64 = 1e-10;

impl Default for MuonSettings {
    fn default() -> Self {
        Self { lr: 0.02, momentum: 0.95, weight_decay: 0.0, adamw_share: 0.015 }
    }
}

impl MuonSettings {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        setting::positive("lr", self.lr)?;
        setting::below_one("momentum", self.momentum)?;
        setting::not_negative("weight_decay", self.weight_decay)?;
        setting::positive("adamw_share", self.adamw_share)
    }

    pub(super) fn build(self, layout: &ParamLayout) -> Box<dyn Optimizer> {
        let hidden = hidden_weights(layout);
        let block = |block: &ParamBlock| {
            let rule = match hidden.contains(&block) {
                true => Rule::Orthogonal { rows: block.shape[0], mean: vec![0.0; block.len()] },
                false => Rule::Adamw(Moments::new(ADAMW_BETAS, ADAMW_EPS, block.len())),
            };
            Block { range: block.range(), rule }
        };
        Box::new(Muon { settings: self, blocks: layout.blocks().iter().map(block).collect() })
    }
}

/// The weight matrices that are not the head's, which is the last one.
fn hidden_weights(layout: &ParamLayout) -> Vec<&ParamBlock> {
    let is_weight = |block: &&ParamBlock| matches!(block.kind, BlockKind::Dense | BlockKind::Convolution);
    let mut weights: Vec<_> = layout.blocks().iter().filter(is_weight).collect();
    weights.pop();
    weights
}

/// Which parameters of a layout go by what rule, in a sentence.
pub(super) fn note(layout: &ParamLayout) -> String {
    let hidden = hidden_weights(layout);
    let names: Vec<_> = hidden.iter().map(|block| block.name.as_str()).collect();
    match &names[..] {
        [] => "there is no weight matrix but the head: AdamW steps all".to_owned(),
        [only] => format!("Muon steps {only}; AdamW steps biases and head"),
        [first, .., last] => format!(
            "Muon steps the {} weight matrices from {first} to {last}; AdamW steps biases and head",
            names.len()
        ),
    }
}

#[derive(Clone, Debug)]
struct Muon {
    settings: MuonSettings,
    blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
struct Block {
    range: Range<usize>,
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    Orthogonal { rows: usize, mean: Vec<f64> },
    Adamw(Moments),
}

impl Optimizer for Muon {
    fn step(&mut self, theta: &mut [f64], grad: &mut Gradients, lr: f64) {
        let MuonSettings { momentum, weight_decay, adamw_share, .. } = self.settings;
        for Block { range, rule } in &mut self.blocks {
            let (theta, grad) = (&mut theta[range.clone()], &grad.here()[range.clone()]);
            match rule {
                Rule::Orthogonal { rows, mean } => {
                    let ahead = looked_ahead(mean, grad, momentum);
                    let columns = theta.len() / *rows;
                    let scale = (*rows as f64 / columns as f64).max(1.0).sqrt();
                    for (theta, way) in theta.iter_mut().zip(orthogonalized(&ahead, *rows)) {
                        *theta = *theta * (1.0 - lr * weight_decay) - lr * scale * way;
                    }
                }
                Rule::Adamw(moments) => {
                    let lr = lr * adamw_share;
                    moments.step(theta, grad, lr, |theta, grad| (theta * (1.0 - lr * weight_decay), grad));
                }
            }
        }
    }

    fn boxed_clone(&self) -> Box<dyn Optimizer> {
        Box::new(self.clone())
    }
}

/// Moves the mean gradient on; what it will be in the next step if the gradient stays, as Nesterov has it.
fn looked_ahead(mean: &mut [f64], grad: &[f64], kept: f64) -> Vec<f64> {
    let next = |(mean, grad): (&mut f64, &f64)| {
        *mean += (1.0 - kept) * (grad - *mean);
        grad + kept * (*mean - grad)
    };
    mean.iter_mut().zip(grad).map(next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(shapes: &[&[usize]]) -> ParamLayout {
        ParamLayout::dense(shapes.iter().enumerate().map(|(i, shape)| (format!("p{i}"), shape.to_vec())))
    }

    #[test]
    fn who_steps_what_is_told() {
        let cases = [
            (layout(&[&[2]]), "there is no weight matrix but the head: AdamW steps all"),
            (layout(&[&[1, 2], &[1]]), "there is no weight matrix but the head: AdamW steps all"),
            (layout(&[&[3, 2], &[3], &[1, 3], &[1]]), "Muon steps p0; AdamW steps biases and head"),
            (
                layout(&[&[3, 2], &[3], &[3, 3], &[1, 3]]),
                "Muon steps the 2 weight matrices from p0 to p2; AdamW steps biases and head",
            ),
        ];
        for (layout, expected) in cases {
            assert_eq!(note(&layout), expected);
        }
    }
}
