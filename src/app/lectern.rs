//! The presenter's window: an ordinary second one, which may be dragged to another screen. It is there while a tour is
//! on and the presenter wants it; closing it closes nothing else.

use bevy::camera::RenderTarget;
use bevy::camera::visibility::RenderLayers;
use bevy::prelude::*;
use bevy::window::{PresentMode, WindowDestroyed, WindowRef, WindowResolution};
use bevy_egui::EguiSchedule;

use crate::scene::tour::Touring;
use crate::ui::Desk;
use crate::ui::lectern::{Lectern, LecternPass};

/// Points of a window that nobody has made larger or smaller yet.
const FIRST_SIZE: [u32; 2] = [900, 600];

/// Opens and closes it. It is gone before anything is drawn to a window that is none any more.
pub(super) fn plugin(app: &mut App) {
    app.add_systems(First, mind_lectern);
}

fn mind_lectern(
    mut commands: Commands,
    mut desk: ResMut<Desk>,
    touring: Res<Touring>,
    lectern: Option<Single<(Entity, &Lectern)>>,
    windows: Query<(), With<Window>>,
    mut destroyed: MessageReader<WindowDestroyed>,
) {
    let gone: Vec<Entity> = destroyed.read().map(|word| word.window).collect();
    let is_wanted = desk.is_lectern_open && touring.player().is_some();
    match lectern.map(|lectern| (lectern.0, lectern.1.window)) {
        None if is_wanted => open(&mut commands),
        Some((camera, window)) => {
            // Somebody closed it, or the display took it away.
            let is_closed = gone.contains(&window) || !windows.contains(window);
            if is_closed {
                desk.is_lectern_open = false;
            }
            if is_closed || !is_wanted {
                [camera, window].into_iter().for_each(|entity| commands.entity(entity).try_despawn());
            }
        }
        None => {}
    }
}

fn open(commands: &mut Commands) {
    let [width, height] = FIRST_SIZE;
    let window = Window {
        title: "Losscape: presenter".to_owned(),
        resolution: WindowResolution::new(width, height),
        // It must not hold up the window that the audience sees: its page seldom changes.
        present_mode: PresentMode::AutoNoVsync,
        ..default()
    };
    let window = commands.spawn(window).id();
    commands.spawn((
        Lectern { window },
        Camera2d,
        Msaa::Off,
        RenderTarget::Window(WindowRef::Entity(window)),
        // There is nothing of the scene in it.
        RenderLayers::none(),
        EguiSchedule::new(LecternPass),
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::script::{Audience, builtin};

    #[test]
    fn the_window_is_there_while_a_tour_is_on_and_it_is_wanted() {
        let mut app = App::new();
        app.add_message::<WindowDestroyed>();
        app.init_resource::<Desk>().init_resource::<Touring>().add_systems(First, mind_lectern);
        let audience = app.world_mut().spawn(Window::default()).id();
        let windows = |app: &mut App| {
            app.update();
            app.update();
            let world = app.world_mut();
            let cameras = world.query::<&Lectern>().iter(world).count();
            let windows: Vec<Entity> = world.query_filtered::<Entity, With<Window>>().iter(world).collect();
            assert!(windows.contains(&audience));
            assert_eq!(cameras + 1, windows.len(), "a camera each");
            windows.into_iter().find(|window| *window != audience)
        };
        app.world_mut().resource_mut::<Desk>().is_lectern_open = true;
        assert_eq!(windows(&mut app), None, "there is nothing to tell");
        let tour = builtin::load("descent").unwrap().unwrap();
        crate::scene::tour::begin(&mut app, tour, Audience::Live, true);
        let lectern = windows(&mut app).expect("a tour is on");
        app.world_mut().entity_mut(lectern).despawn();
        assert_eq!(windows(&mut app), None, "it was closed, and stays so");
        assert!(!app.world().resource::<Desk>().is_lectern_open);
        app.world_mut().resource_mut::<Desk>().is_lectern_open = true;
        let lectern = windows(&mut app).expect("once more");
        app.world_mut().write_message(WindowDestroyed { window: lectern });
        assert_eq!(windows(&mut app), None, "the display took it away");
        app.world_mut().resource_mut::<Desk>().is_lectern_open = true;
        assert!(windows(&mut app).is_some(), "once more");
        app.insert_resource(Touring::default());
        assert_eq!(windows(&mut app), None, "the tour was left");
        assert!(app.world().resource::<Desk>().is_lectern_open, "another one has it again");
    }
}
