//! The trails of all runs: tubes through the points of training at their true losses, with drop lines
//! to the surface.
//!
//! A point of training is not on the plane. It is drawn over its projection at the loss it really had;
//! the drop line ends on the surface shown, so that its length is what the slice leaves out.

use bevy::asset::RenderAssetUsages;
use bevy::camera::visibility::NoFrustumCulling;
use bevy::gizmos::GizmoAsset;
use bevy::gizmos::config::GizmoLineConfig;
use bevy::gizmos::retained::Gizmo;
use bevy::mesh::{Indices, PrimitiveTopology};
use bevy::prelude::*;

use super::Stage;
use super::frame::{Placed, Placement, Stand, Stands, to_vec3};
use super::landscape::Landscape;
use super::relief::Relief;
use super::session::SessionState;
use super::slice::{Shown, SliceSystems};
use super::solid::{Dyed, Solid};
use super::theme::{Palette, Weight};
use super::training::{Live, Training, advance_training};
use crate::core::experiment::TrailColors;
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::tube::{TubeMesh, tube};
use crate::core::session::{Revision, RunId};
use crate::core::subspace::Subspace;
use crate::core::train::Checkpoint;

/// The trails as they lie in the slice, in the order of the runs.
#[derive(Resource, Default)]
pub struct Trails(Vec<Trail>);

impl Trails {
    /// The trail of the run that the panels tell of.
    pub fn leader(&self) -> Option<&Trail> {
        self.0.first()
    }
}

/// The trail of a run.
pub struct Trail {
    run: RunId,
    /// Which plane and which start of the run its places belong to.
    of: (Revision, u64),
    /// Its colour's number.
    number: usize,
    /// Those of the run's outline.
    places: Vec<TrailPlace>,
    /// Where the run is, if that is no point of its outline.
    head: Option<TrailPlace>,
}

/// A point of training as the slice sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrailPlace {
    /// Its projection; 0 for an axis that the slice does not have.
    pub alpha: [f64; 3],
    /// Its true loss.
    pub loss: f64,
    /// The step.
    pub step: u64,
    /// Its distance from the span of all axes.
    pub residual: f64,
}

impl TrailPlace {
    /// A checkpoint seen from a subspace.
    pub fn new(subspace: &Subspace, point: &Checkpoint) -> Self {
        let projection = subspace.project(&point.theta);
        let alpha = std::array::from_fn(|i| projection.alpha.get(i).copied().unwrap_or(0.0));
        Self { alpha, loss: point.loss, step: point.step, residual: projection.residual }
    }

    /// The distance from the plane shown at `alpha3`, in the unit of theta.
    pub fn distance(&self, subspace: &Subspace, alpha3: f64) -> f64 {
        self.residual.hypot((self.alpha[2] - alpha3) * subspace.rise())
    }
}

impl Trail {
    /// Its latest point.
    pub fn last(&self) -> Option<&TrailPlace> {
        self.head.as_ref().or(self.places.last())
    }

    /// Where its points lie on a stand, as far as they can be told from one another, and at most some
    /// thousand of them: a run that goes back and forth for ever fills the picture with no more.
    pub fn path(&self, placed: &Placed) -> Vec<(TrailPlace, [f64; 3])> {
        let mut path: Vec<(TrailPlace, [f64; 3])> = Vec::new();
        for place in self.places.iter().chain(&self.head) {
            let Some(at) = placed.point(&place.alpha, place.loss) else { continue };
            if path.last().is_none_or(|(_, last)| distance(*last, at) >= SPACING) {
                path.push((*place, at));
            }
        }
        thinned(path, MOST_POINTS)
    }
}

/// Whether the beginning of a trail that winds is drawn as dots.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dotted(pub bool);

/// The tube of a run on a stand.
#[derive(Component, Clone, Copy, PartialEq)]
struct Tube {
    run: RunId,
    stand: Stand,
}

#[derive(Component)]
struct DropLines;

/// World radius of the tube.
const RADIUS: f64 = 0.0078;
/// World width of the casing around it.
const CASING: f32 = 0.0042;
/// World distance of two points of the trail.
const SPACING: f64 = 0.006;
/// Points of a path at most.
const MOST_POINTS: usize = 4096;
/// Drop lines of a trail at most, and the least world distance between two of them.
const MOST_DROPS: usize = 32;
const DROP_SPACING: f64 = 0.03;
/// World length below which a drop line shows nothing.
const SHORTEST_DROP: f64 = 0.004;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Trails>()
        .init_resource::<Dotted>()
        .add_systems(Startup, spawn_drop_lines)
        // Whatever is drawn finds them as they are: a ride goes along them.
        .add_systems(Update, extend_trails.in_set(Stage::Derive).after(advance_training).after(SliceSystems))
        .add_systems(Update, (match_tubes, draw_tubes, draw_drop_lines).chain().in_set(Stage::Draw));
}

fn spawn_drop_lines(mut commands: Commands, stands: Res<Stands>, mut gizmos: ResMut<Assets<GizmoAsset>>) {
    commands.spawn((
        DropLines,
        ChildOf(stands.root(Stand::Surface)),
        Gizmo {
            handle: gizmos.add(GizmoAsset::new()),
            line_config: GizmoLineConfig { width: 1.5, ..default() },
            // Seen through the surface too: a point of training may lie below it.
            depth_bias: -1.0,
        },
    ));
}

/// Takes in new checkpoints, or all of them again where the plane or the run changed.
fn extend_trails(training: Res<Training>, landscape: Res<Landscape>, mut trails: ResMut<Trails>) {
    if !(training.is_changed() || landscape.is_changed()) {
        return;
    }
    let Some(known) = landscape.current() else {
        if !trails.0.is_empty() {
            trails.0.clear();
        }
        return;
    };
    let runs: Vec<(RunId, &Live)> = training.runs().iter().filter_map(|run| Some((run.id()?, run))).collect();
    if !trails.0.iter().map(|trail| trail.run).eq(runs.iter().map(|(id, _)| *id)) {
        let mut old = std::mem::take(&mut trails.0);
        for (id, _) in &runs {
            let kept = old.iter().position(|trail| trail.run == *id).map(|at| old.swap_remove(at));
            let of = (known.revision, u64::MAX);
            let new = || Trail { run: *id, of, number: 0, places: Vec::new(), head: None };
            trails.0.push(kept.unwrap_or_else(new));
        }
    }
    for (at, (_, run)) in runs.iter().enumerate() {
        let of = (known.revision, run.rewinds());
        let is_same = trails.0[at].of == of && trails.0[at].number == run.number();
        if is_same && trails.0[at].last().map(|last| last.step) == run.latest().map(|latest| latest.step) {
            continue;
        }
        let trail = &mut trails.0[at];
        if trail.of != of {
            trail.places.clear();
        }
        (trail.of, trail.number) = (of, run.number());
        let new = run.points().get(trail.places.len()..).unwrap_or_default();
        let place = |point| TrailPlace::new(&known.plan.plane.subspace, point);
        trail.places.extend(new.iter().map(place));
        let kept = trail.places.last().map(|last| last.step);
        trail.head = run.latest().filter(|latest| kept.is_some_and(|kept| kept < latest.step)).map(place);
    }
}

/// Every so many-th of the points, a power of 2 so that a longer path keeps what it showed, and the last.
fn thinned<T: Copy>(points: Vec<T>, most: usize) -> Vec<T> {
    let every = points.len().div_ceil(most).next_power_of_two();
    let last = points.len().saturating_sub(1);
    let is_kept = |(i, _): &(usize, T)| i.is_multiple_of(every) || *i == last;
    points.into_iter().enumerate().filter(is_kept).map(|(_, point)| point).collect()
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt()
}

/// One tube for each run on each stand that is shown.
fn match_tubes(
    mut commands: Commands,
    trails: Res<Trails>,
    placement: Res<Placement>,
    stands: Res<Stands>,
    tubes: Query<(Entity, &Tube)>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut solids: ResMut<Assets<Solid>>,
) {
    if !(trails.is_changed() || placement.is_changed()) {
        return;
    }
    let wanted: Vec<Tube> = placement
        .iter()
        .flat_map(|(stand, _)| trails.0.iter().map(move |trail| Tube { run: trail.run, stand }))
        .collect();
    for (entity, tube) in &tubes {
        if !wanted.contains(tube) {
            commands.entity(entity).despawn();
        }
    }
    for tube in wanted.into_iter().filter(|tube| tubes.iter().all(|(_, known)| known != tube)) {
        // A mesh without a vertex cannot be uploaded; until there is a trail this one is hidden.
        let mesh = meshes
            .add(mesh_of(&crate::core::geometry::tube::tube(&[[0.0; 3], [0.0, 1.0, 0.0]], RADIUS), |_| {
                Color::WHITE
            }));
        let mut part =
            |solid: Solid| (Mesh3d(mesh.clone()), MeshMaterial3d(solids.add(solid)), NoFrustumCulling);
        let casing = (part(Solid::casing(CASING)), Dyed(|palette| palette.casing));
        let ghost = part(Solid::ghost().painted());
        let body = part(Solid::body(0.55).painted());
        let root = ChildOf(stands.root(tube.stand));
        commands.spawn((tube, root, body, Visibility::Hidden, children![casing, ghost]));
    }
}

fn draw_tubes(
    trails: Res<Trails>,
    placement: Res<Placement>,
    session: Res<SessionState>,
    shown: Res<Shown>,
    landscape: Res<Landscape>,
    palette: Res<Palette>,
    weight: Res<Weight>,
    mut tubes: Query<(Ref<Tube>, &Mesh3d, &mut Visibility)>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut dotted: ResMut<Dotted>,
    mut told: Local<Option<TrailColors>>,
) {
    let mut has_dots = false;
    let colors = session.look().trail;
    let is_moving = colors == TrailColors::Distance && shown.is_changed();
    let is_same = *told == Some(colors) && !is_moving && !weight.is_changed();
    let is_same = is_same && !(trails.is_changed() || placement.is_changed() || palette.is_changed());
    *told = Some(colors);
    let Some(known) = landscape.current() else { return };
    for (tube_of, mesh, mut visibility) in &mut tubes {
        if is_same && !tube_of.is_added() {
            continue;
        }
        let trail = trails.0.iter().find(|trail| trail.run == tube_of.run);
        let (Some(trail), Some(placed)) = (trail, placement.get(tube_of.stand)) else { continue };
        let path = trail.path(&placed);
        let places: Vec<[f64; 3]> = path.iter().map(|(_, at)| *at).collect();
        let from = line_from(&places);
        has_dots |= from > 0;
        let body = body_of(&places, from, RADIUS * f64::from(weight.lecture));
        let wanted = if body.positions.is_empty() { Visibility::Hidden } else { Visibility::Inherited };
        visibility.set_if_neq(wanted);
        if wanted == Visibility::Hidden {
            continue;
        }
        let subspace = &known.plan.plane.subspace;
        let farthest =
            path.iter().map(|(place, _)| place.distance(subspace, shown.alpha3)).fold(0.0, f64::max);
        let last = trail.last().map_or(1, |place| place.step.max(1)) as f64;
        let color_of = |point: u32| {
            let place = &path[point as usize].0;
            let mapped = |map: ColorMap, t: f64| {
                let [r, g, b] = map.at(t);
                Color::srgb_u8(r, g, b)
            };
            match colors {
                TrailColors::Run => palette.run(trail.number),
                TrailColors::Loss => mapped(ColorMap::Post, placed.frame.heights.fraction(place.loss)),
                TrailColors::Step => mapped(ColorMap::Magma, 0.15 + 0.85 * place.step as f64 / last),
                TrailColors::Distance => mapped(
                    ColorMap::Cividis,
                    place.distance(subspace, shown.alpha3) / farthest.max(f64::MIN_POSITIVE),
                ),
            }
        };
        if let Err(error) = meshes.insert(mesh.id(), mesh_of(&body, color_of)) {
            warn!("the trail could not be drawn: {error}");
        }
    }
    if !is_same || has_dots {
        dotted.set_if_neq(Dotted(has_dots));
    }
}

/// A trail that winds about itself in so much of its extent would be a solid band: of such a one only the
/// latest stretch, so many times as long as its extent, is a line. What lies before it are dots, at most so
/// many, each where training was.
const WINDING: f64 = 12.0;
const LATEST: f64 = 1.5;
const MOST_DOTS: usize = 400;

/// The body of a trail: its line, and the dots before that.
fn body_of(places: &[[f64; 3]], from: usize, radius: f64) -> TubeMesh {
    let mut body = tube(&places[from..], radius);
    body.point.iter_mut().for_each(|point| *point += from as u32);
    let every = from.div_ceil(MOST_DOTS).max(1);
    let dots = places[..from].iter().enumerate().step_by(every);
    body.add_dots(dots.map(|(i, at)| (i as u32, *at)), radius);
    body
}

/// The first of the places that are joined by a line.
fn line_from(places: &[[f64; 3]]) -> usize {
    let span = |axis: usize| {
        let along = places.iter().map(|at| at[axis]);
        along.clone().fold(f64::NEG_INFINITY, f64::max) - along.fold(f64::INFINITY, f64::min)
    };
    let extent = [0, 1, 2].map(span).into_iter().map(|span| span * span).sum::<f64>().sqrt();
    let lengths = || places.windows(2).map(|pair| distance(pair[0], pair[1]));
    if lengths().sum::<f64>() <= WINDING * extent {
        return 0;
    }
    let mut left = LATEST * extent;
    let latest = lengths().rev().take_while(|length| {
        left -= length;
        left >= 0.0
    });
    places.len() - 1 - latest.count()
}

fn mesh_of(body: &TubeMesh, color_of: impl Fn(u32) -> Color) -> Mesh {
    let colors: Vec<[f32; 4]> =
        body.point.iter().map(|point| color_of(*point).to_linear().to_f32_array()).collect();
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, body.positions.clone())
        .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, body.normals.clone())
        .with_inserted_attribute(Mesh::ATTRIBUTE_COLOR, colors)
        .with_inserted_indices(Indices::U32(body.indices.clone()))
}

fn draw_drop_lines(
    trails: Res<Trails>,
    shown: Res<Shown>,
    landscape: Res<Landscape>,
    placement: Res<Placement>,
    palette: Res<Palette>,
    lines: Single<&Gizmo, With<DropLines>>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_an_end_to_its_points_and_keeps_its_own() {
        let path: Vec<usize> = (0..100_000).collect();
        let (short, long) = (thinned(path[..9000].to_vec(), 4096), thinned(path.clone(), 4096));
        assert!(short.len() <= 4097 && long.len() <= 4097, "{} {}", short.len(), long.len());
        assert_eq!((short[short.len() - 1], long[long.len() - 1]), (8999, 99_999));
        assert!(long[..200].iter().all(|point| short.contains(point)), "a longer path shows no other points");
        assert_eq!(thinned(path[..50].to_vec(), 4096), path[..50]);
        assert!(thinned(Vec::<usize>::new(), 4096).is_empty());
    }

    #[test]
    fn a_trail_that_winds_is_a_line_of_late_and_dots_before() {
        let straight: Vec<[f64; 3]> = (0..500).map(|i| [0.01 * f64::from(i), 0.0, 0.0]).collect();
        assert_eq!(line_from(&straight), 0);
        // From wall to wall of a valley that it slowly goes along.
        let bouncing: Vec<[f64; 3]> =
            (0..2000).map(|i| [f64::from(i % 2) * 0.1, 0.0, 0.0002 * f64::from(i)]).collect();
        let from = line_from(&bouncing);
        assert!((1980..1999).contains(&from), "{from}");
        let body = body_of(&bouncing, from, 0.008);
        assert!(body.indices.iter().all(|at| (*at as usize) < body.positions.len()));
        assert!(body.point.iter().all(|point| (*point as usize) < bouncing.len()));
        assert!(body.point.contains(&0) && body.point.contains(&1999), "both its ends are there");
        assert_eq!(line_from(&[]), 0);
    }
}
