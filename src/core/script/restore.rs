//! The way from one session to another, as commands.
//!
//! A recording begins in the middle of things, and what is taken back may have been done before it
//! began. Where a session is to be led to what another one has decided, a few commands usually do; where
//! they do not, the experiment is loaded anew and the race set up again.
//!
//! What the camera does, which panels are shown and how fast training goes are left out: a recording
//! tells these otherwise. A run that set out from a point of the slice sets out from that point of the
//! slice as it now lies.

use crate::core::command::{Command, RaceStart, RunCommand, ViewCommand, Ways};
use crate::core::experiment::replacement::{TASK, WAYS};
use crate::core::experiment::settings::Touches;
use crate::core::experiment::{Change, ExperimentFile, Setting};
use crate::core::session::{Alpha3, Now, Run, Session, run::Origin};

/// The commands that lead a session to what another one has decided.
pub fn commands_to(from: &Session, to: &Session) -> Vec<Command> {
    bit_by_bit(from, to).unwrap_or_else(|| anew(from, to))
}

/// The commands that get there without loading an experiment; `None` if that cannot be done.
pub fn bit_by_bit(from: &Session, to: &Session) -> Option<Vec<Command>> {
    let mut way = Way::new(from);
    if from.runs().len() == to.runs().len() {
        way.lead(to)?;
    }
    let wanted = to.experiment().file();
    way.set(wanted, TASK.into_iter().chain(WAYS))?;
    // What these reset differs now, too.
    way.set(wanted, told_settings())?;
    way.retire(to)?;
    way.race(to)?;
    way.lead(to)?;
    way.look(to)?;
    is_alike(&way.session, to).then_some(way.commands)
}

/// The commands that get there from anywhere, as far as there are any: data that one session remembers may
/// be gone by now.
pub(super) fn anew(from: &Session, to: &Session) -> Vec<Command> {
    let mut way = Way::new(from);
    way.anew(to);
    way.commands
}

impl Way {
    fn anew(&mut self, to: &Session) -> Option<()> {
        let mut file = told(to.experiment().file());
        // The first run comes with the experiment, so it must have set out where the experiment starts.
        let first = if to.runs()[0].from == RaceStart::Same { &to.runs()[0] } else { to.plane_source() };
        if let Origin::Trained(experiment) = &first.origin {
            Ways::of(experiment.file()).put(&mut file);
        }
        self.go(Command::Load(Box::new(file)))?;
        to.runs().iter().filter(|run| run.id != first.id).try_for_each(|run| self.join(run))?;
        self.lead(to)?;
        self.look(to)
    }
}

/// Whether two sessions have decided the same, apart from what is left out here.
pub fn is_alike(a: &Session, b: &Session) -> bool {
    let is_sweeping = |session: &Session| matches!(session.view().alpha3, Alpha3::Sweeping { .. });
    told(a.experiment().file()) == told(b.experiment().file())
        && a.runs().len() == b.runs().len()
        && a.runs().iter().zip(b.runs()).all(|(a, b)| is_same_run(a, b))
        && leader(a) == leader(b)
        && (&a.view().selected, &a.view().selected_beside) == (&b.view().selected, &b.view().selected_beside)
        && is_sweeping(a) == is_sweeping(b)
}

/// The settings that count.
fn told_settings() -> impl Iterator<Item = Setting> {
    Setting::ALL.iter().copied().filter(|setting| setting.row().touches != Touches::Passage)
}

/// What of an experiment counts.
fn told(file: &ExperimentFile) -> ExperimentFile {
    let mut told = ExperimentFile::default();
    told_settings().for_each(|setting| setting.of(file).put(&mut told));
    told
}

fn is_same_run(a: &Run, b: &Run) -> bool {
    let question = |run: &Run| match &run.origin {
        Origin::Trained(experiment) => Some(experiment.training_question()),
        Origin::Imported(_) => None,
    };
    a.from == b.from && question(a) == question(b)
}

/// The place of the run that chose the plane.
fn leader(session: &Session) -> Option<usize> {
    session.runs().iter().position(|run| run.id == session.plane_source().id)
}

/// Commands, and the session as they leave it.
struct Way {
    session: Session,
    commands: Vec<Command>,
}

impl Way {
    fn new(from: &Session) -> Self {
        Self { session: from.clone(), commands: Vec::new() }
    }

    /// A step of the way, if it can be taken.
    fn go(&mut self, command: Command) -> Option<()> {
        self.session.apply(command.clone(), Now::default()).ok()?;
        self.commands.push(command);
        Some(())
    }

    /// Gives settings the values that are wanted, where they have others by then.
    fn set(&mut self, wanted: &ExperimentFile, mut settings: impl Iterator<Item = Setting>) -> Option<()> {
        settings.try_for_each(|setting| match setting.is_same_in(self.session.experiment().file(), wanted) {
            true => Some(()),
            false => self.go(Command::Set(setting.of(wanted))),
        })
    }

    fn join(&mut self, run: &Run) -> Option<()> {
        let Origin::Trained(experiment) = &run.origin else { return None };
        let ways = Ways::differing(experiment.file(), self.session.experiment().file());
        self.go(Command::Run(RunCommand::race(ways, run.from.clone())))
    }

    /// Ends the runs that are not wanted.
    fn retire(&mut self, to: &Session) -> Option<()> {
        let mut wanted = to.runs().iter().peekable();
        let mut extra = Vec::new();
        for run in self.session.runs() {
            if wanted.next_if(|wanted| is_same_run(run, wanted)).is_none() {
                extra.push(run.id);
            }
        }
        extra.into_iter().try_for_each(|id| self.go(Command::Run(RunCommand::Retire(id))))
    }

    /// Lets the runs that are missing at the end join.
    fn race(&mut self, to: &Session) -> Option<()> {
        to.runs().iter().skip(self.session.runs().len()).try_for_each(|run| self.join(run))
    }

    fn lead(&mut self, to: &Session) -> Option<()> {
        let place = leader(to)?;
        if leader(&self.session) == Some(place) {
            return Some(());
        }
        let id = self.session.runs().get(place)?.id;
        self.go(Command::Run(RunCommand::Lead(id)))
    }

    /// The points that were chosen, and whether the plane travels.
    fn look(&mut self, to: &Session) -> Option<()> {
        let selected = to.view().selected.clone();
        if self.session.view().selected != selected {
            self.go(Command::View(ViewCommand::Select(selected)))?;
        }
        let selected = to.view().selected_beside.clone();
        if self.session.view().selected_beside != selected {
            self.go(Command::View(ViewCommand::SelectBeside(selected)))?;
        }
        match (self.session.view().alpha3, to.view().alpha3) {
            (Alpha3::Sweeping { .. }, Alpha3::Held(at)) => self.go(Command::Set(Change::Alpha3(at))),
            (Alpha3::Held(_), Alpha3::Sweeping { .. }) => self.go(Command::Sweep(true)),
            _ => Some(()),
        }
    }
}
