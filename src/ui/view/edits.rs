//! What was opened, and what was changed since.

/// What was opened, and what was changed since.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EditsView {
    /// What was opened last, and whether something else is computed by now.
    pub opened: (String, bool),
    /// How many changes can be taken back, and how many made again.
    pub changes: (usize, usize),
    /// Whether older ones are no longer known.
    pub is_past_cut: bool,
}
