//! How high a loss stands: the scale of heights, which is the scale of colours too.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use crate::core::grid::losses::finite_range;
use crate::core::num::range::{is_wide, share};

/// How losses become heights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum HeightScale {
    /// In proportion, up to a clip; what lies above is cut off there.
    #[default]
    Clipped,
    /// In proportion, from the lowest loss to the highest.
    Linear,
    /// By the logarithm, from a floor that is stated to the highest loss.
    Log,
}

impl HeightScale {
    /// Every scale, in the order a menu shows them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name that files and menus use.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The least floor of a logarithmic scale, as a share of its top: a loss of 0 has no logarithm.
const LEAST_FLOOR: f64 = 1e-8;

/// The least top of a logarithmic scale: its floor is still a number of full precision.
const LEAST_TOP: f64 = 1e-290;

/// What losses must differ by for a height of their own: against the larger, and by themselves. Less is the
/// rounding of sums, which would be drawn as a landscape.
const LEAST_SHARE: f64 = 1e-12;
const LEAST_WIDTH: f64 = 1e-290;

/// The highest that is told apart, in heights of the picture: nobody sees what lies above it, and it is still
/// a number for whoever draws.
const MOST: f64 = 1e9;

/// Losses between the floor and the top of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeightRange {
    /// How losses between them become heights.
    pub scale: HeightScale,
    /// Loss at the floor; lower ones are drawn there too, on a logarithmic scale or where it says so.
    pub low: f64,
    /// Loss at the top.
    pub high: f64,
    /// Whether some losses lie above the top.
    pub is_clipped: bool,
    /// Whether some lie below the floor.
    pub is_floored: bool,
}

impl HeightRange {
    /// The range that holds all finite `losses` and the `trail`. The clipped scale is cut at `clip`,
    /// or without one at twice the highest of `trail`: what training saw stays readable, however
    /// steep the slice becomes far from it.
    pub fn fit(scale: HeightScale, losses: &[f64], trail: &[f64], clip: Option<f64>) -> Self {
        let (low, high) = finite_range(losses).unwrap_or((0.0, 1.0));
        let (trail_low, trail_high) = finite_range(trail).unwrap_or((low, high));
        let (lowest, highest) = (low.min(trail_low), high.max(trail_high));
        let has_room = |low, high| is_wide(low, high, LEAST_SHARE, LEAST_WIDTH);
        let cut = clip.unwrap_or(2.0 * trail_high);
        let (low, top) = match scale {
            // Below the lowest loss there is nothing to be cut at.
            HeightScale::Clipped if has_room(lowest, cut.min(highest)) => (lowest, cut.min(highest)),
            HeightScale::Clipped | HeightScale::Linear => (lowest, highest),
            HeightScale::Log if highest >= LEAST_TOP => (lowest.max(LEAST_FLOOR * highest), highest),
            // Nothing above 0: any decade will do.
            HeightScale::Log => (0.1, 1.0),
        };
        // A flat slice still needs a height to stand in.
        let (low, top) = if has_room(low, top) { (low, top) } else { with_room(scale, low) };
        Self { scale, low, high: top, is_clipped: highest > top, is_floored: lowest < low }
    }

    /// The same from `floor` up, where anything lies below that and anything above it; what lies below is drawn there.
    pub fn from_floor(self, floor: f64) -> Self {
        let has_room = is_wide(floor, self.high, LEAST_SHARE, LEAST_WIDTH);
        if self.low < floor && has_room { Self { low: floor, is_floored: true, ..self } } else { self }
    }

    /// Whether a loss is cut off at the top: above it by more than the hundredth of the range by which
    /// a plane may exceed the coarser volume that the range was fitted to.
    pub fn cuts_off(&self, loss: f64) -> bool {
        self.fraction(loss) > 1.01
    }

    /// The loss's share of the height: beyond 0..1 outside the range, but never below 0 on a
    /// logarithmic scale, or where some lie below the floor. A finite loss stands at a finite height.
    pub fn fraction(&self, loss: f64) -> f64 {
        let fraction = match self.scale {
            HeightScale::Clipped if self.is_floored => share(self.low, self.high, loss.max(self.low)),
            HeightScale::Clipped | HeightScale::Linear => share(self.low, self.high, loss),
            HeightScale::Log => share(self.low.ln(), self.high.ln(), loss.max(self.low).ln()),
        };
        if loss.is_finite() { fraction.clamp(-MOST, MOST) } else { fraction }
    }
}

/// Floor and top about losses that are all alike.
fn with_room(scale: HeightScale, loss: f64) -> (f64, f64) {
    let top = loss + loss.abs().max(1.0);
    match scale {
        _ if top.is_finite() => (loss, top),
        HeightScale::Log => (0.1 * loss, loss),
        HeightScale::Clipped | HeightScale::Linear => (0.0, loss),
    }
}

/// A range on its way to another: heights between the two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeightBlend {
    /// Where it comes from.
    pub from: HeightRange,
    /// Where it goes.
    pub to: HeightRange,
    /// How much of the way is done, 0 to 1.
    pub share: f64,
}

impl From<HeightRange> for HeightBlend {
    fn from(range: HeightRange) -> Self {
        Self { from: range, to: range, share: 1.0 }
    }
}

impl HeightBlend {
    /// Whether a loss is cut off at the top, as [`HeightRange::cuts_off`].
    pub fn cuts_off(&self, loss: f64) -> bool {
        self.fraction(loss) > 1.01
    }

    /// The loss's share of the height, as [`HeightRange::fraction`].
    pub fn fraction(&self, loss: f64) -> f64 {
        let to = self.to.fraction(loss);
        if self.share >= 1.0 { to } else { self.from.fraction(loss) * (1.0 - self.share) + to * self.share }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(scale: HeightScale, losses: &[f64], trail: &[f64], clip: Option<f64>) -> (f64, f64, bool) {
        let range = HeightRange::fit(scale, losses, trail, clip);
        (range.low, range.high, range.is_clipped)
    }

    #[test]
    fn the_clip_follows_the_trail_unless_it_is_given() {
        use HeightScale::Clipped;
        let losses = [0.2, 7.0, f64::NAN, f64::INFINITY];
        assert_eq!(fit(Clipped, &losses, &[1.6, 0.1], None), (0.1, 3.2, true));
        assert_eq!(fit(Clipped, &losses, &[1.6, 0.1], Some(1.0)), (0.1, 1.0, true));
        assert_eq!(fit(Clipped, &[0.2, 0.5], &[0.3], None), (0.2, 0.5, false));
        let flat = HeightRange::fit(Clipped, &[0.3], &[0.3], None);
        assert!(flat.high > flat.low);
    }

    #[test]
    fn linear_holds_everything_and_log_states_its_floor() {
        let losses = [0.2, 7.0, f64::NAN, f64::INFINITY];
        assert_eq!(fit(HeightScale::Linear, &losses, &[1.6, 0.1], Some(1.0)), (0.1, 7.0, false));
        let log = HeightRange::fit(HeightScale::Log, &[1e-3, 10.0], &[0.1], None);
        assert_eq!((log.low, log.high, log.is_floored), (1e-3, 10.0, false));
        for (loss, fraction) in [(1e-3, 0.0), (1e-2, 0.25), (0.1, 0.5), (10.0, 1.0), (100.0, 1.25)] {
            assert!((log.fraction(loss) - fraction).abs() < 1e-12, "{loss}");
        }
        // A loss of 0, or below, stands on the floor.
        let zero = HeightRange::fit(HeightScale::Log, &[0.0, 10.0], &[0.1], None);
        assert_eq!((zero.low, zero.is_floored), (1e-7, true));
        assert_eq!((zero.fraction(0.0), zero.fraction(-5.0)), (0.0, 0.0));
        let nothing = HeightRange::fit(HeightScale::Log, &[-2.0, -1.0], &[-1.0], None);
        assert_eq!(nothing.fraction(-1.0), 0.0);
    }

    #[test]
    fn what_lies_below_a_floor_is_drawn_there() {
        let range = HeightRange::fit(HeightScale::Clipped, &[-80.0, 0.5], &[], Some(f64::INFINITY));
        let floored = range.from_floor(-1.0);
        assert_eq!((floored.low, floored.high, floored.is_floored), (-1.0, 0.5, true));
        assert_eq!([-80.0, -1.0, -0.25, 0.5].map(|value| floored.fraction(value)), [0.0, 0.0, 0.5, 1.0]);
        assert_eq!(range.from_floor(-90.0), range, "nothing lies below");
        assert_eq!(range.from_floor(2.0), range, "nothing lies above");
    }

    #[test]
    fn every_scale_has_a_height_to_stand_in() {
        use HeightScale::{Clipped, Linear, Log};
        // A cut at or below the lowest loss cuts nothing; a trail at 0 says nothing of where to cut.
        assert_eq!(fit(Clipped, &[0.1, 0.5], &[0.2], Some(5e-324)), (0.1, 0.5, false));
        assert_eq!(fit(Clipped, &[0.0, 0.5], &[0.0], None), (0.0, 0.5, false));
        assert_eq!(fit(Clipped, &[f64::MAX], &[f64::MAX], None), (0.0, f64::MAX, false));
        assert_eq!(fit(Log, &[0.0, 5e-324], &[0.0], None), (0.1, 1.0, false));
        assert_eq!(fit(Linear, &[0.3, 0.3 + 1e-16], &[0.3], None).1, 1.3, "rounding is no landscape");
        let wide = HeightRange::fit(Linear, &[-f64::MAX, f64::MAX], &[], None);
        assert_eq!([-f64::MAX, 0.0, f64::MAX].map(|loss| wide.fraction(loss)), [0.0, 0.5, 1.0]);
    }

    #[test]
    fn a_blend_begins_and_ends_at_its_ranges() {
        let from = HeightRange::fit(HeightScale::Linear, &[0.1, 10.0], &[1.0], None);
        let to = HeightRange { scale: HeightScale::Log, ..from };
        let at = |share| HeightBlend { from, to, share }.fraction(1.0);
        assert_eq!(at(0.0), from.fraction(1.0));
        assert_eq!(at(1.0), to.fraction(1.0));
        assert!((at(0.5) - 0.5 * (at(0.0) + at(1.0))).abs() < 1e-15);
    }
}
