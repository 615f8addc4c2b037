//! The recording of what is flown, while one is on.
//!
//! It sees each frame as it stands on screen before the commands of the next one, and each command as it
//! goes through.

use bevy::prelude::*;

use super::rig::Rig;
use super::session::SessionState;
use super::training::Training;
use super::{Stage, Step};
use crate::core::script::{Recorder, TourFile};

/// What is being recorded, if anything is.
#[derive(Resource, Default)]
pub struct Recording(pub(super) Option<Recorder>);

/// Said to the recording.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingAsk {
    /// Begin one.
    Begin,
    /// End it: [`Recorded`] tells what it was.
    End,
}

impl Recording {
    /// Ends it.
    fn end(&mut self) -> Option<Recorded> {
        let recorder = self.0.take()?;
        let untold = recorder.untold().map(str::to_owned);
        Some(Recorded { secs: recorder.secs(), untold, tour: recorder.finish() })
    }

    /// How many seconds it has taken.
    pub fn secs(&self) -> Option<f64> {
        self.0.as_ref().map(Recorder::secs)
    }

    /// Whether it is as long as a tour may be.
    pub fn is_full(&self) -> bool {
        self.0.as_ref().is_some_and(Recorder::is_full)
    }
}

/// What was recorded, as soon as it has ended.
#[derive(Message)]
pub struct Recorded {
    /// How many seconds it took.
    pub secs: f64,
    /// The tour that it makes.
    pub tour: TourFile,
    /// Why that does not tell all that was done, if it does not.
    pub untold: Option<String>,
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Recording>()
        .add_message::<RecordingAsk>()
        .add_message::<Recorded>()
        .add_systems(Update, watch.in_set(Stage::Watch))
        .add_systems(Update, heed.in_set(Step::Record));
}

/// Begins and ends recordings, when it is asked for.
fn heed(
    time: Res<Time>,
    session: Res<SessionState>,
    training: Res<Training>,
    rig: Option<Res<Rig>>,
    mut asked: MessageReader<RecordingAsk>,
    mut recording: ResMut<Recording>,
    mut told: MessageWriter<Recorded>,
) {
    let Some(rig) = rig else { return };
    for ask in asked.read() {
        match ask {
            RecordingAsk::Begin => {
                let now = time.elapsed_secs_f64();
                recording.0 = Some(Recorder::begin(&session, now, training.step(), rig.shown()));
            }
            RecordingAsk::End => {
                told.write_batch(recording.end());
            }
        }
    }
}

fn watch(time: Res<Time>, training: Res<Training>, rig: Option<Res<Rig>>, mut recording: ResMut<Recording>) {
    let (Some(rig), Some(recorder)) = (rig, &mut recording.bypass_change_detection().0) else { return };
    recorder.see(time.elapsed_secs_f64(), training.step(), rig.shown());
}
