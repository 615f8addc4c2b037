//! Runs side by side: who is in the race, and who joins it.

use bevy_egui::egui;

use super::dock::named;
use super::style::{color32, loss_text};
use super::view::{PanelView, RunRow};
use crate::core::optim::OptimizerConfig;
use crate::core::script::{Command, RaceStart, RunCommand};
use crate::core::text::Measured;
use crate::scene::theme::Palette;

/// Draws the panel.
pub fn race_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let mut ask = |command| asked.push(Command::Run(command));
    ui.horizontal(|ui| {
        let hover = "Another optimizer sets out from the same start, on the same plane.";
        if let Some(optimizer) = optimizer_menu(ui, "Race another optimizer ⏷", hover) {
            ask(RunCommand::Race { optimizer, from: RaceStart::Same });
        }
    });
    if view.runs.len() < 2 {
        return;
    }
    let palette = Palette::from(view.experiment.view.theme);
    for (place, run) in view.runs.iter().enumerate() {
        // The first one chose the plane.
        if run_ui(ui, run, color32(palette.run(run.number)), place > 0) {
            ask(RunCommand::Retire(run.id));
        }
        if place > 0 && run.may_lead {
            let hover = "Lays the plane through this run instead: which of them looks best depends on it.";
            let button = ui.indent(run.id.0, |ui| ui.small_button("Plane through this run")).inner;
            button.widget_info(|| named(&format!("Plane of {}", run.name)));
            if button.on_hover_text(hover).clicked() {
                ask(RunCommand::Lead(run.id));
            }
        }
    }
}

/// The row of a run; whether it is to leave.
fn run_ui(ui: &mut egui::Ui, run: &RunRow, color: egui::Color32, may_leave: bool) -> bool {
    let loss = run.loss.map_or("–".to_owned(), loss_text);
    let right = run.accuracy.map_or(String::new(), |share| format!(" · {:.0} %", 100.0 * share));
    let verdict = match run.verdict {
        _ if run.has_diverged => " · diverged".to_owned(),
        Some(verdict) => format!(" · {}", verdict.word()),
        None => String::new(),
    };
    let lr = run.lr.map_or(String::new(), |lr| format!(" lr {}", Measured(lr)));
    let text = format!("{}{lr} · {} · {loss}{right}{verdict}", run.name, run.step);
    let mut is_leaving = false;
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if may_leave {
                let button = ui.small_button("×").on_hover_text("Takes this run out of the race.");
                button.widget_info(|| named(&format!("Retire {}", run.name)));
                is_leaving = button.clicked();
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.colored_label(color, "⏺");
                ui.add(egui::Label::new(text).wrap());
            });
        });
    });
    is_leaving
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
