//! What an experiment becomes when a part of it is replaced.
//!
//! A learning rate, a title or a place to look from was chosen for one model and one set of data, and says
//! nothing of another. So what another one replaces takes along whatever was chosen for it:
//!
//! | replaced | back at its usual value |
//! |---|---|
//! | data | `standardize`; of another file also what was said of the old one (columns, kind of targets, header, decimals, points) |
//! | data, model or surface | title, learning rate, start from a file (`from`), walk, quantity, points and parameters that the plane names, ranges, turn, alpha3, sections, `clip`, isosurface and eye |
//! | a surface by a network, or the other way | steps, speed and batch too |
//! | optimizer | its settings |
//! | what was computed elsewhere | `without` |
//! | plane | ranges; of another kind also turn, alpha3 and sections |
//! | loss, quantity | `clip`, isosurface and levels, which are numbers of it |
//! | anything | of what is compared, what cannot be said any more |
//!
//! Seed, start drawn by a rule, held-out share, schedule, batch, steps, resolution and colours are no matter
//! of scale and stay. Other settings of the same kind (points, noise, widths) replace nothing. Other data
//! also get a loss that has a meaning for their targets.
//!
//! Flags, `--set`, commands of the window and of tours all go through [`changed`]. What is given beside the
//! replacement is set after it, and holds.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::comparison::is_comparable;
use super::ranges::usual_ranges;
use super::settings::{Change, ChosenFor, ExperimentFile, Setting};
use crate::core::data::{BatchSize, DatasetConfig, Target};
use crate::core::objective::fitting;
use crate::core::optim::OptimizerConfig;
use crate::core::subspace::PlaneConfig;
use crate::core::text::{Measured, visible};

/// Settings that decide what is learnt, and take along what was chosen for it.
pub const TASK: [Setting; 3] = [Setting::Dataset, Setting::Model, Setting::Surface];
/// Settings that decide how it is learnt and shown: they are chosen for what is learnt, and take along what was
/// chosen for them.
pub const WAYS: [Setting; 4] = [Setting::Optimizer, Setting::Loss, Setting::Quantity, Setting::Plane];

/// A field that went back to its usual value, or to one that fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Reset {
    /// Its path in the file.
    pub field: String,
    /// What it was and what it is, where that is a number or a word.
    pub values: Option<[String; 2]>,
}

/// What was reset, and what it had been chosen for; as a sentence, if anything was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resets {
    /// The name of what was replaced.
    pub chosen_for: String,
    /// The fields.
    pub fields: Vec<Reset>,
    /// Where the recorded run ends that is no longer followed, since more steps are planned.
    pub outlasted: Option<u64>,
}

/// The experiment with another setting, and what was reset with it.
pub fn changed(before: &ExperimentFile, change: Change) -> (ExperimentFile, Resets) {
    let is_of_comparison = change.setting() == Setting::Compare;
    let mut file = before.clone();
    let mut resets = Resets { chosen_for: replaced_name(before, change.setting()), ..Resets::default() };
    match change {
        Change::Surface(surface) => {
            file.surface = surface;
            if surface != before.surface {
                resets.task(&mut file, before);
            }
        }
        Change::Dataset(dataset) => resets.dataset(&mut file, before, dataset),
        Change::Model(model) => {
            let is_other = before.surface.is_some() || model.name() != before.model.name();
            (file.model, file.surface) = (model, None);
            if is_other {
                resets.task(&mut file, before);
            }
        }
        Change::Optimizer(optimizer) => {
            let usual = OptimizerConfig::by_name(before.optimizer.name()).unwrap_or_default();
            if optimizer.name() != usual.name() {
                resets.settings("optimizer", &usual, &before.optimizer, &optimizer);
            }
            file.optimizer = optimizer;
        }
        Change::Loss(loss) => {
            file.loss = loss;
            if loss != before.loss {
                resets.chosen(ChosenFor::Loss, &mut file);
            }
        }
        Change::Quantity(quantity) => {
            file.slice.quantity = quantity;
            if quantity != before.slice.quantity {
                resets.chosen(ChosenFor::Loss, &mut file);
            }
        }
        Change::Import(import) => {
            if import != before.import {
                resets.forget("without", &mut file.without, Vec::new());
            }
            file.import = import;
        }
        Change::Plane(plane) => resets.plane(&mut file, before, plane),
        change => change.put(&mut file),
    }
    if !is_of_comparison {
        resets.comparison(&mut file);
    }
    (file, resets)
}

/// The name of what another value takes the place of; none of what nothing is chosen for.
fn replaced_name(before: &ExperimentFile, setting: Setting) -> String {
    match (before.surface, setting) {
        (Some(surface), Setting::Surface | Setting::Dataset | Setting::Model) => surface.name().to_owned(),
        (None, Setting::Surface) => before.name(),
        (_, Setting::Import) => before.name(),
        (None, Setting::Dataset) => before.dataset.title(),
        (None, Setting::Model) => before.model.name().to_owned(),
        (_, Setting::Optimizer) => before.optimizer.name().to_owned(),
        (_, Setting::Loss) => before.loss.name().to_owned(),
        (_, Setting::Quantity) => before.slice.quantity.title().into_owned(),
        (_, Setting::Plane) => before.slice.plane.name().to_owned(),
        _ => String::new(),
    }
}

impl Resets {
    /// Takes other examples.
    fn dataset(&mut self, file: &mut ExperimentFile, before: &ExperimentFile, dataset: DatasetConfig) {
        let is_other = before.surface.is_some() || !dataset.is_of_same_data(&before.dataset);
        (file.dataset, file.surface) = (dataset, None);
        if is_other {
            if before.surface.is_none() {
                self.settings("dataset", &before.dataset.usual(), &before.dataset, &file.dataset);
                self.every_row(&file.dataset);
            }
            self.forget("standardize", &mut file.standardize, false);
            self.task(file, before);
        }
        if let Some(target) = file.dataset.target() {
            self.loss(file, target);
        }
    }

    /// Lays another plane, and forgets what was measured in the one before.
    fn plane(&mut self, file: &mut ExperimentFile, before: &ExperimentFile, plane: PlaneConfig) {
        file.slice.plane = plane;
        if file.slice.plane != before.slice.plane {
            // Ranges are in the units of the plane they were given for.
            self.range(file, before);
        }
        if file.slice.plane.name() != before.slice.plane.name() {
            self.chosen(ChosenFor::Plane, file);
        }
    }

    /// Puts a field at a value; it is told only if it was another.
    fn put<T: PartialEq>(
        &mut self,
        field: &str,
        place: &mut T,
        value: T,
        text: impl Fn(&T) -> Option<String>,
    ) {
        if *place != value {
            let was = std::mem::replace(place, value);
            let values = text(&was).zip(text(place)).map(|(was, is)| [was, is]);
            self.fields.push(Reset { field: field.to_owned(), values });
        }
    }

    /// Puts a field at a value that takes too long to be told.
    fn forget<T: PartialEq>(&mut self, field: &str, place: &mut T, value: T) {
        self.put(field, place, value, |_| None);
    }

    /// All that was chosen for the data and the model, or for the surface.
    fn task(&mut self, file: &mut ExperimentFile, before: &ExperimentFile) {
        let usual = ExperimentFile::default();
        let mut lr = file.optimizer.lr();
        let usual_lr = OptimizerConfig::by_name(file.optimizer.name()).unwrap_or_default().lr();
        self.put("optimizer.lr", &mut lr, usual_lr, number);
        file.optimizer.set_lr(lr);
        if file.surface != before.surface {
            self.put("steps", &mut file.steps, usual.steps, |steps| Some(steps.to_string()));
            let speed = usual.view.steps_per_second;
            self.put("view.steps_per_second", &mut file.view.steps_per_second, speed, number);
            self.forget("batch", &mut file.batch, BatchSize::Full);
        }
        self.title(file, before);
        self.forget("from", &mut file.from, None);
        self.forget("walk", &mut file.walk, vec![]);
        let plane = file.slice.plane.without_names();
        self.forget("slice.plane", &mut file.slice.plane, plane);
        self.range(file, before);
        self.chosen(ChosenFor::Plane, file);
        self.chosen(ChosenFor::Loss, file);
        self.chosen(ChosenFor::Task, file);
    }

    /// What is compared, as far as it can be said of the experiment as it is now.
    fn comparison(&mut self, file: &mut ExperimentFile) {
        let before = std::mem::take(&mut file.compare);
        for assignment in &before {
            file.compare.push(assignment.clone());
            if !is_comparable(file) {
                file.compare.pop();
            }
        }
        if file.compare != before {
            self.fields.push(Reset { field: "compare".to_owned(), values: None });
        }
    }

    /// A title that only named the two before needs no word.
    fn title(&mut self, file: &mut ExperimentFile, before: &ExperimentFile) {
        let name = file.name();
        let was = std::mem::replace(&mut file.title, name);
        if !was.is_empty() && was != before.name() && was != file.title {
            self.fields.push(Reset { field: "title".to_owned(), values: None });
        }
    }

    /// Ranges; those that the plane has anyway need no word.
    fn range(&mut self, file: &mut ExperimentFile, before: &ExperimentFile) {
        let usual = usual_ranges(&before.slice.plane);
        let is_usual = |range: &Vec<_>| usual.is_some_and(|usual| usual.starts_with(range));
        if file.slice.range.take().is_some_and(|range| !is_usual(&range)) {
            self.fields.push(Reset { field: "slice.range".to_owned(), values: None });
        }
    }

    /// All that the table says was chosen for what is another now.
    fn chosen(&mut self, what: ChosenFor, file: &mut ExperimentFile) {
        let (usual, before) = (ExperimentFile::default(), self.fields.len());
        for setting in Setting::differing(&file.clone(), &usual) {
            if setting.row().chosen_for == what {
                let (was, is) = (setting.of(file), setting.of(&usual));
                let values = was.number().zip(is.number());
                let values = values.map(|(was, is)| [was, is].map(|value| Measured(value).to_string()));
                self.fields.push(Reset { field: setting.row().path.to_owned(), values });
                is.put(file);
            }
        }
        self.fields[before..].sort_by_key(|reset| reset.values.is_none());
    }

    /// A loss that has a meaning for such targets.
    pub(super) fn loss(&mut self, file: &mut ExperimentFile, target: Target) {
        let loss = fitting(file.loss, target);
        if loss != file.loss {
            self.chosen(ChosenFor::Loss, file);
        }
        self.put("loss", &mut file.loss, loss, |loss| Some(loss.name().to_owned()));
    }

    /// A batch of no more than there are.
    pub(super) fn batch(&mut self, file: &mut ExperimentFile, examples: usize) {
        if matches!(file.batch, BatchSize::Size(size) if size > examples) {
            let text = |batch: &BatchSize| match batch {
                BatchSize::Full => Some("full".to_owned()),
                BatchSize::Size(size) => Some(size.to_string()),
            };
            self.put("batch", &mut file.batch, BatchSize::Full, text);
        }
    }

    /// The usual number of points of a file is that of its rows.
    fn every_row(&mut self, dataset: &DatasetConfig) {
        let is_every =
            matches!(dataset, DatasetConfig::Csv { .. }) && dataset.points() == dataset.usual().points();
        let points = self.fields.iter_mut().filter(|reset| is_every && reset.field == "dataset.points");
        points.filter_map(|reset| reset.values.as_mut()).for_each(|[_, is]| *is = "every row".to_owned());
    }

    /// Settings of one kind that another kind has under the same name, where they were not as usual.
    fn settings<T: Serialize>(&mut self, of: &str, usual: &T, was: &T, is: &T) {
        let [usual, was, is] = [usual, was, is].map(fields);
        for (name, was) in &was {
            let Some(is) = is.get(name).filter(|is| *is != was && usual.get(name) != Some(was)) else {
                continue;
            };
            let values = text(was).zip(text(is)).map(|(was, is)| [was, is]);
            self.fields.push(Reset { field: format!("{of}.{name}"), values });
        }
    }
}

fn number(value: &f64) -> Option<String> {
    Some(Measured(*value).to_string())
}

/// The settings of a kind, by their names.
fn fields(config: &impl Serialize) -> serde_json::Map<String, Value> {
    let whole = serde_json::to_value(config).unwrap_or_default();
    let inner = whole.as_object().and_then(|kind| kind.values().next()).and_then(Value::as_object);
    inner.cloned().unwrap_or_default()
}

/// A setting as a person reads it: numbers and words.
fn text(value: &Value) -> Option<String> {
    match (value.as_u64(), value.as_str()) {
        (Some(whole), _) => Some(whole.to_string()),
        (_, Some(word)) => Some(visible(word).into_owned()),
        _ => value.as_f64().map(|number| Measured(number).to_string()),
    }
}

impl fmt::Display for Resets {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if let Some(end) = self.outlasted {
            // Planned steps reset nothing.
            return write!(f, "the recorded run ends at step {end}, so training is done anew");
        }
        let name = |reset: &Reset| reset.field.rsplit('.').next().unwrap_or_default().replace('_', " ");
        let (mut was, mut is, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for reset in &self.fields {
            match &reset.values {
                Some([before, after]) => {
                    was.push(format!("{} {before}", name(reset)));
                    is.push(after.clone());
                }
                None => others.push(name(reset)),
            }
        }
        let chosen_for = visible(&self.chosen_for);
        let [verb, are] = if was.len() > 1 { ["were", "are"] } else { ["was", "is"] };
        match (was.is_empty(), others.is_empty()) {
            (true, true) => Ok(()),
            (true, false) => {
                let verb = if others.len() > 1 { "were" } else { "was" };
                write!(f, "{} {verb} chosen for {chosen_for} and reset", listed(&others))
            }
            (false, is_all) => {
                write!(f, "{} {verb} chosen for {chosen_for}; {} {are} used", listed(&was), listed(&is))?;
                if is_all { Ok(()) } else { write!(f, " ({} reset too)", listed(&others)) }
            }
        }
    }
}

/// Words in a row: a, b and c.
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [word] => word.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests;
