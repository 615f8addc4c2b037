//! Where the view comes from: made once a frame from what the scene knows.

use std::sync::Arc;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy::render::renderer::RenderAdapterInfo;

use super::charts::{Charts, OpenCharts};
use super::chosen::ChosenPoint;
#[cfg(feature = "desktop")]
use super::desktop::filming::{Filming, Studio};
use super::view::{CameraView, Cost, EditsView, NewsView, PanelView, RunRow, RunView, SliceView, TourView};
use crate::core::command::{RaceStart, Ways};
use crate::core::experiment::FieldError;
use crate::core::grid::losses::finite_range;
use crate::core::session::{Alpha3, Session, Transport, run::Origin};
use crate::scene::commands::Waiting;
use crate::scene::executor::Jobs;
use crate::scene::landscape::Landscape;
use crate::scene::lowest::Lowest;
use crate::scene::motion::FrameTime;
use crate::scene::readout::Readout;
use crate::scene::recording::Recording;
use crate::scene::rig::Rig;
use crate::scene::session::{Refusal, SessionState};
use crate::scene::side::{First, Second, Side};
use crate::scene::slice::Shown;
use crate::scene::tour::Touring;
use crate::scene::training::{Live, Training};

/// Where the view comes from.
#[derive(SystemParam)]
pub struct Source<'w> {
    session: Res<'w, SessionState>,
    training: Res<'w, Training>,
    landscape: Res<'w, Landscape>,
    shown: Res<'w, Shown>,
    readout: Res<'w, Readout>,
    beside: Beside<'w>,
    rig: Option<Res<'w, Rig>>,
    refusal: Res<'w, Refusal>,
    recording: Res<'w, Recording>,
    #[cfg(feature = "desktop")]
    studio: Option<Res<'w, Studio>>,
    adapter: Option<Res<'w, RenderAdapterInfo>>,
    frame_time: Option<Res<'w, FrameTime>>,
    charts: Option<Res<'w, Charts>>,
    open: Option<Res<'w, OpenCharts>>,
    touring: Res<'w, Touring>,
    chosen: Option<Res<'w, ChosenPoint>>,
    lowest: Res<'w, Lowest>,
    jobs: Res<'w, Jobs>,
    waiting: Res<'w, Waiting>,
}

/// Where that of the second landscape comes from, where one is shown.
#[derive(SystemParam)]
struct Beside<'w> {
    session: Option<Res<'w, SessionState<Second>>>,
    training: Res<'w, Training<Second>>,
    landscape: Res<'w, Landscape<Second>>,
    shown: Res<'w, Shown<Second>>,
    readout: Res<'w, Readout<Second>>,
    lowest: Res<'w, Lowest<Second>>,
}

/// What is told of a side.
struct Told<'a, S: Side> {
    session: &'a Session,
    training: &'a Training<S>,
    landscape: &'a Landscape<S>,
    shown: &'a Shown<S>,
    readout: &'a Readout<S>,
    lowest: &'a Lowest<S>,
}

impl Source<'_> {
    fn first(&self) -> Told<'_, First> {
        let Self { session, training, landscape, shown, readout, lowest, .. } = self;
        Told { session, training, landscape, shown, readout, lowest }
    }

    fn second(&self) -> Option<Told<'_, Second>> {
        let Beside { session, training, landscape, shown, readout, lowest } = &self.beside;
        Some(Told { session: session.as_ref()?, training, landscape, shown, readout, lowest })
    }

    /// The view of this frame.
    pub fn view(&self) -> PanelView {
        let view = self.view_of_first();
        let beside = self.second().map(|told| Box::new(told.view(&view)));
        PanelView { beside, ..view }
    }

    fn view_of_first(&self) -> PanelView {
        let known = self.landscape.current();
        PanelView {
            sides: self.session.experiment().sides().cloned(),
            beside: None,
            experiment: self.session.experiment().file().clone(),
            checked: Some(self.session.experiment().clone()),
            is_imported: self.session.experiment().is_imported(),
            runs: self.training.runs().iter().filter_map(|live| self.row(live)).collect(),
            chosen: self.chosen.as_ref().and_then(|point| point.chosen.clone()),
            is_panels_shown: self.session.view().is_panels_shown,
            examples: known.map(|known| known.plan.problem.examples()).filter(|count| *count > 0),
            cost: known.map(|known| Cost {
                grid_losses: self.landscape.spent.losses,
                grid_secs: self.landscape.spent.grids.as_secs_f64(),
                gradients: known.plan.trajectory.last().map_or(0, |last| last.step)
                    * self.session.experiment().optimizer.gradients_a_step(),
                training_secs: self.landscape.spent.training.as_secs_f64(),
                parameters: known.plan.problem.dim(),
            }),
            history: self.charts.as_ref().map(|charts| Arc::clone(&charts.history)).unwrap_or_default(),
            charts: self.open.as_ref().map(|open| open.0.clone()).unwrap_or_default(),
            tour: tour_view(&self.touring),
            recording_secs: self.recording.secs(),
            #[cfg(feature = "desktop")]
            film: self.studio.as_ref().and_then(|studio| studio.filming.as_ref()).map(Filming::view),
            edits: self.edits(),
            run: self.first().run(),
            slice: self.first().slice(),
            camera: self.camera(),
            news: self.news(),
        }
    }

    fn edits(&self) -> EditsView {
        EditsView {
            opened: {
                let opened = self.session.opened();
                (opened.name().to_owned(), opened.is_changed(self.session.experiment().file()))
            },
            changes: self.session.changes(),
            is_past_cut: self.session.is_past_cut(),
        }
    }

    fn camera(&self) -> CameraView {
        CameraView {
            pose: self.rig.as_ref().map(|rig| *rig.shown()),
            keys: self.session.view().keys.clone(),
            is_floor_open: self.session.view().is_floor_open,
        }
    }

    fn news(&self) -> NewsView {
        NewsView {
            progress: self.landscape.progress,
            is_preparing: self.waiting.is_busy(),
            refusal: self.refusal.0.as_ref().map(|refused| (refused.field.clone(), refused.why())),
            notes: self.session.experiment().notes().to_vec(),
            optimizer_note: self.session.experiment().optimizer_note(),
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
            name: self.session.title(id),
            ways: match &run.origin {
                Origin::Trained(experiment) => Ways::of(experiment.file()),
                Origin::Imported(_) => Ways::default(),
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
        let mishap = || self.jobs.mishap().map(|mishap| mishap.to_string());
        refusal.or_else(mishap).or_else(|| self.landscape.failure.clone()).or_else(planned).or_else(live)
    }
}

impl<S: Side> Told<'_, S> {
    /// The view of the first side with what is of this one in its place. How training goes on is decided for both.
    fn view(&self, first: &PanelView) -> PanelView {
        let experiment = self.session.experiment();
        let known = self.landscape.current();
        PanelView {
            experiment: experiment.file().clone(),
            checked: Some(experiment.clone()),
            is_imported: experiment.is_imported(),
            examples: known.map(|known| known.plan.problem.examples()).filter(|count| *count > 0),
            chosen: None,
            runs: Vec::new(),
            run: RunView { is_playing: first.run.is_playing, ..self.run() },
            slice: self.slice(),
            ..first.clone()
        }
    }

    fn run(&self) -> RunView {
        let live = self.training.leader();
        let latest = live.and_then(Live::latest);
        let known = self.landscape.current();
        // What was recorded elsewhere need not tell everything.
        let is_own = !self.session.experiment().is_imported();
        let is_told = |value: &f64| is_own || !value.is_nan();
        RunView {
            is_playing: match self.session.plane_source().transport {
                Transport::Held { .. } => false,
                transport @ Transport::Converging { .. } => {
                    live.is_none_or(|live| !live.is_stuck() && !live.is_below(transport))
                }
                Transport::Playing { until } => {
                    self.training.step() < until.unwrap_or(u64::MAX)
                        && live.is_none_or(|live| !live.is_stuck())
                }
            },
            step: self.training.step(),
            loss: latest.map(|latest| latest.loss).filter(is_told),
            is_evaluated: known.is_some_and(|known| known.plan.is_evaluated),
            grad_norm: latest.map(|latest| latest.grad_norm).filter(is_told),
            accuracy: live.and_then(Live::accuracy),
            verdict: live.and_then(Live::verdict),
            is_probing: live.is_some_and(Live::is_probing),
            diverged_at: live.and_then(Live::blow_up).map(|found| found.step),
            speed: live.map_or(0.0, Live::speed),
            value: self.readout.value,
            surface_loss: self.readout.surface_loss,
            plane_distance: self.readout.plane_distance,
            marker: known
                .zip(latest)
                .map(|(known, latest)| known.plan.plane.subspace.project(&latest.theta).alpha)
                .unwrap_or_default(),
        }
    }

    fn slice(&self) -> SliceView {
        let known = self.landscape.current();
        let volume = known.and_then(|known| known.plan.volume_spec.as_ref());
        let plane = known.map(|known| &known.plan.plane);
        SliceView {
            axes: plane.map(|plane| plane.axes.clone()).unwrap_or_default(),
            is_imported: self.session.experiment().imported_slice().is_some(),
            explained: plane.map_or(0.0, |plane| plane.explained),
            cosine: plane.map_or(0.0, |plane| plane.subspace.cosine(0, 1)),
            walks: known.and_then(|known| known.walks.clone()),
            alpha3: self.shown.alpha3,
            alpha3_range: volume.map(|spec| (spec.axes()[2].low, spec.axes()[2].high)),
            may_rescale: self
                .session
                .experiment()
                .supervised()
                .is_some_and(|own| own.model().may_rescale().is_ok()),
            is_sweeping: matches!(self.session.view().alpha3, Alpha3::Sweeping { .. }),
            is_exact: self.shown.is_exact,
            blending_error: self.shown.blending_error,
            alpha_ranges: known.map_or([(0.0, 1.0); 2], |known| {
                [0, 1].map(|axis: usize| {
                    let axis = known.plan.plane_spec.axes()[axis];
                    (axis.low, axis.high)
                })
            }),
            has_surface: known.is_some_and(|known| known.plane.is_some()),
            losses: known
                .and_then(|known| finite_range(&known.losses))
                .map_or([0.0, 1.0], |(low, high)| [low, high]),
            selected: self.session.view().selected.clone(),
            another_low: self.lowest.another.map(|low| {
                let mut alpha = low.alpha.to_vec();
                alpha.resize(plane.map_or(2, |plane| plane.subspace.k()), self.shown.alpha3);
                (alpha, low.loss)
            }),
        }
    }
}

/// Where the tour is, if one is on.
fn tour_view(touring: &Touring) -> Option<TourView> {
    let player = touring.player()?;
    Some(TourView {
        title: player.tour().file().title.clone(),
        chapter: player.chapter_number() + 1,
        chapters: player.tour().chapters().len(),
        is_waiting: player.is_waiting(),
        is_over: player.is_over(),
        secs: player.clock(),
        phrases: Arc::clone(player.tour().phrases()),
    })
}
