//! A course of numbers as straight lines between few of its points.
//!
//! Method: Douglas and Peucker (1973), with the distance taken along y, since x is time.

/// The places of the points between which straight lines are nowhere farther from the others than
/// `tolerance` allows; the first and the last are among them. `tolerance` is told how steep a line is.
pub fn corners(points: &[[f64; 2]], tolerance: impl Fn(f64) -> f64) -> Vec<usize> {
    let mut corners = vec![0; points.len().min(1)];
    // What is still to be looked at, the earliest on top.
    let mut open = vec![(0, points.len().saturating_sub(1))];
    while let Some((first, last)) = open.pop() {
        let ([x, y], [end_x, end_y]) = match (points.get(first), points.get(last)) {
            (Some(start), Some(end)) if first < last => (*start, *end),
            _ => continue,
        };
        let slope = if end_x > x { (end_y - y) / (end_x - x) } else { 0.0 };
        let gap = |i: usize| (points[i][1] - y - slope * (points[i][0] - x)).abs();
        let farthest = (first + 1..last).max_by(|a, b| gap(*a).total_cmp(&gap(*b)));
        match farthest.filter(|i| gap(*i) > tolerance(slope)) {
            Some(middle) => open.extend([(middle, last), (first, middle)]),
            None => corners.push(last),
        }
    }
    corners
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_straight_line_has_two_corners_and_a_kink_another() {
        let line: Vec<[f64; 2]> = (0..50).map(|i| [f64::from(i), 2.0 * f64::from(i)]).collect();
        assert_eq!(corners(&line, |_| 0.1), [0, 49]);
        let kink: Vec<[f64; 2]> = (0..50).map(|i| [f64::from(i), f64::from((i - 20).max(0))]).collect();
        assert_eq!(corners(&kink, |_| 0.1), [0, 20, 49]);
        assert_eq!(corners(&[[1.0, 1.0]], |_| 0.1), [0]);
        assert!(corners(&[], |_| 0.1).is_empty());
    }

    proptest! {
        #[test]
        fn no_point_is_far_from_the_lines(
            heights in prop::collection::vec(-9.0..9.0_f64, 1..60), tolerance in 0.1..5.0_f64,
        ) {
            let points: Vec<[f64; 2]> = heights.iter().enumerate().map(|(i, y)| [i as f64, *y]).collect();
            let kept = corners(&points, |_| tolerance);
            prop_assert_eq!((kept[0], kept[kept.len() - 1]), (0, points.len() - 1));
            for pair in kept.windows(2) {
                let ([x, y], [end_x, end_y]) = (points[pair[0]], points[pair[1]]);
                for [px, py] in &points[pair[0]..pair[1]] {
                    let on_line = y + (px - x) / (end_x - x) * (end_y - y);
                    prop_assert!((py - on_line).abs() <= tolerance + 1e-9);
                }
            }
        }
    }
}
