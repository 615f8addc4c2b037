//! The markers: where each run is, at its true loss or what else the surface shows, with a glow and a drop line.

use bevy::camera::visibility::NoFrustumCulling;
use bevy::gizmos::GizmoAsset;
use bevy::gizmos::config::GizmoLineConfig;
use bevy::gizmos::retained::Gizmo;
use bevy::prelude::*;

use super::Step;
use super::frame::{Placed, Placement, Stand, Stands, to_vec3};
use super::landscape::{Known, Landscape};
use super::relief::Relief;
use super::side::{On, Side};
use super::slice::Shown;
use super::solid::Solid;
use super::theme::Palette;
use super::trail::TrailPlace;
use super::training::{Live, Training};
use crate::core::session::RunId;

/// The marker of a run on a stand; its translation is the run's place there.
#[derive(Component, Clone, Copy, Debug, PartialEq)]
pub struct Marker {
    /// Whose it is.
    pub run: RunId,
    /// Where it is shown.
    pub stand: Stand,
    /// The run's number: its colour.
    number: usize,
    is_dark: bool,
}

#[derive(Component)]
struct MarkerDrops;

/// World radius of the ball.
pub const RADIUS: f32 = 0.022;
/// World width of the casing around it.
const CASING: f32 = 0.005;
/// World radius of its glow.
const GLOW: f32 = 0.07;

pub(super) fn plugin<S: Side>(app: &mut App) {
    app.add_systems(Startup, spawn_drops::<S>).add_systems(
        Update,
        (match_markers::<S>, move_markers::<S>, draw_drops::<S>).chain().in_set(Step::Markers.of::<S>()),
    );
}

fn spawn_drops<S: Side>(
    mut commands: Commands,
    stands: Res<Stands<S>>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
) {
    commands.spawn((
        MarkerDrops,
        stands.on(Stand::Surface),
        Gizmo {
            handle: gizmos.add(GizmoAsset::new()),
            line_config: GizmoLineConfig { width: 2.5, ..default() },
            // Seen through the surface too: training may be below it.
            depth_bias: -1.0,
        },
    ));
}

/// The colour of a run's marker: its trail's, lighter on a dark stage and darker on a light one.
pub fn color(palette: &Palette, number: usize) -> Color {
    palette.run(number).mix(&palette.pointer, 0.35)
}

/// One marker for each run on each stand that is shown.
fn match_markers<S: Side>(
    mut commands: Commands,
    training: Res<Training<S>>,
    placement: Res<Placement<S>>,
    palette: Res<Palette>,
    stands: Res<Stands<S>>,
    markers: Query<(Entity, &Marker), With<On<S>>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut solids: ResMut<Assets<Solid>>,
) {
    if !(training.is_changed() || placement.is_changed() || palette.is_changed()) {
        return;
    }
    let is_dark = palette.stage.luminance() < 0.5;
    let marker =
        |stand: Stand, run: &Live| Some(Marker { run: run.id()?, stand, number: run.number(), is_dark });
    let wanted: Vec<Marker> = placement
        .iter()
        .flat_map(|(stand, _)| training.runs().iter().filter_map(move |run| marker(stand, run)))
        .collect();
    for (entity, marker) in &markers {
        if !wanted.contains(marker) {
            commands.entity(entity).despawn();
        }
    }
    for marker in wanted.into_iter().filter(|marker| markers.iter().all(|(_, known)| known != marker)) {
        let ball = meshes.add(ball());
        let glow = meshes.add(sphere(GLOW));
        let color = color(&palette, marker.number);
        let mut part = |mesh: &Handle<Mesh>, solid: Solid, color: Color| {
            (Mesh3d(mesh.clone()), MeshMaterial3d(solids.add(solid.colored(color))), NoFrustumCulling)
        };
        commands.spawn((
            marker,
            stands.on(marker.stand),
            part(&ball, Solid::body(0.35), color),
            Visibility::Hidden,
            children![
                part(&glow, Solid::halo().ranked(marker.number), color),
                part(&ball, Solid::casing(CASING), palette.casing),
                part(&ball, Solid::ghost().above().ranked(marker.number), color),
            ],
        ));
    }
}

/// The ball of a marker, about its middle.
pub fn ball() -> Mesh {
    sphere(RADIUS)
}

fn sphere(radius: f32) -> Mesh {
    Sphere::new(radius).mesh().ico(3).unwrap_or_else(|e| panic!("a ball of 3 subdivisions: {e:?}"))
}

fn move_markers<S: Side>(
    training: Res<Training<S>>,
    landscape: Res<Landscape<S>>,
    placement: Res<Placement<S>>,
    mut markers: Query<(Ref<Marker>, &mut Transform, &mut Visibility), With<On<S>>>,
) {
    let is_same = !(training.is_changed() || landscape.is_changed() || placement.is_changed());
    for (marker, mut transform, mut visibility) in &mut markers {
        if is_same && !marker.is_added() {
            continue;
        }
        let run = training.runs().iter().find(|run| run.id() == Some(marker.run));
        let known = landscape.current().zip(placement.get(marker.stand));
        let place = run.zip(known).and_then(|(run, (known, placed))| place(run, known, &placed));
        visibility.set_if_neq(if place.is_some() { Visibility::Inherited } else { Visibility::Hidden });
        if let Some((_, at)) = place {
            transform.translation = to_vec3(at);
        }
    }
}

fn draw_drops<S: Side>(
    training: Res<Training<S>>,
    landscape: Res<Landscape<S>>,
    shown: Res<Shown<S>>,
    placement: Res<Placement<S>>,
    palette: Res<Palette>,
    drops: Single<&Gizmo, (With<MarkerDrops>, With<On<S>>)>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
) {
    let is_changed = landscape.is_changed() || placement.is_changed() || palette.is_changed();
    if !(is_changed || training.is_changed() || shown.is_changed()) {
        return;
    }
    let Some(mut lines) = gizmos.get_mut(&drops.handle) else { return };
    lines.clear();
    let (Some(known), Some(placed)) = (landscape.current(), placement.get(Stand::Surface)) else { return };
    let relief = Relief::new(known, &shown, placed);
    for run in training.runs() {
        let Some((place, at)) = place(run, known, &placed) else { continue };
        let foot = relief.point([place.alpha[0], place.alpha[1]]).map(to_vec3);
        // Within the ball it would be a pixel here and there.
        if let Some(foot) = foot.filter(|foot| foot.distance(to_vec3(at)) > RADIUS) {
            lines.line(to_vec3(at), foot, color(&palette, run.number()));
        }
    }
}

/// Where a live run is: in the slice, and on a stand. A quantity that takes its time is shown where it is known.
pub fn place(run: &Live, known: &Known, placed: &Placed) -> Option<(TrailPlace, [f64; 3])> {
    let (latest, value) = run.measured(&known.plan)?;
    let place = TrailPlace::new(&known.plan.plane.subspace, latest, value);
    Some((place, placed.point(&place.alpha, place.value)?))
}
