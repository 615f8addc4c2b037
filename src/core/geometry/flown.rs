//! What a camera did, as few keys of a path as tell it.
//!
//! Poses are kept while the camera moves, and where it rested the moments at which it came to rest and
//! set out. Keys are then added where the path through those there are is farthest from what was seen,
//! until it is nowhere farther than anybody would notice (as Douglas and Peucker 1973 do for straight
//! lines), and those that turn out not to be needed are taken away again.

use super::camera::{Pose, YAW, wrapped};
use super::path::{CameraKey, between};

/// The flight of a camera, as it was seen.
#[derive(Clone, Debug, Default)]
pub struct Flown {
    kept: Vec<CameraKey>,
    /// The last one, and the one before it.
    seen: Option<CameraKey>,
    before: Option<CameraKey>,
}

/// Seconds between two poses that are kept.
const GRAIN_SECS: f64 = 0.01;
/// Seconds of a rest between two moments at which the path is looked at, at most.
const REST_SECS: f64 = 0.5;
/// How far the path may be from what was seen, as a share of the view's height: a pixel or two.
const TOLERANCE: f64 = 2e-3;
/// And how far in time, since nobody sees where exactly a thing is that moves fast.
const TOLERANCE_SECS: f64 = 8e-3;
/// World height of the view over which an error is counted where a target is closer: what is to be seen
/// is farther away.
const LEAST_EXTENT: f64 = 0.5;

impl Flown {
    /// Takes note of a pose. Times must not go back.
    pub fn see(&mut self, secs: f64, pose: &Pose) {
        let key = CameraKey { secs, pose: rounded(pose) };
        let Some(kept) = self.kept.last().copied() else {
            self.kept.push(key);
            self.seen = Some(key);
            return;
        };
        self.before = self.seen.replace(key);
        let seen = self.before.unwrap_or(kept);
        let is_new = seen.secs > kept.secs && key.secs > seen.secs;
        let (was_resting, is_resting) = (seen.pose == kept.pose, key.pose == seen.pose);
        // It sets out, or it came to rest.
        if is_new && was_resting != is_resting {
            self.kept.push(seen);
        }
        let kept = self.kept[self.kept.len() - 1];
        // A path is at rest at its ends: where the camera was not, that must be over at once.
        let is_start = self.kept.len() < 2;
        if !is_resting && key.secs > kept.secs && (is_start || key.secs - kept.secs >= GRAIN_SECS) {
            self.kept.push(key);
        }
    }

    /// The keys that tell it, at least one if anything was seen.
    pub fn keys(mut self) -> Vec<CameraKey> {
        for end in [self.before, self.seen].into_iter().flatten() {
            let is_later = self.kept.last().is_none_or(|last| last.secs < end.secs);
            self.kept.extend(Some(end).filter(|_| is_later));
        }
        let seen = with_rests(&self.kept);
        let mut keys: Vec<usize> = if seen.len() > 1 { vec![0, seen.len() - 1] } else { vec![0; seen.len()] };
        add_keys(&seen, &mut keys);
        drop_keys(&seen, &mut keys);
        match &seen[..] {
            // A camera that stood still has one place.
            [first, .., last] if keys.len() == 2 && first.pose == last.pose => vec![*first],
            _ => keys.into_iter().map(|i| seen[i]).collect(),
        }
    }
}

/// A pose in as many digits as can be seen.
fn rounded(pose: &Pose) -> Pose {
    let even = |value: f64| (value * 1e4).round() / 1e4;
    let digits = |value: f64| format!("{value:.4e}").parse().unwrap_or(value);
    Pose {
        target: pose.target.map(even),
        yaw: even(pose.yaw),
        pitch: even(pose.pitch),
        distance: digits(pose.distance),
        fov: digits(pose.fov),
    }
}

/// The poses with some of each rest, which the path must not leave: the more the nearer to its ends,
/// where a path swings.
fn with_rests(kept: &[CameraKey]) -> Vec<CameraKey> {
    let mut all = Vec::with_capacity(kept.len());
    for (i, key) in kept.iter().enumerate() {
        all.push(*key);
        let Some(next) = kept.get(i + 1).filter(|next| next.pose == key.pose) else { continue };
        let (mut after, mut gap) = (key.secs + GRAIN_SECS, GRAIN_SECS);
        while after < next.secs - 0.5 * GRAIN_SECS {
            all.push(CameraKey { secs: (after * 1e3).round() / 1e3, ..*key });
            gap = (1.5 * gap).min(REST_SECS).min((0.4 * (next.secs - after)).max(GRAIN_SECS));
            after += gap;
        }
    }
    all
}

/// How far apart two poses are, as a share of what nobody notices.
fn apart(a: &Pose, b: &Pose) -> f64 {
    let extent = b.extent().max(LEAST_EXTENT);
    let (a, b) = (a.coordinates(), b.coordinates());
    let gaps = (0..a.len()).map(|i| {
        let gap = if i == YAW { wrapped(a[i] - b[i]) } else { a[i] - b[i] };
        // Turning moves what is a unit away by the angle; the last two are logarithms.
        gap.abs() / if i < 5 { extent } else { 1.0 }
    });
    gaps.fold(0.0, f64::max) / TOLERANCE
}

/// How far the path may be from a pose, as a share of what nobody notices at rest.
fn slack(seen: &[CameraKey], at: usize) -> f64 {
    let (before, after) = (&seen[at.saturating_sub(1)], &seen[(at + 1).min(seen.len() - 1)]);
    let speed = apart(&before.pose, &after.pose) / (after.secs - before.secs).max(1e-3);
    1.0 + TOLERANCE_SECS * speed
}

/// The pose between two keys that the path is farthest from, if anybody would notice.
fn worst(seen: &[CameraKey], keys: &[CameraKey], places: &[usize], at: usize) -> Option<usize> {
    let inner = places[at] + 1..places[at + 1];
    let far = inner.map(|i| (apart(&between(keys, at, seen[i].secs), &seen[i].pose) / slack(seen, i), i));
    far.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(error, _)| *error > 1.0).map(|(_, i)| i)
}

fn at_places(seen: &[CameraKey], places: &[usize]) -> Vec<CameraKey> {
    places.iter().map(|i| seen[*i]).collect()
}

/// Adds keys until the path is right everywhere. A key changes the path from the key before the one
/// before it to the one after the next: only there it is looked at again.
fn add_keys(seen: &[CameraKey], places: &mut Vec<usize>) {
    let mut is_due = vec![true; places.len().saturating_sub(1)];
    while is_due.contains(&true) {
        let keys = at_places(seen, places);
        let found: Vec<Option<usize>> = (0..is_due.len())
            .map(|at| if is_due[at] { worst(seen, &keys, places, at) } else { None })
            .collect();
        let mut next = vec![places[0]];
        let mut added = Vec::new();
        for (at, new) in found.into_iter().enumerate() {
            if let Some(new) = new {
                added.push(next.len());
                next.push(new);
            }
            next.push(places[at + 1]);
        }
        *places = next;
        is_due = vec![false; places.len() - 1];
        for at in added {
            let end = (at + 2).min(is_due.len());
            is_due[at.saturating_sub(2)..end].fill(true);
        }
    }
}

/// Takes away each key without which the path is right too.
fn drop_keys(seen: &[CameraKey], places: &mut Vec<usize>) {
    let mut at = 1;
    while at + 1 < places.len() {
        // The keys about it are all that this part of the path depends on.
        let (low, high) = (at.saturating_sub(4), (at + 5).min(places.len()));
        let mut about = places[low..high].to_vec();
        about.remove(at - low);
        let keys = at_places(seen, &about);
        let from = if low == 0 { 0 } else { 1 };
        let to = if high == places.len() { about.len() - 1 } else { about.len() - 2 };
        if (from..to).all(|segment| worst(seen, &keys, &about, segment).is_none()) {
            places.remove(at);
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::geometry::camera::FOV;
    use crate::core::geometry::glide::Glide;
    use crate::core::geometry::path::CameraPath;
    use proptest::prelude::*;

    const STILL: Pose = Pose { target: [0.1, 0.2, 0.3], yaw: 3.0, pitch: -0.4, distance: 3.0, fov: FOV };

    fn worst_gap(shown: &[CameraKey], keys: &[CameraKey]) -> f64 {
        let path = CameraPath::new(keys.to_vec()).unwrap();
        let gap = |i: usize| apart(&path.through(shown[i].secs), &shown[i].pose) / slack(shown, i);
        (0..shown.len()).map(gap).fold(0.0, f64::max)
    }

    #[test]
    fn a_camera_that_stands_still_has_one_key_and_holds_where_it_rested() {
        let mut flown = Flown::default();
        (0..100).for_each(|i| flown.see(f64::from(i) / 60.0, &STILL));
        assert_eq!(flown.keys(), [CameraKey { secs: 0.0, pose: STILL }]);
        assert!(Flown::default().keys().is_empty());

        let mut flown = Flown::default();
        let mut shown = Vec::new();
        for i in 0..1200 {
            let secs = f64::from(i) / 60.0;
            // It turns for two seconds, rests for twelve, and goes on.
            let yaw = 0.5 * if secs < 2.0 { secs } else { (secs - 12.0).max(2.0) };
            let pose = STILL.turned(yaw, 0.0);
            shown.push(CameraKey { secs, pose });
            flown.see(secs, &pose);
        }
        let keys = flown.keys();
        assert!(keys.len() < 16, "{}", keys.len());
        let gap = worst_gap(&shown, &keys);
        assert!(gap < 2.0, "{gap}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        /// A hand sends the camera elsewhere now and then, and the camera glides there and rests.
        #[test]
        fn the_path_through_the_keys_is_what_was_seen(
            ways in prop::collection::vec(
                (prop::array::uniform3(-1.0..1.0_f64), -3.1..3.1_f64, -1.5..0.5_f64, 0.5..4.0_f64, 0.0..3.0_f64),
                1..7,
            ),
            fps in 20.0..90.0_f64,
        ) {
            let mut flown = Flown::default();
            let mut glide = Glide::at(STILL);
            let (mut shown, mut secs) = (Vec::new(), 0.0);
            for (target, yaw, pitch, distance, rest) in ways {
                let wanted = Pose { target, yaw, pitch, distance, fov: FOV };
                let until = secs + rest;
                while secs < until {
                    glide.follow(&wanted, 0.3, 1.0 / fps);
                    secs += 1.0 / fps;
                    flown.see(secs, glide.pose());
                    shown.push(CameraKey { secs, pose: *glide.pose() });
                }
            }
            prop_assume!(!shown.is_empty());
            let (frames, keys) = (shown.len(), flown.keys());
            // Between the poses that were kept nothing was looked at; so much more may come of that.
            let gap = worst_gap(&shown, &keys);
            prop_assert!(gap < 2.0, "{gap}");
            prop_assert!(keys.len() <= 2 + frames / 2, "{} of {frames}", keys.len());
        }
    }
}
