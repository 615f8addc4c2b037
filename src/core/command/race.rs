//! A race: which run joins it, and in what ways its runs are trained otherwise.

use serde::{Deserialize, Serialize};

use super::{RunCommand, RunId};
use crate::core::data::BatchSize;
use crate::core::experiment::ExperimentFile;
use crate::core::optim::{OptimizerConfig, Schedule};

/// How a run is trained: all that the runs of a race may differ in. `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ways {
    /// The rule that turns a gradient into a step.
    pub optimizer: Option<OptimizerConfig>,
    /// How the learning rate changes over the run.
    pub schedule: Option<Schedule>,
    /// How many examples a step sees.
    pub batch: Option<BatchSize>,
}

impl Ways {
    /// Those of an experiment, every one.
    pub fn of(file: &ExperimentFile) -> Self {
        let ExperimentFile { optimizer, schedule, batch, .. } = file;
        Self { optimizer: Some(optimizer.clone()), schedule: Some(*schedule), batch: Some(*batch) }
    }

    /// Those in which one experiment differs from another.
    pub fn differing(file: &ExperimentFile, other: &ExperimentFile) -> Self {
        Self {
            optimizer: (file.optimizer != other.optimizer).then(|| file.optimizer.clone()),
            schedule: (file.schedule != other.schedule).then_some(file.schedule),
            batch: (file.batch != other.batch).then_some(file.batch),
        }
    }

    /// Lets an experiment be trained so.
    pub fn put(self, file: &mut ExperimentFile) {
        let Self { optimizer, schedule, batch } = self;
        file.optimizer = optimizer.unwrap_or_else(|| file.optimizer.clone());
        file.schedule = schedule.unwrap_or(file.schedule);
        file.batch = batch.unwrap_or(file.batch);
    }
}

impl From<OptimizerConfig> for Ways {
    fn from(optimizer: OptimizerConfig) -> Self {
        Self { optimizer: Some(optimizer), ..Self::default() }
    }
}

impl From<Schedule> for Ways {
    fn from(schedule: Schedule) -> Self {
        Self { schedule: Some(schedule), ..Self::default() }
    }
}

impl From<BatchSize> for Ways {
    fn from(batch: BatchSize) -> Self {
        Self { batch: Some(batch), ..Self::default() }
    }
}

/// A run that joins a race.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "SpelledRival", into = "SpelledRival")]
pub struct Rival {
    /// In what ways it is trained otherwise than the experiment says.
    pub ways: Ways,
    /// Where it sets out.
    pub from: RaceStart,
}

/// Where a run of a race sets out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RaceStart {
    /// Where the others did.
    #[default]
    Same,
    /// At a point of the slice, by its alphas.
    Slice(Vec<f64>),
}

/// A run of a race that is trained otherwise from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "SpelledTuning", into = "SpelledTuning")]
pub struct Tuning {
    /// Which.
    pub run: RunId,
    /// In what ways.
    pub ways: Ways,
}

impl RunCommand {
    /// Lets another run set out, trained as the experiment says but in these ways.
    pub fn race(ways: impl Into<Ways>, from: RaceStart) -> Self {
        Self::Race(Box::new(Rival { ways: ways.into(), from }))
    }

    /// Lets a run of a race be trained otherwise in these ways.
    pub fn tune(run: RunId, ways: impl Into<Ways>) -> Self {
        Self::Tune(Box::new(Tuning { run, ways: ways.into() }))
    }
}

/// A rival as it is written: `race(batch: size(8), from: same)`.
#[derive(Serialize, Deserialize)]
#[serde(rename = "race", deny_unknown_fields)]
struct SpelledRival {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    optimizer: Option<OptimizerConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schedule: Option<Schedule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    batch: Option<BatchSize>,
    #[serde(default)]
    from: RaceStart,
}

impl From<SpelledRival> for Rival {
    fn from(SpelledRival { optimizer, schedule, batch, from }: SpelledRival) -> Self {
        Self { ways: Ways { optimizer, schedule, batch }, from }
    }
}

impl From<Rival> for SpelledRival {
    fn from(Rival { ways: Ways { optimizer, schedule, batch }, from }: Rival) -> Self {
        Self { optimizer, schedule, batch, from }
    }
}

/// A tuning as it is written: `tune(run: 1, batch: size(8))`.
#[derive(Serialize, Deserialize)]
#[serde(rename = "tune", deny_unknown_fields)]
struct SpelledTuning {
    run: RunId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    optimizer: Option<OptimizerConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schedule: Option<Schedule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    batch: Option<BatchSize>,
}

impl From<SpelledTuning> for Tuning {
    fn from(SpelledTuning { run, optimizer, schedule, batch }: SpelledTuning) -> Self {
        Self { run, ways: Ways { optimizer, schedule, batch } }
    }
}

impl From<Tuning> for SpelledTuning {
    fn from(Tuning { run, ways: Ways { optimizer, schedule, batch } }: Tuning) -> Self {
        Self { run, optimizer, schedule, batch }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::command::Command;
    use crate::core::experiment::file::{parse_ron, to_pretty_ron};

    #[test]
    fn a_race_is_spelt_by_what_differs() {
        let adam = OptimizerConfig::by_name("adam").unwrap();
        let both = Ways { batch: Some(BatchSize::Full), ..adam.clone().into() };
        for (text, command) in [
            ("run(race(from: same))", RunCommand::race(Ways::default(), RaceStart::Same)),
            ("run(race(batch: size(8), from: same))", RunCommand::race(BatchSize::Size(8), RaceStart::Same)),
            (
                "run(race(from: slice([0.5, 1.0])))",
                RunCommand::race(Ways::default(), RaceStart::Slice(vec![0.5, 1.0])),
            ),
            ("run(tune(run: 1, batch: full))", RunCommand::tune(RunId(1), BatchSize::Full)),
            ("run(tune(run: 2, schedule: constant))", RunCommand::tune(RunId(2), Schedule::default())),
        ] {
            let command = Command::Run(command);
            assert_eq!(parse_ron::<Command>(text, "x.ron").unwrap(), command, "{text}");
            assert_eq!(to_pretty_ron(&command, 0).lines().last(), Some(text));
        }
        let old =
            parse_ron::<Command>("run(race(optimizer: adam(), batch: full, from: same))", "x.ron").unwrap();
        assert_eq!(old, Command::Run(RunCommand::race(both, RaceStart::Same)));
        let json = serde_json::to_string(&old).unwrap();
        assert_eq!(serde_json::from_str::<Command>(&json).unwrap(), old, "{json}");
        let unknown = parse_ron::<Command>("run(race(seed: 3))", "x.ron").unwrap_err().to_string();
        assert!(unknown.contains("seed") && unknown.contains("batch"), "{unknown}");
    }

    #[test]
    fn what_is_not_named_stays() {
        let mut file = ExperimentFile::default();
        let before = Ways::of(&file);
        Ways::from(BatchSize::Size(3)).put(&mut file);
        assert_eq!(Ways::of(&file), Ways { batch: Some(BatchSize::Size(3)), ..before });
        assert_eq!(Ways::differing(&file, &ExperimentFile::default()), BatchSize::Size(3).into());
    }
}
