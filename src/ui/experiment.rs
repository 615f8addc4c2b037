//! What is computed: data, model, loss, optimizer, seed.

use bevy_egui::egui;

use super::field::{FIELD, Quantity, number_ui, text_ui};
use super::menu::choice_row;
use super::settings::settings_ui;
use super::style::{paragraph, refused};
use super::view::PanelView;
use crate::core::data::{BatchSize, DatasetConfig};
use crate::core::experiment::{ExperimentFile, SliceFile, ViewFile, builtin};
use crate::core::loss::Loss;
use crate::core::model::{Init, ModelConfig};
use crate::core::objective::Surface;
use crate::core::optim::{OptimizerConfig, Schedule};
use crate::core::script::{Command, ExperimentCommand};
use crate::core::subspace::PlaneConfig;
use crate::core::text::visible;

/// Draws the fold.
pub fn experiment_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let file = &view.experiment;
    opened_ui(ui, view);
    load_menu(ui, asked);
    let mut ask = |command| asked.push(Command::Experiment(command));
    minimised_ui(ui, view, &mut ask);
    if file.surface.is_none() {
        data_ui(ui, view, &mut ask);
        model_ui(ui, view, &mut ask);
    }
    start_ui(ui, view, &mut ask);
    optimizer_ui(ui, view, &mut ask);
}

/// What is open, also once it is no longer quite that, and its title as long as it has one.
fn opened_ui(ui: &mut egui::Ui, view: &PanelView) {
    let (name, is_changed) = &view.opened;
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
                asked.push(Command::Experiment(ExperimentCommand::Load(Box::new(file))));
                ui.close();
            }
        }
    });
}

/// The name of what is not a function of two numbers.
const NETWORK: &str = "a network's loss";

/// A network's loss, or a function of two numbers, to which data, model and loss say nothing.
fn minimised_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ExperimentCommand)) {
    let file = &view.experiment;
    let surfaces = Surface::ALL.into_iter().map(|surface| (surface.name(), Some(surface)));
    let present = file.surface.map_or(NETWORK, Surface::name);
    let hover = "What training descends on: the loss of a network on data, or a function of two numbers.";
    let values = std::iter::once((NETWORK, None)).chain(surfaces);
    if let Some(surface) = choice_row(ui, "Descend", hover, present, values) {
        let mut changed = with_surface(surface);
        changed.view.theme = file.view.theme;
        ask(ExperimentCommand::Load(Box::new(changed)));
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
fn start_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ExperimentCommand)) {
    let file = &view.experiment;
    if file.surface.is_none() {
        let inits = Init::ALL.into_iter().map(|init| (init.name(), init));
        let hover = "How the start of training is drawn.";
        if let Some(init) = choice_row(ui, "Init", hover, file.init.name(), inits) {
            ask(ExperimentCommand::Init(init));
        }
    }
    let hover = "A .npy file with a number for each parameter to start at instead; it can be dropped on the window. Empty for none.";
    let present = file.from.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    ui.horizontal(|ui| {
        let label = ui.label("Start from").on_hover_text(hover).id;
        let read = |text: &str| Ok((!text.trim().is_empty()).then(|| text.trim().into()));
        if let Some(from) = text_ui(ui, ui.id().with("from"), label, hover, &present, &read) {
            ask(ExperimentCommand::Load(Box::new(ExperimentFile { from, ..file.clone() })));
        }
    });
    refused(ui, view, &["init", "from"]);
}

fn data_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ExperimentCommand)) {
    let file = &view.experiment;
    let datasets = DatasetConfig::all().into_iter().map(|dataset| (dataset.name(), dataset));
    let hover = "The points it learns from. A table of your own (.csv, .tsv, .txt, .data) can be dropped on the window.";
    if let Some(dataset) = choice_row(ui, "Dataset", hover, file.dataset.name(), datasets) {
        ask(ExperimentCommand::Dataset(dataset));
    }
    ui.indent("dataset", |ui| {
        if let Some(dataset) = settings_ui(ui, "dataset", &file.dataset) {
            ask(ExperimentCommand::Dataset(dataset));
        }
        let hover = "Share of the data that training never sees, 0 to below 1.";
        ui.horizontal(|ui| {
            let label = ui.label(egui::RichText::new("held out").weak()).on_hover_text(hover).id;
            if let Some(share) = number_ui(ui, ui.id().with("held out"), label, hover, FIELD, file.held_out) {
                ask(ExperimentCommand::HeldOut(share));
            }
        });
        let mut is_on = file.standardize;
        let hover = "Brings each input to mean 0 and deviation 1, by the rows that are trained on.";
        if ui.checkbox(&mut is_on, "standardize").on_hover_text(hover).changed() {
            ask(ExperimentCommand::Standardize(is_on));
        }
        for note in &view.notes {
            ui.add(egui::Label::new(egui::RichText::new(note).weak().small()).wrap());
        }
        refused(ui, view, &["dataset", "held_out", "standardize"]);
    });
}

fn model_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ExperimentCommand)) {
    let file = &view.experiment;
    let models = ModelConfig::all().into_iter().map(|model| (model.name(), model));
    if let Some(model) = choice_row(ui, "Model", "The network that is trained.", file.model.name(), models) {
        ask(ExperimentCommand::Model(model));
    }
    ui.indent("model", |ui| {
        if let Some(model) = settings_ui(ui, "model", &file.model) {
            ask(ExperimentCommand::Model(model));
        }
        refused(ui, view, &["model"]);
    });
    let losses = Loss::ALL.into_iter().map(|loss| (loss.name(), loss));
    if let Some(loss) = choice_row(ui, "Loss", "What is minimised.", file.loss.name(), losses) {
        ask(ExperimentCommand::Loss(loss));
    }
    refused(ui, view, &["loss"]);
}

fn optimizer_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ExperimentCommand)) {
    let file = &view.experiment;
    let optimizers = OptimizerConfig::all().into_iter().map(|optimizer| (optimizer.name(), optimizer));
    let hover = "The rule that turns a gradient into a step, with PyTorch's names and defaults.";
    if let Some(optimizer) = choice_row(ui, "Optimizer", hover, file.optimizer.name(), optimizers) {
        ask(ExperimentCommand::Optimizer(optimizer));
    }
    ui.indent("optimizer", |ui| {
        if let Some(optimizer) = settings_ui(ui, "optimizer", &file.optimizer) {
            ask(ExperimentCommand::Optimizer(optimizer));
        }
        refused(ui, view, &["optimizer"]);
    });
    let schedules = Schedule::all().into_iter().map(|schedule| (schedule.name(), schedule));
    let hover = "How the learning rate changes over the run.";
    if let Some(schedule) = choice_row(ui, "Schedule", hover, file.schedule.name(), schedules) {
        ask(ExperimentCommand::Schedule(schedule));
    }
    ui.indent("schedule", |ui| {
        if let Some(schedule) = settings_ui(ui, "schedule", &file.schedule) {
            ask(ExperimentCommand::Schedule(schedule));
        }
        refused(ui, view, &["schedule"]);
    });
    numbers_ui(ui, view, file, ask);
}

fn numbers_ui(
    ui: &mut egui::Ui,
    view: &PanelView,
    file: &ExperimentFile,
    ask: &mut impl FnMut(ExperimentCommand),
) {
    let points = view.examples.unwrap_or_else(|| file.dataset.points());
    let batch = match file.batch {
        BatchSize::Full => points,
        BatchSize::Size(size) => size,
    };
    let hover = "How many examples a step sees; all of them is gradient descent, fewer is stochastic.";
    if let Some(size) = number(ui, "Batch", hover, batch) {
        let size = if size == points { BatchSize::Full } else { BatchSize::Size(size) };
        ask(ExperimentCommand::Batch(size));
    }
    if let Some(steps) = number(ui, "Steps", "How long training is planned to go on.", file.steps) {
        ask(ExperimentCommand::Steps(steps));
    }
    let hover = "Sets all that is random: points, start, batches. The same seed gives the same run.";
    if let Some(seed) = number(ui, "Seed", hover, file.seed) {
        ask(ExperimentCommand::Seed(seed));
    }
    refused(ui, view, &["batch", "steps", "seed"]);
}

/// A row with a number; another, once it was typed or dragged to its end.
pub(super) fn number<N: Quantity>(ui: &mut egui::Ui, name: &str, hover: &str, present: N) -> Option<N> {
    ui.horizontal(|ui| {
        let label = ui.label(name).on_hover_text(hover);
        number_ui(ui, ui.id().with(name), label.id, hover, FIELD, present)
    })
    .inner
}
