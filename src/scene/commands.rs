//! The one system that writes the session: commands go through it in the order in which they came.

use bevy::prelude::*;

use super::recording::Recording;
use super::session::{Ask, Notice, Refusal, SessionState};
use super::slice::Shown;
use super::training::Training;
use crate::core::command::Command;
use crate::core::session::Now;

pub(super) fn apply_commands(
    mut asked: MessageReader<Ask>,
    mut session: ResMut<SessionState>,
    mut refusal: ResMut<Refusal>,
    mut notice: ResMut<Notice>,
    mut recording: ResMut<Recording>,
    training: Res<Training>,
    shown: Res<Shown>,
) {
    let now = Now { step: training.step(), alpha3: shown.alpha3 };
    let mut refused = None;
    let mut is_asked = false;
    let mut told: Option<Vec<String>> = None;
    for Ask(command) in asked.read() {
        is_asked = true;
        let answer = session.0.apply(command.clone(), now);
        if let (Ok(_), Some(recorder)) = (&answer, &mut recording.0) {
            recorder.note(&session.0);
        }
        if let Ok(words) = &answer
            && (command.is_change() || matches!(command, Command::Undo | Command::Redo))
        {
            let words = Some(words.to_string()).filter(|words| !words.is_empty());
            told.get_or_insert_default().extend(words);
        }
        refused = refused.or(answer.err());
    }
    if is_asked {
        refusal.0 = refused;
    }
    if let Some(words) = told {
        notice.set_if_neq(Notice((!words.is_empty()).then(|| words.join("; "))));
    }
}
