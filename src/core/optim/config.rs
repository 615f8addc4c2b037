//! Which optimizer an experiment asks for, as written in its file.

use super::sgd::SgdSettings;
use super::{OptimizerConfig, muon};
use crate::core::num::ParamLayout;

/// Declares the enum and joins its arms: each is a settings type with a default, a public `lr`,
/// `check()` and `build(layout)`.
macro_rules! optimizers {
    ($($(#[$doc:meta])* $arm:ident($settings:ty) = $name:literal,)+) => {
        /// An optimizer by name, with its settings.
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum OptimizerConfig {
            $($(#[$doc])* $arm($settings),)+
        }

        impl OptimizerConfig {
            /// Every kind with its default settings, in the order a menu shows them.
            pub fn all() -> Vec<Self> {
                vec![$(Self::$arm(<$settings>::default())),+]
            }

            /// The name that files and flags use.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$arm(_) => $name),+ }
            }

            /// The base learning rate.
            pub fn lr(&self) -> f64 {
                match self { $(Self::$arm(settings) => settings.lr),+ }
            }

            /// Sets the base learning rate.
            pub fn set_lr(&mut self, value: f64) {
                match self { $(Self::$arm(settings) => settings.lr = value),+ }
            }

            /// Checks the settings.
            ///
            /// # Errors
            /// On the first that makes no sense.
            pub fn check(&self) -> Result<(), $crate::core::num::SettingError> {
                match self { $(Self::$arm(settings) => settings.check()),+ }
            }

            /// The optimizer in its first state, for parameters of a layout.
            pub fn build(&self, layout: &$crate::core::num::ParamLayout) -> Box<dyn Optimizer> {
                match self { $(Self::$arm(settings) => settings.build(layout)),+ }
            }
        }
    };
}
pub(super) use optimizers;

impl Default for OptimizerConfig {
    fn default() -> Self {
        Self::Sgd(SgdSettings::default())
    }
}

impl OptimizerConfig {
    /// The kind of that name, with its default settings.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|config| config.name() == name)
    }

    /// How many gradients a step takes.
    pub fn gradients_a_step(&self) -> u64 {
        if matches!(self, Self::Sam(_)) { 2 } else { 1 }
    }

    /// What there is to tell of how it steps parameters of a layout: of one that does not treat all alike, or takes
    /// more than one gradient.
    pub fn note(&self, layout: &ParamLayout) -> Option<String> {
        match self {
            Self::Muon(_) => Some(muon::note(layout)),
            Self::Sam(_) => Some("SAM takes two gradients a step, both over the same examples".to_owned()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::optim::{Gradients, Optimizer};

    /// A step on what is as steep all around.
    fn step(optimizer: &mut dyn Optimizer, theta: &mut [f64], gradient: &[f64], lr: f64) {
        let mut further = |_: &[f64], grad: &mut [f64]| grad.copy_from_slice(gradient);
        optimizer.step(theta, &mut Gradients::new(gradient, &mut further), lr);
    }

    /// Two weights of a layer each: the second is the head's.
    fn layout() -> ParamLayout {
        ParamLayout::dense(["fc1.weight", "fc2.weight"].map(|name| (name.to_owned(), vec![1, 1])))
    }

    /// Theta after each of five steps on a bowl that is steeper along one axis than along the other.
    fn path(mut config: OptimizerConfig, lr: f64, gradient: impl Fn(&[f64]) -> Vec<f64>) -> Vec<Vec<f64>> {
        config.set_lr(lr);
        let mut optimizer = config.build(&layout());
        let mut theta = vec![1.0, -2.0];
        let mut path = Vec::new();
        for _ in 0..5 {
            let gradient = gradient(&theta);
            step(&mut *optimizer, &mut theta, &gradient, config.lr());
            path.push(theta.clone());
        }
        path
    }

    fn bowl(theta: &[f64]) -> Vec<f64> {
        vec![3.0 * theta[0], 0.5 * theta[1]]
    }

    fn with_decay(name: &str, decay: f64) -> OptimizerConfig {
        let text = format!("{{\"{name}\":{{\"weight_decay\":{decay}}}}}");
        serde_json::from_str(&text).unwrap()
    }

    /// Those whose weight decay is no part of the gradient.
    const APART: [&str; 3] = ["adamw", "lion", "muon"];

    #[test]
    fn weight_decay_adds_to_the_gradient_except_where_it_stands_apart() {
        // A random walk knows no gradient, and has no decay.
        for config in OptimizerConfig::all().iter().filter(|config| config.name() != "random_walk") {
            let name = config.name();
            let decayed = path(with_decay(name, 0.25), 0.05, bowl);
            let added = path(with_decay(name, 0.0), 0.05, |theta| {
                bowl(theta).iter().zip(theta).map(|(g, t)| g + 0.25 * t).collect()
            });
            let equal = decayed.concat().iter().zip(added.concat()).all(|(a, b)| (a - b).abs() < 1e-15);
            assert_eq!(equal, !APART.contains(&name), "{name}");
        }
    }

    #[test]
    fn decay_that_stands_apart_shrinks_theta_by_itself() {
        for name in APART {
            let still = |_: &[f64]| vec![0.0, 0.0];
            let theta = &path(with_decay(name, 0.25), 0.1, still)[4];
            assert!((theta[0] - 0.975_f64.powi(5)).abs() < 1e-15, "{name}: {theta:?}");
        }
    }

    #[test]
    fn a_clone_continues_to_the_bit() {
        for config in OptimizerConfig::all() {
            let mut optimizer = config.build(&layout());
            let mut theta = vec![1.0, -2.0];
            for _ in 0..3 {
                let gradient = bowl(&theta);
                step(&mut *optimizer, &mut theta, &gradient, 0.1);
            }
            let (mut copy, mut theta_of_copy) = (optimizer.clone(), theta.clone());
            for _ in 0..3 {
                let gradient = bowl(&theta);
                step(&mut *optimizer, &mut theta, &gradient, 0.1);
                let gradient = bowl(&theta_of_copy);
                step(&mut *copy, &mut theta_of_copy, &gradient, 0.1);
            }
            assert_eq!(theta, theta_of_copy, "{}", config.name());
        }
    }

    #[test]
    fn names_settings_and_defaults_are_those_of_pytorch_and_of_the_papers() {
        let written: Vec<String> =
            OptimizerConfig::all().iter().map(|config| serde_json::to_string(config).unwrap()).collect();
        let expected = [
            r#"{"sgd":{"lr":0.1,"weight_decay":0.0}}"#,
            r#"{"momentum":{"lr":0.1,"momentum":0.9,"weight_decay":0.0}}"#,
            r#"{"nesterov":{"lr":0.1,"momentum":0.9,"weight_decay":0.0}}"#,
            r#"{"adagrad":{"lr":0.01,"eps":1e-10,"weight_decay":0.0}}"#,
            r#"{"rmsprop":{"lr":0.01,"alpha":0.99,"eps":1e-8,"weight_decay":0.0}}"#,
            r#"{"adam":{"lr":0.001,"betas":[0.9,0.999],"eps":1e-8,"weight_decay":0.0}}"#,
            r#"{"adamw":{"lr":0.001,"betas":[0.9,0.999],"eps":1e-8,"weight_decay":0.01}}"#,
            r#"{"lion":{"lr":0.0001,"betas":[0.9,0.99],"weight_decay":0.0}}"#,
            r#"{"muon":{"lr":0.02,"momentum":0.95,"weight_decay":0.0,"adamw_share":0.015}}"#,
            r#"{"sam":{"lr":0.1,"rho":0.05,"momentum":0.0,"weight_decay":0.0}}"#,
            r#"{"random_walk":{"lr":0.1,"seed":0}}"#,
        ];
        assert_eq!(written, expected);
        for config in OptimizerConfig::all() {
            assert_eq!(config.check(), Ok(()));
            assert_eq!(OptimizerConfig::by_name(config.name()), Some(config));
        }
    }

    #[test]
    fn settings_without_sense_are_refused() {
        let refused = |text: &str| {
            let config: OptimizerConfig = serde_json::from_str(text).unwrap();
            config.check().unwrap_err().to_string()
        };
        let cases = [
            (r#"{"sgd":{"lr":0}}"#, "lr = 0: expected a finite number above 0"),
            (r#"{"sgd":{"weight_decay":-1}}"#, "weight_decay = -1: expected a finite number of at least 0"),
            (r#"{"momentum":{"momentum":1}}"#, "momentum = 1: expected a number of at least 0 and below 1"),
            (r#"{"rmsprop":{"alpha":1}}"#, "alpha = 1: expected a number of at least 0 and below 1"),
            (r#"{"adagrad":{"eps":-1}}"#, "eps = -1: expected a finite number of at least 0"),
            (r#"{"lion":{"betas":[1,0.9]}}"#, "betas = 1: expected a number of at least 0 and below 1"),
            (r#"{"muon":{"adamw_share":0}}"#, "adamw_share = 0: expected a finite number above 0"),
            (r#"{"sam":{"rho":-0.1}}"#, "rho = -0.1: expected a finite number of at least 0"),
            (r#"{"adam":{"betas":[0.9,1]}}"#, "betas = 1: expected a number of at least 0 and below 1"),
        ];
        for (text, expected) in cases {
            assert_eq!(refused(text), expected);
        }
    }
}
