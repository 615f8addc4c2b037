//! What is flown becomes a tour.
//!
//! Once a frame the recorder is told what is on screen, and after each command what it was and how the
//! session stands. It keeps these and nothing more, so that nobody notices it; the tour is made at the
//! end.
//!
//! - **Training** is told by the steps that were seen, as `seek` cues that lead evenly from one to the
//!   next, whatever made it go, hold or turn back. Each command is sent at the step it was sent at.
//! - **The camera** is told by keys, whatever moved it.
//! - **A number that was dragged** goes evenly from one place to the next.
//! - **What was taken back** or made again is told as the change that it amounts to: it may have been
//!   done before the recording began.
//! - Panels, bookmarks and the camera's own path are no part of it.
//!
//! Runs bear other names where a tour plays; the recorder knows them from a session in which it plays.

use super::chapters::{ChapterFile, Cue, Ease, LONGEST_SECS, TourFile, When};
use super::restore::{bit_by_bit, commands_to, is_alike};
use crate::core::command::number::{number_of, with_number};
use crate::core::command::{Command, RunCommand, RunId, ViewCommand};
use crate::core::experiment::settings::Touches;
use crate::core::experiment::{Experiment, ExperimentFile, builtin};
use crate::core::geometry::camera::Pose;
use crate::core::geometry::flown::Flown;
use crate::core::num::corners::corners;
use crate::core::session::{Now, Session};

/// A recording under way.
#[derive(Clone, Debug)]
pub struct Recorder {
    began_secs: f64,
    secs: f64,
    title: String,
    /// The built-in experiment that it begins with, where there is one.
    experiment: Option<String>,
    /// A session in which the tour plays.
    there: Session,
    /// Each run's name here and there.
    names: Vec<(RunId, RunId)>,
    /// The starts of runs that were there before.
    starts: Vec<(RunId, u64)>,
    parts: Vec<Part>,
    drags: Vec<Drag>,
    /// Whether the last command told was one of the last drag.
    is_dragging: bool,
    /// Commands told so far: their order where they have one time.
    told: usize,
    flown: Flown,
    /// Why the tour does not tell all that was done, if it does not.
    untold: Option<String>,
}

/// The steps that were seen up to some commands, and these.
#[derive(Clone, Debug, Default)]
struct Part {
    /// Commands told before it.
    order: usize,
    /// Seconds and step.
    course: Vec<[f64; 2]>,
    /// In their order among all.
    commands: Vec<(usize, Command)>,
    /// Whether training began anew with these.
    is_restart: bool,
}

/// A number that was dragged, from the second place on.
#[derive(Clone, Debug)]
struct Drag {
    command: Command,
    /// Seconds and number, the first included.
    places: Vec<[f64; 2]>,
    /// Their order among all commands.
    orders: Vec<usize>,
}

/// A cue, and the order among those of its time.
type Told = (usize, Cue);

/// Seconds within a drag from one place to the next at most.
const DRAG_SECS: f64 = 0.4;
/// How far a dragged number may be from what it was, as a share of its way.
const DRAG_TOLERANCE: f64 = 4e-3;
/// How far in steps, and in seconds, training may be from what it was.
const STEP_TOLERANCE: f64 = 0.5;
const STEP_TOLERANCE_SECS: f64 = 0.02;
/// Seconds for which all stands at the end as it was left: whatever the frame rate, one frame shows it.
const END_SECS: f64 = 0.2;
/// Longer than any frame: by so much a recording may grow before it is looked at again.
const FRAME_SECS: f64 = 1.0;

impl Recorder {
    /// A recording that begins now, with a session as it stands.
    pub fn begin(session: &Session, secs: f64, step: u64, pose: &Pose) -> Self {
        let Opening { experiment, there, commands, untold } = opening(session);
        // These set the stage, before any step is seen.
        let commands = commands.into_iter().map(|command| (0, command)).collect();
        let stage = Part { commands, is_restart: true, ..Part::default() };
        let mut recorder = Self {
            began_secs: secs,
            secs: 0.0,
            title: session.experiment().file().heading(),
            experiment,
            there,
            names: Vec::new(),
            starts: starts(session),
            parts: vec![stage],
            drags: Vec::new(),
            is_dragging: false,
            told: 0,
            flown: Flown::default(),
            untold,
        };
        recorder.rename(session);
        recorder.see(secs, step, pose);
        recorder
    }

    /// How long it has lasted.
    pub fn secs(&self) -> f64 {
        self.secs
    }

    /// Why the tour does not tell all that was done, if it does not: say, because a file of data is gone that
    /// the session still remembers.
    pub fn untold(&self) -> Option<&str> {
        self.untold.as_deref()
    }

    /// Whether it is as long as a tour may be.
    pub fn is_full(&self) -> bool {
        self.secs + END_SECS + FRAME_SECS >= LONGEST_SECS
    }

    /// Takes note of what is on screen, before the commands of a frame are applied: the step of the run
    /// shown, and the pose.
    pub fn see(&mut self, secs: f64, step: u64, pose: &Pose) {
        // Thousandths, for a person to read.
        self.secs = ((secs - self.began_secs) * 1e3).round() / 1e3;
        let here = [self.secs, step as f64];
        match self.parts.last_mut() {
            Some(part) if part.commands.is_empty() && !part.is_restart => part.course.push(here),
            before => {
                let end = before.as_ref().and_then(|part| part.course.last().copied());
                let is_restart = before.is_some_and(|part| part.is_restart);
                let start = end.map(|[secs, step]| [secs, if is_restart { 0.0 } else { step }]);
                let course = start.into_iter().chain([here]).collect();
                self.parts.push(Part { order: self.told, course, ..Part::default() });
            }
        }
        self.flown.see(self.secs, pose);
    }

    /// Takes note of the command that went through last; `session` is as it left it.
    pub fn note(&mut self, session: &Session) {
        let Some(entry) = session.log().entries().last() else { return };
        match &entry.command {
            command if is_told_otherwise(command) => {}
            Command::Undo | Command::Redo => self.catch_up(session),
            command => {
                if let Some(command) = self.renamed(command)
                    && !self.tell(command)
                {
                    self.catch_up(session);
                }
            }
        }
        self.rename(session);
    }

    /// Tells whatever leads to what the session has decided, and takes note if that cannot be told.
    fn catch_up(&mut self, session: &Session) {
        self.is_dragging = false;
        for command in commands_to(&self.there, session) {
            self.say(command);
        }
        if self.untold.is_none() && !is_alike(&self.there, session) {
            self.untold = Some(why_untold(&self.there, session));
        }
    }

    /// Whether the command is taken where the tour plays. One that is refused there is not told: no tour with
    /// it would load.
    fn tell(&mut self, command: Command) -> bool {
        match number_of(&command) {
            Some(number) => self.drag(command, number),
            None => {
                self.is_dragging = false;
                self.say(command)
            }
        }
    }

    /// Tells a command at the step that is shown.
    fn say(&mut self, command: Command) -> bool {
        let is_taken = self.follow(&command);
        if let Some(part) = self.parts.last_mut().filter(|_| is_taken) {
            part.commands.push((self.told, command));
        }
        is_taken
    }

    fn follow(&mut self, command: &Command) -> bool {
        let is_taken = self.there.apply(command.clone(), Now::default()).is_ok();
        self.told += usize::from(is_taken);
        is_taken
    }

    /// A number that is set again and again is on its way.
    fn drag(&mut self, command: Command, number: f64) -> bool {
        let order = self.told;
        let place = [self.secs, number];
        let (is_dragging, secs) = (self.is_dragging, self.secs);
        let is_going_on = self.drags.last().is_some_and(|drag| {
            let is_near = drag.places.last().is_some_and(|[before, _]| secs - before <= DRAG_SECS);
            is_dragging && is_near && with_number(&drag.command, number) == command
        });
        self.is_dragging = if is_going_on { self.follow(&command) } else { self.say(command.clone()) };
        match self.drags.last_mut().filter(|_| is_going_on) {
            _ if !self.is_dragging => {}
            Some(drag) => {
                drag.places.push(place);
                drag.orders.push(order);
            }
            None => self.drags.push(Drag { command, places: vec![place], orders: vec![order] }),
        }
        self.is_dragging
    }

    /// The command by the names that runs have where the tour plays; `None` if it ended a run that was
    /// gone already, for there another one may bear its name.
    fn renamed(&self, command: &Command) -> Option<Command> {
        let there = |id: &RunId| self.names.iter().find(|(here, _)| here == id).map(|(_, there)| *there);
        match command {
            Command::Run(RunCommand::Retire(id)) => Some(Command::Run(RunCommand::Retire(there(id)?))),
            Command::Run(RunCommand::Lead(id)) => Some(Command::Run(RunCommand::Lead(there(id)?))),
            Command::Run(RunCommand::Tune(tuning)) => {
                Some(Command::Run(RunCommand::tune(there(&tuning.run)?, tuning.ways.clone())))
            }
            command => Some(command.clone()),
        }
    }

    /// Runs stand in the same order here and there.
    fn rename(&mut self, session: &Session) {
        let both = session.runs().iter().zip(self.there.runs());
        self.names = both.map(|(here, there)| (here.id, there.id)).collect();
        let is_restart = is_restarted(&self.starts, session);
        self.starts = starts(session);
        if let Some(part) = self.parts.last_mut() {
            part.is_restart |= is_restart;
        }
    }

    /// The tour.
    pub fn finish(self) -> TourFile {
        let mut held = None;
        let mut told: Vec<Told> = self.parts.iter().flat_map(|part| part.cues(&mut held)).collect();
        told.extend(self.drags.iter().flat_map(Drag::cues));
        told.sort_by(|(a, before), (b, after)| {
            before.when.secs().total_cmp(&after.when.secs()).then(a.cmp(b))
        });
        let chapter = ChapterFile {
            experiment: self.experiment,
            secs: self.secs + END_SECS,
            cues: told.into_iter().map(|(_, cue)| cue).collect(),
            camera: self.flown.keys(),
            ..ChapterFile::default()
        };
        TourFile { title: self.title, chapters: vec![chapter] }
    }
}

impl Part {
    /// The steps, then the commands. `held` is the step that training is held at before and after.
    fn cues(&self, held: &mut Option<f64>) -> Vec<Told> {
        let slack = |slope: f64| STEP_TOLERANCE + STEP_TOLERANCE_SECS * slope.abs();
        let places = corners(&self.course, slack);
        let mut cues = Vec::new();
        let ends =
            places.first().zip(places.last()).map(|(first, last)| (self.course[*first], self.course[*last]));
        let end = ends.map_or(0.0, |(_, [secs, _])| secs);
        if let Some(([secs, first], [end, last])) = ends {
            if *held != Some(first) {
                cues.push((self.order, cue(secs, seek(first))));
            }
            let lines = led(&self.course, &places, seek);
            // At the commands it is exactly where it was, whether or not a frame falls there.
            let is_on_its_way = lines.last().is_some_and(|(i, _)| places[i + 1] == places[places.len() - 1]);
            cues.extend(lines.into_iter().map(|(_, cue)| (self.order, cue)));
            if let Some((order, _)) = self.commands.first().filter(|_| is_on_its_way) {
                cues.push((*order, cue(end, seek(last))));
            }
            *held = Some(last);
        }
        cues.extend(self.commands.iter().map(|(order, command)| (*order, cue(end, command.clone()))));
        if self.is_restart {
            *held = None;
        }
        cues
    }
}

impl Drag {
    /// What follows upon its first command.
    fn cues(&self) -> Vec<Told> {
        let numbers = || self.places.iter().map(|[_, number]| *number);
        let extent = numbers().fold(f64::MIN, f64::max) - numbers().fold(f64::MAX, f64::min);
        let places = corners(&self.places, |_| DRAG_TOLERANCE * extent);
        let set = |number| with_number(&self.command, number);
        let lines = led(&self.places, &places, set);
        let mut cues: Vec<Told> = lines.into_iter().map(|(i, cue)| (self.orders[places[i]], cue)).collect();
        // What comes after it does not find it on its way.
        let last = self.places.len() - 1;
        if last > 0 {
            let [secs, number] = self.places[last];
            cues.push((self.orders[last], cue(secs, set(number))));
        }
        cues
    }
}

/// A tour that stands still: one moment of a session.
pub fn moment(session: &Session, step: u64, pose: &Pose) -> TourFile {
    Recorder::begin(session, 0.0, step, pose).finish()
}

/// Each run, and which start of it.
fn starts(session: &Session) -> Vec<(RunId, u64)> {
    session.runs().iter().map(|run| (run.id, run.starts)).collect()
}

/// Whether the run that is shown has not been there before, or sets out again.
fn is_restarted(before: &[(RunId, u64)], session: &Session) -> bool {
    let run = session.plane_source();
    !before.contains(&(run.id, run.starts))
}

/// Whether the course of steps or the camera's keys tell it, or nobody who watches would see it.
fn is_told_otherwise(command: &Command) -> bool {
    match command {
        Command::Set(change) => change.setting().row().touches == Touches::Passage,
        Command::Run(command) => matches!(
            command,
            RunCommand::Play
                | RunCommand::Pause
                | RunCommand::Step(_)
                | RunCommand::Seek(_)
                | RunCommand::Converge { .. }
        ),
        Command::View(command) => matches!(
            command,
            ViewCommand::FrameAll
                | ViewCommand::SetBookmark { .. }
                | ViewCommand::GoTo(_)
                | ViewCommand::Visit(_)
                | ViewCommand::AddKey(_)
                | ViewCommand::Keys(_)
                | ViewCommand::BelowFloor(_)
                | ViewCommand::Panels(_)
        ),
        // What is there by then is read when the tour is shown.
        Command::Follow => true,
        Command::Load(_) | Command::Sweep(_) | Command::Undo | Command::Redo => false,
    }
}

/// How a tour begins.
struct Opening {
    /// A built-in experiment, if the session is not far from one.
    experiment: Option<String>,
    /// The session that plays it.
    there: Session,
    /// What else is to be sent first.
    commands: Vec<Command>,
    /// Why that does not lead to the session as it stands, if it does not.
    untold: Option<String>,
}

/// How a tour begins that goes on from a session as it stands.
fn opening(session: &Session) -> Opening {
    let begun = |file: &ExperimentFile| -> Option<Session> {
        let sources = session.experiment().sources();
        let mut there = Session::new(Experiment::reading(file.clone(), sources).ok()?);
        // A player loads the experiment that the session begins with once more.
        there.apply(load(file), Now::default()).ok()?;
        Some(there)
    };
    let follow = |there: &mut Session, commands: &[Command]| {
        commands.iter().all(|command| there.apply(command.clone(), Now::default()).is_ok())
    };
    let title = &session.experiment().file().title;
    for name in builtin::names() {
        let Some(Ok(file)) = builtin::load(name) else { continue };
        let Some(mut there) = begun(&file).filter(|_| file.title == *title) else { continue };
        if let Some(commands) = bit_by_bit(&there, session)
            && follow(&mut there, &commands)
        {
            return Opening { experiment: Some(name.to_owned()), there, commands, untold: None };
        }
    }
    let mut there = Session::new(session.experiment().clone());
    let commands = super::restore::anew(&there, session);
    follow(&mut there, &commands);
    if commands.is_empty() {
        // Its data are gone. A tour without an experiment is none; this one plays once they are there again.
        let untold = Some(why_untold(&there, session));
        return Opening {
            experiment: None,
            there,
            commands: vec![load(session.experiment().file())],
            untold,
        };
    }
    let untold = (!is_alike(&there, session)).then(|| why_untold(&there, session));
    Opening { experiment: None, there, commands, untold }
}

/// Why a session that plays a tour is not led to what another one has decided.
fn why_untold(there: &Session, session: &Session) -> String {
    match there.clone().apply(load(session.experiment().file()), Now::default()) {
        Err(refusal) => refusal.to_string(),
        Ok(_) => "there are no commands for all that was done".to_owned(),
    }
}

fn load(file: &ExperimentFile) -> Command {
    Command::Load(Box::new(file.clone()))
}

fn cue(secs: f64, command: Command) -> Cue {
    Cue { when: When::At(secs), command, ease: None }
}

fn seek(step: f64) -> Command {
    Command::Run(RunCommand::Seek(step as u64))
}

/// The cues that lead evenly from each place to the next, where it is another, with the place's number.
fn led(points: &[[f64; 2]], places: &[usize], set: impl Fn(f64) -> Command) -> Vec<(usize, Cue)> {
    let lead = |(i, pair): (usize, &[usize])| {
        let ([from, before], [to, number]) = (points[pair[0]], points[pair[1]]);
        let secs = ((to - from) * 1e3).round() / 1e3;
        let ease = (secs > 0.0).then_some(Ease::Linear(secs));
        (number != before).then(|| (i, Cue { when: When::At(from), command: set(number), ease }))
    };
    places.windows(2).enumerate().filter_map(lead).collect()
}

#[cfg(test)]
mod tests;
