//! Loss and accuracy against the step.

use std::collections::BTreeMap;

use bevy_egui::egui::Color32;

use super::{About, Inks, LOG, Maker, Moment, Touched};
use crate::core::experiment::pipeline::Plan;
use crate::core::imports::RecordedLosses;
use crate::core::imports::losses::Curve;
use crate::core::objective::{Problem, Supervised};
use crate::core::session::{Revision, RunId};
use crate::core::train::Checkpoint;
use crate::scene::side::Side;
use crate::scene::training::Live;
use crate::ui::chart::{Chart, Mark};
use crate::ui::view::thinned_by_step;

/// What is told of it.
pub const ABOUT: About = About {
    switches: &[LOG],
    touched: |touch| Some(Touched::Step(touch.at[0].max(0.0).round() as u64)),
    ..About::new(
        "Loss and accuracy",
        "Loss and accuracy of every run against the step, training and held-out.",
    )
};

/// It keeps what was looked at.
#[derive(Default)]
pub struct Curves(HeldOut);

impl<S: Side> Maker<S> for Curves {
    fn draw(&mut self, moment: &Moment<S>) -> Chart {
        let (known, trained) = (moment.known, moment.sources.training.runs());
        let runs: Vec<Run> = trained.iter().map(|live| named(moment, live)).collect();
        self.0.follow(known.revision, &known.plan.problem, trained);
        chart(&runs, &self.0, moment.wanted.look.has_log_charts, &moment.inks)
    }

    fn is_due(&mut self, is_news: bool, _waits: bool) -> bool {
        is_news || self.0.is_behind
    }

    fn is_behind(&self) -> bool {
        self.0.is_behind
    }
}

fn named<'a, S: Side>(moment: &Moment<'a, '_, S>, live: &'a Live) -> Run<'a> {
    Run {
        id: live.id(),
        name: live.id().map(|id| moment.sources.session.title(id)).unwrap_or_default(),
        number: live.number(),
        points: live.points(),
        plan: &moment.known.plan,
        recorded: moment.sources.session.experiment().import().map(|import| &*import.losses),
    }
}

/// A run as its curve knows it.
struct Run<'a> {
    /// Which.
    pub id: Option<RunId>,
    /// What people call it.
    pub name: String,
    /// Its colour's number.
    pub number: usize,
    /// Its points so far.
    pub points: &'a [Checkpoint],
    /// What is known of the plane.
    pub plan: &'a Plan,
    /// All losses that were recorded of it elsewhere.
    pub recorded: Option<&'a RecordedLosses>,
}

impl Run<'_> {
    /// Its loss, that of its surface where this is evaluated by somebody else; below it what was recorded.
    fn losses(&self, color: Color32, faint: Color32) -> impl Iterator<Item = Mark> {
        let line = |what: &str, width, loss: &dyn Fn(&Checkpoint) -> Option<f64>| Mark::Line {
            name: format!("{what}, {}", self.name),
            color: if width == WIDE { color } else { color.gamma_multiply(PALE) },
            width,
            points: thinned_by_step(self.points)
                .filter_map(|point| Some([point.step as f64, loss(point)?]))
                .collect(),
        };
        let of_checkpoints = |point: &Checkpoint| Some(point.loss);
        let mut lines =
            self.recorded.map_or_else(Vec::new, |losses| recorded(losses, &self.name, color, faint));
        match self.plan.is_evaluated {
            false => lines.push(line("loss", WIDE, &of_checkpoints)),
            true => {
                if lines.is_empty() {
                    lines.push(line(AS_RECORDED, NARROW, &of_checkpoints));
                }
                lines.push(line("loss", WIDE, &|point| self.plan.value_at(point)));
            }
        }
        lines.into_iter()
    }
}

/// What a recorded loss is called, and how much of the run's colour it has.
const AS_RECORDED: &str = "loss as recorded";
const PALE: f32 = 0.5;

/// Losses of one recorded curve that are drawn: more than a chart is wide.
const MOST_RECORDED: usize = 4000;

/// All that was recorded of a run's losses, at checkpoints, between them and beyond.
fn recorded(losses: &RecordedLosses, run: &str, color: Color32, faint: Color32) -> Vec<Mark> {
    let curves = [
        (AS_RECORDED, &losses.told, color.gamma_multiply(PALE)),
        ("loss on the evaluation's examples, as recorded", &losses.evaluated, faint),
    ];
    let line = |(what, curve, color): (&str, &Curve, Color32)| {
        let points = curve.outline(MOST_RECORDED).into_iter().map(|(step, loss)| [step as f64, loss]);
        Mark::Line { name: format!("{what}, {run}"), color, width: NARROW, points: points.collect() }
    };
    curves.into_iter().filter(|(_, curve, _)| curve.count() > 0).map(line).collect()
}

/// Widths of lines.
const WIDE: f32 = 2.0;
const NARROW: f32 = 1.5;

/// What each run says of examples it does not learn from, and how many it gets right: at some steps,
/// since each takes a pass over the data.
#[derive(Default)]
struct HeldOut {
    runs: BTreeMap<RunId, Looks>,
    /// Whether there is more to be looked at than a frame has time for.
    pub is_behind: bool,
}

/// What was seen of one run.
#[derive(Default)]
struct Looks {
    of: Option<(Revision, u64)>,
    /// Step and loss over the held-out examples.
    loss: Vec<[f64; 2]>,
    /// Step and share of the training examples predicted right.
    accuracy: Vec<[f64; 2]>,
    /// The same of the held-out examples.
    held_out_accuracy: Vec<[f64; 2]>,
}

/// Looks at the data over a run's planned length, and of all runs in one frame.
const LOOKS: u64 = 120;
const LOOKS_A_FRAME: usize = 4;
/// Multiply-adds that the looks of a frame may take, about a millisecond's worth; one look there is
/// always.
const AFFORDABLE: usize = 4_000_000;

impl HeldOut {
    /// Catches up with all runs, a few points at a time.
    pub fn follow(&mut self, revision: Revision, problem: &Problem, runs: &[Live]) {
        self.runs.retain(|id, _| runs.iter().any(|live| live.id() == Some(*id)));
        let cost = (problem.dim() * problem.examples()).max(1);
        let mut left = (AFFORDABLE / cost).clamp(1, LOOKS_A_FRAME);
        self.is_behind = false;
        let Some(learned) = problem.supervised() else { return };
        for live in runs {
            let Some(id) = live.id() else { continue };
            let looks = self.runs.entry(id).or_default();
            self.is_behind |= looks.follow(revision, learned, live, &mut left);
        }
    }
}

impl Looks {
    /// Catches up with a run while looks are left. Whether they did not suffice.
    fn follow(&mut self, revision: Revision, learned: &Supervised, live: &Live, left: &mut usize) -> bool {
        let of = (revision, live.rewinds());
        if self.of != Some(of) {
            *self = Self { of: Some(of), ..Self::default() };
        }
        let last = live.points().last().map_or(0, |last| last.step);
        let every = (last / LOOKS).max(1);
        let mut next = self.accuracy.last().map_or(0, |[step, _]| *step as u64 + every);
        for point in live.points() {
            if point.step < next {
                continue;
            }
            if *left == 0 {
                return true;
            }
            (next, *left) = (point.step + every, *left - 1);
            let step = point.step as f64;
            self.accuracy.push([step, learned.accuracy(&point.theta).unwrap_or(f64::NAN)]);
            if let Some(loss) = learned.held_out_loss(&point.theta) {
                self.loss.push([step, loss]);
            }
            if let Some(share) = learned.held_out_accuracy(&point.theta) {
                self.held_out_accuracy.push([step, share]);
            }
        }
        false
    }
}

/// The chart.
fn chart(runs: &[Run], held_out: &HeldOut, is_log: bool, inks: &Inks) -> Chart {
    let color = |run: &Run| inks.runs[run.number % inks.runs.len()];
    let mut marks: Vec<Mark> = runs.iter().flat_map(|run| run.losses(color(run), inks.faint)).collect();
    let is_race = runs.len() > 1;
    for run in runs {
        let Some(looks) = run.id.and_then(|id| held_out.runs.get(&id)) else { continue };
        let colors = match is_race {
            true => [0.65, 0.5, 0.35].map(|share| color(run).gamma_multiply(share)),
            false => [inks.ink, inks.faint, inks.ink.gamma_multiply(0.5)],
        };
        marks.extend(more_of(run, looks, colors));
    }
    let (mut legend, mut note) = (Vec::new(), String::new());
    if is_race {
        legend = runs.iter().map(|run| (run.name.clone(), color(run))).collect();
        note = "Each run has a colour; the brightest line is its loss, then come its loss held out, its accuracy and its accuracy held out, as far as they are known.".to_owned();
    }
    Chart {
        x: "step".to_owned(),
        y: "loss, accuracy".to_owned(),
        marks,
        legend,
        is_log,
        note,
        ..Chart::default()
    }
}

fn more_of(run: &Run, looks: &Looks, colors: [Color32; 3]) -> impl Iterator<Item = Mark> {
    let [loss, accuracy, held_out] = colors;
    let lines = [
        ("loss held out", loss, &looks.loss),
        ("accuracy", accuracy, &looks.accuracy),
        ("accuracy held out", held_out, &looks.held_out_accuracy),
    ];
    let is_told = |points: &[[f64; 2]]| points.iter().any(|[_, y]| y.is_finite());
    lines.into_iter().filter(move |(_, _, points)| is_told(points)).map(|(what, color, points)| Mark::Line {
        name: format!("{what}, {}", run.name),
        color,
        width: NARROW,
        points: points.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_recorded_loss_is_in_the_chart_of_an_imported_run_and_in_its_table() {
        let mut losses = RecordedLosses::told((0..300).map(|step| (step, 1.0 + 0.25 * step as f64)));
        losses.evaluated.push(100, 2.0);
        let marks = recorded(&losses, "run.lsr", Color32::RED, Color32::GRAY);
        let [Mark::Line { name, points, .. }, Mark::Line { points: evaluated, .. }] = &marks[..] else {
            panic!("two lines")
        };
        assert_eq!(name, "loss as recorded, run.lsr");
        assert_eq!((points.len(), points[150]), (300, [150.0, 38.5]), "between checkpoints and beyond them");
        assert_eq!(evaluated[..], [[100.0, 2.0]]);
        let chart = Chart { marks, ..Chart::default() };
        assert!(chart.to_csv().contains("\n\"loss as recorded, run.lsr\",299,75.75\n"));
        assert!(recorded(&RecordedLosses::default(), "x", Color32::RED, Color32::GRAY).is_empty());
    }
}
