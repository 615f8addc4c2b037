//! Keys: what they stand for, and the main job done with them alone.

use bevy::prelude::KeyCode;
use bevy_egui::egui::{Key, Ui};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use losscape::core::command::{Bookmark, Command, RaceStart, RunCommand, ViewCommand};
use losscape::core::experiment::{CameraMode, Change, ChartKind, Shape, Theme};
use losscape::core::geometry::heights::HeightScale;
use losscape::core::optim::OptimizerConfig;
use losscape::ui::act::DeskAct;
use losscape::ui::actions::{Act, actions};
use losscape::ui::chosen::CHOOSE_TRAINING;
use losscape::ui::desktop::Errand;
use losscape::ui::keys::{command_of, desk_act_of};
use losscape::ui::view::{CameraView, RunView};
use losscape::ui::{Desk, PanelView, panels};

use super::{POSE, State, harness, type_text, view};

/// Presses Tab until what has that name has the focus.
fn tab_to(harness: &mut Harness<State>, label: &str) {
    for _ in 0..200 {
        harness.key_press(Key::Tab);
        harness.run();
        if harness.query_all_by_label(label).any(|node| node.is_focused()) {
            return;
        }
    }
    panic!("Tab does not lead to {label}");
}

#[test]
fn the_main_job_is_done_with_the_keyboard_alone() {
    let marker = vec![0.25, -0.5, 0.125];
    let mut harness = harness(PanelView { run: RunView { marker: marker.clone(), ..view().run }, ..view() });
    let press = |harness: &mut Harness<State>, label: &str, key: Key| {
        tab_to(harness, label);
        harness.key_press(key);
        harness.run();
        harness.run();
    };
    tab_to(&mut harness, "points");
    type_text(&mut harness, "80");
    press(&mut harness, "Race another run ⏷", Key::Enter);
    press(&mut harness, "adam", Key::Enter);
    press(&mut harness, "Step", Key::Space);
    press(&mut harness, "⟲ Restart", Key::Enter);
    press(&mut harness, "▶ Play", Key::Space);
    press(&mut harness, CHOOSE_TRAINING, Key::Enter);
    // What the session makes of it.
    harness.state_mut().view.slice.selected = Some(marker.clone());
    harness.run();
    tab_to(&mut harness, "point α₂");
    type_text(&mut harness, "1.5");
    press(&mut harness, "Charts ⏷", Key::Enter);
    press(&mut harness, "Contour map", Key::Space);
    press(&mut harness, "Find…", Key::Space);
    harness.run_steps(6);
    type_text(&mut harness, "heights log");

    let mut dataset = view().experiment.dataset;
    dataset.set_points(80);
    let optimizer = OptimizerConfig::by_name("adam").unwrap();
    let expected = [
        Command::Set(Change::Dataset(dataset)),
        Command::Run(RunCommand::race(optimizer, RaceStart::Same)),
        Command::Run(RunCommand::Step(1)),
        Command::Run(RunCommand::Restart),
        Command::Run(RunCommand::Play),
        Command::View(ViewCommand::Select(Some(marker))),
        Command::View(ViewCommand::Select(Some(vec![0.25, 1.5, 0.125]))),
        Command::Set(Change::Charts(vec![ChartKind::Map])),
        Command::Set(Change::Scale(HeightScale::Log)),
    ];
    assert_eq!(harness.state().asked, expected);
    harness.key_press(Key::Escape);
    harness.run();
    assert_eq!(harness.ctx.input(|input| input.pointer.latest_pos()), None, "no pointer took part");
}

#[test]
fn keys_stand_for_commands() {
    let view = PanelView { camera: CameraView { pose: Some(POSE), ..view().camera }, ..view() };
    let key = |key| command_of(key, false, &view);
    let sent = |command: Command| Some(command);
    let slot = Bookmark::try_from(4).unwrap();
    assert_eq!(key(KeyCode::Digit4), sent(Command::View(ViewCommand::GoTo(slot))));
    let pose = view.camera.pose.unwrap();
    assert_eq!(
        command_of(KeyCode::Digit4, true, &view),
        sent(Command::View(ViewCommand::SetBookmark { slot, pose }))
    );
    assert_eq!(key(KeyCode::KeyK), sent(Command::View(ViewCommand::AddKey(pose))));
    assert_eq!(key(KeyCode::KeyV), sent(Command::Set(Change::Shape(Shape::Cube))));
    assert_eq!(key(KeyCode::KeyX), sent(Command::Set(Change::Scale(HeightScale::Linear))));
    assert_eq!(key(KeyCode::KeyY), sent(Command::Set(Change::Theme(Theme::Light))));
    assert_eq!(key(KeyCode::KeyM), sent(Command::Set(Change::Camera(CameraMode::Map))));
    assert_eq!(key(KeyCode::Escape), None, "nothing is chosen");
    assert_eq!(key(KeyCode::Space), Some(Command::Run(RunCommand::Play)));
    assert_eq!(command_of(KeyCode::KeyX, true, &view), None, "Ctrl+X is another key");
    let mut mapped = view.clone();
    mapped.experiment.view.camera = CameraMode::Map;
    assert_eq!(
        command_of(KeyCode::KeyM, false, &mapped),
        sent(Command::Set(Change::Camera(CameraMode::Orbit)))
    );
    let mut two = view.clone();
    two.slice.alpha3_range = None;
    assert_eq!(command_of(KeyCode::KeyV, false, &two), None, "there is no cube to show");
}

#[test]
fn every_action_with_a_key_is_what_the_key_does() {
    let view = PanelView { camera: CameraView { pose: Some(POSE), ..view().camera }, ..view() };
    for action in actions(&view) {
        let Some(key) = key_of(action.key) else { continue };
        let same = actions(&view).into_iter().filter(|other| other.key == action.key).count();
        assert_eq!(same, 1, "{} is told once", action.key);
        let (has_ctrl, has_shift) = (action.key.contains("Ctrl"), action.key.contains("Shift"));
        match &action.act {
            Act::Desk(act) => {
                assert_eq!(desk_act_of(key, has_ctrl, has_shift), Some(*act), "{}", action.name)
            }
            Act::Ask(command) => {
                assert_eq!(command_of(key, has_ctrl, &view).as_ref(), Some(command), "{}", action.name)
            }
            Act::Race(optimizer) => panic!("no key lets {optimizer:?} join"),
        }
    }
}

fn key_of(name: &str) -> Option<KeyCode> {
    let keys = [
        ("Space", KeyCode::Space),
        ("Right", KeyCode::ArrowRight),
        ("Left", KeyCode::ArrowLeft),
        ("F1", KeyCode::F1),
        ("F10", KeyCode::F10),
        ("F11", KeyCode::F11),
        ("F12", KeyCode::F12),
        ("+", KeyCode::Equal),
        ("-", KeyCode::Minus),
        (".", KeyCode::Period),
        ("R", KeyCode::KeyR),
        ("Z", KeyCode::KeyZ),
        ("Y", KeyCode::KeyY),
        ("T", KeyCode::KeyT),
        ("V", KeyCode::KeyV),
        ("F", KeyCode::KeyF),
        ("C", KeyCode::KeyC),
        ("M", KeyCode::KeyM),
        ("G", KeyCode::KeyG),
        ("P", KeyCode::KeyP),
        ("K", KeyCode::KeyK),
        ("X", KeyCode::KeyX),
        ("H", KeyCode::KeyH),
        ("L", KeyCode::KeyL),
        ("B", KeyCode::KeyB),
        ("S", KeyCode::KeyS),
        ("O", KeyCode::KeyO),
    ];
    let plain = name.trim_start_matches("Ctrl+").trim_start_matches("Shift+");
    assert!(name.is_empty() || keys.iter().any(|(known, _)| *known == plain), "{name} is a key nobody knows");
    keys.iter().find(|(known, _)| *known == plain).map(|(_, key)| *key)
}

#[test]
fn one_thing_at_a_time_is_open_over_the_picture_and_esc_closes_it() {
    let mut harness = harness(view());
    harness.state_mut().desk.act(DeskAct::Help);
    harness.run();
    assert!(harness.query_by_label("Take one step").is_some());
    harness.state_mut().desk.act(DeskAct::Palette);
    harness.run();
    assert!(!harness.state().desk.is_help_open && harness.state().desk.sought.is_some());
    harness.state_mut().desk.act(DeskAct::Errand(Errand::Open));
    assert_eq!(harness.state().desk.sought, None, "a file is chosen alone");
    harness.state_mut().desk.act(DeskAct::Help);
    harness.run();
    harness.key_press(Key::Escape);
    harness.run();
    assert!(!harness.state().desk.has_open());
    assert!(harness.query_by_label("Take one step").is_none());
}

#[test]
fn all_keys_are_on_the_screen_of_a_lecture_too() {
    // 1152 x 648 pixels as they are left of a small screen, at the size of a lecture.
    for size in [[720.0, 405.0], [1280.0, 720.0]] {
        let state = State { view: view(), desk: Desk::default(), asked: Vec::new() };
        let draw = |ui: &mut Ui, state: &mut State| {
            panels(ui, &state.view, &mut state.desk, &mut state.asked);
        };
        let mut harness = Harness::builder().with_size(size).build_ui_state(draw, state);
        (harness.state_mut().desk.is_lecture, harness.state_mut().desk.is_help_open) = (true, true);
        harness.run_steps(4);
        for label in ["Take one step", "Restart training", "Drag looks around; the wheel sets the speed"] {
            let rect = harness.get_by_label(label).rect();
            assert!(
                rect.top() > 0.0 && rect.bottom() < size[1] && rect.right() < size[0],
                "{label}: {rect:?}"
            );
        }
        let long = harness.get_by_label_contains("a twentieth of the run back").rect();
        assert!(long.left() > 0.0 && long.right() < size[0], "{long:?}");
    }
}
