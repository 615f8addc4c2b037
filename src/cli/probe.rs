//! `losscape probe`: what is true at a point, in words and as JSON.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;
use serde::Serialize;

use super::experiment::ExperimentArguments;
use super::interrupt::Interrupt;
use super::number::whole;
use super::progress;
use super::tell_notes;
use super::terminal::{complain, say};
use super::{Failure, file_to_write};
use crate::core::experiment::Experiment;
use crate::core::experiment::checked::MAX_STEPS;
use crate::core::experiment::pipeline;
use crate::core::io::npy;
use crate::core::objective::NoObjective;
use crate::core::probe::train_on::{TrainOn, train_on};
use crate::core::probe::{Curvature, Extent, Probe, probe};
use crate::core::subspace::{Place, PlaceError};
use crate::core::text::{Measured, Percent};
use crate::disk::Files;
use crate::disk::output::Output;

/// A probe as typed.
#[derive(Debug, Args)]
pub struct ProbeArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// The point: start, end, step:N, alpha:A,B[,C] in the slice, a .npy file, or a run (.npz).
    #[arg(long, value_name = "POINT", default_value = "end", allow_hyphen_values = true)]
    at: String,
    /// Steps to train on from the point, to see how much lower it gets; without it, as many as the
    /// experiment has.
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = whole(0..=MAX_STEPS))]
    train_on: Option<u64>,
    /// A .json file for all the numbers.
    #[arg(short, long, value_name = "FILE", value_parser = file_to_write())]
    output: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
}

/// What was found, as written.
#[derive(Serialize)]
struct Report<'a> {
    experiment: &'a Experiment,
    at: &'a str,
    /// Coordinates of the point in the slice, `[k]`.
    alpha: Vec<f64>,
    theta: Vec<f64>,
    probe: Probe,
    train_on: TrainOn,
}

/// Probes the point, says what it is, and writes the numbers if a file is named.
///
/// # Errors
/// If the request makes no sense, no plane fits the run, or the file cannot be written.
pub fn probe_point(arguments: ProbeArguments) -> Result<(), Failure> {
    let experiment = arguments.experiment.checked()?;
    experiment.objective().ok_or(NoObjective).map_err(Failure::request)?;
    let point = Point::parse(&arguments.at, &experiment).map_err(Failure::Request)?;
    let output = match &arguments.output {
        Some(path) if path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("json")) => {
            return Err(Failure::request(anyhow!(
                "-o {}: expected a name that ends in .json",
                path.display()
            )));
        }
        Some(path) => Some(Output::new(path, arguments.force).map_err(Failure::request)?),
        None => None,
    };
    let steps = arguments.train_on.unwrap_or(experiment.steps);
    tell_notes(&experiment);
    let (at, probed) = (arguments.at, experiment.clone());
    let interrupt = Interrupt::listen()?;
    let found = interrupt.work(move || find(&probed, &point, steps))??;
    let folder = output.as_ref().map_or(Path::new(""), Output::folder);
    let report = Report {
        experiment: &experiment.saved_in(folder),
        at: &at,
        alpha: found.alpha,
        theta: found.theta,
        probe: found.probe,
        train_on: found.train_on,
    };
    words(&report).iter().try_for_each(|line| say(line))?;
    let Some(output) = output else { return Ok(()) };
    let json = serde_json::to_vec_pretty(&report).map_err(Failure::work)?;
    interrupt.write(&output, |mut file| file.write_all(&json))
}

/// A point of parameter space as typed.
enum Point {
    Place(Place),
    Alpha(Vec<f64>),
    Theta(Vec<f64>),
}

impl Point {
    fn parse(text: &str, experiment: &Experiment) -> anyhow::Result<Self> {
        if let Some(numbers) = text.strip_prefix("alpha:") {
            let alpha: Option<Vec<f64>> =
                numbers.split(',').map(|number| number.trim().parse().ok()).collect();
            let alpha =
                alpha.filter(|alpha| (2..=3).contains(&alpha.len()) && alpha.iter().all(|a| a.is_finite()));
            return alpha
                .map(Self::Alpha)
                .with_context(|| format!("--at {text}: expected alpha:A,B or alpha:A,B,C"));
        }
        let unknown = |_: PlaceError| {
            anyhow!("--at {text}: expected start, end, step:N, alpha:A,B[,C], a .npy file or a run (.npz)")
        };
        match text.parse::<Place>().map_err(unknown)? {
            Place::File(path) => {
                let dim = experiment.problem().dim();
                let refusal = |error: npy::NpyError| anyhow!("--at {text}: expected {}", error.expected(dim));
                npy::read_theta(&Files, &path, dim).map(Self::Theta).map_err(refusal)
            }
            Place::Step(step) if step > experiment.steps => {
                Err(anyhow!("--at {text}: expected at most the {} steps of training", experiment.steps))
            }
            place => Ok(Self::Place(place)),
        }
    }
}

struct Found {
    alpha: Vec<f64>,
    theta: Vec<f64>,
    probe: Probe,
    train_on: TrainOn,
}

fn find(experiment: &Experiment, point: &Point, steps: u64) -> Result<Found, Failure> {
    let bar = progress::bar("training");
    let run = pipeline::train(experiment, |progress| progress::show(&bar, progress));
    bar.finish_and_clear();
    let run = run.map_err(Failure::request)?;
    let plan = pipeline::plan(experiment, &run).map_err(Failure::work)?;
    plan.warning.iter().for_each(|warning| complain(warning));
    let whole = &plan.plane.subspace;
    let theta = match point {
        Point::Theta(theta) => theta.clone(),
        Point::Alpha(alpha) if alpha.len() > whole.k() => {
            let (found, k) = (alpha.len(), whole.k());
            return Err(Failure::request(anyhow!("--at alpha: of {found} numbers: expected at most {k}")));
        }
        Point::Alpha(alpha) => whole.lift(alpha),
        Point::Place(place) => experiment.theta_at(place, &run).map_err(Failure::work)?,
    };
    let plane = whole.plane_at(whole.project(&theta).alpha.get(2).copied().unwrap_or_default());
    Ok(Found {
        alpha: whole.project(&theta).alpha,
        probe: probe(&**run.objective(), &plane, &theta, experiment.seed),
        train_on: train_on(experiment, &theta, steps).map_err(Failure::request)?,
        theta,
    })
}

fn words(report: &Report) -> Vec<String> {
    let Probe { loss, gradient, curvature, verdict, sharpness, .. } = &report.probe;
    let mut lines = vec![format!("point       {}", report.at), format!("loss        {}", Measured(*loss))];
    let share = |name: &str, share: f64| format!("{name} {}", Percent(share));
    lines.extend(report.probe.accuracy.map(|accuracy| share("accuracy   ", accuracy)));
    lines.extend(report.probe.held_out_loss.map(|loss| format!("held out    {}", Measured(loss))));
    lines.push(format!(
        "gradient    {:.4}: {:.4} in the plane, {:.4} out of it",
        Measured(gradient.norm),
        Measured(gradient.in_plane),
        Measured(gradient.out_of_plane)
    ));
    lines.extend(curvature.as_ref().map(curvature_words).unwrap_or_default());
    lines.push(format!("verdict     {}: {}", verdict.brief().words(), verdict.grounds));
    lines.extend(sharpness.as_ref().map(|sharpness| {
        format!(
            "sharpness   the loss rises by up to {:.4} (mean {:.4}) when each neuron's weights move by {:.0} %",
            Measured(sharpness.highest_rise),
            Measured(sharpness.mean_rise),
            100.0 * sharpness.radius
        )
    }));
    let on = &report.train_on;
    if loss.is_finite() {
        lines.push(format!(
            "train on    {} steps from here: lowest loss {} at step {}, {:.4} lower{}",
            on.steps,
            Measured(on.lowest_loss),
            on.lowest_step,
            Measured(on.from_loss - on.lowest_loss),
            on.blow_up.map_or(String::new(), |found| format!(", and {found}"))
        ));
    }
    lines
}

fn curvature_words(curvature: &Curvature) -> Vec<String> {
    let shown = |value: &f64| format!("{:.4}", Measured(*value));
    let list = |values: &[f64]| values.iter().map(shown).collect::<Vec<_>>().join(", ");
    let lowest = shown(curvature.eigenvalues.first().unwrap_or(&0.0));
    let highest = shown(curvature.eigenvalues.last().unwrap_or(&0.0));
    let (negative, count) = (curvature.negative, curvature.eigenvalues.len());
    let extent = match curvature.extent {
        Extent::Dense => format!("{negative} of {count} negative"),
        Extent::Lanczos { steps } => format!("at least {negative} negative, by {steps} steps of Lanczos"),
    };
    vec![
        format!("curvature   {lowest} to {highest} in the whole space, {extent}"),
        format!(
            "in plane    {}, {} of {} negative (below −{:.2})",
            list(&curvature.in_plane),
            curvature.negative_in_plane,
            curvature.in_plane.len(),
            Measured(curvature.tolerance)
        ),
    ]
}
