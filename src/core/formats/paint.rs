//! The colours of losses, as the window paints them before any light falls on them.

use super::slice::{CellState, shown_height};
use crate::core::geometry::colormap::{ColorMap, ENTRIES};
use crate::core::geometry::heights::HeightBlend;

/// Losses to sRGB colours.
pub(super) struct Paint {
    heights: HeightBlend,
    table: Vec<[u8; 3]>,
}

/// Linear grey that cut-off losses are mixed with, and how much of it, by stripe: `surface.wgsl`'s.
const CLIPPED_GREY: f64 = 0.35;
const CLIPPED_SHARES: [f64; 2] = [0.6, 0.25];

/// Linear colours of a diverged loss, by stripe: `surface.wgsl`'s.
const DIVERGED: [[f64; 3]; 2] = [[0.45, 0.02, 0.05], [0.02; 3]];

impl Paint {
    pub(super) fn new(heights: impl Into<HeightBlend>, map: ColorMap) -> Self {
        Self { heights: heights.into(), table: map.table() }
    }

    /// The colours of a loss in one stripe and the next: equal, unless it is cut off or diverged.
    pub(super) fn stripes(&self, loss: f64) -> [[u8; 3]; 2] {
        match CellState::of(loss, self.heights) {
            CellState::Finite => [self.mapped(loss); 2],
            CellState::Clipped => CLIPPED_SHARES.map(|share| self.greyed(loss, share)),
            CellState::Diverged => DIVERGED.map(|color| color.map(encoded)),
        }
    }

    /// The one colour of a finite loss; where it is cut off the mean of its stripes.
    pub(super) fn plain(&self, loss: f64) -> [u8; 3] {
        match CellState::of(loss, self.heights) {
            CellState::Clipped => self.greyed(loss, 0.5 * (CLIPPED_SHARES[0] + CLIPPED_SHARES[1])),
            _ => self.mapped(loss),
        }
    }

    fn mapped(&self, loss: f64) -> [u8; 3] {
        let share = shown_height(loss, self.heights);
        self.table[(share * (ENTRIES - 1) as f64).round() as usize]
    }

    fn greyed(&self, loss: f64, share: f64) -> [u8; 3] {
        self.mapped(loss).map(|v| encoded((1.0 - share) * linear(v) + share * CLIPPED_GREY))
    }
}

/// An sRGB component as light, 0 to 1 (IEC 61966-2-1).
pub(super) fn linear(component: u8) -> f64 {
    let v = f64::from(component) / 255.0;
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

/// An sRGB colour as light in sixteen bits, and no transparency: what each of its components was can be told again.
pub(super) fn linear_rgba(color: [u8; 3]) -> [u16; 4] {
    let [red, green, blue] = color.map(|v| (linear(v) * f64::from(u16::MAX)).round() as u16);
    [red, green, blue, u16::MAX]
}

/// Light from 0 to 1 as an sRGB component.
fn encoded(light: f64) -> u8 {
    let v = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (255.0 * v).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::geometry::heights::{HeightRange, HeightScale};

    #[test]
    fn every_component_survives_the_way_to_light_and_back() {
        assert_eq!((linear(0), linear(255)), (0.0, 1.0));
        assert!((linear(188) - 0.5029).abs() < 1e-4, "half the light is 188");
        assert!((0..=255).all(|component| encoded(linear(component)) == component));
    }

    #[test]
    fn what_has_no_height_is_striped_and_the_rest_is_not() {
        let heights = HeightRange::fit(HeightScale::Clipped, &[0.0, 9.0], &[1.0], None);
        let paint = Paint::new(heights, ColorMap::Magma);
        assert_eq!(paint.stripes(1.0), [ColorMap::Magma.table()[128]; 2]);
        assert_eq!(paint.stripes(2.0), [ColorMap::Magma.at(1.0); 2]);
        for loss in [2.1, 1e300, f64::INFINITY, f64::NAN] {
            let [a, b] = paint.stripes(loss);
            assert!(a != b && a != ColorMap::Magma.at(1.0), "{loss} is marked");
        }
        assert_eq!(paint.stripes(f64::NAN), paint.stripes(f64::NEG_INFINITY));
        assert!(paint.plain(2.1) != paint.plain(2.0));
    }
}
