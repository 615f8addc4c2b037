//! Builds the Bevy app, with a window or without, and runs it.

use anyhow::Result;
use bevy::app::TaskPoolPlugin;
use bevy::diagnostic::FrameTimeDiagnosticsPlugin;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::renderer::RenderAdapterInfo;
use bevy::window::{ExitCondition, PresentMode, WindowMode, WindowResolution};
use bevy::winit::WinitPlugin;
use bevy_egui::{EguiGlobalSettings, EguiPlugin, PrimaryEguiContext};

use crate::core::experiment::Experiment;
use crate::scene::camera::scene_camera;
use crate::scene::{self, session};
use crate::ui;

/// What to show in a window.
#[derive(Clone, Debug)]
pub struct ViewRequest {
    /// The experiment to begin with.
    pub experiment: Experiment,
    /// Whether the window takes the whole screen.
    pub is_fullscreen: bool,
}

/// How a window came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Somebody closed it.
    Closed,
    /// The program was interrupted.
    Interrupted,
}

/// The code with which Bevy ends an interrupted app: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

/// Opens the window and runs until it is closed.
///
/// # Errors
/// If there is no graphics device, or the app ended with an error.
pub fn view(request: ViewRequest) -> Result<Ending> {
    crate::record::device::require()?;
    let mut app = App::new();
    let window = Window {
        title: "Losscape".to_owned(),
        resolution: WindowResolution::new(1280, 720),
        mode: match request.is_fullscreen {
            true => WindowMode::BorderlessFullscreen(MonitorSelection::Current),
            false => WindowMode::Windowed,
        },
        // A late frame shows at once instead of waiting for the next beat of the screen.
        present_mode: PresentMode::AutoVsync,
        ..default()
    };
    app.add_plugins(plugins().set(WindowPlugin { primary_window: Some(window), ..default() }));
    app.add_plugins((
        EguiPlugin::default(),
        FrameTimeDiagnosticsPlugin::default(),
        scene::plugin,
        ui::plugin,
    ));
    own_egui_context(&mut app);
    session::begin(&mut app, request.experiment);
    app.add_systems(Startup, open_eye);
    match app.run() {
        AppExit::Success => Ok(Ending::Closed),
        AppExit::Error(code) if code.get() == INTERRUPTED => Ok(Ending::Interrupted),
        AppExit::Error(code) => anyhow::bail!("the window ended with code {code}"),
    }
}

/// An app that draws to images and is driven frame by frame from outside.
///
/// # Errors
/// If there is no graphics device.
pub fn headless(experiment: Experiment) -> Result<App> {
    crate::record::device::require()?;
    let mut app = App::new();
    app.add_plugins(
        plugins()
            .set(WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() })
            .set(RenderPlugin { synchronous_pipeline_compilation: true, ..default() })
            .disable::<WinitPlugin>()
            // A frame is drawn before the next one begins, so that what is captured is what was asked for.
            .disable::<PipelinedRenderingPlugin>(),
    );
    app.add_plugins((EguiPlugin::default(), scene::plugin, ui::labels_plugin));
    app.insert_resource(scene::Pacing::Awaited);
    own_egui_context(&mut app);
    session::begin(&mut app, experiment);
    Ok(app)
}

/// An app without renderer and window: session, training and slices alone, for tests and benches.
pub fn bare(experiment: Experiment, pacing: scene::Pacing) -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, scene::computing));
    app.insert_resource(pacing);
    session::begin(&mut app, experiment);
    app
}

/// Bevy's own plugins, quiet but for warnings.
fn plugins() -> bevy::app::PluginGroupBuilder {
    DefaultPlugins.build().set(TaskPoolPlugin::default()).set(LogPlugin {
        // A software renderer is a device like any other here; Bevy's warning of it is not for our users.
        filter: "warn,wgpu=error,naga=error,bevy_render::renderer=error,bevy_egui=error,calloop=error"
            .to_owned(),
        ..default()
    })
}

/// The scene's camera carries the overlay; egui must not choose one by itself.
fn own_egui_context(app: &mut App) {
    app.world_mut().resource_mut::<EguiGlobalSettings>().auto_create_primary_context = false;
}

fn open_eye(mut commands: Commands, adapter: Res<RenderAdapterInfo>) {
    commands.spawn((scene_camera(msaa_for(&adapter)), PrimaryEguiContext));
}

/// Four samples a pixel where a graphics processor draws; none where the processor does, since they
/// would triple the time of a frame.
pub fn msaa_for(adapter: &RenderAdapterInfo) -> Msaa {
    match adapter.device_type {
        wgpu::DeviceType::Cpu => Msaa::Off,
        _ => Msaa::Sample4,
    }
}
