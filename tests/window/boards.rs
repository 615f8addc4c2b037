//! Keys as they come from a real keyboard: on a board of another country, and while somebody types.

use std::process::{Child, Command};
use std::time::Duration;

use bevy_egui::egui::accesskit::Role;
use bevy_egui::egui::{Rect, Ui, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use losscape::ui::{Desk, PanelView, panels};

use super::{Display, close, open, rest, until};

const SHORT: &str = "(steps: 20, slice: (grid: [33, 33], volume: [17, 17, 9]))";
/// Where nothing is drawn but the surface, whatever the panels show.
const PICTURE: Rect = Rect { min: pos2(320.0, 40.0), max: pos2(1000.0, 460.0) };
/// A part of the panel on the left.
const PANEL: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(200.0, 300.0) };

/// A window at rest that has the keyboard, on a display with such a board.
fn window_on(board: &str, folder: &tempfile::TempDir) -> (Display, Child, String) {
    let display = Display::of_size("1280x720");
    let set = Command::new("setxkbmap").arg(board).env("DISPLAY", &display.name).status();
    assert!(set.expect("setxkbmap runs (it comes with Xvfb)").success());
    let (program, window) = open(&display, &folder.path().join("short.ron"), SHORT);
    display.xdotool(&["windowfocus", &window]);
    rest(&display, &program);
    (display, program, window)
}

/// Whether keys, by the numbers of their places and pressed together, change a part of the screen.
fn changes(display: &Display, program: &Child, keys: &[&str], part: Rect) -> bool {
    let before = display.pixels(part);
    for key in keys {
        display.xdotool(&["keydown", key]);
    }
    std::thread::sleep(Duration::from_millis(400));
    for key in keys.iter().rev() {
        display.xdotool(&["keyup", key]);
    }
    rest(display, program);
    display.pixels(part) != before
}

/// The places of keys have numbers; what they say on a French board stands beside them.
#[test]
fn on_a_french_board_commands_are_where_they_are_written_and_flight_is_where_the_hand_is() {
    let folder = tempfile::tempdir().unwrap();
    let (display, program, window) = window_on("fr", &folder);
    let changes = |keys: &[&str], part| changes(&display, &program, keys, part);
    let (control, shift) = ("Control_L", "Shift_L");
    assert!(!changes(&["58"], PICTURE), ", where an English board has M");
    assert!(changes(&["47"], PICTURE), "m: the map");
    assert!(changes(&["47"], PICTURE), "m: back again");
    let panel = display.pixels(PANEL);
    assert!(changes(&[control, shift, "21"], PANEL), "Ctrl and +");
    assert!(changes(&[control, "15"], PANEL), "Ctrl and -");
    assert!(display.pixels(PANEL) == panel, "as large as before");
    assert!(!changes(&["54"], PANEL), "c: flight");
    assert!(!changes(&["52"], PICTURE), "w, which steers where an English board has it");
    assert!(changes(&["25"], PICTURE), "z, where an English board has W");
    assert!(changes(&["38"], PICTURE), "q, where an English board has A");
    close(&display, program, &window);
}

/// Where the field for a gradient's length is, in a window of that size.
fn field(size: [f32; 2]) -> Rect {
    let view = PanelView { is_panels_shown: true, alpha3_range: Some((0.0, 1.0)), ..PanelView::default() };
    let draw = move |ui: &mut Ui, desk: &mut Desk| {
        panels(ui, &view, desk, &mut Vec::new());
    };
    let mut harness = Harness::builder().with_size(size).build_ui_state(draw, Desk::default());
    harness.run();
    harness.get_by_role_and_label(Role::SpinButton, "below").rect()
}

#[test]
fn letters_typed_into_a_number_are_no_commands_and_after_esc_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let (display, program, window) = window_on("us", &folder);
    let at = field([1152.0, 648.0]).center();
    let before = (display.pixels(PANEL), display.pixels(PICTURE));
    display.xdotool(&["mousemove", &at.x.to_string(), &at.y.to_string()]);
    display.xdotool(&["mousedown", "1", "sleep", "0.2", "mouseup", "1"]);
    until("a field that is typed into", 30, || (display.pixels(PANEL) != before.0).then_some(()));
    for key in ["v", "f", "m", "x"] {
        display.xdotool(&["keydown", key, "sleep", "0.3", "keyup", key]);
    }
    // Its cursor blinks: the window does not rest.
    std::thread::sleep(Duration::from_secs(4));
    assert!(display.pixels(PICTURE) == before.1, "letters are part of a number");
    display.xdotool(&["keydown", "Escape", "sleep", "0.3", "keyup", "Escape"]);
    rest(&display, &program);
    assert!(display.pixels(PICTURE) == before.1);
    assert!(changes(&display, &program, &["v"], PICTURE), "the cube");
    close(&display, program, &window);
}
