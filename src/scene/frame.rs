//! The map from slice and loss to the world, for everything that is drawn.
//!
//! What is drawn stands on one of two stands: the surface's, where the vertical is the loss, and the
//! cube's, where it is alpha3. Side by side, each is shifted to its place; everything on a stand is a
//! child of its root and has the stand's own coordinates.

use std::marker::PhantomData;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use super::landscape::{Known, Landscape};
use super::session::SessionState;
use super::side::{First, On, Second, Side};
use super::{Pacing, Step};
use crate::core::experiment::{Shape, ViewFile};
use crate::core::geometry::frame::{TOP, WorldFrame};
use crate::core::geometry::heights::{HeightBlend, HeightRange};
use crate::core::grid::Axis;

/// World height of the floor: a little below the lowest loss, so that no valley cuts it.
pub const FLOOR: f64 = -0.04;

/// A place where things are drawn.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stand {
    /// The plane as a surface: the vertical is the loss.
    Surface,
    /// The volume as a cube: the vertical is alpha3.
    Cube,
}

impl Stand {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Surface, Self::Cube];
}

/// The root entities of a side's stands.
#[derive(Resource, Clone, Copy)]
pub struct Stands<S: Side = First>([Entity; 2], PhantomData<S>);

impl<S: Side> Stands<S> {
    /// What makes a thing stand there.
    pub fn on(&self, stand: Stand) -> (ChildOf, On<S>) {
        (ChildOf(self.0[stand as usize]), On::default())
    }
}

/// What stands where; nothing until a plane is known.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct Placement<S: Side = First> {
    surface: Option<Placed>,
    cube: Option<Placed>,
    /// Whether its heights are on a scale of their own, though another landscape stands beside it.
    pub has_own_scale: bool,
    side: PhantomData<S>,
}

impl<S: Side> Placement<S> {
    /// What is on a stand.
    pub fn get(&self, stand: Stand) -> Option<Placed> {
        match stand {
            Stand::Surface => self.surface,
            Stand::Cube => self.cube,
        }
    }

    /// The stands that are shown.
    pub fn iter(&self) -> impl Iterator<Item = (Stand, Placed)> {
        Stand::ALL.into_iter().filter_map(|stand| Some((stand, self.get(stand)?)))
    }

    /// The stand that text about a point belongs to: the surface's, if it is shown.
    pub fn first(&self) -> Option<Placed> {
        self.surface.or(self.cube)
    }
}

/// A frame, what its vertical stands for, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Slice coordinates and losses.
    pub frame: WorldFrame,
    /// In the cube, the axis of alpha3, which runs upward there instead of the loss.
    pub cube: Option<Axis>,
    /// World position of the stand.
    pub shift: [f64; 3],
    /// Whether what stands there lies between two landscapes: no run is of it.
    pub is_between: bool,
    /// Whether no number is known of anything there: a run of others without losses lies on the floor.
    pub is_level: bool,
}

/// World height of the cube.
pub const CUBE_TOP: f64 = 1.3;

/// World length between stands side by side.
const GAP: f64 = 0.5;

impl Placed {
    /// Where on the stand a point of training lies: alpha `[k]` and its true loss. `None` for one that
    /// ran far out of the picture.
    pub fn point(&self, alpha: &[f64], loss: f64) -> Option<[f64; 3]> {
        if self.is_between {
            return None;
        }
        let (alpha1, alpha2) = (*alpha.first()?, *alpha.get(1)?);
        let position = match self.cube {
            Some(_) => {
                let [x, z] = self.frame.floor(alpha1, alpha2);
                [x, self.cube_height(alpha.get(2).copied().unwrap_or(0.0)), z]
            }
            None if self.is_level => {
                let [x, z] = self.frame.floor(alpha1, alpha2);
                [x, 0.0, z]
            }
            None => self.frame.world(alpha1, alpha2, loss),
        };
        position.iter().all(|v| v.is_finite() && v.abs() < FARTHEST).then_some(position)
    }

    /// World position of a place on the stand.
    pub fn world(&self, place: [f64; 3]) -> [f64; 3] {
        std::array::from_fn(|i| place[i] + self.shift[i])
    }

    /// The place on the stand of a world position.
    pub fn local(&self, world: [f64; 3]) -> [f64; 3] {
        std::array::from_fn(|i| world[i] - self.shift[i])
    }

    /// Height of an alpha3 in the cube.
    pub fn cube_height(&self, alpha3: f64) -> f64 {
        self.cube.map_or(0.0, |axis| (alpha3 - axis.low) / (axis.high - axis.low) * CUBE_TOP)
    }

    /// Height of the stand's box.
    pub fn top(&self) -> f64 {
        if self.cube.is_some() { CUBE_TOP } else { TOP }
    }
}

/// World distance beyond which a point of a run that ran away is left out of the picture.
const FARTHEST: f64 = 30.0;

/// Seconds that a change of the scale of heights takes.
const RISE_SECS: f32 = 0.7;

/// A change of scale on its way.
#[derive(Default)]
struct Rise {
    now: Option<HeightBlend>,
    secs: f32,
}

pub(super) fn plugin(app: &mut App) {
    app.add_systems(Update, place.in_set(Step::Place));
}

pub(super) fn side<S: Side>(app: &mut App) {
    let roots = Stand::ALL.map(|stand| {
        app.world_mut().spawn((stand, On::<S>::default(), Transform::default(), Visibility::default())).id()
    });
    app.insert_resource(Stands::<S>(roots, PhantomData))
        .init_resource::<Placement<S>>()
        .add_systems(Update, move_stands::<S>.in_set(Step::Stands.of::<S>()));
}

/// What a side brings along.
#[derive(SystemParam)]
struct Brought<'w, 's, S: Side> {
    landscape: Res<'w, Landscape<S>>,
    session: Option<Res<'w, SessionState<S>>>,
    placement: ResMut<'w, Placement<S>>,
    rise: Local<'s, Rise>,
}

impl<S: Side> Brought<'_, '_, S> {
    /// What there is to be shown of it, once that is known.
    fn exhibit(&self) -> Option<Exhibit<'_>> {
        Some(Exhibit { known: self.landscape.known()?, look: self.session.as_ref()?.look() })
    }

    fn place(&mut self, set: Option<(HeightRange, Row, bool)>, secs: f32) {
        let placement = set.and_then(|(range, row, has_own_scale)| {
            let heights = self.rise.toward(range, secs);
            let Exhibit { known, look } = self.exhibit()?;
            Some(Placement { has_own_scale, ..row.placement(known, look, heights) })
        });
        self.placement.set_if_neq(placement.unwrap_or_default());
    }
}

/// What there is to be shown of a side.
#[derive(Clone, Copy)]
struct Exhibit<'a> {
    known: &'a Known,
    look: &'a ViewFile,
}

fn place(time: Res<Time>, pacing: Res<Pacing>, mut first: Brought<First>, mut second: Brought<Second>) {
    let secs = if pacing.rests() { RISE_SECS } else { time.delta_secs() };
    let Some(exhibit) = first.exhibit() else { return };
    let other = second.exhibit();
    let is_alone = second.session.is_none();
    let others = other.filter(|other| exhibit.shares_scale(other));
    let range = exhibit.range(others);
    let other_range = other.map(|other| others.map_or_else(|| other.range(None), |_| range));
    let has_own = other.is_some() && others.is_none();
    // Until the second is known, there is room for one as wide.
    let all = [Some(exhibit), other.or(Some(exhibit).filter(|_| !is_alone))];
    let rows = rows(all, exhibit.look.eye.0.to_radians());
    first.place(Some((range, rows[0], has_own)), secs);
    second.place(other_range.map(|range| (range, rows[1], has_own)), secs);
}

impl Exhibit<'_> {
    /// Whether both can have one scale of heights, and are to have it.
    fn shares_scale(&self, other: &Self) -> bool {
        let of = |exhibit: &Self| (exhibit.known.plan.quantity, exhibit.look.scale, exhibit.look.clip);
        self.look.has_shared_scale && of(self) == of(other)
    }

    /// The range of its heights, or of its own and another's.
    fn range(&self, other: Option<Self>) -> HeightRange {
        let all = || [Some(*self), other].into_iter().flatten();
        let losses: Vec<f64> = all().flat_map(|one| one.known.losses.iter().copied()).collect();
        let trails: Vec<f64> = all().flat_map(|one| one.known.trail_losses.iter().copied()).collect();
        self.look.heights(self.known.plan.quantity, &losses, &trails)
    }

    /// The stands that are asked for, of those that there can be.
    fn stands(&self) -> (bool, Option<Axis>) {
        let axis = self.known.plan.volume_spec.as_ref().map(|spec| spec.axes()[2]);
        match self.look.shape {
            Shape::Surface => (true, None),
            // Without a third direction there is no cube to show.
            Shape::Cube => (axis.is_none(), axis),
            Shape::Both => (true, axis),
        }
    }

    /// The half of the width of each of its stands, seen along a direction to the right.
    fn half_width(&self, right: [f64; 2]) -> f64 {
        // Heights play no part in it.
        let [hx, hz] = WorldFrame::new(&self.known.plan.plane_spec, self.range(None).into()).half_extent();
        right[0].abs() * hx + right[1].abs() * hz
    }
}

/// Where the stands of a side are, along world x and z: the surface's and the cube's.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Row([[f64; 2]; 2]);

impl Row {
    fn placement<S: Side>(self, known: &Known, look: &ViewFile, heights: HeightBlend) -> Placement<S> {
        let frame = WorldFrame::new(&known.plan.plane_spec, heights);
        let (shows_surface, axis) = Exhibit { known, look }.stands();
        let [surface, cube] = self.0.map(|[x, z]| [x, 0.0, z]);
        let is_between = look.between.is_some_and(|share| share > 0.0);
        let is_level = known.losses.is_empty() && known.trail_losses.is_empty();
        let placed = |cube, shift| Placed { frame, cube, shift, is_between, is_level };
        Placement {
            surface: shows_surface.then(|| placed(None, surface)),
            cube: axis.map(|axis| placed(Some(axis), cube)),
            ..Placement::default()
        }
    }
}

/// Puts all stands in a row, as seen from the place where an experiment is first looked at from, its middle in the
/// middle of the world.
fn rows(sides: [Option<Exhibit>; 2], yaw: f64) -> [Row; 2] {
    let right = [yaw.cos(), -yaw.sin()];
    let mut at = 0.0;
    let along = sides.map(|side| {
        let Some(side) = side else { return [0.0; 2] };
        let (shows_surface, axis) = side.stands();
        let half = side.half_width(right);
        [shows_surface, axis.is_some()].map(|is_shown| {
            let middle = at + half;
            at += if is_shown { 2.0 * half + GAP } else { 0.0 };
            middle
        })
    });
    let middle = 0.5 * (at - GAP);
    along.map(|places| Row(places.map(|place| right.map(|part| part * (place - middle)))))
}

impl Rise {
    /// The heights on the way to a range: another scale takes its time, another landscape does not.
    fn toward(&mut self, to: HeightRange, dt: f32) -> HeightBlend {
        let next = match self.now {
            Some(now) if now.to.scale != to.scale => {
                self.secs = 0.0;
                HeightBlend { from: now.to, to, share: 0.0 }
            }
            Some(now) if now.share < 1.0 => HeightBlend { to, ..now },
            _ => to.into(),
        };
        self.secs += dt;
        let t = f64::from(self.secs / RISE_SECS).min(1.0);
        let share = if next.share < 1.0 { t * t * (3.0 - 2.0 * t) } else { 1.0 };
        let next = if share < 1.0 { HeightBlend { share, ..next } } else { to.into() };
        self.now = Some(next);
        next
    }
}

fn move_stands<S: Side>(
    placement: Res<Placement<S>>,
    stands: Res<Stands<S>>,
    mut transforms: Query<&mut Transform>,
) {
    if !placement.is_changed() {
        return;
    }
    for (stand, placed) in placement.iter() {
        if let Ok(mut transform) = transforms.get_mut(stands.0[stand as usize]) {
            transform.translation = to_vec3(placed.shift);
        }
    }
}

/// A world position as Bevy has it.
pub fn to_vec3(p: [f64; 3]) -> Vec3 {
    Vec3::new(p[0] as f32, p[1] as f32, p[2] as f32)
}

/// A position as we have it.
pub fn from_vec3(v: Vec3) -> [f64; 3] {
    v.as_dvec3().to_array()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::geometry::heights::HeightScale;
    use crate::core::grid::GridSpec;

    #[test]
    fn another_scale_rises_smoothly_and_arrives() {
        let range = |scale| HeightRange::fit(scale, &[0.1, 9.0], &[1.0], None);
        let mut rise = Rise::default();
        assert_eq!(rise.toward(range(HeightScale::Linear), 0.02), range(HeightScale::Linear).into());
        let mut shares = Vec::new();
        for _ in 0..40 {
            shares.push(rise.toward(range(HeightScale::Log), 0.02).share);
        }
        assert!(shares.windows(2).all(|pair| pair[1] >= pair[0] && pair[1] - pair[0] < 0.06), "{shares:?}");
        assert_eq!(rise.toward(range(HeightScale::Log), 0.02), range(HeightScale::Log).into());
        // Another landscape has another range at once.
        let other = HeightRange::fit(HeightScale::Log, &[0.5, 2.0], &[1.0], None);
        assert_eq!(rise.toward(other, 0.02), other.into());
    }

    #[test]
    fn a_path_without_losses_lies_on_the_floor() {
        let axis = Axis { low: -1.0, high: 1.0, count: 3 };
        let spec = GridSpec::new(vec![axis, axis]).unwrap();
        let heights = HeightRange::fit(HeightScale::Linear, &[0.1, 9.0], &[1.0], None);
        let frame = WorldFrame::new(&spec, heights.into());
        let placed = Placed { frame, cube: None, shift: [0.0; 3], is_between: false, is_level: true };
        assert_eq!(placed.point(&[1.0, 0.5], f64::NAN), Some([1.0, 0.0, -0.5]));
        // Where losses are known, a point without one has no place.
        assert_eq!(Placed { is_level: false, ..placed }.point(&[1.0, 0.5], f64::NAN), None);
    }
}
