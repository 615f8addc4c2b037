//! `losscape view`: the window.

use anyhow::anyhow;
use clap::{Args, ValueEnum};

use super::Failure;
use super::evaluator::EvaluatorArguments;
use super::experiment::ExperimentArguments;
use crate::app;
use crate::app::window::{Ending, ViewRequest};
use crate::core::script::Language;

/// What to show in a window, as typed.
#[derive(Debug, Args)]
pub struct ViewArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    #[command(flatten)]
    evaluator: EvaluatorArguments,
    /// Tell the tour in another language, such as de or es (losscape list names them).
    #[arg(long)]
    lang: Option<Language>,
    /// Open a second window with a tour's notes, what comes next, and a clock.
    #[arg(long)]
    presenter: bool,
    /// Take the whole screen.
    #[arg(long)]
    fullscreen: bool,
    /// Smooth edges (4 samples a pixel): auto does so where a graphics processor draws.
    #[arg(long, value_enum, default_value_t, value_name = "WHEN")]
    antialias: Antialias,
}

/// When edges are smoothed.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Antialias {
    /// Where a graphics processor draws.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

/// Opens the window.
///
/// # Errors
/// If the experiment makes no sense, or there is nothing to draw with or on.
pub fn view(arguments: ViewArguments) -> Result<(), Failure> {
    let tour = arguments.experiment.tour_in(arguments.lang.as_ref()).map_err(Failure::Request)?;
    let (experiment, words) = match &tour {
        Some(tour) => {
            arguments.experiment.refuse_overrides().map_err(Failure::Request)?;
            (tour.first_experiment(), Vec::new())
        }
        None => arguments.experiment.built_picture(None, None)?,
    };
    if arguments.presenter && tour.is_none() {
        return Err(Failure::request(anyhow!("--presenter: expected with a tour, whose notes it shows")));
    }
    if arguments.evaluator.is_given() && tour.is_some() {
        return Err(Failure::request(anyhow!(
            "--evaluator: a tour says itself what is computed; expected a run with it"
        )));
    }
    let evaluators = arguments.evaluator.evaluators(&experiment)?;
    let is_smooth = match arguments.antialias {
        Antialias::Auto => None,
        Antialias::On => Some(true),
        Antialias::Off => Some(false),
    };
    let is_fullscreen = arguments.fullscreen;
    let has_lectern = arguments.presenter;
    let request = ViewRequest { experiment, words, tour, has_lectern, is_fullscreen, is_smooth, evaluators };
    match app::desktop::view(request) {
        Ok(Ending::Closed | Ending::Lost) => Ok(()),
        Ok(Ending::Interrupted) => Err(Failure::Interrupted),
        Err(error) => Err(Failure::Work(error)),
    }
}
