//! Losses beside checkpoints: `log.csv` with a column of steps and one of losses.

use std::collections::BTreeMap;
use std::path::Path;

use crate::core::io::sources::Sources;

/// Bytes that a log may have.
const MOST_BYTES: u64 = 256 << 20;

/// Names of the columns, the likeliest first.
const STEP: [&str; 6] = ["step", "global_step", "iteration", "iter", "epoch", "checkpoint"];
const LOSS: [&str; 4] = ["loss", "train_loss", "training_loss", "train/loss"];

/// The file's name.
pub const NAME: &str = "log.csv";

/// Reads the losses by their steps; the last one of a step counts.
///
/// # Errors
/// If it cannot be read, has no such columns, or a cell is no number: told in words that go on where the file has been
/// named. Empty cells are no losses.
pub fn read(sources: &dyn Sources, file: &Path) -> Result<BTreeMap<u64, f64>, String> {
    let text = sources.text(file, MOST_BYTES).map_err(|error| error.to_string())?;
    let mut table =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let header = table.headers().map_err(|error| error.to_string())?.clone();
    let column = |names: &[&str]| {
        let found =
            names.iter().find_map(|name| header.iter().position(|column| column.eq_ignore_ascii_case(name)));
        let columns = || header.iter().collect::<Vec<_>>().join(", ");
        found.ok_or_else(|| format!("it has the columns {}; expected one of {}", columns(), names.join(", ")))
    };
    let (step_column, loss_column) = (column(&STEP)?, column(&LOSS)?);
    let mut losses = BTreeMap::new();
    for row in table.records() {
        let row = row.map_err(|error| error.to_string())?;
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |column: usize| row.get(column).filter(|cell| !cell.is_empty());
        let (Some(step), Some(loss)) = (cell(step_column), cell(loss_column)) else { continue };
        let no_number = |cell: &str, what: &str| format!("line {line}: {cell:?} is no {what}");
        let step = whole(step).ok_or_else(|| no_number(step, "step"))?;
        losses.insert(step, loss.parse().map_err(|_| no_number(loss, "loss"))?);
    }
    Ok(losses)
}

/// A step; some programs write 100.0.
fn whole(cell: &str) -> Option<u64> {
    let number =
        || cell.parse::<f64>().ok().filter(|number| number.fract() == 0.0 && (0.0..1e15).contains(number));
    cell.parse().ok().or_else(|| number().map(|number| number as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::io::sources::Shelf;

    fn losses(text: &str) -> Result<Vec<(u64, f64)>, String> {
        let mut shelf = Shelf::default();
        shelf.put(NAME, text.as_bytes());
        Ok(read(&shelf, Path::new(NAME))?.into_iter().collect())
    }

    #[test]
    fn steps_and_losses_are_found_by_their_names() {
        assert_eq!(
            losses("epoch,Step, Loss,lr\n1,10,0.5,1\n1,20.0,inf,1\n").unwrap(),
            [(10, 0.5), (20, f64::INFINITY)]
        );
        assert_eq!(losses("step,val_loss,train_loss\n0,1,\n5,,2\n5,,1\n").unwrap(), [(5, 1.0)]);
    }

    #[test]
    fn what_is_no_log_says_what_it_is() {
        assert_eq!(
            losses("a,b\n1,2\n").unwrap_err(),
            "it has the columns a, b; expected one of step, global_step, iteration, iter, epoch, checkpoint"
        );
        assert_eq!(losses("step,loss\n1,0.5\n2,low\n").unwrap_err(), "line 3: \"low\" is no loss");
        assert_eq!(losses("step,loss\n1.5,0.5\n").unwrap_err(), "line 2: \"1.5\" is no step");
    }
}
