//! The window: what it opens with, and how it comes to its end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::Result;
use bevy::prelude::*;
use bevy::render::error_handler::{RenderError, RenderErrorHandler, RenderErrorPolicy};
use bevy::render::renderer::RenderAdapterInfo;
use bevy::window::{
    ExitCondition, PresentMode, PrimaryWindow, WindowCloseRequested, WindowDestroyed, WindowResolution,
};
use bevy_egui::{EguiPlugin, PrimaryEguiContext};

use super::screen::Share;
use super::{fit_overlay, lectern, msaa_for, plugins, rest, screen};
use crate::core::command::{Command, ViewCommand};
use crate::core::experiment::Experiment;
use crate::core::script::{Audience, Tour};
use crate::scene::camera::scene_camera;
use crate::scene::landscape::Evaluators;
use crate::scene::session::Ask;
use crate::scene::{self, session};
use crate::ui::{self, Desk};

/// What to show in a window.
#[derive(Clone)]
pub struct ViewRequest {
    /// The experiment to begin with.
    pub experiment: Experiment,
    /// What its flags reset beyond what they say, to be told in the window.
    pub words: Vec<String>,
    /// The tour of it that is given, with the presenter's keys.
    pub tour: Option<Tour>,
    /// Whether the presenter has a window of their own.
    pub has_lectern: bool,
    /// Whether the window takes the whole screen.
    pub is_fullscreen: bool,
    /// Whether edges are smoothed; without it, where a graphics processor draws.
    pub is_smooth: Option<bool>,
    /// Who evaluates losses.
    pub evaluators: Evaluators,
}

/// How a window came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Somebody closed it.
    Closed,
    /// The display took it away.
    Lost,
    /// The program was interrupted.
    Interrupted,
}

/// The code with which Bevy ends an interrupted app: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

/// Opens a window with that desk in it and runs until it is closed; `furnish` brings to the app what is not
/// everywhere.
///
/// # Errors
/// If the app ended with an error.
pub fn open(request: ViewRequest, desk: Desk, furnish: impl FnOnce(&mut App)) -> Result<Ending> {
    let share = match desk.window {
        _ if desk.is_fullscreen => Share::Whole,
        Some(_) => Share::All,
        None => Share::Most,
    };
    let [width, height] = desk.window.unwrap_or(screen::FIRST_SIZE).map(|side| side.clamp(320, 8192));
    let mut app = App::new();
    let window = Window {
        title: "Losscape".to_owned(),
        resolution: WindowResolution::new(width, height),
        // Until it is known how large its screen is.
        visible: false,
        // A late frame shows at once instead of waiting for the next beat of the screen.
        present_mode: PresentMode::AutoVsync,
        ..default()
    };
    let primary_window = Some(window);
    // The presenter's closes with it.
    let exit_condition = ExitCondition::OnPrimaryClosed;
    app.add_plugins(plugins().set(WindowPlugin { primary_window, exit_condition, ..default() }));
    app.add_plugins((EguiPlugin::default(), scene::plugin, scene::follow::plugin, ui::plugin));
    app.insert_resource(request.evaluators);
    fit_overlay(&mut app);
    let experiment = match &request.tour {
        Some(_) => request.experiment,
        None => furnished(request.experiment, &desk),
    };
    super::begin(&mut app, experiment);
    app.insert_resource(session::Notice((!request.words.is_empty()).then(|| request.words.join("; "))));
    if let Some(tour) = request.tour {
        scene::tour::begin(&mut app, tour, Audience::Live, true);
        app.world_mut().write_message(Ask(Command::View(ViewCommand::Panels(false))));
    }
    app.insert_resource(desk);
    furnish(&mut app);
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
    app.add_plugins((rest::plugin, screen::plugin(share), closing, lectern::plugin));
    let closed = app.world().resource::<Closed>().clone();
    match app.run() {
        AppExit::Success if closed.0.load(Ordering::Relaxed) => Ok(Ending::Closed),
        AppExit::Success => Ok(Ending::Lost),
        AppExit::Error(code) if code.get() == INTERRUPTED => Ok(Ending::Interrupted),
        AppExit::Error(code) => match last_words.0.lock().ok().and_then(|mut words| words.take()) {
            Some(words) => anyhow::bail!("the graphics device failed: {words}"),
            None => anyhow::bail!("the window ended with code {code}"),
        },
    }
}

/// The experiment with the charts that were open on that desk, where it opens none.
fn furnished(experiment: Experiment, desk: &Desk) -> Experiment {
    // A desk that was written by hand may name one twice.
    experiment.with(|file| desk.furnish(&mut file.view)).unwrap_or(experiment)
}

/// Why the window had to end.
#[derive(Resource, Clone, Default)]
struct LastWords(Arc<Mutex<Option<String>>>);

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

pub(super) fn closing(app: &mut App) {
    app.init_resource::<Closed>().add_systems(Last, mind_closing);
}

fn mind_closing(
    mut asked: MessageReader<WindowCloseRequested>,
    mut destroyed: MessageReader<WindowDestroyed>,
    closed: Res<Closed>,
    window: Option<Single<Entity, With<PrimaryWindow>>>,
    mut own: Local<Option<Entity>>,
    mut exits: MessageWriter<AppExit>,
) {
    // One that was destroyed may be none any more.
    *own = window.map(|window| *window).or(*own);
    let is_destroyed = destroyed.read().filter(|word| Some(word.window) == *own).count() > 0;
    if is_destroyed {
        exits.write(AppExit::Success);
    }
    if is_destroyed || asked.read().filter(|word| Some(word.window) == *own).count() > 0 {
        closed.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_another_window_is_not_closing_this_one() {
        let mut app = App::new();
        app.add_message::<WindowCloseRequested>().add_message::<WindowDestroyed>().add_plugins(closing);
        let own = app.world_mut().spawn((Window::default(), PrimaryWindow)).id();
        let other = app.world_mut().spawn(Window::default()).id();
        let ends = |app: &mut App, window: Entity, is_destroyed: bool| {
            match is_destroyed {
                true => _ = app.world_mut().write_message(WindowDestroyed { window }),
                false => _ = app.world_mut().write_message(WindowCloseRequested { window }),
            }
            app.update();
            (app.should_exit().is_some(), app.world().resource::<Closed>().0.load(Ordering::Relaxed))
        };
        assert_eq!(ends(&mut app, other, false), (false, false));
        assert_eq!(ends(&mut app, other, true), (false, false));
        assert_eq!(ends(&mut app, own, false), (false, true));
        // It may be none any more when that is heard.
        app.world_mut().despawn(own);
        assert_eq!(ends(&mut app, own, true), (true, true));
    }
}
