//! The overlay: panels, keys, and all text over the picture.
//!
//! Panels read a [`PanelView`], plain data made once a frame, and emit commands; nothing here writes
//! the session. So each panel can be driven in a test without Bevy.

pub mod actions;
pub mod bar;
pub mod board;
pub mod caption;
pub mod chart;
pub mod charts;
pub mod chosen;
pub mod desk;
#[cfg(feature = "desktop")]
pub mod desktop;
pub mod dial;
pub mod dock;
pub mod experiment;
pub mod field;
pub mod flight;
pub mod keys;
pub mod labels;
pub mod lecture;
mod legend;
pub mod look;
pub mod menu;
mod mirror;
mod notice;
pub mod palette;
pub mod path;
pub mod race;
mod room;
pub mod run;
pub mod settings;
pub mod slice;
pub mod status;
pub mod style;
pub mod timeline;
pub mod tour;
pub mod view;

use bevy::prelude::*;
use bevy_egui::input::EguiWantsInput;
use bevy_egui::{EguiContexts, EguiPrimaryContextPass, egui};

use crate::core::command::Command;
use crate::scene::session::Ask;
use crate::scene::taken::{Insets, Taken};
use crate::scene::theme::Weight;
use crate::scene::{self, Stage};
pub use desk::Desk;
use desk::LECTURE_ZOOM;
pub use view::PanelView;

/// The overlay. `panels` says whether there are any beside the labels.
pub fn plugin(app: &mut App) {
    #[cfg(feature = "desktop")]
    app.add_plugins(desktop::plugin);
    app.init_resource::<OverPanel>()
        .init_resource::<Dialog>()
        .init_resource::<Desk>()
        .init_resource::<labels::Standing>()
        .init_resource::<charts::Charts>()
        .init_resource::<chosen::ChosenPoint>()
        .add_systems(Update, notice::tell_notice.after(Stage::Apply).in_set(OverlaySystems))
        .add_systems(Update, chosen::look_at_chosen.after(Stage::Draw).in_set(OverlaySystems))
        .add_systems(Update, charts::draw_charts.after(Stage::Draw).in_set(OverlaySystems))
        .add_systems(Update, tour::ask_presenter.in_set(Stage::Input).before(scene::tour::TourSystems))
        .add_systems(
            Update,
            (heed_egui, keys::press_keys)
                .chain()
                .in_set(Stage::Input)
                .before(scene::SteeringSystems)
                .before(scene::tour::TourSystems),
        )
        .add_systems(
            EguiPrimaryContextPass,
            (caption::draw_caption, labels::draw_labels, draw_panels).chain().in_set(OverlaySystems),
        );
}

/// The systems that lay out the overlay.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OverlaySystems;

/// The labels alone, for pictures and films.
pub fn labels_plugin(app: &mut App) {
    let labels = (caption::draw_caption, labels::draw_labels).chain();
    app.init_resource::<labels::Standing>()
        .add_systems(EguiPrimaryContextPass, labels.in_set(OverlaySystems));
}

/// Whether the pointer was over a panel when they were drawn last.
#[derive(Resource, Default)]
struct OverPanel(bool);

/// A dialog over everything, behind which no key does anything.
#[derive(Resource, Default)]
pub struct Dialog {
    /// Whether it is open.
    pub is_open: bool,
}

/// Tells the scene what egui has taken for itself. A panel's empty parts are no widget to egui.
fn heed_egui(
    wants: Res<EguiWantsInput>,
    over_panel: Res<OverPanel>,
    dialog: Res<Dialog>,
    mut taken: ResMut<Taken>,
) {
    taken.pointer = wants.wants_any_pointer_input() || over_panel.0;
    taken.keyboard = wants.wants_any_keyboard_input() || dialog.is_open;
}

fn draw_panels(
    mut contexts: EguiContexts,
    source: view::Source,
    mut insets: ResMut<Insets>,
    mut weight: ResMut<Weight>,
    mut over_panel: ResMut<OverPanel>,
    mut ask: MessageWriter<Ask>,
    mut desk: ResMut<Desk>,
    charts: Res<charts::Charts>,
    chosen: Res<chosen::ChosenPoint>,
    camera: Option<Single<&Camera, With<scene::camera::SceneCamera>>>,
) -> Result {
    let ctx = contexts.ctx_mut()?.clone();
    // A window at rest would leave them unfinished.
    if charts.is_behind() || chosen.is_busy() {
        ctx.request_repaint();
    }
    let view = source.view();
    style::set_style(&ctx, view.experiment.view.theme);
    let size = ctx.viewport_rect().size() * ctx.zoom_factor();
    ctx.set_zoom_factor(if view.is_panels_shown { desk.zoom_within(size) } else { desk.zoom_now() });
    let lecture = if desk.is_lecture { LECTURE_ZOOM } else { 1.0 };
    let heavy = Weight { lecture, ..*weight };
    weight.set_if_neq(heavy);
    let mut asked = Vec::new();
    let mut root = egui::Ui::new(
        ctx.clone(),
        "root".into(),
        egui::UiBuilder::new().layer_id(egui::LayerId::background()).max_rect(ctx.viewport_rect()),
    );
    let before = desk.clone();
    let covered = panels(&mut root, &view, desk.bypass_change_detection(), &mut asked);
    asked.extend(desk.bypass_change_detection().freeze(&view));
    if *desk != before {
        desk.set_changed();
    }
    let screen = ctx.viewport_rect();
    // An edge that can be dragged reaches a little beyond its panel.
    let free = covered.free(screen).shrink(ctx.global_style().interaction.resize_grab_radius_side);
    over_panel.0 = ctx.pointer_latest_pos().is_some_and(|at| !free.contains(at));
    let scale = camera.and_then(|camera| camera.target_scaling_factor()).unwrap_or(1.0) * ctx.zoom_factor();
    insets.set_if_neq(Insets {
        left: covered.left * scale,
        right: covered.right * scale,
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
    /// At the right edge.
    pub right: f32,
    /// At the bottom edge.
    pub bottom: f32,
}

impl Covered {
    /// The part of the screen that is left.
    pub fn free(&self, screen: egui::Rect) -> egui::Rect {
        let low = screen.min + egui::vec2(self.left, 0.0);
        egui::Rect::from_min_max(low, screen.max - egui::vec2(self.right, self.bottom))
    }
}

/// Draws all panels, and collects what they ask for.
pub fn panels(root: &mut egui::Ui, view: &PanelView, desk: &mut Desk, asked: &mut Vec<Command>) -> Covered {
    let ctx = root.ctx().clone();
    leave_field(&ctx);
    mirror::mirror_ui(root, view, desk);
    palette::palette_ui(&ctx, view, desk, asked);
    #[cfg(feature = "desktop")]
    desktop::windows_ui(&ctx, view, desk);
    let mut covered = Covered::default();
    if desk.is_blank {
        let painter = ctx.layer_painter(egui::LayerId::new(egui::Order::Foreground, "blank".into()));
        painter.rect_filled(ctx.viewport_rect(), 0.0, egui::Color32::BLACK);
        // For the one at the desk; nobody reads it from a screen at the wall.
        let corner = ctx.viewport_rect().right_bottom() - egui::vec2(8.0, 6.0);
        let font = egui::TextStyle::Small.resolve(&ctx.global_style());
        painter.text(corner, egui::Align2::RIGHT_BOTTOM, "B: back", font, egui::Color32::from_gray(56));
        return covered;
    }
    lecture::lecture_ui(&ctx, view, desk.is_lecture);
    if view.is_panels_shown && !desk.is_lecture {
        covered = edges(root, view, desk, asked);
    } else {
        #[cfg(feature = "desktop")]
        desktop::studio::recording_dot_ui(&ctx, view);
        tour::hint_ui(&ctx, view);
    }
    flight::flight_ui(&ctx, view, covered.free(ctx.viewport_rect()));
    covered
}

/// Draws the panels at the edges, and returns what they cover.
fn edges(root: &mut egui::Ui, view: &PanelView, desk: &mut Desk, asked: &mut Vec<Command>) -> Covered {
    let mut covered = Covered::default();
    let strip = egui::Panel::bottom("status").resizable(false);
    covered.bottom = strip.show(root, |ui| status::status_ui(ui, view, desk)).response.rect.height();
    let strip = egui::Panel::bottom("timeline").resizable(false);
    let shown = strip.show(root, |ui| {
        #[cfg(feature = "desktop")]
        desktop::rescue::rescue_ui(ui, desk, asked);
        bar::bar_ui(ui, view, desk, asked);
        timeline::timeline_ui(ui, view, asked);
        // A tour brings a path of its own, and takes the row: neither moves the bar.
        match &view.tour {
            Some(tour) => tour::tour_ui(ui, tour, desk),
            None => path::path_ui(ui, view, asked),
        }
    });
    covered.bottom += shown.response.rect.height();
    let side = egui::Panel::left("side").resizable(false).exact_size(style::SIDE_WIDTH);
    let shown = side.show(root, |ui| {
        egui::ScrollArea::vertical().show(ui, |ui| folds(ui, view, asked));
    });
    covered.left = shown.response.rect.width();
    if !view.charts.is_empty() {
        let dock = egui::Panel::right("dock").resizable(true).default_size(340.0).min_size(240.0);
        let shown = dock.show(root, |ui| dock::dock_ui(ui, view, desk, asked));
        covered.right = shown.response.rect.width();
    }
    covered
}

/// Whoever presses elsewhere has done typing. egui itself waits for a click, which a drag of the picture is
/// none of: the keys pressed next would go into the field.
fn leave_field(ctx: &egui::Context) {
    let typing = ctx.memory(|memory| memory.focused()).filter(|_| ctx.text_edit_focused());
    let pressed = ctx.input(|input| input.pointer.interact_pos().filter(|_| input.pointer.any_pressed()));
    let (Some(field), Some(at)) = (typing, pressed) else { return };
    if ctx.read_response(field).is_some_and(|response| !response.rect.contains(at)) {
        ctx.memory_mut(|memory| memory.surrender_focus(field));
    }
}

/// The four folds of the panel on the left.
fn folds(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let fold = |ui: &mut egui::Ui, name: &str, is_open: bool, draw: &mut dyn FnMut(&mut egui::Ui)| {
        let title = egui::RichText::new(name).strong().size(14.0);
        egui::CollapsingHeader::new(title).id_salt(name).default_open(is_open).show_unindented(ui, draw);
    };
    fold(ui, "Run", true, &mut |ui| {
        run::run_ui(ui, view, asked);
        chosen::chosen_ui(ui, view, asked);
        race::race_ui(ui, view, asked);
    });
    fold(ui, "Experiment", true, &mut |ui| experiment::experiment_ui(ui, view, asked));
    fold(ui, "Slice", true, &mut |ui| slice::slice_ui(ui, view, asked));
    fold(ui, "View", true, &mut |ui| look::look_ui(ui, view, asked));
}
