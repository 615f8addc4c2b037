//! Builds the Bevy app, with a window or without, and runs it.

#[cfg(target_os = "linux")]
pub mod device;
pub mod display;
mod log;
pub mod screen;
pub mod stage;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use bevy::app::{PluginGroupBuilder, TaskPoolPlugin};
use bevy::asset::AssetEventSystems;
use bevy::camera::CameraUpdateSystems;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::error_handler::{RenderError, RenderErrorHandler, RenderErrorPolicy};
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::renderer::RenderAdapterInfo;
use bevy::render::settings::{RenderCreation, WgpuSettings};
use bevy::time::{TimeSystems, TimeUpdateStrategy};
use bevy::window::{
    ExitCondition, Monitor, OnMonitor, PresentMode, WindowCloseRequested, WindowDestroyed, WindowMode,
    WindowResized, WindowResolution,
};
use bevy::winit::{UpdateMode, WinitPlugin, WinitSettings};
use bevy_egui::{
    EguiContext, EguiGlobalSettings, EguiInput, EguiInputSet, EguiPlugin, EguiPostUpdateSet,
    EguiPreUpdateSet, PrimaryEguiContext, egui,
};

use self::screen::Share;
use crate::core::command::{Command, ViewCommand};
use crate::core::experiment::Experiment;
use crate::core::script::{Audience, Tour};
use crate::scene::camera::scene_camera;
use crate::scene::motion::Motion;
use crate::scene::session::Ask;
use crate::scene::{self, session};
use crate::ui::preferences::Preferences;
use crate::ui::rescue::Rescue;
use crate::ui::{self, Desk};

/// What to show in a window.
#[derive(Clone, Debug)]
pub struct ViewRequest {
    /// The experiment to begin with.
    pub experiment: Experiment,
    /// What its flags reset beyond what they say, to be told in the window.
    pub words: Vec<String>,
    /// The tour of it that is given, with the presenter's keys.
    pub tour: Option<Tour>,
    /// Whether the window takes the whole screen.
    pub is_fullscreen: bool,
    /// Whether edges are smoothed; without it, where a graphics processor draws.
    pub is_smooth: Option<bool>,
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
    #[cfg(target_os = "linux")]
    display::require()?;
    device::require()?;
    let preferences = Preferences::of_system();
    let kept = preferences.as_ref().map(Preferences::desk).unwrap_or_default();
    let desk = first_desk(&request, kept, preferences.as_ref());
    let share = match desk.window {
        _ if desk.is_fullscreen => Share::Whole,
        Some(_) => Share::All,
        None => Share::Most,
    };
    let [width, height] = desk.window.unwrap_or(screen::FIRST_SIZE).map(|side| side.clamp(320, 8192));
    let mut app = App::new();
    stage::watch(&mut app, preferences.as_ref().map(Preferences::rescue));
    let window = Window {
        title: "Losscape".to_owned(),
        resolution: WindowResolution::new(width, height),
        // Until it is known how large its screen is.
        visible: false,
        // A late frame shows at once instead of waiting for the next beat of the screen.
        present_mode: PresentMode::AutoVsync,
        ..default()
    };
    app.add_plugins(plugins().set(WindowPlugin { primary_window: Some(window), ..default() }));
    app.add_plugins((EguiPlugin::default(), scene::plugin, ui::plugin));
    fit_overlay(&mut app);
    session::begin(&mut app, request.experiment);
    app.insert_resource(session::Notice((!request.words.is_empty()).then(|| request.words.join("; "))));
    if let Some(tour) = request.tour {
        scene::tour::begin(&mut app, tour, Audience::Live, true);
        app.world_mut().write_message(Ask(Command::View(ViewCommand::Panels(false))));
    }
    app.insert_resource(desk);
    if let Some(preferences) = preferences.clone() {
        app.insert_resource(preferences);
    }
    let last_words = LastWords::default();
    app.insert_resource(RenderErrorHandler(end_on_render_error)).insert_resource(last_words.clone());
    let is_smooth = request.is_smooth;
    app.add_systems(Startup, move |mut commands: Commands, adapter: Res<RenderAdapterInfo>| {
        let msaa = match is_smooth {
            Some(true) => Msaa::Sample4,
            Some(false) => Msaa::Off,
            None => msaa_for(&adapter),
        };
        commands.spawn((scene_camera(msaa), PrimaryEguiContext));
    });
    app.add_systems(
        PreUpdate,
        drop_old_news.after(EguiInputSet::WriteEguiEvents).in_set(EguiPreUpdateSet::ProcessInput),
    );
    let closed = Closed::default();
    app.init_resource::<Alarm>().insert_resource(closed.clone());
    app.add_systems(First, (tell_time.before(TimeSystems), screen::fit(share)));
    app.add_systems(Last, (mind_closing, prepare_egui, rest_when_still, fill_screen, keep_size));
    match app.run() {
        AppExit::Success => {
            if closed.0.load(Ordering::Relaxed) {
                preferences.iter().for_each(Preferences::forget);
            }
            Ok(Ending::Closed)
        }
        AppExit::Error(code) if code.get() == INTERRUPTED => Ok(Ending::Interrupted),
        AppExit::Error(code) => match last_words.0.lock().ok().and_then(|mut words| words.take()) {
            Some(words) => anyhow::bail!("the graphics device failed: {words}"),
            None => anyhow::bail!("the window ended with code {code}"),
        },
    }
}

/// Why the window had to end.
#[derive(Resource, Clone, Default)]
struct LastWords(Arc<Mutex<Option<String>>>);

/// The desk that a window begins with. A tour has the screen to itself, and over a full screen nothing is
/// offered: it may be a lecture's.
fn first_desk(request: &ViewRequest, kept: Desk, preferences: Option<&Preferences>) -> Desk {
    let is_fullscreen = request.is_fullscreen || request.tour.is_some();
    let unsaved = preferences.filter(|_| !is_fullscreen).and_then(Preferences::unsaved);
    Desk { is_fullscreen, rescue: unsaved.map(|file| Rescue::Offered(Box::new(file))), ..kept }
}

/// A window that the display server takes away is a closed window. Everything else that the renderer
/// cannot do ends the program: going on would flicker.
fn end_on_render_error(error: &RenderError, main: &mut World, _render: &mut World) -> RenderErrorPolicy {
    if error.description.contains("Surface") {
        main.write_message(AppExit::Success);
    } else {
        if let Some(mut words) = main.get_resource::<LastWords>().and_then(|words| words.0.lock().ok()) {
            *words = Some(error.description.clone());
        }
        main.write_message(AppExit::error());
    }
    RenderErrorPolicy::StopRendering
}

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
    session::begin(&mut app, experiment);
    app
}

/// An app without renderer and window: session, training and slices alone, for tests and benches.
pub fn bare(experiment: Experiment, pacing: scene::Pacing) -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, scene::computing));
    app.insert_resource(pacing);
    session::begin(&mut app, experiment);
    app
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

/// After so long a window in which nothing moves is drawn again all the same: by that it is found out
/// that the display has taken it away.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// The moment at which egui is to be drawn again though nothing happens: a hint comes up where the pointer
/// rests. bevy_egui passes on what is wanted at once, and nothing that is wanted later.
#[derive(Resource, Clone, Default)]
struct Alarm(Arc<Mutex<Option<Instant>>>);

impl Alarm {
    fn set(&self, delay: Duration) {
        let Some(at) = Instant::now().checked_add(delay) else { return };
        let mut alarm = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *alarm = Some(alarm.map_or(at, |earlier| earlier.min(at)));
    }

    /// How long it is until then, at most the longest rest; what was set is over.
    fn take(&self, longest: Duration) -> Duration {
        let alarm = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        alarm.map_or(longest, |at| at.saturating_duration_since(Instant::now()).min(longest))
    }
}

/// Seconds within which a press and its release are a click for egui: not every hand, nor every machine,
/// is quick.
const LONGEST_CLICK_SECS: f64 = 3.0;

/// Has egui set the alarm, and be patient.
fn prepare_egui(alarm: Res<Alarm>, mut contexts: Query<&mut EguiContext, Added<EguiContext>>) {
    for mut context in &mut contexts {
        let (ctx, alarm) = (context.get_mut(), alarm.clone());
        ctx.set_request_repaint_callback(move |info| alarm.set(info.delay));
        ctx.options_mut(|options| options.input_options.max_click_duration = LONGEST_CLICK_SECS);
    }
}

/// A window is drawn when something moves, when somebody touches it, and when egui wants it; it rests
/// otherwise.
fn rest_when_still(motion: Res<Motion>, alarm: Res<Alarm>, mut settings: ResMut<WinitSettings>) {
    let rest = alarm.take(HEARTBEAT);
    let mode = if motion.0 { UpdateMode::Continuous } else { UpdateMode::reactive(rest) };
    (settings.focused_mode, settings.unfocused_mode) = (mode, mode);
}

/// Bevy's frames go by the time at which the renderer was done with the one before. For a frame that
/// follows upon a rest that is long ago: a button pressed in it would count as held ever since when it is
/// let go in the next, and no such press is a click.
fn tell_time(mut strategy: ResMut<TimeUpdateStrategy>) {
    *strategy = TimeUpdateStrategy::ManualInstant(Instant::now());
}

/// A window opens as one and fills its screen from there: before there is a window nobody knows which
/// screen that is.
fn fill_screen(
    desk: Res<Desk>,
    window: Option<Single<(&mut Window, Option<&OnMonitor>)>>,
    monitors: Query<&Monitor>,
    mut was: Local<bool>,
) {
    let Some(window) = window.filter(|_| *was != desk.is_fullscreen) else { return };
    let (mut window, own) = window.into_inner();
    *was = desk.is_fullscreen;
    window.mode = window_mode(desk.is_fullscreen);
    let screen = own.and_then(|own| monitors.get(own.0).ok()).or(monitors.iter().next());
    if let (false, Some(screen)) = (desk.is_fullscreen, screen) {
        let share = if desk.window.is_some() { Share::All } else { Share::Most };
        let size = desk.window.unwrap_or(screen::FIRST_SIZE).map(|side| side as f32);
        let pixels = [screen.physical_width, screen.physical_height];
        let [width, height] = screen::fitting(size, pixels, screen.scale_factor, share);
        window.resolution.set(width, height);
    }
}

/// Whether somebody closed the window, or destroyed it. A window that is lost otherwise leaves what was not
/// saved.
///
/// One that was destroyed ends the program at once: the renderer finds that out by itself only when what it
/// draws is refused, which on an idle machine took 19 s.
#[derive(Resource, Clone, Default)]
struct Closed(Arc<AtomicBool>);

fn mind_closing(
    mut asked: MessageReader<WindowCloseRequested>,
    mut destroyed: MessageReader<WindowDestroyed>,
    closed: Res<Closed>,
    mut exits: MessageWriter<AppExit>,
) {
    let is_destroyed = destroyed.read().count() > 0;
    if is_destroyed {
        exits.write(AppExit::Success);
    }
    if is_destroyed || asked.read().count() > 0 {
        closed.0.store(true, Ordering::Relaxed);
    }
}

/// A window opens as large as it was left.
fn keep_size(
    mut resized: MessageReader<WindowResized>,
    window: Option<Single<&Window>>,
    mut desk: ResMut<Desk>,
) {
    let Some(window) = window.filter(|_| resized.read().count() > 0 && !desk.is_fullscreen) else { return };
    let size = Some([window.width(), window.height()].map(|side| side.round() as u32));
    if desk.window != size {
        desk.window = size;
    }
}

fn window_mode(is_fullscreen: bool) -> WindowMode {
    match is_fullscreen {
        true => WindowMode::BorderlessFullscreen(MonitorSelection::Current),
        false => WindowMode::Windowed,
    }
}

/// bevy_egui tells egui in every frame which modifier keys are held, and egui wants another frame after
/// whatever it is told: a window would never rest. Only a change is news.
///
/// And a letter that was pressed with Ctrl is no text, though Ctrl was let go within the same frame.
fn drop_old_news(mut inputs: Query<&mut EguiInput>, mut told: Local<egui::Modifiers>) {
    let mut held = *told;
    for mut input in &mut inputs {
        let last = input.events.iter().rev().find_map(|event| match event {
            egui::Event::ModifiersChanged(modifiers) => Some(*modifiers),
            _ => None,
        });
        held = last.unwrap_or(held);
        let is_let_go = told.ctrl && !told.alt && !held.ctrl;
        input.events.retain(|event| match event {
            egui::Event::ModifiersChanged(modifiers) => *modifiers != *told,
            egui::Event::Text(_) => !is_let_go,
            _ => true,
        });
    }
    *told = held;
}

/// Four samples a pixel where a graphics processor draws; none where the processor does, since they
/// would triple the time of a frame.
pub fn msaa_for(adapter: &RenderAdapterInfo) -> Msaa {
    match adapter.device_type {
        wgpu::DeviceType::Cpu => Msaa::Off,
        _ => Msaa::Sample4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_pressed_with_ctrl_is_no_text_however_slow_the_frame() {
        let mut app = App::new();
        app.add_systems(Update, drop_old_news);
        let input = app.world_mut().spawn(EguiInput::default()).id();
        let mut left_of = |ctrl: bool, text: &str| {
            let modifiers = egui::Modifiers { ctrl, ..egui::Modifiers::NONE };
            let events = vec![egui::Event::Text(text.to_owned()), egui::Event::ModifiersChanged(modifiers)];
            app.world_mut().get_mut::<EguiInput>(input).unwrap().events = events;
            app.update();
            app.world().get::<EguiInput>(input).unwrap().events.len()
        };
        assert_eq!(left_of(false, "a"), 1, "the text; that nothing is held is no news");
        assert_eq!(left_of(true, "pasted"), 2, "with Ctrl held what comes as text was pasted");
        assert_eq!(left_of(true, "pasted"), 1);
        assert_eq!(left_of(false, "p"), 1, "the news that Ctrl was let go");
        assert_eq!(left_of(false, "a"), 1, "a letter again");
    }

    #[test]
    fn an_alarm_is_the_earliest_of_those_set_and_rings_once() {
        let (alarm, longest) = (Alarm::default(), Duration::from_secs(5));
        assert_eq!(alarm.take(longest), longest, "nobody wants anything");
        for secs in [3, 1, 2] {
            alarm.set(Duration::from_secs(secs));
        }
        let rest = alarm.take(longest);
        assert!(rest <= Duration::from_secs(1) && rest > Duration::ZERO, "{rest:?}");
        assert_eq!(alarm.take(longest), longest);
        alarm.set(Duration::MAX);
        assert_eq!(alarm.take(longest), longest, "never");
    }

    #[test]
    fn a_tour_has_the_screen_to_itself_and_a_full_screen_is_offered_no_rescue() {
        let folder = tempfile::tempdir().unwrap();
        let file = crate::core::experiment::ExperimentFile::default();
        std::fs::write(folder.path().join("unsaved-1.ron"), file.to_ron()).unwrap();
        let preferences = Preferences::within(folder.path());
        let tour = crate::core::script::builtin::load("descent").unwrap().unwrap();
        let desk = |tour, is_fullscreen| {
            let experiment = Experiment::new(file.clone()).unwrap();
            let words = Vec::new();
            let request = ViewRequest { experiment, words, tour, is_fullscreen, is_smooth: None };
            let desk = first_desk(&request, Desk::default(), preferences.as_ref());
            (desk.is_fullscreen, desk.rescue.is_some())
        };
        assert_eq!(desk(None, false), (false, true));
        assert_eq!(desk(None, true), (true, false));
        assert_eq!(desk(Some(tour), false), (true, false));
    }

    #[test]
    fn the_window_fills_the_screen_and_comes_back_and_keeps_its_size_for_the_next_day() {
        let mut app = App::new();
        app.add_message::<WindowResized>().init_resource::<Desk>();
        app.add_systems(Update, (fill_screen, keep_size).chain());
        let window = app.world_mut().spawn(Window { resolution: (640, 480).into(), ..default() }).id();
        let mut mode_with = |is_fullscreen| {
            app.world_mut().resource_mut::<Desk>().is_fullscreen = is_fullscreen;
            app.world_mut().write_message(WindowResized { window, width: 640.0, height: 480.0 });
            app.update();
            (app.world().get::<Window>(window).unwrap().mode, app.world().resource::<Desk>().window)
        };
        assert_eq!(mode_with(false), (WindowMode::Windowed, Some([640, 480])));
        let full = WindowMode::BorderlessFullscreen(MonitorSelection::Current);
        assert_eq!(mode_with(true).0, full);
        assert_eq!(mode_with(true).0, full, "and stays so");
        assert_eq!(mode_with(false).0, WindowMode::Windowed);
    }
}
