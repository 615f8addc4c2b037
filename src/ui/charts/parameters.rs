//! The paths in the first two parameters themselves, with equal scales.

use super::{About, Inks, Looked, Maker, Moment};
use crate::core::num::ParamLayout;
use crate::core::train::Checkpoint;
use crate::ui::chart::{Chart, Mark};
use crate::ui::view::thinned;

/// What is told of it.
pub const ABOUT: About =
    About::new("Parameter space", "The path in the first two parameters themselves, with equal scales.");

/// It keeps nothing.
#[derive(Default)]
pub struct Parameters;

impl Maker for Parameters {
    fn draw(&mut self, moment: &Moment) -> Chart {
        let runs: Vec<(usize, &[Checkpoint])> =
            moment.sources.training.runs().iter().map(|live| (live.number(), live.points())).collect();
        chart(moment.known.plan.problem.layout(), &runs, moment.looked.as_ref(), &moment.inks)
    }
}

/// The chart of runs, each with its number and points.
fn chart(
    layout: &ParamLayout,
    runs: &[(usize, &[Checkpoint])],
    looked: Option<&Looked>,
    inks: &Inks,
) -> Chart {
    let dim = layout.dim();
    let name = |i: usize| layout.entry_name(i).unwrap_or_else(|| "0".to_owned());
    let second = |theta: &[f64]| theta.get(1).copied().unwrap_or_default();
    let mut marks: Vec<Mark> = runs
        .iter()
        .map(|(number, points)| Mark::Line {
            name: String::new(),
            color: inks.runs[number % inks.runs.len()],
            width: 2.0,
            points: thinned(points.iter().map(|point| [point.theta[0], second(&point.theta)])),
        })
        .collect();
    if let Some(looked) = looked {
        let points = vec![[looked.theta[0], second(looked.theta)]];
        marks.push(Mark::Points { name: looked.what.to_owned(), color: inks.ink, radius: 4.5, points });
    }
    let note = match dim {
        0..=2 => String::new(),
        dim => format!("Two of {dim} parameters; of the others nothing is seen here."),
    };
    Chart { x: name(0), y: name(1), marks, is_equal: true, note, ..Chart::default() }
}
