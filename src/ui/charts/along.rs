//! Curvature, gradient and distance along the training, with what the optimizer can stand.

use bevy_egui::egui::Color32;

use super::{About, Inks, LOG, Maker, Moment, Touched};
use crate::core::experiment::checked::TrainingQuestion;
use crate::core::num::vector::{norm, sub};
use crate::core::objective::NoObjective;
use crate::core::optim::Stability;
use crate::core::probe::along::{AlongRun, Bend, LARGEST, NoLimit, spread};
use crate::core::text::Measured;
use crate::core::train::Checkpoint;
use crate::scene::executor::{Executor, News, Task};
use crate::scene::side::Side;
use crate::ui::chart::{Chart, Mark};
use crate::ui::style::sentence;
use crate::ui::view::thinned_by_step;

/// What is told of it.
pub const ABOUT: About = About {
    switches: &[LOG],
    touched: |touch| Some(Touched::Step(touch.at[0].max(0.0).round() as u64)),
    ..About::new(
        "Along the training",
        "The largest eigenvalues of the Hessian against the step, with the limit of stability; below them the gradient's length and the distance travelled.",
    )
};

/// Points of the run at which the curvature is looked at.
const LOOKS: u64 = 61;

/// It keeps what was looked at.
#[derive(Default)]
pub struct Along {
    of: Option<(TrainingQuestion, u64)>,
    task: Option<Task<AlongRun>>,
    found: Vec<Bend>,
    no_limit: Option<NoLimit>,
}

impl<S: Side> Maker<S> for Along {
    fn draw(&mut self, moment: &Moment<S>) -> Chart {
        self.follow(moment);
        let points = moment.known.plan.trajectory.checkpoints();
        let step = moment.sources.training.step();
        let mut chart = self.curvature(moment, step);
        chart.below = Some(Box::new(gradient(points, step, moment)));
        chart
    }

    fn is_due(&mut self, is_news: bool, _waits: bool) -> bool {
        is_news || Maker::<S>::is_behind(self)
    }

    fn is_behind(&self) -> bool {
        self.task.is_some()
    }
}

impl Along {
    /// Catches up with the run that the plane goes through.
    fn follow<S: Side>(&mut self, moment: &Moment<S>) {
        let experiment = moment.sources.session.experiment();
        let of = (experiment.training_question(), experiment.steps);
        if self.of.as_ref() != Some(&of) {
            *self = Self { of: Some(of), ..Self::default() };
            if let Ok(run) = experiment.start_run() {
                let job = AlongRun::new(run, spread(experiment.steps, LOOKS));
                self.no_limit = job.no_limit();
                self.task = Some(moment.sources.executor.start("the curvature along the training", job));
            }
        }
        self.take(&moment.sources.executor);
    }

    fn take(&mut self, executor: &Executor) {
        let Some(task) = &mut self.task else { return };
        for news in task.take(executor) {
            if let News::Found(bend) = news {
                self.found.push(bend);
            }
        }
        if task.is_over() {
            self.task = None;
        }
    }

    fn curvature<S: Side>(&self, moment: &Moment<S>, step: u64) -> Chart {
        let inks = &moment.inks;
        let at = |i: usize| self.found.iter().map(move |bend| point(bend.step, bend.largest.get(i)));
        let strength = [1.0, 0.6, 0.4];
        let lines = (0..LARGEST).map(|i| Mark::Line {
            name: format!("eigenvalue {}", i + 1),
            color: inks.runs[0].gamma_multiply(strength[i]),
            width: if i == 0 { 2.0 } else { 1.5 },
            points: at(i).collect(),
        });
        let mut marks: Vec<Mark> = lines.collect();
        let limits = self.found.iter();
        let limits = limits.map(|bend| point(bend.step, bend.stability.as_ref().map(|known| &known.limit)));
        marks.push(line("limit of stability", inks.runs[1], limits.collect()));
        marks.push(Mark::Upright { at: step as f64, color: inks.faint });
        let is_known = moment.known.plan.objective().is_some();
        let marks = if is_known { marks } else { Vec::new() };
        let what = if self.is_divided() { "eigenvalue, divided" } else { "eigenvalue" };
        let note = if is_known { self.note(moment) } else { sentence(&NoObjective) };
        Chart {
            x: "step".to_owned(),
            y: what.to_owned(),
            marks,
            is_log: moment.wanted.look.has_log_charts,
            note,
            ..Chart::default()
        }
    }

    fn is_divided(&self) -> bool {
        let divisors = |bend: &Bend| bend.stability.as_ref().is_some_and(|known| known.divisors.is_some());
        self.found.iter().any(divisors)
    }

    /// What the limit is, or why there is none.
    fn note<S: Side>(&self, moment: &Moment<S>) -> String {
        let optimizer = moment.sources.session.experiment().optimizer.name();
        let why = match self.no_limit {
            Some(NoLimit::Batches) => "There is no limit of stability to be drawn: steps see mini-batches, whose own curvature differs from step to step.".to_owned(),
            Some(NoLimit::Optimizer) => format!("No limit of stability is known for {optimizer}."),
            Some(NoLimit::Recorded) => format!("No limit of stability: the run was recorded, without what {optimizer} divides its steps by."),
            None => match self.found.iter().rev().find_map(|bend| bend.stability.as_ref()) {
                Some(known) => limit_text(known),
                None => String::new(),
            },
        };
        let divided = match self.is_divided() {
            true => format!(
                " The Hessian is divided as {optimizer} divides its steps; before the first step nothing is."
            ),
            false => String::new(),
        };
        let decay = self
            .found
            .iter()
            .find_map(|bend| bend.stability.as_ref())
            .map_or(0.0, |known| known.weight_decay);
        let decay = match decay > 0.0 {
            true => format!(" Weight decay adds {} to each eigenvalue.", Measured(decay)),
            false => String::new(),
        };
        let behind = match self.task.as_ref().map(Task::progress) {
            Some(progress) => {
                format!(" {} of {} points are looked at so far.", progress.done, progress.total)
            }
            None => String::new(),
        };
        format!("{why}{divided}{decay}{behind}").trim_start().to_owned()
    }
}

fn limit_text(known: &Stability) -> String {
    format!("Limit of stability: {} = {:.4}.", known.formula, Measured(known.limit))
}

/// The gradient's length, and below it the distance.
fn gradient<S: Side>(points: &[Checkpoint], step: u64, moment: &Moment<S>) -> Chart {
    let inks = &moment.inks;
    let lengths = thinned_by_step(points).map(|point| [point.step as f64, point.grad_norm]).collect();
    let marks =
        vec![line("gradient", inks.runs[2], lengths), Mark::Upright { at: step as f64, color: inks.faint }];
    Chart {
        x: "step".to_owned(),
        y: "gradient's length".to_owned(),
        marks,
        is_log: moment.wanted.look.has_log_charts,
        below: Some(Box::new(distance(points, step, inks))),
        ..Chart::default()
    }
}

fn distance(points: &[Checkpoint], step: u64, inks: &Inks) -> Chart {
    let (travelled, away) = distances(points);
    let marks = vec![
        line("travelled", inks.runs[3], travelled),
        line("away from the start", inks.faint, away),
        Mark::Upright { at: step as f64, color: inks.faint },
    ];
    Chart { x: "step".to_owned(), y: "distance".to_owned(), marks, ..Chart::default() }
}

/// The length of the way so far, from checkpoint to checkpoint, and the distance from the start.
fn distances(points: &[Checkpoint]) -> (Vec<[f64; 2]>, Vec<[f64; 2]>) {
    let Some(first) = points.first() else { return (Vec::new(), Vec::new()) };
    let shown: Vec<u64> = thinned_by_step(points).map(|point| point.step).collect();
    let (mut length, mut before) = (0.0, first);
    let (mut travelled, mut away) = (Vec::new(), Vec::new());
    for point in points {
        length += norm(&sub(&point.theta, &before.theta));
        before = point;
        if shown.binary_search(&point.step).is_ok() {
            let step = point.step as f64;
            travelled.push([step, length]);
            away.push([step, norm(&sub(&point.theta, &first.theta))]);
        }
    }
    (travelled, away)
}

fn line(name: &str, color: Color32, points: Vec<[f64; 2]>) -> Mark {
    Mark::Line { name: name.to_owned(), color, width: 2.0, points }
}

/// A point of a line; one that is not known interrupts it.
fn point(step: u64, value: Option<&f64>) -> [f64; 2] {
    [step as f64, value.copied().unwrap_or(f64::NAN)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_told_in_four_digits() {
        let of = |limit: f64| Stability { limit, formula: "2/lr", weight_decay: 0.0, divisors: None };
        assert_eq!(limit_text(&of(2.0 / 1.74)), "Limit of stability: 2/lr = 1.149.");
        assert_eq!(limit_text(&of(2.0 / 3e-7)), "Limit of stability: 2/lr = 6.667e6.");
    }

    #[test]
    fn the_way_is_as_long_as_its_parts_and_the_distance_is_straight() {
        let at =
            |step: u64, theta: [f64; 2]| Checkpoint { step, theta: theta.into(), loss: 0.0, grad_norm: 0.0 };
        let points = [at(0, [0.0, 0.0]), at(1, [3.0, 0.0]), at(2, [3.0, 4.0]), at(3, [0.0, 0.0])];
        let (travelled, away) = distances(&points);
        assert_eq!(travelled, [[0.0, 0.0], [1.0, 3.0], [2.0, 7.0], [3.0, 12.0]]);
        assert_eq!(away, [[0.0, 0.0], [1.0, 3.0], [2.0, 5.0], [3.0, 0.0]]);
        assert_eq!(distances(&[]), (vec![], vec![]));
    }
}
