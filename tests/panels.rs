//! The panels, driven through their labels as a person or a screen reader would.

use bevy::prelude::KeyCode;
use bevy_egui::egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use losscape::core::data::DatasetConfig;
use losscape::core::experiment::{CameraMode, ExperimentFile, Shape, Theme, TrailColors, ViewFile, builtin};
use losscape::core::geometry::camera::Pose;
use losscape::core::geometry::colormap::ColorMap;
use losscape::core::geometry::heights::HeightScale;
use losscape::core::model::ModelConfig;
use losscape::core::optim::OptimizerConfig;
use losscape::core::script::{
    Bookmark, Command, ExperimentCommand, RaceStart, RunCommand, SectionAxis, SliceCommand, ViewCommand,
};
use losscape::core::session::RunId;
use losscape::core::subspace::walks::Band;
use losscape::core::subspace::{AxisMeaning, PlaneConfig, RandomWalks};
use losscape::ui::experiment::Drafts;
use losscape::ui::keys::command_of;
use losscape::ui::view::RunRow;
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
        alpha_ranges: [(0.0, 3.0); 2],
        losses: [0.0, 1.5],
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
fn each_control_of_the_picture_sends_its_command_once() {
    let look = |change: fn(&mut ViewFile)| {
        let mut view = view();
        change(&mut view.experiment.view);
        view
    };
    let sent = |command| [Command::View(command)];
    assert_eq!(clicked(view(), "Both"), sent(ViewCommand::Shape(Shape::Both)));
    assert_eq!(clicked(view(), "Map"), sent(ViewCommand::Camera(CameraMode::Map)));
    assert_eq!(clicked(view(), "Ride"), sent(ViewCommand::Camera(CameraMode::Ride)));
    assert_eq!(clicked(view(), "Light"), sent(ViewCommand::Theme(Theme::Light)));
    assert_eq!(clicked(view(), "Block"), sent(ViewCommand::Solid(false)));
    assert_eq!(clicked(view(), "Grid"), sent(ViewCommand::GridLines(true)));
    assert_eq!(chosen("Heights", "log"), sent(ViewCommand::Scale(HeightScale::Log)));
    assert_eq!(chosen("Trail", "distance"), sent(ViewCommand::Trail(TrailColors::Distance)));
    let flying = look(|view| view.camera = CameraMode::Flight);
    assert_eq!(clicked(flying, "Below the floor"), sent(ViewCommand::BelowFloor(true)));
    let keyed = PanelView { camera_keys: 2, ..view() };
    assert_eq!(clicked(keyed.clone(), "Path"), sent(ViewCommand::Camera(CameraMode::Path)));
    assert_eq!(clicked(keyed, "Forget 2 camera keys"), sent(ViewCommand::ClearKeys));
    assert!(harness(view()).get_by_label("Path").accesskit_node().is_disabled(), "without keys");

    let cube = || look(|view| view.shape = Shape::Cube);
    assert_eq!(clicked(cube(), "Isosurface"), sent(ViewCommand::Isosurface(Some(0.5))));
    let cut = ViewCommand::Section { axis: SectionAxis::Alpha2, at: Some(1.0) };
    assert_eq!(clicked(cube(), "Cut α₂"), sent(cut));
    let cut = look(|view| (view.shape, view.section1) = (Shape::Cube, Some(0.5)));
    assert_eq!(clicked(cut, "Cut α₁"), sent(ViewCommand::Section { axis: SectionAxis::Alpha1, at: None }));
    assert!(harness(view()).query_by_label("Isosurface").is_none(), "a surface has none");
}

#[test]
fn the_dial_turns_the_plane_and_alpha3_goes_beyond_the_volume() {
    let typed = |shown: &str, text: &str| {
        let mut harness = harness(view());
        {
            let mut fields = harness.get_all_by_role(Role::SpinButton);
            fields.find(|field| field.value().as_deref() == Some(shown)).unwrap().focus();
        }
        harness.run();
        harness.event(bevy_egui::egui::Event::Text(text.to_owned()));
        harness.run();
        harness.key_press(bevy_egui::egui::Key::Enter);
        harness.run();
        harness.run();
        harness.state().asked.clone()
    };
    assert_eq!(typed("0°", "40"), [Command::Slice(SliceCommand::Rotate(40.0))]);
    assert_eq!(typed("0.00", "7.5"), [Command::Slice(SliceCommand::Alpha3(7.5))]);
}

#[test]
fn a_race_is_joined_from_the_menu_or_from_the_chosen_point_and_left_again() {
    let race = |from| {
        let optimizer = OptimizerConfig::all().into_iter().find(|one| one.name() == "adam").unwrap();
        Command::Run(RunCommand::Race { optimizer, from })
    };
    assert_eq!(chosen("Race ⏷", "adam"), [race(RaceStart::Same)]);
    assert!(harness(view()).query_by_label("Start a run here").is_none(), "no point was chosen");
    let alpha = vec![0.5, 0.25, 0.0];
    let at_point = PanelView { selected: Some(alpha.clone()), ..view() };
    let [Command::Run(RunCommand::Race { optimizer, from })] = &clicked(at_point, "Start a run here")[..]
    else {
        panic!("one race")
    };
    assert_eq!((optimizer, from), (&view().experiment.optimizer, &RaceStart::Slice(alpha)));

    let row = |id, name: &str, loss| RunRow {
        id: RunId(id),
        name: name.into(),
        number: id as usize,
        step: 7,
        loss,
    };
    let runs = vec![row(0, "sgd", Some(0.25)), row(3, "adam", None)];
    let racing = PanelView { runs, ..view() };
    for label in ["sgd · 7 · 0.2500", "adam · 7 · –"] {
        assert!(harness(racing.clone()).query_by_label(label).is_some(), "{label}");
    }
    assert!(harness(racing.clone()).query_by_label("Retire sgd").is_none(), "it chose the plane");
    assert_eq!(clicked(racing, "Retire adam"), [Command::Run(RunCommand::Retire(RunId(3)))]);
}

#[test]
fn keys_stand_for_commands() {
    let view = PanelView {
        pose: Some(Pose { target: [0.0; 3], yaw: 0.1, pitch: -0.5, distance: 3.0, fov: 0.7 }),
        ..view()
    };
    let key = |key| command_of(key, false, &view);
    let sent = |command| Some(Command::View(command));
    let slot = Bookmark::try_from(4).unwrap();
    assert_eq!(key(KeyCode::Digit4), sent(ViewCommand::GoTo(slot)));
    let pose = view.pose.unwrap();
    assert_eq!(command_of(KeyCode::Digit4, true, &view), sent(ViewCommand::SetBookmark { slot, pose }));
    assert_eq!(key(KeyCode::KeyK), sent(ViewCommand::AddKey(pose)));
    assert_eq!(key(KeyCode::KeyV), sent(ViewCommand::Shape(Shape::Cube)));
    assert_eq!(key(KeyCode::KeyX), sent(ViewCommand::Scale(HeightScale::Linear)));
    assert_eq!(key(KeyCode::KeyY), sent(ViewCommand::Theme(Theme::Light)));
    assert_eq!(key(KeyCode::KeyM), sent(ViewCommand::Camera(CameraMode::Map)));
    assert_eq!(key(KeyCode::Escape), None, "nothing is chosen");
    assert_eq!(key(KeyCode::Space), Some(Command::Run(RunCommand::Play)));
    assert_eq!(command_of(KeyCode::KeyX, true, &view), None, "Ctrl+X is another key");
    let mut mapped = view.clone();
    mapped.experiment.view.camera = CameraMode::Map;
    assert_eq!(command_of(KeyCode::KeyM, false, &mapped), sent(ViewCommand::Camera(CameraMode::Orbit)));
    let mut two = view.clone();
    two.alpha3_range = None;
    assert_eq!(command_of(KeyCode::KeyV, false, &two), None, "there is no cube to show");
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
