//! What is computed: model, dataset, seed, learning rate, batch, plane.

use bevy_egui::egui;

use super::style::heading;
use super::view::PanelView;
use crate::core::data::{BatchSize, DatasetConfig};
use crate::core::experiment::{ExperimentFile, builtin};
use crate::core::model::ModelConfig;
use crate::core::optim::OptimizerConfig;
use crate::core::script::{Command, ExperimentCommand};
use crate::core::subspace::PlaneConfig;

/// Numbers being typed: they become commands when the field is left.
#[derive(Clone, Debug, Default)]
pub struct Drafts {
    seed: Option<u64>,
    lr: Option<f64>,
    batch: Option<usize>,
    steps: Option<u64>,
}

/// Draws the panel.
pub fn experiment_ui(ui: &mut egui::Ui, view: &PanelView, drafts: &mut Drafts, asked: &mut Vec<Command>) {
    heading(ui, "Experiment");
    let file = &view.experiment;
    let title = egui::RichText::new(&file.title).weak();
    ui.add(egui::Label::new(title).truncate());
    load_menu(ui, asked);
    let mut ask = |command| asked.push(Command::Experiment(command));
    egui::Grid::new("experiment").num_columns(2).show(ui, |ui| {
        let models = ModelConfig::all().into_iter().map(|model| (model.name(), model));
        if let Some(model) = choice(ui, "Model", "The network that is trained.", file.model.name(), models) {
            ask(ExperimentCommand::Model(model));
        }
        let datasets = DatasetConfig::all().into_iter().map(|dataset| (dataset.name(), dataset));
        if let Some(mut dataset) = choice(ui, "Dataset", "The points it learns from.", file.dataset.name(), datasets) {
            dataset.set_points(file.dataset.points());
            ask(ExperimentCommand::Dataset(dataset));
        }
        let planes = PlaneConfig::all().into_iter().map(|plane| (plane.name(), plane));
        let hover = "How the plane is laid through parameter space: by the trajectory's principal components, or through start and end.";
        if let Some(plane) = choice(ui, "Plane", hover, file.slice.plane.name(), planes) {
            ask(ExperimentCommand::Plane(plane));
        }
        let optimizers = OptimizerConfig::all().into_iter().map(|optimizer| (optimizer.name(), optimizer));
        let hover = "The rule that turns a gradient into a step, with PyTorch's defaults.";
        if let Some(optimizer) = choice(ui, "Optimizer", hover, file.optimizer.name(), optimizers) {
            ask(ExperimentCommand::Optimizer(optimizer));
        }
    });
    egui::Grid::new("numbers").num_columns(4).show(ui, |ui| numbers_ui(ui, file, drafts, &mut ask));
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

fn numbers_ui(
    ui: &mut egui::Ui,
    file: &ExperimentFile,
    drafts: &mut Drafts,
    ask: &mut impl FnMut(ExperimentCommand),
) {
    let seed = egui::DragValue::new(drafts.seed.get_or_insert(file.seed)).speed(0.1);
    if labelled(
        ui,
        "Seed",
        "Sets all that is random: points, start, batches. The same seed gives the same run.",
        seed,
    ) {
        send(&mut drafts.seed, file.seed, |seed| ask(ExperimentCommand::Seed(seed)));
    }
    let lr = file.optimizer.lr();
    let field = egui::DragValue::new(drafts.lr.get_or_insert(lr)).speed(0.01 * lr).max_decimals(6);
    if labelled(ui, "Learning rate", "How far a step follows the gradient.", field) {
        send(&mut drafts.lr, lr, |lr| {
            let mut optimizer = file.optimizer.clone();
            optimizer.set_lr(lr);
            ask(ExperimentCommand::Optimizer(optimizer));
        });
    }
    ui.end_row();
    let points = file.dataset.points();
    let batch = match file.batch {
        BatchSize::Full => points,
        BatchSize::Size(size) => size,
    };
    let field = egui::DragValue::new(drafts.batch.get_or_insert(batch)).speed(1.0);
    let hover = "How many examples a step sees; all of them is gradient descent, fewer is stochastic.";
    if labelled(ui, "Batch", hover, field) {
        send(&mut drafts.batch, batch, |size| {
            let size = if size == points { BatchSize::Full } else { BatchSize::Size(size) };
            ask(ExperimentCommand::Batch(size));
        });
    }
    let field = egui::DragValue::new(drafts.steps.get_or_insert(file.steps)).speed(10.0);
    if labelled(ui, "Steps", "How long training is planned to go on.", field) {
        send(&mut drafts.steps, file.steps, |steps| ask(ExperimentCommand::Steps(steps)));
    }
}

/// A row with a field; whether it was left, by Enter, Tab or the end of a drag.
fn labelled(ui: &mut egui::Ui, name: &str, hover: &str, field: egui::DragValue) -> bool {
    let label = ui.label(name).on_hover_text(hover);
    let response = ui.add(field.update_while_editing(false)).labelled_by(label.id).on_hover_text(hover);
    // While it is neither typed nor dragged the field shows what the session holds.
    !(response.has_focus() || response.dragged())
}

/// Ends a draft: a changed value is sent.
fn send<T: PartialEq + Copy>(draft: &mut Option<T>, present: T, ask: impl FnOnce(T)) {
    if let Some(value) = draft.take().filter(|value| *value != present) {
        ask(value);
    }
}

/// A menu of named values; the one chosen, if it is another than the present.
fn choice<T>(
    ui: &mut egui::Ui,
    name: &str,
    hover: &str,
    present: &str,
    values: impl Iterator<Item = (&'static str, T)>,
) -> Option<T> {
    let mut chosen = None;
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
    ui.end_row();
    chosen
}
