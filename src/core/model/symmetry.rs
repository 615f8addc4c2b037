//! Changes of theta that leave the function of a model as it is, and so every loss: each minimum has copies.
//!
//! Hidden units may change places, and each may turn its sign where its activation allows: tanh and the identity are
//! odd, and σ(−z) = 1 − σ(z), whose 1 the next layer's biases take up (Hecht-Nielsen 1990; Chen, Lu, Hecht-Nielsen 1993).
//! A rectified unit may grow by any factor that the next layer takes back (Dinh et al. 2017).

use super::activation::Activation;
use super::layer::{Layer, Model};
use crate::core::num::ParamBlock;
use crate::core::text::Measured;

/// A change of theta that leaves the function as it is. Layers and units count from 0; hidden layers alone have any.
#[derive(Clone, Debug, PartialEq)]
pub enum Symmetry {
    /// The units of a layer change places.
    Order {
        /// The layer.
        layer: usize,
        /// Which unit comes to stand where: each number below the width once.
        units: Vec<usize>,
    },
    /// A unit turns its sign.
    Turn {
        /// Its layer.
        layer: usize,
        /// The unit.
        unit: usize,
    },
    /// What leads into a unit grows by a factor, and what leads out of it shrinks by it.
    Rescale {
        /// Its layer.
        layer: usize,
        /// The unit.
        unit: usize,
        /// By what, above 0.
        factor: f64,
    },
}

/// Why a model has no such symmetry.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SymmetryError {
    /// There is no such hidden layer.
    #[error("hidden layer {layer}; expected one of {count}, from 0")]
    Layer {
        /// The layer asked for.
        layer: usize,
        /// Hidden layers there are.
        count: usize,
    },
    /// There is no such unit.
    #[error("unit {unit}; expected one of {width}, from 0")]
    Unit {
        /// The unit asked for.
        unit: usize,
        /// Units there are.
        width: usize,
    },
    /// The order leaves a unit out, or has one twice.
    #[error("an order of {units:?}; expected each unit below {width} once")]
    Order {
        /// The order asked for.
        units: Vec<usize>,
        /// Units there are.
        width: usize,
    },
    /// A skip connection ties the units of two layers to each other.
    #[error("hidden layer {layer} is joined by a skip connection; expected one that stands alone")]
    Skip {
        /// The layer asked for.
        layer: usize,
    },
    /// The activation does not allow it.
    #[error("units of {}; expected {expected}", activation.name())]
    Activation {
        /// The layer's activation.
        activation: Activation,
        /// What would do.
        expected: &'static str,
    },
    /// It has no hidden unit.
    #[error("no hidden layer; expected one at least")]
    NoHidden,
    /// Nothing in the next layer can take up what a sigmoid leaves.
    #[error("a layer without biases after units of sigmoid; expected one with biases")]
    Bias,
    /// The factor is none.
    #[error("a factor of {0}; expected a finite number above 0")]
    Factor(Measured),
}

impl Model {
    /// The copy of `theta`, `[dim]`, under a symmetry: another point where the model is the same function.
    ///
    /// # Errors
    /// If the model has no such symmetry.
    pub fn copied(&self, theta: &[f64], symmetry: &Symmetry) -> Result<Vec<f64>, SymmetryError> {
        let mut copy = theta.to_vec();
        match symmetry {
            Symmetry::Order { layer, units } => self.order(&mut copy, theta, *layer, units)?,
            Symmetry::Turn { layer, unit } => self.turn(&mut copy, *layer, *unit)?,
            Symmetry::Rescale { layer, unit, factor } => self.rescale(&mut copy, *layer, *unit, *factor)?,
        }
        Ok(copy)
    }

    /// How many copies each theta has, itself counted, by the order and the signs of hidden units; `None` where
    /// that is beyond counting. Rescaled ones have no number.
    pub fn copies(&self) -> Option<u64> {
        let hidden = 0..self.layers().len() - 1;
        hidden.filter(|layer| self.free(*layer).is_ok()).try_fold(1_u64, |count, layer| {
            let width = self.layers()[layer].outputs as u64;
            let signs = if self.may_turn(layer).is_ok() { 2 } else { 1 };
            (1..=width).try_fold(count, |count, unit| count.checked_mul(unit)?.checked_mul(signs))
        })
    }

    /// Whether all hidden units may grow by one factor: see [`Model::scales`].
    ///
    /// # Errors
    /// If there are none, if one of them is neither rectified nor linear, or if a skip brings them what does not grow.
    pub fn may_rescale(&self) -> Result<(), SymmetryError> {
        let hidden = &self.layers()[..self.layers().len() - 1];
        let first = hidden.first().ok_or(SymmetryError::NoHidden)?;
        if !first.skip.is_none() {
            return Err(SymmetryError::Skip { layer: 0 });
        }
        hidden.iter().try_for_each(|layer| layer.activation.may_rescale())
    }

    /// What each entry of theta is multiplied by, `[dim]`, so that all hidden units put out `factor` times as much and the
    /// function is the same: what leads in from the inputs and each hidden bias grow, what leads to the outputs shrinks.
    /// From hidden layer to hidden layer nothing changes, so skip connections between them hold.
    ///
    /// # Errors
    /// If the model does not allow it, or the factor is none.
    pub fn scales(&self, factor: f64) -> Result<Vec<f64>, SymmetryError> {
        self.may_rescale()?;
        positive(factor)?;
        let (mut scales, last) = (vec![1.0; self.dim()], self.layers().len() - 1);
        scales[self.weight(0).range()].fill(factor);
        for bias in (0..last).filter_map(|layer| self.bias(layer)) {
            scales[bias.range()].fill(factor);
        }
        scales[self.weight(last).range()].fill(1.0 / factor);
        Ok(scales)
    }

    fn order(
        &self,
        copy: &mut [f64],
        theta: &[f64],
        layer: usize,
        units: &[usize],
    ) -> Result<(), SymmetryError> {
        let width = self.free(layer)?.outputs;
        let mut sorted = units.to_vec();
        sorted.sort_unstable();
        if !sorted.iter().copied().eq(0..width) {
            return Err(SymmetryError::Order { units: units.to_vec(), width });
        }
        for (to, from) in units.iter().enumerate() {
            let pairs = self.entries(layer, to).into_iter().zip(self.entries(layer, *from));
            pairs.for_each(|(to, from)| copy[to] = theta[from]);
        }
        Ok(())
    }

    fn turn(&self, copy: &mut [f64], layer: usize, unit: usize) -> Result<(), SymmetryError> {
        self.unit(layer, unit)?;
        self.may_turn(layer)?;
        if self.layers()[layer].activation == Activation::Sigmoid {
            let biases = self.bias(layer + 1).ok_or(SymmetryError::Bias)?.offset;
            for (output, weight) in self.out_of(layer, unit).into_iter().enumerate() {
                copy[biases + output] += copy[weight];
            }
        }
        self.entries(layer, unit).into_iter().for_each(|at| copy[at] = -copy[at]);
        Ok(())
    }

    fn rescale(&self, copy: &mut [f64], layer: usize, unit: usize, factor: f64) -> Result<(), SymmetryError> {
        self.unit(layer, unit)?.activation.may_rescale()?;
        positive(factor)?;
        self.into(layer, unit).into_iter().for_each(|at| copy[at] *= factor);
        self.out_of(layer, unit).into_iter().for_each(|at| copy[at] /= factor);
        Ok(())
    }

    /// The hidden layer of that number, if no skip ties it to another.
    fn free(&self, layer: usize) -> Result<&Layer, SymmetryError> {
        let (layers, count) = (self.layers(), self.layers().len() - 1);
        match layers.get(layer..layer + 2) {
            Some(pair) if pair.iter().all(|layer| layer.skip.is_none()) => Ok(&pair[0]),
            Some(_) => Err(SymmetryError::Skip { layer }),
            None => Err(SymmetryError::Layer { layer, count }),
        }
    }

    fn unit(&self, layer: usize, unit: usize) -> Result<&Layer, SymmetryError> {
        let found = self.free(layer)?;
        let width = found.outputs;
        if unit < width { Ok(found) } else { Err(SymmetryError::Unit { unit, width }) }
    }

    fn may_turn(&self, layer: usize) -> Result<(), SymmetryError> {
        match self.free(layer)?.activation {
            Activation::Tanh | Activation::Identity => Ok(()),
            Activation::Sigmoid if self.layers()[layer + 1].bias => Ok(()),
            Activation::Sigmoid => Err(SymmetryError::Bias),
            activation => {
                Err(SymmetryError::Activation { activation, expected: "tanh, sigmoid or the identity" })
            }
        }
    }

    /// The places in theta of all that belongs to a unit, in the same order for each.
    fn entries(&self, layer: usize, unit: usize) -> Vec<usize> {
        [self.into(layer, unit), self.out_of(layer, unit)].concat()
    }

    /// The places of the weights that lead into a unit, and of its bias.
    fn into(&self, layer: usize, unit: usize) -> Vec<usize> {
        let inputs = self.layers()[layer].inputs;
        let row = self.weight(layer).offset + unit * inputs;
        (row..row + inputs).chain(self.bias(layer).map(|bias| bias.offset + unit)).collect()
    }

    /// The places of the weights that lead out of a unit, by the output that they lead to.
    fn out_of(&self, layer: usize, unit: usize) -> Vec<usize> {
        let Layer { inputs, outputs, .. } = self.layers()[layer + 1];
        let first = self.weight(layer + 1).offset + unit;
        (0..outputs).map(|output| first + output * inputs).collect()
    }

    fn weight(&self, layer: usize) -> &ParamBlock {
        &self.layout().blocks()[self.block(layer)]
    }

    fn bias(&self, layer: usize) -> Option<&ParamBlock> {
        self.layers()[layer].bias.then(|| &self.layout().blocks()[self.block(layer) + 1])
    }

    /// The number of the block of a layer's weight: a bias follows where there is one.
    fn block(&self, layer: usize) -> usize {
        self.layers()[..layer].iter().map(|layer| 1 + usize::from(layer.bias)).sum()
    }
}

impl Activation {
    /// Whether what it puts out grows as its sum does, by any factor above 0.
    fn may_rescale(self) -> Result<(), SymmetryError> {
        match self {
            Self::Relu | Self::Identity => Ok(()),
            activation => Err(SymmetryError::Activation { activation, expected: "relu or the identity" }),
        }
    }
}

fn positive(factor: f64) -> Result<(), SymmetryError> {
    let is_one = factor.is_finite() && factor > 0.0;
    if is_one { Ok(()) } else { Err(SymmetryError::Factor(Measured(factor))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::model::{Skip, pass};
    use crate::core::num::Stream;

    /// A model of two hidden layers, a theta, and inputs of five examples.
    fn drawn(activation: Activation) -> (Model, Vec<f64>, Vec<f64>) {
        let layers = vec![
            Layer::dense(2, 4, activation),
            Layer::dense(4, 3, activation),
            Layer::dense(3, 2, Activation::Identity),
        ];
        let (model, mut stream) = (Model::new(layers).unwrap(), Stream::new(3, "symmetry"));
        let mut draw = |n: usize| (0..n).map(|_| stream.normal()).collect::<Vec<f64>>();
        let theta = draw(model.dim());
        (model, theta, draw(10))
    }

    fn is_same(model: &Model, x: &[f64], a: &[f64], b: &[f64]) -> bool {
        let pairs = pass::predict(model, a, x).into_iter().zip(pass::predict(model, b, x));
        pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-12 * a.abs().max(1.0))
    }

    #[test]
    fn a_copy_is_another_point_and_the_same_function() {
        let order = Symmetry::Order { layer: 0, units: vec![2, 0, 3, 1] };
        let [turn, grow] =
            [Symmetry::Turn { layer: 1, unit: 2 }, Symmetry::Rescale { layer: 0, unit: 1, factor: 7.5 }];
        for (activation, symmetries) in [
            (Activation::Tanh, vec![&order, &turn]),
            (Activation::Sigmoid, vec![&order, &turn]),
            (Activation::Identity, vec![&order, &turn, &grow]),
            (Activation::Relu, vec![&order, &grow]),
            (Activation::Gelu, vec![&order]),
        ] {
            let (model, theta, x) = drawn(activation);
            for symmetry in symmetries {
                let copy = model.copied(&theta, symmetry).unwrap();
                assert!(copy != theta && is_same(&model, &x, &theta, &copy), "{activation:?}, {symmetry:?}");
            }
        }
        // What is no symmetry is another function.
        let (model, theta, x) = drawn(Activation::Tanh);
        let mut other = theta.clone();
        other[0] = -other[0];
        assert!(!is_same(&model, &x, &theta, &other));
    }

    #[test]
    fn all_units_grow_at_once_as_each_by_itself_would() {
        let (model, theta, x) = drawn(Activation::Relu);
        let grown: Vec<f64> = model.scales(7.5).unwrap().iter().zip(&theta).map(|(s, t)| s * t).collect();
        let by_unit = |theta: Vec<f64>, (layer, unit): (usize, usize)| {
            model.copied(&theta, &Symmetry::Rescale { layer, unit, factor: 7.5 }).unwrap()
        };
        let units = (0..4).map(|unit| (0, unit)).chain((0..3).map(|unit| (1, unit)));
        let expected = units.fold(theta.clone(), by_unit);
        assert!(grown.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12 * b.abs().max(1.0)));
        assert!(is_same(&model, &x, &theta, &grown));
    }

    #[test]
    fn a_skip_between_hidden_layers_grows_along_and_one_from_the_inputs_does_not() {
        let dense = |i, o| Layer::dense(i, o, Activation::Relu);
        let joined = Layer { skip: Skip::FULL, ..dense(3, 3) };
        let (_, theta, x) = drawn(Activation::Relu);
        let model = Model::new(vec![dense(2, 3), joined, Layer::dense(3, 2, Activation::Sigmoid)]).unwrap();
        let theta = &theta[..model.dim()];
        let grown: Vec<f64> = model.scales(0.2).unwrap().iter().zip(theta).map(|(s, t)| s * t).collect();
        assert!(grown != theta && is_same(&model, &x, theta, &grown));
        let refused = |layers: Vec<Layer>| Model::new(layers).unwrap().scales(2.0).unwrap_err();
        assert_eq!(refused(vec![joined, dense(3, 1)]), SymmetryError::Skip { layer: 0 });
        assert_eq!(refused(vec![dense(2, 1)]), SymmetryError::NoHidden);
        let tanh = refused(vec![dense(2, 3), Layer::dense(3, 3, Activation::Tanh), dense(3, 1)]);
        assert_eq!(tanh.to_string(), "units of tanh; expected relu or the identity");
    }

    #[test]
    fn copies_are_counted() {
        let copies = |layers: Vec<Layer>| Model::new(layers).unwrap().copies();
        let head = |inputs| Layer::dense(inputs, 1, Activation::Sigmoid);
        // Three sigmoids: 3! orders and 2³ signs.
        assert_eq!(copies(vec![Layer::dense(2, 3, Activation::Sigmoid), head(3)]), Some(48));
        assert_eq!(copies(vec![Layer::dense(2, 3, Activation::Relu), head(3)]), Some(6));
        let two = vec![Layer::dense(2, 2, Activation::Tanh), Layer::dense(2, 3, Activation::Tanh), head(3)];
        assert_eq!(copies(two), Some(8 * 48));
        assert_eq!(copies(vec![head(2)]), Some(1));
        assert_eq!(copies(vec![Layer::dense(2, 64, Activation::Tanh), head(64)]), None);
    }

    #[test]
    fn what_a_model_does_not_have_is_refused() {
        let refused = |model: &Model, symmetry: Symmetry| {
            model.copied(&vec![0.5; model.dim()], &symmetry).unwrap_err().to_string()
        };
        let (gelu, ..) = drawn(Activation::Gelu);
        let turn = |layer, unit| Symmetry::Turn { layer, unit };
        assert_eq!(refused(&gelu, turn(0, 0)), "units of gelu; expected tanh, sigmoid or the identity");
        assert_eq!(refused(&gelu, turn(2, 0)), "hidden layer 2; expected one of 2, from 0");
        assert_eq!(refused(&gelu, turn(0, 4)), "unit 4; expected one of 4, from 0");
        let twice = Symmetry::Order { layer: 1, units: vec![0, 0, 1] };
        assert_eq!(refused(&gelu, twice), "an order of [0, 0, 1]; expected each unit below 3 once");
        let (relu, ..) = drawn(Activation::Relu);
        let none = Symmetry::Rescale { layer: 0, unit: 0, factor: 0.0 };
        assert_eq!(refused(&relu, none), "a factor of 0; expected a finite number above 0");
        let dense = |i, o| Layer::dense(i, o, Activation::Tanh);
        let joined = Layer { skip: Skip::FULL, ..dense(3, 3) };
        let joined = Model::new(vec![dense(2, 3), joined, dense(3, 1)]).unwrap();
        assert!(refused(&joined, turn(0, 0)).contains("joined by a skip connection"));
        let sigmoid = Layer::dense(2, 2, Activation::Sigmoid);
        let bare = Model::new(vec![sigmoid, dense(2, 1).without_bias()]).unwrap();
        assert!(refused(&bare, turn(0, 0)).contains("expected one with biases"));
    }
}
