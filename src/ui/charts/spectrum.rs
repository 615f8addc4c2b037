//! The eigenvalues of the Hessian at the point looked at, and what they make of it.

use super::{Inks, Looked};
use crate::core::probe::{Curvature, Extent};
use crate::scene::prober::Prober;
use crate::ui::chart::{Chart, Mark};

/// The chart of what a prober knows of the point looked at.
pub fn chart(looked: &Looked, prober: &Prober, inks: &Inks) -> Chart {
    let dim = looked.theta.len();
    let Some(found) = prober.found() else {
        let note = format!(
            "{}: the curvature along {dim} parameters is being computed; {} products with the Hessian so far.",
            looked.what,
            prober.products()
        );
        return Chart { note, ..Chart::default() };
    };
    let verdict = &found.verdict;
    let mut note = format!("{}: {}: {}.", looked.what, verdict.kind.word(), verdict.grounds);
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
    Chart { x: "number".to_owned(), y: "eigenvalue".to_owned(), marks, note, ..Chart::default() }
}

/// How many directions bend down, and how that is known.
fn counted(curvature: &Curvature, dim: usize) -> String {
    let whole = match curvature.extent {
        Extent::Dense => format!("{} of {dim} directions bend down", curvature.negative),
        Extent::Lanczos { steps } => format!(
            "Of {dim} directions at least {} bend down: found in {steps} steps of Lanczos, of whose values the outer ones are near true eigenvalues",
            curvature.negative
        ),
    };
    let plane = match curvature.in_plane.len() {
        0 => String::new(),
        count => format!("; of the plane's {count}, {} do", curvature.negative_in_plane),
    };
    format!(" {whole}{plane}.")
}
