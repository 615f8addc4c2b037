//! Flags where training starts and where it ends, at their true losses, or what else the surface shows.

use bevy::camera::visibility::NoFrustumCulling;
use bevy::prelude::*;

use super::Step;
use super::frame::{Placed, Placement, Stand, Stands, to_vec3};
use super::landscape::{Known, Landscape};
use super::side::{On, Side};
use super::solid::{Dyed, Solid};
use super::trail::TrailPlace;

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

    /// Where on a stand it is planted, at its true value there; `None` where that is out of the picture.
    pub fn place(self, known: &Known, placed: &Placed) -> Option<[f64; 3]> {
        let trajectory = &known.plan.trajectory;
        let point = match self {
            Self::Start => trajectory.first(),
            Self::End => trajectory.last(),
        }?;
        let place = TrailPlace::new(&known.plan.plane.subspace, point, known.plan.value_at(point)?);
        placed.point(&place.alpha, place.value)
    }
}

/// World height of a pole.
pub const POLE: f32 = 0.16;

pub(super) fn plugin<S: Side>(app: &mut App) {
    app.add_systems(Startup, spawn_flags::<S>)
        .add_systems(Update, plant_flags::<S>.in_set(Step::Flags.of::<S>()));
}

fn spawn_flags<S: Side>(
    mut commands: Commands,
    stands: Res<Stands<S>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut solids: ResMut<Assets<Solid>>,
) {
    let pole = meshes.add(Cylinder::new(0.0042, POLE).mesh().resolution(8));
    let cloth = meshes.add(Cuboid::new(0.07, 0.042, 0.004));
    for flag in Flag::ALL {
        let material = solids.add(Solid::body(0.4));
        let dyed = match flag {
            Flag::Start => Dyed(|palette| palette.start),
            Flag::End => Dyed(|palette| palette.end),
        };
        let part = |mesh: &Handle<Mesh>, x: f32, y: f32| {
            let place = Transform::from_xyz(x, y, 0.0);
            (Mesh3d(mesh.clone()), MeshMaterial3d(material.clone()), dyed, place, NoFrustumCulling)
        };
        for stand in Stand::ALL {
            commands.spawn((
                flag,
                stand,
                stands.on(stand),
                Transform::default(),
                Visibility::Hidden,
                children![part(&pole, 0.0, 0.5 * POLE), part(&cloth, 0.037, POLE - 0.021)],
            ));
        }
    }
}

fn plant_flags<S: Side>(
    landscape: Res<Landscape<S>>,
    placement: Res<Placement<S>>,
    mut flags: Query<(&Flag, &Stand, &mut Transform, &mut Visibility), With<On<S>>>,
) {
    if !(landscape.is_changed() || placement.is_changed()) {
        return;
    }
    for (flag, stand, mut transform, mut visibility) in &mut flags {
        let known = landscape.current().zip(placement.get(*stand));
        let place = known.and_then(|(known, placed)| flag.place(known, &placed));
        visibility.set_if_neq(if place.is_some() { Visibility::Inherited } else { Visibility::Hidden });
        if let Some(place) = place {
            transform.translation = to_vec3(place);
        }
    }
}
