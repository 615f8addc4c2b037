//! Slices as tables of comma-separated values: a row for each cell.
//!
//! The columns are `alpha1`, `alpha2` and `alpha3`, as many as the grid has axes, and `loss`, or the name of
//! another quantity. Rows run along alpha1 first. Numbers have as many digits as it takes to read the same number back; those
//! that diverged are `NaN`, `inf` or `-inf`.

use std::io::{self, Write};

use super::slice::Slice;

/// Writes a slice.
///
/// # Errors
/// If the file cannot be written.
pub fn write(file: impl Write, slice: &Slice) -> io::Result<()> {
    let spec = &slice.grid.spec;
    let mut table = csv::Writer::from_writer(file);
    let names = ["alpha1", "alpha2", "alpha3"].into_iter().take(spec.axes().len());
    table.write_record(names.map(str::to_owned).chain([slice.quantity().column()]))?;
    let [n1, n2, _] = spec.counts();
    for (at, loss) in slice.grid.loss.iter().enumerate() {
        let mut row = spec.alpha([at % n1, at / n1 % n2, at / (n1 * n2)]);
        row.push(*loss);
        table.serialize(row)?;
    }
    table.flush()
}
