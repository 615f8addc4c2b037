//! The presenter's window, beside the one that the audience sees.

use std::process::{Command, Stdio};
use std::time::Duration;

use bevy_egui::egui::{Pos2, Rect};

use super::{Display, until};

const TOUR: &str =
    "(chapters: [(title: \"A\", caption: \"a\", notes: \"Ask.\", experiment: \"rosenbrock\", secs: 1,
    cues: [(when: at(0), command: run(seek(5))), (when: key(0.5), command: view(theme(light)))])])";

#[test]
fn the_presenters_window_leads_the_tour_and_closes_alone() {
    let folder = tempfile::tempdir().unwrap();
    let tour = folder.path().join("tour.ron");
    std::fs::write(&tour, TOUR).unwrap();
    let display = Display::of_size("1300x800");
    let mut program = Command::new(env!("CARGO_BIN_EXE_losscape"))
        .args(["view", tour.to_str().unwrap(), "--presenter"])
        .env("DISPLAY", &display.name)
        .env_remove("WAYLAND_DISPLAY")
        .env("WINIT_X11_SCALE_FACTOR", "1")
        .env("XDG_CONFIG_HOME", folder.path())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let named = |name: &str| {
        let found = display.xdotool(&["search", "--onlyvisible", "--name", name]);
        found.lines().next().map(str::to_owned)
    };
    let window = until("a window", 60, || named("^Losscape$"));
    let lectern = until("the presenter's window", 60, || named("^Losscape: presenter$"));
    // A part of the audience's window that the other does not cover.
    let corner = Rect::from_min_max(Pos2::new(1280.0, 4.0), Pos2::new(1290.0, 8.0));
    let is_light = || display.pixels(corner)[0] > 128;
    assert!(!is_light());
    display.xdotool(&["windowfocus", "--sync", &lectern]);
    until("a light stage", 60, || {
        display.xdotool(&["key", "Page_Down"]);
        std::thread::sleep(Duration::from_secs(1));
        is_light().then_some(())
    });
    // Nothing moves any more.
    std::thread::sleep(Duration::from_secs(3));
    display.xdotool(&["windowclose", &lectern]);
    until("its end", 30, || named("presenter").is_none().then_some(()));
    std::thread::sleep(Duration::from_secs(2));
    assert!(program.try_wait().unwrap().is_none(), "the audience's window is still there");
    display.xdotool(&["windowfocus", "--sync", &window]);
    display.xdotool(&["key", "n"]);
    until("another one", 30, || named("^Losscape: presenter$"));
    display.xdotool(&["windowclose", &window]);
    assert!(until("the program's end", 30, || program.try_wait().unwrap()).success());
}
