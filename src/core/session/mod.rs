//! The session: everything a person has decided, and nothing that follows from it.
//!
//! It changes by [`Session::apply`] alone. What follows (training, plane, grids, pictures) is derived
//! elsewhere and carries the [`Revision`] of the question it answers.

mod beside;
mod foresight;
pub mod history;
pub mod opened;
pub mod preparation;
pub mod revision;
pub mod run;
pub mod view;

use std::sync::Arc;

pub use foresight::{Foresight, Prospect};
use history::{Decided, History};
pub use opened::Opened;
use preparation::Question;
pub use preparation::{Preparation, Prepared};
pub use revision::{Derivation, Revision};
use run::Origin;
pub use run::{Run, RunId, Transport};
pub use view::{Alpha3, KEY_SECS, View, Visit};

use crate::core::command::{
    Bookmark, Command, CommandLog, LogEntry, RaceStart, Rival, RunCommand, Tuning, ViewCommand, Ways,
};
use crate::core::experiment::settings::MAX_STEPS;
use crate::core::experiment::{
    CameraMode, Change, Experiment, ExperimentFile, FieldError, Resets, Setting, ViewFile,
};
use crate::core::geometry::camera::Pose;
use crate::core::geometry::path::{CameraKey, CameraPath, PathError};

/// Everything a person has decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    experiment: Experiment,
    opened: Opened,
    /// An experiment whose run was recorded before; whatever trains alike follows it.
    recorded: Option<Experiment>,
    runs: Vec<Run>,
    plane_source: RunId,
    next_run: u64,
    view: View,
    log: CommandLog,
    history: History,
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
    /// Runs that a session has counted when it begins.
    pub const RUNS_AT_FIRST: u64 = 1;

    /// A session that shows an experiment from its start, training.
    pub fn new(experiment: Experiment) -> Self {
        let view = View::new(&experiment.view);
        let run = Run::of(RunId(0), &experiment);
        Self {
            plane_source: run.id,
            runs: vec![run],
            next_run: Self::RUNS_AT_FIRST,
            opened: Opened::new(experiment.file()),
            recorded: (experiment.is_recorded() && !experiment.is_imported()).then(|| experiment.clone()),
            experiment,
            view,
            log: CommandLog::default(),
            history: History::default(),
        }
    }

    /// The same session, in which whatever trains as that experiment does follows its recorded run.
    pub fn knowing(self, recorded: Experiment) -> Self {
        Self { recorded: Some(recorded), ..self }
    }

    /// What is computed.
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// What was opened last.
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// The runs, oldest first; never empty.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The run whose trajectory chooses the plane.
    pub fn plane_source(&self) -> &Run {
        self.runs.iter().find(|run| run.id == self.plane_source).unwrap_or(&self.runs[0])
    }

    /// What people call a run; empty where there is none of that name.
    pub fn title(&self, id: RunId) -> String {
        let run = self.runs.iter().find(|run| run.id == id);
        run.map(|run| run.title(&self.experiment)).unwrap_or_default()
    }

    /// Runs counted so far, whether they are still there or not: the next one has this number.
    pub fn runs_counted(&self) -> u64 {
        self.next_run
    }

    /// How the experiment is shown.
    pub fn look(&self) -> &ViewFile {
        &self.experiment.view
    }

    /// What else was chosen to be seen.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// What was asked so far.
    pub fn log(&self) -> &CommandLog {
        &self.log
    }

    /// How many changes can be taken back, and how many made again.
    pub fn changes(&self) -> (usize, usize) {
        self.history.lengths()
    }

    /// Whether older changes than can be taken back are no longer known: see [`history`].
    pub fn is_past_cut(&self) -> bool {
        self.history.is_cut()
    }

    fn decided(&self, step: u64) -> Decided {
        Decided {
            experiment: self.experiment.clone(),
            runs: self.runs.clone(),
            plane_source: self.plane_source,
            view: self.view.clone(),
            opened: self.opened.clone(),
            step,
        }
    }

    fn take_up(&mut self, decided: Option<Decided>) {
        if let Some(Decided { experiment, runs, plane_source, view, opened, step: _ }) = decided {
            (self.experiment, self.runs) = (experiment, runs);
            (self.plane_source, self.view, self.opened) = (plane_source, view, opened);
        }
    }

    /// The long part of a command, which can be done before it is applied; nothing where it has none.
    pub fn preparation(&self, command: &Command) -> Option<Preparation> {
        let question = match command {
            Command::Set(change) if self.experiment.poses_another(change) => {
                Question::Changed(Box::new(self.experiment.clone()), change.clone())
            }
            Command::Load(file) => self.loading(file.clone()),
            Command::Follow => Question::Followed(Box::new(self.experiment.clone())),
            _ => return None,
        };
        Some(Preparation::of(question))
    }

    fn loading(&self, file: Box<ExperimentFile>) -> Question {
        match &self.recorded {
            Some(recorded) => Question::Loaded(Box::new(recorded.clone()), file),
            None => Question::Read(Arc::clone(self.experiment.sources()), file),
        }
    }

    /// Applies a command and logs it. Tells what was reset beyond what was asked for.
    ///
    /// # Errors
    /// If the command would give a field a value without sense. The session is unchanged then.
    pub fn apply(&mut self, command: Command, now: Now) -> Result<Resets, FieldError> {
        self.apply_prepared(command, now, None)
    }

    /// The same with what [`Session::preparation`] of this session and this command found.
    ///
    /// # Errors
    /// As [`Session::apply`].
    pub fn apply_prepared(
        &mut self,
        command: Command,
        now: Now,
        prepared: Option<Prepared>,
    ) -> Result<Resets, FieldError> {
        let entry = LogEntry { run: self.plane_source, step: now.step, command: logged(&command, now) };
        let before = command.is_change().then(|| self.decided(now.step));
        let mut told = Resets::default();
        match command {
            Command::Set(change) => told = self.set_prepared(change, prepared)?,
            Command::Load(file) => self.load(file, prepared)?,
            Command::Run(command) => self.apply_run(command, now)?,
            Command::Sweep(true) => self.view.alpha3 = Alpha3::Sweeping { from: now.alpha3 },
            Command::Sweep(false) => told = self.set(Change::Alpha3(now.alpha3))?,
            Command::View(command) => self.apply_view(command)?,
            Command::Follow => self.follow(prepared)?,
            Command::Undo => {
                let before = self.history.undo(self.decided(now.step));
                self.take_up(before);
            }
            Command::Redo => {
                let after = self.history.redo(self.decided(now.step));
                self.take_up(after);
            }
        }
        let is_same_drag = self.log.push(entry);
        if let Some(before) = before.filter(|_| !is_same_drag) {
            self.history.note(before);
        }
        Ok(told)
    }

    /// Gives a setting another value. Tells what that reset.
    fn set(&mut self, change: Change) -> Result<Resets, FieldError> {
        self.set_prepared(change, None)
    }

    fn set_prepared(&mut self, change: Change, prepared: Option<Prepared>) -> Result<Resets, FieldError> {
        if change == Change::Camera(CameraMode::Path) && self.view.keys.is_empty() {
            let expected = "camera keys to fly through first (K)";
            return Err(FieldError::new(Setting::Camera.row().path, "path", expected));
        }
        let setting = change.setting();
        let (changed, mut told) = prepared.unwrap_or_else(|| self.experiment.changed(change))?;
        told.outlasted = self.take_over(changed)?;
        if setting == Setting::Alpha3 {
            self.view.alpha3 = Alpha3::Held(self.look().alpha3);
        }
        Ok(told)
    }

    /// Takes up another experiment.
    fn load(&mut self, file: Box<ExperimentFile>, prepared: Option<Prepared>) -> Result<(), FieldError> {
        let (experiment, _) = prepared.unwrap_or_else(|| self.loading(file).answer())?;
        self.view = self.view.renewed(&experiment.view);
        self.opened = self.opened.or_new(experiment.file());
        self.restart_with(experiment);
        Ok(())
    }

    /// Goes on with more of what was computed elsewhere. A run that is at its end, or on its way there, goes on to the new one;
    /// another run that is there by now begins.
    fn follow(&mut self, prepared: Option<Prepared>) -> Result<(), FieldError> {
        let (grown, _) =
            prepared.unwrap_or_else(|| Question::Followed(Box::new(self.experiment.clone())).answer())?;
        let Some(course) = grown.imported().cloned() else { return Ok(()) };
        if !self.experiment.imported().is_some_and(|known| known.begins_as(&course)) {
            self.restart_with(grown);
            return Ok(());
        }
        let planned = self.experiment.steps;
        for run in &mut self.runs {
            run.origin = Origin::Imported(Arc::clone(&course));
            match &mut run.transport {
                Transport::Playing { until: Some(end) } | Transport::Held { at: end } if *end >= planned => {
                    *end = grown.steps;
                }
                _ => {}
            }
        }
        if !self.opened.is_changed(self.experiment.file()) {
            self.opened = Opened::new(grown.file());
        }
        self.experiment = grown;
        Ok(())
    }

    /// Goes on with a changed experiment: with its run, or with another where it trains otherwise. Tells where
    /// the recorded run ends that it followed and that is too short for it.
    fn take_over(&mut self, changed: Experiment) -> Result<Option<u64>, FieldError> {
        // A recorded run that was too short may be long enough again.
        let changed = self.known(changed);
        let is_same = |setting: Setting| setting.is_same_in(changed.file(), self.experiment.file());
        let compared = !(is_same(Setting::Compare) && is_same(Setting::CompareBy));
        let compared = compared.then(|| beside::compared_anew(&self.runs, &changed)).transpose()?;
        if !is_same(Setting::Compare) {
            self.view.selected_beside = None;
        }
        if !(is_same(Setting::Plane) && is_same(Setting::Rotate)) {
            // The alphas of a point are those of its plane.
            self.view.unselect();
        }
        if changed.view.alpha3 != self.experiment.view.alpha3 {
            self.view.alpha3 = Alpha3::Held(changed.view.alpha3);
        }
        if changed.training_question() != self.experiment.training_question() {
            self.restart_with(changed);
            return Ok(None);
        }
        let (was, is) = (self.experiment.recorded_end(), changed.recorded_end());
        match was == is {
            true => {
                self.runs = compared.unwrap_or_else(|| std::mem::take(&mut self.runs));
                self.experiment = changed;
            }
            false => self.restart_with(changed),
        }
        Ok(was.filter(|_| is.is_none()))
    }

    /// Another training is another run; what goes on stays as fast as it was.
    fn restart_with(&mut self, experiment: Experiment) {
        let id = RunId(self.next_run);
        self.next_run += 1;
        let experiment = self.known(experiment);
        self.runs = vec![Run::of(id, &experiment)];
        self.plane_source = id;
        self.experiment = experiment;
        self.view.unselect();
    }

    fn apply_run(&mut self, command: RunCommand, now: Now) -> Result<(), FieldError> {
        match command {
            RunCommand::Race(rival) => self.race(*rival)?,
            RunCommand::Tune(tuning) => self.tune(*tuning)?,
            RunCommand::Retire(id) => self.runs.retain(|run| run.id != id || id == self.plane_source),
            RunCommand::Lead(id) => self.lead(id)?,
            RunCommand::Seek(step) | RunCommand::Step(step) if step > MAX_STEPS => {
                return Err(FieldError::new("step", step, format!("at most {MAX_STEPS}")));
            }
            RunCommand::Converge { tolerance } if !(tolerance.is_finite() && tolerance > 0.0) => {
                return Err(FieldError::new("tolerance", tolerance, "a finite length above 0"));
            }
            command => self.runs.iter_mut().for_each(|run| run.follow(&command, now, self.experiment.steps)),
        }
        Ok(())
    }

    /// Lets another run set out, and the others with it, so that they are seen side by side.
    fn race(&mut self, Rival { ways, from }: Rival) -> Result<(), FieldError> {
        if self.runs.len() >= MOST_RUNS {
            return Err(FieldError::new("runs", self.runs.len() + 1, format!("at most {MOST_RUNS} at once")));
        }
        if let RaceStart::Slice(alpha) = &from {
            check_alphas("from", Some(alpha))?;
        }
        let experiment = self.experiment.with(|file| ways.put(file))?;
        if experiment.is_imported() {
            let expected = "none beside one that was recorded elsewhere, since nothing is trained here";
            return Err(FieldError::new("runs", "another", expected));
        }
        let run = Run { from, ..Run::of(RunId(self.next_run), &experiment) };
        self.next_run += 1;
        self.runs.push(run);
        self.set_out_again();
        Ok(())
    }

    /// Lets a run of the race be trained otherwise. Where it chose the plane, the experiment asks for that from
    /// now on, as if the run had been another from the beginning.
    fn tune(&mut self, Tuning { run: id, ways }: Tuning) -> Result<(), FieldError> {
        let Some(place) = self.runs.iter().position(|run| run.id == id) else {
            return Err(FieldError::new("run", id.0, "one of the race"));
        };
        let Origin::Trained(experiment) = &self.runs[place].origin else {
            return Err(FieldError::new("run", id.0, "one that is trained here"));
        };
        let tuned = self.known(experiment.with(|file| ways.clone().put(file))?);
        if id == self.plane_source {
            let experiment = self.experiment.with(|file| ways.put(file))?;
            self.experiment = self.known(experiment);
            self.view.unselect();
        }
        self.runs[place].origin = Origin::Trained(Box::new(tuned));
        self.set_out_again();
        Ok(())
    }

    /// Sends all runs back to their start.
    fn set_out_again(&mut self) {
        let planned = self.experiment.steps;
        self.runs.iter_mut().for_each(|run| run.follow(&RunCommand::Restart, Now::default(), planned));
    }

    /// The experiment along the recorded run, where it trains as that was trained.
    fn known(&self, experiment: Experiment) -> Experiment {
        match &self.recorded {
            Some(recorded) => experiment.as_before(recorded),
            None => experiment,
        }
    }

    /// Lays the plane through that run instead: its training is what the experiment now asks for.
    fn lead(&mut self, id: RunId) -> Result<(), FieldError> {
        let Some(run) = self.runs.iter().find(|run| run.id == id) else {
            return Err(FieldError::new("run", id.0, "one of the race"));
        };
        let (Origin::Trained(experiment), RaceStart::Same) = (&run.origin, &run.from) else {
            return Err(FieldError::new("run", id.0, "one that set out where the experiment starts"));
        };
        let ways = Ways::of(experiment.file());
        self.experiment = self.experiment.with(|file| ways.put(file))?;
        self.plane_source = id;
        self.view.unselect();
        Ok(())
    }

    fn apply_view(&mut self, command: ViewCommand) -> Result<(), FieldError> {
        match command {
            ViewCommand::FrameAll => self.view.framings += 1,
            ViewCommand::Select(alpha) => {
                check_alphas("selected", alpha.as_deref())?;
                self.view.selected = alpha;
            }
            ViewCommand::SelectBeside(Some(alpha)) if self.experiment.second().is_none() => {
                let expected = "two landscapes, which compare asks for";
                return Err(FieldError::new("selected beside", format!("{alpha:?}"), expected));
            }
            ViewCommand::SelectBeside(alpha) => {
                check_alphas("selected beside", alpha.as_deref())?;
                self.view.selected_beside = alpha;
            }
            ViewCommand::SetBookmark { slot, pose } => {
                check_pose(pose)?;
                self.view.bookmarks[slot.index()] = Some(pose);
            }
            ViewCommand::GoTo(slot) => self.go_to(slot)?,
            ViewCommand::Visit(pose) => self.visit(pose)?,
            ViewCommand::AddKey(pose) => {
                let secs = self.view.keys.last().map_or(0.0, |key| key.secs + KEY_SECS);
                let keys = self.view.keys.iter().copied().chain([CameraKey { secs, pose }]);
                self.lay_path(keys.collect())?;
            }
            ViewCommand::Keys(keys) => self.lay_path(keys)?,
            ViewCommand::BelowFloor(is_open) => self.view.is_floor_open = is_open,
            ViewCommand::Panels(shown) => self.view.is_panels_shown = shown,
        }
        Ok(())
    }

    /// Sets the camera's path. One without keys leads nowhere, so a camera on it is left where it is.
    fn lay_path(&mut self, keys: Vec<CameraKey>) -> Result<(), FieldError> {
        if !keys.is_empty() {
            self.view.keys = CameraPath::new(keys).map_err(no_path)?.keys().to_vec();
            return Ok(());
        }
        if self.look().camera == CameraMode::Path {
            self.set(Change::Camera(CameraMode::Orbit))?;
        }
        self.view.keys.clear();
        Ok(())
    }

    /// Goes to a kept pose.
    fn go_to(&mut self, slot: Bookmark) -> Result<(), FieldError> {
        let Some(pose) = self.view.bookmarks[slot.index()] else {
            let number = u8::from(slot);
            let expected = format!("a view kept there first (Ctrl+{number} keeps the one on screen)");
            return Err(FieldError::new(format!("bookmark {number}"), "empty", expected));
        };
        self.visit(pose)
    }

    /// Goes to a pose; from a ride, a map or a path that is an orbit about what it looks at.
    fn visit(&mut self, pose: Pose) -> Result<(), FieldError> {
        check_pose(pose)?;
        if self.look().camera != CameraMode::Flight {
            self.set(Change::Camera(CameraMode::Orbit))?;
        }
        let number = self.view.visit.map_or(0, |visit| visit.number) + 1;
        self.view.visit = Some(Visit { number, pose });
        Ok(())
    }
}

/// Runs side by side at most: so many colours can be told apart.
pub const MOST_RUNS: usize = 6;

/// A point of the slice has two coordinates, or three where the plane is shifted.
fn check_alphas(field: &'static str, alpha: Option<&[f64]>) -> Result<(), FieldError> {
    match alpha {
        Some(alpha) if !(matches!(alpha.len(), 2 | 3) && alpha.iter().all(|v| v.is_finite())) => {
            Err(FieldError::new(field, alpha, "two or three finite alphas"))
        }
        _ => Ok(()),
    }
}

fn check_pose(pose: Pose) -> Result<(), FieldError> {
    CameraPath::new(vec![CameraKey { secs: 0.0, pose }]).map(drop).map_err(no_path)
}

/// A command as it can be replayed without knowing what was under way.
fn logged(command: &Command, now: Now) -> Command {
    match command {
        // Where a sweep stopped depends on the clock.
        Command::Sweep(false) => Command::Set(Change::Alpha3(now.alpha3)),
        command => command.clone(),
    }
}

/// Why keys make no path, as a field of what was asked.
fn no_path(error: PathError) -> FieldError {
    match error {
        PathError::Empty => FieldError::new("camera keys", "none", "at least one"),
        PathError::Time { number, secs } => {
            let expected = "a finite time after the key before it";
            FieldError::new(format!("camera key {number}"), format!("{secs} s"), expected)
        }
        PathError::Pose { number } => {
            let expected = "finite numbers, and a distance and height of view above 0";
            FieldError::new(format!("camera key {number}"), "no pose", expected)
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
