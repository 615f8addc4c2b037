//! Tables of numbers as people have them, read as a dataset.
//!
//! From bytes to a dataset, a file for each step: `encoding` makes text of bytes, `dialect` finds
//! out what stands between cells, `columns` what each column is for, `number` how decimals are written,
//! `target` whether the targets are classes or values; `sheet` goes through the rows.
//!
//! What was found out is told with the dataset. What could mean two things is refused with both, what
//! cannot be used with its line; nothing is filled in.

mod columns;
mod dialect;
mod encoding;
mod error;
mod notes;
mod number;
mod rows;
mod sheet;
mod sniff;
mod target;

use std::path::Path;

pub use columns::{Column, Header};
pub use error::{Cell, TableError};
pub use number::DecimalMark;
pub use target::TargetKind;

use crate::core::data::Dataset;
use crate::core::io::sources::Sources;
use sheet::{Numbers, Sheet};
use target::{Meaning, Refusal, Targets};

/// What a file may hold at most.
struct Limits {
    rows: usize,
    numbers: usize,
    bytes: u64,
}

const LIMITS: Limits = Limits { rows: 1_000_000, numbers: 20_000_000, bytes: 512 << 20 };

/// Classes a file may have.
pub const MAX_CLASSES: usize = 100;

/// Endings of the names of tables.
pub const ENDINGS: [&str; 4] = ["csv", "tsv", "txt", "data"];

/// Whether a file of that name is taken for a table.
pub fn is_table(name: &str) -> bool {
    let ending = Path::new(name).extension();
    ENDINGS.iter().any(|known| ending.is_some_and(|ending| ending.eq_ignore_ascii_case(known)))
}

/// What is said of a table; the rest is found out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableOptions {
    /// What the targets mean.
    pub target: TargetKind,
    /// The target's column; without it, the last.
    pub target_column: Option<Column>,
    /// Columns that are neither inputs nor target.
    pub leave_out: Vec<Column>,
    /// Whether the first row holds names.
    pub header: Header,
    /// How decimals are written.
    pub decimal: DecimalMark,
}

/// Reads a file.
///
/// # Errors
/// If it cannot be read, or is not what is expected.
pub fn read(sources: &dyn Sources, path: &Path, options: &TableOptions) -> Result<Dataset, TableError> {
    let name = path.file_stem().map_or_else(|| "csv".into(), |stem| stem.to_string_lossy());
    parse(&sources.whole(path, LIMITS.bytes)?, &name, options)
}

/// Reads a text; `name` is the dataset's.
///
/// # Errors
/// If it is not what is expected.
pub fn parse(bytes: &[u8], name: &str, options: &TableOptions) -> Result<Dataset, TableError> {
    parse_within(bytes, name, options, &LIMITS)
}

fn parse_within(
    bytes: &[u8],
    name: &str,
    options: &TableOptions,
    limits: &Limits,
) -> Result<Dataset, TableError> {
    if bytes.len() as u64 > limits.bytes {
        return Err(TableError::TooLarge);
    }
    let (text, encoding) = encoding::decode(bytes)?;
    let mut sheet = Sheet::open(&text, options)?;
    let survey = sheet.survey(options.decimal, limits)?;
    sheet.columns.inputs.retain(|column| Some(*column) != survey.index);
    let Numbers { x, targets } = sheet.numbers(&survey)?;
    let Meaning { y, classes, labels, told } = meaning(&targets, options.target, &sheet)?;
    let mut notes = vec![format!("{} rows, {}: {told}", survey.rows, sheet.columns)];
    notes.extend(encoding);
    notes.extend(notes::written(&sheet, survey.writing));
    notes.extend(notes::passed_over(&sheet, survey.index, &text));
    notes.extend(notes::numbering(&x, &sheet.columns));
    let inputs = sheet.columns.inputs.len();
    let data = match classes {
        0 => Dataset::new(name, x, y, inputs, 1).map(Dataset::as_values),
        classes => Dataset::with_classes(name, x, y, inputs, classes),
    };
    let data = data.unwrap_or_else(|error| unreachable!("every row was checked: {error}"));
    Ok(data.with_notes(notes).with_labels(labels))
}

fn meaning(targets: &Targets, asked: TargetKind, sheet: &Sheet) -> Result<Meaning, TableError> {
    targets.meaning(asked).map_err(|refusal| match refusal {
        Refusal::Row(row, expected) => TableError::NoClass { cell: sheet.target_of(row), expected },
        Refusal::One(value) => TableError::OneTarget { value: error::shown(&value) },
        Refusal::Many => TableError::ManyClasses { column: sheet.columns.label(sheet.columns.target) },
    })
}

#[cfg(test)]
mod tests;
