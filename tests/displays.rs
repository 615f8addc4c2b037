//! Displays on which no window opens: each is told in one line. And those on which one does all the same.

use std::path::Path;
use std::process::{Command, Stdio};

use super::window::{Display, drawn, until};

/// The program, about to open a window of a small experiment, with a home of its own.
fn view(home: &Path) -> Command {
    let experiment = home.join("short.ron");
    std::fs::write(&experiment, "(steps: 20, slice: (volume: [17, 17, 9]))").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_losscape"));
    command.arg("view").arg(experiment).env("HOME", home).env("XDG_CONFIG_HOME", home);
    for variable in
        ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "WINIT_X11_SCALE_FACTOR", "RUST_BACKTRACE"]
    {
        command.env_remove(variable);
    }
    command.stderr(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// Expects exit code 1 and one line that holds each of the words.
fn refused(environment: &[(&str, &str)], words: &[&str]) {
    let home = tempfile::tempdir().unwrap();
    let output = view(home.path()).envs(environment.iter().copied()).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{environment:?}: {said}");
    assert!(said.starts_with("losscape: "), "{said}");
    for word in words {
        assert!(said.contains(word), "{environment:?}: {word:?} is missing in {said:?}");
    }
}

/// Expects a window that stays, and not a word.
fn opens(display: &Display, environment: &[(&str, &str)], home: &Path) {
    let mut program =
        view(home).env("DISPLAY", &display.name).envs(environment.iter().copied()).spawn().unwrap();
    let window = until("a window", 60, || {
        if let Some(status) = program.try_wait().unwrap() {
            let mut said = String::new();
            std::io::Read::read_to_string(&mut program.stderr.take().unwrap(), &mut said).unwrap();
            panic!("the program ended with {status}: {said}");
        }
        let found = display.xdotool(&["search", "--onlyvisible", "--name", "Losscape"]);
        found.lines().next().map(str::to_owned)
    });
    drawn(display);
    display.xdotool(&["windowclose", &window]);
    until("the end of the program", 20, || program.try_wait().unwrap());
    let output = program.wait_with_output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!((output.status.code(), &*said), (Some(0), ""), "{environment:?}");
}

#[test]
fn a_display_that_does_not_answer_is_named() {
    refused(&[("DISPLAY", ":9977")], &[":9977", "DISPLAY", "losscape record"]);
    // An address, and a name that no network is asked for.
    refused(&[("DISPLAY", "127.0.0.1:99")], &["127.0.0.1:99"]);
    refused(&[("DISPLAY", "no where:0")], &["no where:0"]);
    refused(&[("DISPLAY", "\u{1b}[31mnonsense")], &["\\u{1b}[31mnonsense"]);
    refused(&[("WAYLAND_DISPLAY", "wayland-gone")], &["wayland-gone", "WAYLAND_DISPLAY"]);
    refused(&[], &["neither DISPLAY nor WAYLAND_DISPLAY"]);
    // The one that is looked at last is told of.
    refused(&[("DISPLAY", ":9977"), ("WAYLAND_DISPLAY", "wayland-gone")], &[":9977"]);
}

#[test]
fn a_stale_name_of_a_compositor_does_not_hide_a_good_display() {
    let home = tempfile::tempdir().unwrap();
    opens(&Display::start(), &[("WAYLAND_DISPLAY", "wayland-gone")], home.path());
    // The socket of one that died is still there.
    let socket = home.path().join("wayland-1");
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    opens(&Display::start(), &[("WAYLAND_DISPLAY", socket.to_str().unwrap())], home.path());
}

#[test]
fn a_display_that_lacks_something_is_told_what() {
    let without = Display::start_with(&["-screen", "0", "800x600x24", "-extension", "RANDR"]);
    refused(&[("DISPLAY", &without.name)], &[&without.name, "RANDR"]);
    for depth in ["8", "15", "16"] {
        let shallow = Display::start_with(&["-screen", "0", &format!("800x600x{depth}")]);
        refused(&[("DISPLAY", &shallow.name)], &["24 bits", depth]);
    }
}

/// Software draws to no screen of 30 bits a pixel, and the engine finds that out only when it draws.
#[test]
fn a_display_that_no_device_draws_to_is_a_window_that_cannot_be_opened() {
    let deep = Display::start_with(&["-screen", "0", "800x600x30"]);
    refused(&[("DISPLAY", &deep.name)], &["the window cannot be opened", "surface", "losscape doctor"]);
}

#[test]
fn a_scale_is_told_where_it_makes_no_sense_and_followed_where_it_does() {
    let display = Display::start();
    let at = ("DISPLAY", &*display.name);
    for scale in ["abc", "0", "-1", "1e300"] {
        let told = format!("WINIT_X11_SCALE_FACTOR = {scale}: expected a number");
        refused(&[at, ("WINIT_X11_SCALE_FACTOR", scale)], &[&told]);
    }
    let home = tempfile::tempdir().unwrap();
    for scale in ["1.37", "randr", ""] {
        opens(&display, &[("WINIT_X11_SCALE_FACTOR", scale)], home.path());
    }
    // Where the display has no settings those at home hold.
    std::fs::write(home.path().join(".Xresources"), "Xft.dpi: 0\n").unwrap();
    let output = view(home.path()).env("DISPLAY", &display.name).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.contains("Xft.dpi") && said.contains("WINIT_X11_SCALE_FACTOR=1"), "{said}");
    opens(&display, &[("WINIT_X11_SCALE_FACTOR", "1")], home.path());
}

#[test]
fn without_a_graphics_device_it_is_said_what_to_install() {
    let display = Display::start();
    let environment =
        [("DISPLAY", &*display.name), ("VK_DRIVER_FILES", "/dev/null"), ("VK_ICD_FILENAMES", "/dev/null")];
    refused(&environment, &["no graphics device", "Vulkan"]);
}
