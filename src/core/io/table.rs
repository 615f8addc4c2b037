//! Reads a table of comma-separated numbers as a dataset: features, then the target in the last column.
//!
//! The first row may be a header, which is known by holding no number at all. Whatever cannot be used
//! is refused with its line; nothing is guessed, filled in or left out.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use csv::{ReaderBuilder, StringRecord, Trim};
use serde::{Deserialize, Serialize};

use crate::core::data::Dataset;

/// What a file may hold at most.
struct Limits {
    rows: usize,
    numbers: usize,
    bytes: u64,
}

const LIMITS: Limits = Limits { rows: 1_000_000, numbers: 20_000_000, bytes: 512 << 20 };

/// Classes a file may have.
pub const MAX_CLASSES: usize = 100;

/// What the targets of a file mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// Classes where they are whole numbers 0, 1, … that all occur, else real numbers.
    #[default]
    Auto,
    /// Classes, counted from 0.
    Classes,
    /// Real numbers, whole or not.
    Numbers,
}

/// Why a file is no table of numbers. The texts go on where the file has been named.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("it cannot be read ({0})")]
    Read(#[from] io::Error),
    /// There is no row of numbers.
    #[error("it has no rows")]
    NoRows,
    /// A row has too few columns for a feature and a target.
    #[error("line {line} has {columns} column; expected at least 2, separated by commas")]
    Narrow {
        /// Line, from 1.
        line: u64,
        /// Columns found.
        columns: usize,
    },
    /// A row is longer or shorter than those before it.
    #[error("line {line} has {columns} columns; expected {expected} as before it")]
    Ragged {
        /// Line, from 1.
        line: u64,
        /// Columns found.
        columns: usize,
        /// Columns of the lines before.
        expected: usize,
    },
    /// A cell holds nothing.
    #[error("line {line}, column {column} is empty; expected a number")]
    Missing {
        /// Line, from 1.
        line: u64,
        /// Column, from 1.
        column: usize,
    },
    /// A cell holds something else than a finite number.
    #[error("line {line}, column {column} holds {text:?}; expected a finite number")]
    NoNumber {
        /// Line, from 1.
        line: u64,
        /// Column, from 1.
        column: usize,
        /// What it holds.
        text: String,
    },
    /// A target is no class although classes are asked for.
    #[error("line {line} is of class {value}; expected a whole number from 0 to {}", MAX_CLASSES - 1)]
    NoClass {
        /// Line, from 1.
        line: u64,
        /// What it holds.
        value: f64,
    },
    /// All targets are equal.
    #[error("every target is {value}; expected at least two different ones")]
    OneTarget {
        /// The one target.
        value: f64,
    },
    /// Too many rows, numbers or bytes.
    #[error(
        "line {line} is beyond the limit; expected at most {} rows, {} numbers and {} MiB",
        LIMITS.rows,
        LIMITS.numbers,
        LIMITS.bytes >> 20
    )]
    TooLarge {
        /// The first line that is too many, from 1.
        line: u64,
    },
}

/// Rows of numbers with their lines.
#[derive(Default)]
struct Table {
    x: Vec<f64>,
    y: Vec<f64>,
    lines: Vec<u64>,
    columns: usize,
}

/// Reads a file.
///
/// # Errors
/// If it cannot be read, or is not what is expected.
pub fn read(path: impl AsRef<Path>, target: TargetKind) -> Result<Dataset, TableError> {
    let path = path.as_ref();
    let file = std::fs::File::open(path)?;
    let name = path.file_stem().map_or_else(|| "csv".into(), |stem| stem.to_string_lossy());
    parse(file, &name, target)
}

/// Reads a text; `name` is the dataset's.
///
/// # Errors
/// As [`read`].
pub fn parse(text: impl Read, name: &str, target: TargetKind) -> Result<Dataset, TableError> {
    Table::read(text, &LIMITS)?.into_dataset(name, target)
}

impl Table {
    fn read(text: impl Read, limits: &Limits) -> Result<Self, TableError> {
        // One byte more than allowed tells a file that is too large from one that just fits.
        let mut text = BufReader::new(text.take(limits.bytes + 1));
        let mut table = Self::default();
        let (mut buffer, mut line) = (String::new(), 0);
        while text.read_line(&mut buffer)? > 0 {
            line += 1;
            if text.get_ref().limit() == 0 {
                return Err(TableError::TooLarge { line });
            }
            let row = buffer.trim_start_matches('\u{feff}').trim();
            if row.contains('"') {
                table.push(&unquoted(row)?.iter().collect::<Vec<&str>>(), line, limits)?;
            } else if !row.is_empty() {
                table.push(&row.split(',').map(str::trim).collect::<Vec<&str>>(), line, limits)?;
            }
            buffer.clear();
        }
        Ok(table)
    }

    fn push(&mut self, cells: &[&str], line: u64, limits: &Limits) -> Result<(), TableError> {
        let columns = cells.len();
        if self.columns == 0 && cells.iter().all(|cell| cell.parse::<f64>().is_err()) {
            self.columns = columns;
            return Ok(());
        }
        if columns < 2 {
            return Err(TableError::Narrow { line, columns });
        }
        if self.columns != 0 && columns != self.columns {
            return Err(TableError::Ragged { line, columns, expected: self.columns });
        }
        self.columns = columns;
        let numbers = self.x.len() + self.y.len() + columns;
        if self.lines.len() >= limits.rows || numbers > limits.numbers {
            return Err(TableError::TooLarge { line });
        }
        for (index, cell) in cells.iter().enumerate() {
            let number = number(cell, line, index + 1)?;
            if index + 1 < columns { self.x.push(number) } else { self.y.push(number) }
        }
        self.lines.push(line);
        Ok(())
    }

    fn into_dataset(self, name: &str, target: TargetKind) -> Result<Dataset, TableError> {
        let Some(&first) = self.y.first() else { return Err(TableError::NoRows) };
        if self.y.iter().all(|&y| y == first) {
            return Err(TableError::OneTarget { value: first });
        }
        let inputs = self.columns - 1;
        let no_class = self.y.iter().position(|y| y.fract() != 0.0 || !(0.0..MAX_CLASSES as f64).contains(y));
        let classes = self.y.iter().fold(0.0_f64, |most, &y| most.max(y)) as usize + 1;
        let data = match (target, no_class) {
            (TargetKind::Classes, Some(row)) => {
                return Err(TableError::NoClass { line: self.lines[row], value: self.y[row] });
            }
            (TargetKind::Classes, None) => Dataset::with_classes(name, self.x, self.y, inputs, classes),
            (TargetKind::Auto, None) if all_occur(&self.y, classes) => {
                Dataset::with_classes(name, self.x, self.y, inputs, classes)
            }
            _ => Dataset::new(name, self.x, self.y, inputs, 1),
        };
        Ok(data.unwrap_or_else(|error| unreachable!("every row was checked: {error}")))
    }
}

/// The cells of one line, quotes taken off. One line at a time, since a reader of whole files loses
/// count of the lines where some are blank.
fn unquoted(row: &str) -> io::Result<StringRecord> {
    let mut record = StringRecord::new();
    let mut options = ReaderBuilder::new();
    options.has_headers(false).trim(Trim::All);
    options.from_reader(row.as_bytes()).read_record(&mut record)?;
    Ok(record)
}

/// Whether each of the classes has a row.
fn all_occur(targets: &[f64], classes: usize) -> bool {
    let mut seen = vec![false; classes];
    targets.iter().for_each(|&target| seen[target as usize] = true);
    seen.into_iter().all(|seen| seen)
}

fn number(cell: &str, line: u64, column: usize) -> Result<f64, TableError> {
    if cell.is_empty() {
        return Err(TableError::Missing { line, column });
    }
    match cell.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(TableError::NoNumber { line, column, text: cell.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::data::Target;

    fn parsed(text: &str) -> Dataset {
        parse(text.as_bytes(), "t", TargetKind::Auto).unwrap()
    }

    fn refused(text: &str) -> String {
        parse(text.as_bytes(), "t", TargetKind::Auto).unwrap_err().to_string()
    }

    #[test]
    fn a_table_is_read_with_and_without_its_header() {
        let bare = parsed("1,2,0\n3.5,-4e2,1\n");
        assert_eq!((bare.inputs(), bare.target()), (2, Target::Binary));
        assert_eq!((bare.x(), bare.y()), (&[1.0, 2.0, 3.5, -400.0][..], &[0.0, 1.0][..]));
        assert_eq!(parsed("\u{feff}a, b ,\"the target\"\r\n1 , 2,0\r\n\r\n3.5,-4e2,1"), bare);
    }

    #[test]
    fn targets_are_classes_or_numbers() {
        assert_eq!(parsed("0,2\n0,0\n0,1\n").target(), Target::Classes(3));
        assert_eq!(parsed("0,2\n0,0\n0,3\n").target(), Target::Real, "class 1 does not occur");
        assert_eq!(parsed("0,0.5\n0,1\n").target(), Target::Real);
        let of = |text: &str, kind| parse(text.as_bytes(), "t", kind);
        assert_eq!(of("0,2\n0,0\n0,1\n", TargetKind::Numbers).unwrap().target(), Target::Real);
        assert_eq!(of("0,2\n0,0\n", TargetKind::Classes).unwrap().target(), Target::Classes(3));
        let error = of("0,2\n\n0,1.5\n", TargetKind::Classes).unwrap_err().to_string();
        assert_eq!(error, "line 3 is of class 1.5; expected a whole number from 0 to 99");
    }

    #[test]
    fn broken_tables_are_refused_with_their_line() {
        let cases = [
            ("x,y\n1,0\n,1\n", "line 3, column 1 is empty; expected a number"),
            ("1,0\n2,\n", "line 2, column 2 is empty; expected a number"),
            ("1,0\n\n\n2,one\n", "line 4, column 2 holds \"one\"; expected a finite number"),
            ("1,x\n2,1\n", "line 1, column 2 holds \"x\"; expected a finite number"),
            ("x,y\na,b\n2,1\n", "line 2, column 1 holds \"a\"; expected a finite number"),
            ("1,0\nnan,1\n", "line 2, column 1 holds \"nan\"; expected a finite number"),
            ("1,0\n1e999,1\n", "line 2, column 1 holds \"1e999\"; expected a finite number"),
            ("1,2,0\n3,4\n", "line 2 has 2 columns; expected 3 as before it"),
            ("a,b\n1,2,0\n", "line 2 has 3 columns; expected 2 as before it"),
            ("1;2;0\n3;4;1\n", "line 2 has 1 column; expected at least 2, separated by commas"),
            ("1\n0\n", "line 1 has 1 column; expected at least 2, separated by commas"),
            ("", "it has no rows"),
            ("x,y\n", "it has no rows"),
            ("1,1\n2,1\n", "every target is 1; expected at least two different ones"),
        ];
        for (text, expected) in cases {
            assert_eq!(refused(text), expected, "{text:?}");
        }
    }

    #[test]
    fn files_beyond_the_limits_are_refused_before_they_fill_the_memory() {
        let limits = Limits { rows: 4, numbers: 10, bytes: 30 };
        let read = |text: &str| Table::read(text.as_bytes(), &limits).map(|table| table.lines.len());
        assert_eq!(read("x,y\n1,0\n2,0\n3,0\n4,0\n").unwrap(), 4);
        for text in ["x,y\n1,0\n2,0\n3,0\n4,0\n5,0\n", "1,2,0\n1,2,0\n\n1,2,0\n\n1,2,0\n"] {
            assert!(matches!(read(text), Err(TableError::TooLarge { line: 6 })), "{text:?}");
        }
        let endless = Table::read(io::repeat(b'1'), &limits);
        let error = endless.map(|table| table.lines.len()).unwrap_err().to_string();
        let expected = "expected at most 1000000 rows, 20000000 numbers and 512 MiB";
        assert_eq!(error, format!("line 1 is beyond the limit; {expected}"));
    }

    #[test]
    fn a_file_is_named_by_its_stem_and_a_missing_one_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("points.csv");
        std::fs::write(&path, "1,0\n2,1\n").unwrap();
        assert_eq!(read(&path, TargetKind::Auto).unwrap().name, "points");
        let error = read(folder.path().join("none.csv"), TargetKind::Auto).unwrap_err().to_string();
        assert!(error.starts_with("it cannot be read (") && error.contains("No such file"), "{error}");
    }
}
