//! Builds the Bevy app, with a window or without, and runs it.

#[cfg(feature = "desktop")]
pub mod desktop;
#[cfg(feature = "desktop")]
pub mod device;
#[cfg(all(feature = "desktop", target_os = "linux"))]
pub mod display;
mod log;
mod rest;
pub mod screen;
#[cfg(feature = "desktop")]
pub mod stage;
pub mod window;

#[cfg(feature = "desktop")]
use anyhow::Result;
use bevy::app::{PluginGroupBuilder, TaskPoolPlugin};
use bevy::asset::AssetEventSystems;
use bevy::camera::CameraUpdateSystems;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::renderer::RenderAdapterInfo;
use bevy::render::settings::{RenderCreation, WgpuSettings};
use bevy::window::ExitCondition;
use bevy::winit::WinitPlugin;
use bevy_egui::{EguiGlobalSettings, EguiPlugin, EguiPostUpdateSet};

use crate::core::experiment::Experiment;
use crate::scene::{self, session};
use crate::ui;

/// What is drawn over the scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// Ticks, names and legend.
    Labels,
    /// These and the panels.
    Panels,
}

/// An app that draws to images and is driven frame by frame from outside.
///
/// # Errors
/// If there is no graphics device.
#[cfg(feature = "desktop")]
pub fn headless(experiment: Experiment, overlay: Overlay) -> Result<App> {
    device::require()?;
    let render = RenderPlugin { synchronous_pipeline_compilation: true, ..default() };
    Ok(windowless(experiment, overlay, plugins().set(render)))
}

/// The same app in all but one thing: nothing is drawn. What is left is what it costs us, for tests and
/// benches on any machine.
pub fn undrawn(experiment: Experiment, overlay: Overlay) -> App {
    let settings = WgpuSettings { backends: None, ..default() };
    let render = RenderPlugin { render_creation: RenderCreation::Automatic(Box::new(settings)), ..default() };
    windowless(experiment, overlay, plugins().set(render).disable::<LogPlugin>())
}

fn windowless(experiment: Experiment, overlay: Overlay, plugins: PluginGroupBuilder) -> App {
    let window = WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() };
    let mut app = App::new();
    // A frame is drawn before the next one begins, so that what is captured is what was asked for.
    let plugins = plugins.set(window).disable::<WinitPlugin>().disable::<PipelinedRenderingPlugin>();
    app.add_plugins((plugins, EguiPlugin::default(), scene::plugin));
    match overlay {
        Overlay::Labels => app.add_plugins(ui::labels_plugin),
        Overlay::Panels => app.add_plugins(ui::plugin),
    };
    fit_overlay(&mut app);
    begin(&mut app, experiment);
    app
}

/// An app without renderer and window: session, training and slices alone, for tests and benches.
pub fn bare(experiment: Experiment, pacing: scene::Pacing) -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, scene::computing));
    app.insert_resource(pacing);
    begin(&mut app, experiment);
    app
}

/// Begins a session. Files that it comes to name are this machine's.
fn begin(app: &mut App, experiment: Experiment) {
    #[cfg(feature = "desktop")]
    let experiment = experiment.with_sources(&crate::disk::sources());
    session::begin(app, experiment);
}

/// Bevy's own plugins.
fn plugins() -> PluginGroupBuilder {
    DefaultPlugins.build().set(TaskPoolPlugin::default()).set(log::plugin())
}

/// Fits the overlay into the frame.
///
/// The scene's camera carries it; egui must not choose one by itself. It is laid out where that camera
/// looks in this frame, and the glyphs that it draws for the first time are news of this frame too: told
/// of in the next, they would be missing from this one.
fn fit_overlay(app: &mut App) {
    app.world_mut().resource_mut::<EguiGlobalSettings>().auto_create_primary_context = false;
    app.configure_sets(
        PostUpdate,
        (
            EguiPostUpdateSet::EndPass.after(CameraUpdateSystems).after(TransformSystems::Propagate),
            EguiPostUpdateSet::PostProcessOutput.before(AssetEventSystems),
        ),
    );
}

/// Four samples a pixel where a graphics processor draws; none where the processor does, since they
/// would triple the time of a frame.
pub fn msaa_for(adapter: &RenderAdapterInfo) -> Msaa {
    match adapter.device_type {
        wgpu::DeviceType::Cpu => Msaa::Off,
        _ => Msaa::Sample4,
    }
}
