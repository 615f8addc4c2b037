//! Why bytes are no recording.

use super::{FORMAT, FRONT};
use crate::core::io::input::InputError;

/// Why bytes are no recording that can be shown. The texts go on where the file has been named.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// It cannot be read.
    #[error("it cannot be read ({0})")]
    Input(#[from] InputError),
    /// It begins with other bytes.
    #[error("it does not begin as a recording does; expected what losscape_recorder writes")]
    Magic,
    /// Its header is not there.
    #[error("its header is not whole yet ({bytes} bytes are there); expected a recording that has begun")]
    NoHeader {
        /// Bytes that are there.
        bytes: u64,
    },
    /// Its first frame is no header.
    #[error("its first frame is of kind {0}; expected a header (1)")]
    First(u8),
    /// Its header makes no sense.
    #[error("its header cannot be read ({0})")]
    Header(#[from] serde_json::Error),
    /// It is of a later format.
    #[error("it is of format {0}; expected at most {FORMAT}: a later program reads it")]
    Format(u64),
    /// Its blocks are not its dim.
    #[error("its blocks have {blocks} numbers in all; expected {dim}, as its header says")]
    Dim {
        /// Numbers in all blocks.
        blocks: u64,
        /// What the header says.
        dim: u64,
    },
    /// A checkpoint is of another length.
    #[error("its checkpoint {number} has {found} bytes; expected {expected}, for {dim} parameters")]
    Length {
        /// Which checkpoint, from 0.
        number: usize,
        /// Its bytes.
        found: usize,
        /// What the header asks for.
        expected: usize,
        /// Parameters.
        dim: usize,
    },
    /// A loss is of another length.
    #[error("a loss of it has {found} bytes; expected {FRONT}: a step and two losses")]
    LossLength {
        /// Its bytes.
        found: usize,
    },
    /// Steps that do not rise.
    #[error("its {what} at step {step} comes after that of step {before}; expected steps that rise")]
    Steps {
        /// What is told of the step.
        what: &'static str,
        /// The step.
        step: u64,
        /// The one before.
        before: u64,
    },
    /// There is nothing to see yet.
    #[error("it has no checkpoint yet; expected one at least")]
    Empty,
}
