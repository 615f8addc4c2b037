//! The session: everything a person has decided, and nothing that follows from it.
//!
//! It changes by [`Session::apply`] alone. What follows (training, plane, grids, pictures) is derived
//! elsewhere and carries the [`Revision`] of the question it answers.

pub mod revision;
pub mod run;
pub mod view;

pub use revision::{Revision, Stage};
pub use run::{Run, RunId, Transport};
pub use view::{Alpha3, View};

use crate::core::experiment::{Experiment, FieldError};
use crate::core::objective::fitting;
use crate::core::script::{
    Command, CommandLog, ExperimentCommand, LogEntry, RunCommand, SliceCommand, ViewCommand,
};

/// Everything a person has decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    experiment: Experiment,
    runs: Vec<Run>,
    plane_source: RunId,
    next_run: u64,
    view: View,
    log: CommandLog,
}

/// What is under way at the moment a command is applied, as far as commands depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Now {
    /// Step that the shown run is at.
    pub step: u64,
    /// Where the plane stands.
    pub alpha3: f64,
}

impl Session {
    /// A session that shows an experiment from its start, training.
    pub fn new(experiment: Experiment) -> Self {
        let view = View::new(&experiment.view);
        let run = Run::of(RunId(0), &experiment);
        Self {
            plane_source: run.id,
            runs: vec![run],
            next_run: 1,
            experiment,
            view,
            log: CommandLog::default(),
        }
    }

    /// What is computed.
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// The runs, oldest first; never empty.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The run whose trajectory chooses the plane.
    pub fn plane_source(&self) -> &Run {
        self.runs.iter().find(|run| run.id == self.plane_source).unwrap_or(&self.runs[0])
    }

    /// How it is shown.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// What was asked so far.
    pub fn log(&self) -> &CommandLog {
        &self.log
    }

    /// Applies a command and logs it.
    ///
    /// # Errors
    /// If the command would give a field a value without sense. The session is unchanged then.
    pub fn apply(&mut self, command: Command, now: Now) -> Result<(), FieldError> {
        let entry = LogEntry { run: self.plane_source, step: now.step, command: logged(&command, now) };
        match command {
            Command::Experiment(command) => self.apply_experiment(command)?,
            Command::Run(command) => self.apply_run(command, now)?,
            Command::Slice(command) => self.apply_slice(command, now)?,
            Command::View(command) => self.apply_view(command),
        }
        self.log.push(entry);
        Ok(())
    }

    fn apply_experiment(&mut self, command: ExperimentCommand) -> Result<(), FieldError> {
        let changed = match command {
            ExperimentCommand::Load(file) => {
                let experiment = Experiment::new(*file)?;
                self.view =
                    View { is_panels_shown: self.view.is_panels_shown, ..View::new(&experiment.view) };
                self.restart_with(experiment);
                return Ok(());
            }
            ExperimentCommand::Dataset(dataset) => self.experiment.with(|file| {
                // A loss for two classes says nothing of ten, nor of real numbers.
                file.loss = dataset.target().map_or(file.loss, |target| fitting(file.loss, target));
                file.dataset = dataset;
                file.surface = None;
            })?,
            ExperimentCommand::Model(model) => self.experiment.with(|file| {
                file.model = model;
                file.surface = None;
            })?,
            ExperimentCommand::Seed(seed) => self.experiment.with(|file| file.seed = seed)?,
            ExperimentCommand::Optimizer(optimizer) => {
                self.experiment.with(|file| file.optimizer = optimizer)?
            }
            ExperimentCommand::Batch(batch) => self.experiment.with(|file| file.batch = batch)?,
            ExperimentCommand::Steps(steps) => self.experiment.with(|file| file.steps = steps)?,
            ExperimentCommand::Plane(plane) => self.experiment.with(|file| {
                // Ranges are in the units of the plane they were given for.
                file.slice.range = None;
                file.slice.plane = plane;
            })?,
        };
        if changed.training_question() == self.experiment.training_question() {
            self.experiment = changed;
        } else {
            self.restart_with(changed);
        }
        Ok(())
    }

    /// Another training is another run; what goes on stays as fast as it was.
    fn restart_with(&mut self, experiment: Experiment) {
        let id = RunId(self.next_run);
        self.next_run += 1;
        self.runs = vec![Run::of(id, &experiment)];
        self.plane_source = id;
        self.experiment = experiment;
    }

    fn apply_run(&mut self, command: RunCommand, now: Now) -> Result<(), FieldError> {
        let planned = self.experiment.steps;
        if let RunCommand::Speed(speed) = command {
            // The experiment knows the bounds.
            self.experiment = self.experiment.with(|file| file.view.steps_per_second = speed)?;
            return Ok(());
        }
        for run in &mut self.runs {
            run.transport = match command {
                RunCommand::Play if now.step >= planned => Transport::Playing { until: None },
                RunCommand::Play => Transport::Playing { until: Some(planned) },
                RunCommand::Pause => Transport::Held { at: now.step },
                RunCommand::Step(steps) => Transport::Held { at: now.step.saturating_add(steps) },
                RunCommand::Seek(step) => Transport::Held { at: step },
                RunCommand::Restart => {
                    run.starts += 1;
                    Transport::Playing { until: Some(planned) }
                }
                RunCommand::Speed(_) => run.transport,
            };
        }
        Ok(())
    }

    fn apply_slice(&mut self, command: SliceCommand, now: Now) -> Result<(), FieldError> {
        match command {
            SliceCommand::Alpha3(value) => {
                self.experiment = self.experiment.with(|file| file.view.alpha3 = value)?;
                self.view.alpha3 = Alpha3::Held(value);
            }
            SliceCommand::Sweep(true) => self.view.alpha3 = Alpha3::Sweeping { from: now.alpha3 },
            SliceCommand::Sweep(false) => self.view.alpha3 = Alpha3::Held(now.alpha3),
        }
        Ok(())
    }

    fn apply_view(&mut self, command: ViewCommand) {
        match command {
            ViewCommand::Shape(shape) => self.view.shape = shape,
            ViewCommand::Camera(mode) => self.view.camera = mode,
            ViewCommand::FrameAll => self.view.framings += 1,
            ViewCommand::Colors(colors) => self.view.colors = colors,
            ViewCommand::Panels(shown) => self.view.is_panels_shown = shown,
        }
    }
}

/// A command as it can be replayed without knowing what was under way.
fn logged(command: &Command, now: Now) -> Command {
    match command {
        // Where a sweep stopped depends on the clock.
        Command::Slice(SliceCommand::Sweep(false)) => Command::Slice(SliceCommand::Alpha3(now.alpha3)),
        command => command.clone(),
    }
}

#[cfg(test)]
mod tests;
