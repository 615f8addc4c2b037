//! What the charts say: each file makes one of them out of numbers, without egui.
//!
//! All of them look at the same point of parameter space: the one under the pointer, else the one that
//! was chosen, else the one where training is. So they move together.
//!
//! A chart is a file, with what is told [`About`] it and how it is [`Maker`], and a row of the table below.

mod along;
mod arrow;
mod curves;
mod decision;
mod directions;
mod hidden;
mod histogram;
mod learned;
mod line;
mod loss;
mod map;
mod models;
mod parameters;
mod sections;
mod spectrum;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::egui::Color32;

use self::line::{Chord, place_text};
use super::chart::{Chart, Spot};
use super::style::{color32, sentence};
use super::view::{LossHistory, thinned_by_step};
use crate::core::experiment::{Change, ChartKind, ExperimentFile, ViewFile};
use crate::core::objective::{NoObjective, Problem};
use crate::core::subspace::Subspace;
use crate::core::train::{Checkpoint, plateaus};
use crate::scene::Pacing;
use crate::scene::executor::Executor;
use crate::scene::frame::Placement;
use crate::scene::landscape::{Known, Landscape, PictureRevisions};
use crate::scene::pointer::{Hover, HoverPoint};
use crate::scene::session::SessionState;
use crate::scene::side::{First, Second, Side};
use crate::scene::slice::Shown;
use crate::scene::theme::Palette;
use crate::scene::tour::Touring;
use crate::scene::training::Training;

macro_rules! charts {
    ($($kind:ident: $file:ident::$drawn:ident),+ $(,)?) => {
        impl ChartKind {
            /// What is known of it before it is drawn.
            pub fn about(self) -> About {
                match self {
                    $(Self::$kind => $file::ABOUT),+
                }
            }

            fn drawn<S: Side>(self) -> Box<dyn Maker<S>> {
                match self {
                    $(Self::$kind => Box::<$file::$drawn>::default()),+
                }
            }
        }
    };
}

charts! {
    Curves: curves::Curves,
    Decision: decision::Decision,
    Map: map::Map,
    Sections: sections::Sections,
    Parameters: parameters::Parameters,
    Histogram: histogram::Histogram,
    Hidden: hidden::Hidden,
    Loss: loss::LossOfOne,
    Spectrum: spectrum::Spectrum,
    Directions: directions::Directions,
    Along: along::Along,
    Learned: learned::Learned,
}

impl ChartKind {
    /// The name that people see.
    pub fn name(self) -> &'static str {
        self.about().name
    }
}

/// What is known of a chart before it is drawn.
#[derive(Clone, Copy)]
pub struct About {
    /// The name that people see.
    pub name: &'static str,
    /// What it shows, in a sentence.
    pub hint: &'static str,
    /// What may be chosen of it.
    pub switches: &'static [Switch],
    /// What a hand on it asks for.
    pub touched: fn(&Touch) -> Option<Touched>,
    /// The model at a place in it, by its theta, where the plane stands at that alpha3.
    pub pointed: fn([f64; 2], f64, &Subspace) -> Option<Vec<f64>>,
}

impl About {
    const fn new(name: &'static str, hint: &'static str) -> Self {
        Self { name, hint, switches: &[], touched: |_| None, pointed: |_, _, _| None }
    }
}

/// Something of a chart that is on or off.
#[derive(Clone, Copy)]
pub struct Switch {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub hint: &'static str,
    /// Whether it is on.
    pub is_on: fn(&ViewFile) -> bool,
    /// What turns it on or off.
    pub turn: fn(&ViewFile, bool) -> Change,
}

/// A logarithmic scale of the loss.
const LOG: Switch = Switch {
    name: "log",
    hint: "A logarithmic scale of the loss.",
    is_on: |look| look.has_log_charts,
    turn: |_, is_on| Change::LogCharts(is_on),
};

/// A hand on a chart.
pub struct Touch<'a> {
    /// On which of its parts, from 0.
    pub part: usize,
    /// Where, in that part's own units.
    pub at: [f64; 2],
    /// Whether Shift is held.
    pub has_shift: bool,
    /// The point that is looked at, by its alphas.
    pub alpha: Vec<f64>,
    /// Where the plane stands.
    pub alpha3: f64,
    /// The experiment as it stands.
    pub file: &'a ExperimentFile,
}

/// What a hand on a chart asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Touched {
    /// The point with these alphas.
    Point(Vec<f64>),
    /// A step of training.
    Step(u64),
    /// Another value of a setting.
    Set(Change),
}

/// What is asked of charts.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Those that are to be made, in their order.
    pub kinds: Vec<ChartKind>,
    /// How the experiment is shown.
    pub look: ViewFile,
    /// The place in a chart that the pointer is at.
    pub pointed: Option<Pointed>,
}

/// A place in a chart that the pointer is at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pointed {
    /// Which chart.
    pub kind: ChartKind,
    /// Where in it.
    pub spot: Spot,
}

impl Pointed {
    /// Whether it is in what the chart shows of a side.
    pub fn is_of<S: Side>(&self) -> bool {
        self.spot.is_of_second == (S::NUMBER == Second::NUMBER)
    }
}

/// A chart, with what it keeps from one frame to the next.
trait Maker<S: Side>: Send + Sync {
    /// Makes it anew.
    fn draw(&mut self, moment: &Moment<S>) -> Chart;

    /// Whether it is to be made in this frame; asked once in each, with whether anything changed that charts
    /// depend on, and whether frames wait for the work they ask for.
    fn is_due(&mut self, is_news: bool, _waits: bool) -> bool {
        is_news
    }

    /// Whether it has more to look at than a frame had time for.
    fn is_behind(&self) -> bool {
        false
    }
}

/// What charts are made of, at one moment.
struct Moment<'a, 'w, S: Side> {
    sources: &'a Sources<'w, S>,
    known: &'a Known,
    looked: Option<Looked<'a>>,
    wanted: &'a Wanted,
    inks: Inks,
}

impl<S: Side> Moment<'_, '_, S> {
    /// The chart of the point looked at.
    fn of_point(&self, make: impl FnOnce(&Looked) -> Chart) -> Chart {
        let none = || Chart { note: "There is no point to look at yet.".to_owned(), ..Chart::default() };
        self.looked.as_ref().map_or_else(none, make)
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
pub struct Charts<S: Side = First> {
    /// Those that are open.
    pub open: Vec<(ChartKind, Arc<Chart>)>,
    /// The loss over training.
    pub history: Arc<LossHistory>,
    of: Option<State>,
    drawn: BTreeMap<ChartKind, Box<dyn Maker<S>>>,
}

impl<S: Side> Charts<S> {
    /// Whether an open chart has more to look at than a frame had time for.
    pub fn is_behind(&self) -> bool {
        self.drawn.values().any(|drawn| drawn.is_behind())
    }

    /// What is to be said of those that are made and show nothing.
    pub fn untold(&self) -> impl Iterator<Item = String> {
        let bare = self.open.iter().filter(|(_, chart)| chart.marks.is_empty());
        bare.map(|(kind, chart)| format!("the chart {} shows nothing: {}", kind.word(), chart.note))
    }

    /// The charts that are to be made in this frame. One that is closed keeps nothing.
    fn due(&mut self, wanted: &Wanted, is_news: bool, waits: bool) -> BTreeSet<ChartKind> {
        self.drawn.retain(|kind, _| wanted.kinds.contains(kind));
        for kind in &wanted.kinds {
            self.drawn.entry(*kind).or_insert_with(|| kind.drawn());
        }
        let due =
            self.drawn.iter_mut().filter_map(|(kind, drawn)| drawn.is_due(is_news, waits).then_some(*kind));
        due.collect()
    }
}

/// The charts that are open, each of both landscapes where two are shown.
#[derive(Resource, Default)]
pub struct OpenCharts(pub Vec<(ChartKind, Arc<Chart>)>);

/// Puts the charts of both sides together: one below the other, with what each is called.
pub(super) fn join(
    session: Res<SessionState>,
    touring: Res<Touring>,
    first: Res<Charts>,
    mut second: ResMut<Charts<Second>>,
    mut open: ResMut<OpenCharts>,
) {
    if !(first.is_changed() || second.is_changed() || session.is_changed()) {
        return;
    }
    let titles = session.experiment().sides();
    if titles.is_none() && !second.drawn.is_empty() {
        *second = Charts::default();
    }
    let other = |kind| second.open.iter().find(|(open, _)| *open == kind).map(|(_, chart)| chart);
    let joined = first.open.iter().map(|(kind, chart)| match (titles, other(*kind)) {
        (Some(titles), Some(other)) => (*kind, Arc::new(chart.joined(other, titles))),
        _ => (*kind, Arc::clone(chart)),
    });
    let phrases = touring.phrases();
    let told = joined.map(|(kind, chart)| match phrases.is_empty() {
        true => (kind, chart),
        false => (kind, Arc::new(chart.told(phrases))),
    });
    open.0 = told.collect();
}

/// What charts depend on.
#[derive(Clone, Debug, PartialEq)]
struct State {
    news: u64,
    /// Losses that were recorded of an imported run.
    recorded: usize,
    pictures: Option<PictureRevisions>,
    alpha3: f64,
    hover: Option<Vec<f64>>,
    selected: Option<Vec<f64>>,
    colors: Inks,
    wanted: Wanted,
}

impl State {
    fn of<S: Side>(sources: &Sources<S>, wanted: &Wanted) -> Self {
        Self {
            news: sources.training.news(),
            recorded: sources.session.experiment().import().map_or(0, |import| import.losses.count()),
            pictures: sources.landscape.current().map(Known::pictures),
            alpha3: sources.shown.alpha3,
            hover: sources.hovered().map(|point| point.alpha.clone()),
            selected: sources.session.view().selected.clone(),
            colors: Inks::from(&*sources.palette),
            wanted: wanted.clone(),
        }
    }

    /// Whether the history that was made of it is older than `now`.
    fn is_history_older(&self, now: &Self) -> bool {
        let plan = |state: &Self| state.pictures.map(|pictures| pictures.question);
        (self.news, plan(self)) != (now.news, plan(now))
    }
}

/// What charts are made of.
#[derive(SystemParam)]
pub(super) struct Sources<'w, S: Side> {
    session: Res<'w, SessionState<S>>,
    training: Res<'w, Training<S>>,
    landscape: Res<'w, Landscape<S>>,
    shown: Res<'w, Shown<S>>,
    placement: Res<'w, Placement<S>>,
    hover: Res<'w, Hover>,
    palette: Res<'w, Palette>,
    executor: Executor<'w>,
    pacing: Res<'w, Pacing>,
}

impl<S: Side> Sources<'_, S> {
    /// The point of its landscape under the pointer.
    fn hovered(&self) -> Option<&HoverPoint> {
        self.hover.0.as_ref().filter(|point| point.side == S::NUMBER)
    }

    /// How the experiment is shown.
    pub fn look(&self) -> &ViewFile {
        self.session.look()
    }
}

/// More pieces than any chart's work is done in: what is still behind then will not end.
const MOST_PIECES: usize = 1024;

/// Makes the open charts anew where anything they depend on has changed.
pub(super) fn draw<S: Side>(charts: &mut ResMut<Charts<S>>, sources: &Sources<S>, wanted: &Wanted) {
    let state = State::of(sources, wanted);
    let is_news = charts.of.as_ref() != Some(&state);
    let due = charts.bypass_change_detection().due(wanted, is_news, sources.pacing.waits());
    if !is_news && due.is_empty() {
        return;
    }
    let known = sources.landscape.current();
    if charts.of.as_ref().is_none_or(|of| of.is_history_older(&state)) {
        charts.history = Arc::new(history(&sources.training, known));
    }
    let charts = &mut **charts;
    charts.of = Some(state);
    let Some(known) = known else { return charts.open.clear() };
    let point = looked_at(sources, known, wanted);
    let looked = point.as_ref().map(|point| Looked {
        problem: &known.plan.problem,
        theta: &point.theta,
        alpha: &point.alpha,
        what: &point.what,
    });
    let moment = Moment { sources, known, looked, wanted, inks: Inks::from(&*sources.palette) };
    let old = std::mem::take(&mut charts.open);
    let kept = |kind| old.iter().find(|(old, _)| *old == kind && !due.contains(old)).cloned();
    let drawn = &mut charts.drawn;
    let mut made = |kind: ChartKind| {
        let maker = &mut **drawn.get_mut(&kind)?;
        Some(kept(kind).unwrap_or_else(|| (kind, Arc::new(made_of(maker, &moment)))))
    };
    charts.open = wanted.kinds.iter().filter_map(|kind| made(*kind)).collect();
}

/// A chart of this moment: of as much as a frame has time for, and of all of it where frames wait.
fn made_of<S: Side>(maker: &mut dyn Maker<S>, moment: &Moment<S>) -> Chart {
    let mut chart = maker.draw(moment);
    let mut left = if moment.sources.pacing.waits() { MOST_PIECES } else { 0 };
    while left > 0 && maker.is_behind() {
        (chart, left) = (maker.draw(moment), left - 1);
    }
    chart
}

/// A point, with its words.
struct LookedPoint {
    theta: Vec<f64>,
    alpha: Vec<f64>,
    what: String,
}

fn looked_at<S: Side>(sources: &Sources<S>, known: &Known, wanted: &Wanted) -> Option<LookedPoint> {
    let subspace = &known.plan.plane.subspace;
    let of_slice = |alpha: &Vec<f64>, what: &str| LookedPoint {
        theta: subspace.lift(alpha),
        alpha: alpha.clone(),
        what: what.to_owned(),
    };
    let hovered = sources.hovered().map(|point| of_slice(&point.alpha, "under the pointer"));
    let pointed = || {
        let Pointed { kind, spot } = wanted.pointed?;
        let theta = (kind.about().pointed)(spot.at, sources.shown.alpha3, subspace)?;
        Some(LookedPoint {
            alpha: subspace.project(&theta).alpha,
            theta,
            what: "under the pointer".to_owned(),
        })
    };
    let dotted = || {
        let at = wanted.look.dot?;
        let theta = Chord::of(known)?.at(at);
        let what = format!("at α = {} of the way", place_text(at));
        Some(LookedPoint { alpha: subspace.project(&theta).alpha, theta, what })
    };
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
        is_finite.then(|| LookedPoint {
            theta: latest.theta.to_vec(),
            alpha: subspace.project(&latest.theta).alpha,
            what: format!("at step {}", latest.step),
        })
    };
    hovered.or_else(pointed).or_else(dotted).or_else(chosen).or_else(trained)
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

fn history<S: Side>(training: &Training<S>, known: Option<&Known>) -> LossHistory {
    let plan = known.map(|known| &known.plan).filter(|plan| plan.is_evaluated);
    let loss = |point: &Checkpoint| plan.map_or(Some(point.loss), |plan| plan.value_at(point));
    let curve = |points: &[Checkpoint]| -> Vec<(u64, f64)> {
        thinned_by_step(points).filter_map(|point| Some((point.step, loss(point)?))).collect()
    };
    let planned = known.map(|known| curve(known.plan.trajectory.checkpoints())).unwrap_or_default();
    LossHistory {
        plateaus: plateaus(&planned),
        live: training.leader().map(|live| curve(live.points())).unwrap_or_default(),
        planned,
    }
}
