//! Where the emphasised isolines of the plane run: places for the labels with their losses.

use std::marker::PhantomData;

use bevy::prelude::*;

use super::Step;
use super::frame::{Placement, Stand};
use super::landscape::Landscape;
use super::session::SessionState;
use super::side::{First, Side};
use super::slice::Shown;
use crate::core::geometry::contour::{segments, spread};
use crate::core::geometry::heights::HeightRange;
use crate::core::geometry::isolines::Isolines;
use crate::core::grid::{Axis, GridSpec, LossGrid};
use crate::core::session::Revision;

/// The emphasised isolines of the plane at rest, the lowest first.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Levels<S: Side = First> {
    /// Each isoline that runs through the picture.
    pub lines: Vec<Level>,
    of: Option<(Option<Revision>, HeightRange, Option<f64>)>,
    side: PhantomData<S>,
}

/// An isoline.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Its loss.
    pub loss: f64,
    /// Points on it where its label may be, spread along it.
    pub places: Vec<[f64; 2]>,
}

/// Places for the label of an isoline.
const PLACES: usize = 10;
/// Points along an axis that the isolines are looked for on.
const POINTS: usize = 97;

pub(super) fn plugin<S: Side>(app: &mut App) {
    app.init_resource::<Levels<S>>().add_systems(Update, find_levels::<S>.in_set(Step::Levels.of::<S>()));
}

/// While the plane moves, its isolines have no labels: they could not be read.
fn find_levels<S: Side>(
    landscape: Res<Landscape<S>>,
    shown: Res<Shown<S>>,
    placement: Res<Placement<S>>,
    session: Res<SessionState<S>>,
    mut levels: ResMut<Levels<S>>,
) {
    if !(landscape.is_changed() || shown.is_changed() || placement.is_changed() || session.is_changed()) {
        return;
    }
    let known = landscape.known().filter(|_| shown.is_exact);
    let at_rest = known.zip(placement.get(Stand::Surface).or(placement.first()));
    let step = session.look().levels;
    let of = at_rest.map(|(known, placed)| (known.pictures().plane, placed.frame.heights.to, step));
    if levels.of == of {
        return;
    }
    levels.of = of;
    levels.lines = match at_rest.and_then(|(known, placed)| Some((known.plane.as_ref()?, placed))) {
        Some((plane, placed)) => lines(plane.picture.field.grid(), &placed.frame.heights.to, step),
        None => Vec::new(),
    };
}

fn lines(plane: &LossGrid, range: &HeightRange, step: Option<f64>) -> Vec<Level> {
    let thin = thinned(plane);
    let middle = [0, 1].map(|axis: usize| {
        let axis = thin.spec.axes()[axis];
        0.5 * (axis.low + axis.high)
    });
    let level = |loss| Level { loss, places: spread(&segments(&thin, loss), middle, PLACES) };
    let levels = Isolines::of(range, step).emphasised(range).into_iter().map(level);
    levels.filter(|level| !level.places.is_empty()).collect()
}

/// The plane with few enough points that isolines are found within a frame, however fine it is.
fn thinned(plane: &LossGrid) -> LossGrid {
    let axes: Vec<Axis> =
        plane.spec.axes().iter().map(|axis| Axis { count: axis.count.min(POINTS), ..*axis }).collect();
    let values: Vec<Vec<f64>> = axes.iter().map(Axis::values).collect();
    match GridSpec::new(axes) {
        Ok(spec) if spec != plane.spec => {
            let row = |a2: &f64| values[0].iter().map(|a1| plane.sample(*a1, *a2)).collect::<Vec<_>>();
            LossGrid { loss: values[1].iter().flat_map(row).collect(), spec }
        }
        _ => plane.clone(),
    }
}
