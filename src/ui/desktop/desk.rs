//! What of the desk has to do with files, and what is asked of them.

use std::path::PathBuf;

use bevy::prelude::Message;

use crate::core::experiment::{ChartKind, ExperimentFile};
use crate::core::io::folder::Reach;

/// What of the desk has to do with files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileDesk {
    /// The last recording, until it is put away.
    pub take: Option<Take>,
    /// The picture that is about to be saved.
    pub shot: Option<Shot>,
    /// The experiment that a crash interrupted.
    pub rescue: Option<Rescue>,
    /// A file that asks for others elsewhere, until somebody has decided about it.
    pub asking: Option<Asking>,
}

/// Something to be done with files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Open an experiment, or data.
    Open,
    /// Save the experiment as it stands.
    Save,
    /// Save the picture on screen.
    SavePicture,
    /// Copy the command line that draws what is on screen.
    CopyLine,
    /// Save the last recording as a tour.
    SaveTour,
    /// Make a film of it.
    Film {
        /// Width and height in pixels.
        size: [u32; 2],
        /// Frames a second.
        fps: u32,
    },
    /// Save a picture without panels.
    Picture {
        /// Width and height in pixels.
        size: [u32; 2],
    },
    /// Save a chart.
    SaveChart(ChartKind, Paper),
}

/// How a chart is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// As on screen, twice as large.
    Png,
    /// As a drawing.
    Svg,
    /// As numbers.
    Csv,
}

/// Something asked of the studio by a key, a button or a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StudioAct {
    /// Record what is flown, or stop.
    Record,
    /// Choose a picture without panels.
    Picture,
    /// Give up the film that is being made.
    Cancel,
}

/// What is to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct FilmOrder {
    /// The file; its ending says what it becomes.
    pub path: PathBuf,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Frames a second.
    pub fps: u32,
}

/// What is to be made of what was recorded, or of the moment that a picture is asked of.
#[derive(Message, Clone, Debug, PartialEq)]
pub enum Order {
    /// A tour in that file.
    Tour(PathBuf),
    /// A film.
    Film(FilmOrder),
    /// A picture.
    Picture(FilmOrder),
}

/// A recording that has ended, until it is put away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Take {
    /// How long it is.
    pub secs: f64,
    /// Width and height of the film to be made of it; as the window without.
    pub size: Option<[u32; 2]>,
    /// Its frames a second.
    pub fps: u32,
}

/// A picture that is about to be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shot {
    /// How many times as large as the window.
    pub scale: u32,
}

/// An experiment that was not saved when the program last ended without being closed.
#[derive(Clone, Debug, PartialEq)]
pub enum Rescue {
    /// Nobody has decided about it yet.
    Offered(Box<ExperimentFile>),
    /// It was opened.
    Opened,
    /// It was given up.
    Left,
}

/// A file that asks for others, until somebody has decided about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The file.
    pub path: PathBuf,
    /// What it may read already.
    pub reach: Reach,
    /// What it asks for, links followed.
    pub files: Vec<PathBuf>,
    /// Whether somebody has said that it may.
    pub is_allowed: bool,
}
