//! The eigenvalues of the Hessian at the point looked at, and what they make of it.

use super::{Inks, Looked};
use crate::core::probe::{curvature, verdict};
use crate::core::subspace::Subspace;
use crate::ui::chart::{Chart, Mark};

/// Multiply-adds that a chart may take in a frame, about two milliseconds' worth.
const AFFORDABLE: usize = 8_000_000;

/// The chart.
pub fn chart(looked: &Looked, plane: &Subspace, inks: &Inks) -> Chart {
    let objective = looked.objective;
    let dim = objective.dim();
    if curvature::cost(objective) > AFFORDABLE {
        let note = format!(
            "The Hessian of {dim} parameters takes too long for a live chart; losscape probe looks at it."
        );
        return Chart { note, ..Chart::default() };
    }
    let mut grad = vec![0.0; dim];
    let loss = objective.loss_grad(looked.theta, &mut grad);
    let found = curvature::measure(objective, Some(plane), looked.theta, &grad);
    let verdict = verdict::judge(loss, found.as_ref());
    let mut note = format!("{}: {}: {}.", looked.what, verdict.kind.word(), verdict.grounds);
    let mut marks = Vec::new();
    if let Some(found) = found {
        note += &format!(
            " {} of {} directions bend down; of the plane's {}, {} do.",
            found.negative,
            found.eigenvalues.len(),
            found.in_plane.len(),
            found.negative_in_plane
        );
        let bars = |values: &[f64]| values.iter().enumerate().map(|(i, value)| [i as f64, *value]).collect();
        marks.push(Mark::Bars {
            name: "all directions".to_owned(),
            color: inks.runs[1],
            width: 0.8,
            bars: bars(&found.eigenvalues),
        });
        let level = |at: f64| Mark::Level { at, color: inks.faint };
        marks.extend([level(found.tolerance), level(-found.tolerance)]);
    }
    Chart { x: "number".to_owned(), y: "eigenvalue".to_owned(), marks, note, ..Chart::default() }
}
