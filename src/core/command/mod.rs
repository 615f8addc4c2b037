//! Commands: the one way to change the session; and the log of what was asked.

pub mod log;
pub mod number;
pub mod race;
mod spelling;

use std::path::PathBuf;

pub use log::{CommandLog, LogEntry};
pub use race::{RaceStart, Rival, Tuning, Ways};
use serde::{Deserialize, Serialize};
use spelling::Spelled;
pub use spelling::words_of;

use crate::core::experiment::{Change, ExperimentFile};
use crate::core::geometry::camera::Pose;
use crate::core::geometry::path::CameraKey;

/// Something asked of the session. A slider, a key, a tour's cue, a click and a test all send these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Spelled", into = "Spelled")]
pub enum Command {
    /// Give a setting another value. It is checked when the command is applied.
    Set(Change),
    /// Another experiment altogether.
    Load(Box<ExperimentFile>),
    /// How training goes on.
    Run(RunCommand),
    /// Let the plane travel back and forth through the volume, or hold it where it is.
    Sweep(bool),
    /// What is seen.
    View(ViewCommand),
    /// Read again what was computed elsewhere: it has grown since.
    Follow,
    /// Take the last change back.
    Undo,
    /// Make the change again that was taken back last.
    Redo,
}

impl Command {
    /// The files that it names.
    pub fn paths_mut(&mut self) -> Vec<&mut PathBuf> {
        match self {
            Self::Load(file) => file.paths_mut(),
            Self::Set(change) => change.paths_mut(),
            Self::Run(RunCommand::Race(rival)) => rival.ways.paths_mut(),
            Self::Run(RunCommand::Tune(tuning)) => tuning.ways.paths_mut(),
            _ => vec![],
        }
    }

    /// Whether it changes what is decided. The others only move about in it (in time, or with the
    /// camera), and taking back a change leaves them be.
    pub fn is_change(&self) -> bool {
        match self {
            Self::Set(_) | Self::Load(_) | Self::Sweep(_) => true,
            Self::Run(command) => match command {
                RunCommand::Play
                | RunCommand::Pause
                | RunCommand::Step(_)
                | RunCommand::Seek(_)
                | RunCommand::Converge { .. } => false,
                RunCommand::Restart
                | RunCommand::Race(_)
                | RunCommand::Tune(_)
                | RunCommand::Retire(_)
                | RunCommand::Lead(_) => true,
            },
            Self::View(command) => {
                use ViewCommand::{FrameAll, GoTo, Panels, Visit};
                !matches!(command, FrameAll | GoTo(_) | Visit(_) | Panels(_))
            }
            Self::Undo | Self::Redo | Self::Follow => false,
        }
    }
}

/// The name of a run, unique within a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub u64);

/// How training goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunCommand {
    /// Go on; from the planned end, go on past it.
    Play,
    /// Hold.
    Pause,
    /// Hold, that many steps further.
    Step(u64),
    /// Hold at that step, earlier or later.
    Seek(u64),
    /// Go on until the gradient is shorter than that, however far it is.
    Converge {
        /// Length of the gradient.
        tolerance: f64,
    },
    /// Begin again at step 0 and go on.
    Restart,
    /// Let another run set out beside those that are there.
    Race(Box<Rival>),
    /// Let a run of a race be trained otherwise; all set out again, so that they are seen side by side.
    Tune(Box<Tuning>),
    /// End a run of a race; the one that chose the plane stays.
    Retire(RunId),
    /// Let that run of a race choose the plane from now on.
    Lead(RunId),
}

/// What is seen, beyond the look that an experiment keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewCommand {
    /// Bring everything into view.
    FrameAll,
    /// Choose a point of the slice, by its alphas, or none.
    Select(Option<Vec<f64>>),
    /// Choose a point of the landscape beside it, by its alphas there, or none.
    SelectBeside(Option<Vec<f64>>),
    /// Keep a pose under a number.
    SetBookmark {
        /// Which.
        slot: Bookmark,
        /// The pose.
        pose: Pose,
    },
    /// Go to the pose kept under a number.
    GoTo(Bookmark),
    /// Go to a pose.
    Visit(Pose),
    /// Add a pose to the end of the camera's path.
    AddKey(Pose),
    /// Another path of the camera; without keys, none.
    Keys(Vec<CameraKey>),
    /// Whether the camera may fly through the surface and below the floor.
    BelowFloor(bool),
    /// Panels shown or hidden.
    Panels(bool),
}

/// The number of a kept pose, 1 to 9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Bookmark(u8);

/// Kept poses at most.
pub const BOOKMARKS: usize = 9;

/// Why a number is none of a kept pose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("bookmark {0}; expected 1 to {BOOKMARKS}")]
pub struct BookmarkError(u8);

impl Bookmark {
    /// Its place among the kept poses, from 0.
    pub fn index(self) -> usize {
        usize::from(self.0) - 1
    }
}

impl TryFrom<u8> for Bookmark {
    type Error = BookmarkError;

    fn try_from(number: u8) -> Result<Self, BookmarkError> {
        if (1..=BOOKMARKS).contains(&usize::from(number)) {
            Ok(Self(number))
        } else {
            Err(BookmarkError(number))
        }
    }
}

impl From<Bookmark> for u8 {
    fn from(bookmark: Bookmark) -> Self {
        bookmark.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bookmarks_are_one_to_nine() {
        assert_eq!(Bookmark::try_from(0), Err(BookmarkError(0)));
        assert_eq!(Bookmark::try_from(10).unwrap_err().to_string(), "bookmark 10; expected 1 to 9");
        assert_eq!(Bookmark::try_from(9).map(Bookmark::index), Ok(8));
    }
}
