//! Keys as they come from a real keyboard: on a board of another country, and while somebody types. What
//! they have done is read in the experiment and the desk that the program keeps beside it.

use std::process::{Child, Command};
use std::time::Duration;

use bevy_egui::egui::accesskit::Role;
use bevy_egui::egui::{Rect, pos2};
use egui_kittest::kittest::Queryable;
use losscape::core::experiment::{CameraMode, ExperimentFile, Shape, Theme, ViewFile};
use losscape::core::geometry::heights::HeightScale;

use super::{Display, close, laid_out, open, rest, unsaved, until};

const SHORT: &str = "(steps: 20, slice: (grid: [33, 33], volume: [17, 17, 9]))";
/// Where nothing is drawn but the surface, whatever the panels show.
const PICTURE: Rect = Rect { min: pos2(320.0, 60.0), max: pos2(1000.0, 440.0) };

/// A window at rest that has the keyboard, on a display with a board of some country.
struct Board {
    folder: tempfile::TempDir,
    display: Display,
    program: Child,
    window: String,
}

impl Board {
    fn of(country: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let display = Display::of_size("1280x720");
        let set = Command::new("setxkbmap").arg(country).env("DISPLAY", &display.name).status();
        assert!(set.expect("setxkbmap runs (it comes with Xvfb)").success());
        let (program, window) = open(&display, &folder.path().join("short.ron"), SHORT);
        display.xdotool(&["windowfocus", &window]);
        rest(&display, &program);
        Self { folder, display, program, window }
    }

    /// Presses keys together, each by its name or the number of its place.
    fn press(&self, keys: &[&str]) {
        let down = keys.iter().flat_map(|key| ["keydown", key]);
        let up = keys.iter().rev().flat_map(|key| ["keyup", key]);
        self.display.xdotool(&down.chain(["sleep", "0.4"]).chain(up).collect::<Vec<_>>());
    }

    /// Clicks a field, and waits until it is typed into.
    fn click(&self, field: Rect) {
        let at = field.center();
        self.display.xdotool(&["mousemove", &at.x.to_string(), &at.y.to_string()]);
        rest(&self.display, &self.program);
        let before = self.display.pixels(field);
        self.display.xdotool(&["mousedown", "1", "sleep", "0.2", "mouseup", "1", "sleep", "1"]);
        until("a field that is typed into", 30, || (self.display.pixels(field) != before).then_some(()));
    }

    /// What is kept of the experiment since it was opened: as it was, where nothing has changed.
    fn view(&self) -> ViewFile {
        let kept = unsaved(self.folder.path());
        let text = kept.first().map_or(SHORT.to_owned(), |file| std::fs::read_to_string(file).unwrap());
        ExperimentFile::parse(&text, "kept").unwrap().view
    }

    /// Presses keys, which make it so.
    fn makes(&self, keys: &[&str], what: &str, is_so: impl Fn(&ViewFile) -> bool) {
        assert!(!is_so(&self.view()), "{what} before {keys:?}");
        self.press(keys);
        until(&format!("{what} by {keys:?}"), 30, || is_so(&self.view()).then_some(()));
    }

    /// Presses keys, which do nothing.
    fn leaves(&self, keys: &[&str]) {
        let before = self.view();
        self.press(keys);
        rest(&self.display, &self.program);
        assert_eq!(self.view(), before, "{keys:?}");
    }

    /// The share of the picture that is another one than it was.
    fn moved_from(&self, before: &[u8]) -> f64 {
        let after = self.display.pixels(PICTURE);
        let changed = before.chunks_exact(4).zip(after.chunks_exact(4)).filter(|(a, b)| a != b).count();
        changed as f64 / (before.len() / 4) as f64
    }

    /// The share of the picture that keys change.
    fn moved(&self, keys: &[&str]) -> f64 {
        rest(&self.display, &self.program);
        let before = self.display.pixels(PICTURE);
        self.press(keys);
        rest(&self.display, &self.program);
        self.moved_from(&before)
    }

    fn close(self) {
        close(&self.display, self.program, &self.window);
    }
}

/// The share of the picture that is another one when the camera moves.
const MUCH: f64 = 0.2;
/// And what a frame drawn again may differ in.
const LITTLE: f64 = 0.02;

/// The places of keys have numbers; what they say on a French board stands beside them.
#[test]
fn on_a_french_board_commands_are_where_they_are_written_and_flight_is_where_the_hand_is() {
    let board = Board::of("fr");
    board.leaves(&["58"]); // , where an English board has M
    board.makes(&["47"], "the map", |view| view.camera == CameraMode::Map); // m
    board.makes(&["47"], "the orbit", |view| view.camera == CameraMode::Orbit);
    board.makes(&["54"], "flight", |view| view.camera == CameraMode::Flight); // c
    let aside = board.moved(&["52"]); // w, which steers where an English board has it
    assert!(aside < LITTLE, "{aside}");
    let ahead = board.moved(&["25"]); // z, where an English board has W
    assert!(ahead > MUCH, "{ahead}");
    let left = board.moved(&["38"]); // q, where an English board has A
    assert!(left > MUCH, "{left}");
    board.close();
}

#[test]
fn on_a_german_board_y_and_z_are_where_they_are_written() {
    let board = Board::of("de");
    board.makes(&["52"], "the light stage", |view| view.theme == Theme::Light); // y
    let scale = board.view().scale;
    let is_other = |view: &ViewFile| view.scale != scale;
    board.makes(&["53"], "another scale", is_other); // x
    board.makes(&["Control_L", "29"], "undone", |view| view.scale == scale); // Ctrl and z
    board.makes(&["Control_L", "52"], "done again", is_other); // Ctrl and y
    assert_eq!(board.view().theme, Theme::Light);
    board.close();
}

#[test]
fn letters_typed_into_a_number_are_no_commands_and_after_esc_they_are() {
    let board = Board::of("us");
    let panels = laid_out([1152.0, 648.0]);
    let speed = panels.get_by_role_and_label(Role::SpinButton, "Speed").rect();
    // Near, so that F would bring everything into view again.
    board.display.xdotool(&["mousemove", "660", "250", "click", "--repeat", "8", "--delay", "100", "4"]);
    board.display.xdotool(&["mousemove", "900", "640"]);
    rest(&board.display, &board.program);
    let before = board.view();
    let picture = board.display.pixels(PICTURE);
    board.click(speed);
    for key in ["v", "f", "m", "x", "space"] {
        board.press(&[key]);
    }
    // Its cursor blinks: the window does not rest, and looks every other second at what there is to keep.
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(board.view(), before, "letters are part of a number");
    assert!(board.moved_from(&picture) < LITTLE);
    board.press(&["Escape"]);
    rest(&board.display, &board.program);
    assert_eq!(board.view(), before, "given up");
    board.click(speed);
    ["3", "2", "1"].iter().for_each(|digit| board.press(&[digit]));
    board.makes(&["Return"], "the speed", |view| view.steps_per_second == 321.0);
    let framed = board.moved(&["f"]);
    assert!(framed > MUCH, "{framed}");
    board.makes(&["v"], "the cube", |view| view.shape == Shape::Cube);
    board.makes(&["x"], "another scale", |view| view.scale != HeightScale::default());
    board.close();
}
