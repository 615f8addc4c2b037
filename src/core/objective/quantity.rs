//! Which quantity a surface shows: the loss that training minimises, or another number of each theta.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// A number at every theta. Losses and gradients of the training split, unless their names say otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
pub enum Quantity {
    /// What training minimises.
    #[default]
    Loss,
    /// The loss of the examples held out.
    HeldOutLoss,
    /// The share of training examples predicted right.
    Accuracy,
    /// The share of held-out examples predicted right.
    HeldOutAccuracy,
    /// The loss of the mini-batch that a step sees.
    BatchLoss {
        /// Steps taken before it, from 0.
        #[serde(default)]
        step: u64,
    },
    /// The loss of the training examples of one class.
    ClassLoss {
        /// Its index, from 0.
        #[serde(default)]
        class: usize,
    },
    /// The loss of one training example.
    ExampleLoss {
        /// Its row, from 0.
        #[serde(default)]
        example: usize,
    },
    /// The length of the loss's gradient.
    GradientNorm,
    /// The lowest eigenvalue of the loss's Hessian over the highest: below 0 where the loss bends down somewhere.
    CurvatureRatio,
}

impl Quantity {
    /// Every kind with its usual settings, in the order a menu shows them.
    pub const ALL: [Self; 9] = [
        Self::Loss,
        Self::HeldOutLoss,
        Self::Accuracy,
        Self::HeldOutAccuracy,
        Self::BatchLoss { step: 0 },
        Self::ClassLoss { class: 0 },
        Self::ExampleLoss { example: 0 },
        Self::GradientNorm,
        Self::CurvatureRatio,
    ];

    /// The name that files and flags use.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What it is called beside a picture.
    pub fn title(self) -> Cow<'static, str> {
        match self {
            Self::Loss => "loss".into(),
            Self::HeldOutLoss => "held-out loss".into(),
            Self::Accuracy => "accuracy".into(),
            Self::HeldOutAccuracy => "held-out accuracy".into(),
            Self::BatchLoss { step } => format!("loss of the batch at step {step}").into(),
            Self::ClassLoss { class } => format!("loss of class {class}").into(),
            Self::ExampleLoss { example } => format!("loss of example {example}").into(),
            Self::GradientNorm => "gradient norm".into(),
            Self::CurvatureRatio => "λmin/λmax".into(),
        }
    }

    /// What it is called in the text of a file of plain ASCII.
    pub fn ascii_title(self) -> String {
        self.title().replace('λ', "lambda_")
    }

    /// The name of its array or column in a file.
    pub fn column(self) -> String {
        match self {
            Self::BatchLoss { step: number } => format!("{}_{number}", self.name()),
            Self::ClassLoss { class: number } | Self::ExampleLoss { example: number } => {
                format!("{}_{number}", self.name())
            }
            _ => self.name().to_owned(),
        }
    }

    /// Whether it is what training minimises.
    pub fn is_loss(self) -> bool {
        self == Self::Loss
    }

    /// Whether it is a mean of what the loss function says of examples.
    pub fn is_mean_loss(self) -> bool {
        !matches!(self, Self::Accuracy | Self::HeldOutAccuracy | Self::GradientNorm | Self::CurvatureRatio)
    }

    /// Where a picture of it is cut off at the top: where that is asked for. What has an end of its own, or is below 0
    /// as well, is not cut off at what training saw.
    pub fn cut(self, asked: Option<f64>) -> Option<f64> {
        let is_whole = matches!(self, Self::Accuracy | Self::HeldOutAccuracy | Self::CurvatureRatio);
        asked.or(is_whole.then_some(f64::INFINITY))
    }

    /// Below what a clipped picture of it tells no more apart: a ratio falls without end where hardly anything bends
    /// up.
    pub fn floor(self) -> Option<f64> {
        (self == Self::CurvatureRatio).then_some(-1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_have_one_name_and_files_get_plain_words() {
        for (i, quantity) in Quantity::ALL.into_iter().enumerate() {
            for other in &Quantity::ALL[..i] {
                assert_ne!((quantity.title(), quantity.column()), (other.title(), other.column()));
            }
            assert!(quantity.ascii_title().is_ascii() && quantity.column().is_ascii(), "{quantity:?}");
        }
        assert_eq!(Quantity::CurvatureRatio.ascii_title(), "lambda_min/lambda_max");
        let class = Quantity::ClassLoss { class: 2 };
        assert_eq!((&*class.title(), &*class.column()), ("loss of class 2", "class_loss_2"));
        assert_ne!(class.column(), Quantity::ClassLoss { class: 3 }.column());
    }
}
