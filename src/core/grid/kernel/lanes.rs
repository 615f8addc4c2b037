//! Vectors of `f32`, as wide as the processor has them: one trait, and which of its kinds to use.
//!
//! A kernel is written once over [`Lanes`] and compiled for each instruction set; the set is chosen
//! when the program runs. NaN is never lost: a bound that is put on NaN leaves it NaN.

use super::functions::exp2_polynomial;
use super::portable::Portable;
#[cfg(target_arch = "x86_64")]
use super::{avx2, avx512};

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

/// An instruction set that a kernel is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstructionSet {
    /// 16 lanes.
    Avx512,
    /// 8 lanes, with fused products.
    Avx2,
    /// Plain code that every compiler turns into what the machine has.
    Portable,
}

/// Work to be done with the vectors of some instruction set. Its functions, and all that they call with
/// vectors, must be inlined to the last one.
pub trait Task {
    /// What comes of it.
    type Output;

    /// Does it.
    fn run<L: Lanes>(self) -> Self::Output;
}

impl InstructionSet {
    /// Those that this processor has, the widest first.
    pub fn available() -> Vec<Self> {
        [Self::Avx512, Self::Avx2, Self::Portable].into_iter().filter(|set| set.is_available()).collect()
    }

    /// The widest that this processor has.
    pub fn widest() -> Self {
        Self::available()[0]
    }

    fn is_available(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx512 | Self::Avx2 => false,
            Self::Portable => true,
        }
    }

    /// Does a task with the vectors of this set; with plain ones if the processor does not have it.
    pub fn run<T: Task>(self, task: T) -> T::Output {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 if self.is_available() => {
                // SAFETY: the processor has the instructions.
                unsafe { avx512::enter(task) }
            }
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 if self.is_available() => {
                // SAFETY: the processor has the instructions.
                unsafe { avx2::enter(task) }
            }
            _ => task.run::<Portable>(),
        }
    }
}

impl InstructionSet {
    /// Sums that [`InstructionSet::multiply_adds`] keeps going at once: enough to hide each other's wait.
    pub const CHAINS: usize = 12;

    /// Numbers in a vector.
    pub fn lanes(self) -> usize {
        self.run(Count)
    }

    /// Takes `rounds` multiply-adds of vectors in each of [`InstructionSet::CHAINS`] chains and nothing
    /// else: what the speed of a kernel is measured against.
    pub fn multiply_adds(self, rounds: usize) -> f32 {
        self.run(Chains(rounds))
    }
}

struct Count;

impl Task for Count {
    type Output = usize;

    #[inline(always)]
    fn run<L: Lanes>(self) -> usize {
        L::COUNT
    }
}

struct Chains(usize);

impl Task for Chains {
    type Output = f32;

    #[inline(always)]
    fn run<L: Lanes>(self) -> f32 {
        let mut sums = [L::splat(1.0); InstructionSet::CHAINS];
        // Hidden from the compiler, which would see where this ends.
        let (factor, term) = (L::splat(std::hint::black_box(0.999)), L::splat(std::hint::black_box(0.002)));
        for _ in 0..self.0 {
            for sum in &mut sums {
                *sum = sum.times_plus(factor, term);
            }
        }
        let mut whole = factor;
        for sum in sums {
            whole = whole.plus(sum);
        }
        let mut out = [0.0; 16];
        whole.store(&mut out);
        out[0]
    }
}
