//! Which dataset an experiment asks for, as written in its file.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::dataset::{Dataset, DatasetError, Target};
use super::digits::{self, digits};
use super::quadrature;
use super::synthetic::{self, Draw};
use crate::core::data::table::{self, Column, DecimalMark, Header, TableError, TableOptions, TargetKind};
use crate::core::io::sources::Sources;
use crate::core::num::Stream;
use crate::core::num::setting::{self, SettingError};

/// Points a dataset may have.
pub const MAX_POINTS: usize = 1_000_000;

/// A dataset by name, with its settings. Noise is a standard deviation, see [`synthetic`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
pub enum DatasetConfig {
    /// Points on the unit square, 1 above the diagonal.
    Diagonal {
        /// How many points.
        #[serde(default = "default_points")]
        points: usize,
        /// Shift of the points.
        #[serde(default)]
        noise: f64,
        /// Whether they are those of a rule on which averages over the square are exact, and not drawn at random.
        #[serde(default)]
        exact: bool,
    },
    /// Points on the unit square, 1 where exactly one coordinate exceeds 0.5.
    Xor {
        /// How many points.
        #[serde(default = "default_points")]
        points: usize,
        /// Shift of the points.
        #[serde(default)]
        noise: f64,
    },
    /// Two circles, one within the other.
    Circles {
        /// How many points.
        #[serde(default = "default_points")]
        points: usize,
        /// Shift of the points.
        #[serde(default = "default_noise")]
        noise: f64,
    },
    /// Two half circles that reach into each other.
    Moons {
        /// How many points.
        #[serde(default = "default_points")]
        points: usize,
        /// Shift of the points.
        #[serde(default = "default_noise")]
        noise: f64,
    },
    /// Arms of a spiral.
    Spirals {
        /// How many points.
        #[serde(default = "default_points")]
        points: usize,
        /// Shift of the points.
        #[serde(default = "default_spiral_noise")]
        noise: f64,
        /// How many arms, 2 to 5; each is a class.
        #[serde(default = "default_arms")]
        arms: usize,
    },
    /// Clouds about the corners of a regular polygon.
    Blobs {
        /// How many points.
        #[serde(default = "default_points")]
        points: usize,
        /// Extent of a cloud.
        #[serde(default = "default_blob_noise")]
        noise: f64,
        /// How many clouds, 2 to 6; each is a class.
        #[serde(default = "default_classes")]
        classes: usize,
    },
    /// A straight line to be fitted.
    LinearRegression {
        /// How many points.
        #[serde(default = "default_points")]
        points: usize,
        /// Shift of the targets.
        #[serde(default = "default_noise")]
        noise: f64,
    },
    /// Two periods of a sine to be fitted.
    SineRegression {
        /// How many points.
        #[serde(default = "default_points")]
        points: usize,
        /// Shift of the targets.
        #[serde(default = "default_noise")]
        noise: f64,
    },
    /// The UCI handwritten digits, 8 × 8 pixels.
    Digits {
        /// How many of them, 1 to 1797; fewer than all are drawn at random.
        #[serde(default = "all_digits")]
        points: usize,
    },
    /// A table in a text file. What is not said of it is found out, and told.
    Csv {
        /// The file: in an experiment's file seen from the folder of that, elsewhere from where the program runs.
        path: PathBuf,
        /// Rows used at most; fewer than the file has are drawn at random.
        #[serde(default = "max_points")]
        points: usize,
        /// What the targets mean.
        #[serde(default)]
        target: TargetKind,
        /// The target's column, by name or by number from 1; without it, the last.
        #[serde(default)]
        target_column: Option<Column>,
        /// Columns that are neither input nor target, by name or number.
        #[serde(default)]
        leave_out: Vec<Column>,
        /// Whether the first row holds the names of the columns.
        #[serde(default)]
        header: Header,
        /// How decimals are written.
        #[serde(default)]
        decimal: DecimalMark,
    },
}

fn default_points() -> usize {
    500
}

fn default_noise() -> f64 {
    0.1
}

fn default_spiral_noise() -> f64 {
    0.02
}

fn default_blob_noise() -> f64 {
    0.25
}

fn default_arms() -> usize {
    2
}

fn default_classes() -> usize {
    3
}

fn all_digits() -> usize {
    digits::ROWS
}

fn max_points() -> usize {
    MAX_POINTS
}

/// Why a dataset cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The numbers are no dataset.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The file is no table of numbers.
    #[error(transparent)]
    Table(#[from] TableError),
}

impl Default for DatasetConfig {
    fn default() -> Self {
        Self::Xor { points: default_points(), noise: 0.0 }
    }
}

impl DatasetConfig {
    /// Every kind that needs no file with its default settings, in the order a menu shows them.
    pub fn all() -> Vec<Self> {
        let (points, noise) = (default_points(), default_noise());
        vec![
            Self::Xor { points, noise: 0.0 },
            Self::Diagonal { points, noise: 0.0, exact: false },
            Self::Circles { points, noise },
            Self::Moons { points, noise },
            Self::Spirals { points, noise: default_spiral_noise(), arms: default_arms() },
            Self::Blobs { points, noise: default_blob_noise(), classes: default_classes() },
            Self::LinearRegression { points, noise },
            Self::SineRegression { points, noise },
            Self::Digits { points: digits::ROWS },
        ]
    }

    /// The name that files and flags use.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// The table in that file, with default settings.
    pub fn table(path: impl Into<PathBuf>) -> Self {
        let TableOptions { target, target_column, leave_out, header, decimal } = TableOptions::default();
        Self::Csv { path: path.into(), points: MAX_POINTS, target, target_column, leave_out, header, decimal }
    }

    /// The kind of that name with its default settings, or the file of that name if it ends as tables do.
    /// Hyphens stand for underscores.
    pub fn by_name(name: &str) -> Option<Self> {
        if table::is_table(name) {
            return Some(Self::table(name));
        }
        let name = name.replace('-', "_");
        Self::all().into_iter().find(|config| config.name() == name)
    }

    /// What people call it: its name, or a file's.
    pub fn title(&self) -> String {
        match self {
            Self::Csv { path, .. } => {
                path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
            }
            _ => self.name().to_owned(),
        }
    }

    /// The same kind, or the same file, with its usual settings.
    pub fn usual(&self) -> Self {
        match self {
            Self::Csv { path, .. } => Self::table(path),
            _ => Self::by_name(self.name()).unwrap_or_default(),
        }
    }

    /// Whether both are of one kind, or of one file, and differ in settings at most.
    pub fn is_of_same_data(&self, other: &Self) -> bool {
        self.usual() == other.usual()
    }

    /// The same after one of its settings was changed from those of `before`. What was said of a table is
    /// nothing to another file: that has the usual settings.
    pub fn edited_from(self, before: &Self) -> Self {
        match (&self, before) {
            (Self::Csv { path, .. }, Self::Csv { path: old, .. }) if path != old => self.usual(),
            _ => self,
        }
    }

    /// How many points are asked for; of a file, how many at most.
    pub fn points(&self) -> usize {
        match self {
            Self::Diagonal { points, .. }
            | Self::Xor { points, .. }
            | Self::Circles { points, .. }
            | Self::Moons { points, .. }
            | Self::Spirals { points, .. }
            | Self::Blobs { points, .. }
            | Self::LinearRegression { points, .. }
            | Self::SineRegression { points, .. }
            | Self::Digits { points }
            | Self::Csv { points, .. } => *points,
        }
    }

    /// Sets how many points are asked for.
    pub fn set_points(&mut self, count: usize) {
        match self {
            Self::Diagonal { points, .. }
            | Self::Xor { points, .. }
            | Self::Circles { points, .. }
            | Self::Moons { points, .. }
            | Self::Spirals { points, .. }
            | Self::Blobs { points, .. }
            | Self::LinearRegression { points, .. }
            | Self::SineRegression { points, .. }
            | Self::Digits { points }
            | Self::Csv { points, .. } => *points = count,
        }
    }

    /// The noise, where it can be set.
    pub fn noise(&self) -> Option<f64> {
        match self {
            Self::Diagonal { noise, .. }
            | Self::Xor { noise, .. }
            | Self::Circles { noise, .. }
            | Self::Moons { noise, .. }
            | Self::Spirals { noise, .. }
            | Self::Blobs { noise, .. }
            | Self::LinearRegression { noise, .. }
            | Self::SineRegression { noise, .. } => Some(*noise),
            Self::Digits { .. } | Self::Csv { .. } => None,
        }
    }

    /// What the targets mean; `None` for a file, which has to be read for that.
    pub fn target(&self) -> Option<Target> {
        Some(match self {
            Self::Spirals { arms: classes, .. } | Self::Blobs { classes, .. } if *classes > 2 => {
                Target::Classes(*classes)
            }
            Self::Digits { .. } => Target::Classes(digits::CLASSES),
            Self::LinearRegression { .. } | Self::SineRegression { .. } => Target::Real,
            Self::Csv { .. } => return None,
            _ => Target::Binary,
        })
    }

    /// The file that it is read from, if it is.
    pub fn path_mut(&mut self) -> Option<&mut PathBuf> {
        match self {
            Self::Csv { path, .. } => Some(path),
            _ => None,
        }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// On the first that makes no sense.
    pub fn check(&self) -> Result<(), SettingError> {
        let most = if matches!(self, Self::Digits { .. }) { digits::ROWS } else { MAX_POINTS };
        let points = self.points();
        setting::ensure((1..=most).contains(&points), "points", points, &format!("1 to {most}"))?;
        if let Some(noise) = self.noise() {
            setting::not_negative("noise", noise)?;
        }
        match self {
            Self::Diagonal { points, noise, exact: true } => {
                let (count, why) = (quadrature::DIAGONAL_POINTS, "the points of the exact rule");
                setting::ensure(*points == count, "points", *points, &format!("{count}, {why}"))?;
                setting::ensure(*noise == 0.0, "noise", *noise, &format!("0 for {why}"))
            }
            Self::Spirals { arms, .. } => setting::ensure((2..=5).contains(arms), "arms", arms, "2 to 5"),
            Self::Blobs { classes, .. } => {
                setting::ensure((2..=6).contains(classes), "classes", classes, "2 to 6")
            }
            Self::Csv { path, .. } => setting::ensure(
                !path.as_os_str().is_empty(),
                "path",
                "\"\"",
                "the name of a table in text (.csv, .tsv, .txt, .data)",
            ),
            _ => Ok(()),
        }
    }

    /// Draws the dataset out of the streams `data` and `noise` of the seed, or reads it.
    ///
    /// # Errors
    /// If no point is asked for, or a file is no table of numbers.
    pub fn generate(&self, sources: &dyn Sources, seed: u64) -> Result<Dataset, GenerateError> {
        #[cfg(all(test, feature = "viewer"))]
        GENERATED.set(GENERATED.get() + 1);
        let draw = Draw::new(self.points(), self.noise().unwrap_or(0.0), seed);
        Ok(match self {
            Self::Diagonal { exact: true, .. } => quadrature::diagonal()?,
            Self::Diagonal { .. } => synthetic::diagonal(draw)?,
            Self::Xor { .. } => synthetic::xor(draw)?,
            Self::Circles { .. } => synthetic::circles(draw)?,
            Self::Moons { .. } => synthetic::moons(draw)?,
            Self::Spirals { arms, .. } => synthetic::spirals(*arms, draw)?,
            Self::Blobs { classes, .. } => synthetic::blobs(*classes, draw)?,
            Self::LinearRegression { .. } => synthetic::linear_regression(draw)?,
            Self::SineRegression { .. } => synthetic::sine_regression(draw)?,
            Self::Digits { points } => at_most(*points, digits()?, draw.data),
            Self::Csv { path, points, .. } => {
                at_most(*points, table::read(sources, path, &self.table_options())?, draw.data)
            }
        })
    }

    /// What is said of the table; nothing of what is none.
    fn table_options(&self) -> TableOptions {
        let Self::Csv { path: _, points: _, target, target_column, leave_out, header, decimal } = self else {
            return TableOptions::default();
        };
        let (target_column, leave_out) = (target_column.clone(), leave_out.clone());
        TableOptions { target: *target, target_column, leave_out, header: *header, decimal: *decimal }
    }
}

/// That many rows drawn at random, in their old order, with a word on how many of how many; all of them
/// where there are no more.
fn at_most(points: usize, data: Dataset, mut stream: Stream) -> Dataset {
    let all = data.rows();
    if points >= all {
        return data;
    }
    let mut rows = stream.permutation(all);
    rows.truncate(points);
    rows.sort_unstable();
    let note = format!("{points} of {all} rows are used, drawn at random");
    let notes: Vec<String> = data.notes().iter().cloned().chain([note]).collect();
    data.select(&rows).with_notes(notes)
}

#[cfg(all(test, feature = "viewer"))]
thread_local! {
    static GENERATED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How often this thread has drawn or read examples.
#[cfg(all(test, feature = "viewer"))]
pub(crate) fn generated() -> usize {
    GENERATED.get()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::io::sources::Shelf;

    #[test]
    fn every_kind_is_sound_found_by_name_and_drawn_in_its_size() {
        for mut config in DatasetConfig::all() {
            assert_eq!(config.check(), Ok(()));
            assert_eq!(DatasetConfig::by_name(&config.name().replace('_', "-")), Some(config.clone()));
            config.set_points(60);
            let data = config.generate(&Shelf::default(), 3).unwrap();
            assert_eq!((data.rows(), data.name.as_str()), (60, config.name()));
            assert_eq!(data, config.generate(&Shelf::default(), 3).unwrap());
            assert_ne!(data, config.generate(&Shelf::default(), 4).unwrap());
        }
    }

    #[test]
    fn a_name_that_ends_as_tables_do_is_a_file() {
        for name in ["folder/points.csv", "POINTS.CSV", "a.tsv", "b.Txt", "iris.data"] {
            let config = DatasetConfig::by_name(name).unwrap();
            assert_eq!(config.name(), "csv");
            assert!(matches!(config, DatasetConfig::Csv { path, .. } if path.as_os_str() == name));
        }
        assert_eq!(DatasetConfig::by_name("points.json"), None);
        assert_eq!(DatasetConfig::by_name("csv"), None, "a CSV without a file is none");
    }

    #[test]
    fn a_column_is_written_by_name_or_number_and_old_words_are_read() {
        let csv = |text: &str| {
            serde_json::from_str::<DatasetConfig>(&format!(r#"{{"csv":{{"path":"a.csv"{text}}}}}"#)).unwrap()
        };
        let columns = |config| match config {
            DatasetConfig::Csv { target_column, leave_out, target, .. } => (target_column, leave_out, target),
            other => panic!("{other:?}"),
        };
        let name = |name: &str| Column::Name(name.into());
        let found = columns(csv(r#","target_column":"species","leave_out":[1,"id"],"target":"numbers""#));
        assert_eq!(found, (Some(name("species")), vec![Column::Number(1), name("id")], TargetKind::Values));
        assert_eq!(columns(csv(r#","target_column":5"#)).0, Some(Column::Number(5)));
        assert_eq!(csv(""), DatasetConfig::table("a.csv"));
    }

    #[test]
    fn settings_without_sense_are_refused() {
        let refused = |text: &str| {
            let config: DatasetConfig = serde_json::from_str(text).unwrap();
            config.check().unwrap_err().to_string()
        };
        let cases = [
            (r#"{"xor":{"points":0}}"#, "points = 0: expected 1 to 1000000"),
            (r#"{"digits":{"points":1798}}"#, "points = 1798: expected 1 to 1797"),
            (r#"{"moons":{"noise":-1}}"#, "noise = -1: expected a finite number of at least 0"),
            (r#"{"spirals":{"arms":6}}"#, "arms = 6: expected 2 to 5"),
            (r#"{"blobs":{"classes":1}}"#, "classes = 1: expected 2 to 6"),
            (
                r#"{"csv":{"path":""}}"#,
                "path = \"\": expected the name of a table in text (.csv, .tsv, .txt, .data)",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(refused(text), expected);
        }
    }
}
