//! How far the window of this process has come, for whoever tells of a panic.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use bevy::prelude::*;

struct Opening {
    rescue: Option<PathBuf>,
    is_open: AtomicBool,
}

static OPENING: OnceLock<Opening> = OnceLock::new();

/// What there is of a window when the program comes to a sudden end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Window {
    /// There is none, nor was one asked for.
    None,
    /// It was not yet drawn to.
    Opening,
    /// Somebody worked in it; where what was not saved is, if there is such a file.
    Open(Option<PathBuf>),
}

/// What there is now.
pub fn window() -> Window {
    match OPENING.get() {
        None => Window::None,
        Some(stage) if !stage.is_open.load(Ordering::Relaxed) => Window::Opening,
        Some(stage) => Window::Open(stage.rescue.clone().filter(|file| file.exists())),
    }
}

/// Frames after which the first has been drawn: one is made while the one before it is drawn.
const OPEN_FRAMES: u32 = 3;

/// Watches a window open. `rescue` is where it keeps what is not saved.
pub fn watch(app: &mut App, rescue: Option<&Path>) {
    let rescue = rescue.map(Path::to_owned);
    let stage = OPENING.get_or_init(|| Opening { rescue, is_open: AtomicBool::new(false) });
    app.add_systems(Last, move |mut frames: Local<u32>| {
        *frames = frames.saturating_add(1);
        if *frames == OPEN_FRAMES {
            stage.is_open.store(true, Ordering::Relaxed);
        }
    });
}
