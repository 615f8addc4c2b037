//! Numbers as people write them: decimal points and commas, grouped thousands, a typographic minus.
//!
//! A comma is a decimal mark here and groups thousands there, so `1,234` has two readings. A table has
//! one decimal mark; [`Marks`] gathers what its cells say of it, and what says nothing is not guessed.

use serde::{Deserialize, Serialize};

use super::error::{Cell, TableError};
use crate::core::text::Measured;

/// The decimal mark of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// As its cells prove.
    #[default]
    Auto,
    /// 0.5; commas group thousands.
    Point,
    /// 0,5; points group thousands.
    Comma,
}

/// The sign before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Point,
    Comma,
}

impl Mark {
    fn sign(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// Signs that group digits beside the other decimal mark: spaces, also unbroken and narrow ones, and the
/// Swiss apostrophe.
const GROUPING: [char; 5] = [' ', '\u{a0}', '\u{202f}', '\'', '\u{2019}'];

/// Whether a cell is a number under either mark.
pub(super) fn is_number(cell: &str) -> bool {
    value(cell, Mark::Point).or_else(|| value(cell, Mark::Comma)).is_some()
}

/// The number that a cell holds, which may be infinite or NaN; `None` if it holds none.
pub(super) fn value(cell: &str, mark: Mark) -> Option<f64> {
    if mark == Mark::Point || !cell.contains('.') {
        // What a program writes takes the short way.
        if let Ok(number) = cell.parse() {
            return Some(number);
        }
    }
    let text = cell.replace('\u{2212}', "-");
    let (sign, rest) = text.split_at(usize::from(text.starts_with(['+', '-'])));
    let (mantissa, exponent) = rest.split_at(rest.find(['e', 'E']).unwrap_or(rest.len()));
    let (whole, fraction) = mantissa.split_once(mark.sign()).unwrap_or((mantissa, ""));
    // `5,` is the end of a clause rather than a number.
    if mantissa.ends_with(',') {
        return None;
    }
    let digits = ungrouped(whole, mark).filter(|digits| exponent.is_empty() || digits == whole)?;
    format!("{sign}{digits}.{fraction}{exponent}").parse().ok()
}

/// The digits before the decimals, without the signs that group them by three.
fn ungrouped(whole: &str, mark: Mark) -> Option<String> {
    let Some(sign) = whole.chars().find(|sign| !sign.is_ascii_digit()) else { return Some(whole.to_owned()) };
    if sign != mark.other().sign() && !GROUPING.contains(&sign) {
        return None;
    }
    let mut groups = whole.split(sign);
    let first = groups.next().filter(|first| matches!(first.len(), 1..=3) && !first.starts_with('0'))?;
    let is_group = |group: &str| group.len() == 3;
    let is_all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let digits: String = [first].into_iter().chain(groups.clone()).collect();
    (groups.all(is_group) && is_all_digits(&digits)).then_some(digits)
}

/// What the cells of a table say of its decimal mark.
#[derive(Default)]
pub(super) struct Marks {
    point: Option<Cell>,
    comma: Option<Cell>,
    /// A cell that holds a comma and is a number either way.
    either: Option<Cell>,
    /// Whether commas, or points, stand where they would group thousands.
    grouping: Grouping,
}

#[derive(Clone, Copy, Default)]
struct Grouping {
    by_commas: bool,
    by_points: bool,
}

/// How the numbers of a table are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Writing {
    pub(super) mark: Mark,
    /// Whether the other mark groups thousands.
    pub(super) is_grouped: bool,
}

impl Marks {
    /// Notes what a cell says; `cell` tells where it is.
    pub(super) fn see(&mut self, text: &str, cell: impl FnOnce() -> Cell) {
        let (has_point, has_comma) = (text.contains('.'), text.contains(','));
        // Once a mark is proven, cells without the other one say nothing new.
        let says_nothing = match (has_point, has_comma) {
            (false, false) => true,
            (true, false) => self.point.is_some(),
            (false, true) => self.comma.is_some(),
            (true, true) => false,
        };
        if says_nothing {
            return;
        }
        let readings = (value(text, Mark::Point), value(text, Mark::Comma));
        self.grouping.by_commas |= has_comma && readings.0.is_some();
        self.grouping.by_points |= has_point && readings.1.is_some();
        let slot = match readings {
            (Some(_), None) => &mut self.point,
            (None, Some(_)) => &mut self.comma,
            // A point alone is a decimal point unless commas are proven.
            (Some(_), Some(_)) if has_comma => &mut self.either,
            _ => return,
        };
        if slot.is_none() {
            *slot = Some(cell());
        }
    }

    /// How the table is written.
    pub(super) fn decide(self, asked: DecimalMark) -> Result<Writing, TableError> {
        let Grouping { by_commas, by_points } = self.grouping;
        let mark = self.mark(asked)?;
        Ok(Writing { mark, is_grouped: if mark == Mark::Point { by_commas } else { by_points } })
    }

    fn mark(self, asked: DecimalMark) -> Result<Mark, TableError> {
        match (asked, self.point, self.comma, self.either) {
            (DecimalMark::Point, ..) => Ok(Mark::Point),
            (DecimalMark::Comma, ..) => Ok(Mark::Comma),
            (_, Some(point), Some(comma), _) => {
                Err(TableError::TwoMarks { point: Box::new(point), comma: Box::new(comma) })
            }
            (_, None, None, Some(cell)) => {
                let read = |mark| value(&cell.text, mark).unwrap_or(f64::NAN);
                let (grouped, decimal) = (Measured(read(Mark::Point)), Measured(read(Mark::Comma)));
                Err(TableError::TwoReadings { cell, grouped, decimal })
            }
            (_, None, Some(_), _) => Ok(Mark::Comma),
            _ => Ok(Mark::Point),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        let (point, comma) = (Mark::Point, Mark::Comma);
        let cases = [
            ("1.5", point, 1.5),
            ("+1.5E-3", point, 0.0015),
            (".5", point, 0.5),
            ("5.", point, 5.0),
            ("\u{2212}0.1", point, -0.1),
            ("1e\u{2212}3", point, 0.001),
            ("1,234.5", point, 1234.5),
            ("-12,345,678", point, -12_345_678.0),
            ("1 234.5", point, 1234.5),
            ("1\u{a0}234", point, 1234.0),
            ("1'234.5", point, 1234.5),
            ("0,1", comma, 0.1),
            ("-,5", comma, -0.5),
            ("1.234,5", comma, 1234.5),
            ("1\u{202f}234,5", comma, 1234.5),
            ("\u{2212}1,5e3", comma, -1500.0),
            ("12", comma, 12.0),
        ];
        for (cell, mark, expected) in cases {
            assert_eq!(value(cell, mark), Some(expected), "{cell} with {mark:?}");
        }
        assert!(value("nan", comma).is_some_and(f64::is_nan));
    }

    #[test]
    fn what_is_no_number_is_none() {
        let (point, comma) = (Mark::Point, Mark::Comma);
        let cases = [
            ("", point),
            ("5,", comma),
            ("-", point),
            (".", point),
            (",", comma),
            ("1,2", point),
            ("1.2", comma),
            ("0,123", point),
            ("0.123", comma),
            ("12,34,567", point),
            ("1,234,56", point),
            ("1,234e5", point),
            ("1234,567", point),
            ("1.2.3", point),
            ("1,2,3", comma),
            ("1 23", point),
            ("- 5", point),
            ("5 %", point),
            ("setosa", point),
            ("e5", comma),
            ("1.234.5", comma),
        ];
        for (cell, mark) in cases {
            assert_eq!(value(cell, mark), None, "{cell} with {mark:?}");
        }
    }

    fn decided(cells: &[&str], asked: DecimalMark) -> Result<Mark, String> {
        let mut marks = Marks::default();
        for (row, text) in cells.iter().enumerate() {
            marks.see(text, || Cell::new(row + 1, 1, "", text));
        }
        marks.decide(asked).map(|writing| writing.mark).map_err(|error| error.to_string())
    }

    #[test]
    fn a_table_has_one_decimal_mark_that_its_cells_prove() {
        let auto = DecimalMark::Auto;
        assert_eq!(decided(&["1.234", "5"], auto), Ok(Mark::Point));
        assert_eq!(decided(&["1,234", "0,5"], auto), Ok(Mark::Comma));
        assert_eq!(decided(&["1.234", "0,5"], auto), Ok(Mark::Comma));
        assert_eq!(decided(&["1,234", "0.5"], auto), Ok(Mark::Point));
        assert_eq!(decided(&["1,234,567", "1,234"], auto), Ok(Mark::Point));
        let two = decided(&["5", "1,234"], auto).unwrap_err();
        assert!(two.contains("line 2") && two.contains("1234 or 1.234"), "{two}");
        assert_eq!(decided(&["5", "1,234"], DecimalMark::Comma), Ok(Mark::Comma));
        assert_eq!(decided(&["5", "1,234"], DecimalMark::Point), Ok(Mark::Point));
        let mixed = decided(&["0,5", "0.5"], auto).unwrap_err();
        assert!(mixed.contains("\"0,5\"") && mixed.contains("\"0.5\""), "{mixed}");
    }
}
