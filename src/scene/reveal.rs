//! A point that was chosen by a button or by numbers may lie behind a hill: the camera brings it into
//! view.

use bevy::prelude::*;

use super::Step;
use super::frame::Placement;
use super::landscape::Landscape;
use super::relief::Relief;
use super::rig::Rig;
use super::session::SessionState;
use super::slice::Shown;

/// World height above the surface at which a point must be seen: lines of sight along a slope graze it.
const CLEARANCE: f64 = 0.02;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(Update, reveal.in_set(Step::Reveal));
}

fn reveal(
    session: Res<SessionState>,
    landscape: Res<Landscape>,
    shown: Res<Shown>,
    placement: Res<Placement>,
    mut rig: ResMut<Rig>,
    mut was: Local<Option<Vec<f64>>>,
) {
    let chosen = &session.view().selected;
    if *was == *chosen {
        return;
    }
    was.clone_from(chosen);
    let (Some(alpha), Some(known), Some(placed)) = (chosen, landscape.known(), placement.first()) else {
        return;
    };
    let relief = Relief::new(known, &shown, placed);
    let Some([x, height, z]) = alpha.get(..2).and_then(|alpha| relief.point([alpha[0], alpha[1]])) else {
        return;
    };
    let at = placed.world([x, height + CLEARANCE, z]);
    rig.bypass_change_detection().reveal(at, |eye| relief.hides(eye, at));
}
