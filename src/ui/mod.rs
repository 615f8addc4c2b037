//! The overlay: panels, keys, and all text over the picture.
//!
//! Panels read a [`PanelView`], plain data made once a frame, and emit commands; nothing here writes
//! the session. So each panel can be driven in a test without Bevy.

pub mod experiment;
pub mod keys;
pub mod labels;
mod legend;
pub mod look;
pub mod race;
pub mod run;
pub mod slice;
pub mod status;
pub mod style;
pub mod view;

use bevy::prelude::*;
use bevy_egui::input::EguiWantsInput;
use bevy_egui::{EguiContexts, EguiPrimaryContextPass, egui};

use crate::core::script::Command;
use crate::scene::camera::{Insets, Taken};
use crate::scene::session::Ask;
use crate::scene::{self, Stage};
pub use view::PanelView;

/// The overlay. `panels` says whether there are any beside the labels.
pub fn plugin(app: &mut App) {
    app.init_resource::<OverPanel>()
        .add_systems(
            Update,
            (heed_egui, keys::press_keys).chain().in_set(Stage::Input).before(scene::camera::steer),
        )
        .add_systems(
            EguiPrimaryContextPass,
            (labels::draw_labels, draw_panels).chain().in_set(OverlaySystems),
        );
}

/// The systems that lay out the overlay.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OverlaySystems;

/// The labels alone, for pictures.
pub fn labels_plugin(app: &mut App) {
    app.add_systems(EguiPrimaryContextPass, labels::draw_labels.in_set(OverlaySystems));
}

/// Whether the pointer was over a panel when they were drawn last.
#[derive(Resource, Default)]
struct OverPanel(bool);

/// Tells the scene what egui has taken for itself. A panel's empty parts are no widget to egui.
fn heed_egui(wants: Res<EguiWantsInput>, over_panel: Res<OverPanel>, mut taken: ResMut<Taken>) {
    taken.pointer = wants.wants_any_pointer_input() || over_panel.0;
    taken.keyboard = wants.wants_any_keyboard_input();
}

fn draw_panels(
    mut contexts: EguiContexts,
    source: view::Source,
    mut insets: ResMut<Insets>,
    mut over_panel: ResMut<OverPanel>,
    mut ask: MessageWriter<Ask>,
    mut drafts: Local<experiment::Drafts>,
    camera: Option<Single<&Camera, With<scene::camera::SceneCamera>>>,
) -> Result {
    let ctx = contexts.ctx_mut()?.clone();
    let view = source.view();
    style::set_style(&ctx, view.experiment.view.theme);
    let mut asked = Vec::new();
    let mut root = egui::Ui::new(
        ctx.clone(),
        "root".into(),
        egui::UiBuilder::new().layer_id(egui::LayerId::background()).max_rect(ctx.viewport_rect()),
    );
    let covered = panels(&mut root, &view, &mut drafts, &mut asked);
    let free = ctx.viewport_rect().max.y - covered.bottom;
    over_panel.0 = ctx.pointer_latest_pos().is_some_and(|at| at.x < covered.left || at.y > free);
    let scale = camera.and_then(|camera| camera.target_scaling_factor()).unwrap_or(1.0) * ctx.zoom_factor();
    insets.set_if_neq(Insets {
        left: covered.left * scale,
        bottom: covered.bottom * scale,
        ..Insets::default()
    });
    ask.write_batch(asked.into_iter().map(Ask));
    Ok(())
}

/// Points that panels cover at the edges.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Covered {
    /// At the left edge.
    pub left: f32,
    /// At the bottom edge.
    pub bottom: f32,
}

/// Draws all panels, and collects what they ask for.
pub fn panels(
    root: &mut egui::Ui,
    view: &PanelView,
    drafts: &mut experiment::Drafts,
    asked: &mut Vec<Command>,
) -> Covered {
    let mut covered = Covered::default();
    if !view.is_panels_shown {
        return covered;
    }
    let strip = egui::Panel::bottom("status").resizable(false);
    covered.bottom = strip.show(root, |ui| status::status_ui(ui, view)).response.rect.height();
    let side = egui::Panel::left("side").resizable(false).exact_size(style::SIDE_WIDTH);
    let shown = side.show(root, |ui| {
        egui::ScrollArea::vertical().show(ui, |ui| {
            experiment::experiment_ui(ui, view, drafts, asked);
            run::run_ui(ui, view, asked);
            race::race_ui(ui, view, asked);
            slice::slice_ui(ui, view, asked);
            look::look_ui(ui, view, asked);
        });
    });
    covered.left = shown.response.rect.width();
    covered
}
