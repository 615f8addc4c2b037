//! Camera poses as pure data: where the eye is and where it looks.
//!
//! World axes as in [`super::frame`]. Angles are in radians; `yaw` turns about the vertical (0 looks
//! along −z, positive to the left), `pitch` is above the horizon. There is no roll.

use serde::{Deserialize, Serialize};

type V = nalgebra::Vector3<f64>;

/// An eye and its direction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pose {
    /// World position.
    pub eye: [f64; 3],
    /// Turn about the vertical.
    pub yaw: f64,
    /// Angle above the horizon, within ±[`MAX_PITCH`].
    pub pitch: f64,
}

/// A pose that circles a target.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Orbit {
    /// What is looked at, in the world.
    pub target: [f64; 3],
    /// Turn about the vertical.
    pub yaw: f64,
    /// Angle of the view above the horizon: negative looks down.
    pub pitch: f64,
    /// From eye to target, within [`DISTANCES`].
    pub distance: f64,
}

/// Straight up or down is left out: there the turn about the vertical loses its meaning.
pub const MAX_PITCH: f64 = 1.55;
/// Nearest and farthest an orbit goes.
pub const DISTANCES: (f64, f64) = (0.15, 20.0);

impl Pose {
    /// Unit vector of the view.
    pub fn forward(&self) -> [f64; 3] {
        direction(self.yaw, self.pitch).into()
    }

    /// Unit vector to the right, level.
    pub fn right(&self) -> [f64; 3] {
        [self.yaw.cos(), 0.0, -self.yaw.sin()]
    }

    /// The orbit that has this pose, about the point `distance` ahead.
    pub fn orbit(&self, distance: f64) -> Orbit {
        let distance = distance.clamp(DISTANCES.0, DISTANCES.1);
        let target = V::from(self.eye) + direction(self.yaw, self.pitch) * distance;
        Orbit { target: target.into(), yaw: self.yaw, pitch: self.pitch, distance }
    }

    /// Turned by so much, without going over the top.
    pub fn turned(&self, yaw: f64, pitch: f64) -> Self {
        Self {
            yaw: wrapped(self.yaw + yaw),
            pitch: (self.pitch + pitch).clamp(-MAX_PITCH, MAX_PITCH),
            ..*self
        }
    }

    /// Moved by so much: to the right, up in the world, and ahead.
    pub fn moved(&self, right: f64, up: f64, ahead: f64) -> Self {
        let eye =
            V::from(self.eye) + V::from(self.right()) * right + V::y() * up + V::from(self.forward()) * ahead;
        Self { eye: eye.into(), ..*self }
    }
}

impl Orbit {
    /// The pose on this orbit.
    pub fn pose(&self) -> Pose {
        let eye = V::from(self.target) - direction(self.yaw, self.pitch) * self.distance;
        Pose { eye: eye.into(), yaw: self.yaw, pitch: self.pitch }
    }

    /// Turned about the target, without going over the top.
    pub fn turned(&self, yaw: f64, pitch: f64) -> Self {
        Self {
            yaw: wrapped(self.yaw + yaw),
            pitch: (self.pitch + pitch).clamp(-MAX_PITCH, MAX_PITCH),
            ..*self
        }
    }

    /// Nearer (below 1) or farther (above 1) by a factor.
    pub fn zoomed(&self, factor: f64) -> Self {
        Self { distance: (self.distance * factor).clamp(DISTANCES.0, DISTANCES.1), ..*self }
    }

    /// The target moved along the screen, in shares of the distance.
    pub fn panned(&self, right: f64, up: f64) -> Self {
        let level = V::from(self.pose().right());
        let upward = level.cross(&direction(self.yaw, self.pitch));
        let target = V::from(self.target) + (level * right + upward * up) * self.distance;
        Self { target: target.into(), ..*self }
    }

    /// The orbit that shows all those points, from the present angle, and as near as it can. `fov_y`
    /// is the height of the view in radians, `aspect` its width over its height.
    ///
    /// The target becomes the middle of the points as seen from there: each axis of the screen is
    /// bounded by two planes through the eye, and the points by two parallels to them; the eye goes
    /// where the tighter pair meets.
    pub fn framing(&self, points: &[[f64; 3]], fov_y: f64, aspect: f64) -> Self {
        let forward = direction(self.yaw, self.pitch);
        let right = V::from(self.pose().right());
        let up = right.cross(&forward);
        let tan_y = (0.5 * fov_y).tan();
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
        let distance = (middle - forward.dot(&eye)).clamp(DISTANCES.0, DISTANCES.1);
        Self { target: (eye + forward * distance).into(), distance, ..*self }
    }
}

fn direction(yaw: f64, pitch: f64) -> V {
    V::new(-yaw.sin() * pitch.cos(), pitch.sin(), -yaw.cos() * pitch.cos())
}

/// The same angle within ±π.
fn wrapped(angle: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    (angle + PI).rem_euclid(TAU) - PI
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: [f64; 3], b: [f64; 3]) -> bool {
        (V::from(a) - V::from(b)).norm() < 1e-9
    }

    #[test]
    fn directions_are_as_documented() {
        let ahead = Pose { eye: [0.0; 3], yaw: 0.0, pitch: 0.0 };
        assert!(close(ahead.forward(), [0.0, 0.0, -1.0]));
        assert!(close(ahead.right(), [1.0, 0.0, 0.0]));
        let left = ahead.turned(std::f64::consts::FRAC_PI_2, 0.0);
        assert!(close(left.forward(), [-1.0, 0.0, 0.0]));
        assert!(close(ahead.moved(1.0, 2.0, 3.0).eye, [1.0, 2.0, -3.0]));
        assert_eq!(ahead.turned(0.0, 9.0).pitch, MAX_PITCH);
    }

    #[test]
    fn framing_keeps_every_point_in_view_and_touches_the_border() {
        let orbit = Orbit { target: [0.0; 3], yaw: 0.6, pitch: -0.5, distance: 1.0 };
        let corner = |i: u32| [0, 1, 2].map(|bit| if i >> bit & 1 == 1 { 1.0 } else { -0.5 });
        let points: Vec<[f64; 3]> = (0..8).map(corner).collect();
        for aspect in [0.5, 1.0, 16.0 / 9.0] {
            let pose = orbit.framing(&points, 0.8, aspect).pose();
            let (forward, right) = (V::from(pose.forward()), V::from(pose.right()));
            let up = right.cross(&forward);
            let mut fullest: f64 = 0.0;
            for point in &points {
                let ray = V::from(*point) - V::from(pose.eye);
                let depth = ray.dot(&forward);
                assert!(depth > 0.0);
                let share = |across: V, tan: f64| (ray.dot(&across) / depth / tan).abs();
                fullest = fullest.max(share(up, 0.4_f64.tan())).max(share(right, 0.4_f64.tan() * aspect));
            }
            assert!((fullest - 1.0).abs() < 1e-9, "{fullest}");
        }
    }

    proptest! {
        #[test]
        fn an_orbit_of_a_pose_has_that_pose(
            eye in prop::array::uniform3(-5.0..5.0_f64), yaw in -3.1..3.1_f64, pitch in -1.5..1.5_f64, distance in 0.2..15.0_f64,
        ) {
            let pose = Pose { eye, yaw, pitch };
            prop_assert!(close(pose.orbit(distance).pose().eye, eye));
        }

        #[test]
        fn turning_keeps_the_distance_and_panning_the_angle(
            yaw in -9.0..9.0_f64, pitch in -3.0..3.0_f64, right in -1.0..1.0_f64, up in -1.0..1.0_f64,
        ) {
            let orbit = Orbit { target: [0.1, 0.2, 0.3], yaw: 0.5, pitch: -0.4, distance: 3.0 };
            let turned = orbit.turned(yaw, pitch);
            let gap = V::from(turned.pose().eye) - V::from(turned.target);
            prop_assert!((gap.norm() - 3.0).abs() < 1e-9);
            let panned = orbit.panned(right, up);
            prop_assert_eq!(panned.pose().forward(), orbit.pose().forward());
            let moved = V::from(panned.target) - V::from(orbit.target);
            prop_assert!(moved.dot(&V::from(orbit.pose().forward())).abs() < 1e-9);
        }
    }
}
