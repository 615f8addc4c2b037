//! The key numbers of the scene for those who do not see it: labels that take no room and draw nothing,
//! in the tree that screen readers read. They are there whatever else is shown.

use bevy_egui::egui::{self, accesskit::Live};

use super::chosen::alpha_text;
use super::desk::Desk;
use super::style::loss_text;
use super::view::PanelView;
use crate::core::probe::Brief;

use crate::core::text::{Measured, Percent};

/// Adds the labels.
pub fn mirror_ui(ui: &egui::Ui, view: &PanelView, desk: &Desk) {
    for (i, text) in numbers(view).into_iter().enumerate() {
        label(ui, ("number", i), text, Live::Off);
    }
    // What went wrong and what was done is read out when it comes.
    for (i, text) in news(view, desk).into_iter().enumerate() {
        label(ui, ("news", i), text, Live::Polite);
    }
}

fn label(ui: &egui::Ui, name: (&str, usize), text: String, live: Live) {
    let id = egui::Id::new("mirror").with(name);
    let nowhere = egui::Rect::from_min_size(ui.max_rect().min, egui::Vec2::ZERO);
    let response = ui.interact(nowhere, id, egui::Sense::empty());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Label, true, &text));
    ui.ctx().accesskit_node_builder(id, |node| node.set_live(live));
}

/// The numbers, each with its name.
fn numbers(view: &PanelView) -> Vec<String> {
    let loss = |value: Option<f64>| value.map_or("unknown".to_owned(), loss_text);
    let title = view.experiment.slice.quantity.title();
    let mut told = vec![
        format!("training is at step {} of {}", view.run.step, view.experiment.steps),
        format!("true loss {}", loss(view.run.true_loss())),
        format!("surface {title} below {}", loss(view.run.surface_loss)),
        format!("distance to the displayed plane {}", loss(view.run.plane_distance)),
    ];
    if view.run.is_evaluated {
        told.push(format!("loss as recorded {}", loss(view.run.loss)));
    }
    if !view.experiment.slice.quantity.is_loss() {
        told.push(format!("true {title} {}", loss(view.run.value)));
    }
    if view.slice.alpha3_range.is_some() {
        let how = if view.slice.is_exact { "exact" } else { "blended" };
        told.push(format!("alpha3 {}, {how}", Measured(view.slice.alpha3).steady(2)));
    }
    if let Some(share) = view.run.accuracy {
        told.push(format!("accuracy {}", Percent(share)));
    }
    if let Some(verdict) = view.run.verdict {
        told.push(format!("the point of training: {}", verdict.words()));
    }
    if let Some(chosen) = &view.chosen {
        let verdict = chosen.verdict.map_or("being looked at".to_owned(), Brief::words);
        let (at, loss) = (alpha_text(&chosen.alpha), loss(chosen.loss));
        told.push(format!("the chosen point {at} has {title} {loss}: {verdict}"));
    }
    for run in view.runs.iter().skip(1) {
        told.push(format!("racer {} is at step {} with loss {}", run.name, run.step, loss(run.loss)));
    }
    told
}

fn news(view: &PanelView, desk: &Desk) -> Vec<String> {
    let refusal = view.news.refusal.as_ref().map(|(field, why)| format!("refused: {field} = {why}"));
    let warning = view.news.warning.as_ref().map(|why| format!("warning: {why}"));
    let notice = desk.notice.as_ref().map(|notice| match notice {
        Ok(done) => format!("notice: {done}"),
        Err(why) => format!("notice: failed: {why}"),
    });
    [refusal, warning, notice].into_iter().flatten().collect()
}
