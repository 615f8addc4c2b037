//! Where a point of the slice lies in the 3D world.
//!
//! ```text
//!        y = height of the loss
//!        |   -z = alpha2
//!        |  /
//!        | /
//!        +------ x = alpha1        the floor's longer side runs from -1 to 1
//! ```

use super::heights::HeightBlend;
use crate::core::grid::{Axis, GridSpec};
use crate::core::num::range::middle;

/// World height of the highest loss shown.
pub const TOP: f64 = 0.75;

/// The map from slice coordinates and loss to the world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorldFrame {
    axes: [Axis; 2],
    /// Losses and their heights.
    pub heights: HeightBlend,
}

impl WorldFrame {
    /// The frame of a plane's first two axes.
    pub fn new(spec: &GridSpec, heights: HeightBlend) -> Self {
        Self { axes: [spec.axes()[0], spec.axes()[1]], heights }
    }

    /// World length of one unit of alpha1 and of alpha2: the same, so that right angles look right.
    pub fn world_per_alpha(&self) -> f64 {
        let extent = |axis: &Axis| axis.high - axis.low;
        2.0 / extent(&self.axes[0]).max(extent(&self.axes[1]))
    }

    /// World position of a point of the slice at a loss. Points above the picture stay above it.
    pub fn world(&self, alpha1: f64, alpha2: f64, loss: f64) -> [f64; 3] {
        let [x, z] = self.floor(alpha1, alpha2);
        [x, self.heights.fraction(loss) * TOP, z]
    }

    /// World x and z of a point of the slice.
    pub fn floor(&self, alpha1: f64, alpha2: f64) -> [f64; 2] {
        let middle = |axis: &Axis| middle(axis.low, axis.high);
        let scale = self.world_per_alpha();
        [(alpha1 - middle(&self.axes[0])) * scale, -(alpha2 - middle(&self.axes[1])) * scale]
    }

    /// The point of the slice over a world x and z.
    pub fn alpha(&self, x: f64, z: f64) -> [f64; 2] {
        let middle = |axis: &Axis| middle(axis.low, axis.high);
        let scale = self.world_per_alpha();
        [middle(&self.axes[0]) + x / scale, middle(&self.axes[1]) - z / scale]
    }

    /// Half the floor's extent along x and z.
    pub fn half_extent(&self) -> [f64; 2] {
        self.axes.map(|axis| 0.5 * (axis.high - axis.low) * self.world_per_alpha())
    }

    /// The axes of alpha1 and alpha2.
    pub fn axes(&self) -> &[Axis; 2] {
        &self.axes
    }

    /// Whether a point of the slice lies over the floor.
    pub fn holds(&self, alpha1: f64, alpha2: f64) -> bool {
        let inside = |axis: &Axis, v: f64| v >= axis.low && v <= axis.high;
        inside(&self.axes[0], alpha1) && inside(&self.axes[1], alpha2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::geometry::heights::{HeightRange, HeightScale};

    fn frame() -> WorldFrame {
        let spec = GridSpec::new(vec![
            Axis { low: -4.0, high: 5.0, count: 10 },
            Axis { low: 0.0, high: 3.0, count: 4 },
        ])
        .unwrap();
        WorldFrame::new(&spec, HeightRange::fit(HeightScale::Linear, &[0.1, 0.6], &[0.2], None).into())
    }

    #[test]
    fn the_floor_is_centred_and_equal_in_both_directions() {
        let frame = frame();
        assert_eq!(frame.world(-4.0, 1.5, 0.1), [-1.0, 0.0, 0.0]);
        assert_eq!(frame.floor(0.5, 1.5), [0.0, 0.0]);
        let [_, z] = frame.floor(0.5, 3.0);
        assert!((z + 1.0 / 3.0).abs() < 1e-15, "alpha2 runs away from the eye: {z}");
        let [x, z] = frame.floor(-1.7, 2.2);
        let back = frame.alpha(x, z);
        assert!((back[0] + 1.7).abs() < 1e-12 && (back[1] - 2.2).abs() < 1e-12, "{back:?}");
        assert!(frame.holds(-4.0, 0.0) && !frame.holds(5.1, 0.0));
    }

    #[test]
    fn heights_run_from_floor_to_top_and_beyond() {
        let frame = frame();
        assert!((frame.world(0.0, 0.0, 0.6)[1] - TOP).abs() < 1e-15);
        assert!(
            (frame.world(0.0, 0.0, 1.1)[1] - 2.0 * TOP).abs() < 1e-12,
            "a trail above the top stays there"
        );
    }
}
