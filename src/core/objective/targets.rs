//! Which losses have a meaning for which targets, what a model has to predict for them, and why a model and a
//! dataset do not go together.

use crate::core::data::{Dataset, Target};
use crate::core::loss::Loss;

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
    #[error("the model predicts {model} numbers but the dataset {dataset} asks for {data}")]
    Outputs {
        /// The dataset's name.
        dataset: String,
        /// What the model gives.
        model: usize,
        /// What the data and the loss ask for.
        data: usize,
    },
    /// The loss has no meaning for such targets.
    #[error("{loss} does not fit the dataset {dataset}, whose targets are {targets}; expected {expected}")]
    Targets {
        /// The dataset's name.
        dataset: String,
        /// The loss.
        loss: &'static str,
        /// What the targets are.
        targets: String,
        /// The losses that fit.
        expected: &'static str,
    },
}

/// The numbers a model has to predict for that loss on that data.
///
/// # Errors
/// If the loss has no meaning for its targets.
pub fn outputs_for(loss: Loss, data: &Dataset) -> Result<usize, SupervisedError> {
    let is_share = |y: &f64| (0.0..=1.0).contains(y);
    let (targets, expected) = match (loss, data.target()) {
        (Loss::CrossEntropy, Target::Binary) => return Ok(2),
        (Loss::CrossEntropy, Target::Classes(count)) => return Ok(count),
        (Loss::Mse | Loss::Huber, Target::Binary | Target::Real) => return Ok(data.outputs()),
        (Loss::BceWithLogits, Target::Binary | Target::Real) if data.y().iter().all(is_share) => {
            return Ok(data.outputs());
        }
        (_, Target::Classes(count)) => (format!("{count} classes"), "cross_entropy"),
        (_, Target::Binary | Target::Real) => ("real numbers".to_owned(), "mse or huber"),
    };
    Err(SupervisedError::Targets { dataset: data.name.clone(), loss: loss.name(), targets, expected })
}

/// The loss itself where it has a meaning for such targets, else the usual one for them.
pub fn fitting(loss: Loss, target: Target) -> Loss {
    match (loss, target) {
        (_, Target::Classes(_)) => Loss::CrossEntropy,
        (Loss::BceWithLogits | Loss::CrossEntropy, Target::Real) => Loss::Mse,
        (_, Target::Binary | Target::Real) => loss,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::data::DatasetConfig;
    use crate::core::io::sources::Shelf;

    #[test]
    fn a_fitting_loss_fits_every_dataset_and_one_that_fits_stays() {
        for mut config in DatasetConfig::all() {
            config.set_points(20);
            let data = config.generate(&Shelf::default(), 0).unwrap();
            assert_eq!(config.target(), Some(data.target()), "{}", config.name());
            for &loss in Loss::ALL {
                let fitting = fitting(loss, data.target());
                assert!(outputs_for(fitting, &data).is_ok(), "{} {loss:?}", config.name());
                assert_eq!(fitting == loss, outputs_for(loss, &data).is_ok(), "{} {loss:?}", config.name());
            }
        }
    }
}
