//! Runs side by side: who is in the race, how each descends, and who joins it.

use bevy_egui::egui;

use super::experiment::number;
use super::menu::choice_row;
use super::settings::settings_ui;
use super::style::{color32, loss_text, named, refused};
use super::view::{PanelView, RunRow};
use crate::core::command::{Command, RaceStart, RunCommand, Ways};
use crate::core::data::BatchSize;
use crate::core::experiment::Setting;
use crate::core::optim::{OptimizerConfig, Schedule};
use crate::core::text::{Measured, Percent};
use crate::scene::theme::Palette;

/// Draws the panel.
pub fn race_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    if view.is_imported {
        return;
    }
    let mut ask = |command| asked.push(Command::Run(command));
    ui.horizontal(|ui| {
        let hover = format!(
            "Another run sets out from the same start, on the same plane; all begin again at step 0, side by side. \
             {PACE}"
        );
        if let Some(rival) = rivals_menu(ui, view, "Race another run ⏷", &hover) {
            ask(rival);
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
const PACE: &str = "Another optimizer gets the learning rate at which its first step is as long as that of the run that the plane goes through; that can be changed below.";

/// What lets that optimizer join, with a learning rate that is fair to it.
pub(super) fn rival(view: &PanelView, optimizer: OptimizerConfig) -> RunCommand {
    let optimizer = match &view.checked {
        Some(experiment) => experiment.paced(optimizer),
        None => optimizer,
    };
    let walk = (!view.experiment.walk.is_empty()).then(Vec::new);
    RunCommand::race(Ways { walk, ..optimizer.into() }, RaceStart::Same)
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
    asked.extend(ways_ui(ui, run));
    asked
}

fn name_text(run: &RunRow) -> String {
    let trained = run.ways.optimizer.as_ref().filter(|_| !run.ways.is_walk());
    let lr = trained.map_or(String::new(), |optimizer| format!(" lr {}", Measured(optimizer.lr())));
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

/// How a run is trained, in place: all runs begin again with what was changed.
fn ways_ui(ui: &mut egui::Ui, run: &RunRow) -> Option<RunCommand> {
    let title = egui::RichText::new(format!("Settings of {}", run.name)).weak();
    let fold = egui::CollapsingHeader::new(title).id_salt(("settings of a run", run.id.0));
    let draw = |ui: &mut egui::Ui| optimizer_ui(ui, run).or(schedule_ui(ui, run)).or(batch_ui(ui, run));
    let changed = fold.show(ui, draw).body_returned.flatten()?;
    Some(RunCommand::tune(run.id, changed))
}

/// What follows upon a change.
const AGAIN: &str = "All runs of the race begin again once it is changed.";

fn optimizer_ui(ui: &mut egui::Ui, run: &RunRow) -> Option<Ways> {
    let optimizer = run.ways.optimizer.as_ref()?;
    let hover = format!("The rule by which this run descends. {AGAIN}");
    let all = OptimizerConfig::all().into_iter().map(|optimizer| (optimizer.name(), optimizer));
    let chosen = choice_row(ui, "Rule", &hover, optimizer.name(), all);
    let id = format!("run {}", run.id.0);
    chosen.or(settings_ui(ui, &id, optimizer, &OptimizerConfig::all())).map(Ways::from)
}

fn schedule_ui(ui: &mut egui::Ui, run: &RunRow) -> Option<Ways> {
    let schedule = run.ways.schedule.as_ref()?;
    let hover = format!("{} {AGAIN}", Setting::Schedule.row().doc);
    let all = Schedule::all().into_iter().map(|schedule| (schedule.name(), schedule));
    let chosen = choice_row(ui, "Rate", &hover, schedule.name(), all);
    let id = format!("rate of run {}", run.id.0);
    chosen.or(settings_ui(ui, &id, schedule, &Schedule::all())).map(Ways::from)
}

fn batch_ui(ui: &mut egui::Ui, run: &RunRow) -> Option<Ways> {
    let batch = run.ways.batch?;
    let hover = format!("{} 0 is all of them. {AGAIN}", Setting::Batch.row().doc);
    let present = match batch {
        BatchSize::Full => 0,
        BatchSize::Size(size) => size,
    };
    let size = number(ui, "Examples a step", &hover, present)?;
    Some(if size == 0 { BatchSize::Full } else { BatchSize::Size(size) }.into())
}

/// The rivals there are: the run that the plane goes through once more, to be trained otherwise in any way, or with
/// another optimizer.
fn rivals_menu(ui: &mut egui::Ui, view: &PanelView, text: &str, hover: &str) -> Option<RunCommand> {
    let mut chosen = None;
    let menu = ui.menu_button(text, |ui| {
        let same = ui.button("the same once more");
        if same.on_hover_text("Its batch, schedule or optimizer can then be changed below.").clicked() {
            chosen = Some(RunCommand::race(Ways::default(), RaceStart::Same));
        }
        for optimizer in OptimizerConfig::all() {
            if ui.button(optimizer.name()).clicked() {
                chosen = Some(rival(view, optimizer));
            }
        }
        if chosen.is_some() {
            ui.close();
        }
    });
    menu.response.on_hover_text(hover);
    chosen
}
