//! A chart as plain data: drawn by egui_plot, written as SVG, PNG or CSV.
//!
//! What a chart says is decided in [`super::charts`], without egui; how it looks is decided here once
//! for all of them.

mod csv;
mod large;
mod png;
mod raster;
mod screen;
mod svg;

use bevy_egui::egui::Color32;
pub use large::{Large, large_ui};
pub use screen::{Hand, Spot, chart_ui};

use crate::core::geometry::ticks::{decade_ticks, round_ticks};
use crate::core::text::Phrases;

/// A chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What is along x.
    pub x: String,
    /// What is along y.
    pub y: String,
    /// What is drawn, the first at the bottom.
    pub marks: Vec<Mark>,
    /// Names beside colours, above it; without any, those of its marks.
    pub legend: Vec<(String, Color32)>,
    /// Places that its axes hold in any case, so that they stand still while marks come.
    pub holds: Vec<[f64; 2]>,
    /// Whether y is logarithmic; values of 0 and below are then left out.
    pub is_log: bool,
    /// Whether a unit is as long along x as along y: where angles mean something.
    pub is_equal: bool,
    /// Whether it is a line of places along x, and nothing is told along y.
    pub is_flat: bool,
    /// Whether it is of the second of two landscapes.
    pub is_of_second: bool,
    /// What it says in words, below it.
    pub note: String,
    /// Another part of it with axes of its own, below it.
    pub below: Option<Box<Self>>,
}

/// Something in a chart.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// Points joined by a line; what is not finite interrupts it.
    Line {
        /// What it is, for the legend; nothing leaves it out.
        name: String,
        /// Its colour.
        color: Color32,
        /// Its width in points.
        width: f32,
        /// Points x, y.
        points: Vec<[f64; 2]>,
    },
    /// Points by themselves.
    Points {
        /// What they are, for the legend.
        name: String,
        /// Their colour.
        color: Color32,
        /// Their radius in points.
        radius: f32,
        /// Points x, y.
        points: Vec<[f64; 2]>,
    },
    /// Points each of a colour of its own.
    Dots {
        /// What their numbers are.
        name: String,
        /// Their radius in points.
        radius: f32,
        /// Points x, y.
        points: Vec<[f64; 2]>,
        /// The colour of each.
        colors: Vec<[u8; 3]>,
        /// The number that it stands for.
        values: Vec<f64>,
        /// Whether they are a grid, row by row, of which none covers the next.
        is_grid: bool,
    },
    /// Words beside a place.
    Label {
        /// The place.
        at: [f64; 2],
        /// The words.
        text: String,
        /// Their colour.
        color: Color32,
        /// Whether they stand at the lower left of it, or at the upper right.
        is_before: bool,
    },
    /// Bars from 0.
    Bars {
        /// What they are, for the legend.
        name: String,
        /// Their colour.
        color: Color32,
        /// Width along x.
        width: f64,
        /// Middle and height of each.
        bars: Vec<[f64; 2]>,
    },
    /// Colours of cells between two corners, row by row from the lowest y.
    Picture {
        /// Its corners.
        corners: [[f64; 2]; 2],
        /// Cells along x and y.
        size: [usize; 2],
        /// Their colours.
        pixels: Vec<[u8; 3]>,
        /// The numbers that the colours stand for; none where they are in files of their own.
        values: Vec<f64>,
        /// Whether it is a table: each cell apart from the next, with its number in it.
        is_table: bool,
    },
    /// A line straight up at an x.
    Upright {
        /// Where.
        at: f64,
        /// Its colour.
        color: Color32,
    },
    /// A line straight across at a y.
    Level {
        /// Where.
        at: f64,
        /// Its colour.
        color: Color32,
    },
}

/// How much of its colour a curve of the second of two landscapes keeps.
const PALE: f32 = 0.5;

impl Mark {
    /// The same as one of two, with so much of its colour.
    fn of(&self, title: &str, share: f32) -> Self {
        let mut mark = self.clone();
        match &mut mark {
            Self::Line { name, color, .. } => {
                if !name.is_empty() {
                    *name = format!("{name} · {title}");
                }
                *color = color.gamma_multiply(share);
            }
            Self::Upright { color, .. } | Self::Level { color, .. } => *color = color.gamma_multiply(share),
            _ => {}
        }
        mark
    }

    /// Its words.
    fn words_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Line { name, .. }
            | Self::Points { name, .. }
            | Self::Dots { name, .. }
            | Self::Bars { name, .. } => Some(name),
            Self::Label { text, .. } => Some(text),
            Self::Picture { .. } | Self::Upright { .. } | Self::Level { .. } => None,
        }
    }

    /// Its name and colour, for the legend.
    fn named(&self) -> Option<(&str, Color32)> {
        match self {
            Self::Line { name, color, .. }
            | Self::Points { name, color, .. }
            | Self::Bars { name, color, .. } => {
                Some((&name[..], *color)).filter(|(name, _)| !name.is_empty())
            }
            Self::Dots { .. } | Self::Label { .. } => None,
            Self::Picture { .. } | Self::Upright { .. } | Self::Level { .. } => None,
        }
    }
}

/// The height of a chart whose axes are of different units, as a share of its width.
const HEIGHT: f64 = 0.62;
/// The same of one that is flat.
const FLAT_HEIGHT: f64 = 0.12;
/// The same at least and at most of one whose axes are of the same.
const EQUAL_HEIGHTS: [f64; 2] = [0.4, 1.0];
/// Numbers farther out than any that can be drawn.
const FARTHEST: f64 = 1e300;

/// Signs that a number along x has room for where there are as many as can be.
const SIGNS_APART: usize = 8;

/// The lowest and the highest of x and y.
type Bounds = [[f64; 2]; 2];
/// Round values along an axis, with their texts.
type Ticks = Vec<(f64, String)>;

impl Chart {
    /// Itself, and what is below it.
    fn parts(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |part| part.below.as_deref())
    }

    /// How many of its parts are of the first landscape: they come first.
    fn parts_of_first(&self) -> usize {
        self.parts().filter(|part| !part.is_of_second).count()
    }

    /// The same in another language.
    pub fn told(&self, phrases: &Phrases) -> Self {
        let mut told = self.clone();
        let below = self.below.as_deref().map(|below| Box::new(below.told(phrases)));
        let legend = told.legend.iter_mut().map(|(name, _)| name);
        let words = told.marks.iter_mut().filter_map(Mark::words_mut).chain(legend);
        for text in words.chain([&mut told.x, &mut told.y, &mut told.note]) {
            *text = phrases.tell(text).into_owned();
        }
        Self { below, ..told }
    }

    /// The same and another one, of two landscapes that are compared: curves in one chart, the other's paler, and all
    /// else one below the other. Each says of which it is.
    pub fn joined(&self, other: &Self, titles: &[String; 2]) -> Self {
        match self.is_of_curves()
            && other.is_of_curves()
            && (&self.x, self.is_log) == (&other.x, other.is_log)
        {
            true => self.with_curves(other, titles),
            false => self.over(other, titles),
        }
    }

    /// Whether it is one part with nothing but curves.
    fn is_of_curves(&self) -> bool {
        let is_curve =
            |mark: &Mark| matches!(mark, Mark::Line { .. } | Mark::Upright { .. } | Mark::Level { .. });
        self.below.is_none() && self.legend.is_empty() && self.marks.iter().all(is_curve)
    }

    fn with_curves(&self, other: &Self, titles: &[String; 2]) -> Self {
        let own = self.marks.iter().map(|mark| mark.of(&titles[0], 1.0));
        let others = other.marks.iter().map(|mark| mark.of(&titles[1], PALE));
        let words = [&self.note, &other.note].into_iter().zip(titles).filter(|(note, _)| !note.is_empty());
        let note = match self.note == other.note {
            true => self.note.clone(),
            false => words.map(|(note, title)| format!("{title}: {note}")).collect::<Vec<_>>().join(" "),
        };
        // The first one's are on top.
        Self { marks: others.chain(own).collect(), note, ..self.clone() }
    }

    fn over(&self, other: &Self, titles: &[String; 2]) -> Self {
        let titled = |part: &Self, title: &str| Self {
            y: format!("{} · {title}", part.y),
            below: None,
            ..part.clone()
        };
        let own = self.parts().map(|part| titled(part, &titles[0]));
        let others = other.parts().map(|part| Self { is_of_second: true, ..titled(part, &titles[1]) });
        let all: Vec<Self> = own.chain(others).collect();
        let joined =
            all.into_iter().rev().reduce(|below, part| Self { below: Some(Box::new(below)), ..part });
        joined.unwrap_or_default()
    }

    /// Names with their colours.
    fn names(&self) -> Vec<(&str, Color32)> {
        match self.legend.is_empty() {
            true => self.marks.iter().filter_map(Mark::named).collect(),
            false => self.legend.iter().map(|(name, color)| (&name[..], *color)).collect(),
        }
    }

    /// What its axes are high, as a share of what they are wide.
    fn height(&self) -> f64 {
        let [low, high] = self.bounds();
        match self.is_equal {
            _ if self.is_flat => FLAT_HEIGHT,
            true => ((high[1] - low[1]) / (high[0] - low[0])).clamp(EQUAL_HEIGHTS[0], EQUAL_HEIGHTS[1]),
            false => HEIGHT,
        }
    }

    /// The lowest and the highest of x and y, with some room; of y its logarithm where it is
    /// logarithmic.
    fn bounds(&self) -> Bounds {
        let marks = self.marks.iter().flat_map(|mark| self.extent(mark));
        let points: Vec<[f64; 2]> = marks.chain(stretches(&self.holds, self.is_log).concat()).collect();
        let end = |axis: usize, pick: fn(f64, f64) -> f64, from: f64| {
            points.iter().map(|p| p[axis].clamp(-FARTHEST, FARTHEST)).fold(from, pick)
        };
        let range = |axis| {
            let (low, high) = (end(axis, f64::min, f64::INFINITY), end(axis, f64::max, f64::NEG_INFINITY));
            match low <= high {
                true => {
                    // About a single place there is room for numbers that a person can read.
                    let room = if low < high { 0.04 * (high - low) } else { 0.5 * high.abs().max(1.0) };
                    let room = room.max(1e-9 * high.abs()).max(1e-12);
                    (low - room, high + room)
                }
                false => (0.0, 1.0),
            }
        };
        let (x, y) = (range(0), if self.is_flat { (-1.0, 1.0) } else { range(1) });
        [[x.0, y.0], [x.1, y.1]]
    }

    /// Points that hold all of a mark.
    fn extent(&self, mark: &Mark) -> Vec<[f64; 2]> {
        match mark {
            Mark::Line { points, .. } | Mark::Points { points, .. } => {
                stretches(points, self.is_log).concat()
            }
            Mark::Dots { points, .. } => points.clone(),
            Mark::Label { at, .. } => vec![*at],
            Mark::Bars { bars, width, .. } => {
                bars.iter().flat_map(|[x, y]| [[x - 0.5 * width, 0.0], [x + 0.5 * width, *y]]).collect()
            }
            Mark::Picture { corners, .. } => corners.to_vec(),
            Mark::Upright { .. } | Mark::Level { .. } => Vec::new(),
        }
    }

    /// Whether its places along x are whole numbers, as steps are.
    fn has_whole_x(&self) -> bool {
        let is_whole = |points: &[[f64; 2]]| points.iter().all(|[x, _]| x.fract() == 0.0);
        let mut marks = self.marks.iter().peekable();
        marks.peek().is_some()
            && marks.all(|mark| match mark {
                Mark::Line { points, .. } | Mark::Points { points, .. } => is_whole(points),
                Mark::Bars { bars, .. } => is_whole(bars),
                Mark::Upright { .. } | Mark::Level { .. } => true,
                Mark::Picture { .. } | Mark::Dots { .. } | Mark::Label { .. } => false,
            })
    }

    /// The numbers along x between two, at most so many; fewer where they are so long that they would run
    /// into one another.
    fn x_ticks(&self, low: f64, high: f64, most: usize) -> Ticks {
        let has_room = |ticks: &Ticks| {
            let longest = ticks.iter().map(|(_, text)| text.chars().count()).max().unwrap_or(0);
            ticks.len() * longest <= most * SIGNS_APART
        };
        let mut tries = (2..=most).rev().map(|most| round_ticks(low, high, most));
        tries.clone().find(has_room).or_else(|| tries.next_back()).unwrap_or_default()
    }

    /// The same along y; of a logarithmic axis they are logarithms.
    fn y_ticks(&self, low: f64, high: f64, most: usize) -> Ticks {
        if self.is_flat {
            return Ticks::new();
        }
        // A logarithm near the last number that there is would be one beyond it.
        let [from, to] = [low, high].map(|end| 10_f64.powf(end).clamp(f64::MIN_POSITIVE, f64::MAX));
        match self.is_log && from < to {
            true => {
                let ticks = decade_ticks(from, to, most).into_iter();
                ticks.map(|(value, text)| (value.log10(), text)).collect()
            }
            false => round_ticks(low, high, most),
        }
    }
}

/// The points that can be drawn, in the stretches that they form.
fn stretches(points: &[[f64; 2]], is_log: bool) -> Vec<Vec<[f64; 2]>> {
    let drawn = |[x, y]: &[f64; 2]| -> Option<[f64; 2]> {
        let y = if is_log { y.log10() } else { *y };
        (x.is_finite() && y.is_finite()).then_some([*x, y])
    };
    let mut found = vec![Vec::new()];
    for point in points {
        match (drawn(point), found.last_mut()) {
            (Some(point), Some(last)) => last.push(point),
            (None, Some(last)) if !last.is_empty() => found.push(Vec::new()),
            _ => {}
        }
    }
    found.retain(|stretch| !stretch.is_empty());
    found
}

/// The colour in which a number can be read in a cell of that colour.
fn ink_on([r, g, b]: [u8; 3]) -> Color32 {
    let light = 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
    if light > 140.0 { Color32::BLACK } else { Color32::WHITE }
}

/// The middles of a picture's cells, in the order of its numbers.
fn middles([low, high]: &Bounds, [columns, rows]: [usize; 2]) -> impl Iterator<Item = [f64; 2]> {
    let (low, high) = (*low, *high);
    let at = move |i: usize, n: usize, axis: usize| {
        low[axis] + (high[axis] - low[axis]) * (i as f64 + 0.5) / n as f64
    };
    (0..rows).flat_map(move |j| (0..columns).map(move |i| [at(i, columns, 0), at(j, rows, 1)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn chart() -> Chart {
        let line = |name: &str, points: Vec<[f64; 2]>| Mark::Line {
            name: name.into(),
            color: Color32::RED,
            width: 1.0,
            points,
        };
        Chart {
            x: "step".into(),
            y: "loss < 1".into(),
            marks: vec![
                line("sgd", vec![[0.0, 1.0], [1.0, 0.1], [2.0, f64::NAN], [3.0, 0.01]]),
                Mark::Picture {
                    corners: [[0.0, -2.0], [3.0, 0.0]],
                    size: [2, 1],
                    pixels: vec![[255, 0, 0], [0, 0, 255]],
                    values: vec![7.0, 12.0],
                    is_table: true,
                },
                Mark::Upright { at: 2.0, color: Color32::BLUE },
            ],
            is_log: true,
            ..Chart::default()
        }
    }

    #[test]
    fn two_charts_are_one_of_curves_or_one_over_the_other() {
        let titles = ["batch full", "batch size 8"].map(str::to_owned);
        let curves = Chart {
            marks: chart().marks.into_iter().filter(|mark| !matches!(mark, Mark::Picture { .. })).collect(),
            ..chart()
        };
        let joined = curves.joined(&curves, &titles);
        let names: Vec<&str> = joined.names().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["sgd · batch size 8", "sgd · batch full"]);
        assert_eq!((joined.parts().count(), joined.names()[1].1), (1, Color32::RED));
        let stacked = chart().joined(&curves, &titles);
        let axes: Vec<&str> = stacked.parts().map(|part| &part.y[..]).collect();
        assert_eq!(axes, ["loss < 1 · batch full", "loss < 1 · batch size 8"]);
    }

    #[test]
    fn about_a_single_place_there_is_room_and_axes_hold_what_they_are_to_hold() {
        let point = |holds| Chart {
            marks: vec![Mark::Points {
                name: String::new(),
                color: Color32::RED,
                radius: 1.0,
                points: vec![[0.5, 4.0]],
            }],
            holds,
            ..Chart::default()
        };
        assert_eq!(point(vec![]).bounds(), [[0.0, 2.0], [1.0, 6.0]]);
        let [low, high] = point(vec![[1.5, 3.0]]).bounds();
        assert!(low[0] < 0.5 && low[1] < 3.0 && high[0] > 1.5 && high[1] > 4.0, "{low:?} {high:?}");
    }

    #[test]
    fn what_cannot_be_drawn_interrupts_a_line() {
        let points = [[0.0, 1.0], [1.0, 0.0], [2.0, 10.0], [3.0, 100.0]];
        assert_eq!(stretches(&points, true), [vec![[0.0, 0.0]], vec![[2.0, 1.0], [3.0, 2.0]]]);
        assert_eq!(stretches(&points, false).len(), 1);
    }

    /// However short, long or far out the range of y is.
    #[test]
    fn every_axis_has_numbers() {
        let of = |is_log, values: [f64; 2]| Chart {
            marks: vec![Mark::Points {
                name: String::new(),
                color: Color32::RED,
                radius: 1.0,
                points: values.map(|y| [0.0, y]).to_vec(),
            }],
            is_log,
            ..Chart::default()
        };
        let ranges =
            [[0.2, 0.3], [0.117, 0.1171], [1e-9, 3.0], [1.0, 1.0], [1e-300, 1e300], [-f64::MAX, f64::MAX]];
        for (is_log, range) in
            [true, false].into_iter().flat_map(|is_log| ranges.map(|range| (is_log, range)))
        {
            let chart = of(is_log, range);
            let [low, high] = chart.bounds();
            let ticks = chart.y_ticks(low[1], high[1], 6);
            assert!((2..=7).contains(&ticks.len()), "{is_log} {range:?}: {ticks:?}");
            let room = 1e-3 * (high[1] - low[1]);
            let is_within = |at: f64| low[1] - room <= at && at <= high[1] + room;
            assert!(ticks.iter().all(|(at, _)| is_within(*at)), "{range:?}: {ticks:?}");
        }
    }

    #[test]
    fn long_numbers_do_not_run_into_one_another() {
        let chart = Chart::default();
        let ends = 4.572_194_16_f64;
        let ticks = chart.x_ticks(ends, ends + 1e-8, 6);
        let longest = ticks.iter().map(|(_, text)| text.chars().count()).max().unwrap();
        assert!(longest > 8 && ticks.len() >= 2 && ticks.len() * longest <= 48, "{ticks:?}");
        assert!(chart.x_ticks(0.0, 2000.0, 6).len() >= 4);
    }

    #[test]
    fn axes_of_one_unit_are_as_long_as_what_they_show() {
        let square = |x: f64, y: f64| Chart {
            marks: vec![Mark::Line {
                name: String::new(),
                color: Color32::RED,
                width: 1.0,
                points: vec![[0.0, 0.0], [x, y]],
            }],
            is_equal: true,
            ..Chart::default()
        };
        assert!((square(9.0, 9.0).height() - 1.0).abs() < 1e-9);
        assert!((square(9.0, 6.0).height() - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!(square(9.0, 90.0).height(), 1.0);
        assert_eq!(Chart { is_equal: false, ..square(9.0, 90.0) }.height(), HEIGHT);
    }
}
