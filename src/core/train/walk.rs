//! A walk: a run that is not trained, but goes on given ways through parameter space.
//!
//! It shows what lies between points that are known: straight from one to the next, or on a curve that was trained to stay
//! low. All else is as with any run: its points have their true losses, and each can be returned to.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use crate::core::objective::curve::bezier;

/// Steps of a leg: a thousandth of it each.
pub const LEG_STEPS: u64 = 1_000;

/// A part of a walk, as a file names it. Points are `.npy` files or ends of runs (`.npz`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
pub enum Leg {
    /// Straight to a point.
    Straight {
        /// The point.
        to: PathBuf,
    },
    /// On a quadratic Bézier curve to a point.
    Curve {
        /// The control point that bends it.
        by: PathBuf,
        /// The point.
        to: PathBuf,
    },
}

impl Leg {
    /// The name that people read.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// The files that hold its points.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let [by, to] = match self {
            Self::Straight { to } => [None, Some(to)],
            Self::Curve { by, to } => [Some(by), Some(to)],
        };
        by.into_iter().chain(to)
    }

    /// The same, to be changed.
    pub fn files_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let [by, to] = match self {
            Self::Straight { to } => [None, Some(to)],
            Self::Curve { by, to } => [Some(by), Some(to)],
        };
        by.into_iter().chain(to)
    }
}

/// A way from one point to another.
#[derive(Clone, Debug, PartialEq)]
struct Way {
    from: Vec<f64>,
    /// The control point of a curve.
    by: Option<Vec<f64>>,
    to: Vec<f64>,
}

/// The points of a walk, `[dim]` each.
#[derive(Clone, Debug, PartialEq)]
pub struct Walk(Vec<Way>);

impl Walk {
    /// A walk from a point on these legs. `point` has the points that they name; `None` if it lacks one, or there is no
    /// leg.
    pub fn new(start: &[f64], legs: &[Leg], point: impl Fn(&PathBuf) -> Option<Vec<f64>>) -> Option<Self> {
        let mut from = start.to_vec();
        let way = |leg: &Leg| {
            let (by, to) = match leg {
                Leg::Straight { to } => (None, point(to)?),
                Leg::Curve { by, to } => (Some(point(by)?), point(to)?),
            };
            Some(Way { from: std::mem::replace(&mut from, to.clone()), by, to })
        };
        let ways: Vec<Way> = legs.iter().map(way).collect::<Option<_>>()?;
        (!ways.is_empty()).then_some(Self(ways))
    }

    /// The point after that many steps; it rests where the last leg ends.
    pub fn point(&self, step: u64) -> Vec<f64> {
        let last = self.0.len() - 1;
        let leg = ((step / LEG_STEPS) as usize).min(last);
        let t = ((step - leg as u64 * LEG_STEPS) as f64 / LEG_STEPS as f64).min(1.0);
        let Way { from, by, to } = &self.0[leg];
        match by {
            Some(by) => bezier([from, by, to], t),
            None => from.iter().zip(to).map(|(a, b)| (1.0 - t) * a + t * b).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(text: &str) -> Option<Walk> {
        let legs: Vec<Leg> = ron::from_str(text).unwrap();
        let point = |path: &PathBuf| match path.to_str()? {
            "b" => Some(vec![4.0, 2.0]),
            "c" => Some(vec![0.0, 8.0]),
            _ => None,
        };
        Walk::new(&[0.0, 0.0], &legs, point)
    }

    #[test]
    fn it_goes_leg_by_leg_and_rests_at_the_end() {
        let walk = walked(r#"[straight(to: "b"), curve(by: "c", to: "b"), straight(to: "c")]"#).unwrap();
        assert_eq!(walk.point(0), [0.0, 0.0]);
        assert_eq!(walk.point(250), [1.0, 0.5]);
        // From b to b by c: half of c, a half of b.
        assert_eq!([1_000, 1_500, 2_000].map(|step| walk.point(step)), [[4.0, 2.0], [2.0, 5.0], [4.0, 2.0]]);
        assert_eq!([3_000, 9_999_999].map(|step| walk.point(step)), [[0.0, 8.0]; 2]);
    }

    #[test]
    fn without_legs_or_points_there_is_none() {
        assert_eq!(walked("[]"), None);
        assert_eq!(walked(r#"[straight(to: "b"), curve(by: "gone", to: "b")]"#), None);
    }
}
