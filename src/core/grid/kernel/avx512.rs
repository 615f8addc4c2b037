//! 16 lanes by AVX-512.
//!
//! The vector type is made only within [`enter`], which is called on processors that have the
//! instructions: that is what every `unsafe` here rests on.

#![allow(clippy::undocumented_unsafe_blocks, reason = "one reason serves all: see above")]

use std::arch::x86_64::*;

use super::lanes::{Lanes, Task};

/// 16 numbers in a register.
#[derive(Clone, Copy)]
pub struct Avx512(__m512);

/// Does a task with vectors of this kind.
#[target_feature(enable = "avx512f,fma")]
pub fn enter<T: Task>(task: T) -> T::Output {
    task.run::<Avx512>()
}

impl Lanes for Avx512 {
    const COUNT: usize = 16;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self(unsafe { _mm512_set1_ps(value) })
    }

    #[inline(always)]
    fn load(from: &[f32]) -> Self {
        let from = &from[..16];
        Self(unsafe { _mm512_loadu_ps(from.as_ptr()) })
    }

    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        let to = &mut to[..16];
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), self.0) }
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Self(unsafe { _mm512_add_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        Self(unsafe { _mm512_sub_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        Self(unsafe { _mm512_mul_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn times_plus(self, factor: Self, term: Self) -> Self {
        Self(unsafe { _mm512_fmadd_ps(self.0, factor.0, term.0) })
    }

    #[inline(always)]
    fn times_from(self, factor: Self, term: Self) -> Self {
        Self(unsafe { _mm512_fnmadd_ps(self.0, factor.0, term.0) })
    }

    // Of two numbers one of which is NaN these instructions take the second.
    #[inline(always)]
    fn at_least(self, bound: Self) -> Self {
        Self(unsafe { _mm512_max_ps(bound.0, self.0) })
    }

    #[inline(always)]
    fn at_most(self, bound: Self) -> Self {
        Self(unsafe { _mm512_min_ps(bound.0, self.0) })
    }

    #[inline(always)]
    fn magnitude(self) -> Self {
        Self(unsafe { _mm512_abs_ps(self.0) })
    }

    #[inline(always)]
    fn where_not_negative(self, other: Self, below: Self) -> Self {
        unsafe {
            let negative = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(other.0, _mm512_setzero_ps());
            Self(_mm512_mask_blend_ps(negative, self.0, below.0))
        }
    }

    #[inline(always)]
    fn reciprocal(self) -> Self {
        let rough = Self(unsafe { _mm512_rcp14_ps(self.0) });
        // One step of Newton's doubles the digits.
        rough.times(self.times_from(rough, Self::splat(2.0)))
    }

    #[inline(always)]
    fn times_power(self, shifted: Self) -> Self {
        unsafe {
            let n = _mm512_slli_epi32::<23>(_mm512_castps_si512(shifted.0));
            Self(_mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(self.0), n)))
        }
    }

    #[inline(always)]
    fn split(self) -> (Self, Self) {
        unsafe {
            let whole = _mm512_castps_si512(self.0);
            let root_half = _mm512_set1_epi32(std::f32::consts::FRAC_1_SQRT_2.to_bits() as i32);
            let exponent = _mm512_srai_epi32::<23>(_mm512_sub_epi32(whole, root_half));
            let mantissa = _mm512_sub_epi32(whole, _mm512_slli_epi32::<23>(exponent));
            (Self(_mm512_cvtepi32_ps(exponent)), Self(_mm512_castsi512_ps(mantissa)))
        }
    }
}
