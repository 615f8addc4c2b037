//! What only a desktop has: files that are opened and written, films and pictures that another process of this
//! program makes, and what is kept from one day to the next.
//!
//! Without the feature `desktop` none of it is there: neither keys, nor entries in menus, nor commands.

pub mod asking;
pub mod files;
pub mod filming;
pub mod preferences;
pub mod rescue;
pub mod studio;

use bevy::prelude::*;
use bevy_egui::{EguiPrimaryContextPass, egui};

use self::asking::Asking;
use self::files::{Errand, Paper};
use self::filming::Order;
use self::rescue::Rescue;
use self::studio::{Shot, StudioAct, Take};
use crate::scene::{Stage, tour::TourSystems};
use crate::ui::OverlaySystems;
use crate::ui::actions::DeskAct;
use crate::ui::charts::ChartKind;
use crate::ui::desk::Desk;
use crate::ui::view::PanelView;

/// What of the desk has to do with files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileDesk {
    /// Something to be done with files, by whoever may.
    pub errand: Option<Errand>,
    /// Something asked of the studio.
    pub studio: Option<StudioAct>,
    /// What is to be made of a recording.
    pub order: Option<Order>,
    /// The last recording, until it is put away.
    pub take: Option<Take>,
    /// The picture that is about to be saved.
    pub shot: Option<Shot>,
    /// The experiment that a crash interrupted.
    pub rescue: Option<Rescue>,
    /// A file that asks for others elsewhere, until somebody has decided about it.
    pub asking: Option<Asking>,
}

pub(super) fn plugin(app: &mut App) {
    app.add_plugins(preferences::plugin)
        .init_resource::<files::Files>()
        .init_resource::<studio::Studio>()
        .add_systems(
            Update,
            (studio::run_studio, filming::take_orders, filming::mind_film).after(Stage::Draw),
        )
        .add_systems(Update, files::take_drops.in_set(Stage::Input).before(TourSystems))
        .add_systems(
            EguiPrimaryContextPass,
            (files::run_errands, files::tell_dialog).chain().after(super::draw_panels).in_set(OverlaySystems),
        );
}

/// Draws the windows that are open over everything.
pub fn windows_ui(ctx: &egui::Context, view: &PanelView, desk: &mut Desk) {
    asking::asking_ui(ctx, desk);
    studio::studio_ui(ctx, view, desk);
}

/// Draws the menu of files.
pub fn file_menu_ui(ui: &mut egui::Ui, desk: &mut Desk) {
    ui.menu_button("File ⏷", |ui| {
        for (text, act) in [
            ("Open experiment or data… (Ctrl+O)", DeskAct::Errand(Errand::Open)),
            ("Save experiment… (Ctrl+S)", DeskAct::Errand(Errand::Save)),
            ("Save picture… (Ctrl+P)", DeskAct::Errand(Errand::SavePicture)),
            ("Copy command line (Ctrl+Shift+C)", DeskAct::Errand(Errand::CopyLine)),
            ("Save picture without panels… (F12)", DeskAct::Studio(StudioAct::Picture)),
        ] {
            if ui.button(text).clicked() {
                desk.act(act);
                ui.close();
            }
        }
    });
}

/// Draws the menu that saves a chart.
pub fn chart_menu_ui(ui: &mut egui::Ui, kind: ChartKind, desk: &mut Desk) {
    ui.menu_button("Save ⏷", |ui| {
        for (paper, text) in [(Paper::Png, "as PNG"), (Paper::Svg, "as SVG"), (Paper::Csv, "as CSV")] {
            if ui.button(text).clicked() {
                desk.act(DeskAct::Errand(Errand::SaveChart(kind, paper)));
                ui.close();
            }
        }
    });
}

/// What a key does with files.
pub fn act_of(key: KeyCode, has_ctrl: bool, has_shift: bool) -> Option<DeskAct> {
    Some(match (key, has_ctrl) {
        (KeyCode::F10, _) => DeskAct::Studio(StudioAct::Record),
        (KeyCode::F12, _) => DeskAct::Studio(StudioAct::Picture),
        (KeyCode::KeyS, true) => DeskAct::Errand(Errand::Save),
        (KeyCode::KeyO, true) => DeskAct::Errand(Errand::Open),
        (KeyCode::KeyP, true) => DeskAct::Errand(Errand::SavePicture),
        (KeyCode::KeyC, true) if has_shift => DeskAct::Errand(Errand::CopyLine),
        _ => return None,
    })
}
