//! Eight lanes in plain code.

use super::lanes::Lanes;

const COUNT: usize = 8;

/// An array that compilers keep in vector registers.
#[derive(Clone, Copy)]
pub struct Portable([f32; COUNT]);

impl Portable {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|i| f(self.0[i], other.0[i])))
    }
}

impl Lanes for Portable {
    const COUNT: usize = COUNT;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; COUNT])
    }

    #[inline(always)]
    fn load(from: &[f32]) -> Self {
        let from = &from[..COUNT];
        Self(std::array::from_fn(|i| from[i]))
    }

    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        to[..COUNT].copy_from_slice(&self.0);
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        self.zip(other, |a, b| a * b)
    }

    #[inline(always)]
    fn times_plus(self, factor: Self, term: Self) -> Self {
        self.times(factor).plus(term)
    }

    #[inline(always)]
    fn times_from(self, factor: Self, term: Self) -> Self {
        term.minus(self.times(factor))
    }

    #[inline(always)]
    fn at_least(self, bound: Self) -> Self {
        self.zip(bound, |a, b| if a < b { b } else { a })
    }

    #[inline(always)]
    fn at_most(self, bound: Self) -> Self {
        self.zip(bound, |a, b| if a > b { b } else { a })
    }

    #[inline(always)]
    fn magnitude(self) -> Self {
        Self(self.0.map(f32::abs))
    }

    #[inline(always)]
    fn where_not_negative(self, other: Self, below: Self) -> Self {
        Self(std::array::from_fn(|i| if other.0[i] < 0.0 { below.0[i] } else { self.0[i] }))
    }

    #[inline(always)]
    fn reciprocal(self) -> Self {
        Self(self.0.map(|a| 1.0 / a))
    }

    #[inline(always)]
    fn times_power(self, shifted: Self) -> Self {
        self.zip(shifted, |a, s| f32::from_bits(a.to_bits().wrapping_add(s.to_bits() << 23)))
    }

    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let root_half = std::f32::consts::FRAC_1_SQRT_2.to_bits() as i32;
        let exponent = |a: f32| (a.to_bits() as i32).wrapping_sub(root_half) >> 23;
        let mantissa = |a: f32| f32::from_bits((a.to_bits() as i32).wrapping_sub(exponent(a) << 23) as u32);
        (Self(self.0.map(|a| exponent(a) as f32)), Self(self.0.map(mantissa)))
    }
}
