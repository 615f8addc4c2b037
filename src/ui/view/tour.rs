//! Where a tour is, as the panels tell of it.

use std::sync::Arc;

use crate::core::text::Phrases;

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
    /// The program's own words in the language that it is told in.
    pub phrases: Arc<Phrases>,
}
