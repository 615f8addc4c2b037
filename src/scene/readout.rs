//! Numbers beside the picture: what the surface shows under the marker, and how far away the truth is.

use bevy::prelude::*;

use super::Stage;
use super::landscape::{Landscape, LandscapeSystems};
use super::slice::Shown;
use super::training::Live;

/// Numbers about the point where training is.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct Readout {
    /// Loss at the point of the displayed plane nearest to it: evaluated there, not interpolated.
    pub surface_loss: Option<f64>,
    /// Its distance from the displayed plane, in the unit of theta.
    pub plane_distance: Option<f64>,
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Readout>().add_systems(Update, read_out.in_set(Stage::Draw).after(LandscapeSystems));
}

fn read_out(live: Res<Live>, landscape: Res<Landscape>, shown: Res<Shown>, mut readout: ResMut<Readout>) {
    if !(live.is_changed() || landscape.is_changed() || shown.is_changed()) {
        return;
    }
    let read = |known: &super::landscape::Known| -> Option<Readout> {
        let latest = live.latest()?;
        let plane = known.plan.plane.subspace.plane_at(shown.alpha3);
        let projection = plane.project(&latest.theta);
        Some(Readout {
            surface_loss: Some(known.plan.objective.loss(&plane.lift(&projection.alpha))),
            plane_distance: Some(projection.residual),
        })
    };
    readout.set_if_neq(landscape.current().and_then(read).unwrap_or_default());
}
