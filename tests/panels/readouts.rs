//! What is told: readouts, warnings, charts, and all of it to a screen reader.

use std::sync::Arc;

use egui_kittest::kittest::{NodeT, Queryable};
use losscape::core::command::{Command, RunCommand};
use losscape::core::experiment::{Change, ChartKind, ExperimentFile};
use losscape::core::probe::{Brief, VerdictKind};
use losscape::core::subspace::RandomWalks;
use losscape::core::subspace::walks::Band;
use losscape::ui::PanelView;
use losscape::ui::chart::{Chart, Mark};
use losscape::ui::view::{Chosen, NewsView, RunView, SliceView};

use super::{State, clicked, harness, view};

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
    let mut open = shown;
    open.experiment.view.charts = vec![ChartKind::Map, ChartKind::Curves];
    let closed = clicked(open.clone(), "Close Loss and accuracy");
    assert_eq!(closed, [Command::Set(Change::Charts(vec![ChartKind::Map]))]);
    let linear = clicked(open, "log");
    assert_eq!(linear, [Command::Set(Change::LogCharts(false))]);
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
