//! Where the camera is and where it is on its way to: five ways to move it, each with its own pose.

use bevy::math::DVec2;
use bevy::prelude::*;

use crate::core::experiment::CameraMode;
use crate::core::geometry::camera::{FOV, Pose};
use crate::core::geometry::glide::Glide;

/// Where the camera is and where it is on its way to.
#[derive(Resource)]
pub struct Rig {
    pub(super) mode: CameraMode,
    pub(super) orbit: Pose,
    pub(super) flight: Pose,
    pub(super) map: Pose,
    /// The pose that ride and path want at this moment.
    pub(super) led: Pose,
    /// The pose on screen, on its way to the one wanted.
    pub(super) glide: Glide,
    /// About how many seconds it stays behind.
    pub(super) lag: f64,
    /// Speed of flight: right, up, ahead.
    pub(super) velocity: Vec3,
    /// Full speed of flight in world units a second.
    pub(super) speed: f64,
    /// Speed of the orbit's turn when it was let go, in radians a second.
    pub(super) spin: DVec2,
    /// Whether the button that is held was pressed over the scene.
    pub(super) is_dragging: bool,
    /// Seconds along the path.
    pub(super) path_secs: f64,
    /// What was last brought into view.
    pub(super) framed: Option<Framed>,
    /// Width over height of what the panels left free then.
    pub(super) aspect: f64,
    /// The bookmark gone to last.
    pub(super) visited: u64,
}

/// What a framing depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Framed {
    /// How often it was asked for.
    pub(super) framings: u64,
    /// What stands where.
    pub(super) stands: [[Option<[f64; 3]>; 2]; 2],
    /// From where the experiment is to be looked at first.
    pub(super) eye: (f64, f64),
}

impl Default for Rig {
    fn default() -> Self {
        let orbit = Pose { target: [0.0, 0.25, 0.0], yaw: 0.62, pitch: -0.52, distance: 3.4, fov: FOV };
        Self {
            mode: CameraMode::Orbit,
            orbit,
            flight: orbit,
            map: orbit,
            led: orbit,
            glide: Glide::at(orbit),
            lag: LAG_SECS,
            velocity: Vec3::ZERO,
            speed: 0.8,
            spin: DVec2::ZERO,
            is_dragging: false,
            path_secs: 0.0,
            framed: None,
            aspect: 1.0,
            visited: 0,
        }
    }
}

impl Rig {
    /// The pose on screen.
    pub fn shown(&self) -> &Pose {
        self.glide.pose()
    }

    /// Whether the picture is on its way, or will be by itself.
    pub fn is_moving(&self) -> bool {
        self.glide != Glide::at(*self.wanted())
            || self.velocity != Vec3::ZERO
            || self.spin != DVec2::ZERO
            || self.mode == CameraMode::Path
    }

    /// Turns an orbit so that a point of the world is seen: higher over what hides it, and about it where
    /// it lies beside the picture.
    pub fn reveal(&mut self, at: [f64; 3], is_hidden: impl Fn([f64; 3]) -> bool) {
        if self.mode != CameraMode::Orbit {
            return;
        }
        let aspect = self.aspect;
        let is_beside = |pose: &Pose| pose.seen(at).is_none_or(|[x, y]| x.abs() > aspect || y.abs() > 1.0);
        let raised = self.orbit.raised(&is_hidden);
        let revealed =
            if is_beside(&raised) { Pose { target: at, ..self.orbit }.raised(&is_hidden) } else { raised };
        if revealed != self.orbit {
            (self.orbit, self.spin, self.lag) = (revealed, DVec2::ZERO, TRANSITION_SECS);
        }
    }

    pub(super) fn wanted(&self) -> &Pose {
        match self.mode {
            CameraMode::Orbit => &self.orbit,
            CameraMode::Flight => &self.flight,
            CameraMode::Map => &self.map,
            CameraMode::Ride | CameraMode::Path => &self.led,
        }
    }

    pub(super) fn switch(&mut self, mode: CameraMode) {
        if self.mode == mode {
            return;
        }
        match (self.mode, mode) {
            // Flight and orbit take over each other's view; whatever else leads to them is left at once.
            (CameraMode::Flight, CameraMode::Orbit) => {
                self.orbit = self.flight.retargeted(self.orbit.distance);
                self.glide.retarget(self.orbit.distance);
            }
            (_, CameraMode::Flight) => self.flight = self.shown().with_fov(FOV).turned(0.0, 0.0),
            (_, CameraMode::Path) => self.path_secs = 0.0,
            _ => {}
        }
        (self.velocity, self.spin) = (Vec3::ZERO, DVec2::ZERO);
        self.mode = mode;
        self.lag = TRANSITION_SECS;
    }

    /// In flight the target is right before the eye, so that a quick look around does not swing it.
    pub(super) fn bring_target_near(&mut self) {
        let is_far = self.flight.distance > FLIGHT_TARGET;
        if self.mode == CameraMode::Flight && is_far && self.shown().fov > 0.5 * FOV {
            self.flight = self.flight.retargeted(FLIGHT_TARGET);
            self.glide.retarget(FLIGHT_TARGET);
        }
    }
}

/// Radians a dragged pixel turns.
pub(super) const TURN: f64 = 0.006;
/// Factor of a wheel notch.
pub(super) const NOTCH: f64 = 0.88;
/// Seconds that the picture stays behind the hand.
pub(super) const LAG_SECS: f64 = 0.07;
/// Seconds that it stays behind at first on its way to another view, and in which that wears off.
pub(super) const TRANSITION_SECS: f64 = 0.34;
pub(super) const TRANSITION_WEARS_OFF_SECS: f64 = 0.7;
/// Seconds in which flight reaches its speed, all but a third of it.
const INERTIA_SECS: f32 = 0.18;
/// Seconds in which an orbit that was let go comes to rest, all but a third of its speed.
const SPIN_SECS: f64 = 0.28;
/// Distance from the eye to its target in flight.
const FLIGHT_TARGET: f64 = 0.05;
/// World height over the ground that flight keeps.
const CLEARANCE: f64 = 0.03;

/// What the hand does to the camera in a frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hand {
    /// Pixels dragged.
    pub(super) drag: DVec2,
    /// With which button: the left one, or another.
    pub(super) is_left: bool,
    pub(super) is_other: bool,
    pub(super) notches: f64,
    /// What the wheel goes to.
    pub(super) pointed: Option<[f64; 3]>,
    /// Height of the picture in pixels.
    pub(super) height: f64,
}

impl Rig {
    pub(super) fn turn_orbit(&mut self, hand: &Hand, is_held: bool, dt: f64) {
        if hand.is_left {
            let turn = -hand.drag * TURN;
            self.orbit = self.orbit.turned(turn.x, turn.y);
            if is_held && dt > 0.0 {
                // Of the last frames, so that a hand that rests before it lets go leaves no spin.
                self.spin = 0.5 * self.spin + 0.5 * turn / dt;
            }
        } else if hand.is_other {
            self.orbit = self.orbit.panned(-hand.drag.x / hand.height, hand.drag.y / hand.height);
        } else if self.spin != DVec2::ZERO {
            let turn = self.spin * dt;
            self.orbit = self.orbit.turned(turn.x, turn.y);
            let spin = self.spin * (-dt / SPIN_SECS).exp();
            self.spin = if spin.length() < 0.02 { DVec2::ZERO } else { spin };
        }
        if hand.notches != 0.0 {
            let about = hand.pointed.unwrap_or(self.orbit.target);
            self.orbit = self.orbit.zoomed(NOTCH.powf(hand.notches), about);
        }
    }

    pub(super) fn move_map(&mut self, hand: &Hand) {
        if hand.is_left {
            self.map = self.map.panned(-hand.drag.x / hand.height, hand.drag.y / hand.height);
        } else if hand.is_other {
            // Straight down is beyond what an orbit reaches, and stays.
            let pitch = self.map.pitch;
            self.map = Pose { pitch, ..self.map.turned(-hand.drag.x * TURN, 0.0) };
        }
        if hand.notches != 0.0 {
            let about = hand.pointed.unwrap_or(self.map.target);
            self.map = self.map.zoomed(NOTCH.powf(hand.notches), about);
        }
    }

    /// Flies on; `ground` is the world height that is not flown through at a place.
    pub(super) fn fly(&mut self, thrust: Vec3, dt: f32, ground: impl Fn([f64; 3]) -> f64) {
        let wanted = thrust * self.speed as f32;
        let velocity = self.velocity.lerp(wanted, 1.0 - (-dt / INERTIA_SECS).exp());
        // Smooth starts and stops have an end, or the picture would never hold still.
        self.velocity = if (velocity - wanted).length() < 1e-3 { wanted } else { velocity };
        if self.velocity != Vec3::ZERO {
            let [right, up, ahead] = (self.velocity * dt).to_array().map(f64::from);
            self.flight = self.flight.moved(right, up, ahead);
        }
        let eye = self.flight.eye();
        let below = ground(eye) + CLEARANCE - eye[1];
        if below > 0.0 {
            self.flight = self.flight.moved(0.0, below, 0.0);
        }
    }
}

impl Rig {
    /// As near to everything as before, in a window of another shape: a panel that opens takes room, and
    /// nothing else.
    pub(super) fn keep_in_view(&mut self, points: &[[f64; 3]], aspect: f64) {
        if (aspect - self.aspect).abs() < 1e-3 * self.aspect {
            return;
        }
        let framed = |pose: &Pose, aspect| pose.framing(points, aspect).distance;
        let orbit = Pose { fov: FOV, ..self.orbit };
        self.orbit.distance *= framed(&orbit, aspect) / framed(&orbit, self.aspect);
        let map = |aspect| Pose::map(points, self.map.yaw, aspect).distance;
        self.map.distance *= map(aspect) / map(self.aspect);
        self.aspect = aspect;
        self.lag = TRANSITION_SECS;
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::FLOOR;
    use super::*;

    fn gap(a: [f64; 3], b: [f64; 3]) -> f64 {
        (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt()
    }

    #[test]
    fn flight_takes_over_what_is_seen_and_gives_it_back() {
        let mut rig = Rig::default();
        rig.orbit = rig.orbit.turned(0.3, 0.2).zoomed(1.7, [0.0; 3]);
        rig.glide = Glide::at(rig.orbit);
        for mode in [CameraMode::Flight, CameraMode::Orbit, CameraMode::Flight] {
            let before = *rig.shown();
            rig.switch(mode);
            rig.bring_target_near();
            assert!(gap(before.eye(), rig.wanted().eye()) < 1e-9, "{mode:?}");
            assert!(gap(before.eye(), rig.shown().eye()) < 1e-9);
            assert!(
                (before.yaw - rig.wanted().yaw).abs() + (before.pitch - rig.wanted().pitch).abs() < 1e-12
            );
            rig.flight = rig.flight.moved(0.1, 0.2, 0.3);
            rig.glide = Glide::at(*rig.wanted());
        }
    }

    #[test]
    fn flight_starts_and_stops_smoothly_and_stands_still_in_the_end() {
        let mut rig = Rig { mode: CameraMode::Flight, ..Rig::default() };
        let ahead = Vec3::Z;
        rig.fly(ahead, 0.016, |_| -9.0);
        assert!(rig.velocity.z > 0.0 && rig.velocity.z < 0.2 * rig.speed as f32);
        for _ in 0..200 {
            rig.fly(ahead, 0.016, |_| -9.0);
        }
        assert_eq!(rig.velocity.z, rig.speed as f32);
        for _ in 0..200 {
            rig.fly(Vec3::ZERO, 0.016, |_| -9.0);
        }
        assert_eq!(rig.velocity, Vec3::ZERO);
    }

    #[test]
    fn flight_stays_above_the_ground_and_is_lifted_over_a_hill() {
        let mut rig = Rig { mode: CameraMode::Flight, ..Rig::default() };
        let mut lowest = |thrust: Vec3, ground: f64| {
            (0..400).for_each(|_| rig.fly(thrust, 0.016, |_| ground));
            rig.flight.eye()[1] - CLEARANCE
        };
        assert!((lowest(-Vec3::Y, FLOOR) - FLOOR).abs() < 1e-9);
        assert!((lowest(Vec3::ZERO, 0.4) - 0.4).abs() < 1e-9);
        assert!(lowest(-Vec3::Y, f64::NEG_INFINITY) < -1.0, "unless there is none to it");
    }

    #[test]
    fn a_point_is_revealed_by_as_much_of_a_turn_as_it_takes() {
        let mut rig = Rig::default();
        let before = rig.orbit;
        rig.reveal(before.target, |_| false);
        assert_eq!(rig.orbit, before, "what is seen needs no turn");
        rig.reveal(before.target, |eye| eye[1] < before.eye()[1] + 0.5);
        let over = rig.orbit;
        assert!(over.eye()[1] >= before.eye()[1] + 0.5 && over.yaw == before.yaw);
        let beside = [9.0, 0.0, 0.0];
        rig.reveal(beside, |_| false);
        assert_eq!(rig.orbit, Pose { target: beside, ..over });
        rig.mode = CameraMode::Map;
        rig.reveal([0.0; 3], |_| true);
        assert_eq!(rig.orbit.target, beside, "a map shows everything");
    }

    #[test]
    fn an_orbit_that_is_let_go_spins_down() {
        let mut rig = Rig::default();
        let hand = Hand { drag: DVec2::new(10.0, 0.0), is_left: true, height: 720.0, ..Hand::default() };
        (0..5).for_each(|_| rig.turn_orbit(&hand, true, 0.02));
        let yaw = rig.orbit.yaw;
        rig.turn_orbit(&Hand::default(), false, 0.02);
        let first = (rig.orbit.yaw - yaw).abs();
        assert!(first > 0.01 && first < 10.0 * TURN, "{first}");
        (0..300).for_each(|_| rig.turn_orbit(&Hand::default(), false, 0.02));
        assert_eq!(rig.spin, DVec2::ZERO);
    }
}
