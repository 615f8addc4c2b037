//! Fog: only what a run has seen of the surface is lit, a radius about its path.

use std::marker::PhantomData;

use bevy::asset::RenderAssetUsages;
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat};

use crate::core::session::Revision;
use crate::scene::frame::{Placement, Stand};
use crate::scene::landscape::Landscape;
use crate::scene::session::SessionState;
use crate::scene::side::{First, Side};
use crate::scene::trail::{Trail, Trails};

/// What is lit of the slice, as a texture.
#[derive(Resource, Clone, Debug)]
pub struct Fog<S: Side = First> {
    /// How much of each place is lit.
    pub lit: Handle<Image>,
    ways: Ways,
    of: Option<State>,
    side: PhantomData<S>,
}

impl<S: Side> Fog<S> {
    /// Whether any light falls on a place of the slice, in shares of its sides. It falls everywhere where there is no
    /// fog.
    pub fn is_lit(&self, [x, y]: [f64; 2]) -> bool {
        let index = |share: f64| (share.clamp(0.0, 1.0) * (SIDE - 1) as f64).round() as usize;
        let light = |of: &State| light(self.ways.distances[index(y) * SIDE + index(x)], of.radius);
        self.of.as_ref().is_none_or(|of| light(of) > 0)
    }
}

/// What it was made of.
#[derive(Clone, Debug, PartialEq)]
struct State {
    question: Revision,
    radius: f64,
    trails: Vec<Seen>,
}

/// How far a run had come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Seen {
    /// How often points were taken back from it.
    rewinds: u64,
    /// Its points.
    count: usize,
    /// The step of the last one.
    step: u64,
}

impl Seen {
    fn of(trail: &Trail) -> Self {
        let step = trail.last().map_or(0, |last| last.step);
        Self { rewinds: trail.rewinds(), count: trail.places().count(), step }
    }
}

/// Points of the texture along each side.
const SIDE: usize = 256;

pub(super) fn insert<S: Side>(app: &mut App) {
    let mut images = app.world_mut().resource_mut::<Assets<Image>>();
    let ways = Ways::within(0.0);
    let lit = images.add(ways.image(0.0));
    app.insert_resource(Fog::<S> { lit, ways, of: None, side: PhantomData });
}

/// Takes in where the runs have been since the last time, or all of it again.
pub(super) fn lift<S: Side>(
    session: Res<SessionState<S>>,
    landscape: Res<Landscape<S>>,
    placement: Res<Placement<S>>,
    trails: Res<Trails<S>>,
    mut fog: ResMut<Fog<S>>,
    mut images: ResMut<Assets<Image>>,
) {
    let Some(radius) = session.look().fog else {
        if fog.of.is_some() {
            fog.of = None;
        }
        return;
    };
    let (Some(known), Some(placed)) = (landscape.current(), placement.get(Stand::Surface)) else { return };
    let trails: Vec<&Trail> = trails.iter().collect();
    let told = trails.iter().map(|trail| Seen::of(trail)).collect();
    let now = State { question: known.revision, radius, trails: told };
    if fog.of.as_ref() == Some(&now) {
        return;
    }
    let fog = &mut *fog;
    let reach = radius * (1.0 + FADE);
    let known = fog.of.as_ref().filter(|of| of.is_continued_by(&now) && reach <= fog.ways.reach);
    let seen = known.map(|of| of.trails.clone());
    if seen.is_none() {
        // With room for the radius to grow: while it does, the way is the same.
        fog.ways = Ways::within(2.0 * reach);
    }
    let seen = seen.unwrap_or_else(|| vec![Seen::default(); trails.len()]);
    let [axis1, axis2] = *placed.frame.axes();
    let extents = [axis1.high - axis1.low, axis2.high - axis2.low];
    let sides = placed.frame.half_extent().map(|half| half / half_longest(placed.frame.half_extent()));
    for (trail, seen) in trails.iter().zip(seen) {
        let at = |alpha: [f64; 3]| {
            [(alpha[0] - axis1.low) / extents[0] * sides[0], (alpha[1] - axis2.low) / extents[1] * sides[1]]
        };
        // From the last one that was known: the head of then may be no point of now.
        let points = trail.places().skip(seen.count.saturating_sub(2)).map(|place| at(place.alpha));
        fog.ways.follow(points, sides);
    }
    fog.lit = images.add(fog.ways.image(radius));
    fog.of = Some(now);
}

fn half_longest([x, z]: [f64; 2]) -> f64 {
    x.max(z)
}

impl State {
    /// Whether nothing was taken back since.
    fn is_continued_by(&self, now: &Self) -> bool {
        let is_longer = |(old, new): (&Seen, &Seen)| old.rewinds == new.rewinds && old.count <= new.count;
        (self.question, self.trails.len()) == (now.question, now.trails.len())
            && self.trails.iter().zip(&now.trails).all(is_longer)
    }
}

/// How far each place is from the ways that runs took, `[SIDE, SIDE]`, the last index along alpha1; in shares of the longer side.
#[derive(Clone, Debug, PartialEq)]
struct Ways {
    /// Infinite beyond the reach.
    distances: Vec<f32>,
    /// How far they are known.
    reach: f64,
}

/// Share of the radius over which light fades out on either side of it.
const FADE: f64 = 0.15;

/// Points of the texture that a way has to lead on before it is told of.
const LEAST_WAY: f64 = 0.25;

/// How bright a place is so far from the ways, 0 to 255.
fn light(distance: f32, radius: f64) -> u8 {
    let beyond = (f64::from(distance) / radius - 1.0 + FADE) / (2.0 * FADE);
    (255.0 * (1.0 - beyond.clamp(0.0, 1.0))).round() as u8
}

impl Ways {
    /// None yet; distances will be known so far.
    fn within(reach: f64) -> Self {
        Self { distances: vec![f32::INFINITY; SIDE * SIDE], reach }
    }

    /// Takes in a way through points. Those that hardly differ are left out, but for the last.
    fn follow(&mut self, points: impl Iterator<Item = [f64; 2]>, sides: [f64; 2]) {
        let mut points = points.peekable();
        let Some(mut from) = points.next() else { return };
        self.pass(from, from, sides);
        while let Some(to) = points.next() {
            let apart = (to[0] - from[0]).hypot(to[1] - from[1]);
            if apart * SIDE as f64 >= LEAST_WAY || points.peek().is_none() {
                self.pass(from, to, sides);
                from = to;
            }
        }
    }

    /// Takes in the way from a to b.
    fn pass(&mut self, a: [f64; 2], b: [f64; 2], sides: [f64; 2]) {
        let last = (SIDE - 1) as f64;
        let ends = [0, 1].map(|i| {
            let index = |at: f64| (at / sides[i] * last).clamp(-1.0, last + 1.0);
            let low = index(a[i].min(b[i]) - self.reach).ceil();
            let high = index(a[i].max(b[i]) + self.reach).floor();
            (low.max(0.0) as usize)..=(high.min(last).max(-1.0) + 1.0) as usize
        });
        for j in ends[1].clone().filter(|j| *j < SIDE) {
            for i in ends[0].clone().filter(|i| *i < SIDE) {
                let at = [i as f64 / last * sides[0], j as f64 / last * sides[1]];
                let known = &mut self.distances[j * SIDE + i];
                *known = known.min(distance(at, a, b) as f32);
            }
        }
    }

    /// What is lit by a radius.
    fn image(&self, radius: f64) -> Image {
        let size = Extent3d { width: SIDE as u32, height: SIDE as u32, depth_or_array_layers: 1 };
        let (dimension, format) = (TextureDimension::D2, TextureFormat::R8Unorm);
        let lights = self.distances.iter().map(|distance| light(*distance, radius)).collect();
        Image::new(size, dimension, lights, format, RenderAssetUsages::RENDER_WORLD)
    }
}

/// The distance of a point from the way from a to b.
fn distance(at: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (way, from) = ([b[0] - a[0], b[1] - a[1]], [at[0] - a[0], at[1] - a[1]]);
    let length = way[0] * way[0] + way[1] * way[1];
    let share =
        if length > 0.0 { ((from[0] * way[0] + from[1] * way[1]) / length).clamp(0.0, 1.0) } else { 0.0 };
    (from[0] - share * way[0]).hypot(from[1] - share * way[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_within_the_radius_of_the_way_is_lit_and_nothing_else() {
        let (a, b, sides) = ([0.2, 0.3], [0.6, 0.3], [1.0, 0.5]);
        let mut ways = Ways::within(0.3);
        ways.pass(a, b, sides);
        // One way, two radii.
        for (radius, j, i) in
            [0.1, 0.25].into_iter().flat_map(|r| (0..SIDE * SIDE).map(move |k| (r, k / SIDE, k % SIDE)))
        {
            let at = [i as f64 / 255.0, j as f64 / 255.0 * 0.5];
            // By hand: a bar with two round ends.
            let off = [(a[0] - at[0]).max(at[0] - b[0]).max(0.0), at[1] - a[1]];
            let from = off[0].hypot(off[1]);
            let lit = light(ways.distances[j * SIDE + i], radius);
            assert!(from > radius * 0.8499 || lit == 255, "{at:?} {lit}");
            assert!(from < radius * 1.1501 || lit == 0, "{at:?} {lit}");
        }
        let once = ways.clone();
        ways.pass(a, a, sides);
        assert_eq!(ways, once, "what is lit stays lit");
        ways.pass([5.0, -7.0], [6.0, -7.0], sides);
        assert_eq!(ways, once, "beside the picture there is nothing");
    }

    #[test]
    fn points_that_hardly_differ_make_no_difference() {
        let point = |i: u32| [0.2 + 1e-4 * f64::from(i), 0.4 + 0.1 * (f64::from(i) * 2e-3).sin()];
        let (mut thinned, mut whole) = (Ways::within(0.05), Ways::within(0.05));
        thinned.follow((0..1000).map(point), [1.0; 2]);
        (1..1000).for_each(|i| whole.pass(point(i - 1), point(i), [1.0; 2]));
        let near = thinned.distances.iter().zip(&whole.distances).filter(|(_, b)| **b < 0.04);
        let apart: Vec<f32> = near.map(|(a, b)| (a - b).abs()).collect();
        assert!(apart.len() > 1000 && apart.into_iter().fold(0.0, f32::max) < 0.25 / SIDE as f32);
    }
}
