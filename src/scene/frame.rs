//! The map from slice and loss to the world, for everything that is drawn.
//!
//! What is drawn stands on one of two stands: the surface's, where the vertical is the loss, and the
//! cube's, where it is alpha3. Side by side, each is shifted to its place; everything on a stand is a
//! child of its root and has the stand's own coordinates.

use bevy::prelude::*;

use super::landscape::{Known, Landscape};
use super::session::SessionState;
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

/// The root entities of both stands.
#[derive(Resource, Clone, Copy)]
pub struct Stands([Entity; 2]);

impl Stands {
    /// The root of a stand.
    pub fn root(&self, stand: Stand) -> Entity {
        self.0[stand as usize]
    }
}

/// What stands where; nothing until a plane is known.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct Placement {
    surface: Option<Placed>,
    cube: Option<Placed>,
}

impl Placement {
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
}

/// World height of the cube.
pub const CUBE_TOP: f64 = 1.3;

/// World length between the two stands side by side.
const GAP: f64 = 0.5;

impl Placed {
    /// Where on the stand a point of training lies: alpha `[k]` and its true loss. `None` for one that
    /// ran far out of the picture.
    pub fn point(&self, alpha: &[f64], loss: f64) -> Option<[f64; 3]> {
        let (alpha1, alpha2) = (*alpha.first()?, *alpha.get(1)?);
        let position = match self.cube {
            Some(_) => {
                let [x, z] = self.frame.floor(alpha1, alpha2);
                [x, self.cube_height(alpha.get(2).copied().unwrap_or(0.0)), z]
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
    let roots = Stand::ALL
        .map(|stand| app.world_mut().spawn((stand, Transform::default(), Visibility::default())).id());
    app.insert_resource(Stands(roots))
        .init_resource::<Placement>()
        .add_systems(Update, place.in_set(Step::Place))
        .add_systems(Update, move_stands.in_set(Step::Stands));
}

fn place(
    time: Res<Time>,
    pacing: Res<Pacing>,
    landscape: Res<Landscape>,
    session: Res<SessionState>,
    mut placement: ResMut<Placement>,
    mut rise: Local<Rise>,
) {
    let Some(known) = landscape.known() else { return };
    let look = session.look();
    let heights = rise.toward(range(known, look), if pacing.rests() { RISE_SECS } else { time.delta_secs() });
    let frame = WorldFrame::new(&known.plan.plane_spec, heights);
    let axis = known.plan.volume_spec.as_ref().map(|spec| spec.axes()[2]);
    let (shows_surface, axis) = match look.shape {
        Shape::Surface => (true, None),
        // Without a third direction there is no cube to show.
        Shape::Cube => (axis.is_none(), axis),
        Shape::Both => (true, axis),
    };
    let aside =
        if shows_surface && axis.is_some() { aside(&frame, look.eye.0.to_radians()) } else { [0.0; 2] };
    let surface = shows_surface.then_some(Placed { frame, cube: None, shift: [-aside[0], 0.0, -aside[1]] });
    let cube = axis.map(|axis| Placed { frame, cube: Some(axis), shift: [aside[0], 0.0, aside[1]] });
    placement.set_if_neq(Placement { surface, cube });
}

/// How far, along world x and z, the stands are shifted to stand side by side as seen from the place
/// where an experiment is first looked at from.
fn aside(frame: &WorldFrame, yaw: f64) -> [f64; 2] {
    let right = [yaw.cos(), -yaw.sin()];
    let [hx, hz] = frame.half_extent();
    let half_width = right[0].abs() * hx + right[1].abs() * hz;
    right.map(|part| part * (half_width + 0.5 * GAP))
}

fn range(known: &Known, look: &ViewFile) -> HeightRange {
    look.heights(known.plan.quantity, &known.losses, &known.trail_losses)
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

fn move_stands(placement: Res<Placement>, stands: Res<Stands>, mut transforms: Query<&mut Transform>) {
    if !placement.is_changed() {
        return;
    }
    for (stand, placed) in placement.iter() {
        if let Ok(mut transform) = transforms.get_mut(stands.root(stand)) {
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
}
