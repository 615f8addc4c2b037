//! The panels, driven through their labels as a person or a screen reader would.

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use losscape::core::data::DatasetConfig;
use losscape::core::experiment::{CameraMode, Shape};
use losscape::core::experiment::{ExperimentFile, builtin};
use losscape::core::geometry::colormap::ColorMap;
use losscape::core::model::ModelConfig;
use losscape::core::script::{Command, ExperimentCommand, RunCommand, SliceCommand, ViewCommand};
use losscape::core::subspace::walks::Band;
use losscape::core::subspace::{AxisMeaning, PlaneConfig, RandomWalks};
use losscape::ui::experiment::Drafts;
use losscape::ui::{PanelView, panels};

struct State {
    view: PanelView,
    drafts: Drafts,
    asked: Vec<Command>,
}

fn view() -> PanelView {
    let axis = |name: &str, explained| AxisMeaning { name: name.into(), explained, is_random: false };
    PanelView {
        experiment: builtin::load(builtin::DEFAULT).unwrap().unwrap(),
        step: 120,
        loss: Some(0.1234),
        accuracy: Some(0.5),
        surface_loss: Some(0.25),
        plane_distance: Some(1.5),
        axes: vec![axis("start to end", 0.907), axis("main bend", 0.084), axis("second bend", 0.005)],
        explained: 0.996,
        alpha3_range: Some((-2.0, 3.0)),
        is_exact: true,
        is_panels_shown: true,
        ..PanelView::default()
    }
}

fn harness(view: PanelView) -> Harness<'static, State> {
    let state = State { view, drafts: Drafts::default(), asked: Vec::new() };
    let draw = |ui: &mut bevy_egui::egui::Ui, state: &mut State| {
        panels(ui, &state.view, &mut state.drafts, &mut state.asked);
    };
    let mut harness = Harness::builder().with_size([1280.0, 900.0]).build_ui_state(draw, state);
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
    let playing = PanelView { is_playing: true, ..view() };
    assert_eq!(clicked(playing, "⏸ Pause"), [Command::Run(RunCommand::Pause)]);
    assert_eq!(clicked(view(), "▶ Play"), [Command::Run(RunCommand::Play)]);
    assert_eq!(clicked(view(), "Step"), [Command::Run(RunCommand::Step(1))]);
    assert_eq!(clicked(view(), "⟲ Restart"), [Command::Run(RunCommand::Restart)]);
    assert_eq!(clicked(view(), "Sweep α₃"), [Command::Slice(SliceCommand::Sweep(true))]);
    assert_eq!(clicked(view(), "Cube"), [Command::View(ViewCommand::Shape(Shape::Cube))]);
    assert_eq!(clicked(view(), "Surface"), [Command::View(ViewCommand::Shape(Shape::Surface))]);
    assert_eq!(clicked(view(), "Fly"), [Command::View(ViewCommand::Camera(CameraMode::Flight))]);
    assert_eq!(clicked(view(), "Orbit"), [Command::View(ViewCommand::Camera(CameraMode::Orbit))]);
    assert_eq!(clicked(view(), "Frame all"), [Command::View(ViewCommand::FrameAll)]);
}

#[test]
fn shares_stand_beside_those_of_random_walks() {
    let band = |median| Band { low: median - 0.1, median, high: median + 0.05 };
    let walks = RandomWalks { axes: vec![band(0.83), band(0.12), band(0.05)], all: band(0.9) };
    let harness = harness(PanelView { walks: Some(walks), cosine: 0.5, ..view() });
    for label in ["90.7 %  (walk 83 %)", "8.4 %  (walk 12 %)", "0.4 %", "60°, drawn as 90°"] {
        assert!(harness.query_by_label(label).is_some(), "{label}");
    }
}

#[test]
fn each_menu_sends_what_was_chosen_once() {
    let mut diagonal = DatasetConfig::by_name("diagonal").unwrap();
    diagonal.set_points(500);
    let experiment = |command| vec![Command::Experiment(command)];
    assert_eq!(chosen("Dataset", "diagonal"), experiment(ExperimentCommand::Dataset(diagonal)));
    let model2 = ModelConfig::by_name("model2").unwrap();
    assert_eq!(chosen("Model", "model2"), experiment(ExperimentCommand::Model(model2)));
    let pca = PlaneConfig::by_name("pca").unwrap();
    assert_eq!(chosen("Plane", "pca"), experiment(ExperimentCommand::Plane(pca)));
    assert_eq!(chosen("Dataset", "xor"), [], "the present choice is no change");
    assert_eq!(chosen("Colours", "magma"), [Command::View(ViewCommand::Colors(ColorMap::Magma))]);
    let file = builtin::load("diagonal-model1").unwrap().unwrap();
    let loaded = experiment(ExperimentCommand::Load(Box::new(file)));
    assert_eq!(chosen("Open a built-in experiment ⏷", "diagonal-model1"), loaded);
}

#[test]
fn a_typed_number_is_sent_when_the_field_is_left() {
    let mut harness = harness(view());
    harness.get_by_label("Learning rate").focus();
    harness.run();
    harness.get_by_label("Learning rate").type_text("0.5");
    harness.run();
    assert_eq!(harness.state().asked, [], "half a number is no number");
    harness.key_press(bevy_egui::egui::Key::Enter);
    harness.run();
    harness.run();
    let asked = harness.state().asked.clone();
    let [Command::Experiment(ExperimentCommand::Optimizer(optimizer))] = &asked[..] else {
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
    assert!(harness.query_by_label("step 120 of 2000").is_some());
}

#[test]
fn without_a_third_direction_its_control_is_off_and_says_why() {
    let mut two = view();
    two.axes.truncate(2);
    two.alpha3_range = None;
    let harness = harness(two);
    assert!(harness.query_by_label("no third direction: the plane is the whole space").is_some());
    assert!(harness.query_by_label("Sweep α₃").is_none());
    assert!(harness.get_by_label("Cube").accesskit_node().is_disabled());
}

#[test]
fn warnings_and_hidden_panels() {
    let warned = harness(PanelView { warning: Some("optimizer.lr = -1".into()), ..view() });
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
