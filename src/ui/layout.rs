//! The menu of charts: which are open, and how they stand beside the landscape.

use bevy_egui::egui;
use bevy_egui::egui::containers::menu::{MenuButton, MenuConfig};

use super::dial::Dial;
use super::dock::toggled;
use super::look::optional;
use super::view::PanelView;
use crate::core::command::Command;
use crate::core::experiment::{Change, ChartKind, Layout, Setting};

/// Draws the menu.
pub fn layout_menu_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    // Several are chosen at once.
    let stays = MenuConfig::new().close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    MenuButton::new("Charts ⏷").config(stays).ui(ui, |ui| {
        let look = &view.experiment.view;
        for kind in ChartKind::ALL {
            let mut is_open = look.charts.contains(kind);
            if ui.checkbox(&mut is_open, kind.name()).on_hover_text(kind.about().hint).changed() {
                asked.push(Command::Set(toggled(look, *kind)));
            }
        }
        ui.separator();
        ui.horizontal(|ui| {
            for layout in Layout::ALL {
                let button = ui.selectable_label(look.layout == *layout, title(*layout));
                if button.on_hover_text(hint(*layout)).clicked() {
                    asked.push(Command::Set(Change::Layout(*layout)));
                }
            }
        });
        share_ui(ui, view, asked);
        let hint = Setting::Levels.row().doc;
        let [_, high] = view.slice.losses;
        if let Some(levels) = optional(ui, "Levels every", hint, look.levels, (0.0, 0.5 * high)) {
            asked.push(Command::Set(Change::Levels(levels)));
        }
    });
}

fn share_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let (setting, mut share) = (Setting::ChartShare, view.experiment.view.chart_share);
    ui.horizontal(|ui| {
        let hint = setting.row().doc;
        ui.label("Width").on_hover_text(hint);
        let range = setting.range().unwrap_or(0.2..=0.8);
        let dial = Dial { range, is_open: false, is_log: false, decimals: 2, suffix: "", after: 0.0 };
        for part in dial.show(ui, &mut share) {
            let part = part.on_hover_text(hint);
            ui.ctx().accesskit_node_builder(part.id, |node| node.set_label("Width of the charts"));
        }
    });
    if share != view.experiment.view.chart_share {
        asked.push(Command::Set(Change::ChartShare(share)));
    }
}

/// The name of a layout that people see.
pub fn title(layout: Layout) -> &'static str {
    match layout {
        Layout::Landscape => "Landscape",
        Layout::Beside => "Charts beside it",
        Layout::Charts => "Two charts",
        Layout::Chart => "Chart alone",
    }
}

fn hint(layout: Layout) -> &'static str {
    match layout {
        Layout::Landscape => "The landscape alone; with panels the charts stand among these.",
        Layout::Beside => "The first two charts large beside the landscape, in films and pictures too.",
        Layout::Charts => {
            "The first two charts side by side in the place of the landscape, in films and pictures too."
        }
        Layout::Chart => "The first chart in the place of the landscape, in films and pictures too.",
    }
}
