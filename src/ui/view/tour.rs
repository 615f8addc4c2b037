//! Where a tour is, as the panels tell of it.

/// Where a tour is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TourView {
    /// The tour's title.
    pub title: String,
    /// The chapter, from 1.
    pub chapter: usize,
    /// How many there are.
    pub chapters: usize,
    /// Whether it waits for the key.
    pub is_waiting: bool,
    /// Whether everything was told.
    pub is_over: bool,
    /// Seconds since the chapter began.
    pub secs: f64,
}
