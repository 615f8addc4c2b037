//! The panels, driven through their labels as a person or a screen reader would.

mod buttons;
mod camera_path;
mod charts;
mod compare;
mod files;
mod keys;
mod lectern;
mod lecture;
mod numbers;
mod point;
mod race;
mod readouts;
mod recording;
mod settings;
mod tour;

use bevy_egui::egui::accesskit::Role;
use bevy_egui::egui::{Event, Key, Ui};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use losscape::core::command::Command;
use losscape::core::experiment::builtin;
use losscape::core::geometry::camera::Pose;
use losscape::core::geometry::path::CameraKey;
use losscape::core::probe::{Brief, VerdictKind};
use losscape::core::subspace::AxisMeaning;
use losscape::ui::view::{CameraView, RunView, SliceView};
use losscape::ui::{Desk, PanelView, panels};

const POSE: Pose = Pose { target: [0.0; 3], yaw: 0.1, pitch: -0.5, distance: 3.0, fov: 0.7 };

pub(super) struct State {
    pub(super) view: PanelView,
    pub(super) desk: Desk,
    pub(super) asked: Vec<Command>,
}

pub(super) fn view() -> PanelView {
    let axis = |name: &str, explained| AxisMeaning { name: name.into(), explained, is_random: false };
    PanelView {
        experiment: builtin::load(builtin::DEFAULT).unwrap().unwrap(),
        is_panels_shown: true,
        run: RunView {
            step: 120,
            loss: Some(0.1234),
            accuracy: Some(0.5),
            surface_loss: Some(0.25),
            plane_distance: Some(1.5),
            ..PanelView::default().run
        },
        slice: SliceView {
            axes: vec![axis("start to end", 0.907), axis("main bend", 0.084), axis("second bend", 0.005)],
            explained: 0.996,
            alpha3_range: Some((-2.0, 3.0)),
            alpha_ranges: [(0.0, 3.0); 2],
            losses: [0.0, 1.5],
            is_exact: true,
            ..PanelView::default().slice
        },
        ..PanelView::default()
    }
}

pub(super) fn harness(view: PanelView) -> Harness<'static, State> {
    harness_of_passes(view, 1)
}

/// Panels that are laid out so many times a frame: what is clicked and typed there is there once.
fn harness_of_passes(view: PanelView, passes: usize) -> Harness<'static, State> {
    let state = State { view, desk: Desk::default(), asked: Vec::new() };
    let draw = move |ui: &mut Ui, state: &mut State| {
        if ui.ctx().current_pass_index() + 1 < passes {
            ui.ctx().request_discard("this frame has another pass");
        }
        panels(ui, &state.view, &mut state.desk, &mut state.asked);
    };
    let mut harness = Harness::builder().with_size([1280.0, 2400.0]).build_ui_state(draw, state);
    harness.run();
    harness
}

/// What a click on the thing of that name asks for.
fn clicked(view: PanelView, label: &str) -> Vec<Command> {
    let mut harness = harness(view);
    assert_eq!(harness.state().asked, [], "nothing is asked for unasked");
    harness.get_by_label(label).click();
    harness.run();
    harness.run();
    harness.state().asked.clone()
}

/// What choosing an entry of a menu asks for.
fn chosen(menu: &str, entry: &str) -> Vec<Command> {
    let mut harness = harness(view());
    harness.get_by_label(menu).click();
    harness.run();
    harness.get_by_label(entry).click();
    harness.run();
    harness.run();
    harness.state().asked.clone()
}

/// What typing into the field of that value asks for.
fn typed(view: PanelView, shown: &str, text: &str) -> Vec<Command> {
    let mut harness = harness(view);
    {
        let mut fields = harness.get_all_by_role(Role::SpinButton);
        fields.find(|field| field.value().as_deref() == Some(shown)).unwrap().focus();
    }
    harness.run();
    harness.event(Event::Text(text.to_owned()));
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    harness.run();
    harness.state().asked.clone()
}

/// Types a number into the field of that name, digit by digit.
fn type_number(harness: &mut Harness<State>, label: &str, text: &str) {
    harness.get_all_by_role_and_label(Role::SpinButton, label).next().unwrap().focus();
    harness.run();
    type_text(harness, text);
}

/// Types into what has the focus, letter by letter, and leaves it.
pub(super) fn type_text(harness: &mut Harness<State>, text: &str) {
    for letter in text.chars() {
        harness.event(Event::Text(letter.into()));
        harness.run();
    }
    harness.key_press(Key::Enter);
    harness.run();
    harness.run();
}

/// What typing a number into the field of that name asks for.
fn set(view: PanelView, label: &str, text: &str) -> Vec<Command> {
    let mut harness = harness(view);
    type_number(&mut harness, label, text);
    harness.state().asked.clone()
}

fn saddle() -> Brief {
    Brief { kind: VerdictKind::Saddle, downhill: None }
}

pub(super) fn keyed() -> PanelView {
    let key = |secs| CameraKey { secs, pose: Pose { yaw: secs, ..POSE } };
    PanelView { camera: CameraView { keys: vec![key(0.0), key(3.0), key(6.0)], ..view().camera }, ..view() }
}

/// What clicking these one after the other leaves on a desk.
fn desk_after(view: PanelView, desk: Desk, labels: &[&str]) -> Desk {
    let mut harness = harness(view);
    harness.state_mut().desk = desk;
    // A row that is new pushes what is above it up.
    harness.run();
    harness.run();
    for label in labels {
        harness.get_by_label(label).click();
        harness.run();
        harness.run();
    }
    assert_eq!(harness.state().asked, [], "none of this is of the session");
    harness.state().desk.clone()
}
