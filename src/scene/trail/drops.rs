//! The drop lines: from points of training to the surface.

use bevy::gizmos::GizmoAsset;
use bevy::gizmos::config::GizmoLineConfig;
use bevy::gizmos::retained::Gizmo;
use bevy::prelude::*;

use super::{Trails, distance};
use crate::scene::frame::{Placement, Stand, Stands, to_vec3};
use crate::scene::landscape::Landscape;
use crate::scene::relief::Relief;
use crate::scene::side::{On, Side};
use crate::scene::slice::Shown;
use crate::scene::theme::Palette;

#[derive(Component)]
pub(super) struct DropLines;

/// Drop lines of a trail at most, and the least world distance between two of them.
const MOST_DROPS: usize = 32;
const DROP_SPACING: f64 = 0.03;
/// A little behind -1, which is before everything.
const DEPTH_BIAS: f32 = -0.999;
/// World length below which a drop line shows nothing.
const SHORTEST_DROP: f64 = 0.004;

pub(super) fn spawn_drop_lines<S: Side>(
    mut commands: Commands,
    stands: Res<Stands<S>>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
) {
    commands.spawn((
        DropLines,
        stands.on(Stand::Surface),
        Gizmo {
            handle: gizmos.add(GizmoAsset::new()),
            line_config: GizmoLineConfig { width: 1.5, ..default() },
            // Seen through the surface too: a point of training may lie below it. A marker's own, wider line in
            // the same place lies above it, whichever of the two is drawn first.
            depth_bias: DEPTH_BIAS,
        },
    ));
}

pub(super) fn draw_drop_lines<S: Side>(
    trails: Res<Trails<S>>,
    shown: Res<Shown<S>>,
    landscape: Res<Landscape<S>>,
    placement: Res<Placement<S>>,
    palette: Res<Palette>,
    lines: Single<&Gizmo, (With<DropLines>, With<On<S>>)>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
) {
    let is_changed = shown.is_changed() || landscape.is_changed() || palette.is_changed();
    if !(is_changed || trails.is_changed() || placement.is_changed()) {
        return;
    }
    let Some(mut drops) = gizmos.get_mut(&lines.handle) else { return };
    drops.clear();
    let (Some(known), Some(placed)) = (landscape.current(), placement.get(Stand::Surface)) else { return };
    let relief = Relief::new(known, &shown, placed);
    for trail in &trails.0 {
        let path = trail.path(&placed);
        let length: f64 = path.windows(2).map(|pair| distance(pair[0].1, pair[1].1)).sum();
        let spacing = DROP_SPACING.max(length / MOST_DROPS as f64);
        let mut walked = spacing;
        for (i, (place, at)) in path.iter().enumerate() {
            walked += if i == 0 { 0.0 } else { distance(path[i - 1].1, *at) };
            if walked < spacing {
                continue;
            }
            walked = 0.0;
            let Some(foot) = relief.point([place.alpha[0], place.alpha[1]]) else { continue };
            if distance(foot, *at) >= SHORTEST_DROP {
                drops.line(to_vec3(*at), to_vec3(foot), palette.drop);
            }
        }
    }
}
