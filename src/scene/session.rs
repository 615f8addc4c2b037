//! The session as a resource. [`super::commands`] alone writes it.

use bevy::prelude::*;

use crate::core::command::Command;
use crate::core::experiment::{Experiment, FieldError};
use crate::core::session::Session;

/// Everything a person has decided. Read it through [`std::ops::Deref`]; it changes by [`Ask`] only.
#[derive(Resource)]
pub struct SessionState(pub(super) Session);

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
pub struct Refusal(pub Option<FieldError>);

/// What the last change of the session reset beyond what was asked for, in words; nothing after a change that
/// reset nothing.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Notice(pub Option<String>);

pub(super) fn plugin(app: &mut App) {
    app.add_message::<Ask>().init_resource::<Refusal>().init_resource::<Notice>();
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
