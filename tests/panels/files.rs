//! Questions about files.

use bevy::prelude::default;
use egui_kittest::kittest::Queryable;
use losscape::core::command::Command;
use losscape::core::experiment::ExperimentFile;
use losscape::ui::Desk;
use losscape::ui::desktop::{Asking, FileDesk, Rescue};

use super::{desk_after, harness, view};

#[test]
fn what_a_crash_interrupted_is_offered_once() {
    let file = ExperimentFile { seed: 77, ..ExperimentFile::default() };
    let mut harness = harness(view());
    let offered = Some(Rescue::Offered(Box::new(file.clone())));
    harness.state_mut().desk.files.rescue = offered.clone();
    // The bar pushes what is above it up.
    harness.run();
    harness.run();
    harness.get_by_label("Open it").click();
    harness.run();
    harness.run();
    let load = Command::Load(Box::new(file));
    assert_eq!(harness.state().asked, [load]);
    assert!(harness.query_by_label("Open it").is_none());
    assert_eq!(harness.state().desk.files.rescue, Some(Rescue::Opened));
    let desk = Desk { files: FileDesk { rescue: offered.clone(), ..default() }, ..Desk::default() };
    assert_eq!(desk_after(view(), desk, &["Leave it"]).files.rescue, Some(Rescue::Left));
    harness.state_mut().desk =
        Desk { files: FileDesk { rescue: offered, ..default() }, is_lecture: true, ..Desk::default() };
    harness.run();
    assert!(harness.query_by_label("Open it").is_none(), "no lecture is interrupted by it");
}

#[test]
fn a_file_that_asks_for_others_elsewhere_waits_for_an_answer() {
    let files = vec!["/etc/passwd".into()];
    let asking = Asking { path: "there/x.ron".into(), reach: Default::default(), files, is_allowed: false };
    let desk = || Desk { files: FileDesk { asking: Some(asking.clone()), ..default() }, ..Desk::default() };
    let mut shown = harness(view());
    shown.state_mut().desk = desk();
    shown.run();
    shown.get_by_label_contains("\"x.ron\" asks to read files");
    shown.get_by_label_contains("/etc/passwd");
    assert_eq!(desk_after(view(), desk(), &["Leave it"]).files.asking, None);
    let allowed = desk_after(view(), desk(), &["Read them"]).files.asking.unwrap();
    assert_eq!(allowed, Asking { is_allowed: true, ..asking.clone() });
}
