//! A film in the making, as the panels tell of it.

/// How far a film is.
#[derive(Clone, Debug, PartialEq)]
pub struct FilmView {
    /// The name of its file.
    pub name: String,
    /// Frames done, and all of them, once that is known.
    pub progress: Option<(u64, u64)>,
    /// Seconds that it will still take.
    pub secs_left: Option<f64>,
    /// Whether it was given up.
    pub is_cancelled: bool,
}
