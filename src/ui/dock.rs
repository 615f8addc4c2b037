//! The dock on the right: the charts that are open, one below the other.

use bevy_egui::egui;

use super::chart::chart_ui;
use super::charts::{ChartKind, Touch, Touched};
use super::desk::Desk;
use super::style::named;
use super::view::PanelView;
use crate::core::command::{Command, RunCommand, ViewCommand};

/// Draws the open charts.
pub fn dock_ui(ui: &mut egui::Ui, view: &PanelView, desk: &mut Desk, asked: &mut Vec<Command>) {
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for (kind, chart) in &view.charts {
            ui.horizontal(|ui| {
                ui.strong(kind.name()).on_hover_text(kind.about().hint);
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let close = ui.small_button("×").on_hover_text("Closes this chart.");
                    close.widget_info(|| named(&format!("Close {}", kind.name())));
                    if close.clicked() {
                        desk.toggle(*kind);
                    }
                    #[cfg(feature = "desktop")]
                    super::desktop::chart_menu_ui(ui, *kind, desk);
                    if kind.about().has_log {
                        ui.checkbox(&mut desk.is_log, "log")
                            .on_hover_text("A logarithmic scale of the loss.");
                    }
                });
            });
            if let Some(at) = chart_ui(ui, kind.name(), chart) {
                touched(ui, *kind, at, view, desk, asked);
            }
            ui.add_space(8.0);
        }
    });
}

/// Asks for what a click or a drag in a chart means.
fn touched(
    ui: &egui::Ui,
    kind: ChartKind,
    at: [f64; 2],
    view: &PanelView,
    desk: &mut Desk,
    asked: &mut Vec<Command>,
) {
    let mut alpha = view.slice.selected.clone().unwrap_or_else(|| view.run.marker.clone());
    alpha.resize(view.slice.axes.len(), view.slice.alpha3);
    let has_shift = ui.input(|input| input.modifiers.shift);
    let touch = Touch { at, has_shift, alpha, alpha3: view.slice.alpha3, example: desk.example };
    let is_within = |alpha: &[f64]| {
        let mut ranges = alpha.iter().zip(&view.slice.alpha_ranges);
        ranges.all(|(a, (low, high))| (*low..=*high).contains(a))
    };
    match (kind.about().touched)(&touch) {
        Some(Touched::Point(alpha)) if is_within(&alpha) && view.slice.selected.as_ref() != Some(&alpha) => {
            asked.push(Command::View(ViewCommand::Select(Some(alpha))));
        }
        Some(Touched::Step(step)) if step != view.run.step => {
            asked.push(Command::Run(RunCommand::Seek(step)))
        }
        Some(Touched::Example(example)) => desk.example = example,
        Some(Touched::Point(_) | Touched::Step(_)) | None => {}
    }
}
