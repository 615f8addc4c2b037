//! What goes on beside training: work, refusals, warnings, and the device that draws.

use crate::core::num::Progress;

/// What is under way, what went wrong, and what draws.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewsView {
    /// How far the work in the background is.
    pub progress: Option<Progress>,
    /// Whether a command waits for its data.
    pub is_preparing: bool,
    /// The field that the last command was refused for, and why.
    pub refusal: Option<(String, String)>,
    /// What there is to tell of the examples, in sentences.
    pub notes: Vec<String>,
    /// What there is to tell of how the optimizer steps the parameters.
    pub optimizer_note: Option<String>,
    /// What went wrong, in words.
    pub warning: Option<String>,
    /// Name of the graphics device.
    pub adapter: String,
    /// Milliseconds a frame takes.
    pub frame_ms: f64,
}
