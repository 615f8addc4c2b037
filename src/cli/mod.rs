//! The command line: what was typed becomes a checked request, and a request an exit code.
//!
//! Each verb has a file: its arguments as typed, and the call that carries them out. All that
//! is printed passes [`terminal`].
//!
//! Exit codes: 0 done; 1 failed while working; 2 the request was wrong; 130 interrupted.

#[cfg(feature = "viewer")]
pub mod doctor;
pub mod evaluator;
pub mod experiment;
pub mod export;
pub mod grid;
pub mod help;
pub mod interrupt;
#[cfg(feature = "viewer")]
pub mod join;
pub mod list;
pub mod memory;
pub mod number;
pub mod overrides;
pub mod panic;
pub mod plan;
pub mod probe;
pub mod progress;
#[cfg(feature = "viewer")]
pub mod record;
pub mod slice;
pub mod terminal;
pub mod train;
#[cfg(feature = "viewer")]
pub mod view;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::error::{ContextKind, ErrorKind};
use clap::{Parser, Subcommand};

use crate::core::experiment::Experiment;
use crate::core::text::with_causes;

/// Reads the name of a file to be written.
fn file_to_write() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| match path.as_os_str() == "-" {
        true => Err("expected the name of a file; nothing is written to standard output (./- is a name)"),
        false => Ok(path),
    })
}

/// Why a verb was not carried out.
#[derive(Debug)]
pub enum Failure {
    /// The request was wrong; nothing was done.
    Request(anyhow::Error),
    /// The work failed.
    Work(anyhow::Error),
    /// Somebody stopped it.
    Interrupted,
}

impl Failure {
    /// The request was wrong.
    pub fn request(error: impl Into<anyhow::Error>) -> Self {
        Self::Request(error.into())
    }

    /// The work failed.
    pub fn work(error: impl Into<anyhow::Error>) -> Self {
        Self::Work(error.into())
    }
}

/// An explorer of neural-network loss landscapes: trains a small network before your eyes and lets you
/// fly over the landscape it descends.
#[derive(Debug, Parser)]
#[command(name = "losscape", version, args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[cfg(feature = "viewer")]
    #[command(flatten)]
    view: view::ViewArguments,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Open a window (what happens without any verb).
    #[cfg(feature = "viewer")]
    View(Box<view::ViewArguments>),
    /// Draw a picture or a film without a window.
    #[cfg(feature = "viewer")]
    Record(Box<record::RecordArguments>),
    /// Write what a film shows as a scene: camera, surfaces, trails and markers, for Blender.
    Export(Box<export::ExportArguments>),
    /// Put the parts of a film together, or mend what an interrupted one left.
    #[cfg(feature = "viewer")]
    Join(join::JoinArguments),
    /// Evaluate a slice and write its numbers.
    Slice(Box<slice::SliceArguments>),
    /// Write what a cluster is to evaluate.
    Plan(Box<plan::PlanArguments>),
    /// Train, and write the run.
    Train(Box<train::TrainArguments>),
    /// Say what is true at a point: slope, saddle or minimum.
    Probe(Box<probe::ProbeArguments>),
    /// Name the built-in experiments and tours.
    List,
    /// Say what this machine draws with, and what is missing.
    #[cfg(feature = "viewer")]
    Doctor,
    /// Tell of a verb, or of all that may stand in a tour's file (help tours).
    Help(help::HelpArguments),
}

/// Carries out what was typed.
pub fn main() -> ExitCode {
    panic::tell_in_one_sentence();
    let done = match Arguments::try_parse() {
        Ok(arguments) => dispatch(arguments),
        // Help and version.
        Err(answer) if answer.exit_code() == 0 => terminal::say_page(&answer.to_string()),
        Err(mistake) => Err(Failure::request(anyhow::anyhow!(refusal(&mistake)))),
    };
    let (code, error) = match done {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Interrupted) => return ExitCode::from(130),
        Err(Failure::Work(error)) => (1, error),
        Err(Failure::Request(error)) => (2, error),
    };
    terminal::complain(&with_causes(&*error));
    ExitCode::from(code)
}

fn dispatch(arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb {
        #[cfg(feature = "viewer")]
        None => view::view(arguments.view),
        #[cfg(not(feature = "viewer"))]
        None => Err(Failure::request(anyhow::anyhow!(
            "this build has no window (it was made without the feature viewer); try losscape list"
        ))),
        #[cfg(feature = "viewer")]
        Some(Verb::View(arguments)) => view::view(*arguments),
        #[cfg(feature = "viewer")]
        Some(Verb::Record(arguments)) => record::record(*arguments),
        Some(Verb::Export(arguments)) => export::export(*arguments),
        #[cfg(feature = "viewer")]
        Some(Verb::Join(arguments)) => join::join(arguments),
        Some(Verb::Slice(arguments)) => slice::slice(*arguments),
        Some(Verb::Plan(arguments)) => plan::plan(*arguments),
        Some(Verb::Train(arguments)) => train::train(*arguments),
        Some(Verb::Probe(arguments)) => probe::probe_point(*arguments),
        Some(Verb::List) => list::list(),
        #[cfg(feature = "viewer")]
        Some(Verb::Doctor) => doctor::doctor(),
        Some(Verb::Help(arguments)) => help::help(&arguments),
    }
}

/// A mistake in what was typed, in one line, since its usage is one `--help` away.
fn refusal(error: &clap::Error) -> String {
    let context = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    if let (ErrorKind::ValueValidation, Some(why)) = (error.kind(), error.source()) {
        let argument = context(ContextKind::InvalidArg);
        let flag = argument.split(' ').next().unwrap_or_default();
        return format!("{flag} {}: {why}", context(ContextKind::InvalidValue));
    }
    let text = error.to_string();
    let first: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let tip =
        text.lines().find_map(|line| line.trim().strip_prefix("tip: ").filter(|tip| tip.contains("similar")));
    let tip = tip.map(|tip| format!("; {tip}")).unwrap_or_default();
    format!("{}{tip}; see losscape --help", first.join(" ").trim_start_matches("error: "))
}

/// Tells what was found out about the data or of what was computed elsewhere, and how the optimizer steps, before the work begins.
fn tell_notes(experiment: &Experiment) {
    let name =
        experiment.supervised().map_or_else(|| experiment.heading(), |learned| learned.train().name.clone());
    experiment.notes().iter().for_each(|note| terminal::complain(&format!("{name}: {note}")));
    if let Some(note) = experiment.optimizer_note() {
        terminal::complain(&note);
    }
}
