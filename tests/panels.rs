//! The panels, driven through their labels as a person or a screen reader would.

use losscape::disk::sources;
use std::sync::Arc;

use bevy::prelude::{KeyCode, default};
use bevy_egui::egui::accesskit::Role;
use bevy_egui::egui::{Event, Key, Ui};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use losscape::core::command::{Bookmark, Command, RaceStart, RunCommand, ViewCommand};
use losscape::core::data::{BatchSize, DatasetConfig};
use losscape::core::experiment::file::Resolution;
use losscape::core::experiment::{
    CameraMode, Change, Experiment, ExperimentFile, Shape, Theme, TrailColors, ViewFile, builtin,
};
use losscape::core::geometry::camera::Pose;
use losscape::core::geometry::colormap::ColorMap;
use losscape::core::geometry::heights::HeightScale;
use losscape::core::geometry::path::CameraKey;
use losscape::core::loss::Loss;
use losscape::core::model::{Head, Init, ModelConfig};
use losscape::core::objective::Surface;
use losscape::core::optim::{OptimizerConfig, Schedule};
use losscape::core::probe::{Brief, VerdictKind};
use losscape::core::session::RunId;
use losscape::core::subspace::walks::Band;
use losscape::core::subspace::{AxisMeaning, PlaneConfig, RandomWalks};
use losscape::ui::act::{DeskAct, TourAct};
use losscape::ui::actions::{Act, actions};
use losscape::ui::chart::{Chart, Mark};
use losscape::ui::charts::ChartKind;
use losscape::ui::chosen::{CHOOSE_TRAINING, choice_of_training};
use losscape::ui::desktop::studio::MOST_PIXELS;
use losscape::ui::desktop::{Asking, Errand, FileDesk, Rescue, Shot, StudioAct, Take};
use losscape::ui::keys::{command_of, desk_act_of};
use losscape::ui::tour::tour_act_of;
use losscape::ui::view::{
    CameraView, Chosen, EditsView, FilmView, Nearest, NewsView, RunRow, RunView, SliceView, TourView,
};
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

#[test]
fn each_button_sends_its_command_once() {
    let playing = PanelView { run: RunView { is_playing: true, ..view().run }, ..view() };
    assert_eq!(clicked(playing, "⏸ Pause"), [Command::Run(RunCommand::Pause)]);
    assert_eq!(clicked(view(), "▶ Play"), [Command::Run(RunCommand::Play)]);
    assert_eq!(clicked(view(), "Step"), [Command::Run(RunCommand::Step(1))]);
    assert_eq!(clicked(view(), "⟲ Restart"), [Command::Run(RunCommand::Restart)]);
    assert_eq!(clicked(view(), "Sweep α₃"), [Command::Sweep(true)]);
    assert_eq!(clicked(view(), "Cube"), [Command::Set(Change::Shape(Shape::Cube))]);
    assert_eq!(clicked(view(), "Surface"), [Command::Set(Change::Shape(Shape::Surface))]);
    assert_eq!(clicked(view(), "Fly"), [Command::Set(Change::Camera(CameraMode::Flight))]);
    assert_eq!(clicked(view(), "Orbit"), [Command::Set(Change::Camera(CameraMode::Orbit))]);
    assert_eq!(clicked(view(), "Frame all"), [Command::View(ViewCommand::FrameAll)]);
}

#[test]
fn each_control_of_the_picture_sends_its_command_once() {
    let look = |change: fn(&mut ViewFile)| {
        let mut view = view();
        change(&mut view.experiment.view);
        view
    };
    let sent = |command: Command| [command];
    assert_eq!(clicked(view(), "Both"), sent(Command::Set(Change::Shape(Shape::Both))));
    assert_eq!(clicked(view(), "Map"), sent(Command::Set(Change::Camera(CameraMode::Map))));
    assert_eq!(clicked(view(), "Ride"), sent(Command::Set(Change::Camera(CameraMode::Ride))));
    assert_eq!(clicked(view(), "Light"), sent(Command::Set(Change::Theme(Theme::Light))));
    assert_eq!(clicked(view(), "Block"), sent(Command::Set(Change::Solid(false))));
    assert_eq!(clicked(view(), "Grid"), sent(Command::Set(Change::GridLines(true))));
    assert_eq!(chosen("Heights", "log"), sent(Command::Set(Change::Scale(HeightScale::Log))));
    assert_eq!(chosen("Trail", "distance"), sent(Command::Set(Change::Trail(TrailColors::Distance))));
    assert_eq!(clicked(view(), "Clip at"), sent(Command::Set(Change::Clip(Some(0.5)))));
    let clipped = look(|view| view.clip = Some(0.7));
    assert_eq!(clicked(clipped, "Clip at"), sent(Command::Set(Change::Clip(None))));
    let is_off =
        |view: PanelView, label: &str| harness(view).get_by_label(label).accesskit_node().is_disabled();
    assert!(is_off(look(|view| view.scale = HeightScale::Log), "Clip at"), "nothing is cut off");
    let flying = look(|view| view.camera = CameraMode::Flight);
    assert_eq!(clicked(flying, "Below the floor"), sent(Command::View(ViewCommand::BelowFloor(true))));
    assert!(is_off(view(), "Below the floor"), "it does not fly");
    assert_eq!(clicked(keyed(), "Path"), sent(Command::Set(Change::Camera(CameraMode::Path))));
    assert!(harness(view()).get_by_label("Path").accesskit_node().is_disabled(), "without keys");

    let cube = || look(|view| view.shape = Shape::Cube);
    assert_eq!(clicked(cube(), "Isosurface"), sent(Command::Set(Change::Isosurface(Some(0.5)))));
    let cut = Command::Set(Change::Section2(Some(1.0)));
    assert_eq!(clicked(cube(), "Cut α₂"), sent(cut));
    let cut = look(|view| (view.shape, view.section1) = (Shape::Cube, Some(0.5)));
    assert_eq!(clicked(cut, "Cut α₁"), sent(Command::Set(Change::Section1(None))));
    assert!(is_off(view(), "Isosurface"), "a surface has none");
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
fn ticks_and_menus_of_settings_send_their_command_once() {
    let mut deep = view();
    deep.experiment.model = ModelConfig::by_name("mlp").unwrap();
    let ModelConfig::Mlp { skip, .. } = deep.experiment.model else { panic!("an mlp") };
    let asked = clicked(deep, "skip");
    let [Command::Set(Change::Model(ModelConfig::Mlp { skip: now, .. }))] = asked[..] else {
        panic!("one model: {asked:?}")
    };
    assert_eq!(now, !skip);
    let adam = OptimizerConfig::by_name("adam").unwrap();
    let asked = chosen("Optimizer", "adam");
    assert_eq!(asked, [Command::Set(Change::Optimizer(adam))]);
    let mut ranged = view();
    ranged.experiment.slice.range = None;
    assert!(harness(ranged.clone()).get_by_label("Fit").accesskit_node().is_disabled(), "they do fit");
    ranged.experiment.slice.range = Some(vec![(0.0, 1.0); 3]);
    assert_eq!(clicked(ranged, "Fit"), [Command::Set(Change::Ranges(None))]);
}

#[test]
fn two_passes_a_frame_do_not_double_what_is_asked() {
    let twice = || {
        let harness = harness_of_passes(view(), 2);
        assert_eq!(harness.output().platform_output.num_completed_passes, 2);
        assert_eq!(harness.state().asked, []);
        harness
    };
    let settled = |mut harness: Harness<State>| {
        harness.run();
        harness.run();
        harness.into_state().asked
    };
    for (label, command) in [
        ("Step", Command::Run(RunCommand::Step(1))),
        ("Sweep α₃", Command::Sweep(true)),
        ("Block", Command::Set(Change::Solid(false))),
    ] {
        let harness = twice();
        harness.get_by_label(label).click();
        assert_eq!(settled(harness), [command]);
    }

    let mut menu = twice();
    menu.get_by_label("Race another optimizer ⏷").click();
    menu.run();
    menu.get_by_label("adam").click();
    let optimizer = OptimizerConfig::by_name("adam").unwrap();
    let race = Command::Run(RunCommand::Race { optimizer, from: RaceStart::Same });
    assert_eq!(settled(menu), [race]);

    let mut field = twice();
    type_number(&mut field, "Steps", "3000");
    assert_eq!(settled(field), [Command::Set(Change::Steps(3000))]);

    let mut slider = twice();
    slider.get_by_role_and_label(Role::Slider, "Turn").focus();
    slider.run();
    slider.key_press(Key::ArrowRight);
    assert_eq!(settled(slider).len(), 1);

    let mut palette = twice();
    palette.state_mut().desk.act(DeskAct::Palette);
    palette.run_steps(6);
    type_text(&mut palette, "race adam");
    let asked = settled(palette);
    assert!(matches!(asked[..], [Command::Run(RunCommand::Race { .. })]), "{asked:?}");
}

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
    press(&mut harness, "Race another optimizer ⏷", Key::Enter);
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
        Command::Run(RunCommand::Race { optimizer, from: RaceStart::Same }),
        Command::Run(RunCommand::Step(1)),
        Command::Run(RunCommand::Restart),
        Command::Run(RunCommand::Play),
        Command::View(ViewCommand::Select(Some(marker))),
        Command::View(ViewCommand::Select(Some(vec![0.25, 1.5, 0.125]))),
        Command::Set(Change::Scale(HeightScale::Log)),
    ];
    assert_eq!(harness.state().asked, expected);
    assert_eq!(harness.state().desk.charts.iter().copied().collect::<Vec<_>>(), [ChartKind::Map]);
    harness.key_press(Key::Escape);
    harness.run();
    assert_eq!(harness.ctx.input(|input| input.pointer.latest_pos()), None, "no pointer took part");
}

#[test]
fn a_point_is_chosen_where_training_is_and_moved_by_numbers() {
    let select = |alpha: Vec<f64>| [Command::View(ViewCommand::Select(Some(alpha)))];
    let marker = vec![0.25, -0.5, 0.125];
    let known = PanelView { run: RunView { marker: marker.clone(), ..view().run }, ..view() };
    assert_eq!(clicked(known.clone(), CHOOSE_TRAINING), select(marker.clone()));
    let named = actions(&known).into_iter().find(|action| action.name == CHOOSE_TRAINING).unwrap();
    assert_eq!(named.act, Act::Ask(select(marker.clone())[0].clone()));
    for nowhere in [vec![], vec![f64::NAN, 0.0]] {
        let unknown = PanelView { run: RunView { marker: nowhere, ..view().run }, ..view() };
        assert_eq!(choice_of_training(&unknown), None);
        assert!(harness(unknown).get_by_label(CHOOSE_TRAINING).accesskit_node().is_disabled());
    }
    let selected = PanelView { slice: SliceView { selected: Some(marker), ..view().slice }, ..view() };
    assert_eq!(set(selected.clone(), "point α₁", "1.25"), select(vec![1.25, -0.5, 0.125]));
    assert_eq!(set(selected.clone(), "point α₂", "-2"), select(vec![0.25, -2.0, 0.125]));
    assert_eq!(set(selected, "point α₂", "nan"), [], "no place");
}

/// Rows above come and go while training goes on.
#[test]
fn whoever_types_a_place_keeps_the_field_when_a_row_comes_above_it() {
    let mut harness = harness(PanelView {
        slice: SliceView { selected: Some(vec![0.25, -0.5, 0.125]), ..view().slice },
        ..view()
    });
    harness.get_by_label("point α₁").focus();
    harness.run();
    harness.event(Event::Text("1".to_owned()));
    harness.run();
    harness.state_mut().view.run.is_probing = true;
    harness.run();
    type_text(&mut harness, "5");
    let alpha = vec![15.0, -0.5, 0.125];
    assert_eq!(harness.state().asked, [Command::View(ViewCommand::Select(Some(alpha)))]);
}

#[test]
fn the_dial_turns_the_plane_and_alpha3_goes_beyond_the_volume() {
    assert_eq!(typed(view(), "0°", "40"), [Command::Set(Change::Rotate(40.0))]);
    assert_eq!(typed(view(), "0.00", "7.5"), [Command::Set(Change::Alpha3(7.5))]);
}

#[test]
fn a_race_is_joined_from_the_menu_or_from_the_chosen_point_and_left_again() {
    let race = |from| {
        let optimizer = OptimizerConfig::all().into_iter().find(|one| one.name() == "adam").unwrap();
        Command::Run(RunCommand::Race { optimizer, from })
    };
    assert_eq!(chosen("Race another optimizer ⏷", "adam"), [race(RaceStart::Same)]);
    // Where the examples are known it gets a learning rate that is fair.
    let checked = Experiment::reading(view().experiment, &sources()).unwrap();
    let fair = checked.paced(OptimizerConfig::by_name("adam").unwrap());
    assert!(fair.lr() > 0.01, "{fair:?}");
    let known = || PanelView { checked: Some(checked.clone()), ..view() };
    let race_of = |optimizer| [Command::Run(RunCommand::Race { optimizer, from: RaceStart::Same })];
    let mut menu = harness(known());
    menu.get_by_label("Race another optimizer ⏷").click();
    menu.run();
    menu.get_by_label("adam").click();
    menu.run_steps(2);
    assert_eq!(menu.state().asked, race_of(fair.clone()));
    let mut found = harness(known());
    found.state_mut().desk.sought = Some("race adam".to_owned());
    found.run_steps(4);
    found.key_press(Key::Enter);
    found.run_steps(2);
    assert_eq!(found.state().asked, race_of(fair));
    let is_off = |label: &str| harness(view()).get_by_label(label).accesskit_node().is_disabled();
    assert!(is_off("Train on from here"), "no point was chosen");
    let alpha = vec![0.5, 0.25, 0.0];
    let at_point = PanelView { slice: SliceView { selected: Some(alpha.clone()), ..view().slice }, ..view() };
    let [Command::Run(RunCommand::Race { optimizer, from })] = &clicked(at_point, "Train on from here")[..]
    else {
        panic!("one race")
    };
    assert_eq!((optimizer, from), (&view().experiment.optimizer, &RaceStart::Slice(alpha)));

    let row = |id, name: &str, loss| RunRow {
        optimizer: Some(tuned(name, 0.1)),
        id: RunId(id),
        name: name.into(),
        number: id as usize,
        step: 7,
        loss,
        accuracy: None,
        verdict: None,
        has_diverged: false,
        may_lead: false,
    };
    let runs = vec![row(0, "sgd", Some(0.25)), row(3, "adam", None)];
    let racing = PanelView { runs, ..view() };
    for label in ["sgd lr 0.1", "step 7 · 0.2500", "adam lr 0.1", "step 7 · –"] {
        assert!(harness(racing.clone()).query_by_label(label).is_some(), "{label}");
    }
    assert!(harness(racing.clone()).query_by_label("Retire sgd").is_none(), "it chose the plane");
    assert_eq!(clicked(racing, "Retire adam"), [Command::Run(RunCommand::Retire(RunId(3)))]);
}

/// An optimizer of that learning rate.
fn tuned(name: &str, lr: f64) -> OptimizerConfig {
    let mut optimizer = OptimizerConfig::by_name(name).unwrap();
    optimizer.set_lr(lr);
    optimizer
}

fn saddle() -> Brief {
    Brief { kind: VerdictKind::Saddle, downhill: None }
}

#[test]
fn every_run_of_a_race_has_its_settings_in_place() {
    let row = |id, name: &str, lr| RunRow {
        optimizer: Some(tuned(name, lr)),
        id: RunId(id),
        name: name.into(),
        number: id as usize,
        step: 7,
        loss: Some(0.5),
        accuracy: None,
        verdict: None,
        has_diverged: false,
        may_lead: id > 0,
    };
    let racing = || PanelView { runs: vec![row(0, "sgd", 5.0), row(4, "adam", 0.001)], ..view() };
    let opened = |name: &str| {
        let mut harness = harness(racing());
        harness.get_by_label(&format!("Settings of {name}")).click();
        harness.run_steps(30);
        harness
    };
    for (name, id, present) in [("sgd", 0, "5"), ("adam", 4, "0.001")] {
        let mut harness = opened(name);
        // The experiment's own settings stand below.
        harness
            .get_all_by_label("lr")
            .find(|field| field.value().as_deref() == Some(present))
            .unwrap()
            .focus();
        harness.run();
        type_text(&mut harness, "0.25");
        let tune = RunCommand::Tune { run: RunId(id), optimizer: tuned(name, 0.25) };
        assert_eq!(harness.state().asked, [Command::Run(tune)], "{name}");
    }
    let mut harness = opened("adam");
    harness.get_by_label("Rule").click();
    harness.run();
    harness.get_by_label("adagrad").click();
    harness.run();
    harness.run();
    let tune = RunCommand::Tune { run: RunId(4), optimizer: OptimizerConfig::by_name("adagrad").unwrap() };
    assert_eq!(harness.state().asked, [Command::Run(tune)]);
}

#[test]
fn a_clicker_stops_at_the_end_and_holds_what_goes_on_past_it() {
    let sent = |step, is_playing| {
        command_of(
            KeyCode::PageDown,
            false,
            &PanelView { run: RunView { step, is_playing, ..view().run }, ..view() },
        )
    };
    let steps = view().experiment.steps;
    assert_eq!(sent(steps - 1, false), Some(Command::Run(RunCommand::Play)));
    assert_eq!(sent(steps, false), None);
    assert_eq!(sent(steps + 9, true), Some(Command::Run(RunCommand::Pause)));
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
fn shares_stand_beside_those_of_random_walks() {
    let band = |median| Band { low: median - 0.1, median, high: median + 0.05 };
    let walks = RandomWalks { axes: vec![band(0.83), band(0.12), band(0.05)], all: band(0.9) };
    let harness =
        harness(PanelView { slice: SliceView { walks: Some(walks), cosine: 0.5, ..view().slice }, ..view() });
    for label in ["90.7 %  (walk 83 %)", "8.4 %  (walk 12 %)", "0.4 %", "60°, drawn as 90°"] {
        assert!(harness.query_by_label(label).is_some(), "{label}");
    }
}

#[test]
fn each_menu_sends_what_was_chosen_once() {
    let mut diagonal = DatasetConfig::by_name("diagonal").unwrap();
    diagonal.set_points(500);
    let experiment = |change| vec![Command::Set(change)];
    assert_eq!(chosen("Dataset", "diagonal"), experiment(Change::Dataset(diagonal)));
    let model2 = ModelConfig::by_name("model2").unwrap();
    assert_eq!(chosen("Model", "model2"), experiment(Change::Model(model2)));
    let pca = PlaneConfig::by_name("pca").unwrap();
    assert_eq!(chosen("Plane", "pca"), experiment(Change::Plane(pca)));
    assert_eq!(chosen("Dataset", "xor"), [], "the present choice is no change");
    assert_eq!(chosen("Colours", "magma"), [Command::Set(Change::Colors(ColorMap::Magma))]);
    let file = builtin::load("diagonal-model1").unwrap().unwrap();
    let loaded = vec![Command::Load(Box::new(file))];
    assert_eq!(chosen("Open a built-in experiment ⏷", "diagonal-model1"), loaded);
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
fn readouts_say_what_they_were_given() {
    let harness = harness(view());
    for text in ["0.1234", "50.0 %", "0.2500", "1.5000", "90.7 %", "8.4 %", "0.5 %", "0.4 %"] {
        assert!(harness.query_by_label(text).is_some(), "{text}");
    }
    assert!(harness.query_by_label("120 of 2000").is_some());
}

#[test]
fn without_a_third_direction_its_control_is_off_and_says_why() {
    let mut two = view();
    two.slice.axes.truncate(2);
    two.slice.alpha3_range = None;
    let harness = harness(two);
    assert!(harness.query_by_label("none: the plane is the whole space").is_some());
    assert!(harness.query_by_label("Sweep α₃").is_none());
    assert!(harness.get_by_label("Cube").accesskit_node().is_disabled());
}

#[test]
fn warnings_and_hidden_panels() {
    let warned = harness(PanelView {
        news: NewsView { warning: Some("optimizer.lr = -1".into()), ..view().news },
        ..view()
    });
    assert!(warned.query_by_label("⚠ optimizer.lr = -1").is_some());
    let hidden = harness(PanelView { is_panels_shown: false, ..view() });
    assert!(hidden.query_by_label("Step").is_none());
}

#[test]
fn an_experiment_without_any_run_has_nothing_to_tell_yet() {
    let empty =
        PanelView { experiment: ExperimentFile::default(), is_panels_shown: true, ..PanelView::default() };
    let harness = harness(empty);
    assert!(harness.query_by_label("no slice yet").is_some());
}

#[test]
fn every_setting_of_the_experiment_can_be_typed_or_chosen() {
    let experiment = |change| vec![Command::Set(change)];
    let mut dataset = view().experiment.dataset;
    dataset.set_points(80);
    assert_eq!(typed(view(), "500", "80"), experiment(Change::Dataset(dataset)));
    let cosine = Schedule::by_name("cosine").unwrap();
    assert_eq!(chosen("Schedule", "cosine"), experiment(Change::Schedule(cosine)));
    assert_eq!(chosen("Loss", "huber"), experiment(Change::Loss(Loss::Huber)));
    assert_eq!(chosen("Init", "xavier"), experiment(Change::Init(Init::Xavier)));
    let linear = ModelConfig::Model3 { head: Head::Linear };
    assert_eq!(chosen("head", "linear"), experiment(Change::Model(linear)));
    let mut adam = view();
    adam.experiment.optimizer = OptimizerConfig::by_name("adam").unwrap();
    let [Command::Set(Change::Optimizer(optimizer))] = &typed(adam, "1e-8", "0.001")[..] else {
        panic!("one optimizer")
    };
    assert_eq!(serde_json::to_value(optimizer).unwrap()["adam"]["eps"], 0.001);
    assert_eq!(typed(view(), "129", "65"), experiment(Change::Grid(Resolution([65, 129]))));
    assert_eq!(typed(view(), "33", "17"), experiment(Change::Volume(Resolution([65, 65, 17]))));
    let ranges = Some(vec![(0.0, 3.0), (0.0, 3.0), (-2.5, 3.0)]);
    assert_eq!(typed(view(), "-2", "-2.5"), experiment(Change::Ranges(ranges)));
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
fn lists_are_typed_and_what_is_no_list_is_refused_in_place() {
    let mut deep = view();
    deep.experiment.model = ModelConfig::by_name("mlp").unwrap();
    let type_widths = |text: &str| {
        let mut harness = harness(deep.clone());
        harness.get_by_label("widths").focus();
        harness.run();
        harness.key_press_modifiers(bevy_egui::egui::Modifiers::COMMAND, Key::A);
        harness.event(Event::Text(text.to_owned()));
        harness.run();
        harness.key_press(Key::Enter);
        harness.run();
        harness.run();
        let is_told = harness.query_by_label_contains("invalid type").is_some();
        (harness.state().asked.clone(), is_told)
    };
    let (asked, is_told) = type_widths("16, 4");
    let [Command::Set(Change::Model(ModelConfig::Mlp { widths, .. }))] = &asked[..] else {
        panic!("one model: {asked:?}")
    };
    assert_eq!((&widths[..], is_told), (&[16, 4][..], false));
    assert_eq!(type_widths("many"), (vec![], true));
}

#[test]
fn a_refusal_stands_where_the_value_was_typed() {
    let why = ("optimizer.lr".to_owned(), "-1: expected a finite number above 0".to_owned());
    let refused = harness(PanelView { news: NewsView { refusal: Some(why), ..view().news }, ..view() });
    assert!(refused.query_by_label("optimizer.lr: -1: expected a finite number above 0").is_some());
}

#[test]
fn the_bar_undoes_and_opens_charts_and_the_palette_finds_what_is_typed() {
    let changed = PanelView { edits: EditsView { changes: (2, 1), ..view().edits }, ..view() };
    assert_eq!(clicked(changed.clone(), "Undo"), [Command::Undo]);
    assert_eq!(clicked(changed, "Redo"), [Command::Redo]);
    assert!(harness(view()).get_by_label("Undo").accesskit_node().is_disabled(), "nothing to take back");

    let mut harness = harness(view());
    harness.get_by_label("Charts ⏷").click();
    harness.run();
    harness.get_by_label("Contour map").click();
    harness.run();
    assert_eq!(harness.state().desk.charts.iter().copied().collect::<Vec<_>>(), [ChartKind::Map]);

    harness.state_mut().desk.act(DeskAct::Palette);
    for _ in 0..6 {
        harness.run();
    }
    harness.event(Event::Text("race adagrad".to_owned()));
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let adagrad = OptimizerConfig::by_name("adagrad").unwrap();
    let race = RunCommand::Race { optimizer: adagrad, from: RaceStart::Same };
    assert_eq!(harness.state().asked, [Command::Run(race)]);
    assert_eq!(harness.state().desk.sought, None);
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

/// A tour of two chapters that waits in the first.
fn touring() -> PanelView {
    let tour =
        TourView { title: "The descent".into(), chapter: 1, chapters: 2, is_waiting: true, ..default() };
    PanelView { tour: Some(tour), ..view() }
}

#[test]
fn a_tour_is_given_by_buttons_by_keys_and_by_name() {
    let acts = [
        ("Next", TourAct::Forward, Some(KeyCode::PageDown)),
        ("Back", TourAct::Back, Some(KeyCode::PageUp)),
        ("Leave", TourAct::Leave, None),
    ];
    for (label, act, key) in acts {
        assert_eq!(desk_after(touring(), Desk::default(), &[label]).asked, [DeskAct::Tour(act)]);
        assert_eq!(key.and_then(tour_act_of), key.map(|_| act));
        let named =
            actions(&touring()).into_iter().find(|action| action.act == Act::Desk(DeskAct::Tour(act)));
        assert_eq!(named.expect("it has a name").key.is_empty(), key.is_none());
    }
    let harness = harness(touring());
    for text in ["Tour: The descent", "chapter 1 of 2", "waits for Page Down"] {
        harness.get_by_label(text);
    }
    let names: Vec<String> = actions(&view()).into_iter().map(|action| action.name).collect();
    assert!(names.contains(&"Tour: give descent".to_owned()), "{names:?}");
    assert_eq!(tour_act_of(KeyCode::Space), None);
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
fn the_timeline_goes_to_any_step() {
    let asked = clicked(view(), "Timeline");
    assert_eq!(asked, [Command::Run(RunCommand::Seek(1000))], "its middle");
}

pub(super) fn keyed() -> PanelView {
    let key = |secs| CameraKey { secs, pose: Pose { yaw: secs, ..POSE } };
    PanelView { camera: CameraView { keys: vec![key(0.0), key(3.0), key(6.0)], ..view().camera }, ..view() }
}

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

#[test]
fn training_goes_on_to_convergence_and_another_racer_takes_the_plane() {
    let asked = clicked(view(), "To convergence");
    assert_eq!(asked, [Command::Run(RunCommand::Converge { tolerance: 1e-4 })]);
    let row = |id, may_lead| RunRow {
        optimizer: Some(tuned("adam", 0.1)),
        id: RunId(id),
        name: "adam".into(),
        number: id as usize,
        step: 7,
        loss: Some(0.5),
        accuracy: Some(0.75),
        verdict: Some(saddle()),
        has_diverged: false,
        may_lead,
    };
    let racing = PanelView { runs: vec![row(0, false), row(1, true)], ..view() };
    assert_eq!(harness(racing.clone()).query_all_by_label("step 7 · 0.5000 · 75 % · saddle").count(), 2);
    assert_eq!(clicked(racing, "Plane of adam"), [Command::Run(RunCommand::Lead(RunId(1)))]);
}

#[test]
fn charts_are_shown_closed_and_touched() {
    let line = Mark::Line {
        name: "loss".into(),
        color: bevy_egui::egui::Color32::RED,
        width: 2.0,
        points: vec![[0.0, 1.0], [2000.0, 0.5]],
    };
    let chart = Chart { x: "step".into(), marks: vec![line], note: "as it is".into(), ..Chart::default() };
    let shown = PanelView { charts: vec![(ChartKind::Curves, Arc::new(chart))], ..view() };
    let harness_of = harness(shown.clone());
    assert!(harness_of.query_by_label("as it is").is_some());
    let asked = clicked(shown.clone(), "Loss and accuracy chart");
    let [Command::Run(RunCommand::Seek(step))] = asked[..] else { panic!("one step: {asked:?}") };
    assert!((700..1300).contains(&step), "about the middle: {step}");
    let mut harness = harness(shown);
    harness.state_mut().desk.charts.insert(ChartKind::Curves);
    harness.get_by_label("Close Loss and accuracy").click();
    harness.run();
    assert!(harness.state().desk.charts.is_empty());
}

#[test]
fn a_lecture_shows_step_and_loss_and_no_panels_and_a_blank_screen_nothing() {
    let mut harness = harness(view());
    harness.state_mut().desk.is_lecture = true;
    harness.run();
    assert!(harness.query_by_label("step 120").is_some() && harness.query_by_label("loss 0.1234").is_some());
    assert!(harness.query_by_label("Step").is_none(), "the panels are away");
    harness.state_mut().desk.is_blank = true;
    harness.run();
    assert!(harness.query_by_label("step 120").is_none());
}

#[test]
fn the_readout_of_a_lecture_stays_on_its_lines_and_says_why_training_rests() {
    let mut harness = harness(PanelView {
        run: RunView { step: 0, loss: Some(0.0), is_playing: true, ..view().run },
        ..view()
    });
    harness.state_mut().desk.is_lecture = true;
    harness.run();
    let height = |harness: &Harness<State>, label: &str| harness.get_by_label(label).rect().height();
    let one_line = height(&harness, "step 0");
    assert!(harness.query_by_label("held").is_none(), "it goes on");
    harness.state_mut().view = PanelView {
        run: RunView { step: 1234, loss: Some(0.055_634), is_playing: true, ..view().run },
        ..view()
    };
    harness.run();
    for label in ["step 1234", "loss 0.0556"] {
        assert!((height(&harness, label) - one_line).abs() < 1.0, "{label} is on one line");
    }
    let steps = view().experiment.steps;
    for (step, is_playing, diverged_at, told) in [
        (5, false, None, "held"),
        (steps, false, None, "finished"),
        (steps, false, Some(80), "blew up at step 80"),
    ] {
        harness.state_mut().view =
            PanelView { run: RunView { step, is_playing, diverged_at, ..view().run }, ..view() };
        harness.run();
        assert!(harness.query_by_label(told).is_some(), "{told}");
    }
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

#[test]
fn a_recording_is_begun_and_ended_by_its_button_and_seen_while_it_is_on() {
    let record = [DeskAct::Studio(StudioAct::Record)];
    assert_eq!(desk_after(view(), Desk::default(), &["Record"]).asked, record);
    let on = PanelView { recording_secs: Some(65.4), ..view() };
    assert_eq!(desk_after(on.clone(), Desk::default(), &["Stop recording"]).asked, record);
    let mut harness = harness(on);
    assert!(harness.query_by_label("⏺ 1:05").is_some());
    harness.state_mut().desk.is_lecture = true;
    harness.run();
    assert!(harness.query_by_label("⏺ 1:05").is_some(), "in a lecture too");
}

#[test]
fn a_recording_is_saved_filmed_and_put_away() {
    let take = Take { secs: 12.34, size: Some([1280, 720]), fps: 30 };
    let desk = || Desk { files: FileDesk { take: Some(take), ..default() }, ..Desk::default() };
    assert_eq!(
        desk_after(view(), desk(), &["Save as tour (.ron)…"]).asked,
        [DeskAct::Errand(Errand::SaveTour)]
    );
    let usual = desk_after(view(), desk(), &["Make a film…"]);
    assert_eq!(usual.asked, [DeskAct::Errand(Errand::Film { size: [1280, 720], fps: 30 })]);
    assert_eq!(usual.files.take, Some(take), "it may be saved as well");
    let window =
        desk_after(view(), desk(), &["pixels,", "as the window", "frames a second", "24", "Make a film…"]);
    assert_eq!(window.asked, [DeskAct::Errand(Errand::Film { size: [1280, 2400], fps: 24 })]);
    assert_eq!(desk_after(view(), desk(), &["Put away"]).files.take, None);
    let film =
        FilmView { name: "a.mp4".into(), progress: Some((3, 9)), secs_left: None, is_cancelled: false };
    let busy = PanelView { film: Some(film), ..view() };
    let cancelled = desk_after(busy.clone(), desk(), &["Make a film…", "Cancel the film"]);
    assert_eq!(cancelled.asked, [DeskAct::Studio(StudioAct::Cancel)], "one at a time");
    assert!(harness(busy).query_by_label("a.mp4: 3 of 9 frames").is_some());
}

#[test]
fn a_picture_is_saved_at_a_size_that_can_be_drawn() {
    let desk = || Desk { files: FileDesk { shot: Some(Shot { scale: 1 }), ..default() }, ..Desk::default() };
    let saved = desk_after(view(), desk(), &["2×", "Save as…"]);
    assert_eq!(saved.asked, [DeskAct::Errand(Errand::Picture { size: [2560, 4800] })]);
    assert_eq!(saved.files.shot, None);
    assert_eq!(desk_after(view(), desk(), &["Cancel"]).files.shot, None);
    let mut harness = harness(view());
    harness.state_mut().desk.files.shot = Some(Shot { scale: 1 });
    harness.run();
    assert!(harness.query_by_label("4×").is_none(), "9600 pixels are too many");
    assert_eq!(MOST_PIXELS, *losscape::record::picture::SIDES.end());
}

#[test]
fn what_a_crash_interrupted_is_offered_once() {
    let file = ExperimentFile { seed: 77, ..ExperimentFile::default() };
    let mut harness = harness(view());
    let offered = Some(Rescue::Offered(Box::new(file.clone())));
    harness.state_mut().desk.files.rescue = offered.clone();
    // The bar pushes what is above it up.
    harness.run();
    harness.run();
    harness.get_by_label("Open it").click();
    harness.run();
    harness.run();
    let load = Command::Load(Box::new(file));
    assert_eq!(harness.state().asked, [load]);
    assert!(harness.query_by_label("Open it").is_none());
    assert_eq!(harness.state().desk.files.rescue, Some(Rescue::Opened));
    let desk = Desk { files: FileDesk { rescue: offered.clone(), ..default() }, ..Desk::default() };
    assert_eq!(desk_after(view(), desk, &["Leave it"]).files.rescue, Some(Rescue::Left));
    harness.state_mut().desk =
        Desk { files: FileDesk { rescue: offered, ..default() }, is_lecture: true, ..Desk::default() };
    harness.run();
    assert!(harness.query_by_label("Open it").is_none(), "no lecture is interrupted by it");
}

#[test]
fn a_file_that_asks_for_others_elsewhere_waits_for_an_answer() {
    let files = vec!["/etc/passwd".into()];
    let asking = Asking { path: "there/x.ron".into(), reach: Default::default(), files, is_allowed: false };
    let desk = || Desk { files: FileDesk { asking: Some(asking.clone()), ..default() }, ..Desk::default() };
    let mut shown = harness(view());
    shown.state_mut().desk = desk();
    shown.run();
    shown.get_by_label_contains("\"x.ron\" asks to read files");
    shown.get_by_label_contains("/etc/passwd");
    assert_eq!(desk_after(view(), desk(), &["Leave it"]).files.asking, None);
    let allowed = desk_after(view(), desk(), &["Read them"]).files.asking.unwrap();
    assert_eq!(allowed, Asking { is_allowed: true, ..asking.clone() });
}

/// What a screen reader finds of the scene itself, whatever is shown beside it.
#[test]
fn the_scene_is_told_in_numbers_with_panels_hidden_in_a_lecture_and_on_a_blank_screen() {
    let chosen = Chosen { alpha: vec![1.0, -0.5, 0.0], loss: Some(0.2), verdict: None, nearest: None };
    let told = PanelView {
        chosen: Some(chosen),
        run: RunView {
            verdict: Some(Brief { kind: VerdictKind::Slope, downhill: Some([4, 13]) }),
            ..view().run
        },
        news: NewsView {
            warning: Some("training diverges at step 7".into()),
            refusal: Some(("steps".into(), "0: expected 1 to 10000000".into())),
            ..view().news
        },
        ..view()
    };
    let states: [fn(&mut State); 4] = [
        |_| {},
        |state| state.view.is_panels_shown = false,
        |state| state.desk.is_lecture = true,
        |state| state.desk.is_blank = true,
    ];
    for change in states {
        let mut harness = harness(told.clone());
        change(harness.state_mut());
        harness.state_mut().desk.notice = Some(Err("the disk is full".into()));
        harness.run();
        for label in [
            "training is at step 120 of 2000",
            "true loss 0.1234",
            "surface loss below 0.2500",
            "distance to the displayed plane 1.5000",
            "alpha3 0.00, exact",
            "accuracy 50.0 %",
            "the point of training: slopes in 4 of 13 dimensions",
            "the chosen point α (1.00, −0.50, 0.00) has loss 0.2000: being looked at",
            "warning: training diverges at step 7",
            "refused: steps = 0: expected 1 to 10000000",
            "notice: failed: the disk is full",
        ] {
            assert!(harness.query_by_label(label).is_some(), "{label}");
        }
    }
}

#[test]
fn the_chosen_point_is_told_marked_on_the_timeline_and_forgotten() {
    let point = |verdict, is_on_trail| {
        let nearest = Some(Nearest { step: 700, distance: 0.5, is_on_trail });
        let alpha = vec![1.0, -0.5, 0.0];
        let chosen = Chosen { alpha: alpha.clone(), loss: Some(0.2), verdict, nearest };
        PanelView {
            chosen: Some(chosen),
            slice: SliceView { selected: Some(alpha), ..view().slice },
            ..view()
        }
    };
    let known = harness(point(Some(saddle()), true));
    for label in ["α (1.00, −0.50, 0.00)", "saddle", "step 700", "The chosen point is nearest to step 700"]
    {
        assert!(known.query_by_label(label).is_some(), "{label}");
    }
    let beside = point(None, false);
    let unknown = harness(beside.clone());
    for label in ["being looked at…", "step 700, 0.5000 away"] {
        assert!(unknown.query_by_label(label).is_some(), "{label}");
    }
    assert_eq!(clicked(beside, "Forget it"), [Command::View(ViewCommand::Select(None))]);
    let is_off =
        |view: PanelView, label: &str| harness(view).get_by_label(label).accesskit_node().is_disabled();
    assert!(is_off(view(), "Forget it"), "nothing is chosen");

    let low = vec![2.0, 1.5, 0.0];
    let two =
        PanelView { slice: SliceView { another_low: Some((low.clone(), 0.125)), ..view().slice }, ..view() };
    let look = "Look at another low point: 0.1250";
    assert_eq!(clicked(two.clone(), look), [Command::View(ViewCommand::Select(Some(low.clone())))]);
    assert!(
        is_off(PanelView { slice: SliceView { selected: Some(low), ..two.slice }, ..two }, look),
        "it is"
    );
    assert!(is_off(view(), "No other low point in this slice"));
}

#[test]
fn a_function_is_descended_instead_of_a_network_and_a_network_again() {
    let [Command::Load(file)] = &chosen("Descend", "rosenbrock")[..] else { panic!("one experiment") };
    assert_eq!(**file, builtin::load("rosenbrock").unwrap().unwrap());
    let [Command::Load(file)] = &chosen("Descend", "quadratic")[..] else { panic!("one experiment") };
    assert_eq!(file.surface, Some(Surface::Quadratic));
    Experiment::reading((**file).clone(), &sources()).unwrap();

    let mut bare = view();
    bare.experiment = (**file).clone();
    let mut harness = harness(bare);
    assert!(harness.query_by_label("Dataset").is_none() && harness.query_by_label("Model").is_none());
    harness.get_by_label("Descend").click();
    harness.run();
    harness.get_by_label("a network's loss").click();
    harness.run();
    harness.run();
    let [Command::Load(file)] = &harness.state().asked[..] else { panic!("one experiment") };
    assert_eq!(**file, view().experiment);
}

#[test]
fn a_start_is_read_from_a_file_that_is_typed() {
    let mut harness = harness(view());
    harness.get_by_label("Start from").focus();
    harness.run();
    harness.event(Event::Text("start.npy".to_owned()));
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    harness.run();
    let file = ExperimentFile { from: Some("start.npy".into()), ..view().experiment };
    let load = Command::Load(Box::new(file));
    assert_eq!(harness.state().asked, [load]);
}

#[test]
fn the_angle_of_a_plane_seen_awry_is_a_dial() {
    let mut awry = view();
    awry.experiment.slice.plane = PlaneConfig::Angle { degrees: 20.0 };
    let plane = PlaneConfig::Angle { degrees: 45.0 };
    assert_eq!(typed(awry, "20°", "45"), [Command::Set(Change::Plane(plane))]);
}
