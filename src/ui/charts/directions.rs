//! The first two directions of the plane as arrows, with their true lengths and the angle between them: a dial where
//! the plane is one of a given angle.

use super::arrow::arrow;
use super::{About, Inks, Maker, Moment, Touched};
use crate::core::experiment::Change;
use crate::core::num::vector::norm;
use crate::core::subspace::{PlaneConfig, Subspace};
use crate::core::text::Measured;
use crate::scene::side::Side;
use crate::ui::chart::{Chart, Mark};

/// What is told of it.
pub const ABOUT: About = About {
    touched: |touch| {
        let PlaneConfig::Angle { .. } = &touch.file.slice.plane else { return None };
        let degrees = touch.at[1].atan2(touch.at[0]).to_degrees().round();
        let degrees = degrees.clamp(LEAST, 90.0);
        Some(Touched::Set(Change::Plane(PlaneConfig::Angle { degrees })))
    },
    ..About::new(
        "Directions",
        "The first two directions of the plane with the angle between them. Of the plane angle it is a dial: drag.",
    )
};

/// Degrees that directions are apart at least.
const LEAST: f64 = 2.0;
/// Points of the arc between them.
const ARC: usize = 31;

/// It keeps nothing.
#[derive(Default)]
pub struct Directions;

impl<S: Side> Maker<S> for Directions {
    fn draw(&mut self, moment: &Moment<S>) -> Chart {
        chart(&moment.known.plan.plane.subspace, &moment.inks)
    }
}

/// The chart of a plane.
fn chart(subspace: &Subspace, inks: &Inks) -> Chart {
    let [a, b] = [0, 1].map(|i: usize| norm(&subspace.directions()[i]));
    let angle = subspace.cosine(0, 1).clamp(-1.0, 1.0).acos();
    let at = |length: f64, angle: f64| [length * angle.cos(), length * angle.sin()];
    let arc = 0.35 * a.min(b);
    let points = (0..ARC).map(|i| at(arc, angle * i as f64 / (ARC - 1) as f64)).collect();
    let degrees = Measured(angle.to_degrees()).steady(1);
    let mut marks = vec![
        Mark::Line { name: String::new(), color: inks.ink, width: 1.5, points },
        Mark::Label {
            at: at(1.25 * arc, 0.5 * angle),
            text: format!("{degrees}°"),
            color: inks.ink,
            is_before: false,
        },
    ];
    marks.extend(arrow("α₁", [[0.0; 2], at(a, 0.0)], inks.runs[0]));
    marks.extend(arrow("α₂", [[0.0; 2], at(b, angle)], inks.runs[1]));
    let [a, b] = [a, b].map(|length| Measured(length).steady(2));
    let note = format!("α₁ is {a} long in parameter space, α₂ {b}; between them lie {degrees}°.");
    Chart { marks, is_equal: true, note, ..Chart::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::Theme;
    use crate::scene::theme::Palette;

    #[test]
    fn lengths_and_angle_are_those_of_parameter_space() {
        let directions = vec![vec![2.0, 0.0, 0.0], vec![1.5, 1.5, 1.5 * 2.0_f64.sqrt()]];
        let subspace = Subspace::new(vec![0.0; 3], directions).unwrap();
        let chart = chart(&subspace, &Inks::from(&Palette::from(Theme::Dark)));
        assert_eq!(chart.note, "α₁ is 2.00 long in parameter space, α₂ 3.00; between them lie 60.0°.");
        let tips: Vec<[f64; 2]> = chart
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Line { points, width: 2.5, .. } => Some(points[1]),
                _ => None,
            })
            .collect();
        let expected = [[2.0, 0.0], [1.5, 1.5 * 3.0_f64.sqrt()]];
        for (tip, expected) in tips.iter().zip(expected) {
            assert!((tip[0] - expected[0]).hypot(tip[1] - expected[1]) < 1e-12, "{tips:?}");
        }
    }
}
