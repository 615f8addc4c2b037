//! The sets a teacher draws on a board: points by a rule, with a label or a value by another.
//!
//! Points come out of one stream and noise out of another, so that noise moves the points of a set
//! without choosing others. Noise is the standard deviation of a normal shift: of both coordinates
//! where points are classified (the label stays that of the point before it), of the target where a
//! function is fitted. Classes take turns, so that all are equally frequent.

use std::f64::consts::{PI, TAU};

use super::dataset::{Dataset, DatasetError};
use crate::core::num::Stream;

/// How many points, how noisy, and the chance they are drawn by.
pub struct Draw {
    /// Number of points.
    pub points: usize,
    /// Standard deviation of the noise.
    pub noise: f64,
    /// Where points come from.
    pub data: Stream,
    /// Where noise comes from.
    pub shifts: Stream,
}

impl Draw {
    /// A draw out of the streams `data` and `noise` of the seed.
    pub fn new(points: usize, noise: f64, seed: u64) -> Self {
        Self { points, noise, data: Stream::new(seed, "data"), shifts: Stream::new(seed, "noise") }
    }

    /// Points `[x, y]` with their class, by a rule of the point's number.
    fn classified(
        mut self,
        name: &str,
        classes: usize,
        rule: impl Fn(usize, &mut Stream) -> ([f64; 2], usize),
    ) -> Result<Dataset, DatasetError> {
        let (mut x, mut y) = (Vec::with_capacity(2 * self.points), Vec::with_capacity(self.points));
        for index in 0..self.points {
            let (point, class) = rule(index, &mut self.data);
            x.extend(point.map(|coordinate| coordinate + self.noise * self.shifts.normal()));
            y.push(class as f64);
        }
        Dataset::with_classes(name, x, y, 2, classes)
    }

    /// A function of one feature uniform on [−1, 1).
    fn fitted(mut self, name: &str, function: impl Fn(f64) -> f64) -> Result<Dataset, DatasetError> {
        let x: Vec<f64> = (0..self.points).map(|_| self.data.uniform_in(-1.0, 1.0)).collect();
        let y = x.iter().map(|&x| function(x) + self.noise * self.shifts.normal()).collect();
        Dataset::new(name, x, y, 1, 1)
    }
}

/// Points uniform on [0, 1)², labelled 1 where y > x.
///
/// # Errors
/// If no point is asked for, as for all sets here.
pub fn diagonal(draw: Draw) -> Result<Dataset, DatasetError> {
    labelled_square("diagonal", draw, |x, y| y > x)
}

/// Points uniform on [0, 1)², labelled 1 where exactly one of x, y exceeds 0.5.
///
/// # Errors
/// If no point is asked for.
pub fn xor(draw: Draw) -> Result<Dataset, DatasetError> {
    labelled_square("xor", draw, |x, y| (x > 0.5) != (y > 0.5))
}

fn labelled_square(
    name: &str,
    draw: Draw,
    is_one: impl Fn(f64, f64) -> bool,
) -> Result<Dataset, DatasetError> {
    draw.classified(name, 2, |_, stream| {
        let (x, y) = (stream.uniform(), stream.uniform());
        ([x, y], usize::from(is_one(x, y)))
    })
}

/// Points on two circles about the origin: 0 on the outer one of radius 1, 1 on the inner one of 0.5.
///
/// # Errors
/// If no point is asked for.
pub fn circles(draw: Draw) -> Result<Dataset, DatasetError> {
    draw.classified("circles", 2, |index, stream| {
        let class = index % 2;
        (on_circle(if class == 0 { 1.0 } else { 0.5 }, TAU * stream.uniform()), class)
    })
}

/// Points on two half circles of radius 1 that reach into each other: 0 the upper, about the origin, 1
/// the lower, about (1, 0.5).
///
/// # Errors
/// If no point is asked for.
pub fn moons(draw: Draw) -> Result<Dataset, DatasetError> {
    draw.classified("moons", 2, |index, stream| {
        let [x, y] = on_circle(1.0, PI * stream.uniform());
        if index % 2 == 0 { ([x, y], 0) } else { ([1.0 - x, 0.5 - y], 1) }
    })
}

/// Turns an arm of a spiral makes from the centre to its end.
const TURNS: f64 = 1.0;

/// Points on the arms of a spiral of radius 1, each arm a class.
///
/// # Errors
/// If no point is asked for.
pub fn spirals(arms: usize, draw: Draw) -> Result<Dataset, DatasetError> {
    draw.classified("spirals", arms, |index, stream| {
        let arm = index % arms;
        let radius = stream.uniform();
        (on_circle(radius, TAU * (arm as f64 / arms as f64 + TURNS * radius)), arm)
    })
}

/// Clouds about points evenly spaced on a circle of radius 1, each a class; all of their extent is
/// noise.
///
/// # Errors
/// If no point is asked for.
pub fn blobs(classes: usize, draw: Draw) -> Result<Dataset, DatasetError> {
    draw.classified("blobs", classes, |index, _| {
        let class = index % classes;
        (on_circle(1.0, TAU * class as f64 / classes as f64), class)
    })
}

/// y = 1.5·x + 0.5 for x uniform on [−1, 1).
///
/// # Errors
/// If no point is asked for.
pub fn linear_regression(draw: Draw) -> Result<Dataset, DatasetError> {
    draw.fitted("linear_regression", |x| 1.5 * x + 0.5)
}

/// y = sin(2πx) for x uniform on [−1, 1): two periods.
///
/// # Errors
/// If no point is asked for.
pub fn sine_regression(draw: Draw) -> Result<Dataset, DatasetError> {
    draw.fitted("sine_regression", |x| (TAU * x).sin())
}

fn on_circle(radius: f64, angle: f64) -> [f64; 2] {
    [radius * angle.cos(), radius * angle.sin()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::data::Target;

    fn exact(points: usize) -> Draw {
        Draw::new(points, 0.0, 1)
    }

    fn points(data: &Dataset) -> impl Iterator<Item = ([f64; 2], f64)> + '_ {
        data.x().chunks_exact(2).map(|p| [p[0], p[1]]).zip(data.y().iter().copied())
    }

    #[test]
    fn labels_follow_their_rule_and_points_fill_the_square() {
        let xor = xor(exact(500)).unwrap();
        assert_eq!((xor.rows(), xor.target()), (500, Target::Binary));
        for (point, label) in points(&xor) {
            assert!(point.iter().all(|v| (0.0..1.0).contains(v)));
            assert_eq!(label == 1.0, (point[0] > 0.5) ^ (point[1] > 0.5));
        }
        let share = xor.y().iter().sum::<f64>() / 500.0;
        assert!((0.4..0.6).contains(&share), "{share}");
        let diagonal = diagonal(exact(3)).unwrap();
        assert_eq!(diagonal.x(), &xor.x()[..6], "the same stream draws the same points");
    }

    #[test]
    fn points_lie_on_their_curves() {
        for ([x, y], label) in points(&circles(exact(100)).unwrap()) {
            assert!((x.hypot(y) - (1.0 - 0.5 * label)).abs() < 1e-15);
        }
        for ([x, y], label) in points(&moons(exact(100)).unwrap()) {
            let (radius, side) =
                if label == 0.0 { (x.hypot(y), y) } else { ((x - 1.0).hypot(y - 0.5), 0.5 - y) };
            assert!((radius - 1.0).abs() < 1e-15 && side >= 0.0);
        }
        for arms in 2..=5 {
            let data = spirals(arms, exact(100)).unwrap();
            for ([x, y], arm) in points(&data) {
                let turn = y.atan2(x) / TAU - TURNS * x.hypot(y) - arm / arms as f64;
                assert!((turn - turn.round()).abs() < 1e-12, "arm {arm} of {arms}");
            }
        }
        let sine = sine_regression(exact(50)).unwrap();
        assert!(sine.x().iter().zip(sine.y()).all(|(x, y)| (y - (TAU * x).sin()).abs() < 1e-15));
        let line = linear_regression(exact(50)).unwrap();
        assert!(line.x().iter().zip(line.y()).all(|(x, y)| (y - (1.5 * x + 0.5)).abs() < 1e-15));
    }

    #[test]
    fn classes_are_balanced_and_two_of_them_are_binary() {
        for classes in 2..=6 {
            let data = blobs(classes, Draw::new(60 * classes, 0.2, 3)).unwrap();
            let expected = if classes == 2 { Target::Binary } else { Target::Classes(classes) };
            assert_eq!(data.target(), expected);
            for class in 0..classes {
                let own: Vec<[f64; 2]> =
                    points(&data).filter(|(_, y)| *y == class as f64).map(|(p, _)| p).collect();
                assert_eq!(own.len(), 60);
                let centre = on_circle(1.0, TAU * class as f64 / classes as f64);
                for axis in 0..2 {
                    let mean = own.iter().map(|p| p[axis]).sum::<f64>() / 60.0;
                    // Five standard errors.
                    assert!((mean - centre[axis]).abs() < 5.0 * 0.2 / 60_f64.sqrt());
                }
            }
        }
    }

    #[test]
    fn noise_shifts_the_same_points_by_its_standard_deviation() {
        let sets = |noise| {
            let draw = || Draw::new(2000, noise, 7);
            [xor(draw()), moons(draw()), linear_regression(draw())].map(Result::unwrap)
        };
        for (still, noisy) in sets(0.0).iter().zip(sets(0.3)) {
            let (before, after) = match still.target() {
                Target::Real => (still.y(), noisy.y()),
                _ => (still.x(), noisy.x()),
            };
            let squares: f64 = before.iter().zip(after).map(|(a, b)| (a - b).powi(2)).sum();
            let found = (squares / before.len() as f64).sqrt();
            assert!((found / 0.3 - 1.0).abs() < 5.0 / (2.0 * before.len() as f64).sqrt(), "{found}");
        }
    }
}
