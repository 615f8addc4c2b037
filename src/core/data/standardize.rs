//! Inputs brought to mean 0 and deviation 1, column by column.
//!
//! Mean and deviation are those of the training rows alone; rows that are held out are scaled by the
//! same numbers, as they would be if they came later. The deviation is of the population (divided by n),
//! and a column that does not vary is only shifted, as scikit-learn's `StandardScaler` does.

/// What each input was scaled by: seen = (raw − mean) / scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    /// Mean of each input over the training rows, `[inputs]`.
    pub mean: Vec<f64>,
    /// Deviation of each, above 0, `[inputs]`.
    pub scale: Vec<f64>,
}

impl Scaling {
    /// Of features, `[rows, inputs]` row-major; `None` where a column's numbers are so large that its deviation
    /// is none.
    pub fn of(x: &[f64], inputs: usize) -> Option<Self> {
        let rows = (x.len() / inputs) as f64;
        let column = |input: usize| x.iter().skip(input).step_by(inputs);
        let mean: Vec<f64> = (0..inputs).map(|input| column(input).map(|x| x / rows).sum()).collect();
        let deviation = |input: usize| {
            let variance: f64 = column(input).map(|x| (x - mean[input]).powi(2) / rows).sum();
            if column(input).all(|value| value == &x[input]) { 1.0 } else { variance.sqrt() }
        };
        let scale: Vec<f64> = (0..inputs).map(deviation).collect();
        let is_usable = scale.iter().all(|scale| scale.is_finite() && *scale > 0.0);
        is_usable.then_some(Self { mean, scale })
    }

    /// Scales features, `[rows, inputs]` row-major.
    pub fn apply(&self, x: &mut [f64]) {
        for row in x.chunks_exact_mut(self.mean.len()) {
            for ((x, mean), scale) in row.iter_mut().zip(&self.mean).zip(&self.scale) {
                *x = (*x - mean) / scale;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::data::Dataset;

    fn dataset(x: Vec<f64>, inputs: usize) -> Dataset {
        let rows = x.len() / inputs;
        Dataset::new("d", x, vec![0.5; rows], inputs, 1).unwrap()
    }

    #[test]
    fn columns_get_mean_0_and_deviation_1() {
        // numpy: x = [[30, 5], [40, 5], [80, 5]]; x.mean(0), x.std(0)
        let data = dataset(vec![30.0, 5.0, 40.0, 5.0, 80.0, 5.0], 2);
        let scaling = Scaling::of(data.x(), data.inputs()).unwrap();
        assert!(
            (scaling.mean[0] - 50.0).abs() < 1e-12 && (scaling.mean[1] - 5.0).abs() < 1e-12,
            "{scaling:?}"
        );
        assert!(
            (scaling.scale[0] - 21.602_468_994_692_867).abs() < 1e-12 && scaling.scale[1] == 1.0,
            "{scaling:?}"
        );
        let scaled = data.scaled(scaling.into());
        let mean: f64 = scaled.x().iter().step_by(2).sum();
        let variance: f64 = scaled.x().iter().step_by(2).map(|x| x * x / 3.0).sum();
        assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12);
        assert!(scaled.x().iter().skip(1).step_by(2).all(|x| x.abs() < 1e-12), "a constant is only shifted");
    }

    #[test]
    fn numbers_whose_deviation_is_none_have_no_scaling() {
        assert_eq!(Scaling::of(&[-1e308, 1e308], 1), None);
        assert_eq!(Scaling::of(&[0.0, 1e-300], 1), None);
    }
}
