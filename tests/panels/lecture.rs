//! The screen of a lecture.

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use losscape::ui::PanelView;
use losscape::ui::view::RunView;

use super::{State, harness, view};

#[test]
fn a_lecture_shows_step_and_loss_and_no_panels_and_a_blank_screen_nothing() {
    let mut harness = harness(view());
    harness.state_mut().desk.is_lecture = true;
    harness.run();
    assert!(harness.query_by_label("step 120").is_some() && harness.query_by_label("loss 0.1234").is_some());
    assert!(harness.query_by_label("Step").is_none(), "the panels are away");
    harness.state_mut().desk.is_blank = true;
    harness.run();
    assert!(harness.query_by_label("step 120").is_none());
}

#[test]
fn the_readout_of_a_lecture_stays_on_its_lines_and_says_why_training_rests() {
    let mut harness = harness(PanelView {
        run: RunView { step: 0, loss: Some(0.0), is_playing: true, ..view().run },
        ..view()
    });
    harness.state_mut().desk.is_lecture = true;
    harness.run();
    let height = |harness: &Harness<State>, label: &str| harness.get_by_label(label).rect().height();
    let one_line = height(&harness, "step 0");
    assert!(harness.query_by_label("held").is_none(), "it goes on");
    harness.state_mut().view = PanelView {
        run: RunView { step: 1234, loss: Some(0.055_634), is_playing: true, ..view().run },
        ..view()
    };
    harness.run();
    for label in ["step 1234", "loss 0.0556"] {
        assert!((height(&harness, label) - one_line).abs() < 1.0, "{label} is on one line");
    }
    let steps = view().experiment.steps;
    for (step, is_playing, diverged_at, told) in [
        (5, false, None, "held"),
        (steps, false, None, "finished"),
        (steps, false, Some(80), "blew up at step 80"),
    ] {
        harness.state_mut().view =
            PanelView { run: RunView { step, is_playing, diverged_at, ..view().run }, ..view() };
        harness.run();
        assert!(harness.query_by_label(told).is_some(), "{told}");
    }
}
