//! The window, on a virtual display: it opens, it takes what a hand does, and closing it ends the program
//! at once.

mod boards;
mod presenter;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use bevy_egui::egui::{Pos2, Rect, Ui};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use losscape::core::experiment::ExperimentFile;
use losscape::ui::view::SliceView;
use losscape::ui::{Desk, PanelView, panels};

/// A virtual display of its own for a test.
pub struct Display {
    server: Child,
    pub name: String,
    /// Where the server keeps what is on its screen.
    screen: tempfile::TempDir,
}

impl Display {
    /// Starts one. Without Xvfb and xdotool the window cannot be tested: that is a failure, since
    /// `make test` installs both.
    pub fn start() -> Self {
        Self::of_size("800x600")
    }

    /// The same with a screen of another size in pixels.
    fn of_size(size: &str) -> Self {
        Self::start_with(&["-screen", "0", &format!("{size}x24")])
    }

    /// Starts one that is otherwise.
    pub fn start_with(arguments: &[&str]) -> Self {
        // Two servers that look for a free number at once may find the same.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let screen = tempfile::tempdir().unwrap();
        let mut server = Command::new("Xvfb")
            // Without the second it starts anew, and drops whoever comes, when the last program leaves.
            .args(["-displayfd", "1", "-noreset", "-nolisten", "tcp", "-fbdir"])
            .arg(screen.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts (make test installs it)");
        let mut line = String::new();
        let mut reader = std::io::BufReader::new(server.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut reader, &mut line).unwrap();
        assert!(!line.trim().is_empty(), "Xvfb found no display");
        Self { server, name: format!(":{}", line.trim()), screen }
    }

    /// The pixels of a part of the screen, four bytes each.
    fn pixels(&self, part: Rect) -> Vec<u8> {
        let file = std::fs::read(self.screen.path().join("Xvfb_screen0")).unwrap();
        // An X window dump: a header of numbers, a colour map of entries of 12 bytes, and the rows.
        let number = |at: usize| u32::from_be_bytes(file[4 * at..4 * at + 4].try_into().unwrap()) as usize;
        let (header, row, colors) = (number(0), number(12), number(19));
        let rows = file[header + 12 * colors..].chunks_exact(row);
        let [left, right] = [part.min.x, part.max.x].map(|x| 4 * x as usize);
        let seen = rows.skip(part.min.y as usize).take(part.height() as usize);
        seen.flat_map(|row| row[left..right.min(row.len())].to_vec()).collect()
    }

    pub fn xdotool(&self, arguments: &[&str]) -> String {
        let output = Command::new("xdotool").args(arguments).env("DISPLAY", &self.name).output();
        String::from_utf8(output.expect("xdotool runs (make test installs it)").stdout).unwrap()
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing more to do then.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

pub fn until<T>(what: &str, secs: u64, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(secs) {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{what} did not happen within {secs} s");
}

/// Opens the window on an experiment; the program, and the window's name to xdotool.
pub fn open(display: &Display, experiment: &Path, text: &str) -> (Child, String) {
    open_at(display, "1", experiment, text)
}

/// The same where a point is `scale` pixels.
fn open_at(display: &Display, scale: &str, experiment: &Path, text: &str) -> (Child, String) {
    std::fs::write(experiment, text).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_losscape"))
        .args(["view", experiment.to_str().unwrap()])
        .env("DISPLAY", &display.name)
        .env_remove("WAYLAND_DISPLAY")
        .env("WINIT_X11_SCALE_FACTOR", scale)
        // The preferences of whoever runs the tests are none of ours.
        .env("XDG_CONFIG_HOME", experiment.parent().unwrap())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let window = until("a window", 60, || {
        if let Some(status) = program.try_wait().unwrap() {
            let mut said = String::new();
            let mut stderr = program.stderr.take().unwrap();
            std::io::Read::read_to_string(&mut stderr, &mut said).unwrap();
            panic!("the program ended with {status}: {said}");
        }
        let found = display.xdotool(&["search", "--onlyvisible", "--name", "Losscape"]);
        found.lines().next().map(str::to_owned)
    });
    (program, window)
}

/// Hundredths of a second of processor time that a process has used.
fn processor_time(program: &Child) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", program.id())).unwrap();
    // The name, in brackets, may hold anything; user and system time are the 12th and 13th after it.
    let fields: Vec<&str> = stat[stat.rfind(')').unwrap() + 2..].split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// Bytes of a process that are in memory.
pub fn resident(program: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it is alive");
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// Few steps to the end, past which training goes on for ever, of few examples and many parameters: what it
/// keeps is full after some 65,000 steps, on however slow a machine.
pub const LONG_RUN: &str = "(
    dataset: xor(points: 4), model: mlp(widths: [20, 20]), optimizer: sgd(lr: 0.05), steps: 100,
    slice: (grid: [65, 65], volume: [33, 33, 17]), view: (steps_per_second: 100000),
)";

/// All of any screen.
const WHOLE: Rect = Rect { min: Pos2::ZERO, max: Pos2 { x: 1e5, y: 1e5 } };

/// Longer than a press that is still a click.
const REST: Duration = Duration::from_millis(1200);

/// Hundredths of a second of processor time that a window at rest may use meanwhile. Drawn without end it
/// would use most of it.
const MOST_AT_REST: u64 = 6;

/// Waits until nothing is drawn any more: for a while the picture has stood still, and next to no
/// processor time was used.
pub fn rest(display: &Display, program: &Child) {
    drawn(display);
    let look = || (processor_time(program), display.pixels(WHOLE));
    let mut since = (Instant::now(), look());
    until("rest", 60, || {
        let (used, picture) = look();
        if used > since.1.0 + MOST_AT_REST || picture != since.1.1 {
            since = (Instant::now(), (used, picture));
        }
        (since.0.elapsed() >= REST).then_some(())
    });
}

/// Waits until there is a picture on the screen.
pub fn drawn(display: &Display) {
    until("a picture", 60, || {
        let screen = display.pixels(WHOLE);
        let colors: HashSet<&[u8]> = screen.chunks_exact(4).collect();
        (colors.len() > 16).then_some(())
    });
}

/// What windows keep there of experiments that were not saved.
fn unsaved(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder.join("losscape")).into_iter().flatten();
    let paths = files.map(|file| file.unwrap().path());
    paths
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("unsaved-"))
        .filter(|path| path.extension().is_some_and(|ending| ending == "ron"))
        .collect()
}

/// Ends the program by closing its window.
fn close(display: &Display, mut program: Child, window: &str) {
    display.xdotool(&["windowclose", window]);
    let status = until("the end of the program", 20, || program.try_wait().unwrap());
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_window_in_which_nothing_moves_takes_next_to_no_processor_time_and_a_restart_gives_its_memory_back() {
    let display = Display::start();
    let folder = tempfile::tempdir().unwrap();
    let (program, window) = open(&display, &folder.path().join("long.ron"), LONG_RUN);
    display.xdotool(&["windowfocus", &window]);
    rest(&display, &program);
    let (first, grown) = (resident(&program), 96 << 20);
    display.xdotool(&["key", "space"]);
    until("a long run", 120, || (resident(&program) > first + grown).then_some(()));
    display.xdotool(&["key", "r"]);
    until("memory given back", 60, || (resident(&program) < first + grown / 2).then_some(()));
    rest(&display, &program);
    // It wakes once in a while, and finds itself closed.
    close(&display, program, &window);
}

#[test]
fn a_corrupt_file_of_preferences_is_set_aside_and_the_window_opens() {
    let display = Display::start();
    let folder = tempfile::tempdir().unwrap();
    let preferences = folder.path().join("losscape");
    std::fs::create_dir(&preferences).unwrap();
    std::fs::write(preferences.join("desk.ron"), "(zoom: \u{0}").unwrap();
    let experiment = folder.path().join("short.ron");
    let (mut program, window) = open(&display, &experiment, "(steps: 20, slice: (volume: [17, 17, 9]))");
    let aside = || std::fs::read_to_string(preferences.join("desk.ron.bad")).ok();
    assert_eq!(until("the file set aside", 20, aside), "(zoom: \u{0}");
    rest(&display, &program);
    assert_eq!(program.try_wait().unwrap(), None, "the window stays open");
    close(&display, program, &window);
}

#[test]
fn a_window_is_never_larger_than_its_screen() {
    for (screen, scale, left, expected) in [
        ("1024x600", "1", None, [921, 540]),
        ("1920x1080", "2", None, [1728, 972]),
        ("1920x1080", "1", None, [1280, 720]),
        // As it was left on a larger screen.
        ("1024x600", "1", Some("(window: (2560, 1400))"), [1024, 600]),
    ] {
        let display = Display::of_size(screen);
        let folder = tempfile::tempdir().unwrap();
        let preferences = folder.path().join("losscape");
        std::fs::create_dir(&preferences).unwrap();
        if let Some(left) = left {
            std::fs::write(preferences.join("desk.ron"), left).unwrap();
        }
        let experiment = folder.path().join("short.ron");
        let text = "(steps: 20, slice: (volume: [17, 17, 9]))";
        let (mut program, window) = open_at(&display, scale, &experiment, text);
        let size = || {
            let told = display.xdotool(&["getwindowgeometry", "--shell", &window]);
            let side =
                |name: &str| told.lines().find_map(|line| line.strip_prefix(name)?.parse::<u32>().ok());
            Some([side("WIDTH=")?, side("HEIGHT=")?]).filter(|size| *size == expected)
        };
        until(&format!("a window of {expected:?} on {screen} at {scale}"), 60, size);
        program.kill().unwrap();
        program.wait().unwrap();
    }
}

#[test]
fn closing_the_window_in_the_middle_of_a_job_ends_the_program_with_0() {
    let display = Display::start();
    let folder = tempfile::tempdir().unwrap();
    // A volume that takes minutes: the job is under way when the window closes.
    let experiment = folder.path().join("long.ron");
    let text = "(steps: 50, slice: (plane: chord, volume: [257, 257, 129]))";
    let (mut program, window) = open(&display, &experiment, text);
    drawn(&display);
    assert_eq!(program.try_wait().unwrap(), None, "the window stays open");
    close(&display, program, &window);
}

/// The panels as they lie in a window of that size.
fn laid_out(size: [f32; 2]) -> Harness<'static, Desk> {
    let slice = SliceView { alpha3_range: Some((0.0, 1.0)), ..SliceView::default() };
    let view = PanelView { is_panels_shown: true, slice, ..PanelView::default() };
    let draw = move |ui: &mut Ui, desk: &mut Desk| {
        panels(ui, &view, desk, &mut Vec::new());
    };
    let mut harness = Harness::builder().with_size(size).build_ui_state(draw, Desk::default());
    harness.run();
    harness
}

#[test]
fn clicks_and_keys_count_in_a_window_at_rest_though_the_pointer_does_not_move() {
    let display = Display::of_size("1280x720");
    let folder = tempfile::tempdir().unwrap();
    let experiment = folder.path().join("short.ron");
    let text = "(steps: 20, slice: (volume: [17, 17, 9]))";
    let (program, window) = open(&display, &experiment, text);
    display.xdotool(&["windowfocus", &window]);
    rest(&display, &program);
    let geometry = display.xdotool(&["getwindowgeometry", "--shell", &window]);
    let side = |name: &str| -> f32 {
        let line = geometry.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.parse().unwrap()
    };
    let panels = laid_out([side("WIDTH="), side("HEIGHT=")]);
    let [step, timeline] = ["Step", "Timeline"].map(|label| panels.get_by_label(label).rect());
    display.xdotool(&["windowfocus", &window]);
    let [x, y] = [step.center().x, step.center().y].map(|at| at.to_string());
    display.xdotool(&["mousemove", &x, &y]);
    rest(&display, &program);
    let acts: [(&str, &[&str]); 2] = [
        ("a click", &["mousedown", "1", "sleep", "0.1", "mouseup", "1"]),
        ("a key", &["keydown", "Right", "sleep", "0.1", "keyup", "Right"]),
    ];
    for (what, act) in acts {
        for number in 1..=3 {
            let before = display.pixels(timeline);
            display.xdotool(act);
            until(&format!("{what}, number {number}"), 30, || {
                (display.pixels(timeline) != before).then_some(())
            });
            rest(&display, &program);
        }
    }
    close(&display, program, &window);
}

#[test]
fn a_window_that_is_closed_leaves_nothing_to_rescue_and_one_that_is_killed_does() {
    let display = Display::start();
    let folder = tempfile::tempdir().unwrap();
    let experiment = folder.path().join("short.ron");
    let kept = || unsaved(folder.path());
    let change = |seed: u64| {
        let text = format!("(seed: {seed}, steps: 20, slice: (volume: [17, 17, 9]))");
        let (program, window) = open(&display, &experiment, &text);
        display.xdotool(&["windowfocus", &window]);
        let before = kept().len();
        rest(&display, &program);
        display.xdotool(&["key", "x"]);
        until("a change that is kept", 30, || (kept().len() > before).then_some(()));
        (program, window)
    };
    let (program, window) = change(1);
    close(&display, program, &window);
    assert_eq!(kept(), [""; 0].map(PathBuf::from), "closed: nothing is to be rescued");
    let (mut program, _) = change(2);
    program.kill().unwrap();
    program.wait().unwrap();
    let [left] = &kept()[..] else { panic!("{:?}", kept()) };
    let text = std::fs::read_to_string(left).unwrap();
    assert_eq!(ExperimentFile::parse(&text, "kept").unwrap().seed, 2);
    // Nobody decides about it in the next window, which has changes of its own.
    let (program, window) = change(3);
    close(&display, program, &window);
    assert_eq!(std::fs::read_to_string(left).unwrap(), text, "it is still there, and it alone");
    assert_eq!(kept().len(), 1);
}
