//! A table before its cells are numbers: its rows, its columns, and the two passes that read them.
//!
//! The first pass looks at everything that decides how cells are read (the decimal mark may be proven by
//! the last row only), the second reads them. So a table is never held as text cells.

use super::columns::{self, Columns};
use super::dialect::Dialect;
use super::error::{Cell, TableError};
use super::number::{self, DecimalMark, Mark, Marks, Writing};
use super::rows::{Row, Rows, line_at};
use super::target::Targets;
use super::{Limits, TableOptions};

/// A text with all that is known of it before it is read.
pub(super) struct Sheet<'a> {
    text: &'a str,
    pub(super) dialect: Dialect,
    pub(super) has_header: bool,
    pub(super) columns: Columns,
}

/// What the first pass finds.
#[derive(Debug, PartialEq)]
pub(super) struct Survey {
    pub(super) rows: usize,
    pub(super) writing: Writing,
    /// The column without a name, where it only numbers the rows.
    pub(super) index: Option<usize>,
}

/// What the second pass reads.
#[derive(Default)]
pub(super) struct Numbers {
    /// Features, `[rows, inputs]` row-major.
    pub(super) x: Vec<f64>,
    pub(super) targets: Targets,
}

impl<'a> Sheet<'a> {
    pub(super) fn open(text: &'a str, options: &TableOptions) -> Result<Self, TableError> {
        let dialect = Dialect::sniff(text);
        let sample = dialect.sample(text);
        let has_header = columns::has_header(&sample, options.header);
        let first = sample.first().ok_or(TableError::NoRows)?;
        if first.len() < 2 {
            let offset = Rows::new(text, dialect).advance().map_or(0, |row| row.offset);
            return Err(TableError::Narrow { line: line_at(text, offset), columns: first.len() });
        }
        let names = first.iter().map(|cell| if has_header { columns::name_of(cell) } else { String::new() });
        let (target, leave_out) = (options.target_column.as_ref(), &options.leave_out);
        let columns = Columns::choose(names.collect(), has_header, target, leave_out)?;
        Ok(Self { text, dialect, has_header, columns })
    }

    /// The rows below the names.
    fn rows(&self) -> Rows<'a> {
        let mut rows = Rows::new(self.text, self.dialect);
        if self.has_header {
            rows.advance();
        }
        rows
    }

    fn cell(&self, offset: usize, column: usize, text: &str) -> Cell {
        Cell::new(line_at(self.text, offset), column + 1, &self.columns.names[column], text)
    }

    /// The target of that row, as an error shows it.
    pub(super) fn target_of(&self, row: usize) -> Cell {
        let (mut rows, column) = (self.rows(), self.columns.target);
        for _ in 0..row {
            rows.advance();
        }
        let found = rows
            .advance()
            .map(|row| self.cell(row.offset, column, row.cells().nth(column).unwrap_or_default()));
        found.unwrap_or_else(|| unreachable!("row {row} was read before"))
    }

    /// The first pass.
    pub(super) fn survey(&self, decimal: DecimalMark, limits: &Limits) -> Result<Survey, TableError> {
        let columns = self.columns.names.len();
        let (mut rows, mut count, mut marks) = (self.rows(), 0, Marks::default());
        while let Some(row) = rows.advance() {
            let found = row.cells().count();
            if found != columns {
                let line = line_at(self.text, row.offset);
                return Err(TableError::Ragged { line, columns: found, expected: columns });
            }
            count += 1;
            if count > limits.rows || count * columns > limits.numbers {
                return Err(TableError::TooLong { line: line_at(self.text, row.offset) });
            }
            for (column, cell) in row.cells().enumerate().filter(|(column, _)| self.is_read(*column)) {
                marks.see(cell, || self.cell(row.offset, column, cell));
            }
        }
        if count == 0 {
            return Err(TableError::NoRows);
        }
        let index = self.columns.unnamed.filter(|column| self.is_index(*column));
        Ok(Survey { rows: count, writing: marks.decide(decimal)?, index })
    }

    /// Whether a column holds a whole number of its own for each row, as pandas' index does.
    fn is_index(&self, column: usize) -> bool {
        let (mut rows, mut numbers) = (self.rows(), Vec::new());
        while let Some(row) = rows.advance() {
            let Some(number) = row.cells().nth(column).and_then(|cell| cell.parse::<u32>().ok()) else {
                return false;
            };
            numbers.push(number);
        }
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.len() == count
    }

    fn is_read(&self, column: usize) -> bool {
        column == self.columns.target || self.columns.is_input(column)
    }

    /// The second pass.
    pub(super) fn numbers(&self, survey: &Survey) -> Result<Numbers, TableError> {
        let mut numbers = Numbers::default();
        numbers.x.reserve(survey.rows * self.columns.inputs.len());
        let mut rows = self.rows();
        while let Some(row) = rows.advance() {
            let cells: Vec<&str> = row.cells().collect();
            for &column in &self.columns.inputs {
                numbers.x.push(self.number(row, column, cells[column], survey.writing.mark)?);
            }
            self.target(row, cells[self.columns.target], survey.writing.mark, &mut numbers.targets)?;
        }
        Ok(numbers)
    }

    fn number(&self, row: Row, column: usize, text: &str, mark: Mark) -> Result<f64, TableError> {
        if let Some(number) = number::value(text, mark).filter(|number| number.is_finite()) {
            return Ok(number);
        }
        let cell = self.cell(row.offset, column, text);
        if text.is_empty() {
            return Err(TableError::Missing(cell));
        }
        let hint = self.hint(row, &cell);
        Err(TableError::NoNumber { cell, hint })
    }

    fn target(&self, row: Row, text: &str, mark: Mark, targets: &mut Targets) -> Result<(), TableError> {
        let is_word = number::value(text, mark).is_none() && !text.is_empty() && !text.contains(['\n', '\r']);
        match is_word {
            true if targets.push_word(text) => {}
            true => return Err(TableError::ManyClasses { column: self.columns.label(self.columns.target) }),
            false => targets.push_number(self.number(row, self.columns.target, text, mark)?),
        }
        Ok(())
    }

    /// What may be done about a word among the inputs.
    fn hint(&self, row: Row, cell: &Cell) -> String {
        let is_first = self.rows().advance().is_some_and(|first| first.offset == row.offset);
        if cell.text.contains(['\n', '\r']) {
            return "; a quote may be left open".to_owned();
        }
        match (is_first, self.has_header) {
            (true, true) => format!("; {SETTINGS}"),
            (true, false) => {
                format!("; header: yes takes the line as names, {SETTINGS}")
            }
            (false, _) => String::new(),
        }
    }
}

/// What makes something else of a column of words.
const SETTINGS: &str = "leave_out passes a column over, target_column makes it the target";
