//! A pin at the lowest point of the displayed slice: lowest here, which says little about elsewhere.

use std::marker::PhantomData;

use bevy::camera::visibility::NoFrustumCulling;
use bevy::prelude::*;

use super::Step;
use super::frame::{Placed, Placement, Stand, Stands, to_vec3};
use super::landscape::{Known, Landscape};
use super::relief::Relief;
use super::side::{First, On, Side};
use super::slice::Shown;
use super::solid::{Dyed, Solid};
use crate::core::grid::{Field, GridSpec};

/// The low points of the plane at rest.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct Lowest<S: Side = First> {
    /// The lowest.
    pub point: Option<LowestPoint>,
    /// The lowest of those elsewhere from which the slice rises to all sides.
    pub another: Option<LowestPoint>,
    side: PhantomData<S>,
}

/// A lowest point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LowestPoint {
    /// Its place in the slice.
    pub alpha: [f64; 2],
    /// The loss there.
    pub loss: f64,
}

impl LowestPoint {
    fn of<S: Side>(known: &Known, shown: &Shown<S>) -> Option<Self> {
        let view = exact(known, shown)?.view();
        view.lowest().map(|(cell, loss)| Self::at(view.spec(), cell, loss))
    }

    fn at(spec: &GridSpec, cell: [usize; 3], loss: f64) -> Self {
        let alpha = spec.alpha(cell);
        Self { alpha: [alpha[0], alpha[1]], loss }
    }

    /// The lowest local minimum apart from the lowest point.
    fn another<S: Side>(known: &Known, shown: &Shown<S>) -> Option<Self> {
        let grid = exact(known, shown)?.grid();
        grid.second_minimum().map(|(cell, loss)| Self::at(&grid.spec, cell, loss))
    }

    /// Its place on a stand.
    pub fn place<S: Side>(&self, known: &Known, shown: &Shown<S>, placed: Placed) -> Option<[f64; 3]> {
        Relief::new(known, shown, placed).point(self.alpha)
    }
}

fn exact<'a, S: Side>(known: &'a Known, shown: &Shown<S>) -> Option<&'a Field> {
    known.plane.as_ref().filter(|_| shown.is_exact).map(|plane| &plane.picture.field)
}

/// The pin on a stand.
#[derive(Component)]
struct Pin;

pub(super) fn computing<S: Side>(app: &mut App) {
    app.init_resource::<Lowest<S>>().add_systems(Update, find_lowest::<S>.in_set(Step::Lowest.of::<S>()));
}

pub(super) fn plugin<S: Side>(app: &mut App) {
    app.add_systems(Startup, spawn_pins::<S>)
        .add_systems(Update, place_pins::<S>.in_set(Step::Pins.of::<S>()));
}

/// While the plane moves there is none: only what was evaluated can be called the lowest.
fn find_lowest<S: Side>(landscape: Res<Landscape<S>>, shown: Res<Shown<S>>, mut lowest: ResMut<Lowest<S>>) {
    if landscape.is_changed() || shown.is_changed() {
        let known = landscape.known();
        let point = known.and_then(|known| LowestPoint::of(known, &shown));
        let another = known.and_then(|known| LowestPoint::another(known, &shown));
        lowest.set_if_neq(Lowest { point, another, side: PhantomData });
    }
}

fn spawn_pins<S: Side>(
    mut commands: Commands,
    stands: Res<Stands<S>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut solids: ResMut<Assets<Solid>>,
) {
    let ring = meshes.add(Torus { minor_radius: 0.005, major_radius: 0.034 });
    let tip = meshes.add(Sphere::new(0.009));
    let body = solids.add(Solid::body(0.0));
    let ghost = solids.add(Solid::ghost());
    let dyed = Dyed(|palette| palette.lowest);
    for stand in Stand::ALL {
        let part = |mesh: &Handle<Mesh>, solid: &Handle<Solid>| {
            (Mesh3d(mesh.clone()), MeshMaterial3d(solid.clone()), dyed, NoFrustumCulling)
        };
        commands.spawn((
            Pin,
            stand,
            stands.on(stand),
            Transform::default(),
            Visibility::Hidden,
            children![part(&ring, &body), part(&ring, &ghost), part(&tip, &body)],
        ));
    }
}

fn place_pins<S: Side>(
    lowest: Res<Lowest<S>>,
    landscape: Res<Landscape<S>>,
    shown: Res<Shown<S>>,
    placement: Res<Placement<S>>,
    mut pins: Query<(&Stand, &mut Transform, &mut Visibility), (With<Pin>, With<On<S>>)>,
) {
    if !(lowest.is_changed() || placement.is_changed()) {
        return;
    }
    for (stand, mut transform, mut visibility) in &mut pins {
        let place =
            lowest.point.and_then(|lowest| lowest.place(landscape.known()?, &shown, placement.get(*stand)?));
        visibility.set_if_neq(if place.is_some() { Visibility::Inherited } else { Visibility::Hidden });
        if let Some(place) = place {
            // Just over the surface, so that the ring is whole.
            transform.translation = to_vec3(place) + Vec3::Y * 0.008;
        }
    }
}
