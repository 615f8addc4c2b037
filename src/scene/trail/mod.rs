//! The trails of all runs: tubes through the points of training at their true losses, with drop lines
//! to the surface.
//!
//! A point of training is not on the plane. It is drawn over its projection at the loss it really had;
//! the drop line ends on the surface shown, so that its length is what the slice leaves out.

mod drops;
mod tube;

use std::marker::PhantomData;

use bevy::prelude::*;

use self::drops::{draw_drop_lines, spawn_drop_lines};
pub use self::tube::{Dotted, RADIUS};
use self::tube::{draw_tubes, match_tubes};
use super::Step;
use super::frame::Placed;
use super::landscape::Landscape;
use super::side::{First, Side};
use super::training::{Live, Training};
use crate::core::session::{Revision, RunId};
use crate::core::subspace::Subspace;
use crate::core::train::Checkpoint;

/// The trails as they lie in the slice, in the order of the runs.
#[derive(Resource, Default)]
pub struct Trails<S: Side = First>(Vec<Trail>, PhantomData<S>);

impl<S: Side> Trails<S> {
    /// The trail of the run that the panels tell of.
    pub fn leader(&self) -> Option<&Trail> {
        self.0.first()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Trail> {
        self.0.iter()
    }
}

/// The trail of a run.
pub struct Trail {
    run: RunId,
    /// Which plane and which start of the run its places belong to.
    of: (Revision, u64),
    /// Its colour's number.
    number: usize,
    /// Those of the run's outline.
    places: Vec<TrailPlace>,
    /// Where the run is, if that is no point of its outline.
    head: Option<TrailPlace>,
}

/// A point of training as the slice sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrailPlace {
    /// Its projection; 0 for an axis that the slice does not have.
    pub alpha: [f64; 3],
    /// Its true loss, or what else the surface shows.
    pub value: f64,
    /// The step.
    pub step: u64,
    /// Its distance from the span of all axes.
    pub residual: f64,
}

impl TrailPlace {
    /// A checkpoint with its value, seen from a subspace.
    pub fn new(subspace: &Subspace, point: &Checkpoint, value: f64) -> Self {
        let projection = subspace.project(&point.theta);
        let alpha = std::array::from_fn(|i| projection.alpha.get(i).copied().unwrap_or(0.0));
        Self { alpha, value, step: point.step, residual: projection.residual }
    }

    /// The distance from the plane shown at `alpha3`, in the unit of theta.
    pub fn distance(&self, subspace: &Subspace, alpha3: f64) -> f64 {
        self.residual.hypot((self.alpha[2] - alpha3) * subspace.rise())
    }
}

impl Trail {
    /// Its points, oldest first, the one where the run is last.
    pub fn places(&self) -> impl Iterator<Item = &TrailPlace> {
        self.places.iter().chain(&self.head)
    }

    /// Whose it is.
    pub fn run(&self) -> RunId {
        self.run
    }

    /// Which plane and which start of the run its places belong to.
    pub fn of(&self) -> (Revision, u64) {
        self.of
    }

    /// Counts the times that points were taken back.
    pub fn rewinds(&self) -> u64 {
        self.of.1
    }

    /// Its latest point.
    pub fn last(&self) -> Option<&TrailPlace> {
        self.head.as_ref().or(self.places.last())
    }

    /// Where its points lie on a stand, as far as they can be told from one another, and at most some
    /// thousand of them: a run that goes back and forth for ever fills the picture with no more.
    pub fn path(&self, placed: &Placed) -> Vec<(TrailPlace, [f64; 3])> {
        let mut path: Vec<(TrailPlace, [f64; 3])> = Vec::new();
        for place in self.places() {
            let Some(at) = placed.point(&place.alpha, place.value) else { continue };
            if path.last().is_none_or(|(_, last)| distance(*last, at) >= SPACING) {
                path.push((*place, at));
            }
        }
        thinned(path, MOST_POINTS)
    }
}

/// World distance of two points of the trail.
const SPACING: f64 = 0.006;
/// Points of a path at most.
const MOST_POINTS: usize = 4096;
pub(super) fn plugin<S: Side>(app: &mut App) {
    app.init_resource::<Trails<S>>()
        .init_resource::<Dotted<S>>()
        .add_systems(Startup, spawn_drop_lines::<S>)
        // Whatever is drawn finds them as they are: a ride goes along them.
        .add_systems(Update, extend_trails::<S>.in_set(Step::Trails.of::<S>()))
        .add_systems(
            Update,
            (match_tubes::<S>, draw_tubes::<S>, draw_drop_lines::<S>).chain().in_set(Step::Tubes.of::<S>()),
        );
}

/// Takes in new checkpoints, or all of them again where the plane or the run changed.
fn extend_trails<S: Side>(
    training: Res<Training<S>>,
    landscape: Res<Landscape<S>>,
    mut trails: ResMut<Trails<S>>,
) {
    if !(training.is_changed() || landscape.is_changed()) {
        return;
    }
    let Some(known) = landscape.current() else {
        if !trails.0.is_empty() {
            trails.0.clear();
        }
        return;
    };
    let runs: Vec<(RunId, &Live)> = training.runs().iter().filter_map(|run| Some((run.id()?, run))).collect();
    if !trails.0.iter().map(|trail| trail.run).eq(runs.iter().map(|(id, _)| *id)) {
        let mut old = std::mem::take(&mut trails.0);
        for (id, _) in &runs {
            let kept = old.iter().position(|trail| trail.run == *id).map(|at| old.swap_remove(at));
            let of = (known.revision, u64::MAX);
            let new = || Trail { run: *id, of, number: 0, places: Vec::new(), head: None };
            trails.0.push(kept.unwrap_or_else(new));
        }
    }
    for (at, (_, run)) in runs.iter().enumerate() {
        let of = (known.revision, run.rewinds());
        let is_same = trails.0[at].of == of && trails.0[at].number == run.number();
        if is_same && trails.0[at].last().map(|last| last.step) == run.latest().map(|latest| latest.step) {
            continue;
        }
        let trail = &mut trails.0[at];
        if trail.of != of {
            trail.places.clear();
        }
        (trail.of, trail.number) = (of, run.number());
        let new = run.points().get(trail.places.len()..).unwrap_or_default();
        let plan = &known.plan;
        let place = |point| Some(TrailPlace::new(&plan.plane.subspace, point, run.value(plan, point)?));
        trail.places.extend(new.iter().map_while(place));
        let kept = trail.places.last().map(|last| last.step);
        trail.head =
            run.latest().filter(|latest| kept.is_some_and(|kept| kept < latest.step)).and_then(place);
    }
}

/// Every so many-th of the points, a power of 2 so that a longer path keeps what it showed, and the last.
fn thinned<T: Copy>(points: Vec<T>, most: usize) -> Vec<T> {
    let every = points.len().div_ceil(most).next_power_of_two();
    let last = points.len().saturating_sub(1);
    let is_kept = |(i, _): &(usize, T)| i.is_multiple_of(every) || *i == last;
    points.into_iter().enumerate().filter(is_kept).map(|(_, point)| point).collect()
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_an_end_to_its_points_and_keeps_its_own() {
        let path: Vec<usize> = (0..100_000).collect();
        let (short, long) = (thinned(path[..9000].to_vec(), 4096), thinned(path.clone(), 4096));
        assert!(short.len() <= 4097 && long.len() <= 4097, "{} {}", short.len(), long.len());
        assert_eq!((short[short.len() - 1], long[long.len() - 1]), (8999, 99_999));
        assert!(long[..200].iter().all(|point| short.contains(point)), "a longer path shows no other points");
        assert_eq!(thinned(path[..50].to_vec(), 4096), path[..50]);
        assert!(thinned(Vec::<usize>::new(), 4096).is_empty());
    }
}
