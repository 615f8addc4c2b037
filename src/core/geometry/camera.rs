//! Camera poses as pure data: what the eye looks at, from where, and how wide.
//!
//! World axes as in [`super::frame`]. Angles are in radians (a file may also have them in degrees); `yaw` turns about the vertical (0 looks
//! along −z, positive to the left), `pitch` is above the horizon. There is no roll.

use serde::{Deserialize, Serialize};

use crate::core::text::Measured;

type V = nalgebra::Vector3<f64>;

/// An eye, as what it looks at and from how far: so the same numbers serve an orbit (the target stays)
/// and a flight (the eye stays, with a target right before it).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "WrittenPose")]
pub struct Pose {
    /// What is looked at, in the world.
    pub target: [f64; 3],
    /// Turn about the vertical.
    pub yaw: f64,
    /// Angle of the view above the horizon: negative looks down.
    pub pitch: f64,
    /// From eye to target.
    pub distance: f64,
    /// Height of the view, an angle.
    pub fov: f64,
}

/// A pose as a person may write it: each angle in radians or in degrees.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Pose")]
struct WrittenPose {
    target: [f64; 3],
    #[serde(default)]
    yaw: Option<f64>,
    #[serde(default)]
    yaw_deg: Option<f64>,
    #[serde(default)]
    pitch: Option<f64>,
    #[serde(default)]
    pitch_deg: Option<f64>,
    distance: f64,
    #[serde(default)]
    fov: Option<f64>,
    #[serde(default)]
    fov_deg: Option<f64>,
}

/// Why an angle of a pose is none.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
enum AngleError {
    /// Given in both units.
    #[error("{0} and {0}_deg; expected one of them")]
    Both(&'static str),
    /// Not given.
    #[error("missing field `{0}` (in radians) or `{0}_deg` (in degrees)")]
    Missing(&'static str),
    /// Radians that only make sense as degrees.
    #[error(
        "{name}: {value}; expected at most {most:.4} radians either way. {value} degrees are {name}_deg: {value}"
    )]
    Degrees {
        /// The angle's name.
        name: &'static str,
        /// What it was set to.
        value: Measured,
        /// The largest that makes sense.
        most: Measured,
    },
    /// Beyond what the angle may be in any unit.
    #[error("{name}: {value} degrees; expected at most {} either way", most.0.to_degrees().round())]
    Beyond {
        /// The angle's name.
        name: &'static str,
        /// What it was set to, in degrees.
        value: Measured,
        /// The largest that makes sense, in radians.
        most: Measured,
    },
}

/// An angle in radians, from whichever unit it was given in; `most`: the largest that makes sense. What is
/// no number is left to whoever knows where it stands.
fn angle(
    name: &'static str,
    radians: Option<f64>,
    degrees: Option<f64>,
    most: f64,
) -> Result<f64, AngleError> {
    // Numbers are rounded when they are written.
    let is_beyond = |angle: f64| angle.abs() > most * (1.0 + 1e-6);
    match (radians, degrees) {
        (Some(_), Some(_)) => Err(AngleError::Both(name)),
        (None, None) => Err(AngleError::Missing(name)),
        (Some(value), None) if is_beyond(value) => {
            Err(AngleError::Degrees { name, value: Measured(value), most: Measured(most) })
        }
        (None, Some(value)) if is_beyond(value.to_radians()) => {
            Err(AngleError::Beyond { name, value: Measured(value), most: Measured(most) })
        }
        (Some(value), None) => Ok(value),
        (None, Some(value)) => Ok(value.to_radians()),
    }
}

impl TryFrom<WrittenPose> for Pose {
    type Error = AngleError;

    fn try_from(written: WrittenPose) -> Result<Self, AngleError> {
        use std::f64::consts::{FRAC_PI_2, PI, TAU};
        let WrittenPose { target, yaw, yaw_deg, pitch, pitch_deg, distance, fov, fov_deg } = written;
        Ok(Self {
            target,
            yaw: angle("yaw", yaw, yaw_deg, 2.0 * TAU)?,
            pitch: angle("pitch", pitch, pitch_deg, FRAC_PI_2)?,
            distance,
            fov: angle("fov", fov.or(fov_deg.is_none().then_some(FOV)), fov_deg, PI)?,
        })
    }
}

/// Highest and lowest pitch that turning reaches. Straight down is left to the map: there, a drag up
/// or down would turn the picture over.
pub const MAX_PITCH: f64 = 1.55;
/// The usual height of the view.
pub const FOV: f64 = 0.70;
/// Height of the view of a map: so narrow, from so far, that no point of the block is half a pixel
/// away from where an orthographic projection has it.
pub const MAP_FOV: f64 = 0.004;
/// Least and greatest world height of the view at the target that zooming reaches.
pub const EXTENTS: (f64, f64) = (0.05, 16.0);

impl Pose {
    /// World position of the eye.
    pub fn eye(&self) -> [f64; 3] {
        (V::from(self.target) - self.ahead() * self.distance).into()
    }

    /// Unit vector of the view.
    pub fn forward(&self) -> [f64; 3] {
        self.ahead().into()
    }

    /// Unit vector to the right, level.
    pub fn right(&self) -> [f64; 3] {
        [self.yaw.cos(), 0.0, -self.yaw.sin()]
    }

    /// World height of the view at the target.
    pub fn extent(&self) -> f64 {
        2.0 * self.distance * (0.5 * self.fov).tan()
    }

    /// The same view with its target at another distance before the eye.
    pub fn retargeted(&self, distance: f64) -> Self {
        let target = V::from(self.eye()) + self.ahead() * distance;
        Self { target: target.into(), distance, ..*self }
    }

    /// The same target at the same size, seen with another height of the view: from farther away, and
    /// flatter, for a smaller one.
    pub fn with_fov(&self, fov: f64) -> Self {
        Self { distance: 0.5 * self.extent() / (0.5 * fov).tan(), fov, ..*self }
    }

    /// Turned about the target, without going over the top.
    pub fn turned(&self, yaw: f64, pitch: f64) -> Self {
        Self {
            yaw: wrapped(self.yaw + yaw),
            pitch: (self.pitch + pitch).clamp(-MAX_PITCH, MAX_PITCH),
            ..*self
        }
    }

    /// Turned about the eye.
    pub fn looked(&self, yaw: f64, pitch: f64) -> Self {
        let turned = self.turned(yaw, pitch);
        let target = V::from(self.eye()) + turned.ahead() * self.distance;
        Self { target: target.into(), ..turned }
    }

    /// Moved by so much: to the right, up in the world, and ahead.
    pub fn moved(&self, right: f64, up: f64, ahead: f64) -> Self {
        let way = V::from(self.right()) * right + V::y() * up + self.ahead() * ahead;
        Self { target: (V::from(self.target) + way).into(), ..*self }
    }

    /// Moved along the screen, in heights of the view.
    pub fn panned(&self, right: f64, up: f64) -> Self {
        let level = V::from(self.right());
        let way = (level * right + level.cross(&self.ahead()) * up) * self.extent();
        Self { target: (V::from(self.target) + way).into(), ..*self }
    }

    /// Nearer (below 1) or farther (above 1) by a factor, within [`EXTENTS`]; a point of the world
    /// stays where it is on the screen.
    pub fn zoomed(&self, factor: f64, about: [f64; 3]) -> Self {
        let extent = (self.extent() * factor).clamp(EXTENTS.0, EXTENTS.1);
        let factor = extent / self.extent();
        let (about, target) = (V::from(about), V::from(self.target));
        Self { target: (about + (target - about) * factor).into(), distance: self.distance * factor, ..*self }
    }

    /// The pose that shows all those points from the present angle, and as near as it can. `aspect` is
    /// the width of the view over its height.
    ///
    /// The target becomes the middle of the points as seen from there: each axis of the screen is
    /// bounded by two planes through the eye, and the points by two parallels to them; the eye goes
    /// where the tighter pair meets.
    pub fn framing(&self, points: &[[f64; 3]], aspect: f64) -> Self {
        let forward = self.ahead();
        let right = V::from(self.right());
        let up = right.cross(&forward);
        let tan_y = (0.5 * self.fov).tan();
        // Along one axis of the screen: where the eye must be across, and how far back.
        let fit = |across: V, tan: f64| {
            let sides = points.iter().map(|p| {
                let p = V::from(*p);
                (across.dot(&p) - tan * forward.dot(&p), across.dot(&p) + tan * forward.dot(&p))
            });
            let (high, low) = sides
                .fold((f64::NEG_INFINITY, f64::INFINITY), |(high, low), (a, b)| (high.max(a), low.min(b)));
            (0.5 * (high + low), (low - high) / (2.0 * tan))
        };
        let ((x, depth_x), (y, depth_y)) = (fit(right, tan_y * aspect), fit(up, tan_y));
        let eye = right * x + up * y + forward * depth_x.min(depth_y);
        let middle = points.iter().map(|p| forward.dot(&V::from(*p))).sum::<f64>() / points.len() as f64;
        let distance = middle - forward.dot(&eye);
        Self { target: (eye + forward * distance).into(), distance, ..*self }
    }

    /// A map of those points: straight down, north up for a `yaw` of 0.
    pub fn map(points: &[[f64; 3]], yaw: f64, aspect: f64) -> Self {
        let down =
            Self { target: [0.0; 3], yaw, pitch: -std::f64::consts::FRAC_PI_2, distance: 1.0, fov: MAP_FOV };
        down.framing(points, aspect)
    }

    /// Behind a point of a trail and above it, looking the way the trail goes there. `trail` is what
    /// lies behind, oldest first, `ahead` what comes, `yaw` the way to look where the trail is too
    /// short to have one.
    pub fn riding(trail: &[[f64; 3]], at: [f64; 3], ahead: &[[f64; 3]], yaw: f64) -> Self {
        let here = V::from(at);
        let level = |p: &V| V::new(p.x, 0.0, p.z);
        let is_far = |p: &&[f64; 3]| level(&(V::from(**p) - here)).norm() >= RIDE_LOOK;
        let behind = trail.iter().rev().find(is_far).map(|p| here - V::from(*p));
        let before = || ahead.iter().find(is_far).or(ahead.last()).map(|p| V::from(*p) - here);
        let rest = || trail.first().map(|p| here - V::from(*p));
        let heading = behind.or_else(before).or_else(rest).and_then(|way| level(&way).try_normalize(1e-9));
        let yaw = heading.map_or(yaw, |way| (-way.x).atan2(-way.z));
        Self { target: at, yaw, pitch: RIDE_PITCH, distance: RIDE_DISTANCE, fov: FOV }.panned(0.0, RIDE_LIFT)
    }

    /// Where a point of the world is on the screen, from its middle, in halves of the view's height: to the
    /// right and up. `None` behind the eye.
    pub fn seen(&self, point: [f64; 3]) -> Option<[f64; 2]> {
        let ray = V::from(point) - V::from(self.eye());
        let (ahead, right) = (self.ahead(), V::from(self.right()));
        let depth = ray.dot(&ahead) * (0.5 * self.fov).tan();
        (depth > 0.0).then(|| [ray.dot(&right) / depth, ray.dot(&right.cross(&ahead)) / depth])
    }

    /// The same pose, looking down as much more as it takes to see what it looks at; straight down if
    /// nothing less does.
    pub fn raised(&self, is_hidden: impl Fn([f64; 3]) -> bool) -> Self {
        let pose = |i: u32| Self { pitch: (self.pitch - f64::from(i) * RAISE).max(-STEEPEST), ..*self };
        let last = ((self.pitch + STEEPEST) / RAISE).ceil().max(0.0) as u32;
        (0..last).map(pose).find(|pose| !is_hidden(pose.eye())).unwrap_or_else(|| pose(last))
    }
}

/// Radians between two looks at whether something is in the way, and the steepest look down.
const RAISE: f64 = 0.05;
const STEEPEST: f64 = 1.5;

/// World length over which the way of a trail is taken: small turns must not shake the camera.
const RIDE_LOOK: f64 = 0.12;
const RIDE_DISTANCE: f64 = 1.0;
const RIDE_PITCH: f64 = -0.5;
/// How far above the point the ride looks, in heights of the view.
const RIDE_LIFT: f64 = 0.12;

impl Pose {
    fn ahead(&self) -> V {
        let (yaw, pitch) = (self.yaw, self.pitch);
        V::new(-yaw.sin() * pitch.cos(), pitch.sin(), -yaw.cos() * pitch.cos())
    }
}

/// Numbers of a pose between which it changes evenly: target (3), yaw, pitch, and the logarithms of
/// distance and tangent of the half height of the view. Where the last two change by as much in
/// opposite ways, the target keeps its size.
pub type Coordinates = [f64; 7];
/// Which of them is the yaw.
pub const YAW: usize = 3;

impl Pose {
    /// The pose in those numbers.
    pub fn coordinates(&self) -> Coordinates {
        let [x, y, z] = self.target;
        [x, y, z, self.yaw, self.pitch, self.distance.ln(), (0.5 * self.fov).tan().ln()]
    }

    /// The pose of those numbers; the pitch is held to straight up and down.
    pub fn from_coordinates([x, y, z, yaw, pitch, distance, fov]: Coordinates) -> Self {
        use std::f64::consts::FRAC_PI_2;
        Self {
            target: [x, y, z],
            yaw: wrapped(yaw),
            pitch: pitch.clamp(-FRAC_PI_2, FRAC_PI_2),
            distance: distance.exp(),
            fov: 2.0 * fov.exp().atan(),
        }
    }
}

/// The same angle within ±π.
pub fn wrapped(angle: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    (angle + PI).rem_euclid(TAU) - PI
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pose_is_raised_over_what_hides_its_target_and_no_further() {
        let pose = Pose { target: [0.0; 3], yaw: 0.3, pitch: -0.5, distance: 1.0, fov: FOV };
        assert_eq!(pose.raised(|_| false), pose);
        let over_a_wall = pose.raised(|eye| eye[1] < 0.8);
        assert!(over_a_wall.eye()[1] >= 0.8 && over_a_wall.eye()[1] < 0.85, "{over_a_wall:?}");
        assert_eq!(over_a_wall.target, pose.target);
        assert_eq!(pose.raised(|_| true).pitch, -STEEPEST, "below a roof it does what it can");
    }
    use proptest::prelude::*;

    const ORBIT: Pose = Pose { target: [0.1, 0.2, 0.3], yaw: 0.5, pitch: -0.4, distance: 3.0, fov: FOV };

    fn close(a: [f64; 3], b: [f64; 3]) -> bool {
        (V::from(a) - V::from(b)).norm() < 1e-9
    }

    fn seen(pose: &Pose, point: [f64; 3]) -> [f64; 2] {
        pose.seen(point).expect("before the eye")
    }

    #[test]
    fn directions_are_as_documented() {
        let ahead = Pose { target: [0.0, 0.0, -1.0], yaw: 0.0, pitch: 0.0, distance: 1.0, fov: FOV };
        assert!(close(ahead.eye(), [0.0; 3]));
        assert!(close(ahead.forward(), [0.0, 0.0, -1.0]));
        assert!(close(ahead.right(), [1.0, 0.0, 0.0]));
        let left = ahead.looked(std::f64::consts::FRAC_PI_2, 0.0);
        assert!(close(left.forward(), [-1.0, 0.0, 0.0]) && close(left.eye(), [0.0; 3]));
        assert!(close(ahead.moved(1.0, 2.0, 3.0).eye(), [1.0, 2.0, -3.0]));
        assert_eq!(ahead.turned(0.0, 9.0).pitch, MAX_PITCH);
    }

    #[test]
    fn framing_keeps_every_point_in_view_and_touches_the_border() {
        let corner = |i: u32| [0, 1, 2].map(|bit| if i >> bit & 1 == 1 { 1.0 } else { -0.5 });
        let points: Vec<[f64; 3]> = (0..8).map(corner).collect();
        for aspect in [0.5, 1.0, 16.0 / 9.0] {
            for pose in [ORBIT.framing(&points, aspect), Pose::map(&points, 0.3, aspect)] {
                let shares = points.iter().map(|point| seen(&pose, *point));
                let fullest = shares.fold(0.0_f64, |m, [x, y]| m.max((x / aspect).abs()).max(y.abs()));
                assert!((fullest - 1.0).abs() < 1e-6, "{fullest}");
            }
        }
    }

    #[test]
    fn a_map_is_orthographic_to_a_thousandth_of_its_height() {
        let points = [[-1.0, 0.0, -1.0], [1.0, 0.75, 1.0]];
        let map = Pose::map(&points, 0.0, 1.6);
        let (low, high) = (seen(&map, [0.9, 0.0, 0.5]), seen(&map, [0.9, 0.75, 0.5]));
        // In halves of 720 pixels: less than half a pixel.
        assert!((0..2).all(|i| (low[i] - high[i]).abs() * 360.0 < 0.5), "{low:?} {high:?}");
        assert!(high[0] > 0.0 && high[1] < 0.0, "x to the right, z downward");
    }

    #[test]
    fn a_ride_follows_the_trail_from_behind_and_above() {
        let trail: Vec<[f64; 3]> = (0..20).map(|i| [0.05 * f64::from(i), 0.5, 0.0]).collect();
        let at = [0.95, 0.5, 0.0];
        let pose = Pose::riding(&trail, at, &[], 0.0);
        assert!(close(pose.right(), [0.0, 0.0, 1.0]), "{:?}", pose.right());
        assert!(pose.eye()[0] < 0.3 && pose.eye()[1] > 0.6 && pose.eye()[2].abs() < 1e-9);
        let [x, y] = seen(&pose, at);
        assert!(x.abs() < 1e-9 && y < 0.0 && y > -0.5, "the point is in the lower half: {y}");
        // At the start there is nothing behind: the way ahead counts.
        let start = Pose::riding(&[], [0.0; 3], &[[0.0, 0.0, 0.1], [0.0, 0.0, 0.5]], 9.0);
        assert!(close(start.right(), [-1.0, 0.0, 0.0]));
        assert_eq!(Pose::riding(&[], [0.0; 3], &[], 0.7).yaw, 0.7);
    }

    fn written(angles: &str) -> Result<Pose, String> {
        let text = format!("(target: (0, 0, 0), distance: 3, {angles})");
        crate::core::experiment::file::parse_ron(&text, "x").map_err(|error| error.message)
    }

    #[test]
    fn angles_are_read_in_degrees_and_in_radians() {
        let degrees = written("yaw_deg: 90, pitch_deg: -80, fov_deg: 40").unwrap();
        let radians = written("yaw: 1.5707963267948966, pitch: -1.3962634015954636, fov: 0.6981317007977318");
        assert_eq!(degrees, radians.unwrap());
        assert_eq!(written("yaw: 1, pitch: -0.5").unwrap().fov, FOV);
        let straight = format!("yaw: 0, pitch: {}", -std::f64::consts::FRAC_PI_2);
        assert!(written(&straight).is_ok() && written("yaw_deg: 0, pitch_deg: -90").is_ok());
        assert!(written("yaw: -7, pitch: 0").is_ok(), "more than a turn");
    }

    #[test]
    fn an_angle_that_only_makes_sense_in_degrees_is_told() {
        let refused = |angles: &str| written(angles).unwrap_err();
        let told = refused("yaw: 1, pitch: -80");
        assert_eq!(
            told,
            "pitch: -80; expected at most 1.571 radians either way. -80 degrees are pitch_deg: -80"
        );
        assert!(refused("yaw: 120, pitch: 0").contains("120 degrees are yaw_deg: 120"));
        assert!(refused("yaw: 1, pitch: 0, fov: 40").contains("40 degrees are fov_deg: 40"));
        assert!(refused("yaw: 1, pitch_deg: -200").contains("pitch: -200 degrees; expected at most 90"));
        assert!(refused("yaw: 1, yaw_deg: 1, pitch: 0").contains("yaw and yaw_deg; expected one"));
        assert!(refused("yaw: 1").contains("`pitch` (in radians) or `pitch_deg`"));
        assert!(refused("yaw: 1, pich: 0").contains("pich"));
    }

    proptest! {
        #[test]
        fn another_target_is_the_same_view(
            yaw in -3.1..3.1_f64, pitch in -1.5..1.5_f64, distance in 0.02..15.0_f64,
        ) {
            let pose = Pose { yaw, pitch, ..ORBIT };
            prop_assert!(close(pose.retargeted(distance).eye(), pose.eye()));
            prop_assert!((pose.with_fov(0.1).extent() - pose.extent()).abs() < 1e-9);
        }

        #[test]
        fn turning_keeps_the_distance_looking_the_eye_and_panning_the_angle(
            yaw in -9.0..9.0_f64, pitch in -3.0..3.0_f64, right in -1.0..1.0_f64, up in -1.0..1.0_f64,
        ) {
            let gap = V::from(ORBIT.turned(yaw, pitch).eye()) - V::from(ORBIT.target);
            prop_assert!((gap.norm() - 3.0).abs() < 1e-9);
            prop_assert!(close(ORBIT.looked(yaw, pitch).eye(), ORBIT.eye()));
            let panned = ORBIT.panned(right, up);
            prop_assert_eq!(panned.forward(), ORBIT.forward());
            let [x, y] = seen(&panned, ORBIT.target);
            prop_assert!((x + 2.0 * right).abs() < 1e-9 && (y + 2.0 * up).abs() < 1e-9);
        }

        #[test]
        fn zooming_keeps_a_point_where_it_is(
            factor in 0.3..3.0_f64, about in prop::array::uniform3(-1.0..1.0_f64),
        ) {
            let zoomed = ORBIT.zoomed(factor, about);
            let (before, after) = (seen(&ORBIT, about), seen(&zoomed, about));
            prop_assert!((0..2).all(|i| (before[i] - after[i]).abs() < 1e-9));
            prop_assert!((zoomed.extent() / ORBIT.extent() - factor).abs() < 1e-9);
            prop_assert!(ORBIT.zoomed(1e-9, about).extent() >= EXTENTS.0 * (1.0 - 1e-12));
        }
    }
}
