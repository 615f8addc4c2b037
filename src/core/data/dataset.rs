//! A dataset: rows of features and rows of targets, checked once on the way in.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::standardize::Scaling;
use crate::core::text::Measured;

/// What the targets mean, which decides what can be said of a prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// 0 or 1; a prediction is right on its side of 0.5.
    Binary,
    /// Real numbers; there is no accuracy.
    Real,
    /// The index of one of that many classes, 3 or more, in one column.
    Classes(usize),
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
    notes: Arc<[String]>,
    labels: Arc<[String]>,
    scaling: Option<Arc<Scaling>>,
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
        value: Measured,
    },
    /// A target is no class.
    #[error("row {row} of the dataset {name} is of class {value}; expected a whole number from 0 to {last}")]
    NoClass {
        /// The dataset's name.
        name: String,
        /// Index of the row, from 0.
        row: usize,
        /// The offending target.
        value: Measured,
        /// The highest class.
        last: usize,
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
        let (is_whole, rows) = (x.len().is_multiple_of(inputs), x.len() / inputs);
        if !is_whole || y.len() != rows * outputs {
            return Err(DatasetError::Ragged { name, x: x.len(), y: y.len(), inputs, outputs });
        }
        for (values, width) in [(&x, inputs), (&y, outputs)] {
            if let Some(at) = values.iter().position(|v| !v.is_finite()) {
                return Err(DatasetError::NotFinite { name, row: at / width, value: Measured(values[at]) });
            }
        }
        let binary = outputs == 1 && y.iter().all(|&v| v == 0.0 || v == 1.0);
        let target = if binary { Target::Binary } else { Target::Real };
        let (notes, labels) = (Arc::default(), Arc::default());
        Ok(Self { name, x, y, inputs, outputs, target, notes, labels, scaling: None })
    }

    /// Checks and keeps `x [rows, inputs]` and `y [rows]`, each the index of one of `classes` classes.
    /// Two classes make it [`Target::Binary`].
    ///
    /// # Errors
    /// As [`Dataset::new`], and if a target is not a whole number below `classes`.
    pub fn with_classes(
        name: impl Into<String>,
        x: Vec<f64>,
        y: Vec<f64>,
        inputs: usize,
        classes: usize,
    ) -> Result<Self, DatasetError> {
        let data = Self::new(name, x, y, inputs, 1)?;
        let is_class = |v: &f64| (0..classes).contains(&(*v as usize)) && v.fract() == 0.0 && *v >= 0.0;
        if let Some(row) = data.y.iter().position(|v| !is_class(v)) {
            let (name, value) = (data.name, data.y[row]);
            return Err(DatasetError::NoClass {
                name,
                row,
                value: Measured(value),
                last: classes.saturating_sub(1),
            });
        }
        let target = if classes <= 2 { Target::Binary } else { Target::Classes(classes) };
        Ok(Self { target, ..data })
    }

    /// Checks and keeps `x [rows, inputs]` and `y [rows, outputs]` whose meaning is known.
    ///
    /// # Errors
    /// As [`Dataset::new`], and if the targets are none of that meaning.
    pub fn meaning(
        target: Target,
        name: impl Into<String>,
        x: Vec<f64>,
        y: Vec<f64>,
        inputs: usize,
        outputs: usize,
    ) -> Result<Self, DatasetError> {
        match target {
            Target::Binary => Self::with_classes(name, x, y, inputs, 2),
            Target::Classes(classes) => Self::with_classes(name, x, y, inputs, classes),
            Target::Real => Ok(Self { target, ..Self::new(name, x, y, inputs, outputs)? }),
        }
    }

    /// The given rows in the given order, as a dataset of the same kind.
    ///
    /// # Panics
    /// If no row is given or one does not exist.
    pub fn select(&self, rows: &[u32]) -> Self {
        assert!(!rows.is_empty(), "a dataset has at least 1 row");
        let pick = |values: &[f64], width: usize| -> Vec<f64> {
            rows.iter().flat_map(|&row| &values[row as usize * width..][..width]).copied().collect()
        };
        let (x, y) = (pick(&self.x, self.inputs), pick(&self.y, self.outputs));
        self.holding(x, y)
    }

    /// Other numbers of the same kind and origin.
    fn holding(&self, x: Vec<f64>, y: Vec<f64>) -> Self {
        let (name, scaling) = (self.name.clone(), self.scaling.clone());
        let (notes, labels) = (Arc::clone(&self.notes), Arc::clone(&self.labels));
        Self { name, x, y, notes, labels, scaling, ..*self }
    }

    /// With targets that are real numbers, though they may look like classes.
    pub fn as_values(self) -> Self {
        Self { target: Target::Real, ..self }
    }

    /// With sentences for people on what was found out while it was read.
    pub fn with_notes(self, notes: impl Into<Arc<[String]>>) -> Self {
        Self { notes: notes.into(), ..self }
    }

    /// With the label of each class, by its index.
    pub fn with_labels(self, labels: impl Into<Arc<[String]>>) -> Self {
        Self { labels: labels.into(), ..self }
    }

    /// With its features brought to that mean and scale.
    pub fn scaled(mut self, scaling: Arc<Scaling>) -> Self {
        scaling.apply(&mut self.x);
        Self { scaling: Some(scaling), ..self }
    }

    /// Whose features were brought to that mean and scale already.
    pub fn with_scaling(self, scaling: Scaling) -> Self {
        Self { scaling: Some(Arc::new(scaling)), ..self }
    }

    /// What was found out while it was read; empty where nothing had to be.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The label of each class, by its index; empty where they are their own.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// How its features were scaled, where they were.
    pub fn scaling(&self) -> Option<&Scaling> {
        self.scaling.as_deref()
    }

    /// Number of examples.
    pub fn rows(&self) -> usize {
        self.x.len() / self.inputs
    }

    /// Features an example.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Numbers an example's target has: for classes one, the index.
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
    fn classes_are_whole_numbers_below_their_count_and_survive_a_selection() {
        let of = |y, classes| Dataset::with_classes("d", vec![0.1, 0.2, 0.3], y, 1, classes);
        let data = of(vec![2.0, 0.0, 1.0], 3).unwrap();
        assert_eq!(data.target(), Target::Classes(3));
        let part = data.select(&[2, 0]);
        assert_eq!((part.x(), part.y(), part.target()), (&[0.3, 0.1][..], &[1.0, 2.0][..], data.target()));
        let error = of(vec![0.0, 3.0, 1.0], 3).unwrap_err().to_string();
        assert_eq!(error, "row 1 of the dataset d is of class 3; expected a whole number from 0 to 2");
        assert!(of(vec![0.0, 0.5, 1.0], 3).is_err());
        assert!(of(vec![0.0, -1.0, 1.0], 3).is_err());
        assert_eq!(of(vec![0.0, 1.0, 1.0], 2).unwrap().target(), Target::Binary);
    }

    #[test]
    fn zero_one_targets_are_binary_and_others_real() {
        let of = |y| Dataset::new("d", vec![0.5, 0.5], y, 1, 1).unwrap().target();
        assert_eq!(of(vec![0.0, 1.0]), Target::Binary);
        assert_eq!(of(vec![0.0, 0.5]), Target::Real);
    }
}
