//! The delimiter of a text that does not say it.
//!
//! A table for this program is numbers for the most part, so the delimiter is the one under which most
//! cells are numbers. Sniffers for any table (csv-nose, qsv-sniffer) know no decimal commas and no runs of
//! spaces, and find some delimiter in everything.

use super::dialect::{DELIMITERS, Dialect, SPACE};
use super::number;
use super::rows::Rows;

/// Rows that are looked at.
const SAMPLE: usize = 100;

impl Dialect {
    pub(super) fn sniff(text: &str) -> Self {
        let found = || {
            let dialects = DELIMITERS.map(|(delimiter, _)| Self { delimiter, start: 0 });
            // Of equals the last is taken, so the usual comes last.
            dialects.into_iter().rev().max_by_key(|dialect| dialect.fit(text))
        };
        Self::declared(text).or_else(found).unwrap_or(Self { delimiter: b',', start: 0 })
    }

    /// Whether the first rows are all numbers, below one of names; how many cells are, and how few are not; of
    /// names alone, how many there are. Spaces also group digits, so they come after what divides as well.
    fn fit(self, text: &str) -> (u8, usize, isize) {
        let sample = self.sample(text);
        let is_number = |cell: &String| number::is_number(cell);
        let below = &sample[usize::from(sample.len() > 1)..];
        let is_even = sample.iter().all(|row| row.len() > 1 && row.len() == sample[0].len());
        let rank = match is_even && below.iter().flatten().all(is_number) {
            true if self.delimiter == SPACE => 1,
            true => 2,
            false => 0,
        };
        let cells = || sample.iter().filter(|row| row.len() > 1).flatten();
        let numbers = cells().filter(|cell| is_number(cell)).count();
        let words = cells().count() as isize - numbers as isize;
        (rank, numbers, if numbers == 0 { words } else { -words })
    }

    /// The cells of the first rows.
    pub(super) fn sample(self, text: &str) -> Vec<Vec<String>> {
        let mut rows = Rows::new(text, self);
        let mut sample = Vec::new();
        while sample.len() < SAMPLE
            && let Some(row) = rows.advance()
        {
            sample.push(row.cells().map(str::to_owned).collect());
        }
        sample
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_leaves_most_numbers() {
        let cases = [
            ("1,2,0\n3,4,1\n", ','),
            ("0,1;0,2;0\n", ';'),
            ("x;y;c\n0,1;0,2;0\n", ';'),
            ("x;y;c\n1;2;0\n", ';'),
            ("0,1\t0,2\t0\n", '\t'),
            ("0.1|0.2|0\n", '|'),
            ("  0.1   0.2 0\n", ' '),
            ("0,1 0,2\n", ' '),
            ("5.1, 3.5, setosa\n", ','),
            ("\"a, b\";c\n1 234;5\n", ';'),
            ("1,hello there,3\n", ','),
            ("0.5,1 000.5\n1 000.5,2\n", ','),
            ("1 000,2 000\n3 000,4 000\n", ','),
            ("12,345,678.5 12,345,678.5\n1.5 2,000,000\n", ' '),
            ("\"1,5\",\"2,5\",1\n", ','),
            ("x,y\n", ','),
            ("x;y\n", ';'),
            ("word\n", ','),
            ("", ','),
        ];
        for (text, delimiter) in cases {
            assert_eq!(char::from(Dialect::sniff(text).delimiter), delimiter, "{text:?}");
        }
    }

    #[test]
    fn a_line_that_says_the_delimiter_is_believed_and_passed_over() {
        for (text, delimiter, start) in [
            ("sep=;\n1,2;3\n", b';', 5),
            ("sep=\t\r\n1\t2", b'\t', 5),
            ("\"sep=,\"\n1,2", b',', 7),
            ("SEP=^\n1^2", b'^', 5),
        ] {
            assert_eq!(Dialect::sniff(text), Dialect { delimiter, start });
        }
        assert_eq!(Dialect::sniff("sep=length,c\n1,2\n").start, 0, "a name");
    }
}
