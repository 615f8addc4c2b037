//! The tubes: one for each run on each stand that is shown.

use std::marker::PhantomData;

use bevy::asset::RenderAssetUsages;
use bevy::camera::visibility::NoFrustumCulling;
use bevy::mesh::{Indices, PrimitiveTopology};
use bevy::prelude::*;

use super::{Trail, TrailPlace, Trails, distance};
use crate::core::experiment::TrailColors;
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::tube::{self as geometry, TubeMesh};
use crate::core::session::RunId;
use crate::core::subspace::Subspace;
use crate::scene::frame::{Placed, Placement, Stand, Stands};
use crate::scene::landscape::Landscape;
use crate::scene::session::SessionState;
use crate::scene::side::{First, On, Side};
use crate::scene::slice::Shown;
use crate::scene::solid::{Dyed, Solid};
use crate::scene::theme::{Palette, Weight};

/// Whether the beginning of a trail that winds is drawn as dots.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dotted<S: Side = First>(pub bool, PhantomData<S>);

/// The tube of a run on a stand.
#[derive(Component, Clone, Copy, PartialEq)]
pub(super) struct Tube {
    run: RunId,
    stand: Stand,
    number: usize,
}

/// World radius of the tube.
pub const RADIUS: f64 = 0.0078;
/// World width of the casing around it.
const CASING: f32 = 0.0042;
/// One tube for each run on each stand that is shown.
pub(super) fn match_tubes<S: Side>(
    mut commands: Commands,
    trails: Res<Trails<S>>,
    placement: Res<Placement<S>>,
    stands: Res<Stands<S>>,
    tubes: Query<(Entity, &Tube), With<On<S>>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut solids: ResMut<Assets<Solid>>,
) {
    if !(trails.is_changed() || placement.is_changed()) {
        return;
    }
    let wanted: Vec<Tube> = placement
        .iter()
        .flat_map(|(stand, _)| {
            trails.0.iter().map(move |trail| Tube { run: trail.run, stand, number: trail.number })
        })
        .collect();
    for (entity, tube) in &tubes {
        if !wanted.contains(tube) {
            commands.entity(entity).despawn();
        }
    }
    for tube in wanted.into_iter().filter(|tube| tubes.iter().all(|(_, known)| known != tube)) {
        // A mesh without a vertex cannot be uploaded; until there is a trail this one is hidden.
        let mesh =
            meshes.add(mesh_of(&geometry::tube(&[[0.0; 3], [0.0, 1.0, 0.0]], RADIUS), |_| Color::WHITE));
        let mut part =
            |solid: Solid| (Mesh3d(mesh.clone()), MeshMaterial3d(solids.add(solid)), NoFrustumCulling);
        let casing = (part(Solid::casing(CASING)), Dyed(|palette| palette.casing));
        let ghost = part(Solid::ghost().painted().ranked(tube.number));
        let body = part(Solid::body(0.55).painted());
        let root = stands.on(tube.stand);
        commands.spawn((tube, root, body, Visibility::Hidden, children![casing, ghost]));
    }
}

pub(super) fn draw_tubes<S: Side>(
    trails: Res<Trails<S>>,
    placement: Res<Placement<S>>,
    session: Res<SessionState<S>>,
    shown: Res<Shown<S>>,
    landscape: Res<Landscape<S>>,
    palette: Res<Palette>,
    weight: Res<Weight>,
    mut tubes: Query<(Ref<Tube>, &Mesh3d, &mut Visibility), With<On<S>>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut dotted: ResMut<Dotted<S>>,
    mut told: Local<Option<TrailColors>>,
) {
    let mut has_dots = false;
    let colors = session.look().trail;
    let is_moving = colors == TrailColors::Distance && shown.is_changed();
    let is_same = *told == Some(colors) && !is_moving && !weight.is_changed();
    let is_same = is_same && !(trails.is_changed() || placement.is_changed() || palette.is_changed());
    *told = Some(colors);
    let Some(known) = landscape.current() else { return };
    let paint =
        Paint { colors, palette: &palette, subspace: &known.plan.plane.subspace, alpha3: shown.alpha3 };
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
        let path: Vec<TrailPlace> = path.into_iter().map(|(place, _)| place).collect();
        let color_of = paint.of(trail, &path, &placed);
        if let Err(error) = meshes.insert(mesh.id(), mesh_of(&body, |point| color_of(&path[point as usize])))
        {
            warn!("the trail could not be drawn: {error}");
        }
    }
    if !is_same || has_dots {
        dotted.set_if_neq(Dotted(has_dots, PhantomData));
    }
}

/// What the colours of trails stand for.
struct Paint<'a> {
    colors: TrailColors,
    palette: &'a Palette,
    subspace: &'a Subspace,
    alpha3: f64,
}

impl Paint<'_> {
    /// The colour of each place of a trail's path.
    fn of(&self, trail: &Trail, path: &[TrailPlace], placed: &Placed) -> impl Fn(&TrailPlace) -> Color {
        let off = |place: &TrailPlace| place.distance(self.subspace, self.alpha3);
        let farthest = path.iter().map(off).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        let last = trail.last().map_or(1, |place| place.step.max(1)) as f64;
        let (run, heights) = (self.palette.run(trail.number), placed.frame.heights);
        move |place| {
            let (map, t) = match self.colors {
                TrailColors::Run => return run,
                TrailColors::Loss => (ColorMap::Post, heights.fraction(place.value)),
                TrailColors::Step => (ColorMap::Magma, 0.15 + 0.85 * place.step as f64 / last),
                TrailColors::Distance => (ColorMap::Cividis, off(place) / farthest),
            };
            let [r, g, b] = map.at(t);
            Color::srgb_u8(r, g, b)
        }
    }
}

impl Trail {
    /// The colours of the places of its path on a stand, as they are drawn.
    pub fn colors(
        &self,
        path: &[TrailPlace],
        placed: &Placed,
        (colors, palette): (TrailColors, &Palette),
        (subspace, alpha3): (&Subspace, f64),
    ) -> Vec<Color> {
        let paint = Paint { colors, palette, subspace, alpha3 };
        path.iter().map(paint.of(self, path, placed)).collect()
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
    let mut body = geometry::tube(&places[from..], radius);
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

#[cfg(test)]
mod tests {
    use super::*;

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
