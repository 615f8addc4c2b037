//! Named random streams: every use of chance draws from a stream of its own.
//!
//! A stream is set by the experiment's seed and its name, so that adding a draw in one place (noise
//! in the data, say) changes nothing in another (the initial weights). A stream's position can be
//! read and sought, which is what lets a run resume exactly from a key checkpoint.
//! Generator: ChaCha with 8 rounds, whose output is fixed by its specification.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A reproducible sequence of random numbers.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of that name under a seed.
    pub fn new(seed: u64, name: &str) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&fnv1a(name.as_bytes()).to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// How far the stream has been read, in 32-bit words.
    pub fn position(&self) -> u128 {
        self.0.get_word_pos()
    }

    /// Continues at a position that [`Stream::position`] gave.
    pub fn seek(&mut self, position: u128) {
        self.0.set_word_pos(position);
    }

    /// A number uniform on [0, 1), a multiple of 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number uniform on [low, high).
    pub fn uniform_in(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// A number of the standard normal distribution (Box and Muller 1958; the second of each pair is
    /// dropped, so that a stream has no state beside its position).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// A number of the χ² distribution with that many degrees of freedom (twice a gamma variate,
    /// Marsaglia and Tsang 2000).
    pub fn chi_squared(&mut self, degrees: usize) -> f64 {
        if degrees < 2 {
            // The method wants a shape, half the degrees, of at least 1.
            return if degrees == 0 { 0.0 } else { self.normal().powi(2) };
        }
        let d = 0.5 * degrees as f64 - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            let u = 1.0 - self.uniform();
            if v > 0.0 && u.ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return 2.0 * d * v;
            }
        }
    }

    /// A whole number uniform on 0..bound, without bias.
    ///
    /// # Panics
    /// If `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        assert!(bound > 0, "no number lies below 0");
        let bound = bound as u64;
        let rejected_from = u64::MAX - u64::MAX % bound;
        loop {
            let draw = self.0.next_u64();
            if draw < rejected_from {
                return (draw % bound) as usize;
            }
        }
    }

    /// A random order of 0..count (Fisher and Yates).
    pub fn permutation(&mut self, count: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..count as u32).collect();
        for last in (1..count).rev() {
            order.swap(last, self.below(last + 1));
        }
        order
    }
}

/// The 64-bit FNV-1a hash: short, and the same on every platform for ever.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_different_names_and_seeds_differ_and_repeat() {
        let draw = |seed, name| Stream::new(seed, name).uniform();
        assert_eq!(draw(1, "init"), draw(1, "init"));
        assert_ne!(draw(1, "init"), draw(1, "batches"));
        assert_ne!(draw(1, "init"), draw(2, "init"));
    }

    #[test]
    fn a_sought_stream_continues_exactly() {
        let mut stream = Stream::new(5, "x");
        for _ in 0..7 {
            stream.normal();
        }
        let position = stream.position();
        let ahead: Vec<f64> = (0..5).map(|_| stream.uniform()).collect();
        let mut again = Stream::new(5, "x");
        again.seek(position);
        assert_eq!(ahead, (0..5).map(|_| again.uniform()).collect::<Vec<_>>());
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut stream = Stream::new(0, "moments");
        let n = 100_000;
        let normals: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
        let mean = normals.iter().sum::<f64>() / n as f64;
        let variance = normals.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64;
        // Five standard errors.
        assert!(mean.abs() < 5.0 / (n as f64).sqrt(), "mean {mean}");
        assert!((variance - 1.0).abs() < 5.0 * (2.0 / n as f64).sqrt(), "variance {variance}");
        for count in [1, 2, 7, 5000] {
            let degrees = count as f64;
            let draws: Vec<f64> = (0..20_000).map(|_| stream.chi_squared(count)).collect();
            let mean = draws.iter().sum::<f64>() / 20_000.0;
            let variance = draws.iter().map(|x| (x - degrees).powi(2)).sum::<f64>() / 20_000.0;
            assert!(
                (mean / degrees - 1.0).abs() < 5.0 * (2.0 / degrees / 20_000.0).sqrt(),
                "{degrees}: {mean}"
            );
            assert!((variance / (2.0 * degrees) - 1.0).abs() < 0.15, "{degrees}: {variance}");
        }
        let mut seen = stream.permutation(100);
        seen.sort_unstable();
        assert_eq!(seen, (0..100).collect::<Vec<u32>>());
    }
}
