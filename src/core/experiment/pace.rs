//! At what learning rate another optimizer is a fair rival.
//!
//! The usual learning rates of optimizers differ a thousandfold in the step that they make: 5 was chosen for
//! SGD on a flat landscape, 0.001 is what Adam comes with. A rival sets out with as long a first step as the
//! run that it is measured against.

use super::Experiment;
use crate::core::num::vector::{norm, sub};
use crate::core::optim::OptimizerConfig;

impl Experiment {
    /// That optimizer with the learning rate, to two digits, at which its first step is as long as the first of
    /// this experiment's own; as it is where neither moves, or one leaves the numbers.
    pub fn paced(&self, rival: OptimizerConfig) -> OptimizerConfig {
        let lr = rival.lr() * self.first_step(&self.optimizer) / self.first_step(&rival);
        let rounded: f64 = format!("{lr:.1e}").parse().unwrap_or(lr);
        let mut paced = rival.clone();
        paced.set_lr(rounded);
        let is_sound = rounded > 0.0 && paced.check().is_ok() && self.first_step(&paced).is_finite();
        if is_sound { paced } else { rival }
    }

    /// Length of the first step from the start with an optimizer, in theta's unit; NaN where it takes none.
    fn first_step(&self, optimizer: &OptimizerConfig) -> f64 {
        let trained = self.with(|file| {
            file.optimizer = optimizer.clone();
            file.walk.clear();
        });
        let Ok(experiment) = trained else { return f64::NAN };
        let Ok(mut run) = experiment.start_run() else { return f64::NAN };
        let start = run.latest().theta.clone();
        run.advance(1);
        norm(&sub(&run.latest().theta, &start))
    }
}

#[cfg(test)]
mod tests {
    use crate::core::experiment::{Experiment, ExperimentFile};
    use crate::core::optim::OptimizerConfig;

    fn experiment(text: &str) -> Experiment {
        Experiment::new(ExperimentFile::parse(text, "x.ron").unwrap()).unwrap()
    }

    #[test]
    fn every_rival_s_first_step_is_as_long() {
        for text in [
            "(optimizer: sgd(lr: 5.0))",
            "(dataset: moons(points: 60), model: mlp(widths: [8, 8]), optimizer: adam(lr: 0.02), batch: size(8))",
            "(surface: rosenbrock, optimizer: sgd(lr: 0.001), steps: 90)",
            "(optimizer: sgd(lr: 5.0), schedule: warm_up(total_iters: 50, start_factor: 0.1))",
        ] {
            let own = experiment(text);
            let wanted = own.first_step(&own.optimizer);
            for rival in OptimizerConfig::all() {
                let paced = own.paced(rival.clone());
                let share = own.first_step(&paced) / wanted;
                assert!((0.94..1.06).contains(&share), "{text}: {paced:?}: {share}");
                let mut usual = paced.clone();
                usual.set_lr(rival.lr());
                assert_eq!(usual, rival, "all but the learning rate is as usual");
            }
        }
    }

    #[test]
    fn adam_beside_a_large_rate_of_sgd_is_no_longer_a_thousand_times_slower() {
        let own = experiment("(optimizer: sgd(lr: 5.0))");
        let adam = own.paced(OptimizerConfig::by_name("adam").unwrap());
        // Adam's first step goes as far along each of n parameters: lr = length / sqrt(n).
        let run = own.start_run().unwrap();
        let expected = 5.0 * run.latest().grad_norm / (own.problem().dim() as f64).sqrt();
        assert!((adam.lr() / expected - 1.0).abs() < 0.06, "{adam:?}, {expected}");
        assert!(adam.lr() > 0.005, "{adam:?}");
    }

    #[test]
    fn where_nothing_moves_the_usual_rate_is_kept() {
        let still = experiment("(optimizer: sgd(lr: 5e-324))");
        let adam = OptimizerConfig::by_name("adam").unwrap();
        assert_eq!(still.paced(adam.clone()), adam);
    }
}
