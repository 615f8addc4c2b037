//! Which instruction set a kernel runs with: chosen when the program runs.

#[cfg(target_arch = "x86_64")]
use super::avx2;
#[cfg(target_arch = "x86_64")]
use super::avx512;
use super::lanes::{Lanes, Task};
use super::portable::Portable;

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
