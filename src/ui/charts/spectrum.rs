//! The eigenvalues of the Hessian at the point looked at, and what they make of it.

use super::{About, Inks, Looked, Maker, Moment, without_objective};
use crate::core::probe::{Curvature, Extent, Gradient};
use crate::scene::prober::{ProbePoint, Prober};
use crate::scene::side::Side;
use crate::ui::chart::{Chart, Mark};
use crate::ui::style::loss_text;

/// What is told of it.
pub const ABOUT: About =
    About::new("Curvature", "Eigenvalues of the Hessian at the point looked at, and what they make of it.");

/// Frames between two looks at the curvature while the point looked at moves: it takes as long as all
/// other charts together.
const FRAMES: u32 = 6;

/// It keeps its prober.
#[derive(Default)]
pub struct Spectrum {
    prober: Prober,
    /// Frames since the curvature was looked at, and whether anything has changed since then.
    age: u32,
    is_old: bool,
}

impl<S: Side> Maker<S> for Spectrum {
    fn draw(&mut self, moment: &Moment<S>) -> Chart {
        moment.of_point(|looked| {
            let known = moment.known;
            let Some(objective) = known.plan.objective() else { return without_objective() };
            let plane = Some((known.revision, &known.plan.plane.subspace));
            let point = ProbePoint { objective, plane, theta: looked.theta };
            self.prober.follow(&point, &moment.sources.executor);
            chart(looked, &self.prober, &moment.inks)
        })
    }

    fn is_due(&mut self, is_news: bool, waits: bool) -> bool {
        self.age += 1;
        // One more look once everything is still, and as many as a thread's answer takes.
        let is_time = waits || self.age == FRAMES || (is_news && self.age > FRAMES);
        let is_due = is_time && (is_news || self.is_old);
        self.is_old = !is_time && (is_news || self.is_old);
        if is_due {
            self.age = 0;
        }
        is_due || (!is_news && self.prober.is_busy())
    }

    fn is_behind(&self) -> bool {
        self.is_old || self.prober.is_busy()
    }
}

/// The chart of what a prober knows of the point looked at.
fn chart(looked: &Looked, prober: &Prober, inks: &Inks) -> Chart {
    let dim = looked.theta.len();
    let Some(found) = prober.found() else {
        let note = format!(
            "The point {}: the curvature along {dim} parameters is being computed; {} products with the Hessian so far.",
            looked.what,
            prober.products()
        );
        return Chart { note, ..Chart::default() };
    };
    let verdict = &found.verdict;
    let words = verdict.brief().words();
    let mut note = format!("The point {}: {words}; {}.", looked.what, verdict.grounds);
    let mut marks = Vec::new();
    if let Some(curvature) = &found.curvature {
        note += &counted(curvature, dim);
        let bars = |values: &[f64]| values.iter().enumerate().map(|(i, value)| [i as f64, *value]).collect();
        marks.push(Mark::Bars {
            name: match curvature.extent {
                Extent::Dense => "all directions".to_owned(),
                Extent::Lanczos { .. } => "from the outside in".to_owned(),
            },
            color: inks.runs[1],
            width: 0.8,
            bars: bars(&curvature.eigenvalues),
        });
        let level = |at: f64| Mark::Level { at, color: inks.faint };
        marks.extend([level(curvature.tolerance), level(-curvature.tolerance)]);
    }
    let below = found.gradient.as_ref().map(|gradient| Box::new(slope(gradient, inks)));
    Chart { x: "number".to_owned(), y: "eigenvalue".to_owned(), marks, note, below, ..Chart::default() }
}

/// The gradient's part in the slice and its part out of it, along a line of lengths.
fn slope(gradient: &Gradient, inks: &Inks) -> Chart {
    let part = |name: &str, color, length: f64| Mark::Points {
        name: format!("{name} {}", loss_text(length)),
        color,
        radius: 6.0,
        points: vec![[length, 0.0]],
    };
    let line = vec![[0.0; 2], [gradient.in_plane.max(gradient.out_of_plane), 0.0]];
    let marks = vec![
        Mark::Line { name: String::new(), color: inks.faint, width: 1.0, points: line },
        part("in the slice", inks.runs[1], gradient.in_plane),
        part("out of it", inks.runs[0], gradient.out_of_plane),
    ];
    Chart { x: "length of the gradient".to_owned(), marks, is_flat: true, ..Chart::default() }
}

/// How many directions bend down, and how that is known.
fn counted(curvature: &Curvature, dim: usize) -> String {
    let whole = match (curvature.extent, curvature.negative) {
        (Extent::Dense, 0) => format!("In none of the {dim} dimensions the loss bends down"),
        (Extent::Dense, count) => format!("In {count} of the {dim} dimensions the loss bends down"),
        (Extent::Lanczos { steps }, count) => format!(
            "In at least {count} of the {dim} dimensions the loss bends down: found in {steps} steps of Lanczos, of whose values the outer ones are near true eigenvalues"
        ),
    };
    let plane = match (curvature.in_plane.len(), curvature.negative_in_plane) {
        (0, _) => String::new(),
        (axes, 0) => format!("; along the slice's {axes} axes it bends down nowhere"),
        (axes, count) => format!("; within the slice's {axes} axes in {count}"),
    };
    format!(" {whole}{plane}.")
}
