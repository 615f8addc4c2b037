//! What is computed: data, model, loss, optimizer, seed.

use bevy_egui::egui;

use super::field::{FIELD, Quantity, number_ui, text_ui};
use super::menu::choice_row;
use super::settings::settings_ui;
use super::style::{paragraph, refused, sentence};
use super::view::PanelView;
use crate::core::command::Command;
use crate::core::data::{BatchSize, DatasetConfig};
use crate::core::experiment::{Change, ExperimentFile, Setting, SliceFile, ViewFile, builtin};
use crate::core::loss::Loss;
use crate::core::model::{Init, ModelConfig};
use crate::core::objective::{NoObjective, Surface};
use crate::core::optim::{OptimizerConfig, Schedule};
use crate::core::subspace::PlaneConfig;
use crate::core::text::visible;

/// Draws the fold.
pub fn experiment_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let file = &view.experiment;
    opened_ui(ui, view);
    load_menu(ui, asked);
    if view.is_imported {
        imported_ui(ui, view, asked);
        return;
    }
    minimised_ui(ui, view, asked);
    if file.surface.is_none() {
        data_ui(ui, view, asked);
        model_ui(ui, view, asked);
    }
    start_ui(ui, view, asked);
    optimizer_ui(ui, view, asked);
}

/// What there is to tell of what was computed elsewhere.
fn imported_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let import = view.checked.as_ref().and_then(|experiment| experiment.import());
    if import.is_some_and(|import| import.is_of_checkpoints()) {
        without_ui(ui, view, asked);
    }
    let untold = view.news.notes.is_empty().then(|| sentence(&NoObjective));
    for words in view.news.notes.iter().cloned().chain(untold) {
        ui.add(egui::Label::new(visible(&words)).wrap());
    }
}

/// What is left out of theta.
fn without_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let hover = format!("{} Commas between them; empty for none.", Setting::Without.row().doc);
    let read = |text: &str| {
        let patterns = text.split(',').map(str::trim).filter(|pattern| !pattern.is_empty());
        Ok(patterns.map(str::to_owned).collect())
    };
    ui.horizontal(|ui| {
        let label = ui.label("Leave out").on_hover_text(&hover).id;
        let present = view.experiment.without.join(", ");
        if let Some(without) = text_ui(ui, ui.id().with("without"), label, &hover, &present, &read) {
            asked.push(Command::Set(Change::Without(without)));
        }
    });
    refused(ui, &view.news.refusal, &["without", "import"]);
}

/// What is open, also once it is no longer quite that, and its title as long as it has one.
fn opened_ui(ui: &mut egui::Ui, view: &PanelView) {
    let (name, is_changed) = &view.edits.opened;
    let name = visible(name);
    let name = if *is_changed { format!("{name}, changed") } else { name.into_owned() };
    let hover = "What was opened last; changed once something else is computed.";
    ui.add(egui::Label::new(egui::RichText::new(name).strong()).truncate()).on_hover_text(hover);
    paragraph(ui, 2, egui::RichText::new(visible(&view.experiment.heading())).weak());
}

fn load_menu(ui: &mut egui::Ui, asked: &mut Vec<Command>) {
    ui.menu_button("Open a built-in experiment ⏷", |ui| {
        for name in builtin::names() {
            if ui.button(name).clicked()
                && let Some(Ok(file)) = builtin::load(name)
            {
                asked.push(Command::Load(Box::new(file)));
                ui.close();
            }
        }
    });
}

/// The name of what is not a function of two numbers.
const NETWORK: &str = "a network's loss";

/// A network's loss, or a function of two numbers, to which data, model and loss say nothing.
fn minimised_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let file = &view.experiment;
    let surfaces = Surface::ALL.iter().copied().map(|surface| (surface.name(), Some(surface)));
    let present = file.surface.map_or(NETWORK, Surface::name);
    let hover = "What training descends on: the loss of a network on data, or a function of two numbers.";
    let values = std::iter::once((NETWORK, None)).chain(surfaces);
    if let Some(surface) = choice_row(ui, "Descend", hover, present, values) {
        let mut changed = with_surface(surface);
        changed.view.theme = file.view.theme;
        asked.push(Command::Load(Box::new(changed)));
    }
}

/// An experiment on a surface, or on a network again. What suits the one, its steps and ranges among it,
/// does not suit the other: so it is the built-in one, where there is one.
fn with_surface(surface: Option<Surface>) -> ExperimentFile {
    let name = surface.map_or(builtin::DEFAULT, Surface::name);
    builtin::load(name).and_then(Result::ok).unwrap_or_else(|| ExperimentFile {
        title: format!("{name}: no network, two numbers"),
        surface,
        steps: 200,
        slice: SliceFile { plane: PlaneConfig::Axes { parameters: Vec::new() }, ..SliceFile::default() },
        view: ViewFile { steps_per_second: 40.0, ..ViewFile::default() },
        ..ExperimentFile::default()
    })
}

/// Where training starts: drawn by a rule, or read from a file.
fn start_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let file = &view.experiment;
    if file.surface.is_none() {
        let inits = Init::ALL.iter().copied().map(|init| (init.name(), init));
        let hover = Setting::Init.row().doc;
        if let Some(init) = choice_row(ui, "Init", hover, file.init.name(), inits) {
            asked.push(Command::Set(Change::Init(init)));
        }
    }
    let hover = format!("{} It can be dropped on the window. Empty for none.", Setting::From.row().doc);
    let present = file.from.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    ui.horizontal(|ui| {
        let label = ui.label("Start from").on_hover_text(&hover).id;
        let read = |text: &str| Ok((!text.trim().is_empty()).then(|| text.trim().into()));
        if let Some(from) = text_ui(ui, ui.id().with("from"), label, &hover, &present, &read) {
            asked.push(Command::Load(Box::new(ExperimentFile { from, ..file.clone() })));
        }
    });
    refused(ui, &view.news.refusal, &["init", "from"]);
}

fn data_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let file = &view.experiment;
    let datasets = DatasetConfig::all().into_iter().map(|dataset| (dataset.name(), dataset));
    let own = "A table of your own (.csv, .tsv, .txt, .data) can be dropped on the window.";
    let hover = format!("{} {own}", Setting::Dataset.row().doc);
    if let Some(dataset) = choice_row(ui, "Dataset", &hover, file.dataset.name(), datasets) {
        asked.push(Command::Set(Change::Dataset(dataset)));
    }
    ui.indent("dataset", |ui| {
        if let Some(dataset) = settings_ui(ui, "dataset", &file.dataset, &DatasetConfig::all()) {
            asked.push(Command::Set(Change::Dataset(dataset.edited_from(&file.dataset))));
        }
        let hover = Setting::HeldOut.row().doc;
        ui.horizontal(|ui| {
            let label = ui.label(egui::RichText::new("held out").weak()).on_hover_text(hover).id;
            if let Some(share) = number_ui(ui, ui.id().with("held out"), label, hover, FIELD, file.held_out) {
                asked.push(Command::Set(Change::HeldOut(share)));
            }
        });
        let mut is_on = file.standardize;
        let hover = Setting::Standardize.row().doc;
        if ui.checkbox(&mut is_on, "standardize").on_hover_text(hover).changed() {
            asked.push(Command::Set(Change::Standardize(is_on)));
        }
        for note in &view.news.notes {
            ui.add(egui::Label::new(egui::RichText::new(note).weak().small()).wrap());
        }
        refused(ui, &view.news.refusal, &["dataset", "held_out", "standardize"]);
    });
}

fn model_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let file = &view.experiment;
    let models = ModelConfig::all().into_iter().map(|model| (model.name(), model));
    if let Some(model) = choice_row(ui, "Model", Setting::Model.row().doc, file.model.name(), models) {
        asked.push(Command::Set(Change::Model(model)));
    }
    ui.indent("model", |ui| {
        if let Some(model) = settings_ui(ui, "model", &file.model, &ModelConfig::all()) {
            asked.push(Command::Set(Change::Model(model)));
        }
        refused(ui, &view.news.refusal, &["model"]);
    });
    let losses = Loss::ALL.iter().copied().map(|loss| (loss.name(), loss));
    if let Some(loss) = choice_row(ui, "Loss", Setting::Loss.row().doc, file.loss.name(), losses) {
        asked.push(Command::Set(Change::Loss(loss)));
    }
    refused(ui, &view.news.refusal, &["loss"]);
}

fn optimizer_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let file = &view.experiment;
    let optimizers = OptimizerConfig::all().into_iter().map(|optimizer| (optimizer.name(), optimizer));
    let hover = Setting::Optimizer.row().doc;
    if let Some(optimizer) = choice_row(ui, "Optimizer", hover, file.optimizer.name(), optimizers) {
        asked.push(Command::Set(Change::Optimizer(optimizer)));
    }
    ui.indent("optimizer", |ui| {
        if let Some(optimizer) = settings_ui(ui, "optimizer", &file.optimizer, &OptimizerConfig::all()) {
            asked.push(Command::Set(Change::Optimizer(optimizer)));
        }
        refused(ui, &view.news.refusal, &["optimizer"]);
    });
    let schedules = Schedule::all().into_iter().map(|schedule| (schedule.name(), schedule));
    let hover = Setting::Schedule.row().doc;
    if let Some(schedule) = choice_row(ui, "Schedule", hover, file.schedule.name(), schedules) {
        asked.push(Command::Set(Change::Schedule(schedule)));
    }
    ui.indent("schedule", |ui| {
        if let Some(schedule) = settings_ui(ui, "schedule", &file.schedule, &Schedule::all()) {
            asked.push(Command::Set(Change::Schedule(schedule)));
        }
        refused(ui, &view.news.refusal, &["schedule"]);
    });
    numbers_ui(ui, view, file, asked);
    // Last of all: what comes and goes with a kind moves nothing.
    if let Some(note) = &view.news.optimizer_note {
        ui.add(egui::Label::new(egui::RichText::new(note).weak().small()).wrap());
    }
    let mut trains = || ui.button("Train instead").on_hover_text(Setting::Walk.row().doc).clicked();
    if !file.walk.is_empty() && trains() {
        asked.push(Command::Set(Change::Walk(Vec::new())));
    }
}

fn numbers_ui(ui: &mut egui::Ui, view: &PanelView, file: &ExperimentFile, asked: &mut Vec<Command>) {
    let points = view.examples.unwrap_or_else(|| file.dataset.points());
    let batch = match file.batch {
        BatchSize::Full => points,
        BatchSize::Size(size) => size,
    };
    if let Some(size) = number(ui, "Batch", Setting::Batch.row().doc, batch) {
        let size = if size == points { BatchSize::Full } else { BatchSize::Size(size) };
        asked.push(Command::Set(Change::Batch(size)));
    }
    if let Some(steps) = number(ui, "Steps", Setting::Steps.row().doc, file.steps) {
        asked.push(Command::Set(Change::Steps(steps)));
    }
    if let Some(seed) = number(ui, "Seed", Setting::Seed.row().doc, file.seed) {
        asked.push(Command::Set(Change::Seed(seed)));
    }
    refused(ui, &view.news.refusal, &["batch", "steps", "seed"]);
}

/// A row with a number; another, once it was typed or dragged to its end.
pub(super) fn number<N: Quantity>(ui: &mut egui::Ui, name: &str, hover: &str, present: N) -> Option<N> {
    ui.horizontal(|ui| {
        let label = ui.label(name).on_hover_text(hover);
        number_ui(ui, ui.id().with(name), label.id, hover, FIELD, present)
    })
    .inner
}
