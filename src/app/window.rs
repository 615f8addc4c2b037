//! The window: what it opens with, and how it comes to its end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::Result;
use bevy::prelude::*;
use bevy::render::error_handler::{RenderError, RenderErrorHandler, RenderErrorPolicy};
use bevy::render::renderer::RenderAdapterInfo;
use bevy::window::{PresentMode, WindowCloseRequested, WindowDestroyed, WindowResolution};
use bevy_egui::{EguiPlugin, PrimaryEguiContext};

use super::screen::Share;
use super::{fit_overlay, msaa_for, plugins, rest, screen, stage};
use crate::core::command::{Command, ViewCommand};
use crate::core::experiment::Experiment;
use crate::core::script::{Audience, Tour};
use crate::scene::camera::scene_camera;
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
    super::display::require()?;
    super::device::require()?;
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
    stage::watch(&mut app, preferences.as_ref().and_then(Preferences::rescue));
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
    let closed = Closed::default();
    app.insert_resource(closed.clone()).add_systems(Last, mind_closing);
    app.add_plugins((rest::plugin, screen::plugin(share)));
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
