//! The data, and what the model makes of it: colours over the plane of two features, a curve over one,
//! and a table of what is taken for what where there are more.

use bevy_egui::egui::Color32;

use super::{Inks, Looked};
use crate::core::data::{Dataset, dataset::Target};
use crate::core::geometry::colormap::ColorMap;
use crate::core::loss::Loss;
use crate::ui::chart::{Chart, Mark};

/// Cells along each side of the picture of two features.
const CELLS: usize = 48;
/// Points of a fitted curve.
const CURVE: usize = 121;
/// Examples shown at most.
const MOST_EXAMPLES: usize = 1000;

/// The chart.
pub fn chart(looked: &Looked, colors: ColorMap, inks: &Inks) -> Chart {
    let Some((_, loss, data)) = looked.objective.network() else {
        return Chart { note: "A function without examples decides nothing.".to_owned(), ..Chart::default() };
    };
    let mut chart = match data.inputs() {
        1 => curve(looked, data, inks),
        2 => plane(looked, loss, data, inks),
        _ => table(looked, loss, data, colors),
    };
    let share =
        looked.objective.accuracy(looked.theta).map(|share| format!(", {:.1} % right", 100.0 * share));
    chart.note = format!("The model {}{}.{}", looked.what, share.unwrap_or_default(), chart.note);
    chart
}

/// From the lowest to the highest of a feature, with some room.
fn range(data: &Dataset, feature: usize) -> (f64, f64) {
    let values = data.x().iter().skip(feature).step_by(data.inputs());
    let (low, high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)));
    let room = (0.05 * (high - low)).max(1e-6);
    (low - room, high + room)
}

/// The class of an example, or whether its target is above the middle.
fn class(data: &Dataset, row: usize) -> usize {
    let y = data.y()[row * data.outputs()];
    match data.target() {
        Target::Classes(_) => y as usize,
        Target::Binary | Target::Real => usize::from(y > 0.5),
    }
}

fn classes(data: &Dataset) -> usize {
    if let Target::Classes(count) = data.target() { count } else { 2 }
}

/// What a prediction is a probability of: of a 1, or of the class that is most likely.
fn probability(loss: Loss, p: f64) -> f64 {
    if loss == Loss::BceWithLogits { 1.0 / (1.0 + (-p).exp()) } else { p }
}

fn most_likely(outputs: &[f64]) -> usize {
    (0..outputs.len()).max_by(|a, b| outputs[*a].total_cmp(&outputs[*b])).unwrap_or_default()
}

/// A ground for points of these colours: so much of the way from one to the other, and half of that to
/// the colour of the paper, so that the points stand out from it.
fn ground([a, b]: [Color32; 2], share: f64, paper: f64) -> [u8; 3] {
    let mix = |a: u8, b: u8| {
        let color = f64::from(a) + share * (f64::from(b) - f64::from(a));
        (GROUND * color + (1.0 - GROUND) * paper) as u8
    };
    [mix(a.r(), b.r()), mix(a.g(), b.g()), mix(a.b(), b.b())]
}

/// The ground's share of the colour of the points on it; the rest is the paper's.
const GROUND: f64 = 0.5;

fn plane(looked: &Looked, loss: Loss, data: &Dataset, inks: &Inks) -> Chart {
    let ranges = [range(data, 0), range(data, 1)];
    let at = |i: usize, (low, high): (f64, f64)| low + (high - low) * (i as f64 + 0.5) / CELLS as f64;
    let x: Vec<f64> =
        (0..CELLS).flat_map(|j| (0..CELLS).flat_map(move |i| [at(i, ranges[0]), at(j, ranges[1])])).collect();
    let predictions = looked.objective.predict(looked.theta, &x).unwrap_or_default();
    let outputs = predictions.len() / (CELLS * CELLS);
    let paper = if inks.ink.r() < 128 { 255.0 } else { 0.0 };
    let pixels = predictions.chunks_exact(outputs.max(1)).map(|outputs| match outputs {
        [p] => ground([inks.runs[0], inks.runs[1]], probability(loss, *p).clamp(0.0, 1.0), paper),
        outputs => ground([inks.runs[most_likely(outputs) % inks.runs.len()]; 2], 0.0, paper),
    });
    let corners = [[ranges[0].0, ranges[1].0], [ranges[0].1, ranges[1].1]];
    let mut marks = vec![Mark::Picture { corners, size: [CELLS; 2], pixels: pixels.collect() }];
    marks.extend(examples(data, inks, |row| [data.x()[2 * row], data.x()[2 * row + 1]]));
    Chart { x: "x".to_owned(), y: "y".to_owned(), marks, is_equal: true, ..Chart::default() }
}

/// The examples as points, by class.
pub(super) fn examples(data: &Dataset, inks: &Inks, place: impl Fn(usize) -> [f64; 2]) -> Vec<Mark> {
    let shown = data.rows().min(MOST_EXAMPLES);
    (0..classes(data))
        .map(|of| Mark::Points {
            name: format!("class {of}"),
            color: inks.runs[of % inks.runs.len()],
            radius: 2.2,
            points: (0..shown).filter(|row| class(data, *row) == of).map(&place).collect(),
        })
        .collect()
}

fn curve(looked: &Looked, data: &Dataset, inks: &Inks) -> Chart {
    let (low, high) = range(data, 0);
    let x: Vec<f64> = (0..CURVE).map(|i| low + (high - low) * i as f64 / (CURVE - 1) as f64).collect();
    let predictions = looked.objective.predict(looked.theta, &x).unwrap_or_default();
    let points = x.iter().zip(&predictions).map(|(x, p)| [*x, *p]).collect();
    let shown = data.rows().min(MOST_EXAMPLES);
    let data_points = (0..shown).map(|row| [data.x()[row], data.y()[row * data.outputs()]]).collect();
    let marks = vec![
        Mark::Points { name: "examples".to_owned(), color: inks.faint, radius: 2.0, points: data_points },
        Mark::Line { name: "the model".to_owned(), color: inks.runs[0], width: 2.5, points },
    ];
    Chart { x: "x".to_owned(), y: "y".to_owned(), marks, ..Chart::default() }
}

/// How often each class is taken for each: rows are what is right, columns what is said.
fn table(looked: &Looked, loss: Loss, data: &Dataset, colors: ColorMap) -> Chart {
    let shown = data.rows().min(MOST_EXAMPLES);
    let predictions =
        looked.objective.predict(looked.theta, &data.x()[..shown * data.inputs()]).unwrap_or_default();
    let outputs = predictions.len() / shown.max(1);
    let count = classes(data);
    let mut counts = vec![0_usize; count * count];
    for (row, said) in predictions.chunks_exact(outputs.max(1)).enumerate() {
        let said = match said {
            [p] => usize::from(*p > loss.boundary()),
            outputs => most_likely(outputs),
        };
        counts[class(data, row) * count + said.min(count - 1)] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(1).max(1);
    let pixels = counts.iter().map(|n| colors.at(*n as f64 / most as f64)).collect();
    let end = count as f64 - 0.5;
    let marks = vec![Mark::Picture { corners: [[-0.5; 2], [end; 2]], size: [count; 2], pixels }];
    let note = format!(
        " Each cell counts examples of a class (upwards) taken for a class (to the right); the brightest holds {most}."
    );
    Chart { x: "said".to_owned(), y: "right".to_owned(), marks, is_equal: true, note, ..Chart::default() }
}
