//! Commands that set a number, which a cue may also reach bit by bit.

use super::command::{Command, RunCommand, SliceCommand, ViewCommand};

/// The number that a command sets, if it sets one that may also be reached bit by bit.
pub fn number_of(command: &Command) -> Option<f64> {
    match command {
        Command::Slice(SliceCommand::Alpha3(value) | SliceCommand::Rotate(value)) => Some(*value),
        Command::View(ViewCommand::Opacity(value)) => Some(*value),
        Command::View(ViewCommand::Section { at, .. }) => *at,
        Command::View(ViewCommand::Isosurface(loss)) => *loss,
        Command::Run(RunCommand::Speed(speed)) => Some(*speed),
        Command::Run(RunCommand::Seek(step)) => Some(*step as f64),
        _ => None,
    }
}

/// The same command with another number; one without a number as it is.
pub fn with_number(command: &Command, number: f64) -> Command {
    match command {
        Command::Slice(SliceCommand::Alpha3(_)) => Command::Slice(SliceCommand::Alpha3(number)),
        Command::Slice(SliceCommand::Rotate(_)) => Command::Slice(SliceCommand::Rotate(number)),
        Command::View(ViewCommand::Opacity(_)) => Command::View(ViewCommand::Opacity(number)),
        Command::View(ViewCommand::Section { axis, at: Some(_) }) => {
            Command::View(ViewCommand::Section { axis: *axis, at: Some(number) })
        }
        Command::View(ViewCommand::Isosurface(Some(_))) => {
            Command::View(ViewCommand::Isosurface(Some(number)))
        }
        Command::Run(RunCommand::Speed(_)) => Command::Run(RunCommand::Speed(number)),
        Command::Run(RunCommand::Seek(_)) => Command::Run(RunCommand::Seek(number.round().max(0.0) as u64)),
        command => command.clone(),
    }
}
