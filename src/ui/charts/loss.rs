//! What one example costs: the loss against its error y − ŷ (the post's figure 2). That 0.6 and 0.99 are both
//! right where 1 is true, and cost differently, is why loss and accuracy differ.

use super::{About, Inks, Maker, Moment, Touch, Touched, without_objective};
use crate::core::experiment::Change;
use crate::core::loss::Loss;
use crate::core::model::pass::LANES;
use crate::core::text::Measured;
use crate::scene::side::Side;
use crate::ui::chart::{Chart, Mark};
use crate::ui::style::loss_text;

/// What is told of it.
pub const ABOUT: About = About {
    touched: |touch| Some(Touched::Set(moved(touch))),
    ..About::new(
        "Loss of one example",
        "What one example costs, whatever it is predicted as. Drag the dot, or either end below: what is predicted and what is true.",
    )
};

/// Where a hand moves an end to: on the curve the prediction, with Shift what is true; below it the nearer one.
fn moved(touch: &Touch) -> Change {
    let (predicted, desired) = (touch.file.view.predicted, touch.file.view.desired);
    // A hand is no more exact.
    let at = |value: f64| (value.clamp(-100.0, 100.0) * 1000.0).round() / 1000.0;
    let x = touch.at[0];
    match touch.part {
        0 if touch.has_shift => Change::Desired(at(predicted + x)),
        0 => Change::Predicted(at(desired - x)),
        _ if (x - predicted).abs() <= (x - desired).abs() => Change::Predicted(at(x)),
        _ => Change::Desired(at(x)),
    }
}

/// It keeps nothing.
#[derive(Default)]
pub struct LossOfOne;

impl<S: Side> Maker<S> for LossOfOne {
    fn draw(&mut self, moment: &Moment<S>) -> Chart {
        if moment.known.plan.objective().is_none() {
            return without_objective();
        }
        let look = &moment.wanted.look;
        chart(moment.sources.session.experiment().loss, [look.predicted, look.desired], &moment.inks)
    }
}

const POINTS: usize = 121;
/// Errors that are shown to both sides at least; those of logits are larger.
const REACH: f64 = 2.0;
const REACH_OF_LOGITS: f64 = 4.0;
/// Values that the line of both ends shows at least.
const ENDS: [f64; 2] = [-0.5, 2.5];
/// Predictions that are both right where 1 is true.
const BOTH_RIGHT: [f64; 2] = [0.6, 0.99];

/// The loss of one example with one output.
pub fn of_one(loss: Loss, prediction: f64, target: f64) -> f64 {
    let lane = |value: f64| {
        let mut block = vec![0.0; LANES];
        block[0] = value;
        block
    };
    loss.sum(&lane(prediction), &lane(target), 1)
}

/// The chart for an example `[prediction, target]`.
fn chart(loss: Loss, [prediction, target]: [f64; 2], inks: &Inks) -> Chart {
    if loss == Loss::CrossEntropy {
        let note = "Cross entropy judges several outputs at once; choose another loss to see it of one.";
        return Chart { note: note.to_owned(), ..Chart::default() };
    }
    let error = target - prediction;
    let usual = if loss == Loss::BceWithLogits { REACH_OF_LOGITS } else { REACH };
    let (low, high) = ((-usual).min(error), usual.max(error));
    let of = |error: f64| of_one(loss, target - error, target);
    let at = |i: usize| low + (high - low) * i as f64 / (POINTS - 1) as f64;
    let points = (0..POINTS).map(|i| [at(i), of(at(i))]).collect();
    let point = |name: String, color, radius, error: f64| Mark::Points {
        name,
        color,
        radius,
        points: vec![[error, of(error)]],
    };
    let mut marks = vec![
        Mark::Line { name: String::new(), color: inks.runs[1], width: 2.0, points },
        Mark::Upright { at: target - loss.boundary(), color: inks.faint },
    ];
    let is_of_post = target == 1.0 && loss == Loss::Mse;
    for right in BOTH_RIGHT.into_iter().filter(|_| is_of_post) {
        marks.push(point(format!("ŷ = {right}"), inks.faint, 4.0, target - right));
    }
    let [told, predicted] = [target, prediction].map(number);
    marks.push(point(format!("y − ŷ = {}", number(error)), inks.runs[0], 5.0, error));
    let is_right = (prediction > loss.boundary()) == (target > 0.5);
    let said = if is_right { "counts as right" } else { "counts as wrong" };
    let here = loss_text(of(error));
    let note = format!("Predicted {predicted} where {told} is true: it {said}, and costs {here}.");
    let below = Some(Box::new(ends([prediction, target], inks)));
    Chart { x: "y − ŷ".to_owned(), y: "loss".to_owned(), marks, note, below, ..Chart::default() }
}

/// A number as it is read here.
fn number(value: f64) -> String {
    Measured(value).steady(2).replace('-', "−")
}

/// Both ends of the error on a line of values.
fn ends([prediction, target]: [f64; 2], inks: &Inks) -> Chart {
    let line = |color, width, points| Mark::Line { name: String::new(), color, width, points };
    let end = |name: &str, color, at: f64| Mark::Points {
        name: format!("{name} = {}", number(at)),
        color,
        radius: 6.0,
        points: vec![[at, 0.0]],
    };
    let (low, high) = (ENDS[0].min(prediction).min(target), ENDS[1].max(prediction).max(target));
    let marks = vec![
        line(inks.faint.gamma_multiply(0.5), 1.0, vec![[low, 0.0], [high, 0.0]]),
        line(inks.ink, 3.0, vec![[prediction, 0.0], [target, 0.0]]),
        end("y", inks.ink, target),
        end("ŷ", inks.runs[0], prediction),
    ];
    Chart { x: "predicted ŷ, true y".to_owned(), marks, is_flat: true, ..Chart::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::{ExperimentFile, Theme};
    use crate::scene::theme::Palette;

    #[test]
    fn both_are_right_and_cost_differently() {
        assert!((of_one(Loss::Mse, 0.6, 1.0) - 0.16).abs() < 1e-12);
        assert!((of_one(Loss::Mse, 0.99, 1.0) - 1e-4).abs() < 1e-12);
        assert!((of_one(Loss::Huber, 3.0, 1.0) - 1.5).abs() < 1e-12);
        assert!((of_one(Loss::BceWithLogits, 0.0, 1.0) - 2.0_f64.ln()).abs() < 1e-12);
    }

    fn of(example: [f64; 2]) -> Chart {
        chart(Loss::Mse, example, &Inks::from(&Palette::from(Theme::Dark)))
    }

    #[test]
    fn two_where_nothing_is_true_costs_four() {
        let chart = of([2.0, 0.0]);
        assert!(chart.note.ends_with("it counts as wrong, and costs 4.0000."), "{}", chart.note);
        let Some(Mark::Line { points, .. }) = chart.marks.first() else { panic!("no curve") };
        assert_eq!((points[0], points[POINTS - 1], points[60]), ([-2.0, 4.0], [2.0, 4.0], [0.0, 0.0]));
        assert!(points.iter().all(|[error, loss]| (loss - error * error).abs() < 1e-12));
        let Some(Mark::Points { points, .. }) = chart.marks.last() else { panic!("no dot") };
        assert_eq!(points[..], [[-2.0, 4.0]]);
    }

    #[test]
    fn the_post_s_two_right_predictions_are_marked_where_one_is_true() {
        let named = |chart: &Chart| {
            let marks = chart.marks.iter();
            marks.filter(|mark| matches!(mark, Mark::Points { name, .. } if name.starts_with("ŷ"))).count()
        };
        assert_eq!((named(&of([0.6, 1.0])), named(&of([2.0, 0.0]))), (2, 0));
    }

    #[test]
    fn each_end_is_dragged() {
        let file = ExperimentFile::default();
        let to = |part, at, has_shift| {
            let at = [at, 0.0];
            moved(&Touch { part, at, has_shift, alpha: vec![], alpha3: 0.0, file: &file })
        };
        assert_eq!(to(0, -1.0, false), Change::Predicted(2.0), "1 is true");
        assert_eq!(to(0, -1.0, true), Change::Desired(-0.4), "0.6 is predicted");
        assert_eq!(to(1, 0.7, false), Change::Predicted(0.7));
        assert_eq!(to(1, 0.9, false), Change::Desired(0.9));
    }
}
