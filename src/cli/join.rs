//! `losscape join`: the parts of a film put together, without encoding anything anew, or what was left of
//! one made a film.

use std::path::PathBuf;

use clap::Args;

use super::interrupt::Interrupt;
use super::terminal::say;
use super::{Failure, file_to_write};
use crate::disk::output::Output;
use crate::record::sink::Format;
use crate::record::sink::join::{self, JoinError, Part};
use crate::record::sink::recover;

/// Parts and film as typed.
#[derive(Debug, Args)]
pub struct JoinArguments {
    /// The parts in their order: .mp4 of `losscape record`, or the .mp4.part that an interrupted one left;
    /// or one .gif.part, .apng.part, .webm.part or .mov.part.
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    /// The film: .mp4, or of the kind that was left.
    #[arg(short, long, value_name = "FILE", value_parser = file_to_write())]
    output: PathBuf,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
}

/// Reads the parts, and writes the film.
///
/// # Errors
/// If a part is none or differs from the first, or the film cannot be written.
pub fn join(arguments: JoinArguments) -> Result<(), Failure> {
    let JoinArguments { parts, output, force } = arguments;
    let format = Format::of(&output).map_err(Failure::request)?;
    let place = Output::new(&output, force).map_err(Failure::request)?;
    let interrupt = Interrupt::listen()?;
    let cancel = interrupt.token();
    let joined = match format {
        Format::Mp4 => {
            let parts: Result<Vec<Part>, JoinError> = parts.iter().map(|path| Part::read(path)).collect();
            let parts = parts.map_err(Failure::request)?;
            let frames = join::check(&parts).map_err(Failure::request)?;
            join::join(&parts, &place, &cancel).map(|()| frames)
        }
        format => recover::recover(&parts, format, &place, &cancel),
    };
    if joined.is_err() && interrupt.is_heard() {
        return Err(Failure::Interrupted);
    }
    let frames = joined.map_err(failure)?;
    say(&format!("{}: {frames} frames", output.display()))
}

/// Parts that make no film were the wrong request.
fn failure(error: JoinError) -> Failure {
    match error {
        JoinError::Write(_) | JoinError::Sink(_) => Failure::work(error),
        error => Failure::request(error),
    }
}
