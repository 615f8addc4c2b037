//! The overlay: panels, keys, and all text over the picture.
//!
//! Panels read a [`PanelView`], plain data made once a frame ([`source`]), and ask: commands of the session, and
//! acts ([`act::DeskAct`]) of the desk and, by messages, of those who see to tours, files and recordings. What the scene
//! has to know it is told by messages too; nothing here writes the session, nor anything of the scene. So each panel can be
//! driven in a test without Bevy.

pub mod act;
pub mod actions;
pub mod bar;
pub mod board;
pub mod caption;
pub mod chart;
pub mod charts;
pub mod chosen;
pub mod clock;
pub mod compare;
pub mod desk;
#[cfg(feature = "desktop")]
pub mod desktop;
pub mod dial;
pub mod dock;
pub mod easel;
pub mod experiment;
pub mod field;
pub mod flight;
pub mod keys;
pub mod labels;
pub mod layout;
pub mod lectern;
pub mod lecture;
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
pub mod source;
pub mod status;
pub mod style;
pub mod timeline;
pub mod touch;
pub mod tour;
pub mod view;

use bevy::ecs::schedule::ScheduleConfigs;
use bevy::ecs::system::ScheduleSystem;
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use bevy_egui::input::EguiWantsInput;
use bevy_egui::{EguiContexts, EguiPrimaryContextPass, egui};

use self::act::DeskAct;
use crate::core::command::Command;
use crate::scene::session::{Ask, SessionState};
use crate::scene::side::{First, Second, Side};
use crate::scene::taken::{Insets, Taken};
use crate::scene::theme::Lecture;
use crate::scene::{self, Stage};
pub use desk::Desk;
use desk::LECTURE_ZOOM;
pub use view::PanelView;

/// The overlay. `panels` says whether there are any beside the labels.
pub fn plugin(app: &mut App) {
    order(app);
    #[cfg(feature = "desktop")]
    app.add_plugins(desktop::plugin);
    app.init_resource::<OverPanel>()
        .init_resource::<Dialog>()
        .init_resource::<Desk>()
        .init_resource::<labels::Standing>()
        .init_resource::<charts::Charts>()
        .init_resource::<charts::Charts<Second>>()
        .init_resource::<charts::OpenCharts>()
        .init_resource::<chosen::ChosenPoint>()
        .init_resource::<clock::TourClock>()
        .add_systems(Update, heed_egui.in_set(Step::Heed))
        .add_message::<DeskAct>()
        .add_message::<bevy::window::RequestRedraw>()
        .add_systems(Update, (keys::press_keys, post_acts, tour::ask_presenter).chain().in_set(Step::Keys))
        .add_systems(Update, (notice::tell_notice, clock::keep_clock).chain().in_set(Step::Notice))
        .add_systems(
            Update,
            (
                chosen::look_at_chosen,
                draw_charts::<First>,
                draw_charts::<Second>.run_if(is_compared),
                charts::join,
            )
                .chain()
                .in_set(Step::Charts),
        )
        .add_systems(EguiPrimaryContextPass, labels_systems())
        .add_systems(EguiPrimaryContextPass, (draw_panels, post_acts, freeze).chain().in_set(Step::Panels))
        .add_systems(lectern::LecternPass, lectern::draw_lectern);
}

/// The labels alone, for pictures and films.
pub fn labels_plugin(app: &mut App) {
    order(app);
    app.init_resource::<labels::Standing>()
        .init_resource::<charts::Charts>()
        .init_resource::<charts::Charts<Second>>()
        .init_resource::<charts::OpenCharts>()
        .add_systems(
            Update,
            (draw_large_charts::<First>, draw_large_charts::<Second>.run_if(is_compared), charts::join)
                .chain()
                .in_set(Step::Charts),
        )
        .add_systems(EguiPrimaryContextPass, labels_systems());
}

/// Whether two landscapes are shown.
fn is_compared(second: Option<Res<SessionState<Second>>>) -> bool {
    second.is_some()
}

fn labels_systems() -> ScheduleConfigs<ScheduleSystem> {
    (easel::draw_easel, caption::draw_caption, labels::draw_labels).chain().in_set(Step::Labels)
}

/// The systems that lay out the overlay.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OverlaySystems;

/// The systems that keep the desk for the next day, at the end of a frame.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeepSystems;

/// The steps of the overlay, in this order.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Heed,
    #[cfg(feature = "desktop")]
    Drops,
    Keys,
    Notice,
    #[cfg(feature = "desktop")]
    Studio,
    Charts,
    Labels,
    Panels,
    #[cfg(feature = "desktop")]
    Errands,
}

/// All order of the overlay's systems, among themselves and with the scene's.
fn order(app: &mut App) {
    use Step::*;
    app.configure_sets(Update, Heed.before(Stage::Hear))
        .configure_sets(Update, Keys.after(Stage::Hear).before(Stage::Input))
        .configure_sets(Update, (Notice, Charts).chain().in_set(OverlaySystems).in_set(Stage::Follow))
        .configure_sets(EguiPrimaryContextPass, (Labels, Panels).chain().in_set(OverlaySystems));
    #[cfg(feature = "desktop")]
    app.configure_sets(Update, Drops.after(Stage::Hear).before(Keys))
        .configure_sets(Update, Studio.after(Notice).before(Charts).in_set(Stage::Follow))
        .configure_sets(EguiPrimaryContextPass, Errands.after(Panels).in_set(OverlaySystems));
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
    others: Query<&Window, Without<PrimaryWindow>>,
    mut taken: MessageWriter<Taken>,
) {
    // What is done in another window is not done to the scene.
    let is_elsewhere = others.iter().any(|window| window.cursor_position().is_some());
    taken.write(Taken {
        pointer: wants.wants_any_pointer_input() || over_panel.0 || is_elsewhere,
        keyboard: wants.wants_any_keyboard_input() || dialog.is_open,
    });
}

/// Passes on what the desk asks of others.
fn post_acts(mut desk: ResMut<Desk>, mut acts: MessageWriter<DeskAct>) {
    acts.write_batch(desk.bypass_change_detection().asked.drain(..));
}

/// Holds everything that moves, or lets it go on.
fn freeze(
    mut acts: MessageReader<DeskAct>,
    source: source::Source,
    mut desk: ResMut<Desk>,
    mut ask: MessageWriter<Ask>,
) {
    if acts.read().any(|act| *act == DeskAct::Freeze) {
        ask.write_batch(desk.freeze(&source.view()).into_iter().map(Ask));
    }
}

fn draw_charts<S: Side>(sources: charts::Sources<S>, desk: Res<Desk>, mut charts: ResMut<charts::Charts<S>>) {
    let look = sources.look().clone();
    let wanted = charts::Wanted {
        kinds: look.charts.clone(),
        look,
        pointed: desk.pointed.filter(charts::Pointed::is_of::<S>),
    };
    charts::draw(&mut charts, &sources, &wanted);
}

/// Without panels nobody sees the others.
fn draw_large_charts<S: Side>(sources: charts::Sources<S>, mut charts: ResMut<charts::Charts<S>>) {
    let look = sources.look().clone();
    let wanted = charts::Wanted { kinds: look.large_charts().to_vec(), look, pointed: None };
    charts::draw(&mut charts, &sources, &wanted);
}

fn draw_panels(
    mut contexts: EguiContexts,
    source: source::Source,
    mut insets: MessageWriter<Insets>,
    mut lecture: MessageWriter<Lecture>,
    mut over_panel: ResMut<OverPanel>,
    mut ask: MessageWriter<Ask>,
    mut desk: ResMut<Desk>,
    charts: (Res<charts::Charts>, Res<charts::Charts<Second>>),
    chosen: Res<chosen::ChosenPoint>,
    camera: Option<Single<&Camera, With<scene::camera::SceneCamera>>>,
) -> Result {
    let ctx = contexts.ctx_mut()?.clone();
    // A window at rest would leave them unfinished.
    if charts.0.is_behind() || charts.1.is_behind() || chosen.is_busy() {
        ctx.request_repaint();
    }
    let view = source.view();
    style::set_style(&ctx, view.experiment.view.theme);
    let size = ctx.viewport_rect().size() * ctx.zoom_factor();
    ctx.set_zoom_factor(if view.is_panels_shown { desk.zoom_within(size) } else { desk.zoom_now() });
    lecture.write(Lecture(if desk.is_lecture { LECTURE_ZOOM } else { 1.0 }));
    let mut asked = Vec::new();
    let mut root = egui::Ui::new(
        ctx.clone(),
        "root".into(),
        egui::UiBuilder::new().layer_id(egui::LayerId::background()).max_rect(ctx.viewport_rect()),
    );
    let before = desk.clone();
    let covered = panels(&mut root, &view, desk.bypass_change_detection(), &mut asked);
    if *desk != before {
        desk.set_changed();
    }
    let screen = ctx.viewport_rect();
    // An edge that can be dragged reaches a little beyond its panel.
    let mut free = covered.free(screen);
    free.max.x -= view.experiment.view.room_for_charts() as f32 * free.width();
    let is_hidden = view.experiment.view.hides_landscape();
    let free = free.shrink(ctx.global_style().interaction.resize_grab_radius_side);
    over_panel.0 = ctx.pointer_latest_pos().is_some_and(|at| is_hidden || !free.contains(at));
    let scale = camera.and_then(|camera| camera.target_scaling_factor()).unwrap_or(1.0) * ctx.zoom_factor();
    insets.write(Insets {
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
    let has_charts = !view.charts.is_empty() && view.is_panels_shown && !desk.is_lecture;
    if !has_charts && view.experiment.view.large_charts().is_empty() {
        desk.pointed = None;
    }
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
    // Over a chart alone it would stand in its way.
    lecture::lecture_ui(&ctx, view, desk.is_lecture && !view.experiment.view.hides_landscape());
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
        compare::compare_ui(ui, view, desk, asked);
        egui::ScrollArea::vertical().show(ui, |ui| match view.beside.as_ref().filter(|_| desk.is_second) {
            Some(beside) => {
                let mut asked_of_second = Vec::new();
                folds(ui, beside, &mut asked_of_second);
                asked.extend(asked_of_second.into_iter().map(|command| compare::of_second(view, command)));
            }
            None => folds(ui, view, asked),
        });
    });
    covered.left = shown.response.rect.width();
    let is_dock = view.experiment.view.large_charts().is_empty() && !view.charts.is_empty();
    if is_dock {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_pointer_does_in_another_window_is_not_done_to_the_scene() {
        let mut app = App::new();
        app.init_resource::<EguiWantsInput>().init_resource::<OverPanel>().init_resource::<Dialog>();
        app.add_message::<Taken>().add_systems(Update, heed_egui);
        let pointed = |at: Option<Vec2>| {
            let mut window = Window::default();
            window.set_cursor_position(at);
            window
        };
        let of_audience = app.world_mut().spawn((pointed(None), PrimaryWindow)).id();
        let other = app.world_mut().spawn(pointed(None)).id();
        let mut is_taken = |window: Entity, at: Option<Vec2>| {
            app.world_mut().entity_mut(window).insert(pointed(at));
            app.update();
            app.world_mut().resource_mut::<Messages<Taken>>().drain().last().unwrap().pointer
        };
        assert!(!is_taken(of_audience, Some(Vec2::splat(9.0))));
        assert!(!is_taken(of_audience, None));
        assert!(is_taken(other, Some(Vec2::splat(9.0))));
        assert!(!is_taken(other, None));
    }
}
