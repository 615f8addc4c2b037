//! The scene in Bevy: training as a scheduled system, and everything that is drawn in 3D.
//!
//! One file is one thing drawn or one task, with one `plugin` function that says in which [`Step`] of a frame its
//! systems run. The order of the steps is declared here and nowhere else; a test refuses two systems that meet over
//! anything without an order.

pub mod ahead;
pub mod arrows;
pub mod beside;
pub mod camera;
pub mod commands;
pub mod cube;
pub mod executor;
pub mod flags;
pub mod floor;
pub mod follow;
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
pub mod side;
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

use self::session::SessionState;
use self::side::{First, Second, Side};

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
    Commands,
    Beside,
    Landscape,
    Place,
    Training,
    Abreast,
    Slice,
    Lowest,
    Trails,
    Theme,
    Charts,
    Ahead,
    Foreseen,
    Stands,
    Readout,
    Textures,
    Surface,
    Rehearsal,
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

/// The part of a step that is of one side.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct StepOf(Step, usize);

impl Step {
    /// Its part that is of a side.
    fn of<S: Side>(self) -> StepOf {
        StepOf(self, S::NUMBER)
    }

    /// The steps that each side takes.
    const OF_SIDES: [Self; 20] = [
        Self::Landscape,
        Self::Training,
        Self::Slice,
        Self::Lowest,
        Self::Trails,
        Self::Stands,
        Self::Readout,
        Self::Textures,
        Self::Surface,
        Self::Sections,
        Self::Isosurface,
        Self::Cube,
        Self::Levels,
        Self::Tubes,
        Self::Markers,
        Self::Arrows,
        Self::Flags,
        Self::Pins,
        Self::Crosses,
        Self::Floor,
    ];
}

/// In each step the first side comes before the second, which is there only while two are shown.
fn order_sides(app: &mut App) {
    for step in Step::OF_SIDES {
        let second = step.of::<Second>().run_if(resource_exists::<SessionState<Second>>);
        app.configure_sets(Update, (step.of::<First>().into_configs(), second).chain().in_set(step));
    }
    let (first, second) = (Step::Training.of::<First>(), Step::Training.of::<Second>());
    let abreast = Step::Abreast.run_if(resource_exists::<SessionState<Second>>);
    app.configure_sets(Update, (first.into_configs(), abreast, second.into_configs()).chain());
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
    .configure_sets(Update, (Commands, Beside).chain().in_set(Stage::Apply))
    .configure_sets(
        Update,
        (Landscape, Place, Training, Slice, Lowest, Trails, Theme, Charts, Ahead, Foreseen)
            .chain()
            .in_set(Stage::Derive),
    )
    .configure_sets(
        Update,
        (
            (
                Stands, Readout, Textures, Surface, Rehearsal, Sections, Isosurface, Cube, Levels, Tubes,
                Markers,
            )
                .chain(),
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
    order_sides(app);
    app.init_resource::<Pacing>()
        .add_plugins((
            executor::plugin,
            session::plugin,
            commands::plugin,
            tour::plugin,
            ahead::plugin,
            recording::plugin,
            frame::plugin,
        ))
        .add_plugins((computing_side::<First>, computing_side::<Second>, beside::plugin));
}

fn computing_side<S: Side>(app: &mut App) {
    app.add_plugins((
        landscape::plugin::<S>,
        training::plugin::<S>,
        slice::plugin::<S>,
        frame::side::<S>,
        readout::plugin::<S>,
        lowest::computing::<S>,
    ));
}

fn drawing(app: &mut App) {
    app.add_plugins((theme::plugin, solid::plugin, surface::shared, section::shared))
        .add_plugins((drawing_side::<First>, drawing_side::<Second>))
        .add_plugins((pointer::plugin, taken::plugin, reveal::plugin, motion::plugin));
    app.init_resource::<rig::Rig>().add_systems(Update, steering::steer.in_set(Step::Steer)).add_systems(
        Update,
        (framing::frame_all, framing::visit, ride::lead, camera::glide, camera::fit_view)
            .chain()
            .in_set(Step::Camera),
    );
}

fn drawing_side<S: Side>(app: &mut App) {
    app.add_plugins((
        texture::plugin::<S>,
        surface::plugin::<S>,
        section::plugin::<S>,
        isosurface::plugin::<S>,
    ))
    .add_plugins((cube::plugin::<S>, floor::plugin::<S>, trail::plugin::<S>, marker::plugin::<S>))
    .add_plugins((arrows::plugin::<S>, flags::plugin::<S>, levels::plugin::<S>, lowest::plugin::<S>))
    .add_plugins(pointer::side::<S>);
}
