//! The problem that an experiment poses: its examples, model and loss put together once, while it is checked.
//!
//! Apart from the checked experiment because it is shared: a copy of an experiment that differs only in
//! optimizer, slice or view goes on with the same examples, and a file of data is read once.

use std::path::Path;
use std::sync::Arc;

use super::field::FieldError;
use super::file::ExperimentFile;
use super::notes;
use super::replacement::Resets;
use super::settings::{Setting, Touches};
use crate::core::data::table::TableError;
use crate::core::data::{Dataset, DatasetConfig, GenerateError, Scaling, split};
use crate::core::imports::{self, Import};
use crate::core::io::npy;
use crate::core::io::sources::Sources;
use crate::core::model::{Model, ModelConfig, ModelError};
use crate::core::num::Stream;
use crate::core::objective::{
    Analytic, Objective, Problem, Supervised, SupervisedError, Surface, outputs_for,
};

/// Fewest parameters that have a landscape to look at.
const LEAST_PARAMETERS: usize = 2;

/// What a recorded run carries of its experiment.
#[derive(Clone, Debug)]
pub struct Carried {
    /// The examples it was trained on and those held out, where there were any.
    pub data: Option<(Dataset, Option<Dataset>)>,
    /// Its first theta, `[dim]`.
    pub start: Vec<f64>,
    /// The points that its plane and its walk name by file, in their order, `[dim]` each.
    pub points: Vec<Vec<f64>>,
}

/// Draws or reads the examples, builds the model and draws its start.
pub(super) fn problem(file: &ExperimentFile, sources: &dyn Sources) -> Result<Problem, FieldError> {
    problem_of(file, drawn(file, sources)?, sources)
}

/// The same once loss and batch are made to fit the examples, unless they are given; with what that changed.
pub(super) fn fitted(
    file: &mut ExperimentFile,
    sources: &dyn Sources,
    is_given: impl Fn(&str) -> bool,
) -> Result<(Problem, Resets), FieldError> {
    let mut resets = Resets::default();
    let drawn = drawn(file, sources)?;
    if let Some(data) = drawn.as_ref().filter(|_| !is_given("loss")) {
        resets.loss(file, data.target());
    }
    let problem = problem_of(file, drawn, sources)?;
    if !is_given("batch") {
        resets.batch(file, problem.examples());
    }
    Ok((problem, resets))
}

fn problem_of(
    file: &ExperimentFile,
    drawn: Option<Dataset>,
    sources: &dyn Sources,
) -> Result<Problem, FieldError> {
    let (objective, start) = match (file.surface, drawn) {
        (Some(surface), _) => (analytic(surface), surface.start().to_vec()),
        (None, Some(data)) => network(file, data)?,
        (None, None) => unreachable!("a network is trained on examples"),
    };
    let dim = objective.dim();
    let start = match &file.from {
        Some(path) => npy::read_theta(sources, path, dim)
            .map_err(|error| FieldError::new("from", path.display(), error.expected(dim)))?,
        None => start,
    };
    Ok(Problem::new(objective, start))
}

fn analytic(surface: Surface) -> Arc<dyn Objective> {
    Arc::new(Analytic::new(surface))
}

fn network(file: &ExperimentFile, data: Dataset) -> Result<(Arc<dyn Objective>, Vec<f64>), FieldError> {
    if file.held_out > 0.0 && data.rows() < 2 {
        return Err(FieldError::new("held_out", file.held_out, "0, since there is 1 example only"));
    }
    let model = model_for(file, &data)?;
    let start = file.init.draw(&model, &mut Stream::new(file.seed, "init"));
    Ok((supervised(file, model, data)?, start))
}

/// The problem of what a run carries.
pub(super) fn carried(file: &ExperimentFile, carried: Carried) -> Result<Problem, FieldError> {
    let Carried { data, start, points } = carried;
    let objective = match (file.surface, data) {
        (Some(surface), _) => analytic(surface),
        (None, Some((train, held_out))) => {
            let train = notes::with_scaling(train);
            let model = model_for(file, &train)?;
            together(file, model, train, held_out).map_err(|error| {
                FieldError::new("held_out", file.held_out, format!("examples like the others, but {error}"))
            })?
        }
        (None, None) => {
            return Err(FieldError::new("dataset", file.dataset.name(), "examples in the run"));
        }
    };
    let dim = objective.dim();
    if let Some(other) = [&start].into_iter().chain(&points).find(|theta| theta.len() != dim) {
        let expected = format!("a model of {} parameters, not {dim}", other.len());
        return Err(FieldError::new("model", file.model.name(), expected));
    }
    Ok(Problem::new(objective, start))
}

/// Reads what was computed elsewhere and that the file names; of the same one, whatever has been added since `before`.
pub(super) fn imported(
    file: &ExperimentFile,
    path: &Path,
    sources: &Arc<dyn Sources>,
    before: Option<&Import>,
) -> Result<Import, FieldError> {
    imports::read(sources, path, &file.without, before).map_err(|error| {
        FieldError::new("import", path.display(), format!("something to be shown, but {}", error.kind))
    })
}

/// Whether both files pose the same problem.
pub(super) fn is_same_in(a: &ExperimentFile, b: &ExperimentFile) -> bool {
    Setting::differing(a, b).all(|setting| setting.row().touches != Touches::Problem)
}

/// The model that the file asks for, for such examples.
fn model_for(file: &ExperimentFile, data: &Dataset) -> Result<Model, FieldError> {
    let outputs = outputs_for(file.loss, data).map_err(|error| loss_error(&error))?;
    let model = file.model.build(data.inputs(), outputs).map_err(|error| model_error(&file.model, &error))?;
    if model.dim() < LEAST_PARAMETERS {
        let expected = format!("a model of at least {LEAST_PARAMETERS} parameters, not {}", model.dim());
        return Err(FieldError::new("model", file.model.name(), expected));
    }
    Ok(model)
}

/// The examples of an experiment, where it has any.
fn drawn(file: &ExperimentFile, sources: &dyn Sources) -> Result<Option<Dataset>, FieldError> {
    if file.surface.is_some() {
        return Ok(None);
    }
    let drawn = file.dataset.generate(sources, file.seed);
    drawn.map(Some).map_err(|error| dataset_error(&file.dataset, &error))
}

fn supervised(file: &ExperimentFile, model: Model, data: Dataset) -> Result<Arc<dyn Objective>, FieldError> {
    let (train, held_out) = parts(file, data)?;
    // The model was built for the width of these very examples.
    Ok(together(file, model, train, held_out).unwrap_or_else(|error| unreachable!("built to fit: {error}")))
}

fn together(
    file: &ExperimentFile,
    model: Model,
    train: Dataset,
    held_out: Option<Dataset>,
) -> Result<Arc<dyn Objective>, SupervisedError> {
    let objective = Supervised::new(model, file.loss, train)?;
    Ok(match held_out {
        Some(held_out) => Arc::new(objective.with_held_out(held_out)?),
        None => Arc::new(objective),
    })
}

/// The examples that are trained on and those held out, as the network sees them.
fn parts(file: &ExperimentFile, data: Dataset) -> Result<(Dataset, Option<Dataset>), FieldError> {
    let (train, held_out) = split(data, file.held_out, &mut Stream::new(file.seed, "split"));
    if !file.standardize {
        return Ok((notes::with_scaling(train), held_out));
    }
    let expected = "false, since the deviation of an input is too large or too small for a number";
    let scaling = Scaling::of(train.x(), train.inputs())
        .ok_or_else(|| FieldError::new("standardize", true, expected))?;
    let scaling = Arc::new(scaling);
    let held_out = held_out.map(|data| data.scaled(Arc::clone(&scaling)));
    Ok((notes::with_scaling(train.scaled(scaling)), held_out))
}

fn dataset_error(dataset: &DatasetConfig, error: &GenerateError) -> FieldError {
    match (dataset, error) {
        (_, GenerateError::Table(TableError::Column { setting, value, expected })) => {
            FieldError::new(format!("dataset.{setting}"), value, expected)
        }
        (DatasetConfig::Csv { path, .. }, _) => {
            FieldError::new("dataset.path", path.display(), format!("a table of numbers, but {error}"))
        }
        _ => FieldError::new("dataset", dataset.name(), format!("usable data, but {error}")),
    }
}

fn loss_error(error: &SupervisedError) -> FieldError {
    match error {
        SupervisedError::Targets { dataset, loss, targets, expected } => {
            FieldError::new("loss", loss, format!("{expected}, since the targets of {dataset} are {targets}"))
        }
        SupervisedError::Inputs { .. } | SupervisedError::Outputs { .. } => {
            unreachable!("the model is built for the data: {error}")
        }
    }
}

fn model_error(model: &ModelConfig, error: &ModelError) -> FieldError {
    let expected = format!("{}, but {}", error.expected(), error.found());
    match model {
        ModelConfig::Mlp { widths, .. } => FieldError::new("model.widths", format!("{widths:?}"), expected),
        _ => FieldError::new("model", model.name(), expected),
    }
}
