//! What one example costs: the loss against the prediction, for a target. That 0.6 and 0.99 are both
//! right and cost differently is why loss and accuracy differ.

use super::{About, Inks, Maker, Moment, Touched, without_objective};
use crate::core::loss::Loss;
use crate::core::model::pass::LANES;
use crate::core::text::Measured;
use crate::ui::chart::{Chart, Mark};
use crate::ui::style::loss_text;

/// What is told of it.
pub const ABOUT: About = About {
    touched: |touch| {
        let ([x, _], [prediction, target]) = (touch.at, touch.example);
        let example = if touch.has_shift { [prediction, x.clamp(0.0, 1.0)] } else { [x, target] };
        Some(Touched::Example(example))
    },
    ..About::new(
        "Loss of one example",
        "What one example costs, whatever it is predicted as. Drag the prediction, Shift-drag the target.",
    )
};

/// It keeps nothing.
#[derive(Default)]
pub struct LossOfOne;

impl Maker for LossOfOne {
    fn draw(&mut self, moment: &Moment) -> Chart {
        if moment.known.plan.objective().is_none() {
            return without_objective();
        }
        chart(moment.sources.session.experiment().loss, moment.wanted.example, &moment.inks)
    }
}

const POINTS: usize = 121;

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
    let (low, high): (f64, f64) = if loss == Loss::BceWithLogits { (-4.0, 4.0_f64) } else { (-0.25, 1.25) };
    let (low, high) = (low.min(prediction), high.max(prediction));
    let at = |i: usize| low + (high - low) * i as f64 / (POINTS - 1) as f64;
    let points = (0..POINTS).map(|i| [at(i), of_one(loss, at(i), target)]).collect();
    let here = of_one(loss, prediction, target);
    let [told, predicted] = [target, prediction].map(|value| Measured(value).steady(2));
    let marks = vec![
        Mark::Line { name: format!("y = {told}"), color: inks.runs[1], width: 2.0, points },
        Mark::Upright { at: loss.boundary(), color: inks.faint },
        Mark::Points {
            name: format!("ŷ = {predicted}"),
            color: inks.runs[0],
            radius: 5.0,
            points: vec![[prediction, here]],
        },
    ];
    let is_right = (prediction > loss.boundary()) == (target > 0.5);
    let said = if is_right { "counts as right" } else { "counts as wrong" };
    let note =
        format!("Predicted {predicted} where {told} is true: it {said}, and costs {}.", loss_text(here));
    Chart { x: "prediction ŷ".to_owned(), y: "loss".to_owned(), marks, note, ..Chart::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_right_and_cost_differently() {
        assert!((of_one(Loss::Mse, 0.6, 1.0) - 0.16).abs() < 1e-12);
        assert!((of_one(Loss::Mse, 0.99, 1.0) - 1e-4).abs() < 1e-12);
        assert!((of_one(Loss::Huber, 3.0, 1.0) - 1.5).abs() < 1e-12);
        assert!((of_one(Loss::BceWithLogits, 0.0, 1.0) - 2.0_f64.ln()).abs() < 1e-12);
    }
}
