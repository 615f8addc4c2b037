//! The loss along each axis of the plane, through the point looked at.

use super::{About, Inks, Looked, Maker, Moment, Touched, without_objective};
use crate::scene::landscape::Known;
use crate::ui::chart::{Chart, Mark};

/// What is told of it.
pub const ABOUT: About = About {
    touched: |touch| {
        let mut alpha = touch.alpha.clone();
        *alpha.get_mut(usize::from(touch.has_shift))? = touch.at[0];
        (alpha.len() > 1).then_some(Touched::Point(alpha))
    },
    ..About::new(
        "Along the axes",
        "The loss along each axis of the plane through the point looked at. Drag to move it.",
    )
};

/// It keeps nothing.
#[derive(Default)]
pub struct Sections;

impl Maker for Sections {
    fn draw(&mut self, moment: &Moment) -> Chart {
        moment.of_point(|looked| chart(looked, moment.known, &moment.inks))
    }
}

/// Losses along an axis.
const POINTS: usize = 37;
/// Multiply-adds that a chart may take in a frame, about a millisecond's worth.
const AFFORDABLE: usize = 4_000_000;

/// The chart.
fn chart(looked: &Looked, known: &Known, inks: &Inks) -> Chart {
    let Some(objective) = looked.problem.objective() else { return without_objective() };
    let subspace = &known.plan.plane.subspace;
    let axes = known.plan.plane_spec.axes();
    let is_affordable = objective.dim() * objective.examples().max(1) * 2 * POINTS <= AFFORDABLE;
    let loss = |alpha: &[f64]| match (is_affordable, &known.plane) {
        (true, _) => objective.loss(&subspace.lift(alpha)),
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
            [at(k), loss(&alpha)]
        });
        let color = inks.runs[i];
        marks.push(Mark::Line { name: name.to_owned(), color, width: 2.0, points: points.collect() });
        let here = vec![[looked.alpha[i], loss(looked.alpha)]];
        marks.push(Mark::Points { name: String::new(), color, radius: 4.5, points: here });
    }
    let how = if is_affordable { "evaluated" } else { "read off the plane" };
    let note = format!(
        "Through the slice's point {}; {how}. Drag along it to choose another α₁, with Shift another α₂.",
        looked.what
    );
    Chart { x: "α".to_owned(), y: "loss".to_owned(), marks, note, ..Chart::default() }
}
