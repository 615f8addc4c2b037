//! The data, and what the model makes of it: colours over the plane of two features, a curve over one.
//! Where there are more, a table of what is taken for what, and the examples as a cloud below it; of
//! numbers, what is predicted against what is true.

use bevy::color::Oklcha;
use bevy_egui::egui::Color32;

use super::{About, Inks, Looked, Maker, Moment, without_examples};
use crate::core::data::{Dataset, Scatter, Target};
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::contour::segments;
use crate::core::grid::{Axis, GridSpec, LossGrid};
use crate::core::loss::Loss;
use crate::core::objective::{Problem, Supervised};
use crate::core::session::Revision;
use crate::core::text::Percent;
use crate::scene::side::Side;
use crate::ui::chart::{Chart, Mark};
use crate::ui::style::color32;

/// What is told of it.
pub const ABOUT: About = About::new(
    "Data and decision",
    "The examples, and what the model at the point looked at says everywhere.",
);

/// It keeps the examples of more than two features.
#[derive(Default)]
pub struct Decision(Cloud);

impl<S: Side> Maker<S> for Decision {
    fn draw(&mut self, moment: &Moment<S>) -> Chart {
        self.0.follow(moment.known.revision, &moment.known.plan.problem);
        moment.of_point(|looked| chart(looked, &self.0, moment.sources.session.look().colors, &moment.inks))
    }
}

/// Cells along each side of the picture of two features.
const CELLS: usize = 48;
/// Points of a fitted curve.
const CURVE: usize = 121;
/// Examples shown at most.
const MOST_EXAMPLES: usize = 1000;

/// The examples of more than two features as a cloud: found anew only when the data change.
#[derive(Default)]
struct Cloud {
    of: Option<Revision>,
    scatter: Scatter,
}

impl Cloud {
    /// Brings it up to date.
    pub fn follow(&mut self, revision: Revision, problem: &Problem) {
        if self.of == Some(revision) {
            return;
        }
        self.of = Some(revision);
        let [data, _] = problem.data();
        let data = data.filter(|data| data.inputs() > 2 && data.target() != Target::Real);
        self.scatter = data.map(|data| Scatter::of(data, MOST_EXAMPLES)).unwrap_or_default();
    }
}

/// The chart.
fn chart(looked: &Looked, cloud: &Cloud, colors: ColorMap, inks: &Inks) -> Chart {
    let Some(learned) = looked.problem.supervised() else {
        return without_examples(looked.problem, "A function without examples decides nothing.");
    };
    let data = learned.train();
    let mut chart = match data.inputs() {
        1 => curve(looked, learned, inks),
        2 => plane(looked, learned, inks),
        _ if data.target() == Target::Real => against_truth(looked, learned, inks),
        _ => {
            let said = said(looked, learned);
            let below = Some(Box::new(cloud_chart(&cloud.scatter, &said, data, inks)));
            Chart { below, ..table(&said, data, colors) }
        }
    };
    let share = learned.accuracy(looked.theta).map(|share| format!(", {} right", Percent(share)));
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

/// The colour of a class of so many, each apart from all others: those of runs as far as they go, beyond that
/// as many hues, light and dark in turn.
fn class_color(inks: &Inks, of: usize, count: usize) -> Color32 {
    if count <= inks.runs.len() {
        return inks.runs[of];
    }
    let lightness = match (inks.ink.r() < 128, of.is_multiple_of(2)) {
        (true, true) => 0.62,
        (true, false) => 0.42,
        (false, true) => 0.84,
        (false, false) => 0.62,
    };
    let hue = 360.0 * of as f32 / count as f32;
    color32(Oklcha::lch(lightness, 0.15, hue).into())
}

/// What a prediction is a probability of: of a 1, or of the class that is most likely.
fn probability(loss: Loss, p: f64) -> f64 {
    if loss == Loss::BceWithLogits { 1.0 / (1.0 + (-p).exp()) } else { p }
}

/// The largest output's class; of equal ones the first.
fn most_likely(outputs: &[f64]) -> usize {
    (0..outputs.len()).rev().max_by(|a, b| outputs[*a].total_cmp(&outputs[*b])).unwrap_or_default()
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

fn plane(looked: &Looked, learned: &Supervised, inks: &Inks) -> Chart {
    let (data, loss) = (learned.train(), learned.loss_function());
    let ranges = [range(data, 0), range(data, 1)];
    let at = |i: usize, (low, high): (f64, f64)| low + (high - low) * (i as f64 + 0.5) / CELLS as f64;
    let x: Vec<f64> =
        (0..CELLS).flat_map(|j| (0..CELLS).flat_map(move |i| [at(i, ranges[0]), at(j, ranges[1])])).collect();
    let predictions = learned.predict(looked.theta, &x);
    let outputs = predictions.len() / (CELLS * CELLS);
    let paper = if inks.ink.r() < 128 { 255.0 } else { 0.0 };
    let said = predictions.chunks_exact(outputs.max(1)).map(|outputs| match outputs {
        [p] => probability(loss, *p),
        outputs => most_likely(outputs) as f64,
    });
    let values: Vec<f64> = said.collect();
    let color = |of: usize| class_color(inks, of, classes(data));
    let pixel = |value: &f64| match outputs {
        0 | 1 => ground([color(0), color(1)], value.clamp(0.0, 1.0), paper),
        _ => ground([color(*value as usize); 2], 0.0, paper),
    };
    let pixels = values.iter().map(pixel).collect();
    let corners = [[ranges[0].0, ranges[1].0], [ranges[0].1, ranges[1].1]];
    let line = if outputs == 1 { boundary(&predictions, loss, ranges, inks) } else { None };
    let mut marks = vec![Mark::Picture { corners, size: [CELLS; 2], pixels, values, is_table: false }];
    marks.extend(examples(data, inks, |row| [data.x()[2 * row], data.x()[2 * row + 1]]));
    marks.extend(line);
    Chart { x: "x".to_owned(), y: "y".to_owned(), marks, is_equal: true, ..Chart::default() }
}

/// The line on one side of which the model says 0, and 1 on the other.
fn boundary(predictions: &[f64], loss: Loss, ranges: [(f64, f64); 2], inks: &Inks) -> Option<Mark> {
    // Predictions stand at the middles of cells.
    let axis = |(low, high): (f64, f64)| {
        let half = 0.5 * (high - low) / CELLS as f64;
        Axis { low: low + half, high: high - half, count: CELLS }
    };
    let spec = GridSpec::new(ranges.map(axis).to_vec()).ok()?;
    let line = segments(&LossGrid { spec, loss: predictions.to_vec() }, loss.boundary());
    let points = line.into_iter().flat_map(|[a, b]| [a, b, [f64::NAN; 2]]).collect();
    Some(Mark::Line { name: String::new(), color: inks.ink, width: 2.0, points })
}

/// The examples as points, by class.
pub(super) fn examples(data: &Dataset, inks: &Inks, place: impl Fn(usize) -> [f64; 2]) -> Vec<Mark> {
    let shown = data.rows().min(MOST_EXAMPLES);
    (0..classes(data))
        .map(|of| Mark::Points {
            name: format!("class {of}"),
            color: class_color(inks, of, classes(data)),
            radius: 2.2,
            points: (0..shown).filter(|row| class(data, *row) == of).map(&place).collect(),
        })
        .collect()
}

fn curve(looked: &Looked, learned: &Supervised, inks: &Inks) -> Chart {
    let data = learned.train();
    let (low, high) = range(data, 0);
    let x: Vec<f64> = (0..CURVE).map(|i| low + (high - low) * i as f64 / (CURVE - 1) as f64).collect();
    let predictions = learned.predict(looked.theta, &x);
    let points = x.iter().zip(&predictions).map(|(x, p)| [*x, *p]).collect();
    let shown = data.rows().min(MOST_EXAMPLES);
    let data_points = (0..shown).map(|row| [data.x()[row], data.y()[row * data.outputs()]]).collect();
    let marks = vec![
        Mark::Points { name: "examples".to_owned(), color: inks.faint, radius: 2.0, points: data_points },
        Mark::Line { name: "the model".to_owned(), color: inks.runs[0], width: 2.5, points },
    ];
    Chart { x: "x".to_owned(), y: "y".to_owned(), marks, ..Chart::default() }
}

/// What the model takes each of the examples shown for: a class, or nothing where it says no number.
fn said(looked: &Looked, learned: &Supervised) -> Vec<Option<usize>> {
    let (data, loss) = (learned.train(), learned.loss_function());
    let shown = data.rows().min(MOST_EXAMPLES);
    let predictions = learned.predict(looked.theta, &data.x()[..shown * data.inputs()]);
    let outputs = (predictions.len() / shown).max(1);
    let class = |outputs: &[f64]| match outputs {
        outputs if outputs.iter().any(|p| p.is_nan()) => None,
        [p] => Some(usize::from(*p > loss.boundary())),
        outputs => Some(most_likely(outputs)),
    };
    predictions.chunks_exact(outputs).map(class).collect()
}

/// How often each class is taken for each: rows are what is right, columns what is said.
fn table(said: &[Option<usize>], data: &Dataset, colors: ColorMap) -> Chart {
    let count = classes(data);
    let mut counts = vec![0_usize; count * count];
    for (row, said) in said.iter().enumerate() {
        if let Some(said) = said {
            counts[class(data, row) * count + (*said).min(count - 1)] += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(1).max(1);
    let pixels = counts.iter().map(|n| colors.at(*n as f64 / most as f64)).collect();
    let end = count as f64 - 0.5;
    let values = counts.iter().map(|count| *count as f64).collect();
    let corners = [[-0.5; 2], [end; 2]];
    let marks = vec![Mark::Picture { corners, size: [count; 2], pixels, values, is_table: true }];
    let note = " Each cell counts examples of a class (upwards) taken for a class (to the right). Below, the examples along the two directions in which their features vary most, with a ring where the model is wrong.".to_owned();
    Chart {
        x: "taken for".to_owned(),
        y: "class".to_owned(),
        marks,
        is_equal: true,
        note,
        ..Chart::default()
    }
}

/// The examples by class, those that are taken for another in rings.
fn cloud_chart(scatter: &Scatter, said: &[Option<usize>], data: &Dataset, inks: &Inks) -> Chart {
    let is_wrong = |row: &usize| said.get(*row).is_some_and(|said| *said != Some(class(data, *row)));
    let points = (0..scatter.places.len()).filter(is_wrong).map(|row| scatter.places[row]).collect();
    let rings = Mark::Points { name: "wrong".to_owned(), color: inks.ink, radius: 3.8, points };
    let place = |row: usize| scatter.places.get(row).copied().unwrap_or([f64::NAN; 2]);
    let mut marks = vec![rings];
    marks.extend(examples(data, inks, place));
    let [x, y] = scatter.share.map(|share| format!("{:.0} % of the variance", 100.0 * share));
    Chart { x, y, marks, is_equal: true, ..Chart::default() }
}

/// What is predicted against what is true, for numbers: on the line they are the same.
fn against_truth(looked: &Looked, learned: &Supervised, inks: &Inks) -> Chart {
    let data = learned.train();
    let shown = data.rows().min(MOST_EXAMPLES);
    let predictions = learned.predict(looked.theta, &data.x()[..shown * data.inputs()]);
    let points: Vec<[f64; 2]> = data.y().iter().zip(&predictions).map(|(y, p)| [*y, *p]).collect();
    let truths = points.iter().map(|[y, _]| *y);
    let (low, high) =
        truths.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
    let same = vec![[low, low], [high, high]];
    let marks = vec![
        Mark::Line { name: "as it is".to_owned(), color: inks.faint, width: 1.5, points: same },
        Mark::Points { name: "examples".to_owned(), color: inks.runs[0], radius: 2.2, points },
    ];
    let note = " On the line what it predicts is what is true.".to_owned();
    Chart { x: "true".to_owned(), y: "predicted".to_owned(), marks, is_equal: true, note, ..Chart::default() }
}

#[cfg(test)]
mod tests {
    use bevy::color::{ColorToComponents, Oklaba, Srgba};

    use super::*;
    use crate::core::experiment::Theme;
    use crate::scene::theme::Palette;

    #[test]
    fn ten_classes_and_more_have_colours_of_their_own() {
        for theme in [Theme::Dark, Theme::Light] {
            let inks = Inks::from(&Palette::from(theme));
            for count in [2, 6, 7, 10] {
                let colors: Vec<[f32; 4]> = (0..count)
                    .map(|of| class_color(&inks, of, count).to_array())
                    .map(|[r, g, b, _]| Oklaba::from(Srgba::rgb_u8(r, g, b)).to_f32_array())
                    .collect();
                for i in 0..count {
                    for j in 0..i {
                        let apart = (0..3).map(|k| (colors[i][k] - colors[j][k]).powi(2)).sum::<f32>().sqrt();
                        assert!(apart > 0.06, "{i} and {j} of {count}: {apart}");
                    }
                }
            }
        }
    }
}
