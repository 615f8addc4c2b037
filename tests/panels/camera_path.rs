//! The camera's path.

use bevy_egui::egui::{Event, Key};
use egui_kittest::kittest::{NodeT, Queryable};
use losscape::core::command::{Command, ViewCommand};
use losscape::core::experiment::{CameraMode, Change};

use super::{clicked, harness, keyed, view};

#[test]
fn each_control_of_the_camera_path_sends_its_command_once() {
    assert!(harness(view()).get_by_label("Clear path").accesskit_node().is_disabled(), "there is no path");
    let sent = |command: Command| [command];
    let keys = keyed().camera.keys;
    assert_eq!(clicked(keyed(), "Clear path"), sent(Command::View(ViewCommand::Keys(vec![]))));
    assert_eq!(clicked(keyed(), "Play the path"), sent(Command::Set(Change::Camera(CameraMode::Path))));
    let mut flying = keyed();
    flying.experiment.view.camera = CameraMode::Path;
    assert_eq!(clicked(flying, "Leave the path"), sent(Command::Set(Change::Camera(CameraMode::Orbit))));
    let visit = Command::View(ViewCommand::Visit(keys[1].pose));
    assert_eq!(clicked(keyed(), "Camera key 2 at 3 s"), sent(visit.clone()));

    let gone = Command::View(ViewCommand::Keys(vec![keys[0], keys[2]]));
    for by_key in [true, false] {
        let mut harness = harness(keyed());
        assert!(harness.get_by_label("Delete the chosen key").accesskit_node().is_disabled());
        harness.get_by_label("Camera key 2 at 3 s").click();
        harness.run();
        match by_key {
            true => harness.key_press(Key::Delete),
            false => harness.get_by_label("Delete the chosen key").click(),
        }
        harness.run();
        harness.run();
        let asked = [visit.clone(), gone.clone()];
        assert_eq!(harness.state().asked, asked, "by key: {by_key}");
    }
}

#[test]
fn a_camera_key_is_dragged_or_typed_to_another_time_in_one_change() {
    let mut harness = harness(keyed());
    let [from, to] = ["Camera key 2 at 3 s", "Camera key 3 at 6 s"]
        .map(|label| harness.get_by_label(label).rect().center());
    harness.drag_at(from);
    harness.run();
    for share in [0.2, 0.5, 2.0] {
        harness.hover_at(from + (to - from) * share);
        harness.run();
        assert_eq!(harness.state().asked, [], "it is still on its way");
    }
    harness.drop_at(from + (to - from) * 0.5);
    harness.run();
    harness.run();
    let mut keys = keyed().camera.keys;
    keys[1].secs = 4.5;
    assert_eq!(harness.state().asked, [Command::View(ViewCommand::Keys(keys.clone()))]);

    harness.state_mut().asked.clear();
    harness.get_by_label("key 2 at").focus();
    harness.run();
    harness.event(Event::Text("99".to_owned()));
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    harness.run();
    let [Command::View(ViewCommand::Keys(typed))] = &harness.state().asked[..] else { panic!("one path") };
    assert!(typed[1].secs < 6.0 && typed[1].secs > 5.5, "it passes no neighbour: {}", typed[1].secs);
}
