//! The session as a resource, and the one system that writes it.

use bevy::prelude::*;

use super::Stage;
use super::recording::Recording;
use super::slice::Shown;
use super::training::Training;
use crate::core::command::Command;
use crate::core::experiment::Experiment;
use crate::core::session::{Now, Session};

/// Everything a person has decided. Read it through [`std::ops::Deref`]; it changes by [`Ask`] only.
#[derive(Resource)]
pub struct SessionState(Session);

impl std::ops::Deref for SessionState {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

/// A command on its way to the session.
#[derive(Message, Clone, Debug)]
pub struct Ask(pub Command);

/// The first of the last commands that was refused, in words; nothing once commands went through.
#[derive(Resource, Default)]
pub struct Refusal(pub Option<String>);

/// What the last change of the session reset beyond what was asked for, in words; nothing after a change that
/// reset nothing.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Notice(pub Option<String>);

pub(super) fn plugin(app: &mut App) {
    app.add_message::<Ask>()
        .init_resource::<Refusal>()
        .init_resource::<Notice>()
        .add_systems(Update, apply_commands.in_set(Stage::Apply));
}

/// Begins a session with an experiment. To be called before the app runs.
pub fn begin(app: &mut App, experiment: Experiment) {
    app.insert_resource(SessionState(Session::new(experiment)));
}

/// Lets whatever trains as that experiment does follow its recorded run. To be called before the app runs.
pub fn know(app: &mut App, recorded: Experiment) {
    if let Some(SessionState(session)) = app.world_mut().remove_resource() {
        app.insert_resource(SessionState(session.knowing(recorded)));
    }
}

fn apply_commands(
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
        refused = refused.or(answer.err().map(|error| error.to_string()));
    }
    if is_asked {
        refusal.0 = refused;
    }
    if let Some(words) = told {
        notice.set_if_neq(Notice((!words.is_empty()).then(|| words.join("; "))));
    }
}
