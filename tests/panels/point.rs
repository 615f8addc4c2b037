//! The chosen point.

use bevy_egui::egui::Event;
use egui_kittest::kittest::{NodeT, Queryable};
use losscape::core::command::{Command, ViewCommand};
use losscape::ui::PanelView;
use losscape::ui::actions::{Act, actions};
use losscape::ui::chosen::{CHOOSE_TRAINING, choice_of_training};
use losscape::ui::view::{Chosen, Nearest, RunView, SliceView};

use super::{clicked, harness, saddle, set, type_text, view};

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
