//! A dataset: rows of features and rows of targets, checked once on the way in.

/// What the targets mean, which decides what can be said of a prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// 0 or 1; a prediction is right on its side of 0.5.
    Binary,
    /// Real numbers; there is no accuracy.
    Real,
}

/// Examples with their targets. Every row is finite and as wide as the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// Short name, shown to people.
    pub name: String,
    /// Features, `[rows, inputs]` row-major.
    x: Vec<f64>,
    /// Targets, `[rows, outputs]` row-major.
    y: Vec<f64>,
    inputs: usize,
    outputs: usize,
    target: Target,
}

/// Why numbers are no dataset.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DatasetError {
    /// There is not a single row.
    #[error("the dataset {name} has no rows; expected at least 1")]
    Empty {
        /// The dataset's name.
        name: String,
    },
    /// The features or targets do not fill whole rows.
    #[error(
        "the dataset {name} has {x} features and {y} targets, which do not make equally many rows of {inputs} and {outputs}"
    )]
    Ragged {
        /// The dataset's name.
        name: String,
        /// Numbers in `x`.
        x: usize,
        /// Numbers in `y`.
        y: usize,
        /// Features a row.
        inputs: usize,
        /// Targets a row.
        outputs: usize,
    },
    /// A number is NaN or infinite.
    #[error("row {row} of the dataset {name} holds {value}; expected finite numbers")]
    NotFinite {
        /// The dataset's name.
        name: String,
        /// Index of the row, from 0.
        row: usize,
        /// The offending value.
        value: f64,
    },
}

impl Dataset {
    /// Checks and keeps `x [rows, inputs]` and `y [rows, outputs]`. Targets that are all 0 or 1 in one
    /// column make it [`Target::Binary`].
    ///
    /// # Errors
    /// If there are no rows, the rows are ragged, or a number is not finite.
    pub fn new(
        name: impl Into<String>,
        x: Vec<f64>,
        y: Vec<f64>,
        inputs: usize,
        outputs: usize,
    ) -> Result<Self, DatasetError> {
        let name = name.into();
        if x.is_empty() || y.is_empty() || inputs == 0 || outputs == 0 {
            return Err(DatasetError::Empty { name });
        }
        if x.len() % inputs != 0 || y.len() % outputs != 0 || x.len() / inputs != y.len() / outputs {
            return Err(DatasetError::Ragged { name, x: x.len(), y: y.len(), inputs, outputs });
        }
        for (values, width) in [(&x, inputs), (&y, outputs)] {
            if let Some(at) = values.iter().position(|v| !v.is_finite()) {
                return Err(DatasetError::NotFinite { name, row: at / width, value: values[at] });
            }
        }
        let binary = outputs == 1 && y.iter().all(|&v| v == 0.0 || v == 1.0);
        let target = if binary { Target::Binary } else { Target::Real };
        Ok(Self { name, x, y, inputs, outputs, target })
    }

    /// Number of examples.
    pub fn rows(&self) -> usize {
        self.x.len() / self.inputs
    }

    /// Features an example.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Targets an example.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// What the targets mean.
    pub fn target(&self) -> Target {
        self.target
    }

    /// All features, `[rows, inputs]` row-major.
    pub fn x(&self) -> &[f64] {
        &self.x
    }

    /// All targets, `[rows, outputs]` row-major.
    pub fn y(&self) -> &[f64] {
        &self.y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_numbers_are_refused_with_their_row() {
        let error = Dataset::new("d", vec![0.0, 1.0, f64::NAN, 3.0], vec![0.0, 1.0], 2, 1).unwrap_err();
        assert!(error.to_string().starts_with("row 1 of the dataset d holds NaN"), "{error}");
        assert!(matches!(Dataset::new("d", vec![], vec![], 2, 1), Err(DatasetError::Empty { .. })));
        assert!(matches!(
            Dataset::new("d", vec![1.0; 5], vec![1.0; 2], 2, 1),
            Err(DatasetError::Ragged { .. })
        ));
    }

    #[test]
    fn zero_one_targets_are_binary_and_others_real() {
        let of = |y| Dataset::new("d", vec![0.5, 0.5], y, 1, 1).unwrap().target();
        assert_eq!(of(vec![0.0, 1.0]), Target::Binary);
        assert_eq!(of(vec![0.0, 0.5]), Target::Real);
    }
}
