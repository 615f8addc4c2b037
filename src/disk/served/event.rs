//! What the thread that talks to an evaluator is told.

use super::Asked;
use crate::core::io::frames::Frame;

/// What happens to a talk.
pub enum Event {
    /// A backend wants a tile.
    Asked(Asked),
    /// A frame came.
    Came(Frame),
    /// What came was no frame, in words.
    Broken(String),
    /// Nothing more comes.
    Ended,
    /// Nobody asks any more.
    Closed,
}
