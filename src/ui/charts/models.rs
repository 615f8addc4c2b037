//! Models of a grid as dots coloured by their losses (the post's figure 4), and the colours of losses in charts.

use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::heights::HeightBlend;
use crate::ui::chart::Mark;

/// How losses are coloured: as on the surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ramp {
    /// From losses to heights.
    pub heights: HeightBlend,
    /// From heights to colours.
    pub colors: ColorMap,
}

/// The colour of a loss that is none.
const DIVERGED: [u8; 3] = [115, 5, 13];

impl Ramp {
    /// The colour of a loss.
    pub fn at(&self, loss: f64) -> [u8; 3] {
        match loss.is_finite() {
            true => self.colors.at(self.heights.fraction(loss).clamp(0.0, 1.0)),
            false => DIVERGED,
        }
    }

    /// Dots at places, each coloured by the loss there: of a grid, or of steps.
    pub fn dots(&self, name: &str, points: Vec<[f64; 2]>, losses: Vec<f64>, is_grid: bool) -> Mark {
        let colors = losses.iter().map(|loss| self.at(*loss)).collect();
        let radius = if is_grid { MODEL } else { STEP };
        Mark::Dots { name: name.to_owned(), radius, points, colors, values: losses, is_grid }
    }
}

/// Radius of a step's dot, and of a model's in a grid.
const STEP: f32 = 2.6;
const MODEL: f32 = 1.9;

/// Models along each side of a grid, as in the post.
pub(super) const SIDE: usize = 51;

/// The places of a grid between two corners, row by row from the lowest y.
pub(super) fn grid([low, high]: [[f64; 2]; 2]) -> impl Iterator<Item = [f64; 2]> {
    let at = move |i: usize, axis: usize| {
        let share = i as f64 / (SIDE - 1) as f64;
        low[axis] * (1.0 - share) + high[axis] * share
    };
    (0..SIDE).flat_map(move |j| (0..SIDE).map(move |i| [at(i, 0), at(j, 1)]))
}
