//! Supervised learning: the loss of a model's predictions on a dataset.

use super::Objective;
use crate::core::data::{Dataset, Target};
use crate::core::loss::Loss;
use crate::core::model::Model;
use crate::core::model::pass::{self, LANES, Scratch};
use crate::core::num::ParamLayout;

/// A model, a loss and the examples they are judged on.
#[derive(Clone, Debug)]
pub struct Supervised {
    model: Model,
    loss: Loss,
    train: Dataset,
    blocks: Vec<Block>,
}

/// Up to [`LANES`] examples, feature by feature.
#[derive(Clone, Debug)]
struct Block {
    /// `[inputs, LANES]`.
    x: Vec<f64>,
    /// `[outputs, LANES]`.
    y: Vec<f64>,
    lanes: usize,
}

/// Why a model and a dataset do not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SupervisedError {
    /// The model takes another number of features.
    #[error("the model takes {model} features but the dataset {dataset} has {data}")]
    Inputs {
        /// The dataset's name.
        dataset: String,
        /// What the model takes.
        model: usize,
        /// What the data has.
        data: usize,
    },
    /// The model gives another number of outputs.
    #[error("the model predicts {model} numbers but the dataset {dataset} has {data} targets")]
    Outputs {
        /// The dataset's name.
        dataset: String,
        /// What the model gives.
        model: usize,
        /// What the data has.
        data: usize,
    },
}

impl Supervised {
    /// Puts a model, a loss and training examples together.
    ///
    /// # Errors
    /// If the model's inputs or outputs are not as wide as the data's.
    pub fn new(model: Model, loss: Loss, train: Dataset) -> Result<Self, SupervisedError> {
        let dataset = train.name.clone();
        if model.inputs() != train.inputs() {
            return Err(SupervisedError::Inputs { dataset, model: model.inputs(), data: train.inputs() });
        }
        if model.outputs() != train.outputs() {
            return Err(SupervisedError::Outputs { dataset, model: model.outputs(), data: train.outputs() });
        }
        let rows: Vec<u32> = (0..train.rows() as u32).collect();
        let blocks = rows.chunks(LANES).map(|rows| Block::gather(&train, rows)).collect();
        Ok(Self { model, loss, train, blocks })
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The loss function.
    pub fn loss_function(&self) -> Loss {
        self.loss
    }

    fn blocks_loss_grad(&self, theta: &[f64], blocks: &[Block], rows: usize, grad: &mut [f64]) -> f64 {
        let mut scratch = Scratch::new(&self.model);
        let count = self.loss.count(rows, self.model.outputs());
        grad.fill(0.0);
        let mut total = 0.0;
        for block in blocks {
            scratch.input_mut().copy_from_slice(&block.x);
            pass::forward(&self.model, theta, &mut scratch, block.lanes, true);
            let (prediction, delta) = scratch.output_and_delta_mut();
            total += self.loss.sum_with_delta(prediction, &block.y, block.lanes, 1.0 / count, delta);
            pass::backward(&self.model, theta, &mut scratch, block.lanes, grad);
        }
        total / count
    }

    /// Calls `see(block, predictions [outputs, LANES])` for each block.
    fn for_each_prediction<'a>(
        &self,
        theta: &[f64],
        blocks: impl IntoIterator<Item = &'a Block>,
        mut see: impl FnMut(&Block, &[f64]),
    ) {
        let mut scratch = Scratch::new(&self.model);
        for block in blocks {
            scratch.input_mut().copy_from_slice(&block.x);
            pass::forward(&self.model, theta, &mut scratch, block.lanes, false);
            see(block, scratch.output());
        }
    }
}

impl Block {
    fn gather(data: &Dataset, rows: &[u32]) -> Self {
        Self {
            x: transposed(data.x(), data.inputs(), rows),
            y: transposed(data.y(), data.outputs(), rows),
            lanes: rows.len(),
        }
    }
}

/// The chosen rows of a row-major `[_, width]` array as `[width, LANES]`, unused lanes 0.
fn transposed(values: &[f64], width: usize, rows: &[u32]) -> Vec<f64> {
    let mut out = vec![0.0; width * LANES];
    for (lane, &row) in rows.iter().enumerate() {
        for (column, &value) in values[row as usize * width..][..width].iter().enumerate() {
            out[column * LANES + lane] = value;
        }
    }
    out
}

impl Objective for Supervised {
    fn layout(&self) -> &ParamLayout {
        self.model.layout()
    }

    fn loss(&self, theta: &[f64]) -> f64 {
        let mut total = 0.0;
        self.for_each_prediction(theta, &self.blocks, |block, prediction| {
            total += self.loss.sum(prediction, &block.y, block.lanes);
        });
        total / self.loss.count(self.train.rows(), self.model.outputs())
    }

    fn loss_grad(&self, theta: &[f64], grad: &mut [f64]) -> f64 {
        self.blocks_loss_grad(theta, &self.blocks, self.train.rows(), grad)
    }

    fn batch_loss_grad(&self, theta: &[f64], rows: &[u32], grad: &mut [f64]) -> f64 {
        let blocks: Vec<Block> = rows.chunks(LANES).map(|rows| Block::gather(&self.train, rows)).collect();
        self.blocks_loss_grad(theta, &blocks, rows.len(), grad)
    }

    fn examples(&self) -> usize {
        self.train.rows()
    }

    fn predict(&self, theta: &[f64], x: &[f64]) -> Option<Vec<f64>> {
        let (inputs, outputs) = (self.model.inputs(), self.model.outputs());
        let rows: Vec<u32> = (0..(x.len() / inputs) as u32).collect();
        let mut out = vec![0.0; rows.len() * outputs];
        let blocks: Vec<Block> = rows
            .chunks(LANES)
            .map(|rows| Block { x: transposed(x, inputs, rows), y: Vec::new(), lanes: rows.len() })
            .collect();
        let mut row = 0;
        self.for_each_prediction(theta, &blocks, |block, prediction| {
            for lane in 0..block.lanes {
                for o in 0..outputs {
                    out[(row + lane) * outputs + o] = prediction[o * LANES + lane];
                }
            }
            row += block.lanes;
        });
        Some(out)
    }

    fn accuracy(&self, theta: &[f64]) -> Option<f64> {
        if self.train.target() != Target::Binary {
            return None;
        }
        let mut right = 0;
        self.for_each_prediction(theta, &self.blocks, |block, prediction| {
            let pairs = prediction[..block.lanes].iter().zip(&block.y);
            right += pairs.filter(|(p, y)| (**p > 0.5) == (**y > 0.5)).count();
        });
        Some(right as f64 / self.train.rows() as f64)
    }

    fn train(&self) -> Option<&Dataset> {
        Some(&self.train)
    }
}
