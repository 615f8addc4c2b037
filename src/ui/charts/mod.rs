//! What the charts say: each file makes one of them out of numbers, without egui.
//!
//! All of them look at the same point of parameter space: the one under the pointer, else the one that
//! was chosen, else the one where training is. So they move together.

mod curves;
mod decision;
mod hidden;
mod histogram;
mod loss;
mod map;
mod parameters;
mod sections;
mod spectrum;

use std::sync::Arc;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::egui::Color32;
use serde::{Deserialize, Serialize};

use super::chart::Chart;
use super::desk::Desk;
use super::style::{color32, sentence};
use super::timeline::{History, thinned_by_step};
use crate::core::objective::{NoObjective, Problem};
use crate::core::session::Run;
use crate::core::train::{Checkpoint, plateaus};
use crate::scene::Pacing;
use crate::scene::frame::Placement;
use crate::scene::landscape::{Known, Landscape, PictureRevisions};
use crate::scene::pointer::Hover;
use crate::scene::prober::{self, Prober};
use crate::scene::session::SessionState;
use crate::scene::slice::Shown;
use crate::scene::theme::Palette;
use crate::scene::training::{Live, Training};

/// A chart by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// Loss and accuracy against the step.
    Curves,
    /// The data with what the model makes of it.
    Decision,
    /// The plane as a contour map.
    Map,
    /// The loss along both axes of the plane.
    Sections,
    /// The first two parameters.
    Parameters,
    /// How many examples get which prediction.
    Histogram,
    /// The data as the hidden units see it.
    Hidden,
    /// The loss of one example against its prediction.
    Loss,
    /// The eigenvalues of the Hessian.
    Spectrum,
}

impl ChartKind {
    /// Every chart, in the order a menu shows them.
    pub const ALL: [Self; 9] = [
        Self::Curves,
        Self::Decision,
        Self::Map,
        Self::Sections,
        Self::Parameters,
        Self::Histogram,
        Self::Hidden,
        Self::Loss,
        Self::Spectrum,
    ];

    /// The name that people see.
    pub fn name(self) -> &'static str {
        match self {
            Self::Curves => "Loss and accuracy",
            Self::Decision => "Data and decision",
            Self::Map => "Contour map",
            Self::Sections => "Along the axes",
            Self::Parameters => "Parameter space",
            Self::Histogram => "Predictions",
            Self::Hidden => "Hidden units",
            Self::Loss => "Loss of one example",
            Self::Spectrum => "Curvature",
        }
    }

    /// What it shows, in a sentence.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Curves => "Loss and accuracy of every run against the step, training and held-out.",
            Self::Decision => "The examples, and what the model at the point looked at says everywhere.",
            Self::Map => "The displayed plane from above, with the path. Click to choose a point.",
            Self::Sections => {
                "The loss along each axis of the plane through the point looked at. Drag to move it."
            }
            Self::Parameters => "The path in the first two parameters themselves, with equal scales.",
            Self::Histogram => "How often each prediction is made, by class, with the boundary.",
            Self::Hidden => "The examples in the coordinates of the hidden units, in pairs.",
            Self::Loss => {
                "What one example costs, whatever it is predicted as. Drag the prediction, Shift-drag the target."
            }
            Self::Spectrum => "Eigenvalues of the Hessian at the point looked at, and what they make of it.",
        }
    }
}

/// The point of parameter space that all charts look at.
pub struct Looked<'a> {
    /// What it is a point of.
    pub problem: &'a Problem,
    /// The point, `[dim]`.
    pub theta: &'a [f64],
    /// Its alphas in the slice: its own if it is one of the slice, else those of its projection.
    pub alpha: &'a [f64],
    /// What it is, in words.
    pub what: &'a str,
}

/// Colours that charts use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inks {
    /// Lines and points of most weight.
    pub ink: Color32,
    /// Those of less.
    pub faint: Color32,
    /// Of the runs and the classes, in their order.
    pub runs: [Color32; 6],
}

impl From<&Palette> for Inks {
    fn from(palette: &Palette) -> Self {
        Self { ink: color32(palette.ink), faint: color32(palette.faint), runs: palette.runs.map(color32) }
    }
}

/// The charts of this moment, and the timeline's history.
#[derive(Resource, Default)]
pub struct Charts {
    /// Those that are open.
    pub open: Vec<(ChartKind, Arc<Chart>)>,
    /// The loss over training.
    pub history: Arc<History>,
    of: Option<State>,
    memory: Memory,
    /// Frames since the curvature was looked at, and whether anything has changed since then.
    curvature_age: u32,
    is_curvature_old: bool,
}

/// What charts keep from one frame to the next.
#[derive(Default)]
struct Memory {
    held_out: curves::HeldOut,
    cloud: decision::Cloud,
    ground: map::Ground,
    prober: Prober,
}

impl Charts {
    /// Whether an open chart has more to look at than a frame had time for.
    pub fn is_behind(&self) -> bool {
        let is_open = |kind| self.open.iter().any(|(open, _)| *open == kind);
        (self.memory.held_out.is_behind && is_open(ChartKind::Curves))
            || ((self.is_curvature_old || self.memory.prober.is_busy()) && is_open(ChartKind::Spectrum))
    }
}

/// Frames between two looks at the curvature while the point looked at moves: it takes as long as all
/// other charts together.
const CURVATURE_FRAMES: u32 = 6;

/// What charts depend on.
#[derive(Clone, Debug, PartialEq)]
struct State {
    news: u64,
    pictures: Option<PictureRevisions>,
    alpha3: f64,
    hover: Option<Vec<f64>>,
    selected: Option<Vec<f64>>,
    colors: Inks,
    map: crate::core::geometry::colormap::ColorMap,
    wanted: Vec<ChartKind>,
    is_log: bool,
    example: [f64; 2],
}

impl State {
    /// Whether the history that was made of it is older than `now`.
    fn is_history_older(&self, now: &Self) -> bool {
        let plan = |state: &Self| state.pictures.map(|pictures| pictures.question);
        (self.news, plan(self)) != (now.news, plan(now))
    }
}

/// What charts are made of.
#[derive(SystemParam)]
pub(super) struct Sources<'w> {
    session: Res<'w, SessionState>,
    training: Res<'w, Training>,
    landscape: Res<'w, Landscape>,
    shown: Res<'w, Shown>,
    placement: Res<'w, Placement>,
    hover: Res<'w, Hover>,
    palette: Res<'w, Palette>,
    pacing: Res<'w, Pacing>,
}

/// Makes the open charts anew where anything they depend on has changed.
pub(super) fn draw_charts(sources: Sources, desk: Res<Desk>, mut charts: ResMut<Charts>) {
    let known = sources.landscape.current();
    let state = State {
        news: sources.training.news(),
        pictures: known.map(Known::pictures),
        alpha3: sources.shown.alpha3,
        hover: sources.hover.0.as_ref().map(|point| point.alpha.clone()),
        selected: sources.session.view().selected.clone(),
        colors: Inks::from(&*sources.palette),
        map: sources.session.look().colors,
        wanted: desk.charts.iter().copied().collect(),
        is_log: desk.is_log,
        example: desk.example,
    };
    charts.bypass_change_detection().curvature_age += 1;
    let is_same = charts.of.as_ref() == Some(&state);
    // One more look once everything is still, and as many as a thread's answer takes.
    let age = charts.curvature_age;
    let is_curvature_due = age == CURVATURE_FRAMES || (!is_same && age > CURVATURE_FRAMES);
    let is_behind = charts.memory.held_out.is_behind && desk.charts.contains(&ChartKind::Curves);
    let is_looking = charts.memory.prober.is_busy() || (is_curvature_due && charts.is_curvature_old);
    if is_same && !is_behind && !is_looking {
        return;
    }
    if charts.of.as_ref().is_none_or(|of| of.is_history_older(&state)) {
        charts.history = Arc::new(history(&sources.training, known));
    }
    let charts = &mut *charts;
    // Where nothing but the curvature is awaited the other charts are as they were.
    let is_kept = |kind| match kind {
        ChartKind::Spectrum => !(is_curvature_due || (is_same && charts.memory.prober.is_busy())),
        ChartKind::Curves => is_same && !is_behind,
        _ => is_same,
    };
    let kept: Vec<_> = charts.open.iter().filter(|(kind, _)| is_kept(*kind)).cloned().collect();
    charts.is_curvature_old = !is_curvature_due && (!is_same || charts.is_curvature_old);
    if is_curvature_due {
        charts.curvature_age = 0;
    }
    if !desk.charts.contains(&ChartKind::Spectrum) {
        charts.memory.prober.forget();
    }
    charts.open = match known {
        Some(known) => {
            let point = looked_at(&sources, known);
            let open = desk.charts.iter().map(|kind| {
                let kept = kept.iter().find(|(old, _)| old == kind).map(|(_, chart)| Arc::clone(chart));
                let made =
                    || Arc::new(chart(*kind, &sources, known, point.as_ref(), &desk, &mut charts.memory));
                (*kind, kept.unwrap_or_else(made))
            });
            open.collect()
        }
        None => Vec::new(),
    };
    charts.of = Some(state);
}

/// A point, with its words.
struct Point {
    theta: Vec<f64>,
    alpha: Vec<f64>,
    what: String,
}

fn looked_at(sources: &Sources, known: &Known) -> Option<Point> {
    let subspace = &known.plan.plane.subspace;
    let of_slice = |alpha: &Vec<f64>, what: &str| Point {
        theta: subspace.lift(alpha),
        alpha: alpha.clone(),
        what: what.to_owned(),
    };
    let hovered = sources.hover.0.as_ref().map(|point| of_slice(&point.alpha, "under the pointer"));
    let chosen = || {
        let fits = |alpha: &&Vec<f64>| alpha.len() == subspace.k();
        sources
            .session
            .view()
            .selected
            .as_ref()
            .filter(fits)
            .map(|alpha| of_slice(alpha, "at the chosen point"))
    };
    let trained = || {
        let latest = sources.training.leader()?.latest()?;
        let is_finite = latest.theta.iter().all(|v| v.is_finite());
        is_finite.then(|| Point {
            theta: latest.theta.to_vec(),
            alpha: subspace.project(&latest.theta).alpha,
            what: format!("at step {}", latest.step),
        })
    };
    hovered.or_else(chosen).or_else(trained)
}

fn chart(
    kind: ChartKind,
    sources: &Sources,
    known: &Known,
    point: Option<&Point>,
    desk: &Desk,
    memory: &mut Memory,
) -> Chart {
    let Memory { held_out, cloud, ground, prober } = memory;
    let inks = Inks::from(&*sources.palette);
    let looked = point.map(|point| Looked {
        problem: &known.plan.problem,
        theta: &point.theta,
        alpha: &point.alpha,
        what: &point.what,
    });
    let none = || Chart { note: "There is no point to look at yet.".to_owned(), ..Chart::default() };
    let with = |make: &mut dyn FnMut(&Looked) -> Chart| looked.as_ref().map_or_else(none, make);
    match kind {
        ChartKind::Curves => {
            let runs: Vec<curves::Run> =
                sources.training.runs().iter().map(|live| named_run(sources, live)).collect();
            held_out.follow(known.revision, &known.plan.problem, sources.training.runs());
            curves::chart(&runs, held_out, desk.is_log, &inks)
        }
        ChartKind::Decision => {
            cloud.follow(known.revision, &known.plan.problem);
            with(&mut |looked| decision::chart(looked, cloud, sources.session.look().colors, &inks))
        }
        ChartKind::Map => {
            let path = sources.training.leader().map(Live::points).unwrap_or_default();
            let placed = sources.placement.first();
            ground.follow(known, &sources.shown, placed, sources.session.look().colors, &inks);
            map::chart(known, ground, path, looked.as_ref(), &inks)
        }
        ChartKind::Sections => with(&mut |looked| sections::chart(looked, known, &inks)),
        ChartKind::Parameters => {
            let runs: Vec<(usize, &[Checkpoint])> =
                sources.training.runs().iter().map(|live| (live.number(), live.points())).collect();
            parameters::chart(known.plan.problem.layout(), &runs, looked.as_ref(), &inks)
        }
        ChartKind::Histogram => with(&mut |looked| histogram::chart(looked, &inks)),
        ChartKind::Hidden => with(&mut |looked| hidden::chart(looked, &inks)),
        ChartKind::Loss if known.plan.objective().is_none() => without_objective(),
        ChartKind::Loss => loss::chart(sources.session.experiment().loss, desk.example, &inks),
        ChartKind::Spectrum => with(&mut |looked| {
            let Some(objective) = known.plan.objective() else { return without_objective() };
            let plane = Some((known.revision, &known.plan.plane.subspace));
            let point = prober::Point { objective, plane, theta: looked.theta };
            prober.follow(&point, *sources.pacing == Pacing::Awaited);
            spectrum::chart(looked, prober, &inks)
        }),
    }
}

/// What stands where a chart would evaluate a loss that is not known.
fn without_objective() -> Chart {
    Chart { note: sentence(&NoObjective), ..Chart::default() }
}

/// What stands where a chart would show examples and there are none.
fn without_examples(problem: &Problem, says: &str) -> Chart {
    match problem.objective() {
        Some(_) => Chart { note: says.to_owned(), ..Chart::default() },
        None => without_objective(),
    }
}

fn named_run<'a>(sources: &'a Sources, live: &'a Live) -> curves::Run<'a> {
    let of = sources.session.runs().iter().find(|run| live.id() == Some(run.id));
    curves::Run {
        id: live.id(),
        name: of.map(Run::title).unwrap_or_default(),
        number: live.number(),
        points: live.points(),
    }
}

fn history(training: &Training, known: Option<&Known>) -> History {
    let curve = |points: &[Checkpoint]| -> Vec<(u64, f64)> {
        thinned_by_step(points).map(|point| (point.step, point.loss)).collect()
    };
    let planned = known.map(|known| curve(known.plan.trajectory.checkpoints())).unwrap_or_default();
    History {
        plateaus: plateaus(&planned),
        live: training.leader().map(|live| curve(live.points())).unwrap_or_default(),
        planned,
    }
}
