//! The tour that is on: each frame it sends the commands that are due.
//!
//! A tour asks for nothing that a person could not ask for, and whoever watches may touch everything
//! while it is on.

use bevy::prelude::*;

use super::Step;
use super::session::{Ask, SessionState};
use super::slice::Shown;
use super::training::Training;
use crate::core::script::{Audience, ChapterFile, Player, Tour};
use crate::core::session::Now;
use crate::core::text::{Phrases, phrases};

/// The tour that is on, if one is.
#[derive(Resource, Default)]
pub struct Touring {
    player: Option<Player>,
    /// Whether the picture of this frame has nothing to do with the one before.
    is_cut: bool,
    has_captions: bool,
}

/// What a presenter asks of tours.
#[derive(Message, Clone, Debug, PartialEq)]
pub enum Presenter {
    /// Begin a tour.
    Begin(Box<Tour>),
    /// Go on: where it holds, or to the next place where it would.
    Forward,
    /// Back to the beginning of the chapter, or of the one before.
    Back,
    /// Leave the tour, with everything as it is.
    End,
}

impl Touring {
    /// What is played.
    pub fn player(&self) -> Option<&Player> {
        self.player.as_ref()
    }

    /// Whether this frame shows something else altogether than the one before.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The chapter whose words are to be shown.
    pub fn told(&self) -> Option<&ChapterFile> {
        let player = self.player.as_ref().filter(|_| self.has_captions)?;
        Some(player.chapter())
    }

    /// The program's own words in the language of the tour that is on.
    pub fn phrases(&self) -> &Phrases {
        self.player.as_ref().map_or(&phrases::NONE, |player| player.tour().phrases())
    }

    /// Seconds along the camera's path, where the chapter has one.
    pub fn path_secs(&self) -> Option<f64> {
        let player = self.player.as_ref()?;
        (!player.chapter().camera.is_empty()).then(|| player.clock())
    }

    /// Whether something happens by itself.
    pub fn is_moving(&self) -> bool {
        self.player.as_ref().is_some_and(|player| !player.is_waiting() && !player.is_over())
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Touring>()
        .add_message::<Presenter>()
        .add_systems(Update, (hear_presenter, play).chain().in_set(Step::Tour));
}

/// Begins a tour. To be called before the app runs, in a session with the tour's first experiment.
pub fn begin(app: &mut App, tour: Tour, audience: Audience, has_captions: bool) {
    if let Some(recorded) = tour.recorded() {
        super::session::know(app, recorded.clone());
    }
    let player = Some(Player::new(tour, audience));
    app.insert_resource(Touring { player, is_cut: false, has_captions });
}

fn hear_presenter(mut said: MessageReader<Presenter>, mut touring: ResMut<Touring>) {
    for word in said.read() {
        match (word, &mut touring.player) {
            (Presenter::Begin(tour), _) => {
                touring.player = Some(Player::new((**tour).clone(), Audience::Live));
                touring.has_captions = true;
            }
            (Presenter::Forward, Some(player)) => player.forward(),
            (Presenter::Back, Some(player)) => player.back(),
            (Presenter::End, _) => touring.player = None,
            (Presenter::Forward | Presenter::Back, None) => {}
        }
    }
}

fn play(
    time: Res<Time>,
    session: Res<SessionState>,
    training: Res<Training>,
    shown: Res<Shown>,
    mut touring: ResMut<Touring>,
    mut ask: MessageWriter<Ask>,
) {
    let touring = touring.bypass_change_detection();
    touring.is_cut = false;
    let Some(player) = &mut touring.player else { return };
    let now = Now { step: training.step(), alpha3: shown.alpha3 };
    let due = player.advance(time.delta().as_secs_f64(), &session, now);
    touring.is_cut = due.is_cut;
    ask.write_batch(due.commands.into_iter().map(Ask));
}
