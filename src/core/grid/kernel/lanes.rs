//! Vectors of `f32`, as wide as the processor has them: one trait.
//!
//! A kernel is written once over [`Lanes`] and compiled for each
//! [`InstructionSet`](super::InstructionSet). NaN is never lost: a bound that is put on NaN leaves it NaN.

/// A vector of `f32`.
pub trait Lanes: Copy {
    /// Numbers in it.
    const COUNT: usize;

    /// The number in every lane.
    fn splat(value: f32) -> Self;

    /// The first [`Lanes::COUNT`] numbers of a slice.
    fn load(from: &[f32]) -> Self;

    /// Writes the lanes to the first [`Lanes::COUNT`] places of a slice.
    fn store(self, to: &mut [f32]);

    /// self + other.
    fn plus(self, other: Self) -> Self;

    /// self − other.
    fn minus(self, other: Self) -> Self;

    /// self · other.
    fn times(self, other: Self) -> Self;

    /// self · factor + term.
    fn times_plus(self, factor: Self, term: Self) -> Self;

    /// term − self · factor.
    fn times_from(self, factor: Self, term: Self) -> Self;

    /// The larger of self and a bound that is no NaN.
    fn at_least(self, bound: Self) -> Self;

    /// The smaller of self and a bound that is no NaN.
    fn at_most(self, bound: Self) -> Self;

    /// |self|.
    fn magnitude(self) -> Self;

    /// self where `other` is at least 0, else `below`.
    fn where_not_negative(self, other: Self, below: Self) -> Self;

    /// 1/self to about 2⁻²², for numbers from 1 to 2¹²⁶.
    fn reciprocal(self) -> Self;

    /// self · 2ⁿ, with n in the lowest bits of `shifted` (a whole number to which 1.5·2²³ was added).
    fn times_power(self, shifted: Self) -> Self;

    /// 2 to the power of self, to 10⁻⁷ of its value; at least 0 and at most about 2¹²⁶, NaN for NaN.
    #[inline(always)]
    fn exp2(self) -> Self {
        // Adding it leaves the nearest whole number in the lowest bits.
        let round = Self::splat(12_582_912.0);
        let held = self.at_least(Self::splat(-126.0)).at_most(Self::splat(126.0));
        let shifted = held.plus(round);
        exp2_polynomial(held.minus(shifted.minus(round))).times_power(shifted)
    }

    /// self = m·2ᵉ as (e, m) with m from √½ to √2, for normal numbers above 0.
    fn split(self) -> (Self, Self);
}

/// Work to be done with the vectors of some instruction set. Its functions, and all that they call with
/// vectors, must be inlined to the last one.
pub trait Task {
    /// What comes of it.
    type Output;

    /// Does it.
    fn run<L: Lanes>(self) -> Self::Output;
}

/// Coefficients of the polynomial of degree 5 for 2ᶠ with the least largest relative error, 7.5·10⁻⁸, on
/// [−½, ½].
const EXP2: [f32; 6] = [1.000_000_1, 0.693_146_94, 0.240_221_2, 0.055_507_13, 0.009_675_541, 0.001_327_647];

/// 2ᶠ for f on [−½, ½].
#[inline(always)]
fn exp2_polynomial<L: Lanes>(f: L) -> L {
    let mut p = L::splat(EXP2[5]);
    for c in EXP2[..5].iter().rev() {
        p = p.times_plus(f, L::splat(*c));
    }
    p
}
