//! Charts of the session: opened and laid out by the menu, and what a hand on each asks for.

use egui_kittest::kittest::Queryable;
use losscape::core::command::{Command, ViewCommand};
use losscape::core::experiment::{Change, ChartKind, Layout, MapGround, ParameterLayer, ViewFile};
use losscape::core::subspace::PlaneConfig;
use losscape::ui::chart::Spot;
use losscape::ui::touch::asked_by;
use losscape::ui::{Desk, PanelView};

use super::{chosen, clicked, harness, view};

fn shown(change: impl FnOnce(&mut PanelView)) -> PanelView {
    let mut view = view();
    change(&mut view);
    view
}

#[test]
fn charts_and_their_layout_are_chosen_in_one_menu() {
    assert_eq!(chosen("Charts ⏷", "Directions"), [Command::Set(Change::Charts(vec![ChartKind::Directions]))]);
    assert_eq!(chosen("Charts ⏷", "Charts beside it"), [Command::Set(Change::Layout(Layout::Beside))]);
    assert_eq!(chosen("Charts ⏷", "Chart alone"), [Command::Set(Change::Layout(Layout::Chart))]);
}

#[test]
fn what_may_be_chosen_of_a_chart_stands_above_it() {
    let open = |kind: ChartKind| {
        shown(|view| {
            view.experiment.view.charts = vec![kind];
            view.charts = vec![(kind, Default::default())];
        })
    };
    let steps = Change::Parameters(vec![ParameterLayer::Path, ParameterLayer::Steps]);
    assert_eq!(clicked(open(ChartKind::Parameters), "steps"), [Command::Set(steps)]);
    let bands = Change::Map(MapGround::Bands);
    assert_eq!(clicked(open(ChartKind::Map), "bands"), [Command::Set(bands)]);
    let dot = Change::Dot(Some(0.0));
    assert_eq!(clicked(open(ChartKind::Sections), "start to end"), [Command::Set(dot)]);
}

#[test]
fn large_charts_leave_no_dock() {
    let open = |layout| {
        shown(|view| {
            (view.experiment.view.charts, view.experiment.view.layout) = (vec![ChartKind::Map], layout);
            view.charts = vec![(ChartKind::Map, Default::default())];
        })
    };
    assert!(harness(open(Layout::Landscape)).query_by_label("Close Contour map").is_some());
    assert!(harness(open(Layout::Beside)).query_by_label("Close Contour map").is_none());
}

#[test]
fn a_hand_on_a_chart_changes_what_it_shows() {
    let ask = |kind, part, at, view: &PanelView| {
        asked_by(kind, Spot { part, at, is_of_second: false }, false, view)
    };
    let line = shown(|view| view.experiment.view.dot = Some(0.0));
    let dot = |at| Some(Command::Set(Change::Dot(Some(at))));
    assert_eq!(ask(ChartKind::Sections, 0, [0.5, 9.0], &line), dot(0.5));
    assert_eq!(ask(ChartKind::Sections, 0, [7.0, 9.0], &line), dot(1.15), "no farther than it is shown");
    assert_eq!(ask(ChartKind::Sections, 0, [0.0, 9.0], &line), None, "it is there");
    let point = Some(Command::View(ViewCommand::Select(Some(vec![1.0, 2.0, 0.0]))));
    assert_eq!(ask(ChartKind::Map, 0, [1.0, 2.0], &line), point);
    let example = Some(Command::Set(Change::Predicted(2.0)));
    assert_eq!(ask(ChartKind::Loss, 0, [-1.0, 0.0], &line), example);
    let angle = |degrees| PlaneConfig::Angle { degrees };
    let turned = shown(|view| view.experiment.slice.plane = angle(20.0));
    assert_eq!(
        ask(ChartKind::Directions, 0, [1.0, 1.0], &turned),
        Some(Command::Set(Change::Plane(angle(45.0))))
    );
    assert_eq!(ask(ChartKind::Directions, 0, [1.0, 1.0], &line), None, "the chord plane has no other angle");
}

#[test]
fn a_desk_of_old_opens_its_charts_where_an_experiment_opens_none() {
    let desk: Desk = ron_of("(charts: [map, curves], is_log: false, zoom: 1.0)");
    let mut look = ViewFile::default();
    desk.furnish(&mut look);
    assert_eq!((&look.charts[..], look.has_log_charts), (&[ChartKind::Map, ChartKind::Curves][..], false));
    let mut own = ViewFile { charts: vec![ChartKind::Loss], ..ViewFile::default() };
    desk.furnish(&mut own);
    assert_eq!((&own.charts[..], own.has_log_charts), (&[ChartKind::Loss][..], true));
}

fn ron_of<T: serde::de::DeserializeOwned>(text: &str) -> T {
    losscape::core::experiment::file::parse_ron(text, "x.ron").unwrap()
}

/// Every setting of charts is undone, and one drag of the dot as one change.
#[test]
fn charts_are_undone_saved_and_in_the_command_line() {
    use losscape::core::experiment::{Experiment, ExperimentFile, command_line};
    use losscape::core::session::{Now, Session};
    let mut session = Session::new(Experiment::new(ExperimentFile::default()).unwrap());
    let before = session.experiment().file().clone();
    let changes = [
        Change::Charts(vec![ChartKind::Sections, ChartKind::Map]),
        Change::Layout(Layout::Beside),
        Change::ChartShare(0.6),
        Change::LogCharts(false),
        Change::Predicted(2.0),
        Change::Desired(0.0),
        Change::Dot(Some(0.1)),
        Change::Levels(Some(0.05)),
        Change::Map(MapGround::Dots),
        Change::Parameters(vec![ParameterLayer::Grid]),
    ];
    for change in &changes {
        session.apply(Command::Set(change.clone()), Now::default()).unwrap();
    }
    let file = session.experiment().file().clone();
    assert_eq!(ExperimentFile::parse(&file.to_ron(), "x.ron").unwrap(), file);
    let line = command_line(&file, 7);
    for set in
        ["'view.charts=[\"sections\",\"map\"]'", "view.layout=\"beside\"", "view.dot=0.1", "view.levels=0.05"]
    {
        assert!(line.contains(set), "{set}: {line}");
    }
    changes.iter().for_each(|_| drop(session.apply(Command::Undo, Now::default()).unwrap()));
    assert_eq!(session.experiment().file(), &before);
    for at in [0.1, 0.2, 0.3] {
        session.apply(Command::Set(Change::Dot(Some(at))), Now::default()).unwrap();
    }
    session.apply(Command::Undo, Now::default()).unwrap();
    assert_eq!(session.look().dot, None, "a drag is one change");
}

#[test]
fn a_hand_on_the_second_landscapes_chart_chooses_a_point_of_that_one() {
    let both = shown(|first| {
        let second = shown(|second| {
            second.slice.selected = Some(vec![0.0; 3]);
            second.slice.alpha3 = 0.25;
        });
        first.beside = Some(Box::new(second));
    });
    let ask = |kind, at, is_of_second| asked_by(kind, Spot { part: 0, at, is_of_second }, false, &both);
    let chosen = |alpha: &[f64]| Some(alpha.to_vec());
    assert_eq!(
        ask(ChartKind::Map, [1.0, 2.0], true),
        Some(Command::View(ViewCommand::SelectBeside(chosen(&[1.0, 2.0, 0.25])))),
        "in the second's own plane"
    );
    assert_eq!(
        ask(ChartKind::Map, [1.0, 2.0], false),
        Some(Command::View(ViewCommand::Select(chosen(&[1.0, 2.0, 0.0]))))
    );
    assert_eq!(ask(ChartKind::Curves, [7.0, 0.1], true), None, "its run follows the first one's");
    let alone = shown(|_| {});
    let spot = Spot { part: 0, at: [1.0, 2.0], is_of_second: true };
    assert_eq!(asked_by(ChartKind::Map, spot, false, &alone), None, "there is no second one");
}
