//! The dock on the right: the charts that are open, one below the other.

use bevy_egui::egui;

use super::chart::chart_ui;
use super::charts::ChartKind;
use super::desk::Desk;
use super::view::PanelView;
use crate::core::command::{Command, ViewCommand};

/// Draws the open charts.
pub fn dock_ui(ui: &mut egui::Ui, view: &PanelView, desk: &mut Desk, asked: &mut Vec<Command>) {
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        for (kind, chart) in &view.charts {
            ui.horizontal(|ui| {
                ui.strong(kind.name()).on_hover_text(kind.hint());
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let close = ui.small_button("×").on_hover_text("Closes this chart.");
                    close.widget_info(|| named(&format!("Close {}", kind.name())));
                    if close.clicked() {
                        desk.toggle(*kind);
                    }
                    #[cfg(feature = "desktop")]
                    super::desktop::chart_menu_ui(ui, *kind, desk);
                    if *kind == ChartKind::Curves {
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

/// What a click or a drag in a chart asks for.
fn touched(
    ui: &egui::Ui,
    kind: ChartKind,
    [x, y]: [f64; 2],
    view: &PanelView,
    desk: &mut Desk,
    asked: &mut Vec<Command>,
) {
    let has_shift = ui.input(|input| input.modifiers.shift);
    let k = view.axes.len();
    let mut select = |alpha: Vec<f64>| {
        let is_within =
            alpha.iter().zip(&view.alpha_ranges).all(|(a, (low, high))| (*low..=*high).contains(a));
        if is_within && view.selected.as_ref() != Some(&alpha) {
            asked.push(Command::View(ViewCommand::Select(Some(alpha))));
        }
    };
    let here = || {
        let mut alpha = view.selected.clone().unwrap_or_else(|| view.marker.clone());
        alpha.resize(k, view.alpha3);
        alpha
    };
    match kind {
        ChartKind::Map if k > 1 => {
            let mut alpha = vec![x, y];
            alpha.resize(k, view.alpha3);
            select(alpha);
        }
        ChartKind::Sections if k > 1 => {
            let mut alpha = here();
            alpha[usize::from(has_shift)] = x;
            select(alpha);
        }
        ChartKind::Loss if has_shift => desk.example[1] = x.clamp(0.0, 1.0),
        ChartKind::Loss => desk.example[0] = x,
        ChartKind::Curves => {
            let step = x.max(0.0).round() as u64;
            if step != view.step {
                asked.push(Command::Run(crate::core::command::RunCommand::Seek(step)));
            }
        }
        _ => {}
    }
}

/// What a button is called where its sign says too little.
pub fn named(name: &str) -> egui::WidgetInfo {
    egui::WidgetInfo::labeled(egui::WidgetType::Button, true, name)
}
