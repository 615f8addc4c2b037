//! The session as a resource. [`super::commands`] alone writes it.

use std::marker::PhantomData;

use bevy::prelude::*;

use super::side::{First, Side};
use crate::core::command::Command;
use crate::core::experiment::{Experiment, FieldError};
use crate::core::session::{Prospect, Session};

/// Everything a person has decided. Read it through [`std::ops::Deref`]; it changes by [`Ask`] only. That of the second
/// side follows from it, and is there while two landscapes are shown.
#[derive(Resource)]
pub struct SessionState<S: Side = First>(pub(super) Session, PhantomData<S>);

impl<S: Side> SessionState<S> {
    pub(super) fn new(session: Session) -> Self {
        Self(session, PhantomData)
    }
}

impl<S: Side> std::ops::Deref for SessionState<S> {
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

/// What the session is to be next, as far as that is foreseen.
#[derive(Resource, Default)]
pub struct Coming(pub(super) Option<Prospect>);

impl Coming {
    /// The experiment that a side is then to show.
    pub fn of<S: Side>(&self) -> Option<&Experiment> {
        let first = self.0.as_ref()?.session.experiment();
        if S::NUMBER == First::NUMBER { Some(first) } else { first.second() }
    }
}

/// What the last change of the session reset beyond what was asked for, in words; nothing after a change that
/// reset nothing.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Notice(pub Option<String>);

pub(super) fn plugin(app: &mut App) {
    app.add_message::<Ask>().init_resource::<Refusal>().init_resource::<Notice>().init_resource::<Coming>();
}

/// Begins a session with an experiment. To be called before the app runs.
pub fn begin(app: &mut App, experiment: Experiment) {
    app.insert_resource(SessionState::<First>::new(Session::new(experiment)));
}

/// Lets whatever trains as that experiment does follow its recorded run. To be called before the app runs.
pub fn know(app: &mut App, recorded: Experiment) {
    if let Some(SessionState::<First>(session, _)) = app.world_mut().remove_resource() {
        app.insert_resource(SessionState::<First>::new(session.knowing(recorded)));
    }
}
