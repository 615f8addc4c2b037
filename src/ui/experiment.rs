//! What is computed: data, model, loss, optimizer, seed.

use bevy_egui::egui;

use super::settings::{number_ui, settings_ui};
use super::style::refused;
use super::view::PanelView;
use crate::core::data::{BatchSize, DatasetConfig};
use crate::core::experiment::{ExperimentFile, builtin};
use crate::core::loss::Loss;
use crate::core::model::{Init, ModelConfig};
use crate::core::optim::{OptimizerConfig, Schedule};
use crate::core::script::{Command, ExperimentCommand};

/// Draws the fold.
pub fn experiment_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let file = &view.experiment;
    let title = egui::RichText::new(&file.title).weak();
    ui.add(egui::Label::new(title).truncate());
    load_menu(ui, asked);
    let mut ask = |command| asked.push(Command::Experiment(command));
    data_ui(ui, view, &mut ask);
    model_ui(ui, view, &mut ask);
    optimizer_ui(ui, view, &mut ask);
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

fn data_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ExperimentCommand)) {
    let file = &view.experiment;
    let datasets = DatasetConfig::all().into_iter().map(|dataset| (dataset.name(), dataset));
    let hover = "The points it learns from. A .csv file of your own can be dropped on the window.";
    if let Some(mut dataset) = choice(ui, "Dataset", hover, file.dataset.name(), datasets) {
        dataset.set_points(file.dataset.points());
        ask(ExperimentCommand::Dataset(dataset));
    }
    ui.indent("dataset", |ui| {
        if let Some(dataset) = settings_ui(ui, "dataset", &file.dataset) {
            ask(ExperimentCommand::Dataset(dataset));
        }
        let hover = "Share of the data that training never sees, 0 to below 1.";
        if let Some(share) = number(ui, "held out", hover, file.held_out) {
            ask(ExperimentCommand::HeldOut(share));
        }
        refused(ui, view, &["dataset", "held_out"]);
    });
}

fn model_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ExperimentCommand)) {
    let file = &view.experiment;
    let models = ModelConfig::all().into_iter().map(|model| (model.name(), model));
    if let Some(model) = choice(ui, "Model", "The network that is trained.", file.model.name(), models) {
        ask(ExperimentCommand::Model(model));
    }
    ui.indent("model", |ui| {
        if let Some(model) = settings_ui(ui, "model", &file.model) {
            ask(ExperimentCommand::Model(model));
        }
        refused(ui, view, &["model"]);
    });
    let inits = Init::ALL.into_iter().map(|init| (init.name(), init));
    if let Some(init) = choice(ui, "Init", "How the start of training is drawn.", file.init.name(), inits) {
        ask(ExperimentCommand::Init(init));
    }
    let losses = Loss::ALL.into_iter().map(|loss| (loss.name(), loss));
    if let Some(loss) = choice(ui, "Loss", "What is minimised.", file.loss.name(), losses) {
        ask(ExperimentCommand::Loss(loss));
    }
    refused(ui, view, &["loss", "init"]);
}

fn optimizer_ui(ui: &mut egui::Ui, view: &PanelView, ask: &mut impl FnMut(ExperimentCommand)) {
    let file = &view.experiment;
    let optimizers = OptimizerConfig::all().into_iter().map(|optimizer| (optimizer.name(), optimizer));
    let hover = "The rule that turns a gradient into a step, with PyTorch's names and defaults.";
    if let Some(optimizer) = choice(ui, "Optimizer", hover, file.optimizer.name(), optimizers) {
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
    if let Some(schedule) = choice(ui, "Schedule", hover, file.schedule.name(), schedules) {
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
pub(super) fn number<N: egui::emath::Numeric + Default + Send + Sync>(
    ui: &mut egui::Ui,
    name: &str,
    hover: &str,
    present: N,
) -> Option<N> {
    ui.horizontal(|ui| {
        let label = ui.label(name).on_hover_text(hover);
        number_ui(ui, ui.id().with(name), label.id, hover, present)
    })
    .inner
}

/// A menu of named values; the one chosen, if it is another than the present.
pub(super) fn choice<T>(
    ui: &mut egui::Ui,
    name: &str,
    hover: &str,
    present: &str,
    values: impl Iterator<Item = (&'static str, T)>,
) -> Option<T> {
    let mut chosen = None;
    ui.horizontal(|ui| {
        let label = ui.label(name).on_hover_text(hover);
        let menu = egui::ComboBox::from_id_salt(name).selected_text(present).width(120.0);
        let response = menu.show_ui(ui, |ui| {
            for (value_name, value) in values {
                if ui.selectable_label(value_name == present, value_name).clicked() && value_name != present {
                    chosen = Some(value);
                }
            }
        });
        response.response.labelled_by(label.id).on_hover_text(hover);
    });
    chosen
}
