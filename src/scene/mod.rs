//! The scene in Bevy: training as a scheduled system, and everything that is drawn in 3D.
//!
//! One file is one thing drawn or one task, with one `plugin` function that says in which [`Step`] of a frame its
//! systems run. The order of the steps is declared here and nowhere else; a test refuses two systems that meet over
//! anything without an order.

pub mod arrows;
pub mod camera;
pub mod commands;
pub mod cube;
pub mod executor;
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
pub mod mishap;
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
mod worker;

use bevy::prelude::*;

/// The stages of a frame, in this order.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The overlay is heard: what it has taken, and its keys.
    Hear,
    /// Tours, keys and pointer become commands.
    Input,
    /// A recording sees the frame as it stands on screen.
    Watch,
    /// Commands change the session, and nothing else does.
    Apply,
    /// What follows from the session is asked of workers, and their answers are taken in.
    Derive,
    /// Meshes, textures and camera are brought up to date.
    Draw,
    /// The overlay follows what is drawn.
    Follow,
    /// Whether the next frame differs from this one.
    Rest,
}

/// The steps within the stages, in this order: whatever two of our systems share, one of them comes first.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Tour,
    Steer,
    Point,
    Landscape,
    Place,
    Training,
    Slice,
    Lowest,
    Trails,
    Theme,
    Charts,
    Stands,
    Readout,
    Textures,
    Surface,
    Sections,
    Isosurface,
    Cube,
    Levels,
    Tubes,
    Markers,
    Arrows,
    Flags,
    Pins,
    Crosses,
    Reveal,
    Camera,
    Floor,
    Dyes,
    Record,
    Motion,
}

fn order(app: &mut App) {
    use Step::*;
    app.configure_sets(
        Update,
        (
            Stage::Hear,
            Stage::Input,
            Stage::Watch,
            Stage::Apply,
            Stage::Derive,
            Stage::Draw,
            Stage::Follow,
            Stage::Rest,
        )
            .chain(),
    )
    .configure_sets(Update, (Tour, Steer, Point).chain().in_set(Stage::Input))
    .configure_sets(
        Update,
        (Landscape, Place, Training, Slice, Lowest, Trails, Theme, Charts).chain().in_set(Stage::Derive),
    )
    .configure_sets(
        Update,
        (
            (Stands, Readout, Textures, Surface, Sections, Isosurface, Cube, Levels, Tubes, Markers).chain(),
            (Arrows, Flags, Pins, Crosses, Reveal, Camera, Floor, Dyes).chain(),
        )
            .chain()
            .in_set(Stage::Draw),
    )
    .configure_sets(Update, (Record, Motion).chain().in_set(Stage::Rest));
}

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
    order(app);
    app.init_resource::<Pacing>().add_plugins((
        executor::plugin,
        session::plugin,
        commands::plugin,
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
    app.init_resource::<rig::Rig>().add_systems(Update, steering::steer.in_set(Step::Steer)).add_systems(
        Update,
        (framing::frame_all, framing::visit, ride::lead, camera::glide, camera::fit_view)
            .chain()
            .in_set(Step::Camera),
    );
}
