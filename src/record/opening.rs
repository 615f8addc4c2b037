//! Tests of what is seen first: the view with which an experiment opens.

use bevy::prelude::*;

use super::eye::{Eye, EyeRequest};
use crate::app::Overlay;
use crate::core::experiment::{Experiment, builtin};
use crate::core::geometry::labels::LabelBox;
use crate::scene::Pacing;
use crate::scene::camera::{SceneCamera, eye_of, seen};
use crate::scene::frame::Placement;
use crate::scene::landscape::Landscape;
use crate::scene::relief::Relief;
use crate::scene::slice::Shown;
use crate::ui::labels::Standing;

/// The default experiment as it opens in a picture of that size.
fn opened(size: [u32; 2]) -> Eye {
    let experiment = Experiment::new(builtin::load(builtin::DEFAULT).unwrap().unwrap()).unwrap();
    let (overlay, pacing, msaa) = (Overlay::Labels, Pacing::Awaited, Msaa::Off);
    let request = EyeRequest { experiment, size, overlay, pacing, msaa, pixels_per_point: 1 };
    let mut eye = Eye::undrawn_with(request, |_| {});
    (0..4).for_each(|_| eye.frame());
    eye
}

/// Which of the two lowest points of the slice are seen.
fn seen_lows(eye: &Eye) -> [bool; 2] {
    let world = eye.world();
    let known = world.resource::<Landscape>().current().unwrap();
    let placed = world.resource::<Placement>().first().unwrap();
    let relief = Relief::new(known, world.resource::<Shown>(), placed);
    let grid = known.plane.as_ref().unwrap().picture.field.grid();
    let lowest = grid.lowest().unwrap().0;
    let second = grid.second_minimum().unwrap().0;
    let mut query = world.try_query_filtered::<&GlobalTransform, With<SceneCamera>>().unwrap();
    let from = eye_of(query.single(world).unwrap());
    [lowest, second].map(|at| {
        let alpha = grid.spec.alpha(at);
        let point = placed.world(relief.point([alpha[0], alpha[1]]).unwrap());
        !relief.hides(from, [point[0], point[1] + 0.01, point[2]])
    })
}

/// Left, right, top and bottom of the block on the screen, as shares of the picture.
fn extent(eye: &Eye, [width, height]: [u32; 2]) -> [f32; 4] {
    let world = eye.world();
    let placed = world.resource::<Placement>().first().unwrap();
    let mut query = world.try_query_filtered::<(&Camera, &GlobalTransform), With<SceneCamera>>().unwrap();
    let (camera, transform) = query.single(world).unwrap();
    let [hx, hz] = placed.frame.half_extent();
    let corners = [-1.0, 1.0].into_iter().flat_map(|x| [-1.0, 1.0].map(|z| (x, z)));
    let points = corners.flat_map(|(x, z)| [0.0, placed.top()].map(|y| [x * hx, y, z * hz]));
    let seen: Vec<Vec2> = points.filter_map(|at| seen(camera, transform, placed.world(at))).collect();
    let end = |of: fn(&Vec2) -> f32, pick: fn(f32, f32) -> f32| seen.iter().map(of).reduce(pick).unwrap();
    let (w, h) = (width as f32, height as f32);
    [
        end(|p| p.x, f32::min) / w,
        end(|p| p.x, f32::max) / w,
        end(|p| p.y, f32::min) / h,
        end(|p| p.y, f32::max) / h,
    ]
}

#[test]
fn both_lows_are_seen_at_first_and_the_landscape_fills_the_middle() {
    let size = [1280, 720];
    let eye = opened(size);
    assert_eq!(seen_lows(&eye), [true; 2]);
    let [left, right, top, bottom] = extent(&eye, size);
    assert!(right - left > 0.5 && bottom - top > 0.7, "{left} {right} {top} {bottom}");
    assert!((0.5 * (left + right) - 0.5).abs() < 0.06, "{left} to {right}");
}

/// Both of a tall picture and of a small one: the text there has a least size.
#[test]
fn a_legend_covers_no_part_of_the_block() {
    for size in [[1280, 720], [480, 270], [320, 180], [720, 720], [1080, 1920], [600, 800]] {
        let eye = opened(size);
        let [left, right, top, bottom] = extent(&eye, size);
        let [w, h] = size.map(|side| side as f32);
        let block = LabelBox { min: [left * w, top * h], max: [right * w, bottom * h] };
        let legends = &eye.world().resource::<Standing>().legends;
        assert!(!legends.is_empty(), "{size:?}");
        for legend in legends {
            assert!(!legend.is_near(&block, 0.0), "{size:?}: {legend:?} over {block:?}");
        }
    }
}
