//! Arrows at the marker: the way of the last step, and the way down in the plane.
//!
//! The way down is that of the true gradient at the point of training, as far as it lies in the plane:
//! the shorter the arrow, the more of the gradient points out of the plane, where the surface cannot
//! show it.

use bevy::camera::visibility::NoFrustumCulling;
use bevy::prelude::*;

use super::Step;
use super::frame::{Placed, Placement, Stand, Stands, to_vec3};
use super::landscape::{Known, Landscape};
use super::marker;
use super::side::{On, Side};
use super::solid::{Dyed, Solid};
use super::trail::TrailPlace;
use super::training::{Live, Training};
use crate::core::num::vector::{add_scaled, dot, norm};

/// An arrow, by what it tells.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrow {
    /// The way of the last step.
    Velocity,
    /// The way down in the plane.
    Descent,
}

impl Arrow {
    /// Both arrows.
    pub const ALL: [Self; 2] = [Self::Velocity, Self::Descent];

    /// The word beside it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Velocity => "last step",
            Self::Descent => "way down in the plane",
        }
    }

    /// Where on the surface's stand it begins and ends; `None` where it has no way to point.
    pub fn span(self, run: &Live, known: &Known, placed: &Placed) -> Option<[[f64; 3]; 2]> {
        let (here, at) = marker::place(run, known, placed)?;
        let (toward, share) = match self {
            Self::Velocity => {
                let before = run.before()?;
                let value = run.value(&known.plan, before)?;
                let before = TrailPlace::new(&known.plan.plane.subspace, before, value);
                let from = placed.point(&before.alpha, before.value)?;
                (std::array::from_fn(|i| 2.0 * at[i] - from[i]), 1.0)
            }
            Self::Descent => descent(&here, run, known, placed)?,
        };
        let way: [f64; 3] = std::array::from_fn(|i| toward[i] - at[i]);
        let length = norm(&way);
        if length < 1e-9 || share < 0.02 {
            return None;
        }
        let end = std::array::from_fn(|i| at[i] + way[i] / length * (CLEARANCE + LENGTH * share));
        Some([std::array::from_fn(|i| at[i] + way[i] / length * CLEARANCE), end])
    }
}

/// World length of a whole arrow, and of the gap to the marker.
const LENGTH: f64 = 0.2;
const CLEARANCE: f64 = 0.03;

/// A point a little down the plane's slope, and the share of the gradient that lies in the plane.
fn descent(here: &TrailPlace, run: &Live, known: &Known, placed: &Placed) -> Option<([f64; 3], f64)> {
    // Of any other quantity the gradient is not known.
    let gradient = run.gradient().filter(|_| known.plan.quantity.is_loss())?;
    let theta = &run.latest()?.theta;
    let subspace = &known.plan.plane.subspace;
    let plane = subspace.plane_at(here.alpha[2]);
    let whole = norm(gradient);
    if whole == 0.0 {
        return None;
    }
    // A step of a thousandth of the axis, so that the slope is that of the point.
    let step = 1e-3 * norm(&subspace.directions()[0]) / whole;
    let mut moved = theta.to_vec();
    add_scaled(&mut moved, -step, gradient);
    let alpha = plane.project(&moved).alpha;
    let in_plane: f64 = plane.basis().iter().map(|unit| dot(unit, gradient).powi(2)).sum::<f64>();
    let loss = here.value - step * in_plane;
    let toward = placed.point(&[alpha[0], alpha[1], here.alpha[2]], loss)?;
    Some((toward, in_plane.sqrt() / whole))
}

/// World length of an arrow's mesh: it is scaled along itself.
const HEAD: f32 = 0.045;

#[derive(Component)]
struct Shaft;

#[derive(Component)]
struct ArrowHead;

pub(super) fn plugin<S: Side>(app: &mut App) {
    app.add_systems(Startup, spawn_arrows::<S>)
        .add_systems(Update, point_arrows::<S>.in_set(Step::Arrows.of::<S>()));
}

fn spawn_arrows<S: Side>(
    mut commands: Commands,
    stands: Res<Stands<S>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut solids: ResMut<Assets<Solid>>,
) {
    let shaft = meshes.add(Cylinder::new(0.0052, 1.0).mesh().resolution(8));
    let head = meshes.add(Cone { radius: 0.015, height: HEAD }.mesh().resolution(12));
    for arrow in Arrow::ALL {
        let dyed = match arrow {
            Arrow::Velocity => Dyed(|palette| palette.velocity),
            Arrow::Descent => Dyed(|palette| palette.descent),
        };
        let material = solids.add(Solid::body(0.3));
        let part = |mesh: &Handle<Mesh>| {
            (Mesh3d(mesh.clone()), MeshMaterial3d(material.clone()), dyed, NoFrustumCulling)
        };
        commands.spawn((
            arrow,
            stands.on(Stand::Surface),
            Transform::default(),
            Visibility::Hidden,
            children![(Shaft, part(&shaft)), (ArrowHead, part(&head))],
        ));
    }
}

fn point_arrows<S: Side>(
    training: Res<Training<S>>,
    landscape: Res<Landscape<S>>,
    placement: Res<Placement<S>>,
    mut arrows: Query<
        (&Arrow, &Children, &mut Transform, &mut Visibility),
        (Without<Shaft>, Without<ArrowHead>, With<On<S>>),
    >,
    mut shafts: Query<&mut Transform, (With<Shaft>, Without<ArrowHead>)>,
    mut heads: Query<&mut Transform, (With<ArrowHead>, Without<Shaft>)>,
) {
    if !(training.is_changed() || landscape.is_changed() || placement.is_changed()) {
        return;
    }
    let known = landscape.current().zip(placement.get(Stand::Surface)).zip(training.leader());
    for (arrow, parts, mut transform, mut visibility) in &mut arrows {
        let span = known.and_then(|((known, placed), run)| arrow.span(run, known, &placed));
        visibility.set_if_neq(if span.is_some() { Visibility::Inherited } else { Visibility::Hidden });
        let Some([from, to]) = span.map(|span| span.map(to_vec3)) else { continue };
        let length = from.distance(to);
        let head = HEAD.min(0.5 * length);
        let rotation = Quat::from_rotation_arc(Vec3::Y, (to - from) / length);
        *transform = Transform::from_translation(from).with_rotation(rotation);
        for part in parts {
            if let Ok(mut shaft) = shafts.get_mut(*part) {
                *shaft = Transform::from_xyz(0.0, 0.5 * (length - head), 0.0).with_scale(Vec3::new(
                    1.0,
                    length - head,
                    1.0,
                ));
            }
            if let Ok(mut tip) = heads.get_mut(*part) {
                *tip =
                    Transform::from_xyz(0.0, length - 0.5 * head, 0.0).with_scale(Vec3::splat(head / HEAD));
            }
        }
    }
}

/// The world position of an arrow's tip.
pub fn tip<S: Side>(
    arrow: Arrow,
    training: &Training<S>,
    landscape: &Landscape<S>,
    placement: &Placement<S>,
) -> Option<[f64; 3]> {
    let placed = placement.get(Stand::Surface)?;
    let [_, tip] = arrow.span(training.leader()?, landscape.current()?, &placed)?;
    Some(placed.world(tip))
}
