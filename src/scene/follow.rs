//! Follows a recording, or a plan, that grows while it is shown: where its file has changed, it is read again.
//!
//! Length and identity are looked at, since some file systems tell of no change; what takes long to read is read the
//! more seldom.

use std::path::PathBuf;

use bevy::prelude::*;

use super::commands::Waiting;
use super::landscape::Landscape;
use super::session::{Ask, SessionState};
use super::training::Training;
use crate::core::command::Command;
use crate::core::imports;
use crate::core::io::sources::Stamp;

/// Seconds between two looks.
const SECS: f64 = 0.1;

/// Share of the time that may go into reading.
const BUSY: f64 = 0.25;

/// What was seen of a recording last.
#[derive(Default)]
struct Seen {
    path: PathBuf,
    /// `None` where it could not be looked at.
    stamp: Option<Stamp>,
    /// When it was last asked for, while that is not answered.
    asked: Option<f64>,
    /// When it is looked at next.
    due: f64,
}

/// Follows recordings in a window.
pub fn plugin(app: &mut App) {
    app.add_systems(Update, follow);
}

fn follow(
    session: Res<SessionState>,
    waiting: Res<Waiting>,
    landscape: Res<Landscape>,
    training: Res<Training>,
    time: Res<Time<Real>>,
    mut seen: Local<Seen>,
    mut ask: MessageWriter<Ask>,
) {
    let experiment = session.experiment();
    let path = experiment.import().filter(|import| import.is_followed).and(experiment.import.as_ref());
    let Some(path) = path else { return };
    let now = time.elapsed_secs_f64();
    // What was read is to be seen before more of it is.
    let is_seen = landscape.current().is_some() || landscape.failure.is_some();
    if waiting.is_busy() || !is_seen || training.is_busy() {
        return;
    }
    if let Some(asked) = seen.asked.take() {
        seen.due = now + SECS.max((now - asked) / BUSY);
    }
    if now < seen.due && seen.path == *path {
        return;
    }
    seen.due = now + SECS;
    let stamp = imports::look(&**experiment.sources(), path).ok();
    if (&seen.path, seen.stamp) != (path, stamp) {
        (seen.path, seen.stamp, seen.asked) = (path.clone(), stamp, Some(now));
        ask.write(Ask(Command::Follow));
    }
}
