//! The presenter's lectern.

use bevy_egui::egui::Ui;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use losscape::ui::Desk;
use losscape::ui::act::{DeskAct, TourAct};
use losscape::ui::lectern::lectern_ui;
use losscape::ui::view::LecternView;

fn view() -> LecternView {
    LecternView {
        chapter: 3,
        chapters: 12,
        title: "That minimum is none".into(),
        notes: vec!["Ask first: who believes it?".into(), "Then turn the plane.".into()],
        next: Some(("Out of the plane".into(), "Training goes on where the slice ends.".into())),
        is_waiting: true,
        is_over: false,
        secs: 247,
    }
}

fn harness(view: LecternView, size: [f32; 2]) -> Harness<'static, (LecternView, Desk)> {
    let draw = |ui: &mut Ui, state: &mut (LecternView, Desk)| lectern_ui(ui, &state.0, &mut state.1);
    let mut harness = Harness::builder().with_size(size).build_ui_state(draw, (view, Desk::default()));
    harness.run();
    harness
}

#[test]
fn notes_what_comes_next_and_a_clock_lie_on_the_lectern() {
    let mut harness = harness(view(), [900.0, 600.0]);
    for text in [
        "chapter 3 of 12",
        "waits for Page Down",
        "4:07",
        "That minimum is none",
        "Ask first: who believes it?\n\nThen turn the plane.",
        "Next: Out of the plane",
        "Training goes on where the slice ends.",
    ] {
        harness.get_by_label(text);
    }
    harness.get_by_label("4:07").click();
    harness.run();
    assert_eq!(harness.state().1.asked, [DeskAct::Tour(TourAct::Clock)]);
}

#[test]
fn what_is_under_way_is_told_and_so_is_what_is_not_there() {
    let state = |is_waiting, is_over| LecternView { is_waiting, is_over, ..view() };
    harness(state(false, false), [900.0, 600.0]).get_by_label("goes on by itself");
    harness(state(true, true), [900.0, 600.0]).get_by_label("the end");
    let last = LecternView { notes: vec![], next: None, title: String::new(), ..view() };
    let harness = harness(last, [900.0, 600.0]);
    harness.get_by_label("no notes for this chapter");
    harness.get_by_label("Next: nothing, this is the last chapter");
}

#[test]
fn notes_are_as_large_as_there_is_room_and_stay_within_the_window() {
    let long =
        |count: usize| LecternView { notes: vec!["What is to be said here. ".repeat(count)], ..view() };
    let heights = [1, 30, 60].map(|count| {
        let harness = harness(long(count), [900.0, 600.0]);
        let notes = harness.get_by_label(&long(count).notes[0]).rect();
        let next = harness.get_by_label("Next: Out of the plane").rect();
        assert!(notes.max.y <= next.min.y, "{count}: {notes:?} {next:?}");
        notes.height() / count as f32
    });
    assert!(heights[0] > heights[1] && heights[1] > heights[2], "smaller, the more there is: {heights:?}");
    // More than a window holds can be scrolled to, and what comes next stays in sight.
    let harness = harness(long(1000), [480.0, 320.0]);
    let next = harness.get_by_label("Training goes on where the slice ends.").rect();
    assert!(next.max.y <= 320.0 && next.max.x <= 480.0, "{next:?}");
}
