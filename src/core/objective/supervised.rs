//! Supervised learning: the loss of a model's predictions on a dataset.

use super::Objective;
use super::targets::{SupervisedError, outputs_for};
use crate::core::data::{Dataset, Target};
use crate::core::loss::{Judged, Loss};
use crate::core::model::Model;
use crate::core::model::pass::{self, LANES, Scratch};
use crate::core::model::tangent::{self, TangentScratch};
use crate::core::num::ParamLayout;

/// A model, a loss and the examples they are judged on.
#[derive(Clone, Debug)]
pub struct Supervised {
    model: Model,
    loss: Loss,
    train: Split,
    held_out: Option<Split>,
}

/// Examples, also cut into blocks for the passes.
#[derive(Clone, Debug)]
struct Split {
    data: Dataset,
    blocks: Vec<Block>,
}

/// Up to [`LANES`] examples, feature by feature.
#[derive(Clone, Debug)]
struct Block {
    /// `[inputs, LANES]`.
    x: Vec<f64>,
    /// `[targets, LANES]`.
    y: Vec<f64>,
    lanes: usize,
}

impl Supervised {
    /// Puts a model, a loss and training examples together.
    ///
    /// # Errors
    /// If the loss has no meaning for the targets, or the model's inputs or outputs are not as wide as
    /// the data and the loss ask for.
    pub fn new(model: Model, loss: Loss, train: Dataset) -> Result<Self, SupervisedError> {
        let train = Split::new(&model, loss, train)?;
        Ok(Self { model, loss, train, held_out: None })
    }

    /// The same with examples to judge the model by that training never sees.
    ///
    /// # Errors
    /// As [`Supervised::new`].
    pub fn with_held_out(self, held_out: Dataset) -> Result<Self, SupervisedError> {
        let held_out = Some(Split::new(&self.model, self.loss, held_out)?);
        Ok(Self { held_out, ..self })
    }

    /// The same model and loss over other examples of the same kind: rows of its own, or those held out.
    ///
    /// # Panics
    /// If the examples are of another kind.
    pub fn over(&self, data: Dataset) -> Self {
        Self::new(self.model.clone(), self.loss, data)
            .unwrap_or_else(|error| panic!("examples of the same kind: {error}"))
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The loss function.
    pub fn loss_function(&self) -> Loss {
        self.loss
    }

    /// The training examples.
    pub fn train(&self) -> &Dataset {
        &self.train.data
    }

    /// The examples held out from training, where there are any.
    pub fn held_out(&self) -> Option<&Dataset> {
        self.held_out.as_ref().map(|split| &split.data)
    }

    /// Predictions for examples `x [n, inputs]`, as `[n, outputs]`.
    pub fn predict(&self, theta: &[f64], x: &[f64]) -> Vec<f64> {
        pass::predict(&self.model, theta, x)
    }

    /// The share of training examples predicted right, where that has a meaning.
    pub fn accuracy(&self, theta: &[f64]) -> Option<f64> {
        self.split_accuracy(theta, &self.train)
    }

    /// Whether each training example is predicted right, in their order. It says something of classes alone.
    pub fn rights(&self, theta: &[f64]) -> Vec<bool> {
        self.split_rights(theta, &self.train)
    }

    /// The loss over the held-out examples, where there are any.
    pub fn held_out_loss(&self, theta: &[f64]) -> Option<f64> {
        self.held_out.as_ref().map(|split| self.split_loss(theta, split))
    }

    /// The share of held-out examples predicted right, where that has a meaning.
    pub fn held_out_accuracy(&self, theta: &[f64]) -> Option<f64> {
        self.held_out.as_ref().and_then(|split| self.split_accuracy(theta, split))
    }

    fn split_loss(&self, theta: &[f64], split: &Split) -> f64 {
        let mut total = 0.0;
        self.for_each_prediction(theta, &split.blocks, |block, prediction| {
            total += self.loss.sum(prediction, &block.y, block.lanes);
        });
        total / self.loss.count(split.data.rows(), self.model.outputs())
    }

    fn split_accuracy(&self, theta: &[f64], split: &Split) -> Option<f64> {
        if split.data.target() == Target::Real {
            return None;
        }
        let right = self.split_rights(theta, split).into_iter().filter(|is_right| *is_right).count();
        Some(right as f64 / split.data.rows() as f64)
    }

    fn split_rights(&self, theta: &[f64], split: &Split) -> Vec<bool> {
        let mut rights = Vec::with_capacity(split.data.rows());
        self.for_each_prediction(theta, &split.blocks, |block, prediction| {
            rights.extend((0..block.lanes).map(|lane| self.is_right(prediction, lane, block.y[lane])));
        });
        rights
    }

    /// Whether one example's prediction is of its class: the largest output's, or with one output its
    /// side of the boundary. A NaN is of no class.
    fn is_right(&self, prediction: &[f64], lane: usize, class: f64) -> bool {
        let outputs = prediction[lane..].iter().step_by(LANES);
        if self.model.outputs() == 1 {
            let (p, boundary) = (prediction[lane], self.loss.boundary());
            return if class > 0.5 { p > boundary } else { p <= boundary };
        }
        let own = prediction[class as usize * LANES + lane];
        let earlier = class as usize;
        outputs.enumerate().all(|(o, &p)| if o < earlier { p < own } else { p <= own })
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

impl Split {
    fn new(model: &Model, loss: Loss, data: Dataset) -> Result<Self, SupervisedError> {
        let dataset = data.name.clone();
        if model.inputs() != data.inputs() {
            return Err(SupervisedError::Inputs { dataset, model: model.inputs(), data: data.inputs() });
        }
        let outputs = outputs_for(loss, &data)?;
        if model.outputs() != outputs {
            return Err(SupervisedError::Outputs { dataset, model: model.outputs(), data: outputs });
        }
        let rows: Vec<u32> = (0..data.rows() as u32).collect();
        let blocks = rows.chunks(LANES).map(|rows| Block::gather(&data, rows)).collect();
        Ok(Self { data, blocks })
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
        self.split_loss(theta, &self.train)
    }

    fn loss_grad(&self, theta: &[f64], grad: &mut [f64]) -> f64 {
        self.blocks_loss_grad(theta, &self.train.blocks, self.train.data.rows(), grad)
    }

    fn hvp(&self, theta: &[f64], v: &[f64], out: &mut [f64]) {
        let mut scratch = TangentScratch::new(&self.model);
        let scale = 1.0 / self.loss.count(self.train.data.rows(), self.model.outputs());
        out.fill(0.0);
        for block in &self.train.blocks {
            scratch.input_mut().copy_from_slice(&block.x);
            tangent::forward(&self.model, theta, v, &mut scratch, block.lanes);
            let [prediction, rate, delta, delta_rate] = scratch.output_and_delta_mut();
            let judged = Judged { prediction, target: &block.y, lanes: block.lanes };
            self.loss.delta_tangent(judged, rate, scale, delta_rate);
            self.loss.sum_with_delta(prediction, &block.y, block.lanes, scale, delta);
            tangent::backward(&self.model, theta, v, &mut scratch, block.lanes, out);
        }
    }

    fn batch_loss_grad(&self, theta: &[f64], rows: &[u32], grad: &mut [f64]) -> f64 {
        let blocks: Vec<Block> =
            rows.chunks(LANES).map(|rows| Block::gather(&self.train.data, rows)).collect();
        self.blocks_loss_grad(theta, &blocks, rows.len(), grad)
    }

    fn examples(&self) -> usize {
        self.train.data.rows()
    }

    fn supervised(&self) -> Option<&Supervised> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::model::{Activation, Layer};

    fn linear(inputs: usize, outputs: usize) -> Model {
        Model::new(vec![Layer::dense(inputs, outputs, Activation::Identity).without_bias()]).unwrap()
    }

    #[test]
    fn binary_accuracy_has_its_boundary_where_the_probability_is_a_half() {
        let data = Dataset::new("d", vec![0.2, 0.4, 0.7, -1.0], vec![0.0, 1.0, 1.0, 0.0], 1, 1).unwrap();
        let accuracy = |loss| Supervised::new(linear(1, 1), loss, data.clone()).unwrap().accuracy(&[1.0]);
        assert_eq!(accuracy(Loss::Mse), Some(0.75), "0.4 is below 0.5");
        let each = Supervised::new(linear(1, 1), Loss::Mse, data.clone()).unwrap().rights(&[1.0]);
        assert_eq!(each, [true, false, true, true]);
        assert_eq!(accuracy(Loss::BceWithLogits), Some(0.75), "0.2 is above a log-odds of 0");
        let diverged = Supervised::new(linear(1, 1), Loss::Mse, data).unwrap();
        assert_eq!(diverged.accuracy(&[f64::NAN]), Some(0.0));
    }

    #[test]
    fn class_accuracy_goes_by_the_largest_output() {
        let x = vec![1.0, 0.0, 0.0, 1.0, 1.0, 1.0];
        let data = Dataset::with_classes("d", x, vec![0.0, 1.0, 2.0], 2, 3).unwrap();
        let objective = Supervised::new(linear(2, 3), Loss::CrossEntropy, data).unwrap();
        // Outputs (2x, 2y, x + y): the third example is a tie, which the first class wins.
        assert_eq!(objective.accuracy(&[2.0, 0.0, 0.0, 2.0, 1.0, 1.0]), Some(2.0 / 3.0));
        assert_eq!(objective.accuracy(&[2.0, 0.0, 0.0, 2.0, 1.5, 1.5]), Some(1.0));
        assert_eq!(objective.accuracy(&[f64::NAN; 6]), Some(0.0));
    }

    #[test]
    fn held_out_examples_are_judged_but_never_trained_on() {
        let of = |x: f64, y: f64| Dataset::new("d", vec![x], vec![y], 1, 1).unwrap();
        let objective = Supervised::new(linear(1, 1), Loss::Mse, of(1.0, 3.0)).unwrap();
        assert_eq!(objective.held_out_loss(&[1.0]), None);
        let objective = objective.with_held_out(of(2.0, 3.0)).unwrap();
        assert_eq!((objective.loss(&[1.0]), objective.held_out_loss(&[1.0])), (4.0, Some(1.0)));
        assert_eq!(objective.held_out_accuracy(&[1.0]), None, "real numbers have no accuracy");
        let mut grad = [0.0];
        objective.loss_grad(&[1.0], &mut grad);
        assert_eq!(grad, [-4.0]);
    }

    #[test]
    fn losses_that_do_not_fit_the_targets_are_refused() {
        let classes = Dataset::with_classes("three", vec![0.0; 3], vec![0.0, 1.0, 2.0], 1, 3).unwrap();
        let error = Supervised::new(linear(1, 1), Loss::Mse, classes).unwrap_err().to_string();
        assert_eq!(
            error,
            "mse does not fit the dataset three, whose targets are 3 classes; expected cross_entropy"
        );
        let real = Dataset::new("real", vec![0.0; 2], vec![0.0, 1.5], 1, 1).unwrap();
        for loss in [Loss::CrossEntropy, Loss::BceWithLogits] {
            let error = Supervised::new(linear(1, 1), loss, real.clone()).unwrap_err().to_string();
            assert!(error.ends_with("whose targets are real numbers; expected mse or huber"), "{error}");
        }
        assert!(Supervised::new(linear(2, 1), Loss::Mse, real).is_err(), "too many features");
    }
}
