//! Loops over lanes in the widest vector registers that the processor has.
//!
//! A body is compiled for several instruction sets, and the widest is chosen when it is called. Where
//! the processor fuses a product and a sum into one rounding, the body does so too, which makes it a
//! third faster: so results are the same to the bit on one machine, not from one machine to another.

/// Declares a function that runs `$body` in the widest version there is. The body is to be
/// `#[inline(always)]` and to take whether products and sums are fused as its const parameter.
macro_rules! widened {
    ($(#[$doc:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) = $body:ident) => {
        $(#[$doc])*
        $vis fn $name($($arg: $type),*) {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512dq,avx512vl,fma")]
                fn avx512($($arg: $type),*) {
                    $body::<true>($($arg),*)
                }
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($arg: $type),*) {
                    $body::<true>($($arg),*)
                }
                if is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("fma")
                {
                    // SAFETY: the processor has what the function was compiled for.
                    return unsafe { avx512($($arg),*) };
                }
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    // SAFETY: the processor has what the function was compiled for.
                    return unsafe { avx2($($arg),*) };
                }
            }
            $body::<false>($($arg),*)
        }
    };
}

pub(crate) use widened;

/// a·b + c, in one rounding where `FUSED`.
#[inline(always)]
pub fn mul_add<const FUSED: bool>(a: f64, b: f64, c: f64) -> f64 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// eˣ without a branch, so that a loop of it vectorises: within 2 units in the last place for results
/// that are normal numbers, infinity above them, 0 below, and NaN for NaN.
///
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2 (ln 2 in two parts, Cody and Waite 1980), eʳ by its Taylor
/// polynomial of degree 13, whose rest is below 5·10⁻¹⁸.
#[inline(always)]
pub fn exp<const FUSED: bool>(x: f64) -> f64 {
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    // Adding it leaves the nearest whole number in the lowest bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const BIAS: u64 = 1023 << 52;
    let held = x.clamp(-708.0, 709.0);
    let shifted = mul_add::<FUSED>(held, std::f64::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = mul_add::<FUSED>(-n, LN_2_LOW, mul_add::<FUSED>(-n, LN_2_HIGH, held));
    let power = f64::from_bits((shifted.to_bits() << 52).wrapping_add(BIAS));
    let result = polynomial::<FUSED>(r) * power;
    let result = if x > 709.0 { f64::INFINITY } else { result };
    if x < -708.0 { 0.0 } else { result }
}

/// Σ rᵏ/k! to k = 13, in Horner's way.
#[inline(always)]
fn polynomial<const FUSED: bool>(r: f64) -> f64 {
    const C: [f64; 14] = [
        1.0 / 6_227_020_800.0,
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ];
    C.into_iter().fold(0.0, |sum, c| mul_add::<FUSED>(sum, r, c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn limits_are_reached() {
        for exp in [exp::<false>, exp::<true>] {
            assert_eq!(exp(0.0), 1.0);
            assert_eq!(exp(f64::INFINITY), f64::INFINITY);
            assert_eq!(exp(1e4), f64::INFINITY);
            assert_eq!(exp(f64::NEG_INFINITY), 0.0);
            assert_eq!(exp(-1e4), 0.0);
            assert!(exp(f64::NAN).is_nan());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn it_agrees_with_the_system_to_two_units_in_the_last_place(x in -707.0..708.0_f64) {
            let expected = x.exp();
            for found in [exp::<false>(x), exp::<true>(x)] {
                prop_assert!((found - expected).abs() <= 2.0 * f64::EPSILON * expected, "{x}: {found} {expected}");
            }
        }
    }

    #[inline(always)]
    fn all_body<const FUSED: bool>(values: &mut [f64]) {
        values.iter_mut().for_each(|v| *v = exp::<FUSED>(*v));
    }

    widened! {
        /// As the plain loop.
        fn all(values: &mut [f64]) = all_body
    }

    #[test]
    fn the_wide_version_computes_the_same() {
        let x: Vec<f64> = (0..1001).map(|i| f64::from(i) * 1.4 - 700.0).collect();
        let mut wide = x.clone();
        all(&mut wide);
        for (x, wide) in x.into_iter().zip(wide) {
            let plain = exp::<false>(x);
            assert!((wide - plain).abs() <= 2.0 * f64::EPSILON * plain, "{x}");
        }
    }
}
