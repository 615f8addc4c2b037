//! Flags where training starts and where it ends, at their true losses.

use bevy::camera::visibility::NoFrustumCulling;
use bevy::prelude::*;

use super::frame::Placement;
use super::landscape::{Known, Landscape};
use super::solid::Solid;
use super::trail::to_vec3;
use super::{Stage, theme};

/// A flag, by what it marks.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// The start of training.
    Start,
    /// The end of training as the look-ahead run found it.
    End,
}

impl Flag {
    /// Both flags.
    pub const ALL: [Self; 2] = [Self::Start, Self::End];

    /// The word beside it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Start => "Start",
            Self::End => "End",
        }
    }

    /// Where it stands, at the true loss there; `None` where that is out of the picture.
    pub fn place(self, known: &Known, placement: &Placement) -> Option<[f64; 3]> {
        let trajectory = &known.plan.trajectory;
        let point = match self {
            Self::Start => trajectory.first(),
            Self::End => trajectory.last(),
        }?;
        let alpha = known.plan.plane.subspace.project(&point.theta).alpha;
        placement.0?.point(&alpha, point.loss)
    }

    /// Its colour.
    pub fn color(self) -> Color {
        match self {
            Self::Start => theme::START,
            Self::End => theme::END,
        }
    }
}

/// World height of a pole.
pub const POLE: f32 = 0.16;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(Startup, spawn_flags).add_systems(Update, plant_flags.in_set(Stage::Draw));
}

fn spawn_flags(mut commands: Commands, mut meshes: ResMut<Assets<Mesh>>, mut solids: ResMut<Assets<Solid>>) {
    let pole = meshes.add(Cylinder::new(0.004, POLE).mesh().resolution(8));
    let cloth = meshes.add(Cuboid::new(0.07, 0.042, 0.004));
    for flag in Flag::ALL {
        let material = solids.add(Solid::body(flag.color(), 0.4));
        let part = |mesh: &Handle<Mesh>, x: f32, y: f32| {
            (
                Mesh3d(mesh.clone()),
                MeshMaterial3d(material.clone()),
                Transform::from_xyz(x, y, 0.0),
                NoFrustumCulling,
            )
        };
        commands.spawn((
            flag,
            Transform::default(),
            Visibility::Hidden,
            children![part(&pole, 0.0, 0.5 * POLE), part(&cloth, 0.037, POLE - 0.021)],
        ));
    }
}

fn plant_flags(
    landscape: Res<Landscape>,
    placement: Res<Placement>,
    mut flags: Query<(&Flag, &mut Transform, &mut Visibility)>,
) {
    if !(landscape.is_changed() || placement.is_changed()) {
        return;
    }
    for (flag, mut transform, mut visibility) in &mut flags {
        let place = landscape.current().and_then(|known| flag.place(known, &placement));
        visibility.set_if_neq(if place.is_some() { Visibility::Inherited } else { Visibility::Hidden });
        if let Some(place) = place {
            transform.translation = to_vec3(place);
        }
    }
}
