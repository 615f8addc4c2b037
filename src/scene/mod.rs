//! The scene in Bevy: training as a scheduled system, and everything that is drawn in 3D.
//!
//! One file is one thing drawn or one task, with one `plugin` function. The order within a frame is
//! declared here and nowhere else:
//!
//! 1. [`Stage::Input`] reads keys and pointer, and sends commands;
//! 2. [`Stage::Apply`] applies commands to the session, the only thing that writes it;
//! 3. [`Stage::Derive`] asks workers what follows from the session, and takes in their answers;
//! 4. [`Stage::Draw`] brings meshes, textures and camera up to date.

pub mod arrows;
pub mod camera;
pub mod commands;
pub mod cube;
pub mod flags;
pub mod floor;
pub mod frame;
pub mod framing;
pub mod isosurface;
pub mod landscape;
pub mod levels;
pub mod lowest;
pub mod marker;
pub mod memory;
pub mod motion;
pub mod pointer;
pub mod prober;
pub mod readout;
pub mod recording;
pub mod relief;
pub mod reveal;
pub mod ride;
pub mod rig;
pub mod section;
pub mod session;
pub mod slice;
pub mod solid;
pub mod steering;
pub mod surface;
pub mod taken;
pub mod texture;
pub mod theme;
pub mod tour;
pub mod trail;
pub mod training;
pub mod worker;

use bevy::prelude::*;

/// The stages of a frame, in this order.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Keys and pointer become commands.
    Input,
    /// Commands change the session.
    Apply,
    /// What follows from the session is brought up to date.
    Derive,
    /// What is drawn is brought up to date.
    Draw,
}

/// The systems of [`Stage::Input`] with which the hand moves the camera.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SteeringSystems;

/// The systems of [`Stage::Draw`] that bring the camera up to date.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CameraSystems;

/// Whether frames wait for the work they ask for.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pacing {
    /// A window shows what is there and never waits.
    #[default]
    Live,
    /// A still waits, so that it is complete whatever the machine, and shows where things come to rest.
    Awaited,
    /// A film waits as well, and things move in it as in a window, in its own time.
    Filmed,
}

impl Pacing {
    /// Whether frames wait for work.
    pub fn waits(self) -> bool {
        self != Self::Live
    }

    /// Whether things are where they come to rest at once.
    pub fn rests(self) -> bool {
        self == Self::Awaited
    }
}

/// What computes and what draws it, without panels and labels.
pub fn plugin(app: &mut App) {
    app.add_plugins((computing, drawing));
}

/// Session, training and slices, without anything drawn: this much runs without a renderer.
pub fn computing(app: &mut App) {
    app.init_resource::<Pacing>()
        .configure_sets(Update, (Stage::Input, Stage::Apply, Stage::Derive, Stage::Draw).chain())
        .add_systems(Update, commands::apply_commands.in_set(Stage::Apply))
        .add_plugins((
            session::plugin,
            tour::plugin,
            recording::plugin,
            landscape::plugin,
            training::plugin,
            slice::plugin,
            frame::plugin,
            readout::plugin,
            lowest::computing,
        ));
}

fn drawing(app: &mut App) {
    app.add_plugins((theme::plugin, texture::plugin, solid::plugin, surface::plugin)).add_plugins((
        section::plugin,
        isosurface::plugin,
        cube::plugin,
        floor::plugin,
        trail::plugin,
        marker::plugin,
        arrows::plugin,
        flags::plugin,
        levels::plugin,
        lowest::plugin,
        pointer::plugin,
        taken::plugin,
        reveal::plugin,
        motion::plugin,
    ));
    app.init_resource::<rig::Rig>()
        .add_systems(Update, steering::steer.in_set(Stage::Input).in_set(SteeringSystems))
        .add_systems(
            Update,
            (framing::frame_all, framing::visit, ride::lead, camera::glide, camera::fit_view)
                .chain()
                .in_set(Stage::Draw)
                .in_set(CameraSystems),
        );
}
