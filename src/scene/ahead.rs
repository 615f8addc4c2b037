//! Looks ahead in a tour: while a chapter is on, what the next one begins with is found out beside the frames.
//!
//! What the session will then be is told as [`Coming`]; whoever derives something from the session may begin with it.
//! It changes nothing that is shown, and where somebody meanwhile decides otherwise it was in vain.

use bevy::prelude::*;

use super::Step;
use super::commands::Waiting;
use super::executor::{Executor, News, Task};
use super::landscape::Landscape;
use super::session::{Coming, SessionState};
use super::side::Second;
use super::tour::Touring;
use crate::core::session::Foresight;

/// The look ahead that is on.
#[derive(Default)]
struct Looking {
    /// The chapter from which it looks.
    from: Option<usize>,
    task: Option<Task<Foresight>>,
}

pub(super) fn plugin(app: &mut App) {
    app.add_systems(Update, look_ahead.in_set(Step::Ahead));
}

fn look_ahead(
    touring: Res<Touring>,
    session: Res<SessionState>,
    waiting: Res<Waiting>,
    landscape: Res<Landscape>,
    second: Res<Landscape<Second>>,
    executor: Executor,
    mut coming: ResMut<Coming>,
    mut looking: Local<Looking>,
) {
    let chapter = touring.player().map(|player| player.chapter_number());
    if looking.from != chapter {
        *looking = Looking::default();
    }
    let is_at_rest = waiting.is_empty()
        && landscape.is_settled()
        && (second.is_settled() || session.experiment().second().is_none());
    if looking.from.is_none()
        && is_at_rest
        && executor.is_beside()
        && (chapter.is_some() || coming.0.is_some())
    {
        (looking.from, coming.0) = (chapter, None);
        let commands = touring.player().and_then(|player| player.coming());
        let look =
            |commands| executor.start("look ahead", Foresight::new(Clone::clone(&**session), commands));
        looking.task = commands.map(look);
    }
    let found = looking.task.as_mut().map_or_else(Vec::new, |task| task.take(&executor));
    for news in found {
        if let News::Found(prospect) = news {
            coming.0 = Some(prospect);
        }
    }
}
