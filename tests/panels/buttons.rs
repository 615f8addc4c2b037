//! Buttons, ticks and menus: each sends its command once.

use bevy_egui::egui::accesskit::Role;
use bevy_egui::egui::{Event, Key};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use losscape::core::command::{Command, RaceStart, RunCommand, ViewCommand};
use losscape::core::data::DatasetConfig;
use losscape::core::experiment::{
    CameraMode, Change, ChartKind, Shape, Theme, TrailColors, ViewFile, builtin,
};
use losscape::core::geometry::colormap::ColorMap;
use losscape::core::geometry::heights::HeightScale;
use losscape::core::model::{ModelConfig, Skip};
use losscape::core::optim::OptimizerConfig;
use losscape::core::subspace::PlaneConfig;
use losscape::ui::PanelView;
use losscape::ui::act::DeskAct;
use losscape::ui::view::{EditsView, RunView};

use super::{State, chosen, clicked, harness, harness_of_passes, keyed, type_number, type_text, view};

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

#[test]
fn ticks_and_menus_of_settings_send_their_command_once() {
    let mut deep = view();
    deep.experiment.model = ModelConfig::by_name("mlp").unwrap();
    let ModelConfig::Mlp { skip, .. } = deep.experiment.model else { panic!("an mlp") };
    let asked = clicked(deep, "skip");
    let [Command::Set(Change::Model(ModelConfig::Mlp { skip: now, .. }))] = asked[..] else {
        panic!("one model: {asked:?}")
    };
    assert_eq!((skip, now), (Skip::NONE, Skip::FULL));
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
    menu.get_by_label("Race another run ⏷").click();
    menu.run();
    menu.get_by_label("adam").click();
    let optimizer = OptimizerConfig::by_name("adam").unwrap();
    let race = Command::Run(RunCommand::race(optimizer, RaceStart::Same));
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
    assert!(matches!(asked[..], [Command::Run(RunCommand::Race(_))]), "{asked:?}");
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
    let map = Command::Set(Change::Charts(vec![ChartKind::Map]));
    assert_eq!(harness.state().asked, std::slice::from_ref(&map));

    harness.state_mut().desk.act(DeskAct::Palette);
    for _ in 0..6 {
        harness.run();
    }
    harness.event(Event::Text("race adagrad".to_owned()));
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    let adagrad = OptimizerConfig::by_name("adagrad").unwrap();
    let race = RunCommand::race(adagrad, RaceStart::Same);
    assert_eq!(harness.state().asked, [map, Command::Run(race)]);
    assert_eq!(harness.state().desk.sought, None);
}

#[test]
fn the_timeline_goes_to_any_step() {
    let asked = clicked(view(), "Timeline");
    assert_eq!(asked, [Command::Run(RunCommand::Seek(1000))], "its middle");
}
