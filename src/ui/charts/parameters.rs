//! The first two parameters themselves, with equal scales: the paths, a dot for each step, a grid of models, the
//! directions of the plane, and the straight line from start to end (the post's figures 3, 4, 7 and 10).

use super::arrow::arrow;
use super::line::{Chord, shown_with};
use super::models::{Ramp, grid};
use super::{About, Inks, Looked, Maker, Moment, Switch};
use crate::core::experiment::{Change, ParameterLayer, ViewFile};
use crate::core::objective::Problem;
use crate::core::session::Revision;
use crate::core::subspace::Subspace;
use crate::core::train::Checkpoint;
use crate::scene::landscape::Known;
use crate::scene::side::Side;
use crate::scene::training::Live;
use crate::ui::chart::{Chart, Mark};
use crate::ui::view::thinned;

/// What is told of it.
pub const ABOUT: About = About {
    pointed: |at, _, subspace| (subspace.dim() == 2).then(|| at.to_vec()),
    switches: &[
        Switch {
            name: "grid",
            hint: "The models of a grid as dots, coloured by their losses; the other charts show the one under the pointer.",
            is_on: |look| look.parameters.contains(&ParameterLayer::Grid),
            turn: |look, is_on| turned(look, ParameterLayer::Grid, is_on),
        },
        Switch {
            name: "path",
            hint: "The paths of all runs.",
            is_on: |look| look.parameters.contains(&ParameterLayer::Path),
            turn: |look, is_on| turned(look, ParameterLayer::Path, is_on),
        },
        Switch {
            name: "steps",
            hint: "A dot for each step, coloured by its loss.",
            is_on: |look| look.parameters.contains(&ParameterLayer::Steps),
            turn: |look, is_on| turned(look, ParameterLayer::Steps, is_on),
        },
        Switch {
            name: "directions",
            hint: "The directions of the plane as arrows from its origin.",
            is_on: |look| look.parameters.contains(&ParameterLayer::Directions),
            turn: |look, is_on| turned(look, ParameterLayer::Directions, is_on),
        },
    ],
    ..About::new(
        "Parameter space",
        "The first two parameters themselves, with equal scales: path, steps, a grid of models, directions.",
    )
};

/// The layers with one more, in their usual order, or one less.
fn turned(look: &ViewFile, layer: ParameterLayer, is_on: bool) -> Change {
    let is_wanted = |of: &&ParameterLayer| if **of == layer { is_on } else { look.parameters.contains(of) };
    Change::Parameters(ParameterLayer::ALL.iter().filter(is_wanted).copied().collect())
}

/// It keeps the losses of its grid.
#[derive(Default)]
pub struct Parameters(Models);

impl<S: Side> Maker<S> for Parameters {
    fn draw(&mut self, moment: &Moment<S>) -> Chart {
        let Moment { sources, known, looked, inks, wanted } = moment;
        let runs = sources.training.runs();
        let ramp = sources
            .placement
            .first()
            .map(|placed| Ramp { heights: placed.frame.heights, colors: wanted.look.colors });
        let mut marks = Vec::new();
        for layer in &wanted.look.parameters {
            match layer {
                ParameterLayer::Grid => {
                    self.0.follow(known);
                    marks.extend(ramp.and_then(|ramp| self.0.mark(&ramp)));
                }
                ParameterLayer::Path => marks.extend(paths(runs, inks)),
                ParameterLayer::Steps => {
                    let points = sources.training.leader().map(Live::points).unwrap_or_default();
                    marks.extend(ramp.map(|ramp| steps(points, &ramp)));
                }
                ParameterLayer::Directions => marks.extend(directions(&known.plan.plane.subspace, inks)),
            }
        }
        marks.extend(
            wanted
                .look
                .dot
                .zip(Chord::of(known))
                .into_iter()
                .flat_map(|(dot, chord)| straight(&chord, dot, inks)),
        );
        marks.extend(looked.as_ref().map(|looked| here(looked, inks)));
        let holds = known.plan.sound.finite_thetas().into_iter().map(place).collect();
        Chart { holds, ..chart(&known.plan.problem, marks, note(&known.plan.problem, &wanted.look)) }
    }
}

fn chart(problem: &Problem, marks: Vec<Mark>, note: String) -> Chart {
    let name = |i: usize| problem.layout().entry_name(i).unwrap_or_else(|| "0".to_owned());
    Chart { x: name(0), y: name(1), marks, is_equal: true, note, ..Chart::default() }
}

/// Where a theta is in the chart.
fn place(theta: &[f64]) -> [f64; 2] {
    [theta[0], theta.get(1).copied().unwrap_or_default()]
}

/// What of it says less than it seems to.
fn note(problem: &Problem, look: &ViewFile) -> String {
    let has_grid = look.parameters.contains(&ParameterLayer::Grid);
    match (problem.dim(), problem.objective()) {
        (0..=2, None) if has_grid => "There is no grid of models: their losses are not known.".to_owned(),
        (0..=2, _) => String::new(),
        (dim, _) if has_grid => {
            format!("Two of {dim} parameters, which do not decide a loss: there is no grid of models here.")
        }
        (dim, _) => format!("Two of {dim} parameters; of the others nothing is seen here."),
    }
}

fn paths(runs: &[Live], inks: &Inks) -> Vec<Mark> {
    let path = |live: &Live| Mark::Line {
        name: String::new(),
        color: inks.runs[live.number() % inks.runs.len()],
        width: 2.0,
        points: thinned(live.points().iter().map(|point| place(&point.theta))),
    };
    runs.iter().map(path).collect()
}

fn steps(points: &[Checkpoint], ramp: &Ramp) -> Mark {
    let shown = thinned(points.iter());
    let places = shown.iter().map(|point| place(&point.theta)).collect();
    ramp.dots("loss of a step", places, shown.iter().map(|point| point.loss).collect(), false)
}

fn directions(subspace: &Subspace, inks: &Inks) -> Vec<Mark> {
    let from = place(subspace.origin());
    let shown = subspace.directions().iter().take(2).zip(["α₁", "α₂"]).zip(inks.runs);
    shown
        .flat_map(|((direction, name), color)| {
            let way = place(direction);
            arrow(name, [from, [from[0] + way[0], from[1] + way[1]]], color)
        })
        .collect()
}

/// The straight line from start to end, with both ends named.
fn straight(chord: &Chord, dot: f64, inks: &Inks) -> Vec<Mark> {
    let at = |alpha: f64| place(&chord.at(alpha));
    let points = shown_with(dot).map(at).to_vec();
    let label = |alpha: f64, text: &str, is_before| Mark::Label {
        at: at(alpha),
        text: text.to_owned(),
        color: inks.ink,
        is_before,
    };
    vec![
        Mark::Line { name: String::new(), color: inks.ink.gamma_multiply(0.7), width: 2.0, points },
        Mark::Points { name: String::new(), color: inks.ink, radius: 3.5, points: vec![at(0.0), at(1.0)] },
        label(0.0, "A", true),
        label(1.0, "B", false),
    ]
}

fn here(looked: &Looked, inks: &Inks) -> Mark {
    let points = vec![place(looked.theta)];
    Mark::Points { name: looked.what.to_owned(), color: inks.ink, radius: 4.5, points }
}

/// The losses of a grid of models about the path: evaluated once for each training.
#[derive(Default)]
struct Models {
    of: Option<Revision>,
    places: Vec<[f64; 2]>,
    losses: Vec<f64>,
}

/// Room around the path, as a share of its extent.
const ROOM: f64 = 0.3;

impl Models {
    fn follow(&mut self, known: &Known) {
        if self.of == Some(known.revision) {
            return;
        }
        *self = Self { of: Some(known.revision), ..Self::default() };
        let problem = &known.plan.problem;
        let Some(objective) = problem.objective().filter(|_| problem.dim() == 2) else { return };
        let path: Vec<[f64; 2]> = known.plan.sound.finite_thetas().into_iter().map(place).collect();
        self.places = about(&path).map(|corners| grid(corners).collect()).unwrap_or_default();
        self.losses = self.places.iter().map(|theta| objective.loss(theta)).collect();
    }

    fn mark(&self, ramp: &Ramp) -> Option<Mark> {
        let is_there = !self.places.is_empty();
        is_there.then(|| ramp.dots("loss of a model", self.places.clone(), self.losses.clone(), true))
    }
}

/// The corners of what holds a path with room around it.
fn about(path: &[[f64; 2]]) -> Option<[[f64; 2]; 2]> {
    let end =
        |pick: fn(f64, f64) -> f64| path.iter().copied().reduce(|a, b| [pick(a[0], b[0]), pick(a[1], b[1])]);
    let (low, high) = (end(f64::min)?, end(f64::max)?);
    let room = ROOM * (high[0] - low[0]).max(high[1] - low[1]).max(1e-6);
    Some([low.map(|v| v - room), high.map(|v| v + room)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_turned_on_in_their_order() {
        let look = ViewFile::default();
        let steps = turned(&look, ParameterLayer::Steps, true);
        assert_eq!(steps, Change::Parameters(vec![ParameterLayer::Path, ParameterLayer::Steps]));
        assert_eq!(turned(&look, ParameterLayer::Path, false), Change::Parameters(vec![]));
    }

    #[test]
    fn the_grid_holds_the_path_with_room() {
        let corners = about(&[[0.0, 1.0], [1.0, -1.0], [0.5, 0.0]]).unwrap();
        assert_eq!(corners, [[-0.6, -1.6], [1.6, 1.6]]);
        assert_eq!(about(&[]), None);
    }

    #[test]
    fn a_direction_is_an_arrow_from_the_origin() {
        let directions = vec![vec![3.0, 4.0], vec![-4.0, 3.0]];
        let subspace = Subspace::new(vec![1.0, 1.0], directions).unwrap();
        let inks = Inks::from(&crate::scene::theme::Palette::from(crate::core::experiment::Theme::Dark));
        let marks = super::directions(&subspace, &inks);
        let shafts: Vec<&[[f64; 2]]> = marks
            .iter()
            .filter_map(|mark| if let Mark::Line { points, .. } = mark { Some(&points[..2]) } else { None })
            .collect();
        assert_eq!(shafts, [[[1.0, 1.0], [4.0, 5.0]], [[1.0, 1.0], [-3.0, 4.0]]]);
    }
}
