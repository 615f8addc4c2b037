//! A curve between two points, as a function of the point that bends it.
//!
//! theta(t) = (1 − t)²·a + 2t(1 − t)·c + t²·b is a quadratic Bézier curve from a to b with the control point c, and
//! lies in the plane through the three. Its loss is the mean of the losses along it, so descending on c finds a
//! way from a to b that stays low, where there is one (Garipov, Izmailov, Podoprikhin, Vetrov, Wilson 2018).

use std::sync::Arc;

use super::Objective;
use crate::core::num::ParamLayout;
use crate::core::num::vector::add_scaled;

/// Places along the curve whose losses make its own.
const PLACES: usize = 20;

/// The loss of a curve between two points; its theta is the control point, `[dim]`.
pub struct Curve {
    objective: Arc<dyn Objective>,
    ends: [Vec<f64>; 2],
}

/// The highest place of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Barrier {
    /// Where it is, 0 to 1.
    pub at: f64,
    /// The loss there; not finite where the curve diverges.
    pub loss: f64,
    /// That less the loss at the higher end: 0 where the curve rises nowhere.
    pub rise: f64,
}

impl Curve {
    /// Curves between these ends, `[dim]` each.
    pub fn new(objective: Arc<dyn Objective>, ends: [Vec<f64>; 2]) -> Self {
        Self { objective, ends }
    }

    /// The control point of the straight line: half way between the ends.
    pub fn straight(&self) -> Vec<f64> {
        let [a, b] = &self.ends;
        a.iter().zip(b).map(|(a, b)| 0.5 * (a + b)).collect()
    }

    /// The point at `t`, 0 to 1, of the curve that a control point bends.
    pub fn point(&self, control: &[f64], t: f64) -> Vec<f64> {
        let [a, b] = &self.ends;
        bezier([a, control, b], t)
    }

    /// The highest of `places` + 1 even places, the ends among them. A place that diverges is higher than any.
    pub fn barrier(&self, control: &[f64], places: usize) -> Barrier {
        let losses: Vec<f64> = (0..=places)
            .map(|i| self.objective.loss(&self.point(control, i as f64 / places as f64)))
            .map(|loss| if loss.is_nan() { f64::INFINITY } else { loss })
            .collect();
        let (at, loss) = losses
            .iter()
            .copied()
            .enumerate()
            .fold((0, f64::NEG_INFINITY), |top, (i, loss)| if loss > top.1 { (i, loss) } else { top });
        Barrier { at: at as f64 / places as f64, loss, rise: loss - losses[0].max(losses[places]) }
    }

    /// The mean of losses along the curve, whose gradient is written to `grad`.
    fn mean(&self, control: &[f64], grad: &mut [f64], each: impl Fn(&[f64], &mut [f64]) -> f64) -> f64 {
        grad.fill(0.0);
        let (mut sum, mut slope) = (0.0, vec![0.0; grad.len()]);
        for t in places() {
            sum += each(&self.point(control, t), &mut slope);
            add_scaled(grad, weights(t)[1] / PLACES as f64, &slope);
        }
        sum / PLACES as f64
    }
}

/// The point at `t`, 0 to 1, of the quadratic Bézier curve from `a` to `b` with the control point `c`, `[dim]` each.
pub fn bezier([a, c, b]: [&[f64]; 3], t: f64) -> Vec<f64> {
    let [from, bend, to] = weights(t);
    a.iter().zip(c).zip(b).map(|((a, c), b)| from * a + bend * c + to * b).collect()
}

/// What the first end, the control point and the second end weigh at `t`.
fn weights(t: f64) -> [f64; 3] {
    [(1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t]
}

/// The middles of even parts of the curve.
fn places() -> impl Iterator<Item = f64> {
    (0..PLACES).map(|i| (i as f64 + 0.5) / PLACES as f64)
}

impl Objective for Curve {
    fn layout(&self) -> &ParamLayout {
        self.objective.layout()
    }

    fn loss(&self, control: &[f64]) -> f64 {
        places().map(|t| self.objective.loss(&self.point(control, t))).sum::<f64>() / PLACES as f64
    }

    fn loss_grad(&self, control: &[f64], grad: &mut [f64]) -> f64 {
        self.mean(control, grad, |theta, slope| self.objective.loss_grad(theta, slope))
    }

    fn batch_loss_grad(&self, control: &[f64], rows: &[u32], grad: &mut [f64]) -> f64 {
        self.mean(control, grad, |theta, slope| self.objective.batch_loss_grad(theta, rows, slope))
    }

    fn hvp(&self, control: &[f64], v: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        let mut product = vec![0.0; out.len()];
        for t in places() {
            self.objective.hvp(&self.point(control, t), v, &mut product);
            add_scaled(out, weights(t)[1].powi(2) / PLACES as f64, &product);
        }
    }

    fn examples(&self) -> usize {
        self.objective.examples()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::data::BatchSize;
    use crate::core::objective::{Analytic, Surface};
    use crate::core::optim::OptimizerConfig;
    use crate::core::train::{TrainingPlan, TrainingRun};

    fn between(surface: Surface, ends: [[f64; 2]; 2]) -> Curve {
        Curve::new(Arc::new(Analytic::new(surface)), ends.map(|end| end.to_vec()))
    }

    #[test]
    fn the_curve_goes_from_end_to_end_and_the_straight_one_is_a_line() {
        let curve = between(Surface::Quadratic, [[1.0, 2.0], [3.0, -2.0]]);
        assert_eq!(curve.point(&[9.0, 9.0], 0.0), [1.0, 2.0]);
        assert_eq!(curve.point(&[9.0, 9.0], 1.0), [3.0, -2.0]);
        assert_eq!(curve.point(&curve.straight(), 0.25), [1.5, 1.0]);
        // Half of the control point, a quarter of each end.
        assert_eq!(curve.point(&[9.0, 4.0], 0.5), [5.5, 2.0]);
    }

    #[test]
    fn derivatives_are_those_of_differences() {
        let curve = between(Surface::Himmelblau, [[3.0, 2.0], [-2.8, 3.1]]);
        let (control, v, step) = ([0.4, 3.7], [0.6, -0.8], 1e-5);
        let moved = |by: f64| [control[0] + by * v[0], control[1] + by * v[1]];
        let at = |control: [f64; 2]| {
            let mut grad = vec![0.0; 2];
            (curve.loss_grad(&control, &mut grad), grad)
        };
        let ((loss, grad), (low, low_grad), (high, high_grad)) =
            (at(control), at(moved(-step)), at(moved(step)));
        assert!((loss - curve.loss(&control)).abs() < 1e-12 * loss);
        let along = grad[0] * v[0] + grad[1] * v[1];
        assert!((along - (high - low) / (2.0 * step)).abs() < 1e-5 * along.abs(), "{along}");
        let mut product = vec![0.0; 2];
        curve.hvp(&control, &v, &mut product);
        for i in 0..2 {
            let difference = (high_grad[i] - low_grad[i]) / (2.0 * step);
            assert!((product[i] - difference).abs() < 1e-5 * product[i].abs().max(1.0), "{product:?}");
        }
    }

    /// Between two of Himmelblau's minima lies a saddle: the line goes over a hill, and no curve stays below the
    /// saddle, which is 67.72 high at (0.0867, 2.8843).
    #[test]
    fn a_trained_curve_goes_by_the_saddle_and_the_line_over_the_hill() {
        let ends = [[3.0, 2.0], [-2.805_118_086_952_745, 3.131_312_518_250_573]];
        let curve = Arc::new(between(Surface::Himmelblau, ends));
        let line = curve.barrier(&curve.straight(), 1000);
        let adam = OptimizerConfig::by_name("adam").map(|mut adam| {
            adam.set_lr(0.05);
            adam
        });
        let plan = TrainingPlan::new(curve.straight(), adam.unwrap(), BatchSize::Full, 0);
        let mut run = TrainingRun::new(Arc::clone(&curve) as Arc<dyn Objective>, plan);
        run.advance(500);
        let bent = curve.barrier(&run.latest().theta, 1000);
        assert!(bent.rise < line.rise && bent.rise > 67.71, "{bent:?} {line:?}");
        assert!(bent.rise < 70.0, "it goes near the saddle: {bent:?}");
        assert_eq!(bent.loss, curve.objective.loss(&curve.point(&run.latest().theta, bent.at)));
    }

    #[test]
    fn a_curve_that_rises_nowhere_has_no_barrier_and_one_that_diverges_has_no_end() {
        let curve = between(Surface::Quadratic, [[2.0, 0.0], [-1.0, 0.0]]);
        assert_eq!(curve.barrier(&curve.straight(), 10), Barrier { at: 0.0, loss: 2.0, rise: 0.0 });
        assert_eq!(curve.barrier(&[f64::NAN, 0.0], 10).loss, f64::INFINITY);
    }
}
