//! What is done with the desk, and what it asks of others: one list for keys, buttons and names.

use bevy::prelude::Message;

#[cfg(feature = "desktop")]
use super::desktop::{Errand, StudioAct};

/// Something done with the desk.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeskAct {
    /// Text for the last row and no panels, or back.
    Lecture,
    /// Nothing on the screen, or back.
    Blank,
    /// Hold training and plane, or let go on what was held so.
    Freeze,
    /// Tell the keys, or stop.
    Help,
    /// Look for a command by its name, or stop.
    Palette,
    /// Everything larger.
    Larger,
    /// Everything smaller.
    Smaller,
    /// The whole screen, or a window.
    Fullscreen,
    /// Something with files.
    #[cfg(feature = "desktop")]
    Errand(Errand),
    /// Something with tours.
    Tour(TourAct),
    /// Something with recordings, films and pictures.
    #[cfg(feature = "desktop")]
    Studio(StudioAct),
}

/// Something asked of tours by a key, a button or a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TourAct {
    /// Begin the built-in tour of that name, in that language where not in its own.
    Begin(&'static str, Option<&'static str>),
    /// Go on.
    Forward,
    /// Back to the beginning of the chapter, or of the one before.
    Back,
    /// Leave it.
    Leave,
    /// Open the presenter's window, or close it.
    Lectern,
    /// Let the presenter's clock begin anew.
    Clock,
}
