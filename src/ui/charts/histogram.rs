//! How many examples get which prediction.

use super::{About, Inks, Looked, Maker, Moment, without_examples};
use crate::core::data::dataset::Target;
use crate::scene::side::Side;
use crate::ui::chart::{Chart, Mark};

/// What is told of it.
pub const ABOUT: About =
    About::new("Predictions", "How often each prediction is made, by class, with the boundary.");

/// It keeps nothing.
#[derive(Default)]
pub struct Histogram;

impl<S: Side> Maker<S> for Histogram {
    fn draw(&mut self, moment: &Moment<S>) -> Chart {
        moment.of_point(|looked| chart(looked, &moment.inks))
    }
}

const BINS: usize = 40;

/// The chart.
fn chart(looked: &Looked, inks: &Inks) -> Chart {
    let Some(learned) = looked.problem.supervised() else {
        return without_examples(looked.problem, "A function without examples predicts nothing.");
    };
    let (data, loss) = (learned.train(), learned.loss_function());
    let predictions = learned.predict(looked.theta, data.x());
    let outputs = predictions.len() / data.rows();
    // Of several outputs, what is said of the right one.
    let own = |row: usize| match data.target() {
        Target::Classes(_) => predictions[row * outputs + data.y()[row] as usize],
        Target::Binary | Target::Real => predictions[row * outputs],
    };
    let values: Vec<f64> = (0..data.rows()).map(own).collect();
    let finite = values.iter().filter(|v| v.is_finite());
    let (low, high) = finite.fold((0.0_f64, 1.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
    let width = (high - low) / BINS as f64;
    let count = |is_of: &dyn Fn(usize) -> bool| -> Vec<[f64; 2]> {
        let mut bins = vec![0.0; BINS];
        let counted = (0..values.len()).filter(|row| is_of(*row)).map(|row| values[row]);
        for value in counted.filter(|value| value.is_finite()) {
            bins[(((value - low) / width) as usize).min(BINS - 1)] += 1.0;
        }
        bins.iter().enumerate().map(|(i, n)| [low + (i as f64 + 0.5) * width, *n]).collect()
    };
    let bars = |name: &str, of: usize, bars| Mark::Bars {
        name: name.to_owned(),
        color: inks.runs[of].gamma_multiply(0.6),
        width,
        bars,
    };
    let marks = match data.target() {
        Target::Binary => vec![
            bars("class 0", 0, count(&|row| data.y()[row] < 0.5)),
            bars("class 1", 1, count(&|row| data.y()[row] > 0.5)),
            Mark::Upright { at: loss.boundary(), color: inks.ink },
        ],
        Target::Real | Target::Classes(_) => vec![bars("examples", 0, count(&|_| true))],
    };
    let note = format!("Predictions {}; the line is where 0 becomes 1.", looked.what);
    Chart { x: "prediction".to_owned(), y: "examples".to_owned(), marks, note, ..Chart::default() }
}
