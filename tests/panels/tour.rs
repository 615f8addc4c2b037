//! A tour, as it is given.

use bevy::prelude::{KeyCode, default};
use egui_kittest::kittest::Queryable;
use losscape::core::command::{Command, RunCommand};
use losscape::ui::act::{DeskAct, TourAct};
use losscape::ui::actions::{Act, actions};
use losscape::ui::keys::command_of;
use losscape::ui::tour::tour_act_of;
use losscape::ui::view::{RunView, TourView};
use losscape::ui::{Desk, PanelView};

use super::{desk_after, harness, view};

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
        ("Presenter", TourAct::Lectern, Some(KeyCode::KeyN)),
    ];
    for (label, act, key) in acts {
        let desk = desk_after(touring(), Desk::default(), &[label]);
        let is_of_desk = act == TourAct::Lectern;
        assert_eq!(desk.is_lectern_open, is_of_desk);
        assert_eq!(desk.asked, if is_of_desk { vec![] } else { vec![DeskAct::Tour(act)] });
        assert_eq!(key.and_then(|key| tour_act_of(key, false)), key.map(|_| act));
        let named =
            actions(&touring()).into_iter().find(|action| action.act == Act::Desk(DeskAct::Tour(act)));
        assert_eq!(named.expect("it has a name").key.is_empty(), key.is_none());
    }
    let harness = harness(touring());
    for text in ["Tour: The descent", "chapter 1 of 2", "waits for Page Down"] {
        harness.get_by_label(text);
    }
    let names: Vec<String> = actions(&view()).into_iter().map(|action| action.name).collect();
    for name in ["Tour: give descent", "Tour: give descent (de)", "Tour: give moving-surface (es)"] {
        assert!(names.contains(&name.to_owned()), "{names:?}");
    }
    assert_eq!(tour_act_of(KeyCode::Space, false), None);
    assert_eq!(tour_act_of(KeyCode::KeyN, true), None);
}
