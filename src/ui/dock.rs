//! The dock on the right: the charts that are open, one below the other.

use bevy_egui::egui;

use super::chart::chart_ui;
use super::charts::Pointed;
use super::desk::Desk;
use super::style::named;
use super::touch::asked_by;
use super::view::PanelView;
use crate::core::command::Command;
use crate::core::experiment::{Change, ChartKind, ViewFile};

/// Draws the open charts.
pub fn dock_ui(ui: &mut egui::Ui, view: &PanelView, desk: &mut Desk, asked: &mut Vec<Command>) {
    let mut over = None;
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for (kind, chart) in &view.charts {
            head_ui(ui, *kind, view, desk, asked);
            let hand = chart_ui(ui, kind.name(), chart);
            over = over.or(hand.over.map(|spot| Pointed { kind: *kind, spot }));
            if let Some(touched) = hand.touched {
                let has_shift = ui.input(|input| input.modifiers.shift);
                asked.extend(asked_by(*kind, touched, has_shift, view));
            }
            ui.add_space(8.0);
        }
    });
    if desk.pointed != over {
        desk.pointed = over;
        ui.ctx().request_repaint();
    }
}

/// The charts with one more at the end, or without one that was open.
pub fn toggled(look: &ViewFile, kind: ChartKind) -> Change {
    let mut charts = look.charts.clone();
    match charts.iter().position(|open| *open == kind) {
        Some(at) => drop(charts.remove(at)),
        None => charts.push(kind),
    }
    Change::Charts(charts)
}

/// A chart's name, and what may be chosen of it.
fn head_ui(ui: &mut egui::Ui, kind: ChartKind, view: &PanelView, desk: &mut Desk, asked: &mut Vec<Command>) {
    let (look, about) = (&view.experiment.view, kind.about());
    ui.horizontal(|ui| {
        ui.strong(about.name).on_hover_text(about.hint);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let close = ui.small_button("×").on_hover_text("Closes this chart.");
            close.widget_info(|| named(&format!("Close {}", about.name)));
            if close.clicked() {
                asked.push(Command::Set(toggled(look, kind)));
            }
            #[cfg(feature = "desktop")]
            super::desktop::chart_menu_ui(ui, kind, desk);
            #[cfg(not(feature = "desktop"))]
            let _ = desk;
        });
    });
    if about.switches.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for switch in about.switches {
            let mut is_on = (switch.is_on)(look);
            if ui.checkbox(&mut is_on, switch.name).on_hover_text(switch.hint).changed() {
                asked.push(Command::Set((switch.turn)(look, is_on)));
            }
        }
    });
}
