//! What the panels show: plain data, made once a frame from what the scene knows.

use std::sync::Arc;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy::render::renderer::RenderAdapterInfo;

use super::chart::Chart;
use super::charts::{ChartKind, Charts};
use super::chosen::{Chosen, ChosenPoint};
#[cfg(feature = "desktop")]
use super::desktop::{filming::FilmView, filming::Filming, studio::Studio};
use super::timeline::History;
use super::tour::TourView;
use crate::core::command::RaceStart;
use crate::core::experiment::{Experiment, ExperimentFile, FieldError};
use crate::core::geometry::camera::Pose;
use crate::core::geometry::path::CameraKey;
use crate::core::grid::losses::finite_range;
use crate::core::num::Progress;
use crate::core::optim::OptimizerConfig;
use crate::core::probe::Brief;
use crate::core::session::{Alpha3, RunId, Transport, run::Origin};
use crate::core::subspace::{AxisMeaning, RandomWalks};
use crate::scene::landscape::Landscape;
use crate::scene::lowest::Lowest;
use crate::scene::motion::FrameTime;
use crate::scene::readout::Readout;
use crate::scene::recording::Recording;
use crate::scene::rig::Rig;
use crate::scene::session::{Refusal, SessionState};
use crate::scene::slice::Shown;
use crate::scene::tour::Touring;
use crate::scene::training::{Live, Training};

/// Everything the panels show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PanelView {
    /// The experiment as it stands.
    pub experiment: ExperimentFile,
    /// The same once checked, with its examples; `None` where only the panels are drawn.
    pub checked: Option<Experiment>,
    /// What was opened last, and whether something else is computed by now.
    pub opened: (String, bool),
    /// Whether training goes on.
    pub is_playing: bool,
    /// Step that training is at.
    pub step: u64,
    /// Loss there.
    pub loss: Option<f64>,
    /// Length of the gradient there.
    pub grad_norm: Option<f64>,
    /// Share of the training examples predicted right there.
    pub accuracy: Option<f64>,
    /// What the point is where training is.
    pub verdict: Option<Brief>,
    /// Whether that is still being found out.
    pub is_probing: bool,
    /// The step at which training got out of hand, once it is there.
    pub diverged_at: Option<u64>,
    /// Steps a second reached of late.
    pub speed: f64,
    /// Loss of the slice under the marker.
    pub surface_loss: Option<f64>,
    /// Distance of the marker's point from the displayed plane.
    pub plane_distance: Option<f64>,
    /// What the axes of the slice stand for.
    pub axes: Vec<AxisMeaning>,
    /// Share of the trajectory's variance in the span of all axes, 0 to 1.
    pub explained: f64,
    /// Cosine of the angle between the first two axes; 0 where there are none.
    pub cosine: f64,
    /// What random walks would explain along them, once that is known.
    pub walks: Option<RandomWalks>,
    /// Where the plane stands.
    pub alpha3: f64,
    /// From–to of alpha3; `None` where there is no third direction.
    pub alpha3_range: Option<(f64, f64)>,
    /// Whether the plane travels.
    pub is_sweeping: bool,
    /// Whether the picture was evaluated exactly where the plane stands.
    pub is_exact: bool,
    /// Largest error of the blended picture where the plane last rested.
    pub blending_error: Option<f64>,
    /// From–to of alpha1 and of alpha2.
    pub alpha_ranges: [(f64, f64); 2],
    /// The lowest and the highest loss of the pictures.
    pub losses: [f64; 2],
    /// The runs, the one that chose the plane first.
    pub runs: Vec<RunRow>,
    /// The point of the slice that was chosen, by its alphas.
    pub selected: Option<Vec<f64>>,
    /// What is known of it.
    pub chosen: Option<Chosen>,
    /// Another low point of the displayed slice than its lowest: its alphas, and the loss there.
    pub another_low: Option<(Vec<f64>, f64)>,
    /// The pose on screen.
    pub pose: Option<Pose>,
    /// Keys of the camera's path, in the order of their times.
    pub camera_keys: Vec<CameraKey>,
    /// Whether the camera may fly through the surface and below the floor.
    pub is_floor_open: bool,
    /// Whether panels are shown.
    pub is_panels_shown: bool,
    /// How far the work in the background is.
    pub progress: Option<Progress>,
    /// The field that the last command was refused for, and why.
    pub refusal: Option<(String, String)>,
    /// Whether the run was recorded elsewhere and came without its loss.
    pub is_imported: bool,
    /// Whether there is a surface to see.
    pub has_surface: bool,
    /// What there is to tell of the examples, in sentences.
    pub notes: Vec<String>,
    /// Training examples; `None` before there are any.
    pub examples: Option<usize>,
    /// Where training is, by the alphas of its projection.
    pub marker: Vec<f64>,
    /// What the pictures cost.
    pub cost: Option<Cost>,
    /// The loss over training.
    pub history: Arc<History>,
    /// The charts that are open.
    pub charts: Vec<(ChartKind, Arc<Chart>)>,
    /// How long a recording has taken, while one is on.
    pub recording_secs: Option<f64>,
    /// The film or picture that is being made.
    #[cfg(feature = "desktop")]
    pub film: Option<FilmView>,
    /// How many changes can be taken back, and how many made again.
    pub changes: (usize, usize),
    /// Whether older ones are no longer known.
    pub is_past_cut: bool,
    /// The tour that is on.
    pub tour: Option<TourView>,
    /// What went wrong, in words.
    pub warning: Option<String>,
    /// Name of the graphics device.
    pub adapter: String,
    /// Milliseconds a frame takes.
    pub frame_ms: f64,
}

/// What the pictures cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Losses on plane and volume.
    pub grid_losses: u64,
    /// Seconds they took.
    pub grid_secs: f64,
    /// Steps of the run that chose the plane.
    pub steps: u64,
    /// Seconds they took.
    pub training_secs: f64,
    /// Parameters of the model.
    pub parameters: usize,
}

/// A run in a race.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRow {
    /// Which.
    pub id: RunId,
    /// Its optimizer.
    pub name: String,
    /// How it descends, if it is trained here.
    pub optimizer: Option<OptimizerConfig>,
    /// Its colour's number.
    pub number: usize,
    /// The step it is at.
    pub step: u64,
    /// Its loss there.
    pub loss: Option<f64>,
    /// Share of the training examples it predicts right there.
    pub accuracy: Option<f64>,
    /// What its point is.
    pub verdict: Option<Brief>,
    /// Whether it got out of hand.
    pub has_diverged: bool,
    /// Whether the plane could be laid through it.
    pub may_lead: bool,
}

/// Where the view comes from.
#[derive(SystemParam)]
pub struct Source<'w> {
    session: Res<'w, SessionState>,
    training: Res<'w, Training>,
    landscape: Res<'w, Landscape>,
    shown: Res<'w, Shown>,
    readout: Res<'w, Readout>,
    rig: Option<Res<'w, Rig>>,
    refusal: Res<'w, Refusal>,
    recording: Res<'w, Recording>,
    #[cfg(feature = "desktop")]
    studio: Option<Res<'w, Studio>>,
    adapter: Option<Res<'w, RenderAdapterInfo>>,
    frame_time: Option<Res<'w, FrameTime>>,
    charts: Option<Res<'w, Charts>>,
    touring: Res<'w, Touring>,
    chosen: Option<Res<'w, ChosenPoint>>,
    lowest: Res<'w, Lowest>,
}

impl Source<'_> {
    /// The view of this frame.
    pub fn view(&self) -> PanelView {
        let live = self.training.leader();
        let latest = live.and_then(Live::latest);
        let known = self.landscape.current();
        let volume = known.and_then(|known| known.plan.volume_spec.as_ref());
        let plane = known.map(|known| &known.plan.plane);
        PanelView {
            experiment: self.session.experiment().file().clone(),
            checked: Some(self.session.experiment().clone()),
            opened: {
                let opened = self.session.opened();
                (opened.name().to_owned(), opened.is_changed(self.session.experiment().file()))
            },
            is_playing: match self.session.plane_source().transport {
                Transport::Held { .. } => false,
                transport @ Transport::Converging { .. } => {
                    live.is_none_or(|live| live.diverged_at().is_none() && !live.is_below(transport))
                }
                Transport::Playing { until } => {
                    self.training.step() < until.unwrap_or(u64::MAX)
                        && live.is_none_or(|live| live.diverged_at().is_none())
                }
            },
            step: self.training.step(),
            loss: latest.map(|latest| latest.loss),
            grad_norm: latest.map(|latest| latest.grad_norm),
            accuracy: live.and_then(Live::accuracy),
            verdict: live.and_then(Live::verdict),
            is_probing: live.is_some_and(Live::is_probing),
            diverged_at: live.and_then(Live::blow_up).map(|found| found.step),
            speed: live.map_or(0.0, Live::speed),
            surface_loss: self.readout.surface_loss,
            plane_distance: self.readout.plane_distance,
            axes: plane.map(|plane| plane.axes.clone()).unwrap_or_default(),
            explained: plane.map_or(0.0, |plane| plane.explained),
            cosine: plane.map_or(0.0, |plane| plane.subspace.cosine(0, 1)),
            walks: known.and_then(|known| known.walks.clone()),
            alpha3: self.shown.alpha3,
            alpha3_range: volume.map(|spec| (spec.axes()[2].low, spec.axes()[2].high)),
            is_sweeping: matches!(self.session.view().alpha3, Alpha3::Sweeping { .. }),
            is_exact: self.shown.is_exact,
            blending_error: self.shown.blending_error,
            alpha_ranges: known.map_or([(0.0, 1.0); 2], |known| {
                [0, 1].map(|axis: usize| {
                    let axis = known.plan.plane_spec.axes()[axis];
                    (axis.low, axis.high)
                })
            }),
            losses: known
                .and_then(|known| finite_range(&known.losses))
                .map_or([0.0, 1.0], |(low, high)| [low, high]),
            runs: self.training.runs().iter().filter_map(|live| self.row(live)).collect(),
            selected: self.session.view().selected.clone(),
            chosen: self.chosen.as_ref().and_then(|point| point.chosen.clone()),
            another_low: self.lowest.another.map(|low| {
                let mut alpha = low.alpha.to_vec();
                alpha.resize(plane.map_or(2, |plane| plane.subspace.k()), self.shown.alpha3);
                (alpha, low.loss)
            }),
            pose: self.rig.as_ref().map(|rig| *rig.shown()),
            camera_keys: self.session.view().keys.clone(),
            is_floor_open: self.session.view().is_floor_open,
            is_panels_shown: self.session.view().is_panels_shown,
            progress: self.landscape.progress,
            refusal: self.refusal.0.as_ref().map(|refused| (refused.field.clone(), refused.why())),
            is_imported: self.session.experiment().is_imported(),
            has_surface: known.is_some_and(|known| known.plane.is_some()),
            notes: self.session.experiment().notes().to_vec(),
            examples: known.map(|known| known.plan.problem.examples()).filter(|count| *count > 0),
            marker: known
                .zip(latest)
                .map(|(known, latest)| known.plan.plane.subspace.project(&latest.theta).alpha)
                .unwrap_or_default(),
            cost: known.map(|known| Cost {
                grid_losses: self.landscape.spent.losses,
                grid_secs: self.landscape.spent.grids.as_secs_f64(),
                steps: known.plan.trajectory.last().map_or(0, |last| last.step),
                training_secs: self.landscape.spent.training.as_secs_f64(),
                parameters: known.plan.problem.dim(),
            }),
            history: self.charts.as_ref().map(|charts| Arc::clone(&charts.history)).unwrap_or_default(),
            charts: self.charts.as_ref().map(|charts| charts.open.clone()).unwrap_or_default(),
            tour: TourView::of(&self.touring),
            recording_secs: self.recording.secs(),
            #[cfg(feature = "desktop")]
            film: self.studio.as_ref().and_then(|studio| studio.filming.as_ref()).map(Filming::view),
            changes: self.session.changes(),
            is_past_cut: self.session.is_past_cut(),
            warning: self.warning(),
            adapter: self.adapter.as_ref().map(|info| info.name.clone()).unwrap_or_default(),
            frame_ms: self.frame_time.as_ref().map_or(0.0, |frame| 1e3 * frame.0),
        }
    }

    fn row(&self, live: &Live) -> Option<RunRow> {
        let id = live.id()?;
        let run = self.session.runs().iter().find(|run| run.id == id)?;
        let loss = live.latest().map(|latest| latest.loss);
        Some(RunRow {
            id,
            name: run.title(),
            optimizer: match &run.origin {
                Origin::Trained(experiment) => Some(experiment.optimizer.clone()),
                Origin::Imported(_) => None,
            },
            number: live.number(),
            step: live.step(),
            loss,
            accuracy: live.accuracy(),
            verdict: live.verdict(),
            has_diverged: live.blow_up().is_some(),
            may_lead: run.from == RaceStart::Same && id != self.session.plane_source().id,
        })
    }

    fn warning(&self) -> Option<String> {
        let planned = || self.landscape.current()?.plan.warning.clone();
        // It went on beyond what was planned.
        let live = || Some(format!("{}; try a lower learning rate", self.training.leader()?.blow_up()?));
        // A field of a file is set to a value; to a person it is one.
        let refusal = self.refusal.0.as_ref().map(FieldError::spoken);
        refusal.or_else(|| self.landscape.failure.clone()).or_else(planned).or_else(live)
    }
}
