//! Slices as numpy archives: all that is needed to compute every number again in another program.
//!
//! | array | shape | holds |
//! |---|---|---|
//! | `alpha1`, `alpha2`, `alpha3` | `[n]` | coordinates along each axis of the grid |
//! | `loss` | `[n3, n2, n1]`, `[n2, n1]` or `[n1]` | losses; NaN and infinity where it diverged |
//! | `origin`, `directions` | `[dim]`, `[k, dim]` | theta = origin + Σ alphaᵢ·directionᵢ |
//! | `x`, `y` | `[n, d_in]`, `[n, d_out]` | the training examples (class indices as one column) |
//! | `trajectory`, `trajectory_step`, `trajectory_loss` | `[t, dim]`, `[t]`, `[t]` | the checkpoints |
//! | `trajectory_alpha`, `trajectory_residual` | `[t, k]`, `[t]` | where they lie in the slice |
//! | `explained_variance_ratio` | `[k]` | share of the total variance along each direction |
//! | `experiment` | `[bytes]` | the checked experiment as JSON, in UTF-8 |
//! | `precision` | `[bytes]` | the number format that the losses were computed in |

use std::io::{self, Cursor, Write};

use npyz::WriterBuilder;
use npyz::npz::NpzWriter;

use super::slice::Slice;
use crate::core::experiment::pipeline::Plan;
use crate::core::subspace::Subspace;

/// An archive in memory: one that meets a full disk would complain on standard error when dropped.
type Archive = NpzWriter<Cursor<Vec<u8>>>;

/// Writes a slice.
///
/// # Errors
/// If the file cannot be written.
pub fn write(mut file: impl Write, slice: &Slice) -> io::Result<()> {
    let mut archive = Archive::new(Cursor::default());
    let Slice { experiment, plan, subspace, grid } = slice;
    for (i, axis) in grid.spec.axes().iter().enumerate() {
        array(&mut archive, &format!("alpha{}", i + 1), &[axis.count], axis.values())?;
    }
    let counts = grid.spec.counts();
    let shape: Vec<usize> = counts[..grid.spec.axes().len()].iter().rev().copied().collect();
    array(&mut archive, "loss", &shape, grid.loss.iter().copied())?;
    let (k, dim) = (subspace.k(), subspace.dim());
    array(&mut archive, "origin", &[dim], subspace.origin().iter().copied())?;
    array(&mut archive, "directions", &[k, dim], subspace.directions().iter().flatten().copied())?;
    if let Some(data) = plan.objective.train() {
        array(&mut archive, "x", &[data.rows(), data.inputs()], data.x().iter().copied())?;
        array(&mut archive, "y", &[data.rows(), data.outputs()], data.y().iter().copied())?;
    }
    write_trajectory(&mut archive, plan, subspace)?;
    let explained = plan.plane.axes.iter().take(k).map(|axis| axis.explained);
    array(&mut archive, "explained_variance_ratio", &[k], explained)?;
    let json = serde_json::to_vec(experiment).map_err(io::Error::other)?;
    array(&mut archive, "experiment", &[json.len()], json.iter().copied())?;
    array(&mut archive, "precision", &[3], *b"f64")?;
    file.write_all(archive.zip_writer().finish()?.get_ref())
}

fn write_trajectory(archive: &mut Archive, plan: &Plan, subspace: &Subspace) -> io::Result<()> {
    let points = plan.trajectory.checkpoints();
    let t = points.len();
    let thetas = points.iter().flat_map(|point| point.theta.iter().copied());
    array(archive, "trajectory", &[t, subspace.dim()], thetas)?;
    array(archive, "trajectory_step", &[t], points.iter().map(|point| point.step))?;
    array(archive, "trajectory_loss", &[t], points.iter().map(|point| point.loss))?;
    let places: Vec<_> = points.iter().map(|point| subspace.project(&point.theta)).collect();
    let alphas = places.iter().flat_map(|place| place.alpha.iter().copied());
    array(archive, "trajectory_alpha", &[t, subspace.k()], alphas)?;
    array(archive, "trajectory_residual", &[t], places.iter().map(|place| place.residual))
}

fn array<T: npyz::AutoSerialize>(
    archive: &mut Archive,
    name: &str,
    shape: &[usize],
    values: impl IntoIterator<Item = T>,
) -> io::Result<()> {
    let shape: Vec<u64> = shape.iter().map(|&n| n as u64).collect();
    let mut writer = archive.array(name, Default::default())?.default_dtype().shape(&shape).begin_nd()?;
    writer.extend(values)?;
    writer.finish()
}
