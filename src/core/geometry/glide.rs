//! How the picture follows a camera that is moved: smoothly, from any pose to any other.
//!
//! Each coordinate of the pose is a critically damped spring: it starts and stops without a jolt,
//! takes over the speed it has when it is sent elsewhere, and goes no faster than [`FASTEST`]. Its
//! motion is solved exactly, so it is the same at any frame rate.

use super::camera::{Coordinates, Pose, YAW, wrapped};

/// A pose on its way to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glide {
    pose: Pose,
    /// Per second, of each coordinate.
    speed: Coordinates,
}

/// Greatest speed of each coordinate: world units, radians and factors of e a second.
pub const FASTEST: Coordinates = [5.0, 5.0, 5.0, 4.5, 4.5, 8.0, 8.0];

/// Change of a coordinate that nobody can see, and its speed, as a share of [`FASTEST`].
const STILL: f64 = 2e-6;

impl Glide {
    /// At rest at a pose.
    pub fn at(pose: Pose) -> Self {
        Self { pose, speed: Coordinates::default() }
    }

    /// The pose to be shown.
    pub fn pose(&self) -> &Pose {
        &self.pose
    }

    /// The same view with its target at another distance before the eye, and the way to go on from
    /// there. The eye's speed becomes the target's. Not for the narrow view of a map, whose eye is
    /// far outside the scene.
    pub fn retarget(&mut self, distance: f64) {
        let dt = 1e-4;
        let next = self.ahead(dt).retargeted(distance);
        self.pose = self.pose.retargeted(distance);
        let (from, to) = (self.pose.coordinates(), next.coordinates());
        self.speed = std::array::from_fn(|i| gap(i, from[i], to[i]) / dt);
        self.limit();
    }

    /// Where it would be after a moment if nothing held it.
    fn ahead(&self, dt: f64) -> Pose {
        let from = self.pose.coordinates();
        Pose::from_coordinates(std::array::from_fn(|i| from[i] + self.speed[i] * dt))
    }

    /// Follows a pose for `dt` seconds; `lag` is about how many seconds it stays behind.
    pub fn follow(&mut self, wanted: &Pose, lag: f64, dt: f64) {
        if dt <= 0.0 {
            // Not even by rounding: a frame of a film is drawn more than once in no time.
            return;
        }
        let rate = 2.0 / lag;
        let (from, to) = (self.pose.coordinates(), wanted.coordinates());
        let mut at = from;
        let mut is_there = true;
        for i in 0..at.len() {
            // A spring that starts farther away than this would go too fast.
            let most = FASTEST[i] * std::f64::consts::E / rate;
            let away = -gap(i, from[i], to[i]);
            let held = away.clamp(-most, most);
            let pull = self.speed[i] + rate * held;
            let decay = (-rate * dt).exp();
            at[i] = from[i] - held + (held + pull * dt) * decay;
            self.speed[i] = (self.speed[i] - rate * pull * dt) * decay;
            let left = gap(i, at[i], to[i]);
            is_there &= left.abs() < STILL * FASTEST[i] && self.speed[i].abs() < STILL * FASTEST[i] * 10.0;
        }
        self.limit();
        *self = if is_there {
            Self::at(*wanted)
        } else {
            Self { pose: Pose::from_coordinates(at), speed: self.speed }
        };
    }

    fn limit(&mut self) {
        for (speed, fastest) in self.speed.iter_mut().zip(FASTEST) {
            *speed = speed.clamp(-fastest, fastest);
        }
    }
}

/// From one value of a coordinate to another; about the vertical the short way round.
fn gap(coordinate: usize, from: f64, to: f64) -> f64 {
    if coordinate == YAW { wrapped(to - from) } else { to - from }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::geometry::camera::{FOV, MAP_FOV};
    use proptest::prelude::*;

    fn any_pose() -> impl Strategy<Value = Pose> {
        let ways = prop_oneof![Just(FOV), Just(MAP_FOV)];
        (prop::array::uniform3(-3.0..3.0_f64), -3.1..3.1_f64, -1.57..1.5_f64, 0.05..4.0_f64, ways).prop_map(
            |(target, yaw, pitch, extent, fov)| {
                Pose { target, yaw, pitch, distance: 0.5 * extent / (0.5 * FOV).tan(), fov: FOV }
                    .with_fov(fov)
            },
        )
    }

    proptest! {
        #[test]
        fn nothing_moves_in_no_time(from in any_pose(), to in any_pose(), dt in 0.002..0.3_f64) {
            let mut glide = Glide::at(from);
            glide.follow(&to, 0.2, dt);
            let before = glide;
            glide.follow(&to, 0.2, 0.0);
            prop_assert_eq!(glide, before);
        }

        /// What a person sees of a change of mode, of a bookmark, of anything that sends the camera
        /// elsewhere, even in the middle of another such change.
        #[test]
        fn no_sequence_of_poses_makes_it_jump(
            poses in prop::collection::vec((any_pose(), 1..80_usize, 0.08..0.5_f64, prop::option::of(0.05..5.0_f64)), 1..8),
            dt in 0.002..0.06_f64,
        ) {
            let mut glide = Glide::at(poses[0].0);
            for (wanted, frames, lag, retarget) in &poses {
                if let Some(distance) = retarget.filter(|_| glide.pose.fov > 0.3) {
                    let eye = glide.pose.eye();
                    glide.retarget(distance);
                    let moved = glide.pose.eye();
                    prop_assert!((0..3).all(|i| (eye[i] - moved[i]).abs() < 1e-9));
                }
                for _ in 0..*frames {
                    let before = glide.pose.coordinates();
                    glide.follow(wanted, *lag, dt);
                    let after = glide.pose.coordinates();
                    for i in 0..after.len() {
                        let moved = gap(i, before[i], after[i]).abs();
                        prop_assert!(moved <= 1.2 * FASTEST[i] * dt + 1e-5, "{i}: {moved} in {dt}");
                    }
                }
            }
            let last = poses[poses.len() - 1].0;
            for _ in 0..4000 {
                glide.follow(&last, 0.1, dt);
            }
            prop_assert_eq!(glide, Glide::at(last));
        }

        #[test]
        fn it_is_the_same_at_any_frame_rate(to in any_pose(), lag in 0.08..0.5_f64) {
            let from = Pose { target: to.target.map(|v| v + 0.2), yaw: to.yaw + 0.3, ..to };
            let (mut coarse, mut fine) = (Glide::at(from), Glide::at(from));
            coarse.follow(&to, lag, 0.04);
            for _ in 0..4 {
                fine.follow(&to, lag, 0.01);
            }
            for (a, b) in coarse.pose.coordinates().into_iter().zip(fine.pose.coordinates()) {
                prop_assert!((a - b).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn the_way_to_a_map_keeps_the_size_of_what_is_looked_at() {
        let orbit = Pose { target: [0.0; 3], yaw: 0.5, pitch: -0.5, distance: 3.0, fov: FOV };
        let map = Pose { pitch: -1.57, ..orbit.with_fov(MAP_FOV) };
        let mut glide = Glide::at(orbit);
        for _ in 0..100 {
            glide.follow(&map, 0.3, 0.02);
            assert!((glide.pose.extent() / orbit.extent() - 1.0).abs() < 0.03, "{}", glide.pose.extent());
        }
        assert!(glide.pose.fov < 1.1 * MAP_FOV);
    }
}
