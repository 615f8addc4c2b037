//! What no label may hide: the trails and the markers.

use super::LabelSources;
use crate::core::geometry::labels::LabelBox;
use crate::scene::frame::Placed;
use crate::scene::marker;
use crate::scene::side::{First, Second, Side};

/// Points between two places of a trail that are told apart, and points that a label keeps off a marker, on a picture 720
/// points high.
const SPACING: f32 = 6.0;
const MARGIN: f32 = 3.0;

/// The ways of the trails and the rooms of the markers on the screen, in points.
pub(super) struct KeptClear {
    ways: Vec<Vec<[f32; 2]>>,
    markers: Vec<LabelBox>,
    unit: f32,
}

impl KeptClear {
    /// Those of both sides.
    pub(super) fn new(
        first: &LabelSources<First>,
        second: &LabelSources<Second>,
        project: &dyn Fn([f64; 3]) -> Option<[f32; 2]>,
        unit: f32,
    ) -> Self {
        let mut kept = Self { ways: Vec::new(), markers: Vec::new(), unit };
        kept.add(first, project);
        kept.add(second, project);
        kept
    }

    fn add<S: Side>(&mut self, told: &LabelSources<S>, project: &dyn Fn([f64; 3]) -> Option<[f32; 2]>) {
        let Some(known) = told.landscape.current() else { return };
        for (_, placed) in told.placement.iter() {
            for trail in told.trails.iter() {
                let path = trail.path(&placed).into_iter();
                self.add_way(path.filter_map(|(_, at)| project(placed.world(at))));
            }
            let markers = told.training.runs().iter().filter_map(|run| marker::place(run, known, &placed));
            self.markers.extend(markers.filter_map(|(_, at)| room_of(&placed, at, project)));
        }
    }

    fn add_way(&mut self, points: impl Iterator<Item = [f32; 2]>) {
        let mut way: Vec<[f32; 2]> = Vec::new();
        for at in points {
            let is_far = |last: &[f32; 2]| (at[0] - last[0]).hypot(at[1] - last[1]) >= SPACING * self.unit;
            if way.last().is_none_or(is_far) {
                way.push(at);
            }
        }
        self.ways.push(way);
    }

    /// Whether a label may stand there.
    pub(super) fn allows(&self, at: &LabelBox) -> bool {
        let margin = MARGIN * self.unit;
        let wide = LabelBox { min: at.min.map(|low| low - margin), max: at.max.map(|high| high + margin) };
        let is_crossed = |way: &Vec<[f32; 2]>| way.windows(2).any(|pair| wide.is_crossed([pair[0], pair[1]]));
        !self.markers.iter().any(|marker| marker.is_near(at, margin)) && !self.ways.iter().any(is_crossed)
    }
}

/// The room that a marker takes on the screen.
fn room_of(
    placed: &Placed,
    at: [f64; 3],
    project: &dyn Fn([f64; 3]) -> Option<[f32; 2]>,
) -> Option<LabelBox> {
    let middle = project(placed.world(at))?;
    let top = project(placed.world([at[0], at[1] + f64::from(marker::RADIUS), at[2]]))?;
    let radius = (top[0] - middle[0]).hypot(top[1] - middle[1]);
    Some(LabelBox::centred(middle, [2.0 * radius; 2]))
}
