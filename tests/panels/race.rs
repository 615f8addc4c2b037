//! A race: joined, tuned, left, and gone on with.

use bevy_egui::egui::Key;
use egui_kittest::kittest::{NodeT, Queryable};
use losscape::core::command::{Command, RaceStart, RunCommand, Ways};
use losscape::core::data::BatchSize;
use losscape::core::experiment::Experiment;
use losscape::core::optim::{OptimizerConfig, Schedule};
use losscape::core::session::RunId;
use losscape::disk::sources;
use losscape::ui::PanelView;
use losscape::ui::view::{RunRow, SliceView};

use super::{chosen, clicked, harness, saddle, type_text, view};

#[test]
fn a_race_is_joined_from_the_menu_or_from_the_chosen_point_and_left_again() {
    let race = |from| {
        let optimizer = OptimizerConfig::all().into_iter().find(|one| one.name() == "adam").unwrap();
        Command::Run(RunCommand::race(optimizer, from))
    };
    assert_eq!(chosen("Race another run ⏷", "adam"), [race(RaceStart::Same)]);
    // Where the examples are known it gets a learning rate that is fair.
    let checked = Experiment::reading(view().experiment, &sources()).unwrap();
    let fair = checked.paced(OptimizerConfig::by_name("adam").unwrap());
    assert!(fair.lr() > 0.01, "{fair:?}");
    let known = || PanelView { checked: Some(checked.clone()), ..view() };
    let race_of = |optimizer| [Command::Run(RunCommand::race(optimizer, RaceStart::Same))];
    let mut menu = harness(known());
    menu.get_by_label("Race another run ⏷").click();
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
    let asked = clicked(at_point, "Train on from here");
    assert_eq!(asked, [Command::Run(RunCommand::race(Ways::default(), RaceStart::Slice(alpha)))]);

    let row = |id, name: &str, loss| RunRow {
        ways: tuned(name, 0.1).into(),
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

/// How a run of such an optimizer is trained.
fn trained(name: &str, lr: f64) -> Ways {
    let constant = Schedule::by_name("constant").unwrap();
    Ways {
        optimizer: Some(tuned(name, lr)),
        schedule: Some(constant),
        batch: Some(BatchSize::Full),
        walk: Some(vec![]),
    }
}

/// An optimizer of that learning rate.
fn tuned(name: &str, lr: f64) -> OptimizerConfig {
    let mut optimizer = OptimizerConfig::by_name(name).unwrap();
    optimizer.set_lr(lr);
    optimizer
}

#[test]
fn every_run_of_a_race_has_its_settings_in_place() {
    let row = |id, name: &str, lr| RunRow {
        ways: trained(name, lr),
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
        let tune = RunCommand::tune(RunId(id), tuned(name, 0.25));
        assert_eq!(harness.state().asked, [Command::Run(tune)], "{name}");
    }
    let mut harness = opened("adam");
    harness.get_by_label("Rule").click();
    harness.run();
    harness.get_by_label("adagrad").click();
    harness.run();
    harness.run();
    let tune = RunCommand::tune(RunId(4), OptimizerConfig::by_name("adagrad").unwrap());
    assert_eq!(harness.state().asked, [Command::Run(tune)]);
    // Its schedule, and its batch.
    let mut harness = opened("adam");
    harness.get_by_label("Rate").click();
    harness.run();
    harness.get_all_by_label("cosine").last().unwrap().click();
    harness.run();
    harness.run();
    let cosine = Schedule::by_name("cosine").unwrap();
    assert_eq!(harness.state().asked, [Command::Run(RunCommand::tune(RunId(4), cosine))]);
    let mut harness = opened("adam");
    harness.get_by_label("Examples a step").focus();
    harness.run();
    type_text(&mut harness, "8");
    assert_eq!(harness.state().asked, [Command::Run(RunCommand::tune(RunId(4), BatchSize::Size(8)))]);
}

#[test]
fn the_run_itself_joins_once_more_to_be_trained_otherwise() {
    let again = RunCommand::race(Ways::default(), RaceStart::Same);
    assert_eq!(chosen("Race another run ⏷", "the same once more"), [Command::Run(again)]);
}

#[test]
fn training_goes_on_to_convergence_and_another_racer_takes_the_plane() {
    let asked = clicked(view(), "To convergence");
    assert_eq!(asked, [Command::Run(RunCommand::Converge { tolerance: 1e-4 })]);
    let row = |id, may_lead| RunRow {
        ways: tuned("adam", 0.1).into(),
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
