//! Which column of a table is what: the names of the columns, the target, the inputs, and those left out.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::{TableError, shown};
use super::number;

/// A column by its number, from 1, or by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Column {
    /// Its number, from 1.
    Number(usize),
    /// Its name; the text of a number where no column is called so.
    Name(String),
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Name(name) => f.write_str(&shown(name)),
        }
    }
}

/// Whether the first row holds the names of the columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    /// Where it holds no number, or counts the columns.
    #[default]
    Auto,
    /// It does.
    Yes,
    /// It is a row as the others.
    No,
}

/// Whether the first row of a sample holds names. What looks like numbers may be names too: pandas calls
/// columns without names 0, 1, 2, and a table may have a column for each year.
pub(super) fn has_header(sample: &[Vec<String>], asked: Header) -> bool {
    let (Some(first), Header::Auto) = (sample.first(), asked) else { return asked == Header::Yes };
    let numbers: Vec<f64> =
        first.iter().filter_map(|cell| number::value(cell, number::Mark::Point)).collect();
    if !first.iter().any(|cell| number::is_number(cell)) {
        return true;
    }
    let counts = numbers.len() > 1
        && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1.0)
        && numbers.iter().all(|number| number.fract() == 0.0);
    let is_whole =
        |cell: &String| number::value(cell, number::Mark::Point).is_some_and(|value| value.fract() == 0.0);
    let below = || sample[1..].iter().take(1).flatten();
    let has_words =
        first.iter().zip(below()).any(|(name, cell)| !number::is_number(name) && number::is_number(cell));
    let has_fractions = numbers.len() > 2 && numbers[0] == 0.0 && !sample[1..].iter().flatten().all(is_whole);
    counts && (has_words || (numbers.len() == first.len() && has_fractions))
}

/// A name in one line.
pub(super) fn name_of(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the columns are for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Columns {
    /// The name of each, empty where it has none.
    pub(super) names: Vec<String>,
    /// Index of the target.
    pub(super) target: usize,
    /// Indices of the inputs, ascending.
    pub(super) inputs: Vec<usize>,
    /// Index of a column that may be pandas' index: the first, without a name.
    pub(super) unnamed: Option<usize>,
}

impl Columns {
    /// Of a table with a column for each of the names. Without a word, the last column that is not left
    /// out is the target.
    pub(super) fn choose(
        names: Vec<String>,
        has_names: bool,
        target: Option<&Column>,
        leave_out: &[Column],
    ) -> Result<Self, TableError> {
        let find = |setting, column: &Column| find(&names, setting, column);
        let left_out: Vec<usize> =
            leave_out.iter().map(|column| find("leave_out", column)).collect::<Result<_, _>>()?;
        let kept = (0..names.len()).filter(|column| !left_out.contains(column));
        let target = match target {
            Some(column) => find("target_column", column)?,
            None => kept.clone().next_back().unwrap_or(names.len() - 1),
        };
        if left_out.contains(&target) {
            let expected = "a column that is not left out".to_owned();
            return Err(TableError::Column {
                setting: "target_column",
                value: label(&names, target),
                expected,
            });
        }
        let inputs: Vec<usize> = kept.filter(|column| *column != target).collect();
        if inputs.is_empty() {
            return Err(TableError::NoInputs { target: label(&names, target) });
        }
        let is_unnamed =
            has_names && inputs.len() > 1 && inputs[0] == 0 && matches!(&names[0][..], "" | "Unnamed: 0");
        Ok(Self { target, inputs, unnamed: is_unnamed.then_some(0), names })
    }

    pub(super) fn is_input(&self, column: usize) -> bool {
        self.inputs.binary_search(&column).is_ok()
    }

    /// The column as a person calls it.
    pub(super) fn label(&self, column: usize) -> String {
        label(&self.names, column)
    }
}

/// How many are inputs, and which is the target.
impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let count = self.inputs.len();
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "{count} input{plural}, target {}", self.label(self.target))
    }
}

fn label(names: &[String], column: usize) -> String {
    let name = names.get(column).filter(|name| !name.is_empty());
    name.map_or_else(|| format!("column {}", column + 1), |name| shown(name))
}

/// The index of a column that a setting names.
fn find(names: &[String], setting: &'static str, column: &Column) -> Result<usize, TableError> {
    let refuse = |expected: String| TableError::Column { setting, value: column.to_string(), expected };
    let number = match column {
        Column::Number(number) => Some(*number),
        Column::Name(name) => {
            let mut called = (0..names.len()).filter(|column| names[*column] == name_of(name));
            match (called.next(), called.next()) {
                (Some(first), None) => return Ok(first),
                (Some(first), Some(second)) => {
                    let numbers = format!("{} and {}", first + 1, second + 1);
                    return Err(refuse(format!("a number, since columns {numbers} are called so")));
                }
                _ => name.trim().parse().ok(),
            }
        }
    };
    number.filter(|number| (1..=names.len()).contains(number)).map(|number| number - 1).ok_or_else(|| {
        let named: Vec<String> =
            names.iter().filter(|name| !name.is_empty()).map(|name| shown(name)).collect();
        let (some, more) = named.split_at(named.len().min(MOST_NAMES));
        let more = if more.is_empty() { "" } else { ", …" };
        let or_names =
            if some.is_empty() { String::new() } else { format!(", or one of {}{more}", some.join(", ")) };
        refuse(format!("1 to {}{or_names}", names.len()))
    })
}

/// Names that an error lists.
const MOST_NAMES: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(text: &str) -> Vec<Vec<String>> {
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn a_first_row_is_names_where_it_can_be_nothing_else() {
        let header = |text: &str| has_header(&sample(text), Header::Auto);
        for names in [
            "x,y,c\n0,1,0",
            "2019,2020,class\n1,2,0",
            ",0,1,2\n0,0.5,0.1,1",
            "0,1,2\n0.5,0.1,1",
            "0,1,c\n1,2,a\n3,4,0",
        ] {
            let expected = names != "0,1,c\n1,2,a\n3,4,0";
            assert_eq!(header(names), expected, "{names:?}");
        }
        for row in [
            "0,1,2\n1,2,0\n5,7,1",
            "0,1\n0.5,1",
            "1,x\n2,1",
            "5.1,3.5,setosa\n7,3.2,virginica",
            "0,0,0\n0.5,1,1",
        ] {
            assert!(!header(row), "{row:?}");
        }
        assert!(!has_header(&sample("x,y\n1,2"), Header::No));
        assert!(has_header(&sample("1,2\n1,2"), Header::Yes));
    }

    fn chosen(
        names: &str,
        target: Option<Column>,
        leave_out: &[Column],
    ) -> Result<(usize, Vec<usize>), String> {
        let names: Vec<String> = names.split(',').map(name_of).collect();
        Columns::choose(names, true, target.as_ref(), leave_out)
            .map(|columns| (columns.target, columns.inputs))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn columns_are_called_by_name_or_number() {
        let name = |name: &str| Column::Name(name.into());
        assert_eq!(chosen("a,b,c", None, &[]), Ok((2, vec![0, 1])));
        assert_eq!(chosen("a,b,c", Some(name("a")), &[]), Ok((0, vec![1, 2])));
        assert_eq!(chosen("a,b,c", Some(Column::Number(2)), &[name("c")]), Ok((1, vec![0])));
        assert_eq!(chosen("a,b,c", Some(name("2")), &[]), Ok((1, vec![0, 2])), "as it is typed");
        assert_eq!(chosen("a,3,c", Some(name("3")), &[]), Ok((1, vec![0, 2])), "a name comes first");
        assert_eq!(chosen("a,b,c", None, &[name("c")]), Ok((1, vec![0])), "the last that is left");
        assert_eq!(chosen("a  b,c", Some(name("a b")), &[]), Ok((0, vec![1])));
        let refused = |target, leave_out: &[Column]| chosen("a,b,a", Some(target), leave_out).unwrap_err();
        assert_eq!(refused(name("d"), &[]), "target_column = d: expected 1 to 3, or one of a, b, a");
        assert_eq!(refused(Column::Number(0), &[]), "target_column = 0: expected 1 to 3, or one of a, b, a");
        assert_eq!(
            refused(name("a"), &[]),
            "target_column = a: expected a number, since columns 1 and 3 are called so"
        );
        assert_eq!(
            refused(name("b"), &[name("b")]),
            "target_column = b: expected a column that is not left out"
        );
        let left = [Column::Number(1), Column::Number(3)];
        assert!(refused(name("b"), &left).starts_with("no column is left as an input beside the target b"));
    }
}
