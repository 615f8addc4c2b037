//! The screen that a window opens on: it is never larger than that.
//!
//! How large a screen is, and how many of its pixels are a point, is known only once the window is there.
//! So it opens unseen, is fitted before its first frame, and once more when it turns out to stand on
//! another screen than the main one. What a person makes of it afterwards is theirs, and kept for the next day.

use bevy::prelude::*;
use bevy::window::{Monitor, OnMonitor, PrimaryMonitor, PrimaryWindow, WindowMode, WindowResized};

use crate::ui::{Desk, KeepSystems};

/// Points of a window that nobody has made larger or smaller yet.
pub const FIRST_SIZE: [u32; 2] = [1280, 720];

/// How much of the screen a window takes at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Share {
    /// Most of it: a frame, bars and what else is open stay in sight.
    Most,
    /// All of it: somebody left the window that large.
    All,
    /// All of it, whatever its size: where nobody manages windows none fills its screen otherwise.
    Whole,
}

/// A size in points made to fit a screen of so many pixels, `scale` of which are a point along each side.
pub fn fitting(size: [f32; 2], screen: [u32; 2], scale: f64, share: Share) -> [f32; 2] {
    let part = if share == Share::Most { 0.9 } else { 1.0 };
    let room = screen.map(|side| ((f64::from(side) / scale.max(f64::MIN_POSITIVE) * part).floor()) as f32);
    if share == Share::Whole { room } else { [size[0].min(room[0]), size[1].min(room[1])] }
}

/// Fits the window to its screen, lets it fill that, and keeps its size.
pub(super) fn plugin(share: Share) -> impl Fn(&mut App) {
    move |app| {
        app.add_systems(First, fit(share))
            .add_systems(Last, (fill_screen, keep_size).chain().before(KeepSystems));
    }
}

/// Fits the window to its screen before it is seen.
fn fit(
    share: Share,
) -> impl FnMut(
    Single<(&mut Window, Option<&OnMonitor>), With<PrimaryWindow>>,
    Query<&Monitor>,
    Query<&Monitor, With<PrimaryMonitor>>,
    Local<Option<bool>>,
) {
    move |window, monitors, main, mut knows_its_own| {
        if *knows_its_own == Some(true) {
            return;
        }
        let (mut window, own) = window.into_inner();
        let own = own.and_then(|own| monitors.get(own.0).ok());
        if knows_its_own.is_some() && own.is_none() {
            return;
        }
        *knows_its_own = Some(own.is_some());
        window.visible = true;
        if window.mode != WindowMode::Windowed {
            return;
        }
        if let Some(screen) = own.or(main.iter().next()).or(monitors.iter().next()) {
            let size = [window.resolution.width(), window.resolution.height()];
            let pixels = [screen.physical_width, screen.physical_height];
            let [width, height] = fitting(size, pixels, screen.scale_factor, share);
            window.resolution.set(width, height);
        }
    }
}

/// A window opens as one and fills its screen from there: before there is a window nobody knows which
/// screen that is.
fn fill_screen(
    desk: Res<Desk>,
    window: Option<Single<(&mut Window, Option<&OnMonitor>), With<PrimaryWindow>>>,
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
        let size = desk.window.unwrap_or(FIRST_SIZE).map(|side| side as f32);
        let pixels = [screen.physical_width, screen.physical_height];
        let [width, height] = fitting(size, pixels, screen.scale_factor, share);
        window.resolution.set(width, height);
    }
}

/// A window opens as large as it was left.
fn keep_size(
    mut resized: MessageReader<WindowResized>,
    window: Option<Single<(Entity, &Window), With<PrimaryWindow>>>,
    mut desk: ResMut<Desk>,
) {
    let Some((own, window)) = window.map(Single::into_inner) else { return };
    if resized.read().filter(|word| word.window == own).count() == 0 || desk.is_fullscreen {
        return;
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_never_larger_than_its_screen() {
        let first = FIRST_SIZE.map(|side| side as f32);
        for (size, screen, scale, share, expected) in [
            (first, [1024, 600], 1.0, Share::Most, [921.0, 540.0]),
            (first, [1920, 1080], 1.0, Share::Most, first),
            (first, [1920, 1080], 2.0, Share::Most, [864.0, 486.0]),
            (first, [3840, 2160], 2.0, Share::Most, first),
            // As it was left on a larger screen, and on this one.
            ([2560.0, 1400.0], [1366, 768], 1.0, Share::All, [1366.0, 768.0]),
            ([1366.0, 741.0], [1366, 768], 1.0, Share::All, [1366.0, 741.0]),
            (first, [3840, 2160], 2.0, Share::Whole, [1920.0, 1080.0]),
            ([1900.0, 1000.0], [1920, 1080], 1.25, Share::All, [1536.0, 864.0]),
        ] {
            assert_eq!(fitting(size, screen, scale, share), expected, "{size:?} on {screen:?} at {scale}");
        }
    }

    #[test]
    fn it_is_fitted_unseen_and_again_on_the_screen_that_it_stands_on() {
        let mut app = App::new();
        app.add_systems(Update, fit(Share::All));
        let screen = |side: u32| Monitor {
            name: None,
            physical_height: side,
            physical_width: side,
            physical_position: IVec2::ZERO,
            refresh_rate_millihertz: None,
            scale_factor: 1.0,
            video_modes: vec![],
        };
        let small = app.world_mut().spawn(screen(600)).id();
        app.world_mut().spawn((screen(800), PrimaryMonitor));
        let unseen = Window { resolution: (1000, 900).into(), visible: false, ..default() };
        let window = app.world_mut().spawn((unseen, PrimaryWindow)).id();
        let size = |app: &mut App| {
            app.update();
            let window = app.world().get::<Window>(window).unwrap();
            (window.visible, window.physical_size())
        };
        assert_eq!(size(&mut app), (true, UVec2::splat(800)));
        app.world_mut().entity_mut(window).insert(OnMonitor(small));
        assert_eq!(size(&mut app), (true, UVec2::splat(600)));
        let by_hand =
            |app: &mut App| app.world_mut().get_mut::<Window>(window).unwrap().resolution.set(700.0, 700.0);
        by_hand(&mut app);
        assert_eq!(size(&mut app), (true, UVec2::splat(700)), "it is the person's now");
    }

    #[test]
    fn the_window_fills_the_screen_and_comes_back_and_keeps_its_size_for_the_next_day() {
        let mut app = App::new();
        app.add_message::<WindowResized>().init_resource::<Desk>();
        app.add_systems(Update, (fill_screen, keep_size).chain());
        let first = Window { resolution: (640, 480).into(), ..default() };
        let window = app.world_mut().spawn((first, PrimaryWindow)).id();
        let other = app.world_mut().spawn(Window { resolution: (90, 60).into(), ..default() }).id();
        app.world_mut().write_message(WindowResized { window: other, width: 90.0, height: 60.0 });
        app.update();
        assert_eq!(app.world().resource::<Desk>().window, None, "the size of another window is its own");
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
