//! Which experiment is meant: a built-in name or a file, with flags that override it.

use anyhow::{Context, anyhow, bail};
use clap::Args;

use super::Failure;
use crate::core::data::{BatchSize, DatasetConfig};
use crate::core::experiment::{Experiment, ExperimentFile, builtin};
use crate::core::loss::Loss;
use crate::core::model::ModelConfig;
use crate::core::optim::OptimizerConfig;

/// An experiment as typed.
#[derive(Debug, Args)]
pub struct ExperimentArguments {
    /// A built-in experiment (losscape list names them) or a .ron file.
    #[arg(value_name = "EXPERIMENT")]
    pub experiment: Option<String>,
    /// Seed of all that is random.
    #[arg(long)]
    seed: Option<u64>,
    /// model1, model2, model3 or mlp.
    #[arg(long)]
    model: Option<String>,
    /// xor, diagonal, circles, moons, … or a file of numbers (.csv).
    #[arg(long)]
    dataset: Option<String>,
    /// Points of the dataset.
    #[arg(long)]
    points: Option<usize>,
    /// mse, bce_with_logits, cross_entropy or huber.
    #[arg(long)]
    loss: Option<String>,
    /// sgd, momentum, nesterov, adagrad, rmsprop, adam or adamw.
    #[arg(long)]
    optimizer: Option<String>,
    /// Learning rate.
    #[arg(long, allow_negative_numbers = true)]
    lr: Option<f64>,
    /// Examples a step sees: a number, or full.
    #[arg(long)]
    batch: Option<String>,
    /// Steps of training.
    #[arg(long)]
    steps: Option<u64>,
    /// chord, pca, line, random, hessian, axes, points or angle, with arguments after a colon: pca:end,
    /// line:start,end, axes:fc1.weight[0,1],fc2.bias, points:A,B,C, hessian:step:100, angle:20.
    #[arg(long)]
    plane: Option<String>,
}

impl ExperimentArguments {
    /// Reads the experiment, overrides it and checks it.
    ///
    /// # Errors
    /// If there is no such experiment, its file is broken, or a value makes no sense.
    pub fn checked(&self) -> Result<Experiment, Failure> {
        let read = self.read().and_then(|mut file| {
            self.overrides(&mut file)?;
            Ok(file)
        });
        let checked = read.and_then(|file| {
            let name = self.experiment.as_deref().unwrap_or(builtin::DEFAULT);
            Experiment::new(file).with_context(|| name.to_owned())
        });
        checked.map_err(Failure::Request)
    }

    fn read(&self) -> anyhow::Result<ExperimentFile> {
        let name = self.experiment.as_deref().unwrap_or(builtin::DEFAULT);
        if let Some(file) = builtin::load(name) {
            return Ok(file?);
        }
        if !name.ends_with(".ron") {
            let known: Vec<&str> = builtin::names().collect();
            bail!("unknown experiment {name:?}: expected {} or a .ron file", known.join(", "));
        }
        let text = std::fs::read_to_string(name).with_context(|| format!("cannot read {name}"))?;
        Ok(ExperimentFile::parse(&text, name)?)
    }

    fn overrides(&self, file: &mut ExperimentFile) -> anyhow::Result<()> {
        if let Some(seed) = self.seed {
            file.seed = seed;
        }
        if let Some(name) = &self.model {
            file.model = named("model", name, ModelConfig::all(), ModelConfig::name)?;
        }
        if let Some(name) = &self.dataset {
            let points = file.dataset.points();
            file.dataset = dataset(name)?;
            file.dataset.set_points(points);
        }
        if let Some(points) = self.points {
            file.dataset.set_points(points);
        }
        if let Some(name) = &self.loss {
            file.loss = named("loss", name, Loss::ALL.to_vec(), |loss| loss.name())?;
        }
        if let Some(name) = &self.optimizer {
            file.optimizer = named("optimizer", name, OptimizerConfig::all(), OptimizerConfig::name)?;
        }
        if let Some(lr) = self.lr {
            file.optimizer.set_lr(lr);
        }
        if let Some(batch) = &self.batch {
            file.batch = batch_size(batch)?;
        }
        if let Some(steps) = self.steps {
            file.steps = steps;
        }
        if let Some(name) = &self.plane {
            file.slice.plane = name.parse()?;
            // Ranges are in the units of the plane they were given for.
            file.slice.range = None;
        }
        Ok(())
    }
}

fn dataset(name: &str) -> anyhow::Result<DatasetConfig> {
    let known = || DatasetConfig::all().iter().map(DatasetConfig::name).collect::<Vec<_>>().join(", ");
    DatasetConfig::by_name(name)
        .ok_or_else(|| anyhow!("unknown dataset {name:?}: expected {} or a .csv file", known()))
}

/// The value of that name among all there are.
fn named<T>(what: &str, name: &str, all: Vec<T>, name_of: impl Fn(&T) -> &'static str) -> anyhow::Result<T> {
    let known: Vec<&str> = all.iter().map(&name_of).collect();
    let at = known.iter().position(|known| *known == name);
    let at = at.ok_or_else(|| anyhow!("unknown {what} {name:?}: expected {}", known.join(", ")))?;
    all.into_iter().nth(at).ok_or_else(|| anyhow!("unknown {what} {name:?}"))
}

fn batch_size(text: &str) -> anyhow::Result<BatchSize> {
    if text == "full" {
        return Ok(BatchSize::Full);
    }
    text.parse()
        .map(BatchSize::Size)
        .map_err(|_| anyhow!("--batch {text}: expected a number of examples, or full"))
}
