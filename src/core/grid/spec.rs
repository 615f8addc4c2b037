//! Where the cells of a grid lie.

use std::fmt;

use crate::core::num::range::is_wide;
use crate::core::text::Measured;

/// Evenly spaced coordinates from `low` to `high`, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// First coordinate.
    pub low: f64,
    /// Last coordinate.
    pub high: f64,
    /// Number of coordinates, at least 2.
    pub count: usize,
}

impl Axis {
    /// The coordinate of an index; index and coordinate may lie between or beyond the cells.
    pub fn value(&self, index: f64) -> f64 {
        let last = (self.count - 1) as f64;
        if index == last { self.high } else { self.low + (self.high - self.low) * (index / last) }
    }

    /// The (fractional) index of a coordinate.
    pub fn index(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low) * (self.count - 1) as f64
    }

    /// All coordinates, `[count]`.
    pub fn values(&self) -> Vec<f64> {
        (0..self.count).map(|i| self.value(i as f64)).collect()
    }

    /// Distance between two neighbours.
    pub fn step(&self) -> f64 {
        (self.high - self.low) / (self.count - 1) as f64
    }
}

/// A grid of one, two or three axes, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct GridSpec {
    axes: Vec<Axis>,
}

/// Cells a grid may have: their losses take a gibibyte.
pub const MAX_CELLS: u64 = 1 << 27;

/// What the ends of an axis must lie apart by: as a share of the larger of them, so that the coordinates of
/// [`MAX_SIDE`](crate::core::experiment::checked::MAX_SIDE) cells differ by more than rounding, and by itself,
/// so that single precision still has numbers for them.
pub const LEAST_SHARE: f64 = 1e-9;
/// See [`LEAST_SHARE`].
pub const LEAST_WIDTH: f64 = 1e-30;

/// Why axes make no grid.
#[derive(Clone, Debug, PartialEq)]
pub enum GridError {
    /// Not one, two or three axes.
    Axes(usize),
    /// Too few cells along an axis.
    Count {
        /// The axis, from 1.
        axis: usize,
        /// Cells asked for.
        count: usize,
    },
    /// A range that is empty, reversed or not finite.
    Range {
        /// The axis, from 1.
        axis: usize,
        /// Lower end asked for.
        low: Measured,
        /// Upper end asked for.
        high: Measured,
    },
    /// A range in which there is no room for cells.
    Narrow {
        /// The axis, from 1.
        axis: usize,
        /// Lower end asked for.
        low: Measured,
        /// Upper end asked for.
        high: Measured,
    },
    /// More cells than fit.
    TooLarge {
        /// Cells asked for.
        cells: u128,
    },
}

impl GridError {
    /// What was asked for.
    pub fn found(&self) -> String {
        match self {
            Self::Axes(axes) => format!("a grid of {axes} axes"),
            Self::Count { axis, count } => format!("{count} cells along alpha{axis}"),
            Self::Range { axis, low, high } | Self::Narrow { axis, low, high } => {
                format!("the range {low}:{high} of alpha{axis}")
            }
            Self::TooLarge { cells } => format!("a grid of {cells} cells"),
        }
    }

    /// What would do.
    pub fn expected(&self) -> String {
        match self {
            Self::Axes(_) => "1, 2 or 3".to_owned(),
            Self::Count { .. } => "at least 2".to_owned(),
            Self::Range { .. } => "two finite numbers, the first below the second".to_owned(),
            Self::Narrow { .. } => {
                format!("a width of at least {LEAST_WIDTH:e}, and {LEAST_SHARE:e} of its larger end")
            }
            Self::TooLarge { .. } => format!("at most {MAX_CELLS}"),
        }
    }
}

impl fmt::Display for GridError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}; expected {}", self.found(), self.expected())
    }
}

impl std::error::Error for GridError {}

impl GridSpec {
    /// Checks the axes, alpha1 first.
    ///
    /// # Errors
    /// If there are not 1 to 3 axes, a count is below 2, a range is not from a lower to a higher
    /// finite number or too narrow, or the cells are more than [`MAX_CELLS`].
    pub fn new(axes: Vec<Axis>) -> Result<Self, GridError> {
        if !(1..=3).contains(&axes.len()) {
            return Err(GridError::Axes(axes.len()));
        }
        for (i, &Axis { low, high, count }) in axes.iter().enumerate() {
            let axis = i + 1;
            if count < 2 {
                return Err(GridError::Count { axis, count });
            }
            if !(low.is_finite() && high.is_finite() && low < high && (high - low).is_finite()) {
                return Err(GridError::Range { axis, low: Measured(low), high: Measured(high) });
            }
            if !has_room(low, high) {
                return Err(GridError::Narrow { axis, low: Measured(low), high: Measured(high) });
            }
        }
        let cells = axes.iter().fold(1_u128, |n, axis| n.saturating_mul(axis.count as u128));
        if cells > u128::from(MAX_CELLS) {
            return Err(GridError::TooLarge { cells });
        }
        Ok(Self { axes })
    }

    /// The axes, alpha1 first.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// Number of cells along alpha1, alpha2, alpha3; 1 for an axis the grid does not have.
    pub fn counts(&self) -> [usize; 3] {
        [0, 1, 2].map(|i| self.axes.get(i).map_or(1, |axis| axis.count))
    }

    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.counts().iter().product()
    }

    /// Place of a cell in the losses.
    pub fn offset(&self, [i1, i2, i3]: [usize; 3]) -> usize {
        let [n1, n2, _] = self.counts();
        (i3 * n2 + i2) * n1 + i1
    }

    /// Coordinates of a cell, `[axes]`.
    pub fn alpha(&self, index: [usize; 3]) -> Vec<f64> {
        self.axes.iter().zip(index).map(|(axis, i)| axis.value(i as f64)).collect()
    }

    /// The same grid without its third axis.
    pub fn plane(&self) -> Self {
        Self { axes: self.axes.iter().take(2).copied().collect() }
    }
}

/// Whether an axis from one number to another has room for cells.
pub fn has_room(low: f64, high: f64) -> bool {
    is_wide(low, high, LEAST_SHARE, LEAST_WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(low: f64, high: f64, count: usize) -> Axis {
        Axis { low, high, count }
    }

    #[test]
    fn ends_are_exact_and_zero_is_hit() {
        let axis = axis(-4.0, 5.0, 10);
        assert_eq!(axis.value(0.0), -4.0);
        assert_eq!(axis.value(9.0), 5.0);
        assert_eq!(axis.value(4.0), 0.0);
        assert_eq!(axis.index(5.0), 9.0);
        let awkward = Axis { low: -0.15, high: 1.15, count: 27 };
        assert_eq!(awkward.values()[26], 1.15);
    }

    #[test]
    fn a_bound_of_zero_is_a_bound() {
        let spec = GridSpec::new(vec![axis(0.0, 1.0, 3), axis(-1.0, 0.0, 2)]).unwrap();
        assert_eq!(spec.alpha([0, 1, 0]), [0.0, 0.0]);
        assert_eq!(spec.offset([2, 1, 0]), 5);
        assert_eq!(spec.counts(), [3, 2, 1]);
    }

    #[test]
    fn bad_axes_are_refused_with_their_numbers() {
        let refused = |axes| GridSpec::new(axes).unwrap_err().to_string();
        assert!(refused(vec![]).starts_with("a grid of 0 axes"));
        assert!(refused(vec![axis(0.0, 1.0, 1)]).starts_with("1 cells along alpha1"));
        assert!(refused(vec![axis(0.0, 1.0, 2), axis(3.0, 3.0, 2)]).starts_with("the range 3:3 of alpha2"));
        assert!(refused(vec![axis(5.0, -4.0, 2)]).starts_with("the range 5:-4"));
        assert!(refused(vec![axis(f64::NAN, 1.0, 2)]).starts_with("the range NaN:1"));
        assert!(refused(vec![axis(0.0, f64::INFINITY, 2)]).starts_with("the range 0:inf"));
        for (low, high) in [(0.0, 5e-324), (0.0, 1e-308), (1.0, 1.0 + f64::EPSILON), (1e300, 1e300 + 1e285)] {
            let narrow = refused(vec![axis(low, high, 2)]);
            assert!(narrow.contains("expected a width of at least 1e-30, and 1e-9 of its"), "{narrow}");
        }
        assert!(GridSpec::new(vec![axis(-1e-30, 1e-30, 2), axis(1e9, 1e9 + 2.0, 2)]).is_ok());
        assert!(refused(vec![axis(0.0, 1.0, 1_000_000); 2]).starts_with("a grid of 1000000000000 cells"));
        assert!(refused(vec![axis(0.0, 1.0, usize::MAX); 3]).contains("expected at most"));
    }
}
