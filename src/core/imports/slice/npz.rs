//! Slices in numpy's archives.
//!
//! | array | shape | holds |
//! |---|---|---|
//! | `alpha1`, `alpha2`, for a volume `alpha3` | `[n]` | coordinates that rise evenly |
//! | `loss` | `[n2, n1]` or `[n3, n2, n1]` | the numbers; NaN and infinity where there is none |
//! | `trajectory_alpha` | `[t, k]` | a path within the slice; all below is of it |
//! | `trajectory_loss`, `trajectory_residual`, `trajectory_step` | `[t]` | true losses, distances from the slice, steps |
//! | `explained_variance_ratio` | `[k]` | share of the path's variance along each axis |
//! | `axis_names` | `[k]` | texts, what the axes stand for |
//!
//! All but the first two rows may be missing; whatever else is there is not looked at.

use std::path::Path;

use super::{PathParts, SliceError, SliceParts};
use crate::core::io::arrays::{Array, Arrays};
use crate::core::io::sources::Sources;

/// Reads what an archive tells of a slice.
pub(super) fn parts(sources: &dyn Sources, path: &Path) -> Result<SliceParts, SliceError> {
    let mut file = File(Arrays::open(sources, path)?);
    let coordinates = file.coordinates()?;
    let k = coordinates.len();
    let shape: Vec<u64> = coordinates.iter().rev().map(|axis| axis.len() as u64).collect();
    let losses = file.required("loss")?;
    let losses = fitting("loss", losses, &shape, "as its coordinates have entries")?;
    Ok(SliceParts {
        coordinates,
        losses,
        names: file.0.texts("axis_names")?.unwrap_or_default(),
        explained: file.path_array("explained_variance_ratio", k as u64, "one for each axis")?,
        path: file.path(k)?,
        words: Vec::new(),
    })
}

struct File<'a>(Arrays<'a>);

impl File<'_> {
    /// Those of two axes, or of three where there are so many.
    fn coordinates(&mut self) -> Result<Vec<Vec<f64>>, SliceError> {
        let mut coordinates = vec![self.vector("alpha1")?, self.vector("alpha2")?];
        // A plane's file may tell where it lies along a third direction.
        let third =
            self.0.numbers("alpha3")?.filter(|third| third.shape.len() == 1 && third.values.len() > 1);
        coordinates.extend(third.map(|third| third.values));
        Ok(coordinates)
    }

    fn required(&mut self, name: &'static str) -> Result<Array<f64>, SliceError> {
        if let Some(array) = self.0.numbers(name)? {
            return Ok(array);
        }
        let found = self.0.names();
        let is_run = found.iter().any(|name| name == "trajectory");
        let hint =
            if is_run { "; a run of losscape train is shown along its experiment (--run)" } else { "" };
        Err(SliceError::Missing { missing: name, found, hint })
    }

    fn vector(&mut self, name: &'static str) -> Result<Vec<f64>, SliceError> {
        let array = self.required(name)?;
        let length = array.values.len() as u64;
        fitting(name, array, &[length], "a list of coordinates")
    }

    /// An array that may be missing, of so many numbers.
    fn path_array(
        &mut self,
        name: &str,
        length: u64,
        why: &'static str,
    ) -> Result<Option<Vec<f64>>, SliceError> {
        let array = self.0.numbers(name)?;
        array.map(|array| fitting(name, array, &[length], why)).transpose()
    }

    fn path(&mut self, k: usize) -> Result<Option<PathParts>, SliceError> {
        let Some(alphas) = self.0.numbers("trajectory_alpha")? else { return Ok(None) };
        let t = alphas.shape.first().copied().unwrap_or(0);
        let alphas = fitting("trajectory_alpha", alphas, &[t, k as u64], "a place for each step")?;
        if let Some(at) = alphas.iter().position(|alpha| !alpha.is_finite()) {
            return Err(SliceError::Path { at: at / k });
        }
        const EACH: &str = "one for each place of trajectory_alpha";
        let steps = self.path_array("trajectory_step", t, EACH)?;
        let parts = PathParts {
            alphas: alphas.chunks(k).map(<[f64]>::to_vec).collect(),
            steps: steps.map(|steps| rising(&steps)).transpose()?,
            losses: self.path_array("trajectory_loss", t, EACH)?,
            residuals: self.path_array("trajectory_residual", t, EACH)?,
        };
        Ok((t > 0).then_some(parts))
    }
}

/// The values of an array of that shape.
fn fitting(
    name: &str,
    array: Array<f64>,
    expected: &[u64],
    why: &'static str,
) -> Result<Vec<f64>, SliceError> {
    match array.shape == expected {
        true => Ok(array.values),
        false => Err(SliceError::Shape {
            name: name.to_owned(),
            found: array.shape,
            expected: expected.to_vec(),
            why,
        }),
    }
}

/// Steps that rise.
fn rising(steps: &[f64]) -> Result<Vec<u64>, SliceError> {
    let is_step = |step: f64| step >= 0.0 && step.fract() == 0.0 && step < 9e15;
    let is_wrong = |at: &usize| !is_step(steps[*at]) || *at > 0 && steps[*at] <= steps[*at - 1];
    match (0..steps.len()).find(is_wrong) {
        Some(at) => Err(SliceError::Steps { at }),
        None => Ok(steps.iter().map(|step| *step as u64).collect()),
    }
}
