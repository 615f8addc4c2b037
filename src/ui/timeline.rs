//! The timeline: the loss over all steps, and a hand on it that goes to any of them.

use bevy_egui::egui;

use super::style::{color32, loss_text, step_text};
use super::view::PanelView;
use crate::core::command::{Command, RunCommand};
use crate::scene::theme::Palette;

/// Height of the strip in points.
const HEIGHT: f32 = 46.0;

/// What the bands are.
const PLATEAUS: &str = "Grey bands are plateaus: there the loss hardly falls, by less than 2 % of itself.";

/// Draws the timeline.
pub fn timeline_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let size = egui::vec2(ui.available_width(), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click_and_drag());
    let last = last_step(view);
    let step_at = |x: f32| ((x - rect.min.x) / rect.width()).clamp(0.0, 1.0) as f64 * last as f64;
    response.widget_info(|| egui::WidgetInfo::slider(true, view.run.step as f64, "Timeline"));
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.dragged() || response.clicked()) {
        let step = step_at(at.x).round() as u64;
        if step != view.run.step {
            asked.push(Command::Run(RunCommand::Seek(step)));
        }
    }
    paint(ui, rect, view, last);
    let history = &view.history;
    response.on_hover_ui_at_pointer(|ui| {
        let at = ui.ctx().pointer_latest_pos().map_or(0, |at| step_at(at.x).round() as u64);
        let curve = if history.live.last().is_some_and(|(step, _)| *step >= at) {
            &history.live
        } else {
            &history.planned
        };
        let near = curve.iter().min_by_key(|(step, _)| step.abs_diff(at));
        let loss = near.map_or(String::new(), |(_, loss)| format!(" · loss about {}", loss_text(*loss)));
        ui.label(format!("step {at}{loss}. Drag to go to any step, both ways."));
        if !history.plateaus.is_empty() {
            ui.label(PLATEAUS);
        }
    });
}

fn last_step(view: &PanelView) -> u64 {
    let reached = view.history.live.last().map_or(0, |(step, _)| *step);
    view.experiment.steps.max(reached).max(view.run.step).max(1)
}

fn paint(ui: &egui::Ui, rect: egui::Rect, view: &PanelView, last: u64) {
    let palette = Palette::from(view.experiment.view.theme);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 4.0, ui.visuals().extreme_bg_color);
    let small = egui::TextStyle::Small.resolve(ui.style());
    let x = |step: u64| rect.min.x + rect.width() * (step as f64 / last as f64) as f32;
    for (from, to) in &view.history.plateaus {
        let band = egui::Rect::from_x_y_ranges(x(*from)..=x(*to), rect.y_range());
        painter.rect_filled(band, 0.0, color32(palette.faint).gamma_multiply(0.22));
        let word = painter.layout_no_wrap("plateau".to_owned(), small.clone(), color32(palette.faint));
        if word.size().x + 8.0 < band.width() {
            let at = egui::Align2::CENTER_BOTTOM.anchor_size(band.center_bottom(), word.size()).min;
            painter.galley(at, word, color32(palette.faint));
        }
    }
    let losses = view.history.planned.iter().chain(&view.history.live).map(|(_, loss)| *loss);
    let (low, high) = losses
        .filter(|loss| loss.is_finite() && *loss > 0.0)
        .map(f64::ln)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let y = |loss: f64| {
        let share = (loss.max(1e-300).ln() - low) / (high - low).max(1e-9);
        rect.max.y - 4.0 - (rect.height() - 8.0) * share.clamp(0.0, 1.0) as f32
    };
    let curve = |points: &[(u64, f64)], stroke: egui::Stroke| {
        let points = points.iter().filter(|(_, loss)| loss.is_finite());
        let line: Vec<egui::Pos2> = points.map(|(step, loss)| egui::pos2(x(*step), y(*loss))).collect();
        painter.line(line, stroke);
    };
    curve(&view.history.planned, egui::Stroke::new(1.0, color32(palette.faint)));
    curve(&view.history.live, egui::Stroke::new(2.0, color32(palette.run(0))));
    if let Some(step) = view.run.diverged_at {
        painter.vline(x(step), rect.y_range(), egui::Stroke::new(2.0, super::style::warning(ui)));
    }
    paint_chosen(ui, &painter, rect, view, &x);
    let planned_end = x(view.experiment.steps);
    painter.vline(planned_end, rect.y_range(), egui::Stroke::new(1.0, color32(palette.faint)));
    let hand = x(view.run.step);
    painter.vline(hand, rect.y_range(), egui::Stroke::new(2.0, color32(palette.ink)));
    let font = egui::FontId::proportional(12.0);
    let reached =
        if view.run.is_playing { format!(" · {:.0} a second", view.run.speed) } else { String::new() };
    let text = format!("step {}{reached}", step_text(view.run.step, view.experiment.steps));
    let at = if hand > rect.center().x { egui::Align2::RIGHT_TOP } else { egui::Align2::LEFT_TOP };
    let shift = if hand > rect.center().x { -5.0 } else { 5.0 };
    painter.text(egui::pos2(hand + shift, rect.min.y + 2.0), at, text, font, color32(palette.ink));
}

/// Half of what the mark of the chosen point is wide, in points.
const MARK: f32 = 5.0;

/// The step nearest to the chosen point: a full mark where the point lies on the trail, a hollow one
/// where it lies beside it.
fn paint_chosen(
    ui: &egui::Ui,
    painter: &egui::Painter,
    rect: egui::Rect,
    view: &PanelView,
    x: &dyn Fn(u64) -> f32,
) {
    let Some(near) = view.chosen.as_ref().and_then(|chosen| chosen.nearest) else { return };
    let color = color32(Palette::from(view.experiment.view.theme).pointer);
    let foot = egui::pos2(x(near.step), rect.max.y - 1.0);
    let corners = [[0.0, -2.0 * MARK], [MARK, -MARK], [0.0, 0.0], [-MARK, -MARK]];
    let corners = corners.map(|[right, down]| foot + egui::vec2(right, down)).to_vec();
    let fill = if near.is_on_trail { color } else { egui::Color32::TRANSPARENT };
    painter.add(egui::Shape::convex_polygon(corners, fill, egui::Stroke::new(1.5, color)));
    let id = ui.id().with("chosen on the timeline");
    let mark = egui::Rect::from_center_size(foot - egui::vec2(0.0, MARK), egui::Vec2::splat(2.0 * MARK));
    let response = ui.interact(mark, id, egui::Sense::hover());
    let text = format!("The chosen point is nearest to step {}", near.step);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Other, true, &text));
}
