//! `losscape train`: a run without a window.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use super::experiment::ExperimentArguments;
use super::interrupt::Interrupt;
use super::progress;
use super::tell_notes;
use super::terminal::{complain, say};
use super::{Failure, file_to_write};
use crate::core::experiment::{pipeline, remedy};
use crate::core::formats::archive;
use crate::core::objective::NoObjective;
use crate::core::text::{Measured, Percent};
use crate::core::train::blow_up;
use crate::disk::output::Output;

/// A run as typed.
#[derive(Debug, Args)]
pub struct TrainArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// The file to write: .npz for numpy, with the checkpoints, the data and the experiment.
    #[arg(short, long, value_name = "FILE", value_parser = file_to_write())]
    output: PathBuf,
    /// Start at the numbers in a .npy file, or where a run (.npz) ended.
    #[arg(long, value_name = "THETA.npy")]
    from: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
}

/// Trains to the end and writes the run.
///
/// # Errors
/// If the request makes no sense, or the file cannot be written.
pub fn train(arguments: TrainArguments) -> Result<(), Failure> {
    let TrainArguments { experiment, output, from, force } = arguments;
    let experiment = experiment.checked_with(|file| file.from = from.or(file.from.take()))?;
    if output.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("npz")) {
        let output = output.display();
        return Err(Failure::request(anyhow!("-o {output}: expected a name that ends in .npz")));
    }
    let output = Output::new(&output, force).map_err(Failure::request)?;
    experiment.objective().ok_or(NoObjective).map_err(Failure::request)?;
    tell_notes(&experiment);
    let training = experiment.clone();
    let interrupt = Interrupt::listen()?;
    let run = interrupt.work(move || {
        let bar = progress::bar("training");
        let run = pipeline::train(&training, |progress| progress::show(&bar, progress));
        bar.finish_and_clear();
        run
    })?;
    let run = run.map_err(Failure::request)?;
    interrupt.write(&output, |file| {
        archive::write_run(file, &experiment.saved_in(output.folder()), &run.course())
    })?;
    if let Some(found) = blow_up(run.closed_trajectory().checkpoints()) {
        complain(&remedy(&experiment, &found));
    }
    let (latest, learned) = (run.latest(), experiment.supervised());
    let mut words = vec![format!("step {}", latest.step), format!("loss {}", Measured(latest.loss))];
    let share = |name: &str, share: Option<f64>| share.map(|share| format!("{name} {}", Percent(share)));
    if let Some(learned) = learned {
        let held_out = learned.held_out_loss(&latest.theta);
        words.extend(share("accuracy", learned.accuracy(&latest.theta)));
        words.extend(held_out.map(|loss| format!("held-out loss {}", Measured(loss))));
        words.extend(share("held-out accuracy", learned.held_out_accuracy(&latest.theta)));
    }
    words.push(format!("gradient {}", Measured(latest.grad_norm)));
    words.extend(run.diverged_at().map(|step| format!("diverged at step {step}")));
    say(&words.join(", "))
}
