//! Keys that stand for commands.
//!
//! | key | does |
//! |---|---|
//! | Space | play, pause |
//! | → ← | one step on, one step back |
//! | R | restart |
//! | T | let alpha3 travel, hold it |
//! | V | surface, cube, both |
//! | X | heights clipped, linear, log |
//! | Y | dark stage, light |
//! | C | orbit, fly |
//! | M, G, P | map, ride along, path |
//! | K | add the present pose to the path |
//! | 1 to 9 | go to a bookmark; with Ctrl, set it |
//! | F | bring everything into view |
//! | Esc | forget the chosen point |
//! | H | panels |

use bevy::prelude::*;

use super::view::Source;
use crate::core::experiment::{CameraMode, Shape, Theme};
use crate::core::geometry::heights::HeightScale;
use crate::core::script::{Bookmark, Command, RunCommand, SliceCommand, ViewCommand};
use crate::scene::camera::Taken;
use crate::scene::session::Ask;

/// Turns keys pressed in this frame into commands, unless somebody types into a field.
pub fn press_keys(
    keys: Res<ButtonInput<KeyCode>>,
    taken: Res<Taken>,
    source: Source,
    mut ask: MessageWriter<Ask>,
) {
    if taken.keyboard || keys.get_just_pressed().next().is_none() {
        return;
    }
    let view = source.view();
    let has_ctrl = keys.any_pressed([KeyCode::ControlLeft, KeyCode::ControlRight]);
    for key in keys.get_just_pressed() {
        ask.write_batch(command_of(*key, has_ctrl, &view).map(Ask));
    }
}

/// The command of a key in a given state of things.
pub fn command_of(key: KeyCode, has_ctrl: bool, view: &super::PanelView) -> Option<Command> {
    if let Some(slot) = digit(key) {
        return Some(Command::View(match has_ctrl {
            true => ViewCommand::SetBookmark { slot, pose: view.pose? },
            false => ViewCommand::GoTo(slot),
        }));
    }
    if has_ctrl {
        return None;
    }
    let look = &view.experiment.view;
    let has_third = view.alpha3_range.is_some();
    let camera = |mode| match look.camera == mode {
        true => ViewCommand::Camera(CameraMode::Orbit),
        false => ViewCommand::Camera(mode),
    };
    Some(match key {
        KeyCode::Space if view.is_playing => Command::Run(RunCommand::Pause),
        KeyCode::Space => Command::Run(RunCommand::Play),
        KeyCode::ArrowRight => Command::Run(RunCommand::Step(1)),
        KeyCode::ArrowLeft => Command::Run(RunCommand::Seek(view.step.saturating_sub(1))),
        KeyCode::KeyR => Command::Run(RunCommand::Restart),
        KeyCode::KeyT if has_third => Command::Slice(SliceCommand::Sweep(!view.is_sweeping)),
        KeyCode::KeyV if has_third => Command::View(ViewCommand::Shape(after(look.shape, &Shape::ALL))),
        KeyCode::KeyX => Command::View(ViewCommand::Scale(after(look.scale, &HeightScale::ALL))),
        KeyCode::KeyY => Command::View(ViewCommand::Theme(match look.theme {
            Theme::Dark => Theme::Light,
            Theme::Light => Theme::Dark,
        })),
        KeyCode::KeyC => Command::View(camera(CameraMode::Flight)),
        KeyCode::KeyM => Command::View(camera(CameraMode::Map)),
        KeyCode::KeyG => Command::View(camera(CameraMode::Ride)),
        KeyCode::KeyP => Command::View(camera(CameraMode::Path)),
        KeyCode::KeyK => Command::View(ViewCommand::AddKey(view.pose?)),
        KeyCode::KeyF => Command::View(ViewCommand::FrameAll),
        KeyCode::Escape if view.selected.is_some() => Command::View(ViewCommand::Select(None)),
        KeyCode::KeyH => Command::View(ViewCommand::Panels(!view.is_panels_shown)),
        _ => return None,
    })
}

/// The one after it, and after the last the first.
fn after<T: Copy + PartialEq>(present: T, all: &[T]) -> T {
    let at = all.iter().position(|one| *one == present).unwrap_or_default();
    all[(at + 1) % all.len()]
}

fn digit(key: KeyCode) -> Option<Bookmark> {
    let digits = [
        KeyCode::Digit1,
        KeyCode::Digit2,
        KeyCode::Digit3,
        KeyCode::Digit4,
        KeyCode::Digit5,
        KeyCode::Digit6,
        KeyCode::Digit7,
        KeyCode::Digit8,
        KeyCode::Digit9,
    ];
    let at = digits.iter().position(|digit| *digit == key)?;
    Bookmark::try_from(at as u8 + 1).ok()
}
