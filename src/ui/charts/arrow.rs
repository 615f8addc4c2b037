//! An arrow in a chart whose axes are of one unit.

use bevy_egui::egui::Color32;

use crate::ui::chart::Mark;

/// Length of an arrow's head as a share of the arrow, and half its width as a share of the head's length.
const HEAD: f64 = 0.12;
const SLIM: f64 = 0.45;

/// An arrow with a name beside its tip.
pub(super) fn arrow(name: &str, [from, to]: [[f64; 2]; 2], color: Color32) -> [Mark; 2] {
    let way = [to[0] - from[0], to[1] - from[1]];
    let wing = |side: f64| {
        [to[0] - HEAD * (way[0] + side * SLIM * way[1]), to[1] - HEAD * (way[1] - side * SLIM * way[0])]
    };
    let points = vec![from, to, [f64::NAN; 2], wing(1.0), to, wing(-1.0)];
    [
        Mark::Line { name: String::new(), color, width: 2.5, points },
        Mark::Label {
            at: [from[0] + 0.6 * way[0], from[1] + 0.6 * way[1]],
            text: name.to_owned(),
            color,
            is_before: way[0] < 0.0,
        },
    ]
}
