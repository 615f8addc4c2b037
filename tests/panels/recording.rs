//! Recordings and pictures.

use bevy::prelude::default;
use egui_kittest::kittest::Queryable;
use losscape::ui::act::DeskAct;
use losscape::ui::desktop::studio::MOST_PIXELS;
use losscape::ui::desktop::{Errand, FileDesk, Shot, StudioAct, Take};
use losscape::ui::view::FilmView;
use losscape::ui::{Desk, PanelView};

use super::{desk_after, harness, view};

#[test]
fn a_recording_is_begun_and_ended_by_its_button_and_seen_while_it_is_on() {
    let record = [DeskAct::Studio(StudioAct::Record)];
    assert_eq!(desk_after(view(), Desk::default(), &["Record"]).asked, record);
    let on = PanelView { recording_secs: Some(65.4), ..view() };
    assert_eq!(desk_after(on.clone(), Desk::default(), &["Stop recording"]).asked, record);
    let mut harness = harness(on);
    assert!(harness.query_by_label("⏺ 1:05").is_some());
    harness.state_mut().desk.is_lecture = true;
    harness.run();
    assert!(harness.query_by_label("⏺ 1:05").is_some(), "in a lecture too");
}

#[test]
fn a_recording_is_saved_filmed_and_put_away() {
    let take = Take { secs: 12.34, size: Some([1280, 720]), fps: 30 };
    let desk = || Desk { files: FileDesk { take: Some(take), ..default() }, ..Desk::default() };
    assert_eq!(
        desk_after(view(), desk(), &["Save as tour (.ron)…"]).asked,
        [DeskAct::Errand(Errand::SaveTour)]
    );
    let usual = desk_after(view(), desk(), &["Make a film…"]);
    assert_eq!(usual.asked, [DeskAct::Errand(Errand::Film { size: [1280, 720], fps: 30 })]);
    assert_eq!(usual.files.take, Some(take), "it may be saved as well");
    let window =
        desk_after(view(), desk(), &["pixels,", "as the window", "frames a second", "24", "Make a film…"]);
    assert_eq!(window.asked, [DeskAct::Errand(Errand::Film { size: [1280, 2400], fps: 24 })]);
    assert_eq!(desk_after(view(), desk(), &["Put away"]).files.take, None);
    let film =
        FilmView { name: "a.mp4".into(), progress: Some((3, 9)), secs_left: None, is_cancelled: false };
    let busy = PanelView { film: Some(film), ..view() };
    let cancelled = desk_after(busy.clone(), desk(), &["Make a film…", "Cancel the film"]);
    assert_eq!(cancelled.asked, [DeskAct::Studio(StudioAct::Cancel)], "one at a time");
    assert!(harness(busy).query_by_label("a.mp4: 3 of 9 frames").is_some());
}

#[test]
fn a_picture_is_saved_at_a_size_that_can_be_drawn() {
    let desk = || Desk { files: FileDesk { shot: Some(Shot { scale: 1 }), ..default() }, ..Desk::default() };
    let saved = desk_after(view(), desk(), &["2×", "Save as…"]);
    assert_eq!(saved.asked, [DeskAct::Errand(Errand::Picture { size: [2560, 4800] })]);
    assert_eq!(saved.files.shot, None);
    assert_eq!(desk_after(view(), desk(), &["Cancel"]).files.shot, None);
    let mut harness = harness(view());
    harness.state_mut().desk.files.shot = Some(Shot { scale: 1 });
    harness.run();
    assert!(harness.query_by_label("4×").is_none(), "9600 pixels are too many");
    assert_eq!(MOST_PIXELS, *losscape::record::picture::SIDES.end());
}
