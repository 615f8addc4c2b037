//! Numbers beside the picture: what the surface shows under the marker, and how far away the truth is.

use std::marker::PhantomData;

use bevy::prelude::*;

use super::Step;
use super::landscape::{Known, Landscape};
use super::pointer::value_at;
use super::side::{First, Side};
use super::slice::Shown;
use super::trail::TrailPlace;
use super::training::Training;
use crate::core::num::vector::{norm, sub};
use crate::core::session::Revision;

/// Numbers about the point where training is.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct Readout<S: Side = First> {
    /// What the surface shows, at that point.
    pub value: Option<f64>,
    /// The same at the point of the displayed plane nearest to it: evaluated there, not interpolated.
    pub surface_loss: Option<f64>,
    /// Its distance from the displayed plane, in the unit of theta.
    pub plane_distance: Option<f64>,
    /// Length of the look-ahead run's path through parameter space, in the same unit.
    pub path_length: Option<f64>,
    side: PhantomData<S>,
}

/// Share of the path's length from which a distance to the plane is told beside the marker.
const FAR: f64 = 0.05;

impl<S: Side> Readout<S> {
    /// The distance to the plane and its share of the path's length, where it is large.
    pub fn off_plane(&self) -> Option<(f64, f64)> {
        let (distance, length) = (self.plane_distance?, self.path_length?);
        (distance > FAR * length).then_some((distance, distance / length))
    }
}

pub(super) fn plugin<S: Side>(app: &mut App) {
    app.init_resource::<Readout<S>>().add_systems(Update, read_out::<S>.in_set(Step::Readout.of::<S>()));
}

fn read_out<S: Side>(
    training: Res<Training<S>>,
    landscape: Res<Landscape<S>>,
    shown: Res<Shown<S>>,
    mut readout: ResMut<Readout<S>>,
    mut length: Local<Option<(Revision, f64)>>,
) {
    if !(training.is_changed() || landscape.is_changed() || shown.is_changed()) {
        return;
    }
    let read = |known: &Known| -> Option<Readout<S>> {
        let latest = training.leader()?.latest()?;
        let subspace = &known.plan.plane.subspace;
        let (measured, value) = training.leader()?.measured(&known.plan)?;
        let place = TrailPlace::new(subspace, latest, value);
        let foot = subspace.plane_at(shown.alpha3).project(&latest.theta).alpha;
        let mut alpha = foot;
        alpha.push(shown.alpha3);
        let path_length = match *length {
            Some((revision, length)) if revision == known.revision => length,
            _ => path_length(known),
        };
        *length = Some((known.revision, path_length));
        Some(Readout {
            side: PhantomData,
            surface_loss: value_at(known, &alpha),
            value: (measured.step == latest.step).then_some(value),
            plane_distance: Some(place.distance(subspace, shown.alpha3)),
            path_length: Some(path_length),
        })
    };
    readout.set_if_neq(landscape.current().and_then(read).unwrap_or_default());
}

fn path_length(known: &Known) -> f64 {
    known.plan.sound.finite_thetas().windows(2).map(|pair| norm(&sub(pair[1], pair[0]))).sum()
}
