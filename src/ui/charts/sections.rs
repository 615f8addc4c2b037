//! The loss along each axis of the plane, through the point looked at; or along the straight line from the start of
//! training to its end, with a dot on it (the post's figure 8).

use super::line::{Chord, Profile, place_text, shown_with};
use super::{About, Inks, Looked, Maker, Moment, Switch, Touched, without_objective};
use crate::core::experiment::Change;
use crate::core::objective::Objective;
use crate::scene::landscape::Known;
use crate::scene::side::Side;
use crate::ui::chart::{Chart, Mark};
use crate::ui::style::loss_text;

/// What is told of it.
pub const ABOUT: About = About {
    touched: |touch| {
        if touch.file.view.dot.is_some() {
            let alpha = touch.at[0].clamp(super::line::SHOWN[0], super::line::SHOWN[1]);
            return Some(Touched::Set(Change::Dot(Some((1000.0 * alpha).round() / 1000.0))));
        }
        let mut alpha = touch.alpha.clone();
        *alpha.get_mut(usize::from(touch.has_shift))? = touch.at[0];
        (alpha.len() > 1).then_some(Touched::Point(alpha))
    },
    switches: &[Switch {
        name: "start to end",
        hint: "Along the straight line from the start of training to its end, with a dot to drag.",
        is_on: |look| look.dot.is_some(),
        turn: |_, is_on| Change::Dot(is_on.then_some(0.0)),
    }],
    ..About::new(
        "Along lines",
        "The loss, or what else the surface shows, along each axis of the plane through the point looked at; or the loss from start to end. Drag to move it, with Shift along α₂.",
    )
};

/// It keeps the loss from start to end.
#[derive(Default)]
pub struct Sections(Profile);

impl<S: Side> Maker<S> for Sections {
    fn draw(&mut self, moment: &Moment<S>) -> Chart {
        let known = moment.known;
        let (Some(dot), Some(chord)) = (moment.wanted.look.dot, Chord::of(known)) else {
            self.0 = Profile::default();
            return moment.of_point(|looked| chart(looked, known, &moment.inks));
        };
        let Some(objective) = known.plan.objective() else { return without_objective() };
        self.0.follow(known.revision, shown_with(dot), &known.plan.problem, &chord);
        along(&self.0.points, &chord, dot, &**objective, &moment.inks)
    }

    fn is_due(&mut self, is_news: bool, _waits: bool) -> bool {
        is_news || self.0.is_behind()
    }

    fn is_behind(&self) -> bool {
        self.0.is_behind()
    }
}

/// The chart of the line from start to end.
fn along(line: &[[f64; 2]], chord: &Chord, dot: f64, objective: &dyn Objective, inks: &Inks) -> Chart {
    let loss = |alpha: f64| objective.loss(&chord.at(alpha));
    let [a, b, here] = [0.0, 1.0, dot].map(loss);
    let points = |color, radius, points| Mark::Points { name: String::new(), color, radius, points };
    let label = |at, text: &str| Mark::Label { at, text: text.to_owned(), color: inks.ink, is_before: false };
    let marks = vec![
        Mark::Line { name: String::new(), color: inks.runs[1], width: 2.0, points: line.to_vec() },
        points(inks.ink, 3.5, vec![[0.0, a], [1.0, b]]),
        label([0.0, a], "A"),
        label([1.0, b], "B"),
        points(inks.runs[0], 5.5, vec![[dot, here]]),
    ];
    let share = share_text(dot);
    let [a, b, here] = [a, b, here].map(loss_text);
    let note = format!("θ = (1 − {share})·A + {share}·B has loss {here}; start A has {a}, end B {b}.");
    Chart { x: "α".to_owned(), y: "loss".to_owned(), marks, note, ..Chart::default() }
}

/// A share as it stands in an equation.
fn share_text(share: f64) -> String {
    let text = place_text(share);
    if text.starts_with('−') { format!("({text})") } else { text }
}

/// Values along an axis.
const POINTS: usize = 37;
/// Multiply-adds that a chart may take in a frame, about a millisecond's worth.
const AFFORDABLE: usize = 4_000_000;

/// The chart of both axes.
fn chart(looked: &Looked, known: &Known, inks: &Inks) -> Chart {
    let Some(measure) = &known.plan.measure else { return without_objective() };
    let subspace = &known.plan.plane.subspace;
    let axes = known.plan.plane_spec.axes();
    let is_affordable = measure.cost() * 2 * POINTS <= AFFORDABLE;
    let value = |alpha: &[f64]| match (is_affordable, &known.plane) {
        (true, _) => measure.value(&subspace.lift(alpha)),
        (false, Some(plane)) => plane.picture.field.view().sample([alpha[0], alpha[1]]),
        (false, None) => f64::NAN,
    };
    let mut marks = Vec::new();
    for (i, name) in ["along α₁", "along α₂"].into_iter().enumerate().take(subspace.k()) {
        let axis = axes[i];
        let at = |k: usize| axis.low + (axis.high - axis.low) * k as f64 / (POINTS - 1) as f64;
        let points = (0..POINTS).map(|k| {
            let mut alpha = looked.alpha.to_vec();
            alpha[i] = at(k);
            [at(k), value(&alpha)]
        });
        let color = inks.runs[i];
        marks.push(Mark::Line { name: name.to_owned(), color, width: 2.0, points: points.collect() });
        let here = vec![[looked.alpha[i], value(looked.alpha)]];
        marks.push(Mark::Points { name: String::new(), color, radius: 4.5, points: here });
    }
    let how = if is_affordable { "evaluated" } else { "read off the plane" };
    let note = format!("Through the slice's point {}; {how}.", looked.what);
    Chart { x: "α".to_owned(), y: known.plan.quantity.title().into_owned(), marks, note, ..Chart::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_below_nothing_stands_in_brackets() {
        assert_eq!([-0.15, 0.5, 1.15].map(share_text), ["(−0.15)", "0.50", "1.15"]);
        assert_eq!([8.3e-14, -1e-9].map(share_text), ["0.00", "0.00"], "a dot that sets out is not far");
    }
}
