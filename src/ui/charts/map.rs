//! The displayed plane from above: colours, bands or a grid of models, isolines, the path, and the point looked at.

use bevy_egui::egui::Color32;

use super::line::{Chord, shown_with};
use super::models::{Ramp, grid};
use super::{About, Inks, Looked, Maker, Moment, Switch, Touched};
use crate::core::experiment::{Change, MapGround, ViewFile};
use crate::core::geometry::contour::segments;
use crate::core::geometry::isolines::{Isolines, is_too_fine};
use crate::core::grid::Axis;
use crate::core::subspace::Subspace;
use crate::core::train::Checkpoint;
use crate::scene::frame::Placed;
use crate::scene::landscape::{Known, PictureRevisions};
use crate::scene::relief::Relief;
use crate::scene::side::Side;
use crate::scene::slice::Shown;
use crate::scene::training::Live;
use crate::ui::chart::{Chart, Mark};
use crate::ui::field::plain;
use crate::ui::view::thinned;

/// What is told of it.
pub const ABOUT: About = About {
    touched: |touch| {
        let mut alpha = touch.at.to_vec();
        alpha.resize(touch.alpha.len(), touch.alpha3);
        (alpha.len() > 1).then_some(Touched::Point(alpha))
    },
    pointed: |[a1, a2], alpha3, subspace| Some(subspace.lift(&[a1, a2, alpha3])),
    switches: &[
        Switch {
            name: "bands",
            hint: "A colour for all between one isoline and the next.",
            is_on: |look| look.map == MapGround::Bands,
            turn: |_, is_on| Change::Map(if is_on { MapGround::Bands } else { MapGround::Colors }),
        },
        Switch {
            name: "dots",
            hint: "A dot for each model of a grid; the others charts show the one under the pointer.",
            is_on: |look| look.map == MapGround::Dots,
            turn: |_, is_on| Change::Map(if is_on { MapGround::Dots } else { MapGround::Colors }),
        },
    ],
    ..About::new("Contour map", "The displayed plane from above, with the path. Click to choose a point.")
};

/// It keeps its ground.
#[derive(Default)]
pub struct Map(Ground);

impl<S: Side> Maker<S> for Map {
    fn draw(&mut self, moment: &Moment<S>) -> Chart {
        let Moment { sources, known, looked, inks, wanted } = moment;
        let path = sources.training.leader().map(Live::points).unwrap_or_default();
        self.0.follow(known, &sources.shown, sources.placement.first(), &wanted.look, inks);
        let mut marks = self.0.marks.clone();
        marks.extend(over(known, path, looked.as_ref(), wanted.look.dot, inks));
        let note = self.0.note.clone();
        Chart {
            x: "α₁".to_owned(), y: "α₂".to_owned(), marks, is_equal: true, note, ..Chart::default()
        }
    }
}

/// Cells along each side at most: of a plane at rest, and of one that moves.
const CELLS: usize = 97;
const MOVING_CELLS: usize = 33;
/// Cells along each side where each has the colour of its band: their edges are the bands' own.
const BAND_CELLS: usize = 257;

/// What lies under the path: made anew only when the plane or its colours change.
#[derive(Default)]
struct Ground {
    of: Option<Plane>,
    marks: Vec<Mark>,
    note: String,
}

/// What the ground depends on.
#[derive(Clone, Copy, PartialEq)]
struct Plane {
    pictures: PictureRevisions,
    alpha3: f64,
    is_exact: bool,
    ramp: Ramp,
    kind: MapGround,
    levels: Option<f64>,
    inks: Inks,
}

impl Ground {
    /// Brings it up to date.
    pub fn follow<S: Side>(
        &mut self,
        known: &Known,
        shown: &Shown<S>,
        placed: Option<Placed>,
        look: &ViewFile,
        inks: &Inks,
    ) {
        let Some(placed) = placed else { return };
        let plane = Plane {
            pictures: known.pictures(),
            alpha3: shown.alpha3,
            is_exact: shown.is_exact,
            ramp: Ramp { heights: placed.frame.heights, colors: look.colors },
            kind: look.map,
            levels: look.levels,
            inks: *inks,
        };
        if self.of != Some(plane) {
            self.of = Some(plane);
            self.marks = plane.marks(known, shown, placed);
            self.note = plane.note();
        }
    }
}

impl Plane {
    fn marks<S: Side>(&self, known: &Known, shown: &Shown<S>, placed: Placed) -> Vec<Mark> {
        let relief = Relief::new(known, shown, placed);
        let loss = |alpha: [f64; 2]| relief.loss(alpha).unwrap_or(f64::NAN);
        let axes = *placed.frame.axes();
        let ground = match self.kind {
            MapGround::Dots => self.dots(axes, loss),
            MapGround::Colors | MapGround::Bands => self.picture(known, axes, loss),
        };
        std::iter::once(ground).chain(self.isolines(known)).collect()
    }

    fn dots(&self, [axis1, axis2]: [Axis; 2], loss: impl Fn([f64; 2]) -> f64) -> Mark {
        let places: Vec<_> = grid([[axis1.low, axis2.low], [axis1.high, axis2.high]]).collect();
        let losses = places.iter().map(|alpha| loss(*alpha)).collect();
        self.ramp.dots("loss", places, losses, true)
    }

    fn picture(&self, known: &Known, [axis1, axis2]: [Axis; 2], loss: impl Fn([f64; 2]) -> f64) -> Mark {
        let counts = known.plan.plane_spec.counts();
        let most = match (self.is_exact, self.kind) {
            (false, _) => [MOVING_CELLS; 2],
            (true, MapGround::Bands) => [BAND_CELLS; 2],
            (true, _) => [counts[0].min(CELLS), counts[1].min(CELLS)],
        };
        let at =
            |i: usize, n: usize, axis: &Axis| axis.low + (axis.high - axis.low) * i as f64 / (n - 1) as f64;
        let lines = self.lines();
        let color = |alpha: [f64; 2]| match (loss(alpha), self.kind) {
            (loss, MapGround::Bands) => self.ramp.at(middle_of_band(&lines, loss)),
            (loss, _) => self.ramp.at(loss),
        };
        let pixels = (0..most[1])
            .flat_map(|j| (0..most[0]).map(move |i| [i, j]))
            .map(|[i, j]| color([at(i, most[0], &axis1), at(j, most[1], &axis2)]))
            .collect();
        let corners = [[axis1.low, axis2.low], [axis1.high, axis2.high]];
        Mark::Picture { corners, size: most, pixels, values: vec![], is_table: false }
    }

    /// Whether all isolines are drawn, as where they were asked for or part bands, and not every fifth alone.
    fn has_all(&self) -> bool {
        self.levels.is_some() || self.kind == MapGround::Bands
    }

    /// The losses at which isolines run.
    fn lines(&self) -> Vec<f64> {
        let range = &self.ramp.heights.to;
        let lines = Isolines::of(range, self.levels);
        if self.has_all() { lines.all(range) } else { lines.emphasised(range) }
    }

    /// While the plane moves only its colours follow; over dots there are none.
    fn isolines(&self, known: &Known) -> Vec<Mark> {
        let plane = known.plane.as_ref().filter(|_| self.is_exact && self.kind != MapGround::Dots);
        let Some(plane) = plane else { return Vec::new() };
        let color = match self.kind {
            MapGround::Bands => Color32::from_black_alpha(150),
            MapGround::Colors | MapGround::Dots => self.inks.faint.gamma_multiply(0.6),
        };
        let line = |level: f64| {
            let line = segments(plane.picture.field.grid(), level);
            let apart = [f64::NAN; 2];
            let points = line.into_iter().flat_map(|[a, b]| [a, b, apart]).collect();
            Mark::Line { name: String::new(), color, width: 1.0, points }
        };
        self.lines().into_iter().map(line).collect()
    }

    /// At which losses the isolines run, where there are several.
    fn note(&self) -> String {
        let range = &self.ramp.heights.to;
        let too_fine = self.levels.filter(|step| is_too_fine(range, *step));
        match (too_fine, &self.lines()[..]) {
            (Some(step), _) => {
                let step = plain(step);
                format!("Isolines {step} apart could not be told from one another: these are the usual ones.")
            }
            (None, [low, .., high]) if self.kind != MapGround::Dots => {
                let (low, high) = (plain(*low), plain(*high));
                match Isolines::of(range, self.levels) {
                    Isolines::Even { step } if self.has_all() => {
                        format!("An isoline every {}, from {low} to {high}.", plain(step))
                    }
                    _ => format!("Isolines from {low} to {high}."),
                }
            }
            _ => String::new(),
        }
    }
}

/// The loss in the middle of the band that a loss lies in; of the bands at both ends as far from their line as the
/// next is.
fn middle_of_band(lines: &[f64], loss: f64) -> f64 {
    if !loss.is_finite() {
        return loss;
    }
    let above = lines.partition_point(|line| *line <= loss);
    match (above.checked_sub(1).and_then(|i| lines.get(i)), lines.get(above)) {
        (Some(low), Some(high)) => 0.5 * (low + high),
        (None, Some(high)) => high - 0.5 * (lines.get(1).unwrap_or(high) - high),
        (Some(low), None) => low + 0.5 * (low - lines[lines.len().saturating_sub(2)]),
        (None, None) => loss,
    }
}

/// What lies over the ground: the path with its ends, the straight line between them, and the point looked at.
fn over(
    known: &Known,
    path: &[Checkpoint],
    looked: Option<&Looked>,
    dot: Option<f64>,
    inks: &Inks,
) -> Vec<Mark> {
    let subspace = &known.plan.plane.subspace;
    let points: Vec<[f64; 2]> =
        thinned(path.iter()).into_iter().map(|point| place(subspace, &point.theta)).collect();
    let line = |color, points| Mark::Line { name: String::new(), color, width: 2.0, points };
    let mut marks = vec![line(inks.runs[0], points)];
    if let Some(chord) = Chord::of(known) {
        let [start, end] = [0.0, 1.0].map(|alpha| place(subspace, &chord.at(alpha)));
        if let Some(dot) = dot {
            let ends = shown_with(dot).map(|alpha| place(subspace, &chord.at(alpha)));
            marks.push(line(inks.ink.gamma_multiply(0.7), ends.to_vec()));
        }
        let points = vec![start, end];
        marks.push(Mark::Points { name: String::new(), color: inks.ink, radius: 2.5, points });
        let label =
            |at, text: &str, is_before| Mark::Label { at, text: text.to_owned(), color: inks.ink, is_before };
        marks.extend([label(start, "Start", true), label(end, "End", false)]);
    }
    if let Some(looked) = looked {
        let points = vec![[looked.alpha[0], looked.alpha.get(1).copied().unwrap_or_default()]];
        marks.push(Mark::Points { name: String::new(), color: inks.ink, radius: 4.5, points });
    }
    marks
}

/// Where a theta lies on the map.
fn place(subspace: &Subspace, theta: &[f64]) -> [f64; 2] {
    let alpha = subspace.project(theta).alpha;
    [alpha[0], alpha.get(1).copied().unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::super::models::SIDE;
    use super::*;

    #[test]
    fn a_band_has_one_colour_and_those_at_the_ends_go_on_alike() {
        let lines = [0.1, 0.2, 0.3];
        for (loss, middle) in [(0.12, 0.15), (0.199, 0.15), (0.2, 0.25), (0.05, 0.05), (0.9, 0.35)] {
            assert!((middle_of_band(&lines, loss) - middle).abs() < 1e-12, "{loss}");
        }
        assert_eq!(middle_of_band(&[], 0.7), 0.7);
        assert!(middle_of_band(&lines, f64::NAN).is_nan());
    }

    #[test]
    fn a_grid_has_its_corners() {
        let places: Vec<_> = grid([[-1.0, -1.3], [1.5, 2.0]]).collect();
        assert_eq!(places.len(), SIDE * SIDE);
        assert_eq!((places[0], places[SIDE * SIDE - 1]), ([-1.0, -1.3], [1.5, 2.0]));
        assert!((places[1][0] + 0.95).abs() < 1e-12 && places[1][1] == -1.3);
    }
}
