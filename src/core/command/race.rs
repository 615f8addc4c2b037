//! A race: which run joins it, and in what ways its runs are trained otherwise.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{RunCommand, RunId};
use crate::core::data::BatchSize;
use crate::core::experiment::ExperimentFile;
use crate::core::optim::{OptimizerConfig, Schedule};
use crate::core::train::Leg;

/// How a run is trained: all that the runs of a race may differ in. `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ways {
    /// The rule that turns a gradient into a step.
    pub optimizer: Option<OptimizerConfig>,
    /// How the learning rate changes over the run.
    pub schedule: Option<Schedule>,
    /// How many examples a step sees.
    pub batch: Option<BatchSize>,
    /// Where it goes instead of being trained; on no leg it is trained.
    pub walk: Option<Vec<Leg>>,
}

impl Ways {
    /// Those of an experiment, every one.
    pub fn of(file: &ExperimentFile) -> Self {
        let ExperimentFile { optimizer, schedule, batch, walk, .. } = file.clone();
        Self { optimizer: Some(optimizer), schedule: Some(schedule), batch: Some(batch), walk: Some(walk) }
    }

    /// Those in which one experiment differs from another.
    pub fn differing(file: &ExperimentFile, other: &ExperimentFile) -> Self {
        Self {
            optimizer: (file.optimizer != other.optimizer).then(|| file.optimizer.clone()),
            schedule: (file.schedule != other.schedule).then_some(file.schedule),
            batch: (file.batch != other.batch).then_some(file.batch),
            walk: (file.walk != other.walk).then(|| file.walk.clone()),
        }
    }

    /// Lets an experiment be trained so.
    pub fn put(self, file: &mut ExperimentFile) {
        let Self { optimizer, schedule, batch, walk } = self;
        file.optimizer = optimizer.unwrap_or_else(|| file.optimizer.clone());
        file.schedule = schedule.unwrap_or(file.schedule);
        file.batch = batch.unwrap_or(file.batch);
        file.walk = walk.unwrap_or_else(|| std::mem::take(&mut file.walk));
    }

    /// Whether it goes on given ways instead of being trained.
    pub fn is_walk(&self) -> bool {
        self.walk.as_ref().is_some_and(|legs| !legs.is_empty())
    }

    /// The files that they name.
    pub fn paths_mut(&mut self) -> Vec<&mut PathBuf> {
        self.walk.iter_mut().flatten().flat_map(Leg::files_mut).collect()
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

impl From<Vec<Leg>> for Ways {
    fn from(walk: Vec<Leg>) -> Self {
        Self { walk: Some(walk), ..Self::default() }
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    walk: Option<Vec<Leg>>,
    #[serde(default)]
    from: RaceStart,
}

impl From<SpelledRival> for Rival {
    fn from(SpelledRival { optimizer, schedule, batch, walk, from }: SpelledRival) -> Self {
        Self { ways: Ways { optimizer, schedule, batch, walk }, from }
    }
}

impl From<Rival> for SpelledRival {
    fn from(Rival { ways: Ways { optimizer, schedule, batch, walk }, from }: Rival) -> Self {
        Self { optimizer, schedule, batch, walk, from }
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    walk: Option<Vec<Leg>>,
}

impl From<SpelledTuning> for Tuning {
    fn from(SpelledTuning { run, optimizer, schedule, batch, walk }: SpelledTuning) -> Self {
        Self { run, ways: Ways { optimizer, schedule, batch, walk } }
    }
}

impl From<Tuning> for SpelledTuning {
    fn from(Tuning { run, ways: Ways { optimizer, schedule, batch, walk } }: Tuning) -> Self {
        Self { run, optimizer, schedule, batch, walk }
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
            (
                "run(race(walk: [straight(to: \"b.npy\")], from: same))",
                RunCommand::race(vec![Leg::Straight { to: "b.npy".into() }], RaceStart::Same),
            ),
            ("run(tune(run: 2, walk: []))", RunCommand::tune(RunId(2), Vec::new())),
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
