//! The slice, as the panels tell of it.

use crate::core::subspace::{AxisMeaning, RandomWalks};

/// The slice that is shown, and the point chosen on it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SliceView {
    /// What the axes of the slice stand for.
    pub axes: Vec<AxisMeaning>,
    /// Whether it was evaluated elsewhere.
    pub is_imported: bool,
    /// Share of the trajectory's variance in the span of all axes, 0 to 1.
    pub explained: f64,
    /// Cosine of the angle between the first two axes; 0 where there are none.
    pub cosine: f64,
    /// What random walks would explain along them, once that is known.
    pub walks: Option<RandomWalks>,
    /// Where the plane stands.
    pub alpha3: f64,
    /// From–to of alpha3; `None` where there is no third direction.
    pub alpha3_range: Option<(f64, f64)>,
    /// Whether the model's hidden units may grow: see [`Setting::Rescale`](crate::core::experiment::Setting::Rescale).
    pub may_rescale: bool,
    /// Whether the plane travels.
    pub is_sweeping: bool,
    /// Whether the picture was evaluated exactly where the plane stands.
    pub is_exact: bool,
    /// Largest error of the blended picture where the plane last rested.
    pub blending_error: Option<f64>,
    /// From–to of alpha1 and of alpha2.
    pub alpha_ranges: [(f64, f64); 2],
    /// Whether there is a surface to see.
    pub has_surface: bool,
    /// The lowest and the highest loss of the pictures.
    pub losses: [f64; 2],
    /// The point of the slice that was chosen, by its alphas.
    pub selected: Option<Vec<f64>>,
    /// Another low point of the displayed slice than its lowest: its alphas, and the loss there.
    pub another_low: Option<(Vec<f64>, f64)>,
}
