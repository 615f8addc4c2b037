//! The rows of a table, by the `csv` crate, and the lines that they begin on.
//!
//! The crate counts a row's line from where it began to look for it, which is before blank lines and
//! comments. So a row is known by its place in the text, and its line is counted when an error has to name
//! it.

use csv::{ReaderBuilder, StringRecord, Trim};

use super::dialect::{Dialect, SPACE};

/// Lines that begin with this are comments.
const COMMENT: u8 = b'#';

/// Goes through the rows of a text that hold something.
pub(super) struct Rows<'a> {
    reader: csv::Reader<&'a [u8]>,
    record: StringRecord,
    dialect: Dialect,
}

/// A row of a table.
#[derive(Clone, Copy)]
pub(super) struct Row<'r> {
    record: &'r StringRecord,
    /// Where in the text the reader began to look for it.
    pub(super) offset: usize,
    /// Whether several delimiters count as one.
    joins: bool,
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect) -> Self {
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(dialect.delimiter)
            .comment(Some(COMMENT))
            .trim(Trim::All)
            .from_reader(&text.as_bytes()[dialect.start..]);
        Self { reader, record: StringRecord::new(), dialect }
    }

    /// The next row in which any cell holds something.
    pub(super) fn advance(&mut self) -> Option<Row<'_>> {
        while self.reader.read_record(&mut self.record).unwrap_or_else(|error| unreachable!("text: {error}"))
        {
            if self.record.iter().any(|cell| !cell.is_empty()) {
                let byte = self.record.position().map_or(0, |position| position.byte() as usize);
                let (offset, joins) = (self.dialect.start + byte, self.dialect.delimiter == SPACE);
                return Some(Row { record: &self.record, offset, joins });
            }
        }
        None
    }
}

impl<'r> Row<'r> {
    /// What its cells hold, without the blanks around it.
    pub(super) fn cells(self) -> impl Iterator<Item = &'r str> + Clone {
        self.record.iter().filter(move |cell| !(self.joins && cell.is_empty()))
    }
}

/// The line, from 1, of the row that a reader finds from `offset` on: it passes over blank lines and
/// comments.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    let (before, from) = text.split_at(offset);
    let is_passed = |line: &&str| matches!(line.bytes().next(), Some(b'\n' | b'\r' | COMMENT));
    1 + before.matches('\n').count() + from.split_inclusive('\n').take_while(is_passed).count()
}

/// Whether a line of the text is a comment.
pub(super) fn has_comments(text: &str) -> bool {
    text.split('\n').any(|line| line.as_bytes().first() == Some(&COMMENT))
}

#[cfg(test)]
mod tests {
    use super::super::encoding::decode;
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        let mut rows = Rows::new(text, Dialect { delimiter: b',', start: 0 });
        let mut found = Vec::new();
        while let Some(row) = rows.advance() {
            found.push(line_at(text, row.offset));
        }
        found
    }

    #[test]
    fn a_row_knows_its_line_whatever_lines_end_with() {
        let text = "a,b\n\n# c\n1,2\n,\n  \n3,4\n\"5\n\n6\",7\n8,9";
        assert_eq!(lines(text), [1, 4, 7, 8, 11]);
        assert_eq!(lines(&text.replace('\n', "\r\n")), [1, 4, 7, 8, 11]);
        let of_old = text.replace('\n', "\r").into_bytes();
        assert_eq!(lines(&decode(&of_old).unwrap().0), [1, 4, 7, 8, 11]);
        assert_eq!(lines("\n\n1,2\n"), [3]);
        assert!(lines("# only\n#").is_empty());
    }

    #[test]
    fn runs_of_spaces_are_one_delimiter() {
        let mut rows = Rows::new("  1   2.5 x \n", Dialect { delimiter: SPACE, start: 0 });
        assert_eq!(rows.advance().unwrap().cells().collect::<Vec<_>>(), ["1", "2.5", "x"]);
    }
}
