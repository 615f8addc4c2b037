//! Contour lines of a plane: where it has a given loss.
//!
//! Marching squares: each cell that a level passes through holds one piece of the line, or two. A
//! cell with a corner that diverged holds none.

use crate::core::grid::LossGrid;
use crate::core::num::range::share;

/// A straight piece of a contour line, from one point (alpha1, alpha2) to another.
pub type Segment = [[f64; 2]; 2];

/// The pieces of the line at which a plane has the loss `level`, with the plane taken as linear along
/// the edges of its cells.
pub fn segments(plane: &LossGrid, level: f64) -> Vec<Segment> {
    let [n1, n2, _] = plane.spec.counts();
    let mut found = Vec::new();
    for i2 in 0..n2 - 1 {
        for i1 in 0..n1 - 1 {
            cell(plane, level, [i1, i2], &mut found);
        }
    }
    found
}

/// The corners of a cell, counter-clockwise: edge e joins corner e and the next.
const CORNERS: [[usize; 2]; 4] = [[0, 0], [1, 0], [1, 1], [0, 1]];

fn cell(plane: &LossGrid, level: f64, [i1, i2]: [usize; 2], found: &mut Vec<Segment>) {
    let loss = CORNERS.map(|[a, b]| plane.at([i1 + a, i2 + b, 0]));
    let above = loss.map(|loss| loss >= level);
    if above == [above[0]; 4] || loss.iter().any(|loss| !loss.is_finite()) {
        return;
    }
    let axes = plane.spec.axes();
    let crossing = |edge: usize| {
        let (a, b) = (edge, (edge + 1) % 4);
        let share = share(loss[a], loss[b], level);
        let place = |axis: usize| CORNERS[a][axis] as f64 * (1.0 - share) + CORNERS[b][axis] as f64 * share;
        [axes[0].value(i1 as f64 + place(0)), axes[1].value(i2 as f64 + place(1))]
    };
    let edges: Vec<usize> = (0..4).filter(|&e| above[e] != above[(e + 1) % 4]).collect();
    match edges[..] {
        [a, b] => found.push([crossing(a), crossing(b)]),
        // A saddle: the corners that agree with its middle are joined across it.
        [a, b, c, d] => {
            let joins_first = (0.25 * loss.iter().sum::<f64>() >= level) == above[0];
            let pairs = if joins_first { [(a, b), (c, d)] } else { [(d, a), (b, c)] };
            found.extend(pairs.map(|(a, b)| [crossing(a), crossing(b)]));
        }
        _ => unreachable!("a closed line of four edges is crossed an even number of times"),
    }
}

/// Up to `most` points on the line, spread over it: the first is the one nearest to the plane's
/// middle, each further one the farthest from those before it.
pub fn spread(segments: &[Segment], middle: [f64; 2], most: usize) -> Vec<[f64; 2]> {
    // Some hundred candidates are as good as all of them.
    let every = segments.len().div_ceil(CANDIDATES).max(1);
    let candidates: Vec<[f64; 2]> =
        segments.iter().step_by(every).map(|[a, b]| [0, 1].map(|i| 0.5 * (a[i] + b[i]))).collect();
    let square = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2);
    let first = candidates.iter().min_by(|a, b| square(**a, middle).total_cmp(&square(**b, middle)));
    let mut points: Vec<[f64; 2]> = first.copied().into_iter().collect();
    let mut gaps = vec![f64::INFINITY; candidates.len()];
    while points.len() < most.min(candidates.len()) {
        let last = points[points.len() - 1];
        for (gap, candidate) in gaps.iter_mut().zip(&candidates) {
            *gap = gap.min(square(*candidate, last));
        }
        match gaps.iter().zip(&candidates).max_by(|a, b| a.0.total_cmp(b.0)) {
            Some((gap, farthest)) if *gap > 0.0 => points.push(*farthest),
            _ => break,
        }
    }
    points
}

const CANDIDATES: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::grid::{Axis, GridSpec};

    fn plane(count: usize, loss: impl Fn(f64, f64) -> f64) -> LossGrid {
        let axis = Axis { low: -2.0, high: 2.0, count };
        let spec = GridSpec::new(vec![axis, axis]).unwrap();
        let values = axis.values();
        let loss = values.iter().flat_map(|y| values.iter().map(|x| loss(*x, *y)).collect::<Vec<_>>());
        LossGrid { loss: loss.collect(), spec }
    }

    #[test]
    fn a_cone_has_circles() {
        let cone = plane(81, |x, y| x.hypot(y));
        let circle = segments(&cone, 1.5);
        let length: f64 = circle.iter().map(|[a, b]| (a[0] - b[0]).hypot(a[1] - b[1])).sum();
        assert!((length - 3.0 * std::f64::consts::PI).abs() < 0.01, "{length}");
        for point in circle.iter().flatten() {
            assert!((point[0].hypot(point[1]) - 1.5).abs() < 2e-3, "{point:?}");
        }
        assert!(segments(&cone, 9.0).is_empty());
    }

    #[test]
    fn a_saddle_and_a_diverged_cell() {
        let mut saddle = plane(2, |x, y| x * y);
        assert_eq!(segments(&saddle, 1.0).len(), 2);
        saddle.loss[0] = f64::NAN;
        assert!(segments(&saddle, 1.0).is_empty());
    }

    #[test]
    fn points_are_spread_over_the_line() {
        let circle = segments(&plane(41, |x, y| x.hypot(y)), 1.0);
        let points = spread(&circle, [5.0, 0.0], 4);
        assert_eq!(points.len(), 4);
        assert!(points[0][0] > 0.95 && points[1][0] < -0.95, "{points:?}");
        assert!(points[2][1].abs() > 0.9 && points[3][1].abs() > 0.9, "{points:?}");
        assert!(spread(&[], [0.0; 2], 3).is_empty());
    }
}
