//! A trail that grows while a film shows it, cut into pieces that appear one after the other.

use crate::core::formats::scene::strip::Stretch;
use crate::core::formats::scene::{Exhibit, Shape};
use crate::core::geometry::tube::tube;
use crate::core::session::Revision;
use crate::scene::frame::Placed;
use crate::scene::trail::TrailPlace;

/// A trail on a stand, from a frame on. It is the same trail while it only grows.
pub(super) struct Growth {
    since: u64,
    of: ((Revision, u64), Placed),
    radius: f64,
    /// The step of its end, in each frame since.
    pub(super) steps: Vec<u64>,
    /// As it was seen last: its places, and where they are on the stand.
    pub(super) path: Vec<(TrailPlace, [f64; 3])>,
    /// A colour for each.
    pub(super) colors: Vec<[u8; 3]>,
}

impl PartialEq for Growth {
    fn eq(&self, other: &Self) -> bool {
        (self.of, self.radius) == (other.of, other.radius)
    }
}

impl Growth {
    /// One without any place so far.
    pub(super) fn new(since: u64, of: ((Revision, u64), Placed), radius: f64) -> Self {
        Self { since, of, radius, steps: Vec::new(), path: Vec::new(), colors: Vec::new() }
    }

    /// The frame in which a place of the path was reached.
    fn arrival(&self, place: &TrailPlace) -> u64 {
        let before = self.steps.partition_point(|step| *step < place.step);
        self.since + before.min(self.steps.len().saturating_sub(1)) as u64
    }
}

/// The pieces of a trail's stretches, about so many in all, at least one of each.
pub(super) fn pieces(
    stretches: Vec<Stretch<Revision, Growth>>,
    most: usize,
    name: &str,
    fps: u32,
) -> Vec<Exhibit> {
    let all: u64 = stretches.iter().map(|stretch| stretch.frames.end - stretch.frames.start).sum();
    let mut pieces = Vec::new();
    for stretch in stretches {
        let frames = stretch.frames.end - stretch.frames.start;
        let share = (most as u64 * frames).div_ceil(all.max(1)).max(1);
        pieces.extend(of_stretch(&stretch, share, fps));
    }
    for (piece, number) in pieces.iter_mut().zip(1..) {
        piece.name = format!("{name}, {number:03}");
    }
    pieces
}

/// The pieces of a stretch: each holds the places that were reached in an equal part of its frames, and appears
/// with the last of them.
fn of_stretch(stretch: &Stretch<Revision, Growth>, count: u64, fps: u32) -> Vec<Exhibit> {
    let (growth, frames) = (&stretch.picture, &stretch.frames);
    let within = |place| growth.arrival(place).clamp(frames.start, frames.end - 1);
    let arrivals: Vec<u64> = growth.path.iter().map(|(place, _)| within(place)).collect();
    let part = |frame: u64| (frame - frames.start) * count / (frames.end - frames.start);
    let mut pieces = Vec::new();
    let mut from = 0;
    for to in 1..=arrivals.len() {
        let ends = arrivals.get(to).is_none_or(|next| part(*next) != part(arrivals[to - 1]));
        // One place is no way.
        if !ends || to - from < 2 {
            continue;
        }
        let places: Vec<[f64; 3]> = growth.path[from..to].iter().map(|(_, at)| *at).collect();
        let shape = Shape::of_tube(tube(&places, growth.radius), |at| growth.colors[from + at as usize]);
        let shown = super::secs(arrivals[to - 1], fps)..super::secs(frames.end, fps);
        if !shape.positions.is_empty() {
            let path = vec![(0.0, growth.of.1.shift)];
            pieces.push(Exhibit { shape, shown: vec![shown], path, ..Exhibit::default() });
        }
        // The next piece begins where this one ends.
        from = to - 1;
    }
    pieces
}
