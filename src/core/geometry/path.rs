//! A camera's path through keyframes.
//!
//! Target, pan, tilt, distance and height of the view each run through the keys along a Catmull–Rom
//! curve over the keys' own times (Barry and Goldman 1988), so that the path passes every key at its
//! time and has no kink there; at its ends it is at rest. Pan and tilt turn separately, as a film crane's head does: spherical
//! interpolation between two level views would roll the horizon on its way, and taking the roll out
//! again has a pole straight down, where the map lies.

use serde::{Deserialize, Serialize};

use super::camera::{Pose, YAW, wrapped};

use crate::core::text::Measured;

/// A pose at a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraKey {
    /// Seconds from the start of the path.
    pub secs: f64,
    /// The pose then.
    pub pose: Pose,
}

impl CameraKey {
    /// Checks the key of that number, from 1, after one at the time `before`.
    ///
    /// # Errors
    /// If its time is not after that, or its pose is not finite.
    pub fn check(&self, number: usize, before: Option<f64>) -> Result<(), PathError> {
        let Self { secs, pose } = self;
        if !(secs.is_finite() && before.is_none_or(|before| before < *secs)) {
            return Err(PathError::Time { number, secs: Measured(*secs) });
        }
        let all = [pose.yaw, pose.pitch, pose.distance, pose.fov];
        let is_finite = pose.target.iter().chain(&all).all(|v| v.is_finite());
        match is_finite && pose.distance > 0.0 && pose.fov > 0.0 && pose.fov < 3.0 {
            true => Ok(()),
            false => Err(PathError::Pose { number }),
        }
    }
}

/// Least time from one key to the next that a hand sets, in seconds.
const LEAST_GAP_SECS: f64 = 0.1;

/// The keys with one of them at another time. It stays between its neighbours, and does not go before 0.
pub fn retimed(keys: &[CameraKey], index: usize, secs: f64) -> Vec<CameraKey> {
    let mut keys = keys.to_vec();
    let low = index.checked_sub(1).map_or(0.0, |before| keys[before].secs + LEAST_GAP_SECS);
    let high = keys.get(index + 1).map_or(f64::INFINITY, |next| next.secs - LEAST_GAP_SECS);
    // Between two that are closer still there is no other place.
    if low <= high {
        keys[index].secs = secs.clamp(low, high);
    }
    keys
}

/// Keys in the order of their times, at least one.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraPath {
    keys: Vec<CameraKey>,
}

/// Why keys make no path.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PathError {
    /// None at all.
    #[error("a camera path without keys; expected at least one")]
    Empty,
    /// A time that is not after the one before.
    #[error("camera key {number} at {secs} s; expected a finite time after the key before it")]
    Time {
        /// The key's number, from 1.
        number: usize,
        /// Its time.
        secs: Measured,
    },
    /// A pose that is none.
    #[error("camera key {number}; expected finite numbers, and a distance and height of view above 0")]
    Pose {
        /// The key's number, from 1.
        number: usize,
    },
}

impl CameraPath {
    /// Checks the keys.
    ///
    /// # Errors
    /// If there are none, a time is not after the one before it, or a pose is not finite.
    pub fn new(keys: Vec<CameraKey>) -> Result<Self, PathError> {
        if keys.is_empty() {
            return Err(PathError::Empty);
        }
        for (i, key) in keys.iter().enumerate() {
            key.check(i + 1, i.checked_sub(1).map(|before| keys[before].secs))?;
        }
        Ok(Self { keys })
    }

    /// The keys.
    pub fn keys(&self) -> &[CameraKey] {
        &self.keys
    }

    /// Seconds from the first key to the last.
    pub fn duration(&self) -> f64 {
        self.keys[self.keys.len() - 1].secs - self.keys[0].secs
    }

    /// The pose `secs` after the first key; before it the first, after the last the last. The path
    /// sets out from rest and comes to rest.
    pub fn at(&self, secs: f64) -> Pose {
        self.through(self.keys[0].secs + secs)
    }

    /// The pose at a time of the keys: each is passed at its own.
    pub fn through(&self, secs: f64) -> Pose {
        let keys = &self.keys;
        let next = keys.iter().position(|key| key.secs > secs).unwrap_or(keys.len());
        match next.checked_sub(1) {
            Some(before) if next < keys.len() => between(keys, before, secs),
            last => keys[last.unwrap_or_default()].pose,
        }
    }
}

/// The pose at a time between a key and the next one.
///
/// # Panics
/// If there is no next one.
pub(super) fn between(keys: &[CameraKey], before: usize, secs: f64) -> Pose {
    let next = before + 1;
    // Beyond an end the path would come back as it went: so it is at rest there.
    let beyond = |end: usize, inner: usize| (2.0 * keys[end].secs - keys[inner].secs, keys[inner].pose);
    let real = |i: usize| (keys[i].secs, keys[i].pose);
    let four = [
        if before > 0 { real(before - 1) } else { beyond(before, next) },
        real(before),
        real(next),
        if next + 1 < keys.len() { real(next + 1) } else { beyond(next, before) },
    ];
    let times = four.map(|(secs, _)| secs);
    let values = four.map(|(_, pose)| pose.coordinates());
    Pose::from_coordinates(std::array::from_fn(|coordinate| {
        let mut values = values.map(|values| values[coordinate]);
        if coordinate == YAW {
            unwind(&mut values);
        }
        catmull_rom(times, values, secs)
    }))
}

/// Makes each angle the one nearest to its neighbour, from the second on outward.
fn unwind(values: &mut [f64; 4]) {
    for (i, from) in [(2, 1), (0, 1), (3, 2)] {
        values[i] = values[from] + wrapped(values[i] - values[from]);
    }
}

/// The curve through four values at four times, between the second and the third.
fn catmull_rom(t: [f64; 4], v: [f64; 4], at: f64) -> f64 {
    let mix = |a: (f64, f64), b: (f64, f64)| {
        let share = (at - a.0) / (b.0 - a.0);
        a.1 + share * (b.1 - a.1)
    };
    let a: [f64; 3] = std::array::from_fn(|i| mix((t[i], v[i]), (t[i + 1], v[i + 1])));
    let b: [f64; 2] = std::array::from_fn(|i| mix((t[i], a[i]), (t[i + 2], a[i + 1])));
    mix((t[1], b[0]), (t[2], b[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::geometry::camera::FOV;

    fn key(secs: f64, x: f64, yaw: f64) -> CameraKey {
        let pose = Pose { target: [x, 0.0, 0.0], yaw, pitch: -0.3, distance: 2.0, fov: FOV };
        CameraKey { secs, pose }
    }

    #[test]
    fn it_passes_every_key_and_rests_at_its_ends() {
        let keys = vec![key(1.0, 0.0, 3.0), key(3.0, 1.0, -3.0), key(4.0, 5.0, -2.0), key(9.0, 2.0, 0.0)];
        let path = CameraPath::new(keys.clone()).unwrap();
        assert_eq!(path.duration(), 8.0);
        for key in &keys {
            let pose = path.at(key.secs - keys[0].secs);
            assert!((pose.target[0] - key.pose.target[0]).abs() < 1e-12);
            assert!(wrapped(pose.yaw - key.pose.yaw).abs() < 1e-12);
        }
        assert_eq!((path.at(-1.0), path.at(99.0)), (keys[0].pose, keys[3].pose));
        let speed = |at: f64| {
            let (a, b) = (path.at(at), path.at(at + 1e-3));
            (0..3).map(|i| (b.target[i] - a.target[i]).abs()).sum::<f64>() * 1e3
        };
        assert!(speed(0.0) < 1e-2 && speed(7.999) < 1e-2, "{} {}", speed(0.0), speed(7.999));
    }

    #[test]
    fn it_has_no_kink_and_turns_the_short_way() {
        let keys = vec![key(0.0, 0.0, 3.0), key(2.0, 1.0, -3.0), key(3.0, 5.0, -2.5), key(9.0, 2.0, -2.0)];
        let path = CameraPath::new(keys).unwrap();
        let (dt, mut before): (f64, Option<(f64, f64)>) = (1e-3, None);
        for i in 0..8990 {
            let (a, b) = (path.at(f64::from(i) * dt), path.at(f64::from(i + 1) * dt));
            let speed = ((b.target[0] - a.target[0]) / dt, wrapped(b.yaw - a.yaw) / dt);
            if let Some(last) = before {
                assert!((speed.0 - last.0).abs() < 0.1 && (speed.1 - last.1).abs() < 0.1, "{i}");
            }
            assert!(speed.1.abs() < 2.0, "{}", speed.1);
            before = Some(speed);
        }
    }

    #[test]
    fn a_key_does_not_pass_its_neighbours() {
        let keys = [key(0.0, 0.0, 0.0), key(3.0, 1.0, 0.0), key(6.0, 2.0, 0.0)];
        let moved = |index, secs| retimed(&keys, index, secs)[index].secs;
        assert_eq!(
            (moved(1, 4.5), moved(1, -9.0), moved(1, 9.0)),
            (4.5, LEAST_GAP_SECS, 6.0 - LEAST_GAP_SECS)
        );
        assert_eq!((moved(0, -1.0), moved(2, 99.0)), (0.0, 99.0));
        let close = [key(0.0, 0.0, 0.0), key(0.05, 1.0, 0.0), key(0.1, 2.0, 0.0)];
        assert_eq!(retimed(&close, 1, 0.07), close);
        assert!(CameraPath::new(retimed(&keys, 1, 99.0)).is_ok());
    }

    #[test]
    fn bad_keys_are_named() {
        let refused = |keys: Vec<CameraKey>| CameraPath::new(keys).unwrap_err().to_string();
        assert!(refused(vec![]).contains("without keys"));
        assert!(refused(vec![key(1.0, 0.0, 0.0), key(1.0, 0.0, 0.0)]).starts_with("camera key 2 at 1 s"));
        assert!(refused(vec![key(f64::NAN, 0.0, 0.0)]).starts_with("camera key 1 at NaN"));
        assert!(refused(vec![key(0.0, f64::NAN, 0.0)]).starts_with("camera key 1;"));
        assert_eq!(CameraPath::new(vec![key(2.0, 1.0, 0.0)]).unwrap().at(0.5), key(2.0, 1.0, 0.0).pose);
    }
}
