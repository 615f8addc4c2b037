//! What lies on the presenter's lectern, in one frame.

/// What lies on the presenter's lectern.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LecternView {
    /// The chapter, from 1.
    pub chapter: usize,
    /// How many there are.
    pub chapters: usize,
    /// The chapter's title; empty where it has none.
    pub title: String,
    /// Its notes, a paragraph each.
    pub notes: Vec<String>,
    /// Title and caption of the next chapter, where there is one.
    pub next: Option<(String, String)>,
    /// Whether the tour waits for the key.
    pub is_waiting: bool,
    /// Whether everything was told.
    pub is_over: bool,
    /// Whole seconds since the tour began.
    pub secs: u64,
}
