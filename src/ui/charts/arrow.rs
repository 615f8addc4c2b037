//! An arrow in a chart whose axes are of one unit.

use bevy_egui::egui::Color32;

use crate::ui::chart::Mark;

/// Length of an arrow's head as a share of the arrow, and half its width as a share of the head's length.
const HEAD: f64 = 0.12;
const SLIM: f64 = 0.45;
/// How far to its left the name of a rising arrow stands, as a share of its length.
const ASIDE: f64 = 0.06;

/// An arrow with a name beside its tip.
pub(super) fn arrow(name: &str, [from, to]: [[f64; 2]; 2], color: Color32) -> [Mark; 2] {
    let way = [to[0] - from[0], to[1] - from[1]];
    let wing = |side: f64| {
        [to[0] - HEAD * (way[0] + side * SLIM * way[1]), to[1] - HEAD * (way[1] - side * SLIM * way[0])]
    };
    // Beside a rising shaft words would stand on it.
    let aside = if way[0] * way[1] > 0.0 { ASIDE } else { 0.0 };
    let points = vec![from, to, [f64::NAN; 2], wing(1.0), to, wing(-1.0)];
    [
        Mark::Line { name: String::new(), color, width: 2.5, points },
        Mark::Label {
            at: [from[0] + 0.6 * way[0] - aside * way[1], from[1] + 0.6 * way[1] + aside * way[0]],
            text: name.to_owned(),
            color,
            is_before: way[0] < 0.0,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_rising_arrow_stands_beside_its_shaft() {
        let place = |to: [f64; 2]| match &arrow("a", [[0.0; 2], to], Color32::RED)[1] {
            Mark::Label { at, .. } => *at,
            other => panic!("{other:?}"),
        };
        let side = |to: [f64; 2]| to[0] * place(to)[1] - to[1] * place(to)[0];
        assert!(side([2.0, 1.0]) > 0.0, "to its left");
        assert_eq!((side([1.0, 0.0]), side([-1.0, 2.0])), (0.0, 0.0));
    }
}
