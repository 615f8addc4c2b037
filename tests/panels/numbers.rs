//! Numbers, typed and dragged.

use bevy_egui::egui::Key;
use bevy_egui::egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use losscape::core::command::{Command, RunCommand};
use losscape::core::data::BatchSize;
use losscape::core::experiment::{Change, Shape, ViewFile};
use losscape::core::optim::Schedule;
use losscape::core::subspace::PlaneConfig;
use losscape::ui::PanelView;

use super::{harness, set, type_number, typed, view};

/// What an arrow key on the slider of that name asks for.
fn nudged(view: PanelView, label: &str) -> Vec<Command> {
    let mut harness = harness(view);
    harness.get_by_role_and_label(Role::Slider, label).focus();
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.run();
    harness.run();
    harness.state().asked.clone()
}

#[test]
fn each_number_sends_its_command_once_however_many_digits_are_typed() {
    let experiment = |change| [Command::Set(change)];
    let mut dataset = view().experiment.dataset;
    dataset.set_points(1234);
    assert_eq!(set(view(), "points", "1234"), experiment(Change::Dataset(dataset)));
    assert_eq!(set(view(), "held out", "0.25"), experiment(Change::HeldOut(0.25)));
    assert_eq!(set(view(), "Batch", "32"), experiment(Change::Batch(BatchSize::Size(32))));
    let mini = || {
        let mut view = view();
        view.experiment.batch = BatchSize::Size(32);
        view
    };
    assert_eq!(set(mini(), "Batch", "500"), experiment(Change::Batch(BatchSize::Full)));
    assert_eq!(set(view(), "Steps", "3000"), experiment(Change::Steps(3000)));
    assert_eq!(set(view(), "Seed", "77"), experiment(Change::Seed(77)));
    let ranges = Some(vec![(0.0, 3.0), (-1.5, 3.0), (-2.0, 3.0)]);
    assert_eq!(set(view(), "α₂ from", "-1.5"), experiment(Change::Ranges(ranges)));
    let sent = |command: Command| [command];
    assert_eq!(set(view(), "Turn", "-12"), sent(Command::Set(Change::Rotate(-12.0))));
    assert_eq!(set(view(), "Turn", "-123"), sent(Command::Set(Change::Rotate(-90.0))), "as far as it goes");
    assert_eq!(set(view(), "α₃", "7.25"), sent(Command::Set(Change::Alpha3(7.25))));
    assert_eq!(set(view(), "Speed", "1234"), [Command::Set(Change::Speed(1234.0))]);

    let mut harness = harness(view());
    type_number(&mut harness, "below", "0.015");
    assert_eq!(harness.state().asked, [], "it is a setting of the button beside it");
    harness.get_by_label("To convergence").click();
    harness.run();
    harness.run();
    assert_eq!(harness.state().asked, [Command::Run(RunCommand::Converge { tolerance: 0.015 })]);
}

#[test]
fn each_slider_goes_a_little_further_with_an_arrow_key_and_sends_that_once() {
    let look = |change: fn(&mut ViewFile)| {
        let mut view = view();
        change(&mut view.experiment.view);
        view
    };
    let view = || look(|view| (view.opacity, view.steps_per_second) = (0.5, 60.0));
    let [Command::Set(Change::Opacity(opacity))] = nudged(view(), "Opacity")[..] else { panic!("one") };
    assert!(opacity > 0.5 && opacity < 0.6, "{opacity}");
    let [Command::Set(Change::Speed(speed))] = nudged(view(), "Speed")[..] else { panic!("one speed") };
    assert!(speed > 60.0 && speed < 80.0, "{speed}");
    let [Command::Set(Change::Alpha3(alpha3))] = nudged(view(), "α₃")[..] else { panic!("one") };
    assert!(alpha3 > 0.0 && alpha3 < 0.2, "{alpha3}");
    let [Command::Set(Change::Rotate(degrees))] = nudged(view(), "Turn")[..] else { panic!("one") };
    assert!(degrees > 0.0 && degrees < 5.0, "{degrees}");

    let cube = || look(|view| (view.shape, view.section1) = (Shape::Cube, Some(1.0)));
    let [Command::Set(Change::Section1(Some(at)))] = nudged(cube(), "Cut α₁ level")[..] else {
        panic!("one section")
    };
    assert!(at > 1.0 && at < 1.1, "{at}");
    assert_eq!(set(cube(), "Cut α₁ level", "2.125"), [Command::Set(Change::Section1(Some(2.125)))]);
    let level = look(|view| (view.shape, view.isosurface) = (Shape::Cube, Some(0.5)));
    let asked = set(level, "Isosurface level", "0.75");
    assert_eq!(asked, [Command::Set(Change::Isosurface(Some(0.75)))]);
    let clipped = look(|view| view.clip = Some(0.5));
    assert_eq!(set(clipped, "Clip at level", "1.25"), [Command::Set(Change::Clip(Some(1.25)))]);
}

#[test]
fn what_a_file_says_more_exactly_than_a_slider_shows_is_left_as_it_is() {
    let mut exact = view();
    exact.experiment.slice.rotate = 12.3456;
    exact.experiment.view.steps_per_second = 0.5 + 60.0;
    exact.slice.alpha3 = 0.123_456;
    let mut harness = harness(exact);
    for label in ["Speed", "α₃", "Turn"] {
        harness.get_by_role_and_label(Role::SpinButton, label).focus();
        harness.run();
        harness.key_press(Key::Tab);
        harness.run();
        harness.run();
    }
    assert_eq!(harness.state().asked, []);
}

#[test]
fn the_dial_turns_the_plane_and_alpha3_goes_beyond_the_volume() {
    assert_eq!(typed(view(), "0°", "40"), [Command::Set(Change::Rotate(40.0))]);
    assert_eq!(typed(view(), "0.00", "7.5"), [Command::Set(Change::Alpha3(7.5))]);
}

#[test]
fn a_typed_number_is_sent_when_the_field_is_left() {
    let mut harness = harness(view());
    harness.get_by_label("lr").focus();
    harness.run();
    harness.get_by_label("lr").type_text("0.5");
    harness.run();
    assert_eq!(harness.state().asked, [], "half a number is no number");
    harness.key_press(Key::Enter);
    harness.run();
    harness.run();
    let asked = harness.state().asked.clone();
    let [Command::Set(Change::Optimizer(optimizer))] = &asked[..] else {
        panic!("one learning rate was typed: {asked:?}");
    };
    assert_eq!(optimizer.lr(), 0.5);
}

#[test]
fn a_number_that_is_only_passed_through_keeps_all_its_digits() {
    let mut third = view();
    third.experiment.schedule = Schedule::by_name("warm_up").unwrap();
    let mut harness = harness(third);
    harness.get_by_label("start_factor").focus();
    for _ in 0..3 {
        harness.run();
        harness.key_press(Key::Tab);
        harness.run();
    }
    assert_eq!(harness.state().asked, []);
}

#[test]
fn the_angle_of_a_plane_seen_awry_is_a_dial() {
    let mut awry = view();
    awry.experiment.slice.plane = PlaneConfig::Angle { degrees: 20.0 };
    let plane = PlaneConfig::Angle { degrees: 45.0 };
    assert_eq!(typed(awry, "20°", "45"), [Command::Set(Change::Plane(plane))]);
}
