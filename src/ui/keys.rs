//! Keys that stand for commands.
//!
//! | key | does |
//! |---|---|
//! | Space | play, pause |
//! | → ← | one step on, one step back |
//! | R | restart |
//! | T | let alpha3 travel, hold it |
//! | V | surface, cube |
//! | C | orbit, fly |
//! | F | bring everything into view |
//! | H | panels |

use bevy::prelude::*;

use super::view::Source;
use crate::core::script::command::{CameraMode, Shape};
use crate::core::script::{Command, RunCommand, SliceCommand, ViewCommand};
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
    for key in keys.get_just_pressed() {
        ask.write_batch(command_of(*key, &view).map(Ask));
    }
}

/// The command of a key in a given state of things.
pub fn command_of(key: KeyCode, view: &super::PanelView) -> Option<Command> {
    Some(match key {
        KeyCode::Space if view.is_playing => Command::Run(RunCommand::Pause),
        KeyCode::Space => Command::Run(RunCommand::Play),
        KeyCode::ArrowRight => Command::Run(RunCommand::Step(1)),
        KeyCode::ArrowLeft => Command::Run(RunCommand::Seek(view.step.saturating_sub(1))),
        KeyCode::KeyR => Command::Run(RunCommand::Restart),
        KeyCode::KeyT if view.alpha3_range.is_some() => {
            Command::Slice(SliceCommand::Sweep(!view.is_sweeping))
        }
        KeyCode::KeyV if view.alpha3_range.is_some() => Command::View(ViewCommand::Shape(match view.shape {
            Shape::Surface => Shape::Cube,
            Shape::Cube => Shape::Surface,
        })),
        KeyCode::KeyC => Command::View(ViewCommand::Camera(match view.camera {
            CameraMode::Orbit => CameraMode::Flight,
            CameraMode::Flight => CameraMode::Orbit,
        })),
        KeyCode::KeyF => Command::View(ViewCommand::FrameAll),
        KeyCode::KeyH => Command::View(ViewCommand::Panels(!view.is_panels_shown)),
        _ => return None,
    })
}
