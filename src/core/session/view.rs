//! How things are shown, as far as a person decided it.

use crate::core::command::BOOKMARKS;
use crate::core::experiment::ViewFile;
use crate::core::geometry::camera::Pose;
use crate::core::geometry::path::CameraKey;

/// What a person chose to see beyond the look that an experiment keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// How often everything was to be brought into view.
    pub framings: u64,
    /// Where the plane stands.
    pub alpha3: Alpha3,
    /// Whether the panels are shown.
    pub is_panels_shown: bool,
    /// The poses kept under the numbers 1 to 9.
    pub bookmarks: [Option<Pose>; BOOKMARKS],
    /// The bookmark gone to last.
    pub visit: Option<Visit>,
    /// The keys of the camera's path, in the order of their times.
    pub keys: Vec<CameraKey>,
    /// Whether the camera may fly through the surface and below the floor.
    pub is_floor_open: bool,
    /// The point of the slice that was chosen, by its alphas.
    pub selected: Option<Vec<f64>>,
    /// The same of the landscape beside it, `[k]`, where one is shown.
    pub selected_beside: Option<Vec<f64>>,
}

/// A pose to go to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Visit {
    /// Counts the visits, since one may be to the same place as the last.
    pub number: u64,
    /// The pose.
    pub pose: Pose,
}

/// Seconds from one key of the camera's path to the next.
pub const KEY_SECS: f64 = 3.0;

/// Where the plane stands along the third direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Alpha3 {
    /// There.
    Held(f64),
    /// It travels back and forth through the volume.
    Sweeping {
        /// Where it set out.
        from: f64,
    },
}

/// Seconds that the plane takes from one end of the volume to the other.
pub const SWEEP_SECS: f64 = 6.0;

impl Alpha3 {
    /// Where the plane stands `secs` after it was sent there, in a volume from `low` to `high`.
    pub fn after(self, secs: f64, low: f64, high: f64) -> f64 {
        match self {
            Self::Held(value) => value,
            Self::Sweeping { from } => {
                let extent = high - low;
                let travelled = (from.clamp(low, high) - low) / extent + secs / SWEEP_SECS;
                let phase = travelled.rem_euclid(2.0);
                low + extent * if phase < 1.0 { phase } else { 2.0 - phase }
            }
        }
    }
}

impl View {
    /// What an experiment shows first.
    pub fn new(file: &ViewFile) -> Self {
        Self {
            framings: 0,
            alpha3: Alpha3::Held(file.alpha3),
            is_panels_shown: true,
            bookmarks: [None; BOOKMARKS],
            visit: None,
            keys: Vec::new(),
            is_floor_open: false,
            selected: None,
            selected_beside: None,
        }
    }

    /// Forgets the chosen points: their alphas are those of other planes.
    pub(super) fn unselect(&mut self) {
        (self.selected, self.selected_beside) = (None, None);
    }

    /// What another experiment shows first, to the same person.
    pub fn renewed(&self, file: &ViewFile) -> Self {
        Self {
            is_panels_shown: self.is_panels_shown,
            is_floor_open: self.is_floor_open,
            bookmarks: self.bookmarks,
            keys: self.keys.clone(),
            ..Self::new(file)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_sets_out_where_it_is_and_turns_at_the_ends() {
        let sweep = Alpha3::Sweeping { from: 0.5 };
        assert_eq!(sweep.after(0.0, -2.0, 3.0), 0.5);
        assert_eq!(sweep.after(SWEEP_SECS / 2.0, -2.0, 3.0), 3.0);
        assert!((sweep.after(1.5 * SWEEP_SECS, -2.0, 3.0) + 2.0).abs() < 1e-12);
        assert_eq!(Alpha3::Held(9.0).after(5.0, -2.0, 3.0), 9.0);
    }
}
