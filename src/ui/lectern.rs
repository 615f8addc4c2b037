//! The presenter's lectern: a window of its own with the notes of the chapter that is on, what comes next, and a
//! clock. The audience sees none of it.

use bevy::ecs::schedule::ScheduleLabel;
use bevy::prelude::*;
use bevy_egui::{EguiContext, egui};

use super::act::{DeskAct, TourAct};
use super::clock::{TourClock, clock_text};
use super::desk::Desk;
use super::style;
use super::view::LecternView;
use crate::core::experiment::Theme;
use crate::core::text::{visible, visible_lines};
use crate::scene::tour::Touring;

/// The pass in which it is laid out.
#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
pub struct LecternPass;

/// Marks the camera that draws it.
#[derive(Component, Clone, Copy, Debug)]
pub struct Lectern {
    /// The window that it stands in.
    pub window: Entity,
}

/// Lays it out, where it is.
pub(super) fn draw_lectern(
    context: Option<Single<&mut EguiContext, With<Lectern>>>,
    touring: Res<Touring>,
    clock: Res<TourClock>,
    time: Res<Time<Real>>,
    mut desk: ResMut<Desk>,
) {
    let (Some(mut context), Some(view)) = (context, lectern_view(&touring, &clock, &time)) else { return };
    let ctx = context.get_mut().clone();
    // The room in which a lecture is held is dark, whatever its pictures are.
    style::set_style(&ctx, Theme::Dark);
    let whole = egui::UiBuilder::new().layer_id(egui::LayerId::background()).max_rect(ctx.viewport_rect());
    let mut root = egui::Ui::new(ctx, "lectern".into(), whole);
    lectern_ui(&mut root, &view, desk.bypass_change_detection());
}

fn lectern_view(touring: &Touring, clock: &TourClock, time: &Time<Real>) -> Option<LecternView> {
    let player = touring.player()?;
    let (number, chapters) = (player.chapter_number(), player.tour().chapters());
    Some(LecternView {
        chapter: number + 1,
        chapters: chapters.len(),
        title: player.chapter().title.clone(),
        notes: player.chapter().paragraphs(),
        next: chapters.get(number + 1).map(|next| (next.title.clone(), next.caption.clone())),
        is_waiting: player.is_waiting(),
        is_over: player.is_over(),
        secs: clock.read(time.elapsed()).as_secs(),
    })
}

/// Points that the window is high where text has its usual size.
const USUAL_HEIGHT: f32 = 600.0;
/// Text sizes in points at that height.
const CLOCK: f32 = 36.0;
const TITLE: f32 = 30.0;
const STATE: f32 = 20.0;
const NEXT: f32 = 18.0;
/// Those of the notes: the largest at which all of them are seen, else the last, with a bar to scroll.
const NOTES: [f32; 4] = [28.0, 24.0, 20.0, 17.0];
/// Points around the text.
const MARGIN: i8 = 14;

/// Draws all that lies on the lectern.
pub fn lectern_ui(root: &mut egui::Ui, view: &LecternView, desk: &mut Desk) {
    let size = root.ctx().viewport_rect().size();
    let unit = (size.y / USUAL_HEIGHT).min(size.x / USUAL_HEIGHT).clamp(0.6, 4.0);
    let ground = egui::Frame::new().fill(root.visuals().panel_fill).inner_margin(MARGIN);
    let strip = egui::Panel::top("where").resizable(false).frame(ground);
    strip.show(root, |ui| head_ui(ui, view, unit, desk));
    let strip = egui::Panel::bottom("next").resizable(false).frame(ground);
    strip.show(root, |ui| next_ui(ui, view, unit));
    egui::CentralPanel::default().frame(ground).show(root, |ui| {
        if !view.title.is_empty() {
            ui.label(egui::RichText::new(visible(&view.title)).size(TITLE * unit).strong());
            ui.add_space(8.0 * unit);
        }
        notes_ui(ui, view, unit);
    });
}

/// Where the tour is, and the clock.
fn head_ui(ui: &mut egui::Ui, view: &LecternView, unit: f32, desk: &mut Desk) {
    let text = |text: String| egui::RichText::new(text).size(STATE * unit);
    ui.horizontal(|ui| {
        ui.label(text(format!("chapter {} of {}", view.chapter, view.chapters)));
        ui.add_space(STATE * unit);
        let state = match (view.is_over, view.is_waiting) {
            (true, _) => text("the end".to_owned()),
            (false, true) => text("waits for Page Down".to_owned()).color(style::warning(ui)),
            (false, false) => text("goes on by itself".to_owned()).weak(),
        };
        ui.label(state);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let clock = egui::RichText::new(clock_text(view.secs)).monospace().size(CLOCK * unit);
            let clock = ui.add(egui::Button::new(clock).frame(false));
            if clock.on_hover_text("How long the tour has been on; a click begins at 0:00 again.").clicked() {
                desk.act(DeskAct::Tour(TourAct::Clock));
            }
        });
    });
}

fn notes_ui(ui: &mut egui::Ui, view: &LecternView, unit: f32) {
    if view.notes.is_empty() {
        ui.label(egui::RichText::new("no notes for this chapter").size(STATE * unit).weak());
        return;
    }
    let room = ui.available_size() - egui::vec2(ui.spacing().scroll.bar_width + MARGIN as f32, 0.0);
    let (text, ink) = (visible_lines(&view.notes.join("\n\n")), ui.visuals().text_color());
    let lay =
        |size: &f32| ui.painter().layout(text.clone(), egui::FontId::proportional(size * unit), ink, room.x);
    let mut all = NOTES.iter().map(lay);
    let laid = all.find(|galley| galley.size().y <= room.y).unwrap_or_else(|| lay(&NOTES[NOTES.len() - 1]));
    // Each chapter's begin at their beginning.
    let area = egui::ScrollArea::vertical().id_salt(view.chapter).auto_shrink(false);
    area.show(ui, |ui| ui.label(laid));
}

/// What the next chapter will tell.
fn next_ui(ui: &mut egui::Ui, view: &LecternView, unit: f32) {
    let text = |text: &str| egui::RichText::new(visible_lines(text)).size(NEXT * unit);
    match &view.next {
        None => _ = ui.label(text("Next: nothing, this is the last chapter").weak()),
        Some((title, caption)) => {
            ui.label(text(&format!("Next: {title}")).strong());
            ui.label(text(caption));
        }
    }
}
