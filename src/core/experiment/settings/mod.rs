//! The settings of an experiment, in one [table].
//!
//! A row says all there is to know of a setting: its field in a file, its usual value, what it means, what values
//! make sense, what a change of it touches, by what word a command sets it, and how its number may move. Files,
//! `--set`, commands, undo, log, recordings, panels and the question whether to train anew read it there.

mod checks;
mod macros;
pub mod table;

pub use checks::{MAX_LAYERS, MAX_PLANE_CELLS, MAX_SIDE, MAX_STEPS};
pub use table::{Change, ExperimentFile, Setting, SliceFile, ViewFile};

use super::chart::{ChartKind, Layout};
use crate::core::subspace::PlaneConfig;

/// What the table says of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its path in a file, by which `--set` and errors name it.
    pub path: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// What is another once it is changed.
    pub touches: Touches,
    /// Where its command belongs.
    pub topic: Topic,
    /// How a tour sets it, within its topic: `opacity(0.5)`.
    pub example: &'static str,
    /// With what other values it goes back to its usual one.
    pub chosen_for: ChosenFor,
    /// How its number may move.
    pub transition: Transition,
}

impl Row {
    /// The word by which a tour sets it.
    pub fn word(&self) -> &'static str {
        self.example.split('(').next().unwrap_or(self.example)
    }
}

/// What a change of a setting makes another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touches {
    /// What it is called, and nothing else.
    Name,
    /// What is trained: examples, model, loss and start.
    Problem,
    /// How it is trained.
    Training,
    /// How long.
    Length,
    /// What stands beside it.
    Comparison,
    /// Which slice is evaluated.
    Slice,
    /// What is seen of it.
    Look,
    /// How one goes through it: the camera's way of moving, and the pace. A recording tells these by what was seen.
    Passage,
}

impl Touches {
    /// Whether training goes another way.
    pub fn training(self) -> bool {
        matches!(self, Self::Problem | Self::Training)
    }
}

/// What a value is chosen for: it says nothing of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChosenFor {
    /// Nothing: it stays.
    Nothing,
    /// Data and model, or a surface.
    Task,
    /// A plane: it is measured in its alphas.
    Plane,
    /// A loss, or another quantity: it is one.
    Loss,
}

/// What a command is about, as a tour writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// What is computed.
    Experiment,
    /// How training goes on.
    Run,
    /// Where the slice lies.
    Slice,
    /// How it is shown.
    View,
}

/// How a number gets from one value to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transition {
    /// At once.
    Jumps,
    /// At once, or dragged by hand: one drag is taken back as one change.
    Dragged,
    /// A tour may lead it there bit by bit, too.
    Eased,
}

impl Transition {
    /// The number of a value that moves.
    fn number(self, value: &impl Number) -> Option<f64> {
        (self > Self::Jumps).then(|| value.number()).flatten()
    }

    /// Moves a value.
    fn set(self, value: &mut impl Number, number: f64) {
        if self > Self::Jumps {
            value.set(number);
        }
    }
}

/// A value that is a number, or may be one.
trait Number {
    fn number(&self) -> Option<f64>;
    /// What is no number stays so.
    fn set(&mut self, number: f64);
}

impl Number for f64 {
    fn number(&self) -> Option<f64> {
        Some(*self)
    }

    fn set(&mut self, number: f64) {
        *self = number;
    }
}

impl Number for Option<f64> {
    fn number(&self) -> Option<f64> {
        *self
    }

    fn set(&mut self, number: f64) {
        self.iter_mut().for_each(|value| *value = number);
    }
}

/// The angle between its directions, of a plane that has a given one.
impl Number for PlaneConfig {
    fn number(&self) -> Option<f64> {
        if let Self::Angle { degrees } = self { Some(*degrees) } else { None }
    }

    fn set(&mut self, number: f64) {
        if let Self::Angle { degrees } = self {
            *degrees = number;
        }
    }
}

impl Setting {
    /// The setting of a path, or the one that holds what the path names: `dataset.points` is of the dataset.
    pub fn of_path(path: &str) -> Option<Self> {
        let is_of = |setting: &&Self| {
            path.strip_prefix(setting.row().path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        Self::ALL.iter().find(is_of).copied()
    }

    /// Whether it has the same value in both.
    pub fn is_same_in(self, a: &ExperimentFile, b: &ExperimentFile) -> bool {
        self.of(a) == self.of(b)
    }

    /// Those that have other values in one file than in another.
    pub fn differing(a: &ExperimentFile, b: &ExperimentFile) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |setting| !setting.is_same_in(a, b))
    }
}

impl ExperimentFile {
    /// The settings that touch certain things, with their values.
    pub fn settings(&self, touch: impl Fn(Touches) -> bool) -> Vec<Change> {
        let those = Setting::ALL.iter().filter(|setting| touch(setting.row().touches));
        those.map(|setting| setting.of(self)).collect()
    }
}

impl ViewFile {
    /// The charts that are shown large, in their order.
    pub fn large_charts(&self) -> &[ChartKind] {
        &self.charts[..self.charts.len().min(self.layout.charts())]
    }

    /// Share of the width that charts beside the landscape take: none where there are none, or where they stand in
    /// its place.
    pub fn room_for_charts(&self) -> f64 {
        match self.layout {
            Layout::Beside if !self.charts.is_empty() => self.chart_share,
            Layout::Beside | Layout::Landscape | Layout::Charts | Layout::Chart => 0.0,
        }
    }

    /// Which of the charts that are open have no room in this layout, in words, where there are large ones.
    pub fn left_out(&self) -> Option<String> {
        let without = &self.charts[self.large_charts().len()..];
        let names: Vec<&str> = without.iter().map(|kind| kind.word()).collect();
        let has_room = self.layout == Layout::Landscape || names.is_empty();
        (!has_room).then(|| {
            let (layout, room) = (self.layout.name(), self.layout.charts());
            format!("the layout {layout} has room for {room}: the charts {} are not shown", names.join(", "))
        })
    }

    /// Whether charts stand in the place of the landscape.
    pub fn hides_landscape(&self) -> bool {
        matches!(self.layout, Layout::Charts | Layout::Chart) && !self.charts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_row_says_the_path_of_its_field() {
        let file = ExperimentFile::default();
        let whole = serde_json::to_value(&file).unwrap();
        for setting in Setting::ALL {
            let pointer = format!("/{}", setting.row().path.replace('.', "/"));
            let value = serde_json::to_value(setting.of(&file)).unwrap();
            assert_eq!(whole.pointer(&pointer), Some(&value), "{pointer}");
            assert_eq!(Setting::of_path(setting.row().path), Some(*setting));
        }
    }

    #[test]
    fn a_row_is_of_use_to_a_person() {
        let mut words = BTreeSet::new();
        for setting in Setting::ALL {
            let row = setting.row();
            assert!(row.doc.ends_with('.') && !row.doc.contains("  "), "{}: {}", row.path, row.doc);
            words.insert((row.topic as u8, row.word()));
        }
        assert_eq!(words.len(), Setting::ALL.len() - 1, "both sections go by one word, and no others do");
    }

    #[test]
    fn what_touches_the_slice_or_the_look_stands_in_its_part() {
        for row in Setting::ALL.iter().map(|setting| setting.row()) {
            let part = match row.touches {
                Touches::Slice => "slice",
                Touches::Look | Touches::Passage => "view",
                _ => row.path,
            };
            assert_eq!(row.path.split('.').next(), Some(part), "{}", row.path);
        }
    }

    #[test]
    fn a_number_moves_as_its_row_says() {
        let moved = |change: Change| (change.number(), change.with_number(0.5));
        assert_eq!(moved(Change::Opacity(0.25)), (Some(0.25), Change::Opacity(0.5)));
        assert_eq!(moved(Change::Isosurface(Some(2.0))), (Some(2.0), Change::Isosurface(Some(0.5))));
        assert_eq!(moved(Change::Isosurface(None)), (None, Change::Isosurface(None)));
        assert_eq!(moved(Change::HeldOut(0.25)), (None, Change::HeldOut(0.25)));
        let angle = |degrees| Change::Plane(PlaneConfig::Angle { degrees });
        assert_eq!(moved(angle(20.0)), (Some(20.0), angle(0.5)));
        assert_eq!(moved(Change::Plane(PlaneConfig::Chord)), (None, Change::Plane(PlaneConfig::Chord)));
    }

    #[test]
    fn a_layout_has_room_for_its_charts_and_says_which_have_none() {
        use ChartKind::{Curves, Loss, Map};
        let look =
            |layout, charts: &[ChartKind]| ViewFile { layout, charts: charts.into(), ..ViewFile::default() };
        let beside = look(Layout::Beside, &[Map, Curves, Loss]);
        assert_eq!((beside.large_charts(), beside.room_for_charts()), (&[Map, Curves][..], 0.45));
        let told = "the layout beside has room for 2: the charts loss are not shown";
        assert_eq!(beside.left_out().as_deref(), Some(told));
        let alone = look(Layout::Chart, &[Map]);
        assert_eq!(
            (alone.large_charts(), alone.room_for_charts(), alone.left_out()),
            (&[Map][..], 0.0, None)
        );
        assert!(alone.hides_landscape() && !look(Layout::Chart, &[]).hides_landscape());
        assert_eq!(look(Layout::Landscape, &[Map]).large_charts(), []);
        assert_eq!(look(Layout::Beside, &[]).room_for_charts(), 0.0);
    }

    #[test]
    fn a_path_finds_its_setting() {
        assert_eq!(Setting::of_path("dataset.points"), Some(Setting::Dataset));
        assert_eq!(Setting::of_path("slice.plane.about"), Some(Setting::Plane));
        assert_eq!([Setting::of_path("slice"), Setting::of_path("seeds")], [None, None]);
    }
}
