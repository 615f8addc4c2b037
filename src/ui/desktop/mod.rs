//! What only a desktop has: files that are opened and written, films and pictures that another process of this
//! program makes, and what is kept from one day to the next.
//!
//! Without the feature `desktop` none of it is there: neither keys, nor entries in menus, nor commands.

pub mod asking;
mod desk;
pub mod files;
pub mod filming;
pub mod preferences;
pub mod rescue;
pub mod studio;
mod writing;

use bevy::prelude::*;
use bevy_egui::{EguiPrimaryContextPass, egui};

pub use self::desk::{Asking, Errand, FileDesk, FilmOrder, Order, Paper, Rescue, Shot, StudioAct, Take};
use crate::core::experiment::ChartKind;
use crate::ui::Step;
use crate::ui::act::DeskAct;
use crate::ui::desk::Desk;
use crate::ui::view::PanelView;

pub(super) fn plugin(app: &mut App) {
    app.add_plugins(preferences::plugin)
        .add_message::<Order>()
        .init_resource::<files::Files>()
        .init_resource::<filming::Studio>()
        .add_systems(
            Update,
            (studio::keep_take, studio::run_studio, filming::take_orders, filming::mind_film)
                .chain()
                .in_set(Step::Studio),
        )
        .add_systems(Update, files::take_drops.in_set(Step::Drops))
        .add_systems(
            EguiPrimaryContextPass,
            (files::run_errands, files::tell_dialog).chain().in_set(Step::Errands),
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
