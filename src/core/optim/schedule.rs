//! How the learning rate changes over a run: a function of the step alone.
//!
//! Names and formulas are those of `torch.optim.lr_scheduler` (StepLR, CosineAnnealingLR, LinearLR,
//! CosineAnnealingWarmRestarts) in closed form. Kept apart from the optimizers, so that each works with each.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use crate::core::num::setting::{self, SettingError};

/// A rule for the learning rate of each step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
pub enum Schedule {
    /// The base learning rate throughout.
    #[default]
    Constant,
    /// Times `gamma` every `step_size` steps.
    Step {
        /// Steps between two drops.
        #[serde(default = "default_step_size")]
        step_size: u64,
        /// Factor of a drop.
        #[serde(default = "default_gamma")]
        gamma: f64,
    },
    /// Half a cosine wave from the base down to `eta_min` at step `t_max`, and up again after it.
    Cosine {
        /// The step at which the rate is lowest.
        #[serde(default = "default_t_max")]
        t_max: u64,
        /// The lowest rate.
        #[serde(default)]
        eta_min: f64,
    },
    /// A straight line from `start_factor` times the base to the base at step `total_iters`.
    WarmUp {
        /// Steps of the warm-up.
        #[serde(default = "default_total_iters")]
        total_iters: u64,
        /// Share of the base at step 0.
        #[serde(default = "default_start_factor")]
        start_factor: f64,
    },
    /// Half a cosine wave from the base down towards `eta_min`, then from the base anew (Loshchilov and Hutter 2017).
    Restarts {
        /// Steps until the first restart.
        #[serde(default = "default_t_0")]
        t_0: u64,
        /// Each wave is that many times as long as the one before.
        #[serde(default = "default_t_mult")]
        t_mult: u64,
        /// The rate that a wave falls towards.
        #[serde(default)]
        eta_min: f64,
    },
}

fn default_step_size() -> u64 {
    500
}

fn default_gamma() -> f64 {
    0.1
}

fn default_t_max() -> u64 {
    2000
}

fn default_total_iters() -> u64 {
    5
}

fn default_start_factor() -> f64 {
    1.0 / 3.0
}

fn default_t_0() -> u64 {
    500
}

fn default_t_mult() -> u64 {
    1
}

/// Where a step, counted from 0, lies in its wave, from 0 to below 1.
fn share_of_wave(mut step: u64, t_0: u64, t_mult: u64) -> f64 {
    let mut length = t_0;
    if t_mult == 1 {
        step %= t_0;
    }
    while step >= length {
        step -= length;
        length = length.saturating_mul(t_mult);
    }
    step as f64 / length as f64
}

/// Half a cosine wave from the base, at 0, to the lowest rate, at 1.
fn annealed(base: f64, eta_min: f64, share: f64) -> f64 {
    eta_min + (base - eta_min) * 0.5 * (1.0 + (PI * share).cos())
}

impl Schedule {
    /// Every kind with its default settings, in the order a menu shows them. Defaults are PyTorch's;
    /// where it has none, what fits a run of 2,000 steps.
    pub fn all() -> Vec<Self> {
        vec![
            Self::Constant,
            Self::Step { step_size: default_step_size(), gamma: default_gamma() },
            Self::Cosine { t_max: default_t_max(), eta_min: 0.0 },
            Self::WarmUp { total_iters: default_total_iters(), start_factor: default_start_factor() },
            Self::Restarts { t_0: default_t_0(), t_mult: default_t_mult(), eta_min: 0.0 },
        ]
    }

    /// The name that files and flags use.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// The kind of that name, with its default settings.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|schedule| schedule.name() == name)
    }

    /// The learning rate of a step, counted from 0, for a base rate.
    pub fn lr(&self, base: f64, step: u64) -> f64 {
        match *self {
            Self::Constant => base,
            Self::Step { step_size, gamma } => base * gamma.powf((step / step_size) as f64),
            Self::Cosine { t_max, eta_min } => {
                // The wave repeats, which keeps its argument small and exact.
                annealed(base, eta_min, (step % (2 * t_max)) as f64 / t_max as f64)
            }
            Self::Restarts { t_0, t_mult, eta_min } => {
                annealed(base, eta_min, share_of_wave(step, t_0, t_mult))
            }
            Self::WarmUp { total_iters, start_factor } => {
                let risen = step.min(total_iters) as f64 / total_iters as f64;
                base * (start_factor + (1.0 - start_factor) * risen)
            }
        }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// On the first that makes no sense.
    pub fn check(&self) -> Result<(), SettingError> {
        let steps = |name, steps: u64| {
            setting::ensure((1..=MAX_PERIOD).contains(&steps), name, steps, "1 to 1000000000 steps")
        };
        match *self {
            Self::Constant => Ok(()),
            Self::Step { step_size, gamma } => {
                steps("step_size", step_size)?;
                setting::positive("gamma", gamma)
            }
            Self::Cosine { t_max, eta_min } => {
                steps("t_max", t_max)?;
                setting::not_negative("eta_min", eta_min)
            }
            Self::WarmUp { total_iters, start_factor } => {
                steps("total_iters", total_iters)?;
                let holds = start_factor > 0.0 && start_factor <= 1.0;
                setting::ensure(holds, "start_factor", start_factor, "a number above 0 and at most 1")
            }
            Self::Restarts { t_0, t_mult, eta_min } => {
                steps("t_0", t_0)?;
                setting::ensure((1..=1000).contains(&t_mult), "t_mult", t_mult, "1 to 1000")?;
                setting::not_negative("eta_min", eta_min)
            }
        }
    }
}

/// Longest period of a schedule; a run is at most a hundredth of it.
const MAX_PERIOD: u64 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warm_up_ends_at_the_base_exactly_and_a_cosine_turns() {
        let warm_up = Schedule::WarmUp { total_iters: 4, start_factor: 0.25 };
        assert_eq!((warm_up.lr(0.1, 0), warm_up.lr(0.1, 4), warm_up.lr(0.1, 1000)), (0.025, 0.1, 0.1));
        let cosine = Schedule::Cosine { t_max: 10, eta_min: 0.01 };
        assert_eq!((cosine.lr(0.1, 0), cosine.lr(0.1, 10), cosine.lr(0.1, 20)), (0.1, 0.01, 0.1));
    }

    #[test]
    fn each_restart_is_at_the_base_exactly_and_none_is_too_far_off() {
        // Waves of 4, 12, 36 and 108 steps, and such of 4.
        let growing = Schedule::Restarts { t_0: 4, t_mult: 3, eta_min: 0.01 };
        assert_eq!([0, 4, 16, 52].map(|step| growing.lr(0.1, step)), [0.1; 4]);
        assert!([3, 15, 51, 159].iter().all(|&step| growing.lr(0.1, step) < 0.03));
        let even = Schedule::Restarts { t_0: 4, t_mult: 1, eta_min: 0.0 };
        assert_eq!([0, 4, 400_000_000_000].map(|step| even.lr(0.1, step)), [0.1; 3]);
        let far = Schedule::Restarts { t_0: MAX_PERIOD, t_mult: 1000, eta_min: 0.0 };
        assert!((0.0..=0.1).contains(&far.lr(0.1, u64::MAX)));
    }

    #[test]
    fn settings_without_sense_are_refused() {
        let refused = |schedule: Schedule| schedule.check().unwrap_err().to_string();
        let step = Schedule::Step { step_size: 0, gamma: 0.1 };
        assert_eq!(refused(step), "step_size = 0: expected 1 to 1000000000 steps");
        let cosine = Schedule::Cosine { t_max: 5, eta_min: f64::NAN };
        assert_eq!(refused(cosine), "eta_min = NaN: expected a finite number of at least 0");
        let warm_up = Schedule::WarmUp { total_iters: 5, start_factor: 0.0 };
        assert_eq!(refused(warm_up), "start_factor = 0: expected a number above 0 and at most 1");
        let restarts = Schedule::Restarts { t_0: 5, t_mult: 0, eta_min: 0.0 };
        assert_eq!(refused(restarts), "t_mult = 0: expected 1 to 1000");
        for schedule in Schedule::all() {
            assert_eq!(schedule.check(), Ok(()));
            assert_eq!(Schedule::by_name(schedule.name()), Some(schedule));
        }
    }
}
