//! Points of parameter space in numpy's files: a vector in a `.npy`, or the end of a run in its `.npz`.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use npyz::WriterBuilder;

use super::arrays::{self, Array, ArrayError, Arrays};
use super::input::InputError;
use super::sources::Sources;

use crate::core::text::Measured;

/// Why a file holds no point.
#[derive(Debug, thiserror::Error)]
pub enum NpyError {
    /// It cannot be read.
    #[error("it cannot be read ({0})")]
    Input(#[from] InputError),
    /// It is not in numpy's format, or ends too early.
    #[error("it cannot be read ({0})")]
    Read(#[from] io::Error),
    /// It holds other numbers than the model has parameters.
    #[error("it holds an array of shape {found:?} and type {kind}")]
    Shape {
        /// Its shape.
        found: Vec<u64>,
        /// The type of its entries.
        kind: String,
    },
    /// It is no archive of a run.
    #[error("it cannot be read as a run ({0})")]
    Archive(#[from] ArrayError),
    /// It is an archive without checkpoints.
    #[error("it has no array \"trajectory\"")]
    NoRun,
    /// The run was never finite.
    #[error("its run is finite nowhere")]
    NowhereFinite,
    /// An entry is not finite.
    #[error("entry {index} is {value}")]
    NotFinite {
        /// Which entry, from 0.
        index: usize,
        /// What it is.
        value: Measured,
    },
}

/// Reads a point of parameter space, `[dim]`: a vector of finite numbers, of 64 or 32 bits each, or the last
/// finite checkpoint of a run's `.npz`.
///
/// # Errors
/// If the file cannot be read, has another shape or type, or an entry is not finite.
pub fn read_theta(sources: &dyn Sources, name: &Path, dim: usize) -> Result<Vec<f64>, NpyError> {
    match name.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("npz")) {
        true => end_of_run(sources, name, dim),
        false => read_vector(sources, name, dim),
    }
}

/// The last finite checkpoint of the run that `losscape train` or `slice` wrote.
fn end_of_run(sources: &dyn Sources, name: &Path, dim: usize) -> Result<Vec<f64>, NpyError> {
    let Array { shape, values } =
        Arrays::open(sources, name)?.read::<f64>("trajectory")?.ok_or(NpyError::NoRun)?;
    match shape[..] {
        [_, n] if n == dim as u64 && dim > 0 => {
            let mut thetas = values.chunks_exact(dim).rev();
            let end = thetas.find(|theta| theta.iter().all(|v| v.is_finite()));
            end.map(<[f64]>::to_vec).ok_or(NpyError::NowhereFinite)
        }
        _ => Err(NpyError::Shape { found: shape, kind: "float64".to_owned() }),
    }
}

fn read_vector(sources: &dyn Sources, name: &Path, dim: usize) -> Result<Vec<f64>, NpyError> {
    let file = arrays::header(sources.open(name, arrays::MOST_BYTES)?)?;
    let (shape, kind) = (file.shape().to_vec(), file.dtype().descr());
    let theta: Option<Vec<f64>> = match shape[..] {
        [n] if n == dim as u64 => match file.try_data::<f64>() {
            Ok(data) => Some(data.collect::<io::Result<_>>()?),
            Err(file) => match file.try_data::<f32>() {
                Ok(data) => Some(data.map(|v| v.map(f64::from)).collect::<io::Result<_>>()?),
                Err(_) => None,
            },
        },
        _ => None,
    };
    let theta = theta.ok_or(NpyError::Shape { found: shape, kind })?;
    match theta.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(NpyError::NotFinite { index, value: Measured(theta[index]) }),
        None => Ok(theta),
    }
}

/// Writes a vector as numbers of 64 bits.
///
/// # Errors
/// If the file cannot be written.
pub fn write_theta(file: impl Write, theta: &[f64]) -> io::Result<()> {
    let options = npyz::WriteOptions::new().default_dtype().shape(&[theta.len() as u64]);
    let mut writer = options.writer(BufWriter::new(file)).begin_nd()?;
    writer.extend(theta.iter().copied())?;
    writer.finish()
}

impl NpyError {
    /// What would have done, and what was there instead.
    pub fn expected(&self, dim: usize) -> String {
        format!(
            "a .npy file with a vector of {dim} finite numbers (float64 or float32), or a run of such a model (.npz), but {self}"
        )
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn a_vector_is_read_back_and_others_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let write = |theta: &[f64]| write_theta(File::create(&path).unwrap(), theta).unwrap();
        write(&[0.5, -1e300, 3.0]);
        assert_eq!(read_theta(&crate::disk::Files, &path, 3).unwrap(), [0.5, -1e300, 3.0]);
        let refused = |dim| read_theta(&crate::disk::Files, &path, dim).unwrap_err().expected(dim);
        assert_eq!(
            refused(4),
            "a .npy file with a vector of 4 finite numbers (float64 or float32), or a run of such a model (.npz), \
             but it holds an array of shape [3] and type '<f8'"
        );
        write(&[0.5, f64::NAN]);
        assert!(refused(2).ends_with("but entry 1 is NaN"));
        std::fs::write(&path, "text").unwrap();
        assert!(refused(2).contains("it cannot be read"));
    }

    #[test]
    fn numbers_of_half_the_length_are_read_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let options = npyz::WriteOptions::new().default_dtype().shape(&[2]);
        let mut writer = options.writer(File::create(&path).unwrap()).begin_nd().unwrap();
        writer.extend([0.5_f32, 2.0]).unwrap();
        writer.finish().unwrap();
        assert_eq!(read_theta(&crate::disk::Files, &path, 2).unwrap(), [0.5, 2.0]);
    }
}
