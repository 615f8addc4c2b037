//! Two landscapes beside each other: which one the panels are about, what they have in common, and what may stand
//! beside the only one.

use bevy_egui::egui;

use super::desk::Desk;
use super::dial::Dial;
use super::menu::choice_row;
use super::style::{named, refused};
use super::view::PanelView;
use crate::core::command::Command;
use crate::core::experiment::contrast::contrasts;
use crate::core::experiment::{Change, CompareBy, Setting};

/// Draws what belongs to both.
pub fn compare_ui(ui: &mut egui::Ui, view: &PanelView, desk: &mut Desk, asked: &mut Vec<Command>) {
    match &view.sides {
        Some(sides) => sides_ui(ui, view, sides, desk, asked),
        None if view.slice.is_imported => {}
        None => contrast_menu(ui, view, asked),
    }
    refused(ui, &view.news.refusal, &["compare"]);
}

/// What may stand beside the only one.
fn contrast_menu(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let hover = "Another landscape stands beside this one; it differs in one setting, and then in whatever is changed \
                 while its side is chosen.";
    let menu = ui.menu_button("Compare with ⏷", |ui| {
        for contrast in contrasts(&view.experiment, view.examples.unwrap_or(0)) {
            if ui.button(contrast.name).clicked() {
                asked.push(Command::Set(Change::Compare(vec![contrast.assignment])));
                ui.close();
            }
        }
    });
    menu.response.on_hover_text(hover);
}

fn sides_ui(
    ui: &mut egui::Ui,
    view: &PanelView,
    sides: &[String; 2],
    desk: &mut Desk,
    asked: &mut Vec<Command>,
) {
    ui.horizontal(|ui| {
        let hover = "Ends the comparison: the landscape on the left stays.";
        let end = ui.small_button("×").on_hover_text(hover);
        end.widget_info(|| named("End the comparison"));
        if end.clicked() {
            asked.push(Command::Set(Change::Compare(Vec::new())));
            desk.is_second = false;
        }
        ui.label("Panels are about");
    });
    for (is_second, name) in [(false, &sides[0]), (true, &sides[1])] {
        let place = if is_second { "right" } else { "left" };
        let text = egui::RichText::new(format!("{place}: {name}"));
        let button = egui::Button::selectable(desk.is_second == is_second, text).truncate();
        if ui.add(button).clicked() {
            desk.is_second = is_second;
        }
    }
    let look = &view.experiment.view;
    let mut is_shared = look.has_shared_scale;
    if ui
        .checkbox(&mut is_shared, "One scale of heights")
        .on_hover_text(Setting::SharedScale.row().doc)
        .changed()
    {
        asked.push(Command::Set(Change::SharedScale(is_shared)));
    }
    let values = CompareBy::ALL.iter().map(|by| (by.name(), *by));
    let hint = Setting::CompareBy.row().doc;
    if let Some(by) = choice_row(ui, "Abreast by", hint, look.compare_by.name(), values) {
        asked.push(Command::Set(Change::CompareBy(by)));
    }
    between_ui(ui, view, asked);
    ui.separator();
}

/// How far the left one has become the right one, where anything lies between.
fn between_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    if !view.checked.as_ref().is_some_and(|experiment| experiment.has_between()) {
        return;
    }
    let hint = Setting::Between.row().doc;
    let before = view.experiment.view.between.unwrap_or(0.0);
    let mut share = before;
    ui.horizontal(|ui| {
        ui.label("Between").on_hover_text(hint);
        let dial =
            Dial { range: 0.0..=1.0, is_open: false, is_log: false, decimals: 2, suffix: "", after: 0.0 };
        for part in dial.show(ui, &mut share) {
            let part = part.on_hover_text(hint);
            ui.ctx().accesskit_node_builder(part.id, |node| node.set_label("Between the two"));
        }
    });
    if share != before {
        asked.push(Command::Set(Change::Between((share > 0.0).then_some(share))));
    }
}

/// What the panels ask for while they are about the second landscape, as it is asked of the first.
pub fn of_second(view: &PanelView, command: Command) -> Command {
    match (command, &view.checked) {
        (Command::Set(change), Some(experiment)) => Command::Set(experiment.change_of_second(change)),
        (command, _) => command,
    }
}
