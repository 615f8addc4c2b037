//! Commands that set a number, which a cue may also reach bit by bit.

use super::{Command, RunCommand};
use crate::core::experiment::settings::{Change, Transition};

/// The number that a command sets, if it sets one that may also be reached bit by bit.
pub fn number_of(command: &Command) -> Option<f64> {
    match command {
        Command::Set(change) if is_eased(change) => change.number(),
        Command::Run(RunCommand::Seek(step)) => Some(*step as f64),
        _ => None,
    }
}

/// The same command with another number; one without a number as it is.
pub fn with_number(command: &Command, number: f64) -> Command {
    match command {
        Command::Set(change) if is_eased(change) => Command::Set(change.clone().with_number(number)),
        Command::Run(RunCommand::Seek(_)) => Command::Run(RunCommand::Seek(number.round().max(0.0) as u64)),
        command => command.clone(),
    }
}

fn is_eased(change: &Change) -> bool {
    change.setting().row().transition == Transition::Eased
}
