//! Why a file is no table of numbers, and where in it.

use std::fmt;
use std::io;

use super::dialect::DELIMITERS;
use super::{LIMITS, MAX_CLASSES};
use crate::core::io::input::InputError;
use crate::core::text::Measured;

/// Characters of a cell that an error shows.
const SHOWN: usize = 20;

/// A cell that an error names.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// The column's name, or nothing.
    pub name: String,
    /// What it holds.
    pub text: String,
}

impl Cell {
    pub(super) fn new(line: usize, column: usize, name: &str, text: &str) -> Self {
        Self { line, column, name: name.to_owned(), text: text.to_owned() }
    }

    fn holds(&self) -> String {
        format!("{self} holds {}", quoted(&self.text))
    }
}

/// Where it is.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)?;
        if self.name.is_empty() { Ok(()) } else { write!(f, " ({})", shown(&self.name)) }
    }
}

/// A text out of a file as a person may see it: the first characters, whatever is no letter escaped.
pub(super) fn shown(text: &str) -> String {
    let first: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() { first + "…" } else { first }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", shown(text))
}

/// Why a file is no table of numbers. The texts go on where the file has been named.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("it cannot be read ({0})")]
    Input(#[from] InputError),
    /// It cannot be taken apart.
    #[error("it cannot be read ({0})")]
    Read(#[from] io::Error),
    /// It is no text.
    #[error("it is {kind}; expected text: save or unpack it as CSV")]
    Foreign {
        /// What it is.
        kind: &'static str,
    },
    /// Its bytes are no text of the encoding that it is in.
    #[error("it is broken {name}; expected text: save it as UTF-8")]
    Encoding {
        /// The encoding.
        name: &'static str,
    },
    /// There is no row of numbers.
    #[error("it has no rows")]
    NoRows,
    /// A row has too few columns for a feature and a target.
    #[error(
        "line {line} has {columns} column; expected at least 2, separated by {}",
        DELIMITERS.map(|(_, name)| name).join(", ")
    )]
    Narrow {
        /// Line, from 1.
        line: usize,
        /// Columns found.
        columns: usize,
    },
    /// A row is longer or shorter than those before it.
    #[error("line {line} has {columns} columns; expected {expected} as before it")]
    Ragged {
        /// Line, from 1.
        line: usize,
        /// Columns found.
        columns: usize,
        /// Columns of the lines before.
        expected: usize,
    },
    /// No column is left for the features.
    #[error("no column is left as an input beside the target {target}; expected at least 1")]
    NoInputs {
        /// The target's column.
        target: String,
    },
    /// A column that a setting names is none of the table.
    #[error("{setting} = {value}: expected {expected}")]
    Column {
        /// The setting.
        setting: &'static str,
        /// What it names.
        value: String,
        /// What would do.
        expected: String,
    },
    /// A cell holds nothing.
    #[error("{0} is empty; expected a number")]
    Missing(Cell),
    /// A cell holds something else than a finite number.
    #[error("{}; expected a finite number{hint}", .cell.holds())]
    NoNumber {
        /// Which.
        cell: Cell,
        /// What may be done about it, after a separator; or nothing.
        hint: String,
    },
    /// A cell is a number in two ways.
    #[error(
        "{}, which is {grouped} or {decimal}; expected one reading: say decimal: point or decimal: comma",
        .cell.holds()
    )]
    TwoReadings {
        /// Which.
        cell: Cell,
        /// With a comma that groups thousands.
        grouped: Measured,
        /// With a decimal comma.
        decimal: Measured,
    },
    /// Two cells have their decimals after different signs.
    #[error("{}, but {}; expected one kind of decimals", .comma.holds(), .point.holds())]
    TwoMarks {
        /// A cell with a decimal point.
        point: Box<Cell>,
        /// A cell with a decimal comma.
        comma: Box<Cell>,
    },
    /// A target is no class although the others are, or classes are asked for.
    #[error("{}; expected {expected}", .cell.holds())]
    NoClass {
        /// Which.
        cell: Cell,
        /// What would do.
        expected: &'static str,
    },
    /// There are too many classes.
    #[error(
        "{column} has more than {} classes; expected another target_column, or target: values",
        MAX_CLASSES
    )]
    ManyClasses {
        /// The target's column.
        column: String,
    },
    /// All targets are equal.
    #[error("every target is {value}; expected at least two different ones")]
    OneTarget {
        /// The one target.
        value: String,
    },
    /// Too many rows or numbers.
    #[error("line {line} is beyond the limit; expected at most {} rows and {} numbers", LIMITS.rows, LIMITS.numbers)]
    TooLong {
        /// The first line that is too many, from 1.
        line: usize,
    },
    /// Too many bytes.
    #[error("it is larger than {} MiB", LIMITS.bytes >> 20)]
    TooLarge,
}
