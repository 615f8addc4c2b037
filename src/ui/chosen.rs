//! The point of the slice that was chosen: what it is, and which step of training comes nearest to it.

use bevy::prelude::*;
use bevy_egui::egui;

use super::field::{NARROW, blank_ui, number_ui};
use super::run::{VERDICT, verdict_text};
use super::style::{loss_text, number, paragraph, words};
use super::view::{Chosen, Nearest, PanelView};
use crate::core::command::{Command, RaceStart, RunCommand, ViewCommand, Ways};
use crate::core::num::vector::{norm, sub};
use crate::core::probe::{Brief, VerdictKind};
use crate::core::session::Revision;
use crate::core::text::Measured;
use crate::core::train::Checkpoint;
use crate::scene::executor::Executor;
use crate::scene::landscape::{Known, Landscape};
use crate::scene::pointer::value_at;
use crate::scene::prober::{ProbePoint, Prober};
use crate::scene::session::SessionState;
use crate::scene::training::{Live, Training};

/// What is known of the chosen point.
#[derive(Resource, Default)]
pub struct ChosenPoint {
    /// The point; `None` where none was chosen.
    pub chosen: Option<Chosen>,
    of: Option<(Revision, Vec<f64>, u64)>,
    prober: Prober,
}

impl ChosenPoint {
    /// Whether there is more to be found out about it.
    pub fn is_busy(&self) -> bool {
        self.prober.is_busy()
    }
}

/// Finds out about the chosen point.
pub(super) fn look_at_chosen(
    session: Res<SessionState>,
    landscape: Res<Landscape>,
    training: Res<Training>,
    executor: Executor,
    mut point: ResMut<ChosenPoint>,
) {
    let alpha = session.view().selected.as_ref();
    let known = landscape
        .current()
        .filter(|known| alpha.is_some_and(|alpha| alpha.len() == known.plan.plane.subspace.k()));
    let (Some(known), Some(alpha)) = (known, alpha) else {
        if point.of.is_some() {
            *point = ChosenPoint::default();
        }
        return;
    };
    let of = Some((known.revision, alpha.clone(), training.news()));
    if point.of == of && !point.is_busy() {
        return;
    }
    let theta = known.plan.plane.subspace.lift(alpha);
    if let Some(objective) = known.plan.objective() {
        let asked = ProbePoint { objective, plane: None, theta: &theta };
        point.prober.follow(&asked, &executor);
    }
    let loss = match &point.chosen {
        Some(old) if old.alpha == *alpha && point.of.as_ref().is_some_and(|of| of.0 == known.revision) => {
            old.loss
        }
        _ => value_at(known, alpha),
    };
    let trail = training.leader().map(Live::points).unwrap_or_default();
    point.chosen = Some(Chosen {
        alpha: alpha.clone(),
        loss,
        verdict: point.prober.found().map(|found| found.verdict.brief()),
        nearest: nearest(known, &theta, trail),
    });
    point.of = of;
}

/// Share of the path's extent within which a point lies on it: as close as a hand points.
const ON_TRAIL: f64 = 0.02;
/// Points of a trail that are looked at, and numbers of theta in all of them: what a frame has time for.
const MOST_POINTS: usize = 1000;
const MOST_NUMBERS: usize = 1_000_000;

fn nearest(known: &Known, theta: &[f64], trail: &[Checkpoint]) -> Option<Nearest> {
    let most = (MOST_NUMBERS / theta.len()).clamp(16, MOST_POINTS);
    let looked = trail.iter().step_by(trail.len().div_ceil(most).max(1)).chain(trail.last());
    let distances = looked.map(|point| (point.step, norm(&sub(&point.theta, theta))));
    let (step, distance) =
        distances.filter(|(_, distance)| distance.is_finite()).min_by(|a, b| a.1.total_cmp(&b.1))?;
    let path = known.plan.sound.finite_thetas();
    let extent = path.first().zip(path.last()).map_or(0.0, |(start, end)| norm(&sub(end, start)));
    Some(Nearest { step, distance, is_on_trail: distance <= ON_TRAIL * extent })
}

/// The alphas of a point, as people read them.
pub fn alpha_text(alpha: &[f64]) -> String {
    let numbers: Vec<String> = alpha.iter().map(|v| Measured(*v).steady(2)).collect();
    format!("α ({})", numbers.join(", ")).replace('-', "−")
}

/// Draws what is known of the chosen point, and what can be done from there: as many rows where none is
/// chosen, so that choosing one moves nothing.
pub fn chosen_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    another_low_ui(ui, view, asked);
    let alpha = view.slice.selected.as_ref();
    let chosen = view.chosen.as_ref().filter(|_| alpha.is_some());
    let text = alpha.map_or("none".to_owned(), |alpha| alpha_text(alpha));
    number(ui, "chosen", text, "The point of the slice that was clicked (Esc forgets it).");
    place_ui(ui, alpha.map(Vec::as_slice), asked);
    let loss = chosen.and_then(|chosen| chosen.loss).map_or("–".to_owned(), loss_text);
    let title = view.experiment.slice.quantity.title();
    let hover = format!("The {title} at that point of the slice, evaluated there.");
    number(ui, &format!("{title} there"), loss, &hover);
    let verdict = chosen.and_then(|chosen| chosen.verdict);
    let hover = format!(
        "{VERDICT} It is of the loss, whatever the surface shows. A low point of a slice mostly slopes on out of it."
    );
    words(ui, "that point", verdict_text(verdict, chosen.is_some() && !view.is_imported), &hover);
    let near = chosen.and_then(|chosen| chosen.nearest).map_or("–".to_owned(), nearest_text);
    number(ui, "nearest", near, "The step of training nearest to it, and how far that is.");
    paragraph(ui, 2, egui::RichText::new(remark(view, verdict)).weak());
    way_on_ui(ui, view, asked);
}

fn nearest_text(near: Nearest) -> String {
    match near.is_on_trail {
        true => format!("step {}", near.step),
        false => format!("step {}, {} away", near.step, loss_text(near.distance)),
    }
}

/// What there is to say of the chosen point beyond its numbers.
fn remark(view: &PanelView, verdict: Option<Brief>) -> &'static str {
    // What looks like a minimum of another quantity says nothing of the loss.
    let is_low = view.slice.selected.is_some()
        && view.experiment.slice.quantity.is_loss()
        && view.slice.another_low.as_ref().map(|low| &low.0) == view.slice.selected.as_ref();
    match verdict.map(|verdict| verdict.kind) {
        Some(VerdictKind::Slope | VerdictKind::Saddle) if is_low => {
            "It looks like a minimum and is none: beyond this slice the loss falls on."
        }
        _ if view.slice.selected.is_some() => "",
        _ if view.is_imported => "Click the surface to choose a point of it.",
        _ => "Click the surface to choose a point of it, and to train on from there.",
    }
}

fn way_on_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        here_ui(ui, view, asked);
        let button = ui.add_enabled(view.slice.selected.is_some(), egui::Button::new("Forget it"));
        if button.on_hover_text("Nothing is chosen any more (Esc).").clicked() {
            asked.push(Command::View(ViewCommand::Select(None)));
        }
    });
    if view.is_imported {
        return;
    }
    ui.horizontal(|ui| {
        let button = ui.add_enabled(view.slice.selected.is_some(), egui::Button::new("Train on from here"));
        let hover = "A second run sets out from the point that was chosen: how much lower does it get? The first begins again beside it.";
        if let Some(alpha) = view.slice.selected.clone().filter(|_| button.on_hover_text(hover).clicked()) {
            asked.push(Command::Run(RunCommand::race(Ways::default(), RaceStart::Slice(alpha))));
        }
        ui.label(egui::RichText::new("all begin at step 0").weak().small()).on_hover_text(hover);
    });
}

/// What chooses the point where training is; `None` where that is not on the slice.
pub fn choice_of_training(view: &PanelView) -> Option<Command> {
    let is_known = !view.run.marker.is_empty() && view.run.marker.iter().all(|alpha| alpha.is_finite());
    is_known.then(|| Command::View(ViewCommand::Select(Some(view.run.marker.clone()))))
}

/// The name of that, on its button and where commands are looked for.
pub const CHOOSE_TRAINING: &str = "Choose where training is";

/// The way to a chosen point without a pointer.
fn here_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let choice = choice_of_training(view);
    let button = ui.add_enabled(choice.is_some(), egui::Button::new(CHOOSE_TRAINING));
    let hover = "The nearest point of the slice to where training is; from there it can be moved by numbers.";
    if button.on_hover_text(hover).clicked() {
        asked.extend(choice);
    }
}

/// The chosen point's place on the plane in numbers, to be moved by them.
fn place_ui(ui: &mut egui::Ui, alpha: Option<&[f64]>, asked: &mut Vec<Command>) {
    // Whoever types keeps the field, whatever is drawn above it.
    let builder = egui::UiBuilder::new().id(egui::Id::new("place of the chosen point"));
    let row = |ui: &mut egui::Ui| {
        for (axis, name) in ["point α₁", "point α₂"].into_iter().enumerate() {
            let hint = "Where the chosen point is along this axis; another number moves it.";
            let label = ui.label(egui::RichText::new(name).weak()).on_hover_text(hint).id;
            let Some((alpha, at)) = alpha.and_then(|alpha| Some((alpha, *alpha.get(axis)?))) else {
                blank_ui(ui, NARROW);
                continue;
            };
            let moved = number_ui(ui, ui.id().with(axis), label, hint, NARROW, at);
            if let Some(at) = moved.filter(|at| at.is_finite()) {
                let mut alpha = alpha.to_vec();
                alpha[axis] = at;
                asked.push(Command::View(ViewCommand::Select(Some(alpha))));
            }
        }
    };
    ui.scope_builder(builder, |ui| ui.horizontal(row));
}

/// The way to a second low point of the slice, which may be none in the whole space.
fn another_low_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let low = view.slice.another_low.as_ref();
    let text = low.map_or("No other low point in this slice".to_owned(), |(_, loss)| {
        let title = view.experiment.slice.quantity.title();
        let title =
            if view.experiment.slice.quantity.is_loss() { String::new() } else { format!("{title} ") };
        format!("Look at another low point: {title}{}", loss_text(*loss))
    });
    let is_news = low.is_some_and(|(alpha, _)| view.slice.selected.as_ref() != Some(alpha));
    let hover = "This slice rises to all sides of it. Whether the whole space does is another question.";
    let why = "Where a slice rises to all sides of a second point, this leads there; a slice that moves is not looked at.";
    let button = ui.add_enabled(is_news, egui::Button::new(text));
    if button.on_hover_text(hover).on_disabled_hover_text(why).clicked() {
        asked.extend(low.map(|(alpha, _)| Command::View(ViewCommand::Select(Some(alpha.clone())))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alphas_are_written_with_a_true_minus() {
        assert_eq!(alpha_text(&[-1.0, 0.5]), "α (−1.00, 0.50)");
    }
}
