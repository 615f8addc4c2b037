//! Activations and losses in vectors of `f32`, each to about 2·10⁻⁷.

use super::lanes::Lanes;
use crate::core::loss::Loss;
use crate::core::model::Activation;

/// eˣ, as far as [`Lanes::exp2`] goes.
#[inline(always)]
fn exp<L: Lanes>(x: L) -> L {
    x.times(L::splat(std::f32::consts::LOG2_E)).exp2()
}

/// ln x for normal numbers above 0. Polynomial of degree 8 for ln(1 + t)/t with the least largest error,
/// 2.7·10⁻⁸.
#[inline(always)]
fn ln<L: Lanes>(x: L) -> L {
    const C: [f32; 9] = [
        1.0,
        -0.499_999_8,
        0.333_341_6,
        -0.250_029_47,
        0.199_584_17,
        -0.165_437_4,
        0.149_173_81,
        -0.144_821_78,
        0.089_598_93,
    ];
    let (exponent, mantissa) = x.split();
    let t = mantissa.minus(L::splat(1.0));
    let mut p = L::splat(C[8]);
    for c in C[..8].iter().rev() {
        p = p.times_plus(t, L::splat(*c));
    }
    exponent.times_plus(L::splat(std::f32::consts::LN_2), t.times(p))
}

/// 1/(1 + 2ᵗ): the sigmoid of −t·ln 2.
#[inline(always)]
pub fn logistic2<L: Lanes>(t: L) -> L {
    t.exp2().plus(L::splat(1.0)).reciprocal()
}

#[inline(always)]
fn sigmoid<L: Lanes>(z: L) -> L {
    logistic2(z.times(L::splat(-std::f32::consts::LOG2_E)))
}

#[inline(always)]
fn tanh<L: Lanes>(z: L) -> L {
    let s = logistic2(z.times(L::splat(-2.0 * std::f32::consts::LOG2_E)));
    s.times_plus(L::splat(2.0), L::splat(-1.0))
}

/// z·Φ(z) with Φ by the complementary error function: t·exp(−x² + polynomial in t), t = 1/(1 + x/2), to
/// 1.2·10⁻⁷ of its value (Press, Teukolsky, Vetterling, Flannery: Numerical Recipes, section 6.2).
#[inline(always)]
fn gelu<L: Lanes>(z: L) -> L {
    const C: [f32; 10] = [
        -1.265_512_2,
        1.000_023_7,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_204,
        1.488_515_9,
        -0.822_152_23,
        0.170_872_77,
    ];
    // Beyond, nothing is left of the tail.
    let x = z.magnitude().times(L::splat(std::f32::consts::FRAC_1_SQRT_2)).at_most(L::splat(9.0));
    let t = x.times_plus(L::splat(0.5), L::splat(1.0)).reciprocal();
    let mut p = L::splat(C[9]);
    for c in C[..9].iter().rev() {
        p = p.times_plus(t, L::splat(*c));
    }
    let tail = t.times(exp(x.times_from(x, p))).times(L::splat(0.5));
    z.times(L::splat(1.0).minus(tail).where_not_negative(z, tail))
}

/// Replaces each pre-activation by its activation.
///
/// Plain loops here and below: a closure that is not inlined would be compiled without the vector
/// instructions.
#[inline(always)]
pub fn activate<L: Lanes>(activation: Activation, z: &mut [L]) {
    match activation {
        Activation::Identity => {}
        Activation::Sigmoid => {
            for z in z {
                *z = sigmoid(*z);
            }
        }
        Activation::Tanh => {
            for z in z {
                *z = tanh(*z);
            }
        }
        Activation::Relu => {
            for z in z {
                *z = z.at_least(L::splat(0.0));
            }
        }
        Activation::Gelu => {
            for z in z {
                *z = gelu(*z);
            }
        }
    }
}

/// The loss of one prediction for each lane, summed over the outputs. Predictions and targets (classes
/// as 0 and 1 for each output) lie `stride` vectors apart.
#[inline(always)]
pub fn loss<L: Lanes>(loss: Loss, predictions: &[L], targets: &[f32], stride: usize) -> L {
    let outputs = predictions.len().div_ceil(stride);
    let mut sum = L::splat(0.0);
    if loss == Loss::CrossEntropy {
        let mut highest = predictions[0];
        for output in 1..outputs {
            highest = highest.at_least(predictions[output * stride]);
        }
        let mut meant = L::splat(0.0);
        for output in 0..outputs {
            let z = predictions[output * stride];
            sum = sum.plus(exp(z.minus(highest)));
            meant = z.times_plus(L::load(&targets[output * stride * L::COUNT..]), meant);
        }
        // In this order: the first two may be large and nearly one, and the rest is small beside them.
        return highest.minus(meant).plus(ln(sum));
    }
    for output in 0..outputs {
        let p = predictions[output * stride];
        let y = L::load(&targets[output * stride * L::COUNT..]);
        sum = sum.plus(pointwise(loss, p, y));
    }
    sum
}

/// 1 for an example that is predicted right, else 0: by the largest of several outputs, the first of equals, or
/// with one output by its side of the boundary. NaN where a prediction is not finite.
#[inline(always)]
pub fn rights<L: Lanes>(boundary: f64, predictions: &[L], targets: &[f32], stride: usize) -> L {
    let (none, one) = (L::splat(0.0), L::splat(1.0));
    let outputs = predictions.len().div_ceil(stride);
    let target = |output: usize| L::load(&targets[output * stride * L::COUNT..]);
    if outputs == 1 {
        let p = predictions[0];
        // Above the boundary it is a 1.
        let class = none.where_not_negative(L::splat(boundary as f32).minus(p), one);
        let is_wrong = class.minus(target(0)).magnitude();
        return one.minus(is_wrong).plus(p.times(none));
    }
    let mut own = none;
    for output in 0..outputs {
        own = predictions[output * stride].times_plus(target(output), own);
    }
    // From the last on: whether the class lies beyond an output, which then may not be as high.
    let (mut right, mut beyond, mut trace) = (one, none, none);
    for output in (0..outputs).rev() {
        let p = predictions[output * stride];
        let ahead = own.minus(p);
        let not_lower = one.where_not_negative(ahead, none);
        let higher = none.where_not_negative(p.minus(own), one);
        right = right.times(higher.minus(not_lower).times_plus(beyond, not_lower));
        beyond = beyond.plus(target(output));
        trace = p.times_plus(none, trace);
    }
    right.plus(trace)
}

/// The sum of the losses of predictions of one output, each with the same target in all lanes.
#[inline(always)]
pub fn losses<L: Lanes>(loss: Loss, predictions: &[L], targets: &[f32]) -> L {
    // A loop of its own for each.
    match loss {
        Loss::Mse | Loss::CrossEntropy => summed(Loss::Mse, predictions, targets),
        Loss::BceWithLogits => summed(Loss::BceWithLogits, predictions, targets),
        Loss::Huber => summed(Loss::Huber, predictions, targets),
    }
}

#[inline(always)]
fn summed<L: Lanes>(loss: Loss, predictions: &[L], targets: &[f32]) -> L {
    // Several sums, since each addition waits for the one before it.
    const SUMS: usize = 4;
    let mut sums = [L::splat(0.0); SUMS];
    let (predictions, rest) = predictions.as_chunks::<SUMS>();
    let (targets, targets_of_rest) = targets.as_chunks::<SUMS>();
    for (p, y) in predictions.iter().zip(targets) {
        for i in 0..SUMS {
            sums[i] = sums[i].plus(pointwise(loss, p[i], L::splat(y[i])));
        }
    }
    for (p, y) in rest.iter().zip(targets_of_rest) {
        sums[0] = sums[0].plus(pointwise(loss, *p, L::splat(*y)));
    }
    sums[0].plus(sums[1]).plus(sums[2].plus(sums[3]))
}

/// The loss of a prediction `p` that should be `y`.
#[inline(always)]
fn pointwise<L: Lanes>(loss: Loss, p: L, y: L) -> L {
    match loss {
        Loss::BceWithLogits => {
            // max(z, 0) − z·y + ln(1 + e^−|z|), in this order: the first two may cancel, and the rest be
            // small beside them.
            let rest = ln(exp(L::splat(0.0).minus(p.magnitude())).plus(L::splat(1.0)));
            p.times_from(y, p.at_least(L::splat(0.0))).plus(rest)
        }
        Loss::Huber => {
            // min(d, 1)·(d − min(d, 1)/2)
            let off = p.minus(y).magnitude();
            let held = off.at_most(L::splat(1.0));
            held.times(held.times_from(L::splat(0.5), off))
        }
        Loss::Mse | Loss::CrossEntropy => {
            let off = p.minus(y);
            off.times(off)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::grid::kernel::InstructionSet;
    use crate::core::grid::kernel::lanes::Task;
    use crate::core::model::pass::LANES;
    use crate::core::num::Stream;

    /// A function of one number over a slice whose length is a multiple of 16.
    struct Map<'a, F>(&'a [f32], F);

    trait Function {
        fn of<L: Lanes>(&self, x: L) -> L;
    }

    impl<F: Function> Task for Map<'_, F> {
        type Output = Vec<f32>;

        #[inline(always)]
        fn run<L: Lanes>(self) -> Vec<f32> {
            let mut out = vec![0.0; self.0.len()];
            for (x, out) in self.0.chunks_exact(L::COUNT).zip(out.chunks_exact_mut(L::COUNT)) {
                self.1.of(L::load(x)).store(out);
            }
            out
        }
    }

    struct Activate(Activation);

    impl Function for Activate {
        #[inline(always)]
        fn of<L: Lanes>(&self, x: L) -> L {
            let mut z = [x];
            activate(self.0, &mut z);
            z[0]
        }
    }

    struct Bce(f32);

    impl Function for Bce {
        #[inline(always)]
        fn of<L: Lanes>(&self, x: L) -> L {
            loss(Loss::BceWithLogits, &[x], &[self.0; 16], 1)
        }
    }

    /// The cross-entropy of columns of logits, an output after the other, for one class in all of them.
    struct CrossEntropy<'a> {
        logits: &'a [Vec<f32>],
        class: usize,
    }

    impl Task for CrossEntropy<'_> {
        type Output = Vec<f32>;

        #[inline(always)]
        fn run<L: Lanes>(self) -> Vec<f32> {
            let (outputs, columns) = (self.logits.len(), self.logits[0].len());
            let targets: Vec<f32> =
                (0..outputs).flat_map(|o| [f32::from(u8::from(o == self.class)); 16]).collect();
            // Targets lie as far apart as a vector is long.
            let targets: Vec<f32> = targets.chunks_exact(16).flat_map(|o| &o[..L::COUNT]).copied().collect();
            let mut out = vec![0.0; columns];
            for (at, out) in (0..columns).step_by(L::COUNT).zip(out.chunks_exact_mut(L::COUNT)) {
                let z: Vec<L> = self.logits.iter().map(|row| L::load(&row[at..])).collect();
                loss(Loss::CrossEntropy, &z, &targets, 1).store(out);
            }
            out
        }
    }

    /// The same in double length, by the reference.
    fn reference_cross_entropy(logits: &[Vec<f32>], column: usize, class: usize) -> f64 {
        let spread = |value: f64| std::iter::once(value).chain(std::iter::repeat_n(0.0, LANES - 1));
        let z: Vec<f64> = logits.iter().flat_map(|row| spread(f64::from(row[column]))).collect();
        let class: Vec<f64> = spread(class as f64).collect();
        Loss::CrossEntropy.sum(&z, &class, 1)
    }

    #[test]
    fn cross_entropy_of_large_logits_keeps_its_digits() {
        let mut stream = Stream::new(5, "logits");
        for size in [1.0_f64, 10.0, 100.0, 1e3, 1e4, 1e6] {
            // The three lie as near to one another as logits of any size may.
            let mut row = |near: f64| -> Vec<f32> {
                (0..256).map(|_| (size + near * stream.normal()) as f32).collect()
            };
            let logits = [row(0.5), row(2.0), row(size)];
            for set in InstructionSet::available() {
                for class in 0..3 {
                    let found = set.run(CrossEntropy { logits: &logits, class });
                    for (column, found) in found.iter().enumerate() {
                        let expected = reference_cross_entropy(&logits, column, class);
                        let error = (f64::from(*found) - expected).abs() / expected.max(1.0);
                        assert!(error < 5e-7, "{set:?} {size} {class}: {found} {expected}");
                    }
                }
            }
        }
    }

    fn points() -> Vec<f32> {
        let near = (-8000..8000).map(|i| i as f32 / 1000.0);
        near.chain((-800..800).map(|i| i as f32 / 4.0)).collect()
    }

    #[test]
    fn activations_agree_with_those_of_double_length() {
        let x = points();
        for set in InstructionSet::available() {
            for &activation in Activation::ALL {
                let found = set.run(Map(&x, Activate(activation)));
                for (x, found) in x.iter().zip(found) {
                    let expected = activation.jet(f64::from(*x)).value;
                    let error = (f64::from(found) - expected).abs() / expected.abs().max(1.0);
                    assert!(error < 4e-7, "{set:?} {activation:?} {x}: {found} {expected}");
                }
            }
        }
    }

    #[test]
    fn the_logarithmic_loss_is_stable() {
        let x: Vec<f32> = points().into_iter().chain([-1e4, 1e4, -3e8, 3e8].repeat(4)).collect();
        for set in InstructionSet::available() {
            for y in [0.0, 1.0] {
                for (x, found) in x.iter().zip(set.run(Map(&x, Bce(y)))) {
                    let z = f64::from(*x);
                    let expected = z.max(0.0) - z * f64::from(y) + (-z.abs()).exp().ln_1p();
                    let error = (f64::from(found) - expected).abs() / expected.max(1.0);
                    assert!(error < 3e-7, "{set:?} {x} {y}: {found} {expected}");
                }
            }
        }
    }

    #[test]
    fn nan_and_infinity_are_not_lost() {
        let broken = [f32::NAN; 16];
        for set in InstructionSet::available() {
            for &activation in Activation::ALL {
                let found = set.run(Map(&broken, Activate(activation)));
                assert!(found.iter().all(|v| v.is_nan()), "{set:?} {activation:?}");
            }
            assert!(set.run(Map(&broken, Bce(0.0))).iter().all(|v| v.is_nan()));
            let infinite = set.run(Map(&[f32::INFINITY; 16], Activate(Activation::Sigmoid)));
            assert!(infinite.iter().all(|v| (v - 1.0).abs() < 1e-6), "{infinite:?}");
        }
    }
}
