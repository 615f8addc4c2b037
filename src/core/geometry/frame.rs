//! Where a point of the slice lies in the 3D world.
//!
//! ```text
//!        y = height of the loss
//!        |   -z = alpha2
//!        |  /
//!        | /
//!        +------ x = alpha1        the floor's longer side runs from -1 to 1
//! ```

use crate::core::grid::{Axis, GridSpec, losses::finite_range};

/// World height of the highest loss shown.
pub const TOP: f64 = 0.75;

/// Losses between the floor and the top of the picture. Losses above are cut off there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeightRange {
    /// Loss at the floor.
    pub low: f64,
    /// Loss at the top.
    pub high: f64,
    /// Whether some losses lie above the top.
    pub is_clipped: bool,
}

impl HeightRange {
    /// The range that holds all finite `losses`, cut at `clip`, or without one at twice the highest
    /// of `trail`: what training saw stays readable, however steep the slice becomes far from it.
    pub fn fit(losses: &[f64], trail: &[f64], clip: Option<f64>) -> Self {
        let (low, high) = finite_range(losses).unwrap_or((0.0, 1.0));
        let (trail_low, trail_high) = finite_range(trail).unwrap_or((low, high));
        let low = low.min(trail_low);
        let clip = clip.unwrap_or(2.0 * trail_high);
        let top = high.max(trail_high).min(clip);
        // A flat slice still needs a height to stand in.
        let top = if top > low { top } else { low + low.abs().max(1.0) };
        Self { low, high: top, is_clipped: high > top }
    }

    /// Whether a loss is cut off at the top: above it by more than the hundredth of the range by which
    /// a plane may exceed the coarser volume that the range was fitted to.
    pub fn cuts_off(&self, loss: f64) -> bool {
        self.fraction(loss) > 1.01
    }

    /// The loss's share of the range; beyond 0..1 outside it.
    pub fn fraction(&self, loss: f64) -> f64 {
        (loss - self.low) / (self.high - self.low)
    }
}

/// The map from slice coordinates and loss to the world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorldFrame {
    axes: [Axis; 2],
    /// Losses and their heights.
    pub heights: HeightRange,
}

impl WorldFrame {
    /// The frame of a plane's first two axes.
    pub fn new(spec: &GridSpec, heights: HeightRange) -> Self {
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
        let middle = |axis: &Axis| 0.5 * (axis.low + axis.high);
        let scale = self.world_per_alpha();
        [(alpha1 - middle(&self.axes[0])) * scale, -(alpha2 - middle(&self.axes[1])) * scale]
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

    fn frame() -> WorldFrame {
        let spec = GridSpec::new(vec![
            Axis { low: -4.0, high: 5.0, count: 10 },
            Axis { low: 0.0, high: 3.0, count: 4 },
        ])
        .unwrap();
        WorldFrame::new(&spec, HeightRange { low: 0.1, high: 0.6, is_clipped: false })
    }

    #[test]
    fn the_floor_is_centred_and_equal_in_both_directions() {
        let frame = frame();
        assert_eq!(frame.world(-4.0, 1.5, 0.1), [-1.0, 0.0, 0.0]);
        assert_eq!(frame.floor(0.5, 1.5), [0.0, 0.0]);
        let [_, z] = frame.floor(0.5, 3.0);
        assert!((z + 1.0 / 3.0).abs() < 1e-15, "alpha2 runs away from the eye: {z}");
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

    #[test]
    fn the_clip_follows_the_trail_unless_it_is_given() {
        let losses = [0.2, 7.0, f64::NAN, f64::INFINITY];
        let fitted = HeightRange::fit(&losses, &[1.6, 0.1], None);
        assert_eq!(fitted, HeightRange { low: 0.1, high: 3.2, is_clipped: true });
        assert_eq!(HeightRange::fit(&losses, &[1.6, 0.1], Some(1.0)).high, 1.0);
        let low = HeightRange::fit(&[0.2, 0.5], &[0.3], None);
        assert_eq!((low.high, low.is_clipped), (0.5, false));
        let flat = HeightRange::fit(&[0.3], &[0.3], None);
        assert!(flat.high > flat.low);
    }
}
