//! What the panels show: plain data, of the scene as it is in one frame.

mod camera;
mod chosen;
mod edits;
#[cfg(feature = "desktop")]
mod film;
mod history;
mod lectern;
mod news;
mod run;
mod slice;
mod tour;

use std::sync::Arc;

pub use self::camera::CameraView;
pub use self::chosen::{Chosen, Nearest};
pub use self::edits::EditsView;
#[cfg(feature = "desktop")]
pub use self::film::FilmView;
pub use self::history::{LossHistory, MOST_POINTS, thinned, thinned_by_step};
pub use self::lectern::LecternView;
pub use self::news::NewsView;
pub use self::run::{Cost, RunRow, RunView};
pub use self::slice::SliceView;
pub use self::tour::TourView;
use super::chart::Chart;
use crate::core::experiment::{ChartKind, Experiment, ExperimentFile};

/// Everything the panels show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PanelView {
    /// The experiment as it stands.
    pub experiment: ExperimentFile,
    /// The same once checked, with its examples; `None` where only the panels are drawn.
    pub checked: Option<Experiment>,
    /// What the two landscapes are called that are shown beside each other.
    pub sides: Option<[String; 2]>,
    /// The same of the second of them.
    pub beside: Option<Box<Self>>,
    /// Whether the run was recorded elsewhere and came without its loss.
    pub is_imported: bool,
    /// The runs, the one that chose the plane first.
    pub runs: Vec<RunRow>,
    /// What is known of the chosen point.
    pub chosen: Option<Chosen>,
    /// Whether panels are shown.
    pub is_panels_shown: bool,
    /// Training examples; `None` before there are any.
    pub examples: Option<usize>,
    /// What the pictures cost.
    pub cost: Option<Cost>,
    /// The loss over training.
    pub history: Arc<LossHistory>,
    /// The charts that are open.
    pub charts: Vec<(ChartKind, Arc<Chart>)>,
    /// How long a recording has taken, while one is on.
    pub recording_secs: Option<f64>,
    /// The film or picture that is being made.
    #[cfg(feature = "desktop")]
    pub film: Option<FilmView>,
    /// The tour that is on.
    pub tour: Option<TourView>,
    /// What was opened, and what was changed since.
    pub edits: EditsView,
    /// Training, of the run that the plane goes through.
    pub run: RunView,
    /// The slice that is shown, and the point chosen on it.
    pub slice: SliceView,
    /// The camera.
    pub camera: CameraView,
    /// What is under way, what went wrong, and what draws.
    pub news: NewsView,
}
