//! Ranges of any two numbers: ticks, heights, isolines and the frame of the picture have an answer for all.

use losscape::core::geometry::frame::WorldFrame;
use losscape::core::geometry::heights::{HeightRange, HeightScale};
use losscape::core::geometry::isolines::Isolines;
use losscape::core::geometry::ticks::{decade_ticks, plain, round_step, round_ticks};
use losscape::core::grid::{Axis, GridSpec};

use super::draw::Draw;

/// Ticks that lie in their range, rise, are few, and are told apart.
pub fn check_ticks(ticks: &[(f64, String)], low: f64, high: f64, most: usize) {
    // A tick at an end may be off by the rounding of its own digits.
    let slack = 1e-6 * (0.5 * high - 0.5 * low).abs() + 4.0 * f64::EPSILON * low.abs().max(high.abs());
    for (value, text) in ticks {
        assert!(value.is_finite() && !text.contains("inf") && !text.contains("NaN"), "{value} {text}");
        assert!(*value >= low - slack && *value <= high + slack, "{value} outside {low:e}..{high:e}");
    }
    for pair in ticks.windows(2) {
        assert!(pair[0].0 < pair[1].0 && pair[0].1 != pair[1].1, "{pair:?} of {low:e}..{high:e}");
    }
    assert!(ticks.len() <= 2 * most + 9, "{} ticks of {most} on {low:e}..{high:e}", ticks.len());
}

fn ticks(draw: &mut Draw) {
    let ((low, high), most) = (draw.pair(), 1 + draw.below(20));
    check_ticks(&round_ticks(low, high, most), low, high, most);
    check_ticks(&decade_ticks(low, high, most), low, high, most);
    check_ticks(&decade_ticks(low.abs(), high.abs(), most), low.abs(), high.abs(), most);
    let step = round_step(low, draw.below(30));
    assert!(step > 0.0 && step.is_finite(), "{step} of {low:e}");
    assert!(!plain(low).is_empty());
}

fn losses(draw: &mut Draw, most: usize) -> Vec<f64> {
    let (a, b) = draw.pair();
    (0..draw.below(most + 1))
        .map(|_| match draw.below(8) {
            0 => f64::NAN,
            1 => f64::INFINITY,
            2 => draw.finite(),
            3 | 4 => a,
            _ => b,
        })
        .collect()
}

/// A range of heights in which every loss has a place.
pub fn check_heights(range: &HeightRange, losses: &[f64]) {
    let HeightRange { scale, low, high, .. } = *range;
    assert!(low < high && high.is_finite(), "{range:?}");
    assert!(scale != HeightScale::Log || low > 0.0 && (high / low).is_finite(), "{range:?}");
    for loss in losses.iter().copied().filter(|loss| loss.is_finite()).chain([low, high]) {
        let fraction = range.fraction(loss);
        let is_inside = (low..=high).contains(&loss);
        assert!(fraction.is_finite(), "{loss:e} stands at {fraction} of {range:?}");
        assert!(!is_inside || (-1e-9..=1.0 + 1e-9).contains(&fraction), "{loss:e}: {fraction} of {range:?}");
    }
    let lines = Isolines::of(range, None);
    let emphasised = lines.emphasised(range);
    assert!(emphasised.len() < 700 && emphasised.iter().all(|loss| loss.is_finite()), "{range:?}");
    let ticks = match scale {
        HeightScale::Log => decade_ticks(low, high, 6),
        HeightScale::Clipped | HeightScale::Linear => round_ticks(low, high, 6),
    };
    check_ticks(&ticks, low, high, 6);
}

fn heights(draw: &mut Draw) {
    let (losses, trail) = (losses(draw, 6), losses(draw, 3));
    let clip = draw.once_in(2).then(|| draw.finite().abs());
    for &scale in HeightScale::ALL {
        let range = HeightRange::fit(scale, &losses, &trail, clip);
        check_heights(&range, &[&losses[..], &trail[..]].concat());
    }
}

fn frames(draw: &mut Draw) {
    let axis = |draw: &mut Draw| {
        let ((low, high), count) = (draw.pair(), 2 + draw.below(30));
        Axis { low, high, count }
    };
    let axes = vec![axis(draw), axis(draw)];
    // What is no grid is refused.
    let Ok(spec) = GridSpec::new(axes) else { return };
    for axis in spec.axes() {
        let values = axis.values();
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "{axis:?}: {values:?}");
        check_ticks(&round_ticks(axis.low, axis.high, 10), axis.low, axis.high, 10);
    }
    let heights = HeightRange::fit(HeightScale::Linear, &[0.0, 1.0], &[], None);
    let frame = WorldFrame::new(&spec, heights.into());
    for [share1, share2] in [[0.0, 0.0], [1.0, 1.0], [0.3, 0.7]] {
        let [axis1, axis2] = frame.axes().map(|axis| axis.count as f64 - 1.0);
        let alpha = [frame.axes()[0].value(share1 * axis1), frame.axes()[1].value(share2 * axis2)];
        let world = frame.world(alpha[0], alpha[1], 0.5);
        assert!(world.iter().all(|v| v.abs() <= 1.0 + 1e-6), "{spec:?}: {alpha:?} at {world:?}");
    }
}

fn any(draw: &mut Draw) {
    ticks(draw);
    heights(draw);
    frames(draw);
}

#[test]
fn every_range_has_ticks_heights_and_a_frame() {
    super::attack(20_000, any);
}

#[test]
#[ignore = "minutes: the same, with a large number of draws"]
fn every_range_has_ticks_heights_and_a_frame_at_length() {
    super::attack(10_000_000, any);
}
