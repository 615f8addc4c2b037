//! Slices as numpy archives: all that is needed to compute every number again in another program.
//!
//! | array | shape | holds |
//! |---|---|---|
//! | `alpha1`, `alpha2`, `alpha3` | `[n]` | coordinates along each axis of the grid |
//! | `loss` | `[n3, n2, n1]`, `[n2, n1]` or `[n1]` | losses; NaN and infinity where it diverged; of another quantity under its name: `held_out_loss`, `class_loss_2` … |
//! | `trajectory_held_out_loss` … | `[t]` | that quantity at the checkpoints, where it is not the loss |
//! | `quantity` | `[bytes]` | what it is called |
//! | `origin`, `directions` | `[dim]`, `[k, dim]` | theta = origin + Σ alphaᵢ·directionᵢ |
//! | `trajectory_alpha`, `trajectory_residual` | `[t, k]`, `[t]` | where the checkpoints lie in the slice |
//! | `trajectory_loss_recorded` | `[t]` | the losses that a run was recorded with, where those of its path were evaluated as the slice was |
//! | `explained_variance_ratio` | `[k]` | share of the total variance along each direction |
//! | `random_walk_ratio` | `[k, 3]` | what random walks have there: 5 %, 50 % and 95 % of them stay below |
//! | `precision` | `[bytes]` | the number format that the losses were computed in |
//!
//! and the arrays of a run: see [`super::archive`]. Of a slice that was evaluated elsewhere there are neither parameters
//! (`origin`, `directions`, `trajectory`) nor a precision.

use std::io::{self, Write};
use std::sync::Arc;

use super::archive::Archive;
use super::slice::Slice;
use crate::core::objective::Valuation;
use crate::core::subspace::Subspace;
use crate::core::train::{Checkpoint, Course};

/// Writes a slice.
///
/// # Errors
/// If the file cannot be written.
pub fn write(file: impl Write, slice: &Slice) -> io::Result<()> {
    let mut archive = Archive::new();
    let Slice { experiment, plan, subspace, grid, precision } = slice;
    for (i, axis) in grid.spec.axes().iter().enumerate() {
        archive.array(&format!("alpha{}", i + 1), &[axis.count], axis.values())?;
    }
    let counts = grid.spec.counts();
    let shape: Vec<usize> = counts[..grid.spec.axes().len()].iter().rev().copied().collect();
    let column = slice.quantity().column();
    archive.array(&column, &shape, grid.loss.iter().copied())?;
    let (k, dim) = (subspace.k(), subspace.dim());
    // Of a slice that was evaluated elsewhere nobody knows the parameters.
    let is_own = experiment.imported_slice().is_none();
    if is_own {
        archive.array("origin", &[dim], subspace.origin().iter().copied())?;
        archive.array("directions", &[k, dim], subspace.directions().iter().flatten().copied())?;
    }
    // Of a slice that was evaluated elsewhere a path may not be told either.
    let has_path = experiment.imported_slice().is_none_or(|slice| slice.has_path);
    let points = if has_path { plan.trajectory.checkpoints() } else { &[] };
    if has_path {
        places(&mut archive, subspace, points)?;
    }
    if let Some(measure) = plan.measure.clone().filter(|_| !slice.quantity().is_loss()) {
        let thetas = points.iter().map(|point| Arc::clone(&point.theta)).collect();
        let values = Valuation::new(measure, thetas).finish();
        archive.array(&format!("trajectory_{column}"), &[points.len()], values)?;
    }
    let explained = plan.plane.axes.iter().take(k).map(|axis| axis.explained);
    archive.array("explained_variance_ratio", &[k], explained)?;
    if let Some(walks) = plan.random_walks() {
        let bands = walks.axes.iter().take(k).flat_map(|band| [band.low, band.median, band.high]);
        archive.array("random_walk_ratio", &[k, 3], bands)?;
    }
    archive.text("quantity", &slice.quantity().title())?;
    if !is_own {
        let names: Vec<&str> = plan.plane.axes.iter().take(k).map(|axis| &axis.name[..]).collect();
        archive.texts("axis_names", &names)?;
        if has_path {
            archive.path(&plan.trajectory)?;
        }
        archive.text("experiment", &serde_json::to_string(experiment).map_err(io::Error::other)?)?;
        return archive.finish(file);
    }
    archive.text("precision", &precision.to_string())?;
    if plan.is_evaluated {
        archive.array("trajectory_loss_recorded", &[points.len()], points.iter().map(|point| point.loss))?;
    }
    archive.run(experiment, &Course::new(plan.run_on_surface(), plan.diverged_at))?;
    archive.finish(file)
}

/// Where checkpoints lie in a slice.
fn places(archive: &mut Archive, subspace: &Subspace, points: &[Checkpoint]) -> io::Result<()> {
    let places: Vec<_> = points.iter().map(|point| subspace.project(&point.theta)).collect();
    let alphas = places.iter().flat_map(|place| place.alpha.iter().copied());
    archive.array("trajectory_alpha", &[points.len(), subspace.k()], alphas)?;
    archive.array("trajectory_residual", &[points.len()], places.iter().map(|place| place.residual))
}
