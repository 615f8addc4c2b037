//! The displayed plane from above: colours, isolines, the path, and the point looked at.

use super::{About, Inks, Looked, Maker, Moment, Touched};
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::contour::segments;
use crate::core::geometry::heights::HeightBlend;
use crate::core::geometry::isolines::Isolines;
use crate::core::grid::Axis;
use crate::core::train::Checkpoint;
use crate::scene::frame::Placed;
use crate::scene::landscape::{Known, PictureRevisions};
use crate::scene::relief::Relief;
use crate::scene::slice::Shown;
use crate::scene::training::Live;
use crate::ui::chart::{Chart, Mark};
use crate::ui::view::thinned;

/// What is told of it.
pub const ABOUT: About = About {
    touched: |touch| {
        let mut alpha = touch.at.to_vec();
        alpha.resize(touch.alpha.len(), touch.alpha3);
        (alpha.len() > 1).then_some(Touched::Point(alpha))
    },
    ..About::new("Contour map", "The displayed plane from above, with the path. Click to choose a point.")
};

/// It keeps its ground.
#[derive(Default)]
pub struct Map(Ground);

impl Maker for Map {
    fn draw(&mut self, moment: &Moment) -> Chart {
        let Moment { sources, known, looked, inks, .. } = moment;
        let path = sources.training.leader().map(Live::points).unwrap_or_default();
        let placed = sources.placement.first();
        self.0.follow(known, &sources.shown, placed, sources.session.look().colors, inks);
        chart(known, &self.0, path, looked.as_ref(), inks)
    }
}

/// Cells along each side at most: of a plane at rest, and of one that moves.
const CELLS: usize = 97;
const MOVING_CELLS: usize = 33;

/// Colours and isolines: made anew only when the plane or its colours change.
#[derive(Default)]
struct Ground {
    of: Option<Plane>,
    marks: Vec<Mark>,
}

/// What the ground depends on.
#[derive(Clone, Copy, PartialEq)]
struct Plane {
    pictures: PictureRevisions,
    alpha3: f64,
    is_exact: bool,
    heights: HeightBlend,
    colors: ColorMap,
    inks: Inks,
}

impl Ground {
    /// Brings it up to date.
    pub fn follow(
        &mut self,
        known: &Known,
        shown: &Shown,
        placed: Option<Placed>,
        colors: ColorMap,
        inks: &Inks,
    ) {
        let Some(placed) = placed else { return };
        let plane = Plane {
            pictures: known.pictures(),
            alpha3: shown.alpha3,
            is_exact: shown.is_exact,
            heights: placed.frame.heights,
            colors,
            inks: *inks,
        };
        if self.of != Some(plane) {
            self.of = Some(plane);
            self.marks = ground(known, shown, placed, colors, inks);
        }
    }
}

fn ground(known: &Known, shown: &Shown, placed: Placed, colors: ColorMap, inks: &Inks) -> Vec<Mark> {
    let relief = Relief::new(known, shown, placed);
    let heights = placed.frame.heights;
    let [axis1, axis2] = *placed.frame.axes();
    let counts = known.plan.plane_spec.counts();
    let most = if shown.is_exact { CELLS } else { MOVING_CELLS };
    let cells = [counts[0].min(most), counts[1].min(most)];
    let at = |i: usize, n: usize, axis: &Axis| axis.low + (axis.high - axis.low) * i as f64 / (n - 1) as f64;
    let color = |alpha: [f64; 2]| match relief.loss(alpha) {
        Some(loss) => colors.at(heights.fraction(loss).clamp(0.0, 1.0)),
        None => DIVERGED,
    };
    let pixels = (0..cells[1])
        .flat_map(|j| (0..cells[0]).map(move |i| [i, j]))
        .map(|[i, j]| color([at(i, cells[0], &axis1), at(j, cells[1], &axis2)]))
        .collect();
    let corners = [[axis1.low, axis2.low], [axis1.high, axis2.high]];
    let mut marks = vec![Mark::Picture { corners, size: cells, pixels, values: vec![], is_table: false }];
    // While the plane moves only its colours follow.
    if let Some(plane) = known.plane.as_ref().filter(|_| shown.is_exact) {
        for level in Isolines::of(&heights.to).emphasised(&heights.to) {
            let line = segments(plane.picture.field.grid(), level);
            let apart = [f64::NAN; 2];
            let points = line.into_iter().flat_map(|[a, b]| [a, b, apart]).collect();
            let color = inks.faint.gamma_multiply(0.6);
            marks.push(Mark::Line { name: String::new(), color, width: 1.0, points });
        }
    }
    marks
}

/// The colour of a loss that is none.
const DIVERGED: [u8; 3] = [115, 5, 13];

/// The chart.
fn chart(known: &Known, ground: &Ground, path: &[Checkpoint], looked: Option<&Looked>, inks: &Inks) -> Chart {
    let mut marks = ground.marks.clone();
    let subspace = &known.plan.plane.subspace;
    let place = |theta: &[f64]| -> [f64; 2] {
        let alpha = subspace.project(theta).alpha;
        [alpha[0], alpha.get(1).copied().unwrap_or_default()]
    };
    let path = thinned(path.iter()).into_iter().map(|point| place(&point.theta)).collect();
    marks.push(Mark::Line { name: String::new(), color: inks.runs[0], width: 2.0, points: path });
    if let Some(looked) = looked {
        let points = vec![[looked.alpha[0], looked.alpha.get(1).copied().unwrap_or_default()]];
        marks.push(Mark::Points { name: String::new(), color: inks.ink, radius: 4.5, points });
    }
    Chart { x: "α₁".to_owned(), y: "α₂".to_owned(), marks, is_equal: true, ..Chart::default() }
}
