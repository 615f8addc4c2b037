//! `losscape join`: the parts of a film put together, without encoding anything anew.

use std::path::PathBuf;

use clap::Args;

use super::{Failure, say};
use crate::core::io::output::Output;
use crate::record::sink::Format;
use crate::record::sink::join::{self, JoinError, Part};

/// Parts and film as typed.
#[derive(Debug, Args)]
pub struct JoinArguments {
    /// The parts in their order: .mp4 of `losscape record`, or the .mp4.part that an interrupted one left.
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    /// The film: .mp4.
    #[arg(short, long, value_name = "FILE")]
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
    if Format::of(&output).map_err(Failure::request)? != Format::Mp4 {
        return Err(Failure::request(anyhow::anyhow!(
            "-o {}: expected a name that ends in .mp4",
            output.display()
        )));
    }
    let place = Output::new(&output, force).map_err(Failure::request)?;
    let parts: Result<Vec<Part>, JoinError> = parts.iter().map(|path| Part::read(path)).collect();
    let parts = parts.map_err(Failure::request)?;
    let frames = join::check(&parts).map_err(Failure::request)?;
    join::join(&parts, &place).map_err(Failure::work)?;
    say(&format!("{}: {frames} frames\n", output.display()))
}
