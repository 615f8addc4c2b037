//! Two landscapes beside each other in the panels: a comparison begins, the side is chosen, changes are of that side.

use egui_kittest::kittest::Queryable;
use losscape::core::command::Command;
use losscape::core::experiment::{Assignment, Change, Experiment, ExperimentFile};
use losscape::ui::PanelView;

use super::{chosen, clicked, harness, view};

/// The panels of two landscapes that differ in these settings.
fn compared(written: &[&str]) -> PanelView {
    let first = view();
    let compare = written.iter().map(|written| Assignment::parse(written).unwrap()).collect();
    let experiment = Experiment::new(ExperimentFile { compare, ..first.experiment.clone() }).unwrap();
    let second = experiment.second().unwrap().clone();
    let beside = PanelView { experiment: second.file().clone(), checked: Some(second), ..first.clone() };
    PanelView {
        experiment: experiment.file().clone(),
        sides: experiment.sides().cloned(),
        checked: Some(experiment),
        beside: Some(Box::new(beside)),
        ..first
    }
}

#[test]
fn a_comparison_begins_in_the_menu_and_ends_by_its_cross() {
    let seed = Assignment::parse("seed=11").unwrap();
    assert_eq!(chosen("Compare with ⏷", "another seed"), [Command::Set(Change::Compare(vec![seed]))]);
    let end = clicked(compared(&["seed=11"]), "End the comparison");
    assert_eq!(end, [Command::Set(Change::Compare(Vec::new()))]);
}

#[test]
fn what_is_changed_is_of_the_side_that_is_chosen() {
    let asked = |is_second: bool| {
        let mut harness = harness(compared(&["seed=11"]));
        if is_second {
            harness.get_by_label("right: seed 11").click();
            harness.run();
            harness.run();
        }
        harness.get_by_label("standardize").click();
        harness.run();
        harness.run();
        harness.state().asked.clone()
    };
    assert_eq!(asked(false), [Command::Set(Change::Standardize(true))]);
    let both = ["seed=11", "standardize=true"].map(|written| Assignment::parse(written).unwrap());
    assert_eq!(asked(true), [Command::Set(Change::Compare(both.to_vec()))]);
}

#[test]
fn what_both_have_in_common_is_chosen_beside_their_names() {
    let scale = clicked(compared(&["seed=11"]), "One scale of heights");
    assert_eq!(scale, [Command::Set(Change::SharedScale(false))]);
    let harness = harness(compared(&["batch=size(8)"]));
    assert!(harness.query_by_label("Abreast by").is_some());
    assert_eq!(
        harness.query_all_by_label("Between the two").count(),
        2,
        "slider and number: one model, two minima"
    );
    let other = super::harness(compared(&["model=mlp(widths: [3])"]));
    assert_eq!(other.query_all_by_label("Between the two").count(), 0);
}
