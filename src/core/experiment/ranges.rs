//! The ranges of a slice's axes where none are given.

use crate::core::grid::spec::has_room;
use crate::core::subspace::{PlaneConfig, SlicePlane};
use crate::core::train::Trajectory;

/// The post's ranges: [−4, 5]² for its planes and [−2, 3] along alpha3.
pub(super) const CHORD_RANGES: [(f64, f64); 3] = [(-4.0, 5.0), (-4.0, 5.0), (-2.0, 3.0)];

/// The post's range along a line, a little past both ends; across it as far to both sides.
const LINE_RANGES: [(f64, f64); 3] = [(-0.15, 1.15), (-0.65, 0.65), (-0.65, 0.65)];

/// All three points with half their distance around them.
const POINTS_RANGES: [(f64, f64); 3] = [(-0.5, 1.5), (-0.5, 1.5), (-1.0, 1.0)];

/// Room around a trajectory, as a share of its extent on each side.
const FIT_MARGIN: f64 = 0.4;

/// The farthest from 0 that a range is laid about a run that stands still.
const MOST_MIDDLE: f64 = 1e300;

/// Room on each side, as a share of the length of ranges that were made longer.
const HELD_MARGIN: f64 = 0.05;

/// Ranges that hold the trajectory with room around it; alpha1 and alpha2 of equal length, so that
/// right angles look right.
fn fitted_ranges(plane: &SlicePlane, trajectory: &Trajectory) -> [(f64, f64); 3] {
    let along = extents(plane, trajectory);
    let length = along.map(|(low, high)| high - low);
    let extent = length[0].max(length[1]);
    let half = |i: usize| {
        let own = if i == 2 { length[2].max(0.5 * extent) } else { extent };
        own * (0.5 + FIT_MARGIN)
    };
    std::array::from_fn(|i| {
        let middle = 0.5 * (along[i].0 + along[i].1);
        let (a, b) = (middle - half(i), middle + half(i));
        // A run that ran away, stood still, or a third axis that is not there, has no extent to go by.
        let around = middle.abs().max(1.0);
        match middle.is_finite() {
            _ if has_room(a, b) && (b - a).is_finite() => (a, b),
            true if around < MOST_MIDDLE => (middle - around, middle + around),
            _ => (-1.0, 1.0),
        }
    })
}

/// The lowest and the highest alpha of a trajectory along each axis; infinite where there is none.
fn extents(plane: &SlicePlane, trajectory: &Trajectory) -> [(f64, f64); 3] {
    let mut along = [(f64::INFINITY, f64::NEG_INFINITY); 3];
    for theta in trajectory.finite_thetas() {
        for ((low, high), alpha) in along.iter_mut().zip(plane.subspace.project(theta).alpha) {
            (*low, *high) = (low.min(alpha), high.max(alpha));
        }
    }
    along
}

/// The ranges, made longer along alpha1 and alpha2 alike where the trajectory would leave them.
fn holding(ranges: [(f64, f64); 3], along: &[(f64, f64); 3]) -> [(f64, f64); 3] {
    let held: [(f64, f64); 2] =
        std::array::from_fn(|i| (ranges[i].0.min(along[i].0), ranges[i].1.max(along[i].1)));
    if held == ranges[..2] {
        return ranges;
    }
    let length = held.map(|(low, high)| high - low).into_iter().fold(0.0, f64::max);
    if !length.is_finite() {
        return ranges;
    }
    let half = length * (0.5 + HELD_MARGIN);
    let [alpha1, alpha2] = held.map(|(low, high)| (0.5 * (low + high) - half, 0.5 * (low + high) + half));
    [alpha1, alpha2, ranges[2]]
}

/// From–to along alpha1, alpha2, alpha3 for a plane fitted to a trajectory.
pub(super) fn following(
    config: &PlaneConfig,
    plane: &SlicePlane,
    trajectory: &Trajectory,
) -> [(f64, f64); 3] {
    match (config, usual_ranges(config)) {
        (PlaneConfig::Chord | PlaneConfig::Angle { .. }, Some(usual)) => {
            holding(usual, &extents(plane, trajectory))
        }
        (_, Some(usual)) => usual,
        (_, None) => fitted_ranges(plane, trajectory),
    }
}

/// From–to along alpha1, alpha2, alpha3 of planes whose coordinates have a meaning of their own; the others'
/// follow from the trajectory.
pub(super) fn usual_ranges(plane: &PlaneConfig) -> Option<[(f64, f64); 3]> {
    match plane {
        PlaneConfig::Chord | PlaneConfig::Angle { .. } => Some(CHORD_RANGES),
        PlaneConfig::Line { .. } => Some(LINE_RANGES),
        PlaneConfig::Points { .. } => Some(POINTS_RANGES),
        PlaneConfig::Random { .. } => Some([(-1.0, 1.0); 3]),
        PlaneConfig::Pca { .. } | PlaneConfig::Hessian { .. } | PlaneConfig::Axes { .. } => None,
    }
}
