//! What a person is told of how a table was read.

use super::columns::Columns;
use super::number::{Mark, Writing};
use super::rows;
use super::sheet::Sheet;

/// How the table is written, where that is not as programs write it.
pub(super) fn written(sheet: &Sheet, writing: Writing) -> Option<String> {
    let is_usual = sheet.dialect.delimiter == b',';
    let separated = (!is_usual).then(|| format!("separated by {}", sheet.dialect.name()));
    let decimals = match (writing.mark, writing.is_grouped) {
        (Mark::Point, false) => None,
        (Mark::Point, true) => Some("commas group thousands"),
        (Mark::Comma, false) => Some("decimals follow a comma"),
        (Mark::Comma, true) => Some("decimals follow a comma, points group thousands"),
    };
    let told: Vec<String> = separated.into_iter().chain(decimals.map(str::to_owned)).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// What is in the file and not in the dataset.
pub(super) fn passed_over(sheet: &Sheet, index: Option<usize>, text: &str) -> Vec<String> {
    let columns = &sheet.columns;
    let mut notes = Vec::new();
    if sheet.has_header && columns.names.iter().any(|name| name.parse::<f64>().is_ok()) {
        notes.push(
            "the first row counts the columns and was taken as their names; header: no makes it a row"
                .to_owned(),
        );
    }
    if index.is_some() {
        notes.push(
            "the first column has no name and numbers the rows: it was left out as an index".to_owned(),
        );
    }
    let is_left =
        |column: &usize| *column != columns.target && Some(*column) != index && !columns.is_input(*column);
    let left: Vec<String> =
        (0..columns.names.len()).filter(is_left).map(|column| columns.label(column)).collect();
    if !left.is_empty() {
        notes.push(format!("left out: {}", left.join(", ")));
    }
    if rows::has_comments(text) {
        notes.push("lines that begin with # were passed over as comments".to_owned());
    }
    notes
}

/// An input that only numbers the rows, which a network would learn to tell them apart by.
pub(super) fn numbering(x: &[f64], columns: &Columns) -> Option<String> {
    let inputs = columns.inputs.len();
    let numbers_rows = |input: &usize| {
        let first = x[*input];
        let follows = |(row, number): (usize, &f64)| *number == first + row as f64;
        (first == 0.0 || first == 1.0) && x.iter().skip(*input).step_by(inputs).enumerate().all(follows)
    };
    let is_long = x.len() > 2 * inputs;
    let input = (0..inputs).find(numbers_rows).filter(|_| inputs > 1 && is_long)?;
    let column = columns.inputs[input];
    Some(format!("{} numbers the rows; leave_out: [{}] passes it over", columns.label(column), column + 1))
}
