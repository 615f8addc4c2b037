//! Runs side by side: who is in the race, and who joins it.

use bevy_egui::egui;

use super::dock::named;
use super::style::{color32, loss_text};
use super::view::PanelView;
use crate::core::optim::OptimizerConfig;
use crate::core::script::{Command, RaceStart, RunCommand};
use crate::scene::theme::Palette;

/// Draws the panel.
pub fn race_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let mut ask = |command| asked.push(Command::Run(command));
    ui.horizontal(|ui| {
        let hover = "Another optimizer sets out from the same start, on the same plane.";
        if let Some(optimizer) = optimizer_menu(ui, "Race ⏷", hover) {
            ask(RunCommand::Race { optimizer, from: RaceStart::Same });
        }
        if let Some(alpha) = &view.selected {
            let hover = "A run sets out from the point that was chosen on the surface.";
            if ui.button("Start a run here").on_hover_text(hover).clicked() {
                let optimizer = view.experiment.optimizer.clone();
                ask(RunCommand::Race { optimizer, from: RaceStart::Slice(alpha.clone()) });
            }
        }
    });
    if view.runs.len() < 2 {
        return;
    }
    let palette = Palette::from(view.experiment.view.theme);
    for (place, run) in view.runs.iter().enumerate() {
        ui.horizontal(|ui| {
            ui.colored_label(color32(palette.run(run.number)), "⏺");
            let loss = run.loss.map_or("–".to_owned(), loss_text);
            let right = run.accuracy.map_or(String::new(), |share| format!(" · {:.0} %", 100.0 * share));
            let verdict = match run.verdict {
                _ if run.has_diverged => " · diverged".to_owned(),
                Some(verdict) => format!(" · {}", verdict.word()),
                None => String::new(),
            };
            ui.label(format!("{} · {} · {loss}{right}{verdict}", run.name, run.step));
            // The first one chose the plane.
            if place > 0 {
                let button = ui.small_button("×").on_hover_text("Takes this run out of the race.");
                button.widget_info(|| named(&format!("Retire {}", run.name)));
                if button.clicked() {
                    ask(RunCommand::Retire(run.id));
                }
                if run.may_lead {
                    let hover =
                        "Lays the plane through this run instead: which of them looks best depends on it.";
                    let button = ui.small_button("re-plane").on_hover_text(hover);
                    button.widget_info(|| named(&format!("Plane of {}", run.name)));
                    if button.clicked() {
                        ask(RunCommand::Lead(run.id));
                    }
                }
            }
        });
    }
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
