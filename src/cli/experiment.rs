//! Which experiment is meant: a built-in name or a file, with flags that override it.

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use clap::Args;

use super::Failure;
use super::number::{finite, whole};
use super::overrides::{Overrides, path};
use super::terminal::complain;
use crate::core::data::config::MAX_POINTS;
use crate::core::data::table::is_table;
use crate::core::data::{BatchSize, DatasetConfig};
use crate::core::experiment::checked::MAX_STEPS;
use crate::core::experiment::paths::is_ron;
use crate::core::experiment::replacement::{TASK, WAYS};
use crate::core::experiment::{Change, Experiment, ExperimentFile, builtin};
use crate::core::formats::run::RecordedRun;
use crate::core::imports::is_import;
use crate::core::io::folder::{Access, Reach};
use crate::core::loss::Loss;
use crate::core::model::ModelConfig;
use crate::core::objective::fitting;
use crate::core::optim::OptimizerConfig;
use crate::core::script::open::in_language;
use crate::core::script::{Language, Script, Tour, builtin as tours};
use crate::disk::{self, Files};

/// An experiment as typed.
#[derive(Debug, Args)]
pub struct ExperimentArguments {
    /// A built-in experiment or tour (losscape list names them), a .ron file, a table (.csv, .tsv, .txt,
    /// .data), a slice of others (.npz, .h5), or a folder of checkpoints or a pattern of their names ('runs/*.pt').
    #[arg(value_name = "EXPERIMENT")]
    pub experiment: Option<String>,
    /// Seed of all that is random.
    #[arg(long, allow_hyphen_values = true, value_parser = whole(0..=u64::MAX))]
    seed: Option<u64>,
    /// model1, model2, model3 or mlp.
    #[arg(long)]
    model: Option<String>,
    /// xor, diagonal, circles, moons, … or a table (.csv, .tsv, .txt, .data).
    #[arg(long)]
    dataset: Option<String>,
    /// Points of the dataset.
    #[arg(long, allow_hyphen_values = true, value_parser = whole(1..=MAX_POINTS))]
    points: Option<usize>,
    /// mse, bce_with_logits, cross_entropy or huber.
    #[arg(long)]
    loss: Option<String>,
    #[arg(long, help = either(OptimizerConfig::all().iter().map(OptimizerConfig::name)))]
    optimizer: Option<String>,
    /// Learning rate.
    #[arg(long, allow_hyphen_values = true, value_parser = finite)]
    lr: Option<f64>,
    /// Examples a step sees: a number, or full.
    #[arg(long, allow_hyphen_values = true)]
    batch: Option<String>,
    /// Steps of training.
    #[arg(long, allow_hyphen_values = true, value_parser = whole(1..=MAX_STEPS))]
    steps: Option<u64>,
    /// chord, pca, line, random, hessian, axes, points or angle, with arguments after a colon: pca:end,
    /// line:start,end, axes:fc1.weight[0,1],fc2.bias, points:A,B,C, hessian:step:100, angle:20.
    #[arg(long, allow_hyphen_values = true)]
    plane: Option<String>,
    /// Cells along each axis: N for a line, N1xN2 for a plane, N1xN2xN3 for a volume.
    #[arg(long, value_name = "N1xN2xN3", allow_hyphen_values = true)]
    grid: Option<String>,
    /// From and to along each axis, A:B,A:B,A:B; one serves all axes.
    #[arg(long, value_name = "A:B,…", allow_hyphen_values = true)]
    range: Option<String>,
    /// Any field of the experiment, such as model.widths=[8,8]; may be given again.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Show another landscape beside it that differs in this field, such as model.skip=false; may be given again.
    #[arg(long, value_name = "PATH=VALUE")]
    compare: Vec<String>,
    /// Threads to compute with; without it, as many as there are cores.
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = whole(1..=MOST_THREADS))]
    threads: Option<usize>,
    /// Let the experiment or tour read files that are neither beside it nor below (docs/files-of-others.md).
    #[arg(long)]
    allow_files: bool,
}

/// From–to along each axis.
pub type Ranges = Vec<(f64, f64)>;

impl ExperimentArguments {
    /// Reads the experiment, overrides it and checks it. What its flags reset is told.
    ///
    /// # Errors
    /// If there is no such experiment, its file is broken, or a value makes no sense.
    pub fn checked(&self) -> Result<Experiment, Failure> {
        self.checked_with(|_| {})
    }

    /// The same after one more change.
    ///
    /// # Errors
    /// As [`ExperimentArguments::checked`].
    pub fn checked_with(&self, change: impl FnOnce(&mut ExperimentFile)) -> Result<Experiment, Failure> {
        let (experiment, mut words) = self.built(change, None)?;
        if experiment.second().is_some() {
            words.push("what is compared is shown by view and record; this is of the first alone".to_owned());
        }
        Ok(told((experiment, words)))
    }

    /// The experiment with the grid and range that were typed for its picture: of a plane, or of the
    /// volume that the plane moves through. `alpha3` is where the plane stands, if that was typed; `recorded` a
    /// run that it follows, which stands in for files that are not there.
    ///
    /// # Errors
    /// As [`ExperimentArguments::checked`], and if the grid is that of a line.
    pub fn checked_picture(
        &self,
        alpha3: Option<f64>,
        recorded: Option<&RecordedRun>,
    ) -> Result<Experiment, Failure> {
        self.built_picture(alpha3, recorded).map(told)
    }

    /// The same, with what its flags reset beyond what they say, for whoever tells it otherwise.
    ///
    /// # Errors
    /// As [`ExperimentArguments::checked_picture`].
    pub fn built_picture(
        &self,
        alpha3: Option<f64>,
        recorded: Option<&RecordedRun>,
    ) -> Result<(Experiment, Vec<String>), Failure> {
        let counts = self.counts().map_err(Failure::Request)?;
        let ranges = self.ranges().map_err(Failure::Request)?;
        if let (Some([_]), Some(text)) = (counts.as_deref(), &self.grid) {
            return Err(Failure::request(anyhow!("--grid {text}: expected N1xN2 or N1xN2xN3 for a picture")));
        }
        let change = |file: &mut ExperimentFile| {
            match counts.as_deref() {
                Some(&[n1, n2, n3]) => file.slice.volume.0 = [n1, n2, n3],
                Some(&[n1, n2]) => file.slice.grid.0 = [n1, n2],
                _ => {}
            }
            if ranges.is_some() {
                file.slice.range = ranges;
            }
            file.view.alpha3 = alpha3.unwrap_or(file.view.alpha3);
        };
        self.built(change, recorded)
    }

    fn built(
        &self,
        change: impl FnOnce(&mut ExperimentFile),
        recorded: Option<&RecordedRun>,
    ) -> Result<(Experiment, Vec<String>), Failure> {
        let overridden = self.read().and_then(|file| self.overridden(file));
        let built = overridden.and_then(|mut overrides| {
            if overrides.file.import.is_some() && self.is_given("steps") {
                bail!(
                    "--steps: expected none, since the length is that of the run that was recorded elsewhere"
                );
            }
            change(&mut overrides.file);
            self.start_threads()?;
            let name = self.experiment.as_deref().unwrap_or(builtin::DEFAULT);
            overrides.checked(|field| self.is_given(field), recorded).with_context(|| name.to_owned())
        });
        built.map_err(Failure::Request)
    }

    /// The cells along each axis, if a grid was typed.
    ///
    /// # Errors
    /// If the text is no grid.
    pub fn counts(&self) -> anyhow::Result<Option<Vec<usize>>> {
        let Some(text) = &self.grid else { return Ok(None) };
        let counts: Option<Vec<usize>> = text.split('x').map(|count| count.parse().ok()).collect();
        let expected = || format!("--grid {text}: expected N, N1xN2 or N1xN2xN3");
        counts.filter(|counts| counts.len() <= 3).with_context(expected).map(Some)
    }

    /// From–to along each axis, if a range was typed.
    ///
    /// # Errors
    /// If the text is no range.
    pub fn ranges(&self) -> anyhow::Result<Option<Ranges>> {
        let Some(text) = &self.range else { return Ok(None) };
        let range = |part: &str| {
            let (low, high) = part.split_once(':')?;
            Some((low.trim().parse().ok()?, high.trim().parse().ok()?))
        };
        let ranges: Option<Ranges> = text.split(',').map(range).collect();
        let ranges = ranges.filter(|ranges| ranges.len() <= 3);
        let for_all = |ranges: Ranges| if ranges.len() == 1 { ranges.repeat(3) } else { ranges };
        ranges.map(for_all).map(Some).with_context(|| {
            format!("--range {text}: expected A:B for each of up to three axes, with commas between")
        })
    }

    fn start_threads(&self) -> anyhow::Result<()> {
        match self.threads {
            None => Ok(()),
            Some(threads) => rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build_global()
                .with_context(|| format!("--threads {threads}: so many cannot be started")),
        }
    }

    fn read(&self) -> anyhow::Result<ExperimentFile> {
        let name = self.experiment.as_deref().unwrap_or(builtin::DEFAULT);
        if let Some(file) = builtin::load(name) {
            return Ok(file?);
        }
        if tours::names().any(|tour| tour == name) {
            bail!("{name} is a tour, for losscape view, record and export; expected an experiment");
        }
        if is_table(name) {
            return Ok(of_table(name));
        }
        if !is_ron(Path::new(name)) {
            if is_import(&Files, Path::new(name)) {
                return Ok(ExperimentFile { import: Some(name.into()), ..ExperimentFile::default() });
            }
            let known: Vec<&str> = builtin::names().chain(tours::names()).collect();
            bail!(
                "unknown experiment or tour {name:?}: expected {}, a .ron file, a table (.csv, .tsv, .txt, .data), a slice \
                 of others (.npz, .h5), a recording (.lsr), a plan or a folder of checkpoints",
                known.join(", ")
            );
        }
        match Script::read(Path::new(name), &self.access())? {
            Script::Experiment(file) => Ok(*file),
            Script::Tour(_) => {
                bail!("{name} is a tour, for losscape view, record and export; expected an experiment")
            }
        }
    }

    /// Which files an experiment or a tour may have read.
    pub fn access(&self) -> Access {
        disk::access(if self.allow_files { Reach::Anywhere } else { Reach::Below })
    }

    /// The tour that is named, if it is one and no experiment.
    ///
    /// # Errors
    /// If it is a tour with a mistake in it.
    pub fn tour(&self) -> anyhow::Result<Option<Tour>> {
        let Some(name) = &self.experiment else { return Ok(None) };
        if let Some(tour) = tours::load(name) {
            return Ok(Some(tour?));
        }
        // Anything else is told of where it is read as an experiment.
        match is_ron(Path::new(name)).then(|| Script::read(Path::new(name), &self.access())).transpose()? {
            Some(Script::Tour(tour)) => Ok(Some(*tour)),
            Some(Script::Experiment(_)) | None => Ok(None),
        }
    }

    /// The same in that language, if one was typed.
    ///
    /// # Errors
    /// As [`ExperimentArguments::tour`]; and if it is no tour, or not told in that language.
    pub fn tour_in(&self, language: Option<&Language>) -> anyhow::Result<Option<Tour>> {
        let (tour, name) = (self.tour()?, self.experiment.as_deref().unwrap_or(builtin::DEFAULT));
        match (tour, language) {
            (tour, None) => Ok(tour),
            (None, Some(language)) => {
                bail!("--lang {language}: {name} is an experiment; expected a tour, whose words it tells")
            }
            (Some(tour), Some(language)) => Ok(Some(match tours::load_in(name, language) {
                Some(told) => told?,
                None => in_language(&tour, Path::new(name), language, &*self.access().sources)?,
            })),
        }
    }

    /// Whether nothing was typed at all.
    pub fn is_bare(&self) -> bool {
        self.experiment.is_none() && self.overrides().next().is_none()
    }

    /// Sees to it that nothing was typed that changes an experiment.
    ///
    /// # Errors
    /// If something was.
    pub fn refuse_overrides(&self) -> anyhow::Result<()> {
        match self.overrides().next() {
            Some(flag) => {
                bail!("{flag}: a tour says itself what is computed; expected an experiment with it")
            }
            None => self.start_threads(),
        }
    }

    /// The flags that change an experiment, of those that were typed.
    fn overrides(&self) -> impl Iterator<Item = &'static str> {
        let typed = [
            ("--seed", self.seed.is_some()),
            ("--model", self.model.is_some()),
            ("--dataset", self.dataset.is_some()),
            ("--points", self.points.is_some()),
            ("--loss", self.loss.is_some()),
            ("--optimizer", self.optimizer.is_some()),
            ("--lr", self.lr.is_some()),
            ("--batch", self.batch.is_some()),
            ("--steps", self.steps.is_some()),
            ("--plane", self.plane.is_some()),
            ("--grid", self.grid.is_some()),
            ("--range", self.range.is_some()),
            ("--set", !self.set.is_empty()),
            ("--compare", !self.compare.is_empty()),
        ];
        typed.into_iter().filter(|(_, is_typed)| *is_typed).map(|(flag, _)| flag)
    }

    fn overridden(&self, file: ExperimentFile) -> anyhow::Result<Overrides> {
        let mut overrides = Overrides::of(file);
        self.choose_task(&mut overrides)?;
        overrides.assign_parts(&self.set, &TASK)?;
        self.choose_ways(&mut overrides)?;
        overrides.assign_parts(&self.set, &WAYS)?;
        self.override_numbers(&mut overrides.file)?;
        overrides.assign_others(&self.set)?;
        overrides.compare(&self.compare)?;
        Ok(overrides)
    }

    /// Chooses what is learnt.
    fn choose_task(&self, overrides: &mut Overrides) -> anyhow::Result<()> {
        if let Some(name) = &self.dataset {
            overrides.choose(&format!("--dataset {name}"), Change::Dataset(dataset(name)?));
        }
        if let Some(name) = &self.model {
            let model = named("model", name, ModelConfig::all(), ModelConfig::name)?;
            overrides.choose(&format!("--model {name}"), Change::Model(model));
        }
        Ok(())
    }

    /// Chooses how, which is chosen for what is learnt.
    fn choose_ways(&self, overrides: &mut Overrides) -> anyhow::Result<()> {
        if let Some(name) = &self.optimizer {
            let optimizer = named("optimizer", name, OptimizerConfig::all(), OptimizerConfig::name)?;
            overrides.choose(&format!("--optimizer {name}"), Change::Optimizer(optimizer));
        }
        if let Some(name) = &self.loss {
            let loss = named("loss", name, Loss::ALL.to_vec(), |loss| loss.name())?;
            overrides.replace(&format!("--loss {name}"), Change::Loss(loss));
        }
        if let Some(text) = &self.plane {
            overrides.replace(&format!("--plane {text}"), Change::Plane(text.parse()?));
        }
        Ok(())
    }

    fn override_numbers(&self, file: &mut ExperimentFile) -> anyhow::Result<()> {
        file.seed = self.seed.unwrap_or(file.seed);
        file.steps = self.steps.unwrap_or(file.steps);
        if let Some(points) = self.points {
            file.dataset.set_points(points);
        }
        if let Some(lr) = self.lr {
            file.optimizer.set_lr(lr);
        }
        if let Some(batch) = &self.batch {
            file.batch = batch_size(batch)?;
        }
        Ok(())
    }

    /// Whether a field was typed, by its flag or its path.
    fn is_given(&self, field: &str) -> bool {
        let by_flag = match field {
            "dataset.points" => self.points.is_some(),
            "loss" => self.loss.is_some(),
            "optimizer.lr" => self.lr.is_some(),
            "batch" => self.batch.is_some(),
            "steps" => self.steps.is_some(),
            "slice.plane" => self.plane.is_some(),
            "slice.range" => self.range.is_some(),
            _ => false,
        };
        by_flag || self.set.iter().any(|assignment| path(assignment) == field)
    }
}

/// The experiment, once what its flags reset is told.
fn told((experiment, words): (Experiment, Vec<String>)) -> Experiment {
    words.iter().for_each(|words| complain(words));
    experiment
}

/// More threads than any machine of today has cores.
const MOST_THREADS: usize = 1024;

/// The experiment that a table alone asks for: all as usual, with a loss that its targets have a meaning for.
fn of_table(path: &str) -> ExperimentFile {
    let mut file = ExperimentFile { dataset: DatasetConfig::table(path), ..ExperimentFile::default() };
    // One that cannot be read so may be read with what else was typed; else it is refused where it is checked.
    if let Ok(data) = file.dataset.generate(&Files, file.seed) {
        file.loss = fitting(file.loss, data.target());
    }
    file
}

/// Names as help lists them: `a, b or c`.
fn either<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let (last, others) = names.split_last().map_or(("", &names[..]), |(last, others)| (*last, others));
    format!("{} or {last}", others.join(", "))
}

fn dataset(name: &str) -> anyhow::Result<DatasetConfig> {
    let known = || DatasetConfig::all().iter().map(DatasetConfig::name).collect::<Vec<_>>().join(", ");
    DatasetConfig::by_name(name).ok_or_else(|| {
        anyhow!("unknown dataset {name:?}: expected {} or a table (.csv, .tsv, .txt, .data)", known())
    })
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
