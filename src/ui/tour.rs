//! The tour that is given: what a presenter asks of it, and a strip that tells where it is.

use bevy::prelude::*;
use bevy_egui::egui;

use super::act::{DeskAct, TourAct};
use super::desk::Desk;
use super::view::{PanelView, TourView};
use crate::core::script::{Language, Tour, builtin};
use crate::core::text::visible;
use crate::scene::tour::Presenter;

/// What a presenter's key asks of a tour.
pub fn tour_act_of(key: KeyCode, has_ctrl: bool) -> Option<TourAct> {
    match (key, has_ctrl) {
        (KeyCode::PageDown, _) => Some(TourAct::Forward),
        (KeyCode::PageUp, _) => Some(TourAct::Back),
        (KeyCode::KeyN, false) => Some(TourAct::Lectern),
        _ => None,
    }
}

/// Draws the strip.
pub fn tour_ui(ui: &mut egui::Ui, tour: &TourView, desk: &mut Desk) {
    ui.horizontal(|ui| {
        ui.set_min_height(super::path::HEIGHT);
        ui.strong(format!("Tour: {}", visible(&tour.title)));
        ui.label(format!("chapter {} of {}", tour.chapter, tour.chapters));
        for (text, hover, act) in [
            ("Back", "To the beginning of the chapter, or of the one before (Page Up).", TourAct::Back),
            (
                "Next",
                "Goes on: past the place where it waits, or to the next one (Page Down).",
                TourAct::Forward,
            ),
            ("Leave", "Ends the tour, with everything as it is.", TourAct::Leave),
        ] {
            if ui.button(text).on_hover_text(hover).clicked() {
                desk.act(DeskAct::Tour(act));
            }
        }
        let hover = "Notes, what comes next and a clock, in a window of their own (N).";
        if ui.selectable_label(desk.is_lectern_open, "Presenter").on_hover_text(hover).clicked() {
            desk.act(DeskAct::Tour(TourAct::Lectern));
        }
        match (tour.is_over, tour.is_waiting) {
            (true, _) => ui.weak("the end"),
            (false, true) => ui.weak("waits for Page Down"),
            (false, false) => ui.weak(""),
        };
    });
}

/// Seconds for which a tour that has the screen to itself says how to get at everything else.
const HINT_SECS: f64 = 6.0;

/// Says so, at the beginning.
pub fn hint_ui(ctx: &egui::Context, view: &PanelView) {
    let is_beginning = |tour: &&TourView| tour.chapter == 1 && tour.secs < HINT_SECS;
    if view.tour.as_ref().filter(is_beginning).is_none() {
        return;
    }
    let area = egui::Area::new("tour's hint".into()).anchor(egui::Align2::RIGHT_BOTTOM, [-10.0, -8.0]);
    area.interactable(false).show(ctx, |ui| {
        ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
        ui.weak("Page Down: on   ·   N: notes   ·   H: panels   ·   F11: window   ·   F1: all keys");
    });
}

/// A built-in tour, in a language; or why not.
fn built_in(name: &str, language: Option<&str>) -> Result<Tour, String> {
    let told = match language.map(str::parse::<Language>).transpose().map_err(|why| why.to_string())? {
        None => builtin::load(name).map(|tour| tour.map_err(|error| error.to_string())),
        Some(language) => builtin::load_in(name, &language).map(|told| told.map_err(|why| why.to_string())),
    };
    told.unwrap_or_else(|| Err(format!("there is no tour {name}")))
}

/// Passes on what the desk asks of tours.
pub(super) fn ask_presenter(
    mut acts: MessageReader<DeskAct>,
    mut desk: ResMut<Desk>,
    mut presenter: MessageWriter<Presenter>,
) {
    let acts = acts.read().filter_map(|act| match act {
        DeskAct::Tour(act) => Some(*act),
        _ => None,
    });
    let Some(act) = acts.last() else { return };
    match act {
        TourAct::Begin(name, language) => match built_in(name, language) {
            Ok(tour) => {
                presenter.write(Presenter::Begin(Box::new(tour)));
            }
            Err(why) => desk.notice = Some(Err(why)),
        },
        TourAct::Forward => {
            presenter.write(Presenter::Forward);
        }
        TourAct::Back => {
            presenter.write(Presenter::Back);
        }
        TourAct::Leave => {
            presenter.write(Presenter::End);
        }
        // The desk and its clock see to these.
        TourAct::Lectern | TourAct::Clock => {}
    }
}
