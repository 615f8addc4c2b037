//! Keys that stand for commands, by the names they have on a US board: [`super::board`] finds them on
//! others.
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
//! | Esc | close what is open over the picture; forget the chosen point |
//! | H | panels |
//! | Ctrl+Z, Ctrl+Y | undo, redo |
//! | . | freeze training and plane; again: let go on what was frozen |
//! | Page Down, Page Up | play and pause, a twentieth of the run back: what a clicker sends; in a tour on and back |
//! | N | in a tour: the presenter's window |
//! | L, B, F1, F11, Ctrl+K | lecture, blank, keys, full screen, find a command |
//! | F10, F12 | record what is done and seen, save a picture without panels |
//! | Ctrl+S, O, P, Shift+C | save, open, save the picture, copy the command line |
//! | Ctrl +, Ctrl − | larger, smaller |

use std::collections::VecDeque;

use bevy::input::keyboard::KeyboardInput;
use bevy::prelude::*;
use bevy::window::RequestRedraw;

use super::act::DeskAct;
use super::actions::{Act, next_scale, next_shape};
use super::bar::nothing_to_undo;
use super::board::{self, DIGITS};
use super::desk::Desk;
use super::source::Source;
use super::tour::tour_act_of;
use super::{Dialog, PanelView};
use crate::core::command::{Bookmark, Command, RunCommand, ViewCommand};
use crate::core::experiment::{CameraMode, Change, Theme};
use crate::scene::session::Ask;
use crate::scene::taken::Taken;

/// A key that went down, with those that were held with it.
pub(super) struct Press {
    typed: KeyboardInput,
    has_ctrl: bool,
    has_shift: bool,
}

/// Turns keys that were pressed into commands, unless somebody types into a field.
///
/// What a key asks for follows from the state of things, and what it asked for changes that after it. So there is one
/// in a frame that does anything, and others that a slow frame heard wait for the next.
pub(super) fn press_keys(
    keys: Res<ButtonInput<KeyCode>>,
    mut typed: MessageReader<KeyboardInput>,
    mut waiting: Local<VecDeque<Press>>,
    taken: Res<Taken>,
    dialog: Res<Dialog>,
    source: Source,
    mut desk: ResMut<Desk>,
    mut ask: MessageWriter<Ask>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    waiting.extend(presses(&typed.read().collect::<Vec<_>>(), &keys));
    // Behind a dialog nothing happens.
    if dialog.is_open {
        waiting.clear();
    }
    if waiting.is_empty() {
        return;
    }
    let view = source.view();
    let meant =
        std::iter::from_fn(|| waiting.pop_front()).find_map(|press| act_of(&press, &view, &desk, &taken));
    match meant {
        Some(Act::Desk(act)) => desk.act(act),
        Some(Act::Ask(Command::Undo)) if view.edits.changes.0 == 0 => {
            desk.notice = Some(Err(nothing_to_undo(&view).to_owned()));
        }
        Some(Act::Ask(command)) => _ = ask.write(Ask(command)),
        Some(Act::Race(_)) | None => {}
    }
    if !waiting.is_empty() {
        redraw.write(RequestRedraw);
    }
}

/// The presses among what a frame has heard; `keys` are as they are after it.
fn presses(heard: &[&KeyboardInput], keys: &ButtonInput<KeyCode>) -> Vec<Press> {
    let mut held = Held::before(heard, keys);
    let mut all = Vec::new();
    for typed in heard {
        held.follow(typed);
        if typed.state.is_pressed() && !typed.repeat {
            let (has_ctrl, has_shift) = (held.any(CTRL), held.any(SHIFT));
            all.push(Press { typed: (*typed).clone(), has_ctrl, has_shift });
        }
    }
    all
}

/// What a press asks for, if anything.
fn act_of(press: &Press, view: &PanelView, desk: &Desk, taken: &Taken) -> Option<Act> {
    let Press { typed, has_ctrl, has_shift } = press;
    let is_flying = view.experiment.view.camera == CameraMode::Flight;
    let key = board::meant(typed.key_code, &typed.logical_key, *has_ctrl, is_flying)?;
    // It closes what is open, and does nothing else.
    if key == KeyCode::Escape && desk.has_open() {
        return None;
    }
    if let Some(act) = view.tour.as_ref().and_then(|_| tour_act_of(key, *has_ctrl)) {
        // A clicker goes on whatever is typed.
        let is_letter = key == KeyCode::KeyN;
        return (!is_letter || !taken.keyboard).then_some(Act::Desk(DeskAct::Tour(act)));
    }
    if let Some(act) = desk_act_of(key, *has_ctrl, *has_shift) {
        // Into a field nobody types these.
        let is_no_text = *has_ctrl || matches!(key, KeyCode::F1 | KeyCode::F10 | KeyCode::F11 | KeyCode::F12);
        return (!taken.keyboard || is_no_text).then_some(Act::Desk(act));
    }
    if taken.keyboard {
        return None;
    }
    command_of(key, *has_ctrl, view).map(Act::Ask)
}

const CTRL: [KeyCode; 2] = [KeyCode::ControlLeft, KeyCode::ControlRight];
const SHIFT: [KeyCode; 2] = [KeyCode::ShiftLeft, KeyCode::ShiftRight];

/// Which of the keys are held that change what others mean. A slow frame hears many keys at once, and each has
/// those that were held with it.
struct Held(Vec<(KeyCode, bool)>);

impl Held {
    /// As it was before a frame heard anything; `keys` are as they are after it.
    fn before(heard: &[&KeyboardInput], keys: &ButtonInput<KeyCode>) -> Self {
        let was_held = |key: KeyCode| match heard.iter().find(|typed| typed.key_code == key) {
            // What goes down was up, unless it only says so again.
            Some(first) => first.repeat || !first.state.is_pressed(),
            None => keys.pressed(key),
        };
        Self(CTRL.into_iter().chain(SHIFT).map(|key| (key, was_held(key))).collect())
    }

    fn follow(&mut self, typed: &KeyboardInput) {
        for (key, is_held) in &mut self.0 {
            if *key == typed.key_code {
                *is_held = typed.state.is_pressed();
            }
        }
    }

    fn any(&self, names: [KeyCode; 2]) -> bool {
        self.0.iter().any(|(key, is_held)| *is_held && names.contains(key))
    }
}

/// The command of a key in a given state of things.
pub fn command_of(key: KeyCode, has_ctrl: bool, view: &PanelView) -> Option<Command> {
    if let Some(slot) = digit(key) {
        return Some(Command::View(match has_ctrl {
            true => ViewCommand::SetBookmark { slot, pose: view.camera.pose? },
            false => ViewCommand::GoTo(slot),
        }));
    }
    if has_ctrl {
        return match key {
            KeyCode::KeyZ => Some(Command::Undo),
            KeyCode::KeyY => Some(Command::Redo),
            _ => None,
        };
    }
    let look = &view.experiment.view;
    let has_third = view.slice.alpha3_range.is_some();
    let camera = |mode| match look.camera == mode {
        true => Command::Set(Change::Camera(CameraMode::Orbit)),
        false => Command::Set(Change::Camera(mode)),
    };
    Some(match key {
        KeyCode::Space if view.run.is_playing => Command::Run(RunCommand::Pause),
        KeyCode::Space => Command::Run(RunCommand::Play),
        KeyCode::ArrowRight => Command::Run(RunCommand::Step(1)),
        KeyCode::ArrowLeft => Command::Run(RunCommand::Seek(view.run.step.saturating_sub(1))),
        KeyCode::KeyR => Command::Run(RunCommand::Restart),
        KeyCode::KeyT if has_third => Command::Sweep(!view.slice.is_sweeping),
        KeyCode::KeyV if has_third => Command::Set(Change::Shape(next_shape(view))),
        KeyCode::KeyX => Command::Set(Change::Scale(next_scale(view))),
        KeyCode::KeyY => Command::Set(Change::Theme(match look.theme {
            Theme::Dark => Theme::Light,
            Theme::Light => Theme::Dark,
        })),
        KeyCode::KeyC => camera(CameraMode::Flight),
        KeyCode::KeyM => camera(CameraMode::Map),
        KeyCode::KeyG => camera(CameraMode::Ride),
        KeyCode::KeyP => camera(CameraMode::Path),
        KeyCode::KeyK => Command::View(ViewCommand::AddKey(view.camera.pose?)),
        KeyCode::KeyF => Command::View(ViewCommand::FrameAll),
        KeyCode::Escape if view.slice.selected.is_some() => Command::View(ViewCommand::Select(None)),
        KeyCode::Escape if view.beside.as_ref().is_some_and(|beside| beside.slice.selected.is_some()) => {
            Command::View(ViewCommand::SelectBeside(None))
        }
        KeyCode::KeyH => Command::View(ViewCommand::Panels(!view.is_panels_shown)),
        // One press too many does not train on past the end.
        KeyCode::PageDown if !view.run.is_playing && view.run.step >= view.experiment.steps => return None,
        KeyCode::PageDown if !view.run.is_playing => Command::Run(RunCommand::Play),
        KeyCode::PageDown => Command::Run(RunCommand::Pause),
        KeyCode::PageUp => {
            Command::Run(RunCommand::Seek(view.run.step.saturating_sub(view.experiment.steps / 20)))
        }
        _ => return None,
    })
}

/// What a key does with the desk.
pub fn desk_act_of(key: KeyCode, has_ctrl: bool, has_shift: bool) -> Option<DeskAct> {
    Some(match (key, has_ctrl) {
        (KeyCode::F1, _) => DeskAct::Help,
        (KeyCode::F11, _) => DeskAct::Fullscreen,
        (KeyCode::KeyL, false) => DeskAct::Lecture,
        (KeyCode::KeyB, false) => DeskAct::Blank,
        (KeyCode::Period, false) => DeskAct::Freeze,
        (KeyCode::KeyK, true) => DeskAct::Palette,
        (KeyCode::Equal, true) => DeskAct::Larger,
        (KeyCode::Minus, true) => DeskAct::Smaller,
        _ => return act_with_files(key, has_ctrl, has_shift),
    })
}

#[cfg(feature = "desktop")]
use super::desktop::act_of as act_with_files;

/// Where there are no files no key does anything with them.
#[cfg(not(feature = "desktop"))]
fn act_with_files(_: KeyCode, _: bool, _: bool) -> Option<DeskAct> {
    None
}

fn digit(key: KeyCode) -> Option<Bookmark> {
    let at = DIGITS.iter().position(|digit| *digit == key)?;
    Bookmark::try_from(at as u8 + 1).ok()
}
