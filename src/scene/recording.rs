//! The recording of what is flown, while one is on.
//!
//! It sees each frame as it stands on screen before the commands of the next one, and each command as it
//! goes through.

use bevy::prelude::*;

use super::Stage;
use super::rig::Rig;
use super::session::SessionState;
use super::training::Training;
use crate::core::geometry::camera::Pose;
use crate::core::script::{Recorder, TourFile};

/// What is being recorded, if anything is.
#[derive(Resource, Default)]
pub struct Recording(pub(super) Option<Recorder>);

impl Recording {
    /// Begins a recording.
    pub fn begin(&mut self, session: &SessionState, time: &Time, step: u64, pose: &Pose) {
        self.0 = Some(Recorder::begin(session, time.elapsed_secs_f64(), step, pose));
    }

    /// Ends it.
    pub fn end(&mut self) -> Option<Recorded> {
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

/// What was recorded.
pub struct Recorded {
    /// How many seconds it took.
    pub secs: f64,
    /// The tour that it makes.
    pub tour: TourFile,
    /// Why that does not tell all that was done, if it does not.
    pub untold: Option<String>,
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Recording>().add_systems(Update, watch.after(Stage::Input).before(Stage::Apply));
}

fn watch(time: Res<Time>, training: Res<Training>, rig: Option<Res<Rig>>, mut recording: ResMut<Recording>) {
    let (Some(rig), Some(recorder)) = (rig, &mut recording.bypass_change_detection().0) else { return };
    recorder.see(time.elapsed_secs_f64(), training.step(), rig.shown());
}
