//! Runs side by side: who is in the race, how each descends, and who joins it.

use bevy_egui::egui;

use super::menu::choice_row;
use super::settings::settings_ui;
use super::style::{color32, loss_text, named, refused};
use super::view::{PanelView, RunRow};
use crate::core::command::{Command, RaceStart, RunCommand};
use crate::core::optim::OptimizerConfig;
use crate::core::text::{Measured, Percent};
use crate::scene::theme::Palette;

/// Draws the panel.
pub fn race_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let mut ask = |command| asked.push(Command::Run(command));
    ui.horizontal(|ui| {
        let hover = format!(
            "Another optimizer sets out from the same start, on the same plane; all begin again at step 0, side by \
             side. {PACE}"
        );
        if let Some(optimizer) = optimizer_menu(ui, "Race another optimizer ⏷", &hover) {
            ask(rival(view, optimizer));
        }
    });
    if view.runs.len() < 2 {
        return;
    }
    let palette = Palette::from(view.experiment.view.theme);
    for (place, run) in view.runs.iter().enumerate() {
        let color = color32(palette.run(run.number));
        // The first one chose the plane.
        for command in run_ui(ui, run, color, place == 0) {
            ask(command);
        }
    }
    refused(ui, &view.news.refusal, &["runs", "run"]);
}

/// What is told of the learning rate of whoever joins.
const PACE: &str = "It gets the learning rate at which its first step is as long as that of the run that the plane goes through; that can be changed below.";

/// What lets that optimizer join, with a learning rate that is fair to it.
pub(super) fn rival(view: &PanelView, optimizer: OptimizerConfig) -> RunCommand {
    let optimizer = match &view.checked {
        Some(experiment) => experiment.paced(optimizer),
        None => optimizer,
    };
    RunCommand::Race { optimizer, from: RaceStart::Same }
}

/// A run: what it is, where it is, and how it descends; what is asked of it. It has as many rows whatever they
/// say, so that no other moves.
fn run_ui(ui: &mut egui::Ui, run: &RunRow, color: egui::Color32, leads: bool) -> Vec<RunCommand> {
    let mut asked = Vec::new();
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if !leads {
                let button = ui.small_button("×").on_hover_text("Takes this run out of the race.");
                button.widget_info(|| named(&format!("Retire {}", run.name)));
                asked.extend(button.clicked().then_some(RunCommand::Retire(run.id)));
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.colored_label(color, "⏺");
                let name = ui.add(egui::Label::new(name_text(run)).truncate());
                if !leads {
                    name.on_hover_text(PACE);
                }
            });
        });
    });
    ui.add(egui::Label::new(egui::RichText::new(state_text(run)).weak()).truncate());
    asked.extend(plane_ui(ui, run, leads));
    asked.extend(optimizer_ui(ui, run));
    asked
}

fn name_text(run: &RunRow) -> String {
    let lr =
        run.optimizer.as_ref().map_or(String::new(), |optimizer| format!(" lr {}", Measured(optimizer.lr())));
    format!("{}{lr}", run.name)
}

fn state_text(run: &RunRow) -> String {
    let loss = run.loss.map_or("–".to_owned(), loss_text);
    let right = run.accuracy.map_or(String::new(), |share| format!(" · {:.0}", Percent(share)));
    let verdict = match run.verdict {
        _ if run.has_diverged => " · blew up".to_owned(),
        Some(verdict) => format!(" · {}", verdict.kind.word()),
        None => String::new(),
    };
    format!("step {} · {loss}{right}{verdict}", run.step)
}

/// Which run the plane is laid through.
fn plane_ui(ui: &mut egui::Ui, run: &RunRow, leads: bool) -> Option<RunCommand> {
    if leads {
        ui.add_enabled(false, egui::Button::new("The plane goes through this run").small());
        return None;
    }
    let hover = "Lays the plane through this run instead: which of them looks best depends on it.";
    let why = "It did not set out where the experiment starts: the plane shows that start.";
    let button = ui.add_enabled(run.may_lead, egui::Button::new("Plane through this run").small());
    button.widget_info(|| named(&format!("Plane of {}", run.name)));
    button.on_hover_text(hover).on_disabled_hover_text(why).clicked().then_some(RunCommand::Lead(run.id))
}

/// The optimizer with its numbers, in place: all runs begin again with what was changed.
fn optimizer_ui(ui: &mut egui::Ui, run: &RunRow) -> Option<RunCommand> {
    let optimizer = run.optimizer.as_ref()?;
    let title = egui::RichText::new(format!("Settings of {}", run.name)).weak();
    let fold = egui::CollapsingHeader::new(title).id_salt(("settings of a run", run.id.0));
    let hover = "The rule by which this run descends. All runs of the race begin again once it is changed.";
    let draw = |ui: &mut egui::Ui| {
        let all = OptimizerConfig::all().into_iter().map(|optimizer| (optimizer.name(), optimizer));
        let chosen = choice_row(ui, "Rule", hover, optimizer.name(), all);
        chosen.or(settings_ui(ui, &format!("run {}", run.id.0), optimizer, &OptimizerConfig::all()))
    };
    let changed = fold.show(ui, draw).body_returned.flatten()?;
    Some(RunCommand::Tune { run: run.id, optimizer: changed })
}

fn optimizer_menu(ui: &mut egui::Ui, text: &str, hover: &str) -> Option<OptimizerConfig> {
    let mut chosen = None;
    let menu = ui.menu_button(text, |ui| {
        for optimizer in OptimizerConfig::all() {
            if ui.button(optimizer.name()).clicked() {
                chosen = Some(optimizer);
                ui.close();
            }
        }
    });
    menu.response.on_hover_text(hover);
    chosen
}
