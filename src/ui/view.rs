//! What the panels show: plain data, made once a frame from what the scene knows.

use bevy::diagnostic::{DiagnosticsStore, FrameTimeDiagnosticsPlugin};
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy::render::renderer::RenderAdapterInfo;

use crate::core::experiment::ExperimentFile;
use crate::core::geometry::colormap::ColorMap;
use crate::core::num::Progress;
use crate::core::script::command::{CameraMode, Shape};
use crate::core::session::{Alpha3, Transport};
use crate::core::subspace::{AxisMeaning, RandomWalks};
use crate::scene::landscape::Landscape;
use crate::scene::readout::Readout;
use crate::scene::session::{Refusal, SessionState};
use crate::scene::slice::Shown;
use crate::scene::training::Live;

/// Everything the panels show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PanelView {
    /// The experiment as it stands.
    pub experiment: ExperimentFile,
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
    /// The step at which training diverged.
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
    /// Colours of the losses.
    pub colors: ColorMap,
    /// Surface or cube.
    pub shape: Shape,
    /// How the camera moves.
    pub camera: CameraMode,
    /// Whether panels are shown.
    pub is_panels_shown: bool,
    /// How far the work in the background is.
    pub progress: Option<Progress>,
    /// What went wrong, in words.
    pub warning: Option<String>,
    /// Name of the graphics device.
    pub adapter: String,
    /// Milliseconds a frame takes.
    pub frame_ms: f64,
}

/// Where the view comes from.
#[derive(SystemParam)]
pub struct Source<'w> {
    session: Res<'w, SessionState>,
    live: Res<'w, Live>,
    landscape: Res<'w, Landscape>,
    shown: Res<'w, Shown>,
    readout: Res<'w, Readout>,
    refusal: Res<'w, Refusal>,
    adapter: Option<Res<'w, RenderAdapterInfo>>,
    diagnostics: Option<Res<'w, DiagnosticsStore>>,
}

impl Source<'_> {
    /// The view of this frame.
    pub fn view(&self) -> PanelView {
        let latest = self.live.latest();
        let known = self.landscape.current();
        let volume = known.and_then(|known| known.plan.volume_spec.as_ref());
        let plane = known.map(|known| &known.plan.plane);
        let planned = self.session.experiment().steps;
        PanelView {
            experiment: self.session.experiment().file().clone(),
            is_playing: match self.session.plane_source().transport {
                Transport::Held { .. } => false,
                Transport::Playing { until } => {
                    self.live.step() < until.unwrap_or(u64::MAX) && self.live.diverged_at().is_none()
                }
            },
            step: self.live.step(),
            loss: latest.map(|latest| latest.loss),
            grad_norm: latest.map(|latest| latest.grad_norm),
            accuracy: self.live.accuracy(),
            diverged_at: self.live.diverged_at(),
            speed: self.live.speed(),
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
            colors: self.session.view().colors,
            shape: self.session.view().shape,
            camera: self.session.view().camera,
            is_panels_shown: self.session.view().is_panels_shown,
            progress: self.landscape.progress,
            warning: self.warning(planned),
            adapter: self.adapter.as_ref().map(|info| info.name.clone()).unwrap_or_default(),
            frame_ms: self.frame_ms(),
        }
    }

    fn warning(&self, planned: u64) -> Option<String> {
        let diverged = || {
            let known = self.landscape.current()?;
            let at = self.live.diverged_at().or(known.plan.diverged_at)?;
            Some(format!(
                "training diverges at step {at} of {planned}: the loss is no longer a number; try a lower learning rate"
            ))
        };
        self.refusal.0.clone().or_else(|| self.landscape.failure.clone()).or_else(diverged)
    }

    fn frame_ms(&self) -> f64 {
        let diagnostics = self.diagnostics.as_ref();
        let frame =
            diagnostics.and_then(|store| store.get(&FrameTimeDiagnosticsPlugin::FRAME_TIME)?.smoothed());
        frame.unwrap_or_default()
    }
}
