//! The data as the last hidden layer sees it: its first three units, in pairs side by side.

use super::decision::examples;
use super::{About, Inks, Looked, Maker, Moment, without_examples};
use crate::core::model::pass;
use crate::scene::side::Side;
use crate::ui::chart::{Chart, Mark};

/// What is told of it.
pub const ABOUT: About =
    About::new("Hidden units", "The examples in the coordinates of the hidden units, in pairs.");

/// It keeps nothing.
#[derive(Default)]
pub struct Hidden;

impl<S: Side> Maker<S> for Hidden {
    fn draw(&mut self, moment: &Moment<S>) -> Chart {
        moment.of_point(|looked| chart(looked, &moment.inks))
    }
}

/// The chart.
fn chart(looked: &Looked, inks: &Inks) -> Chart {
    let learned = looked.problem.supervised();
    let hidden = learned.and_then(|learned| Some((learned.model().hidden()?, learned.train())));
    let Some((hidden, data)) = hidden else {
        return without_examples(looked.problem, "This model has no hidden units.");
    };
    let units = pass::predict(&hidden, &looked.theta[..hidden.dim()], data.x());
    let width = hidden.outputs();
    let pairs: &[[usize; 2]] = match width {
        1 => &[[0, 0]],
        2 => &[[0, 1]],
        _ => &[[0, 1], [0, 2], [1, 2]],
    };
    let finite = units.iter().filter(|v| v.is_finite());
    let (low, high) = finite.fold((0.0_f64, 1.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
    let apart = 1.15 * (high - low);
    let mut marks = Vec::new();
    for (i, [a, b]) in pairs.iter().enumerate() {
        let shift = i as f64 * apart;
        marks.extend(examples(data, inks, |row| [units[row * width + a] + shift, units[row * width + b]]));
        let corners = [[low, low], [high, low], [high, high], [low, high], [low, low]];
        let frame = corners.map(|[x, y]| [x + shift, y]).to_vec();
        marks.push(Mark::Line { name: String::new(), color: inks.faint, width: 1.0, points: frame });
    }
    let names: Vec<String> = pairs.iter().map(|[a, b]| format!("h{} over h{}", b + 1, a + 1)).collect();
    let more = if width > 3 { format!(" Of {width} units the first three.") } else { String::new() };
    let pairs = names.join(", ");
    let note = format!(
        "The examples as the hidden units see them, {}. From left to right: {pairs}.{more}",
        looked.what
    );
    Chart { marks, is_equal: true, note, ..Chart::default() }
}
