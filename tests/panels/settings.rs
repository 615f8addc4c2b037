//! What the experiment is: every setting of it, and a refusal in its place.

use bevy_egui::egui::{Event, Key};
use egui_kittest::kittest::Queryable;
use losscape::core::command::Command;
use losscape::core::experiment::file::Resolution;
use losscape::core::experiment::{Change, Experiment, ExperimentFile, builtin};
use losscape::core::loss::Loss;
use losscape::core::model::{Head, Init, ModelConfig};
use losscape::core::objective::Surface;
use losscape::core::optim::{OptimizerConfig, Schedule};
use losscape::disk::sources;
use losscape::ui::PanelView;
use losscape::ui::view::NewsView;

use super::{chosen, harness, typed, view};

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
fn what_an_optimizer_does_beside_is_told_on_its_panel() {
    let note = Some("Muon steps fc1.weight; AdamW steps biases and head".to_owned());
    let told = harness(PanelView { news: NewsView { optimizer_note: note, ..view().news }, ..view() });
    assert!(told.query_by_label_contains("AdamW steps biases").is_some());
}

#[test]
fn a_refusal_stands_where_the_value_was_typed() {
    let why = ("optimizer.lr".to_owned(), "-1: expected a finite number above 0".to_owned());
    let refused = harness(PanelView { news: NewsView { refusal: Some(why), ..view().news }, ..view() });
    assert!(refused.query_by_label("optimizer.lr: -1: expected a finite number above 0").is_some());
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
